//! The `bitweight` command; see the library for what it does.

use std::process::ExitCode;

use bitweight::cli::{Arguments, BAD_INPUT, Outcome, print_error};
use clap::Parser as _;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match arguments.run() {
        Ok(Outcome::Good) => ExitCode::SUCCESS,
        Ok(Outcome::Failed) => ExitCode::from(1),
        Err(error) => {
            print_error(&error, arguments.json());
            ExitCode::from(BAD_INPUT)
        }
    }
}
