//! `bitweight schema`

use super::{Outcome, report};
use crate::config::Config;

pub(super) fn run() -> anyhow::Result<Outcome> {
    let schema = schemars::schema_for!(Config);
    report::print_text(&(serde_json::to_string_pretty(&schema)? + "\n"))?;
    Ok(Outcome::Good)
}
