//! Pieces of text that the modules share: file headers, port lists, register blocks, instances.

use askama::Template;

use crate::design::{Reset, Stream};

/// The comment at the head of a file.
#[derive(Template)]
#[template(path = "header.v")]
pub struct Header<'a> {
    /// One line: what the module is.
    pub purpose: &'a str,
    /// Further lines, such as a table of parameters; an empty line separates paragraphs.
    pub details: &'a [String],
    /// Version of the generator.
    pub version: &'a str,
    /// Name of the design.
    pub design: &'a str,
    /// Hash of the configuration.
    pub hash: &'a str,
}

/// Direction of a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Driven from outside.
    Input,
    /// Driven by the module.
    Output,
}

/// A port of a module.
#[derive(Clone, Debug)]
pub struct Port {
    direction: Direction,
    /// Upper bound of the range, or nothing for a scalar.
    msb: Option<String>,
    name: String,
}

impl Port {
    /// An input of `width` bits; a scalar when `width` is "1".
    pub fn input(name: impl Into<String>, width: impl ToString) -> Self {
        Self::new(Direction::Input, name.into(), &width.to_string())
    }

    /// An output of `width` bits; a scalar when `width` is "1".
    pub fn output(name: impl Into<String>, width: impl ToString) -> Self {
        Self::new(Direction::Output, name.into(), &width.to_string())
    }

    fn new(direction: Direction, name: String, width: &str) -> Self {
        let msb = match width.parse::<usize>() {
            Ok(1) => None,
            Ok(width) => Some((width - 1).to_string()),
            Err(_) => Some(format!("{width}-1")),
        };
        Self { direction, msb, name }
    }
}

/// Clock, reset and the ports of these streams: what a top has.
pub fn stream_ports(streams: &[(&'static str, Stream)]) -> Vec<Port> {
    let port = |port: crate::design::Port| match port.direction {
        "output" => Port::output(port.name, port.width),
        _ => Port::input(port.name, port.width),
    };
    Stream::ports_of_top(streams).into_iter().map(port).collect()
}

/// Widest range that the names of other ports are aligned with.
const WIDEST: usize = 28;

/// A port list, one aligned line per port.
#[must_use]
pub fn ports(ports: &[Port]) -> String {
    let range = |port: &Port| port.msb.as_ref().map(|msb| format!("[{msb}:0]")).unwrap_or_default();
    let column = ports.iter().map(|port| range(port).len());
    let column = column.filter(|width| *width <= WIDEST).max().unwrap_or(0);
    let line = |(index, port): (usize, &Port)| {
        let direction = match port.direction {
            Direction::Input => "input ",
            Direction::Output => "output",
        };
        let comma = if index + 1 < ports.len() { "," } else { "" };
        if column == 0 && port.msb.is_none() {
            return format!("  {direction} wire {}{comma}", port.name);
        }
        format!("  {direction} wire {:column$} {}{comma}", range(port), port.name)
    };
    ports.iter().enumerate().map(line).collect::<Vec<_>>().join("\n")
}

/// The clock and reset ports of a module; data paths without reset have none.
#[must_use]
pub fn clock_ports(with_reset: bool) -> Vec<Port> {
    let mut ports = vec![Port::input("clk_i", 1)];
    if with_reset {
        ports.push(Port::input("rst_ni", 1));
    }
    ports
}

/// One clocked always block.
pub struct Registers {
    reset: Reset,
    control: bool,
    updates: Vec<Update>,
}

struct Update {
    register: String,
    initial: String,
    next: String,
    enable: Option<String>,
}

impl Registers {
    /// Control state, which every reset style resets.
    #[must_use]
    pub fn control(reset: Reset) -> Self {
        Self { reset, control: true, updates: Vec::new() }
    }

    /// Data, which is reset unless the style says otherwise.
    #[must_use]
    pub fn data(reset: Reset) -> Self {
        Self { reset, control: false, updates: Vec::new() }
    }

    /// `register <= next` in every cycle.
    #[must_use]
    pub fn load(self, register: &str, initial: &str, next: &str) -> Self {
        self.update(register, initial, next, None)
    }

    /// `register <= next` where `enable`.
    #[must_use]
    pub fn load_if(self, enable: &str, register: &str, initial: &str, next: &str) -> Self {
        self.update(register, initial, next, Some(enable.to_owned()))
    }

    fn update(mut self, register: &str, initial: &str, next: &str, enable: Option<String>) -> Self {
        let [register, initial, next] = [register, initial, next].map(str::to_owned);
        self.updates.push(Update { register, initial, next, enable });
        self
    }

    /// The block, indented by `indent` spaces.
    #[must_use]
    pub fn render(&self, indent: usize) -> String {
        let event = match self.reset {
            Reset::Async => "posedge clk_i or negedge rst_ni",
            Reset::Sync | Reset::None => "posedge clk_i",
        };
        let next = |update: &Update| match &update.enable {
            None => format!("{} <= {};", update.register, update.next),
            Some(enable) => format!("if ({enable}) {} <= {};", update.register, update.next),
        };
        let mut lines = vec![format!("always @({event}) begin")];
        if self.control || self.reset != Reset::None {
            lines.push("  if (!rst_ni) begin".to_owned());
            let clear = |u: &Update| format!("    {} <= {};", u.register, u.initial);
            lines.extend(self.updates.iter().map(clear));
            lines.push("  end else begin".to_owned());
            lines.extend(self.updates.iter().map(|u| format!("    {}", next(u))));
            lines.push("  end".to_owned());
        } else {
            lines.extend(self.updates.iter().map(|u| format!("  {}", next(u))));
        }
        lines.push("end".to_owned());
        indented(&lines, indent)
    }
}

/// An instance with named parameters and connections, indented by `indent` spaces.
#[must_use]
pub fn instance(
    module: &str,
    name: &str,
    parameters: &[(&str, &str)],
    connections: &[(&str, &str)],
    indent: usize,
) -> String {
    let list = |pairs: &[(&str, &str)]| {
        let last = pairs.len().saturating_sub(1);
        let line = |(index, (port, value)): (usize, &(&str, &str))| {
            format!("  .{port}({value}){}", if index < last { "," } else { "" })
        };
        pairs.iter().enumerate().map(line).collect::<Vec<_>>()
    };
    let mut lines = Vec::new();
    if parameters.is_empty() {
        lines.push(format!("{module} {name} ("));
    } else {
        lines.push(format!("{module} #("));
        lines.extend(list(parameters));
        lines.push(format!(") {name} ("));
    }
    lines.extend(list(connections));
    lines.push(");".to_owned());
    indented(&lines, indent)
}

/// A zero of `width` bits.
#[must_use]
pub fn zero(width: usize) -> String {
    if width == 1 { "1'b0".to_owned() } else { format!("{{{width}{{1'b0}}}}") }
}

/// A one of `width` bits.
#[must_use]
pub fn one(width: usize) -> String {
    if width == 1 { "1'b1".to_owned() } else { format!("{{{{{}{{1'b0}}}}, 1'b1}}", width - 1) }
}

/// Bits `high` to `low` of a vector.
#[must_use]
pub fn bits(name: &str, high: usize, low: usize) -> String {
    if high == low { format!("{name}[{low}]") } else { format!("{name}[{high}:{low}]") }
}

/// A declaration such as `wire [7:0] a;`; a scalar when `width` is 1.
#[must_use]
pub fn declare(kind: &str, name: &str, width: usize) -> String {
    if width == 1 { format!("{kind} {name};") } else { format!("{kind} [{}:0] {name};", width - 1) }
}

fn indented(lines: &[String], indent: usize) -> String {
    let line = |line: &String| format!("{:indent$}{line}", "");
    lines.iter().map(line).collect::<Vec<_>>().join("\n")
}
