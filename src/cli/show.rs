//! `bitweight show`

use super::{Outcome, report};
use crate::config;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Name of a preset
    preset: String,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        report::print_text(config::preset(&self.preset)?.yaml)?;
        Ok(Outcome::Good)
    }
}
