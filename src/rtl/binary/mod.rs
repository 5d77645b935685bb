//! Verilog of binarized layer engines.
//!
//! | module | what it does |
//! |---|---|
//! | `quantizer` | chooses the activation of a channel of the input by its thresholds |
//! | `input` | the input stage: quantizers of the channels of a word |
//! | `window` | buffers rows of the input and walks over outputs, vectors, taps and words |
//! | `shared` | sum of a word's activations, where the weights are bipolar and the activations not |
//! | `dot` | a word's contribution to a dot product |
//! | `resolve` | adds the two words of a carry-save accumulator |
//! | `element` | dot product and accumulator |
//! | `lane` | weights, element and steps of the output channels of one lane |
//! | `sequence` | moves the vectors through the steps, counts pooling windows and positions |
//! | `loader` | takes parameter frames in |
//! | top | streams around all that |
//!
//! What is not taken holds everything before it: `run` is low in a cycle in which a vector waits for
//! the taker of a result or for its residual. What has passed a residual or a tee goes on by
//! itself, with a wire of its own (`run1`, `run2`), so that no result waits for what comes later.

mod block;
mod contract;
mod element;
mod input;
mod instance;
mod lane;
mod loader;
mod pool;
mod positions;
mod properties;
mod sequence;
mod stages;
mod text;
mod top;
mod window;
mod word;

use askama::Template;

use super::text::{Header, Port, ports};
use super::{Module, netlist, render};
use crate::arith::Netlist;
use crate::arith::count::Counts;
use crate::binary::Layer;

pub use block::modules as block_modules;

/// The modules of a layer engine in compile order, the top last.
#[must_use]
pub fn modules(layer: &Layer) -> Vec<Module> {
    let writer = Writer { layer, hash: layer.hash() };
    let mut modules = input::modules(&writer);
    modules.push(window::module(&writer));
    if layer.dot().shared_width() > 0 {
        let netlist = layer.dot().shared(layer.topology());
        let purpose = "Minus the sum of a word's activations, times the largest weight.";
        modules.extend(writer.netlist("shared", purpose, &netlist));
    }
    modules.extend(lane::modules(&writer));
    modules.push(sequence::module(&writer));
    modules.push(loader::module(&writer));
    modules.push(top::module(&writer));
    modules
}

#[derive(Template)]
#[template(path = "combinational.v")]
struct Lines<'a> {
    header: String,
    /// Whether synthesis is asked to keep the module as it is.
    kept: bool,
    name: &'a str,
    ports: String,
    statements: Vec<String>,
}

/// The design whose modules are written: its name and hash.
#[derive(Clone, Copy)]
struct Owner<'a> {
    name: &'a str,
    hash: &'a str,
}

impl Owner<'_> {
    /// The module `<design>_<suffix>`, or the top without a suffix.
    fn module(
        self,
        suffix: &str,
        purpose: &str,
        details: &[String],
        list: &[Port],
        lines: Vec<String>,
    ) -> Module {
        self.print((suffix, false), purpose, details, list, lines)
    }

    /// The same; synthesis is asked to keep the module as it is where `kept`.
    fn print(
        self,
        (suffix, kept): (&str, bool),
        purpose: &str,
        details: &[String],
        list: &[Port],
        lines: Vec<String>,
    ) -> Module {
        let name = self.name(suffix);
        let header = render(&Header {
            purpose,
            details,
            version: env!("CARGO_PKG_VERSION"),
            design: self.name,
            hash: self.hash,
        });
        let wrapped = lines.iter().flat_map(|line| {
            let indent = line.len() - line.trim_start().len();
            let pieces = netlist::wrap_within(line.trim_start(), 98 - indent);
            pieces.into_iter().map(move |piece| match piece.is_empty() {
                true => piece,
                false => format!("{:indent$}{piece}", ""),
            })
        });
        let statements = wrapped.collect();
        let text = render(&Lines { header, kept, name: &name, ports: ports(list), statements });
        Module::new(name, text)
    }

    fn name(self, suffix: &str) -> String {
        match suffix {
            "" => self.name.to_owned(),
            suffix => format!("{}_{suffix}", self.name),
        }
    }
}

/// What the writers of this room need beside the layer.
struct Writer<'a> {
    layer: &'a Layer,
    hash: String,
}

impl Writer<'_> {
    fn owner(&self) -> Owner<'_> {
        Owner { name: self.layer.name(), hash: &self.hash }
    }

    /// The module `<layer>_<suffix>`, or the top without a suffix.
    fn module(
        &self,
        suffix: &str,
        purpose: &str,
        details: &[String],
        list: &[Port],
        lines: Vec<String>,
    ) -> Module {
        self.owner().module(suffix, purpose, details, list, lines)
    }

    /// A netlist as a module, after the counters that it has instances of.
    fn netlist(&self, suffix: &str, purpose: &str, netlist: &Netlist) -> Vec<Module> {
        let name = self.name(suffix);
        let counters = netlist::counters::modules(netlist, &name).into_iter();
        let mut modules: Vec<Module> = counters
            .map(|(module, counter)| {
                let suffix = &module[self.layer.name().len() + 1..];
                let lines = netlist::statements(&counter, &module);
                let list = word_ports(&counter);
                self.owner().print((suffix, true), netlist::counters::PURPOSE, &[], &list, lines)
            })
            .collect();
        let lines = netlist::statements(netlist, &name);
        let module = self.module(suffix, purpose, &[], &word_ports(netlist), lines);
        // Counters are counted where they stand.
        modules.push(Module { counts: Counts::of(netlist), ..module });
        modules
    }

    fn name(&self, suffix: &str) -> String {
        self.owner().name(suffix)
    }
}

/// The ports of a netlist.
fn word_ports(netlist: &Netlist) -> Vec<Port> {
    let inputs = netlist.inputs().iter();
    let inputs = inputs.map(|word| Port::input(format!("{}_i", word.name), word.bits.len()));
    let outputs = netlist.outputs().iter();
    let outputs = outputs.map(|word| Port::output(format!("{}_o", word.name), word.bits.len()));
    inputs.chain(outputs).collect()
}
