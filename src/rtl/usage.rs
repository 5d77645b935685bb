//! How a top is used, for its head: reset, latency, and an instance of it to copy.

use crate::design::{Design, Latency, Reset, Side, Stream};

/// Longest line of an instance in the head of a file.
const COLUMNS: usize = 96;

/// What a reset of this style asks of `aresetn`.
fn reset(style: Reset) -> &'static str {
    match style {
        Reset::Async => "aresetn is active low and asynchronous: release it synchronously to aclk.",
        Reset::Sync | Reset::None => "aresetn is active low and synchronous to aclk.",
    }
}

/// Reset, latency and an instance, for the head of an array.
pub(super) fn of_design(design: &Design) -> Vec<String> {
    let sides = design.array.topology.sides().iter().filter(|&&side| side != Side::Depth);
    let parameters: Vec<(&str, usize)> =
        sides.map(|&side| (side.parameter(), design.array.extent(side))).collect();
    let latency = Latency::of(design).describe();
    of_top((&design.name, design.reset), &parameters, &design.streams(), latency)
}

/// The same for a top with these parameters and streams, each with its role.
pub(super) fn of_top(
    (name, style): (&str, Reset),
    parameters: &[(&str, usize)],
    streams: &[(&'static str, Stream)],
    latency: Vec<String>,
) -> Vec<String> {
    let mut lines = vec![String::new()];
    lines.extend(latency);
    lines.extend([reset(style).to_owned(), String::new(), "To instantiate it:".to_owned()]);
    lines.push(String::new());
    if parameters.is_empty() {
        lines.push(format!("  {name} u_{name} ("));
    } else {
        let list = parameters.iter().map(|(name, value)| format!(".{name}({value})"));
        lines.push(format!("  {name} #("));
        lines.push(format!("    {}", list.collect::<Vec<_>>().join(", ")));
        lines.push(format!("  ) u_{name} ("));
    }
    lines.push("    .aclk(aclk), .aresetn(aresetn),".to_owned());
    for (index, (_, stream)) in streams.iter().enumerate() {
        let comma = if index + 1 < streams.len() { "," } else { "" };
        let own = stream.name.rsplit('_').next().unwrap_or(stream.name);
        let port = |signal: &str| format!(".{}_{signal}({own}_{signal})", stream.name);
        let last = stream.has_last.then(|| port("tlast"));
        let handshake: Vec<String> =
            [port("tvalid"), port("tready")].into_iter().chain(last).collect();
        let handshake = format!("    {},", handshake.join(", "));
        debug_assert!(handshake.len() <= COLUMNS, "{handshake}");
        lines.push(handshake);
        let bits = stream.data_width() - 1;
        lines.push(format!("    {}{comma} // [{bits}:0]", port("tdata")));
    }
    lines.push("  );".to_owned());
    lines
}
