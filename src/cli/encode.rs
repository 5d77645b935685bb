//! `bitweight encode`

use std::path::PathBuf;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Outcome, report};
use crate::config;
use crate::sim::npy;
use crate::vectors::digits;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Preset name or YAML file of a design with `encoder: host`
    design: String,
    /// Operand A (M x K): a NumPy array of integers
    #[arg(long, value_name = "A.npy")]
    a: PathBuf,
    /// Where the digits go (M x K, uint64): the words that the stream of A takes
    #[arg(long, value_name = "DIGITS.npy")]
    out: PathBuf,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        let design = config::load(&self.design)?;
        if !design.host_encodes() {
            bail!(
                "{} takes operand A as it is\n  help: only designs with `encoder: host` take digits",
                design.name
            );
        }
        let a = npy::read(&self.a, design.multiplier.a)?;
        let (encoding, width) = (design.multiplier.encoding, design.a_lane_width());
        let words = digits::words(encoding, &a, width);
        npy::write(&self.out, a.rows, a.cols, &words, false)
            .with_context(|| format!("cannot write the digits to {}", self.out.display()))?;
        let encoding = encoding.name();
        if self.json {
            report::print_json(&json!({
                "design": design.name,
                "m": a.rows,
                "k": a.cols,
                "encoding": encoding,
                "word_bits": width,
                "out": self.out,
            }))?;
        } else {
            report::print_text(&format!(
                "{} x {} operands as {encoding} digits, {width} bits each, in {}\n",
                a.rows,
                a.cols,
                self.out.display()
            ))?;
        }
        Ok(Outcome::Good)
    }
}
