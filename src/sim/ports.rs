//! The port table of a model for the driver.

use std::fmt::Write as _;

use crate::design::Stream;

/// The table of a top with streams: the operands in order, then the results.
#[must_use]
pub fn of_streams(sources: &[Stream], sinks: &[Stream]) -> String {
    let mut table = group("CLOCK", &["aclk".to_owned()]);
    table += &group("RESET", &["aresetn".to_owned()]);
    let entry = |(index, stream): (usize, &Stream)| {
        let (name, bytes) = (stream.name, stream.data_width() / 8);
        format!("{index}, {name}, {bytes}, {}", u8::from(stream.has_last))
    };
    table += &group("SOURCE", &sources.iter().enumerate().map(entry).collect::<Vec<_>>());
    table += &group("SINK", &sinks.iter().enumerate().map(entry).collect::<Vec<_>>());
    table
}

/// The table of a module without a clock: names and widths of its inputs and outputs.
#[must_use]
pub fn of_pins(inputs: &[(String, usize)], outputs: &[(String, usize)]) -> String {
    let entry = |(name, width): &(String, usize)| format!("{name}, {}", width.div_ceil(8));
    let pins = |ports: &[(String, usize)]| ports.iter().map(entry).collect::<Vec<_>>();
    group("PIN_IN", &pins(inputs)) + &group("PIN_OUT", &pins(outputs))
}

/// The driver includes the table once for each group, with that group's macro defined.
fn group(name: &str, entries: &[String]) -> String {
    let mut text = format!("#ifdef {name}\n");
    for entry in entries {
        writeln!(text, "{name}({entry})").expect("writing to a string");
    }
    text + "#endif\n"
}
