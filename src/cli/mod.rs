//! The command line: one file per verb, each with its arguments and what it prints.

mod compare;
mod digits;
mod doctor;
mod encode;
mod explain;
mod explain_banks;
mod explain_layer;
mod fold;
mod frame;
mod generate;
mod layer_files;
mod list;
mod prove;
mod report;
mod schema;
mod show;
mod simulate;
mod simulate_block;
mod simulate_layer;
mod synthesize;
mod watch;

use clap::{Parser, Subcommand};

/// How a command ended, other than by an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Everything is as it should be: exit code 0.
    Good,
    /// The design failed its check: exit code 1.
    Failed,
}

/// Exit code for bad input or a missing tool.
pub const BAD_INPUT: u8 = 2;

const LONG: &str = "\
Generates synthesizable Verilog for processing-element arrays from a short YAML file or a preset, \
proves it bit-exact against a golden model in Verilator, and packages it for your own flow.

A first round:
  bitweight list                                      the designs that come with the tool
  bitweight show systolic_os_opt1_int8 > mine.yaml    start your own from one of them
  bitweight explain mine.yaml                         its loop nest, widths, latency and cycles
  bitweight sim mine.yaml                             prove it on corner cases in Verilator
  bitweight prove mine.yaml                           prove its control, for all inputs
  bitweight gen mine.yaml -o out                      Verilog, constraints, testbench, manifest
  bitweight synth mine.yaml                           area, delay and energy of an element

DESIGN is everywhere the name of a preset or the path of a YAML file.
Exit codes: 0 all is well, 1 a check failed or a figure could not be \
measured, 2 bad input or a missing tool.";

/// Arguments of the program.
#[derive(Parser, Debug)]
#[command(name = "bitweight", version, about = "Verilog arrays of processing elements, proven", long_about = LONG)]
pub struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand, Debug)]
enum Verb {
    /// List the designs that come with the tool
    List(list::Arguments),
    /// Print the YAML of a preset
    Show(show::Arguments),
    /// Print the JSON Schema of the configuration of arrays and layers, for editors
    Schema,
    /// Explain a design: loop nest, transformations, widths, latency, cycles
    Explain(explain::Arguments),
    /// Generate the Verilog of a design with everything around it, or check that it is fresh
    Gen(generate::Arguments),
    /// Simulate a design in Verilator and compare it with the golden model
    Sim(simulate::Arguments),
    /// Prove the properties of a design's control: streams, credits, buffers, resets
    Prove(prove::Arguments),
    /// Turn trained batch norm parameters and weights into thresholds, scales and bits, exactly
    Fold(fold::Arguments),
    /// Write the parameter frame of a layer: the transfers that its stream of parameters takes
    Frame(frame::Arguments),
    /// Measure area and delay of a design in a cell library
    Synth(synthesize::Arguments),
    /// Measure several designs and print them side by side
    Compare(compare::Arguments),
    /// Count non-zero digits of operands, and the cycles of engines that skip the others
    Digits(digits::Arguments),
    /// Encode operand A for an engine that takes digits (`encoder: host`)
    Encode(encode::Arguments),
    /// Show which external tools are there, and what is lost without them
    Doctor(doctor::Arguments),
}

impl Arguments {
    /// Whether the answer is to be one JSON object.
    #[must_use]
    pub fn json(&self) -> bool {
        match &self.verb {
            Verb::List(arguments) => arguments.json,
            Verb::Explain(arguments) => arguments.json,
            Verb::Gen(arguments) => arguments.json,
            Verb::Sim(arguments) => arguments.json,
            Verb::Prove(arguments) => arguments.json,
            Verb::Fold(arguments) => arguments.json,
            Verb::Frame(arguments) => arguments.json,
            Verb::Synth(arguments) => arguments.json,
            Verb::Compare(arguments) => arguments.json,
            Verb::Digits(arguments) => arguments.json,
            Verb::Encode(arguments) => arguments.json,
            Verb::Doctor(arguments) => arguments.json,
            Verb::Show(_) | Verb::Schema => false,
        }
    }

    /// Does what is asked for.
    ///
    /// # Errors
    /// Whatever stands in the way: bad input, a missing tool, a full disk.
    pub fn run(&self) -> anyhow::Result<Outcome> {
        match &self.verb {
            Verb::List(arguments) => arguments.run(),
            Verb::Show(arguments) => arguments.run(),
            Verb::Schema => schema::run(),
            Verb::Explain(arguments) => arguments.run(),
            Verb::Gen(arguments) => arguments.run(),
            Verb::Sim(arguments) => arguments.run(),
            Verb::Prove(arguments) => arguments.run(),
            Verb::Fold(arguments) => arguments.run(),
            Verb::Frame(arguments) => arguments.run(),
            Verb::Synth(arguments) => arguments.run(),
            Verb::Compare(arguments) => arguments.run(),
            Verb::Digits(arguments) => arguments.run(),
            Verb::Encode(arguments) => arguments.run(),
            Verb::Doctor(arguments) => arguments.run(),
        }
    }
}

/// Prints an error: for people on standard error, and as an object where JSON was asked for.
pub fn print_error(error: &anyhow::Error, json: bool) {
    let text = format!("{error:#}");
    let text = if text.starts_with("error") { text } else { format!("error: {text}") };
    eprintln!("{text}");
    if json {
        // A second failure to print has nowhere to go.
        let _ = report::print_json(&serde_json::json!({ "error": text }));
    }
}
