//! BLIF, the format in which logic goes to ABC and comes back mapped.
//!
//! Nets are called `n<number>`. The logic between registers, ports and instances is one
//! combinational network: what they drive are its inputs, the gates that they read its outputs.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use super::netlist::{Gate, Module, Signal};

/// The combinational part of a module.
#[derive(Clone, Debug)]
pub struct Logic {
    /// Nets that are read outside.
    pub outputs: Vec<u32>,
    /// The network.
    pub text: String,
}

/// Cuts the logic out of a module. `order` permutes the gates: mappers break ties by it.
#[must_use]
pub fn write(module: &Module, order: &[usize]) -> Logic {
    let driven: BTreeSet<u32> = module.gates.iter().map(|gate| gate.output).collect();
    let mut read = BTreeSet::new();
    let mut outputs = BTreeSet::new();
    let net = |signal: &Signal| match signal {
        Signal::Net(net) => Some(*net),
        Signal::Zero | Signal::One => None,
    };
    for gate in &module.gates {
        read.extend(gate.inputs.iter().filter_map(net));
    }
    let ports = module.ports.iter().filter(|port| !port.input).flat_map(|port| &port.bits);
    let flops = module.flops.iter().flat_map(|flop| flop.inputs.iter().map(|(_, signal)| signal));
    let instances = module.instances.iter().flat_map(|instance| &instance.connections);
    let instances = instances.flat_map(|(_, bits)| bits);
    outputs.extend(ports.chain(flops).chain(instances).filter_map(net));
    let inputs: Vec<u32> = read.difference(&driven).copied().collect();
    let outputs: Vec<u32> = outputs.intersection(&driven).copied().collect();
    let names = |nets: &[u32]| nets.iter().map(|net| format!(" n{net}")).collect::<String>();
    let mut text = String::from(".model logic\n");
    let _ = writeln!(text, ".inputs{}\n.outputs{}", names(&inputs), names(&outputs));
    let constant = |signal| module.gates.iter().any(|gate| gate.inputs.contains(&signal));
    if constant(Signal::Zero) {
        text.push_str(".names zero\n");
    }
    if constant(Signal::One) {
        text.push_str(".names one\n1\n");
    }
    for &index in order {
        write_gate(&mut text, &module.gates[index]);
    }
    text.push_str(".end\n");
    Logic { outputs, text }
}

fn write_gate(text: &mut String, gate: &Gate) {
    text.push_str(".names");
    for input in &gate.inputs {
        let _ = match input {
            Signal::Net(net) => write!(text, " n{net}"),
            Signal::Zero => write!(text, " zero"),
            Signal::One => write!(text, " one"),
        };
    }
    let _ = writeln!(text, " n{}", gate.output);
    for row in (0..1u64 << gate.inputs.len()).filter(|row| gate.table >> row & 1 == 1) {
        let bit = |input| if row >> input & 1 == 1 { '1' } else { '0' };
        text.extend((0..gate.inputs.len()).map(bit));
        text.push_str(" 1\n");
    }
}

/// A library cell of a mapped network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MappedCell {
    /// Name of the cell.
    pub cell: String,
    /// Nets by pin, the output among them.
    pub pins: Vec<(String, String)>,
}

/// A mapped network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mapped {
    /// Cells.
    pub cells: Vec<MappedCell>,
    /// Nets that are constant.
    pub constants: Vec<(String, bool)>,
    /// Nets that are another net: (name, source).
    pub aliases: Vec<(String, String)>,
}

/// Reads a mapped network.
///
/// # Errors
/// The line that is not understood.
pub fn read(text: &str) -> Result<Mapped, String> {
    let joined = text.replace("\\\n", " ");
    let mut mapped = Mapped::default();
    let mut lines = joined.lines().map(str::trim).peekable();
    while let Some(line) = lines.next() {
        let words: Vec<&str> = line.split_whitespace().collect();
        let unknown = || format!("ABC wrote a network of an unknown form: `{line}`");
        match words.as_slice() {
            [] | [".model" | ".inputs" | ".outputs" | ".end" | ".default_input_arrival", ..] => {}
            [first, ..] if first.starts_with('#') => {}
            // What ABC writes for a constant where the library has no cell of it.
            [".gate", cell @ ("_const0_" | "_const1_"), pin] => {
                let (_, net) = pin.split_once('=').ok_or_else(unknown)?;
                mapped.constants.push((net.to_owned(), *cell == "_const1_"));
            }
            [".gate", cell, pins @ ..] => {
                let pins = pins.iter().map(|pin| pin.split_once('='));
                let pins: Option<Vec<_>> =
                    pins.map(|pin| pin.map(|(p, n)| (p.to_owned(), n.to_owned()))).collect();
                let pins = pins.ok_or_else(unknown)?;
                mapped.cells.push(MappedCell { cell: (*cell).to_owned(), pins });
            }
            [".names", net] => {
                let one = lines.next_if(|line| !line.starts_with('.')).is_some_and(|l| l == "1");
                mapped.constants.push(((*net).to_owned(), one));
            }
            [".names", source, net] if lines.next_if_eq(&"1 1").is_some() => {
                mapped.aliases.push(((*net).to_owned(), (*source).to_owned()));
            }
            _ => return Err(unknown()),
        }
    }
    Ok(mapped)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mapped_networks_are_read() {
        let text = "# comment\n.model logic\n.inputs n1 \\\n n2\n.outputs n3 n4 n5 n6\n\
                    .gate NAND2 A=n1 B=n2 Y=n3\n.names n4\n 1\n.names n5\n.names n1 n6\n1 1\n.end\n";
        let mapped = read(text).unwrap();
        assert_eq!(mapped.cells.len(), 1);
        assert_eq!(mapped.cells[0].pins[2], ("Y".to_owned(), "n3".to_owned()));
        assert_eq!(mapped.constants, [("n4".to_owned(), true), ("n5".to_owned(), false)]);
        assert_eq!(mapped.aliases, [("n6".to_owned(), "n1".to_owned())]);
        let mapped = read(".gate _const0_ z=n4\n.gate _const1_ z=n5\n").unwrap();
        assert_eq!(mapped.constants, [("n4".to_owned(), false), ("n5".to_owned(), true)]);
        assert!(read(".names a b c\n11 1\n").unwrap_err().contains(".names a b c"));
    }
}
