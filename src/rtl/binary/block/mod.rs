//! Verilog of blocks: the layers as they are, and what stands between them.
//!
//! | module | what it does |
//! |---|---|
//! | `fork<n>` | offers a stream to n takers |
//! | `adapt_x<i>`, `adapt_r<i>` | lanes for the input or residual of layer i |
//! | `fifo_x<i>`, `fifo_r<i>` | FIFO before the input or residual of layer i |
//! | `pool_r<i>`, `repeat_r<i>` | mean and repetition on the shortcut to layer i |
//! | `<layer>..` | the layers, each with its own modules |
//! | top | streams between all that |

mod stream;
mod wiring;

use super::Owner;
use super::text::{define, repeat, slice};
use crate::binary::{Block, Layer, Node};
use crate::design::Stream;
use crate::rtl::text::{declare, stream_ports};
use crate::rtl::{Module, usage};
use stream::Lanes;
use wiring::{Signals, Top};

/// Transfers of the FIFO between two layers: it only cuts the path of `tready`.
const BETWEEN: usize = 2;

/// The modules of a block in compile order, the top last.
#[must_use]
pub fn modules(block: &Block) -> Vec<Module> {
    let hash = block.hash();
    let owner = Owner { name: block.name(), hash: &hash };
    let mut modules: Vec<Module> = block.layers().iter().flat_map(super::modules).collect();
    let mut top = Top { owner, block, modules: Vec::new(), lines: Vec::new() };
    top.write();
    modules.append(&mut top.modules);
    let summary = &block.parameters().summary;
    modules.push(owner.module(
        "",
        summary,
        &describe(block),
        &stream_ports(&block.streams()),
        top.lines,
    ));
    modules
}

impl Top<'_> {
    fn write(&mut self) {
        let block = self.block;
        // The input of the block as a stream within it.
        let first = block.layers()[0].stream_x();
        let width = first.lane_width;
        let lanes = Lanes { count: first.lanes, width, signed: true };
        let input = Signals { name: "start".to_owned(), lanes, has_last: true };
        self.declare(&input);
        self.lines.push("assign start_valid = s_axis_x_tvalid;".to_owned());
        self.lines.push("assign s_axis_x_tready = start_ready;".to_owned());
        let data = slice("s_axis_x_tdata", 0, lanes.bits(), first.data_width());
        self.lines.push(format!("assign start_data = {data};"));
        self.lines.push("assign start_last = s_axis_x_tlast;".to_owned());
        spare("s_axis_x_tdata", lanes.bits(), first.data_width(), &mut self.lines);

        // What waits for each layer: its input, and its residual at the start of the shortcut.
        let count = block.layers().len();
        let mut inputs = vec![None; count];
        let mut residuals = vec![None; count];
        let is_from = |from: usize| {
            move |index: &usize| block.shortcut(*index).is_some_and(|own| own.from == from)
        };
        let mut result = input;
        let mut tee: Option<Signals> = None;
        for from in 0..=count {
            let starting: Vec<usize> = (0..count).filter(is_from(from)).collect();
            let names = starting.iter().map(|index| format!("start_r{index}"));
            let mut takers: Vec<String> = Vec::new();
            if from < count {
                takers.push(format!("start_x{from}"));
            }
            let mut branches = match &tee {
                None => {
                    takers.extend(names);
                    match takers.is_empty() {
                        true => Vec::new(),
                        false => self.fork(&result, &takers),
                    }
                }
                Some(tee) => {
                    let mut branches = self.fork(&result, &takers);
                    let names: Vec<String> = names.collect();
                    branches.extend(self.fork(tee, &names));
                    branches
                }
            };
            if from == count {
                break;
            }
            inputs[from] = Some(branches.remove(0));
            for (index, branch) in starting.into_iter().zip(branches) {
                residuals[index] = Some(branch);
            }
            let x = inputs[from].take();
            let r = residuals[from].take();
            (result, tee) = self.layer(from, x, r);
        }
    }

    /// A layer with what stands before it; gives its result and what passes its tee, unless they
    /// leave the block.
    fn layer(
        &mut self,
        index: usize,
        x: Option<Signals>,
        r: Option<Signals>,
    ) -> (Signals, Option<Signals>) {
        let block = self.block;
        let layer = &block.layers()[index];
        let is_last = index + 1 == block.layers().len();
        let suffix = layer.name()[block.name().len() + 1..].to_owned();
        let mut connections = vec![
            ("aclk".to_owned(), "aclk".to_owned()),
            ("aresetn".to_owned(), "aresetn".to_owned()),
        ];
        if let Some(mut x) = x {
            let stream = layer.stream_x();
            let lanes = Lanes { count: stream.lanes, width: stream.lane_width, signed: true };
            if index > 0 {
                let name = format!("adapt_x{index}");
                let channels = layer.geometry().channels;
                let reset = block.reset();
                let module = stream::adapter(self.owner, reset, &name, (x.lanes, lanes), channels);
                x = self.pass(module, &x, lanes, true);
                x = self.fifo(&format!("fifo_x{index}"), &x, BETWEEN);
            }
            feed(&stream, &x, &mut connections);
        }
        let records = layer.stream_p();
        let outer = format!("s_axis_p{index}");
        for signal in ["tvalid", "tready", "tdata"] {
            connections.push((format!("{}_{signal}", records.name), format!("{outer}_{signal}")));
        }
        if let Some(r) = r {
            let r = self.shortcut(index, layer, r);
            if let Some(stream) = layer.stream_r() {
                feed(&stream, &r, &mut connections);
            }
        }
        let mut behind = Vec::new();
        for stream in [Some(layer.stream_y()), layer.stream_t()].into_iter().flatten() {
            let letter = if stream.has_last { "y" } else { "t" };
            let signed = !stream.has_last || layer.output_range().is_signed();
            let lanes = Lanes { count: stream.lanes, width: stream.lane_width, signed };
            let name = format!("{letter}{index}");
            let signals = Signals { name, lanes, has_last: stream.has_last };
            self.take(&stream, &signals, is_last, &mut connections);
            behind.push(signals);
        }
        self.instance(&suffix, &format!("u_{suffix}"), &connections);
        let tee = behind.pop_if(|signals| !signals.has_last);
        let tee = tee.filter(|_| !is_last);
        (behind.remove(0), tee)
    }

    /// Connects a result of a layer to the ports of the block, or to signals within it.
    fn take(
        &mut self,
        stream: &Stream,
        signals: &Signals,
        is_last: bool,
        connections: &mut Vec<(String, String)>,
    ) {
        let port = |signal: &str| format!("{}_{signal}", stream.name);
        if is_last {
            let last = stream.has_last.then_some("tlast");
            for signal in ["tvalid", "tready", "tdata"].into_iter().chain(last) {
                connections.push((port(signal), port(signal)));
            }
            return;
        }
        self.declare(signals);
        let Signals { name, lanes, has_last } = signals;
        let padded = format!("{name}_padded");
        self.lines.push(declare("wire", &padded, stream.data_width()));
        let data = slice(&padded, 0, lanes.bits(), stream.data_width());
        self.lines.push(format!("assign {name}_data = {data};"));
        spare(&padded, lanes.bits(), stream.data_width(), &mut self.lines);
        connections.push((port("tvalid"), format!("{name}_valid")));
        connections.push((port("tready"), format!("{name}_ready")));
        connections.push((port("tdata"), padded));
        if *has_last {
            connections.push((port("tlast"), format!("{name}_last")));
        }
    }

    /// The way of a shortcut to its layer.
    fn shortcut(&mut self, index: usize, layer: &Layer, start: Signals) -> Signals {
        let (block, owner, reset) = (self.block, self.owner, self.block.reset());
        let (Some(shortcut), Some((width, _)), Some(depth)) =
            (block.shortcut(index), layer.residual(), block.shortcut_depth(index))
        else {
            return start;
        };
        let node: Node = block.node(shortcut.from);
        let mut at = start;
        if at.has_last {
            self.lines.push(format!("wire unused_{0}_last = &{{1'b0, {0}_last}};", at.name));
            at.has_last = false;
        }
        if shortcut.window != [1; 3] {
            let lanes = stream::lanes_of(node, stream::start_width(block, shortcut.from));
            let name = format!("pool_r{index}");
            let module = stream::pool(owner, reset, &name, (node, lanes), shortcut.window);
            at = self.pass(module, &at, lanes, false);
        }
        let lanes = Lanes { count: layer.lanes(), width, signed: true };
        let name = format!("adapt_r{index}");
        let module = stream::adapter(owner, reset, &name, (at.lanes, lanes), node.channels);
        at = self.pass(module, &at, lanes, false);
        at = self.fifo(&format!("fifo_r{index}"), &at, depth);
        if shortcut.repeat > 1 {
            let vectors = node.channels.div_ceil(layer.lanes());
            let name = format!("repeat_r{index}");
            let module = stream::repetition(owner, reset, &name, (lanes, vectors), shortcut.repeat);
            at = self.pass(module, &at, lanes, false);
        }
        at
    }
}

/// Connects a stream within the block to the input of a layer.
fn feed(stream: &Stream, signals: &Signals, connections: &mut Vec<(String, String)>) {
    let Signals { name, lanes, has_last } = signals;
    let data = match stream.data_width() - lanes.bits() {
        0 => format!("{name}_data"),
        spare => format!("{{{}, {name}_data}}", repeat(spare, "1'b0")),
    };
    connections.push((format!("{}_tvalid", stream.name), format!("{name}_valid")));
    connections.push((format!("{}_tready", stream.name), format!("{name}_ready")));
    connections.push((format!("{}_tdata", stream.name), data));
    if *has_last {
        connections.push((format!("{}_tlast", stream.name), format!("{name}_last")));
    }
}

/// Names the bits that pad a stream to whole bytes.
fn spare(name: &str, used: usize, all: usize, lines: &mut Vec<String>) {
    if all > used {
        let bits = slice(name, used, all - used, all);
        lines.push(define(&format!("unused_{name}"), 1, &format!("&{{1'b0, {bits}}}")));
    }
}

/// The contract, for the head of the top.
fn describe(block: &Block) -> Vec<String> {
    let mut lines = vec![String::new()];
    for (index, layer) in block.layers().iter().enumerate() {
        let steps: Vec<&str> = layer.steps().iter().map(|placed| placed.step.name()).collect();
        lines.push(format!("Layer {index}, {}: {}.", layer.name(), steps.join(", ")));
        if let (Some(shortcut), Some(depth)) = (block.shortcut(index), block.shortcut_depth(index))
        {
            let start = match shortcut.from {
                0 => "the input".to_owned(),
                from => format!("layer {}", from - 1),
            };
            lines.push(format!("  Shortcut from {start} through a FIFO of {depth} transfers."));
        }
    }
    lines.push(String::new());
    lines.push("  stream     lanes  bits".to_owned());
    for (_, stream) in block.streams() {
        lines.push(format!("  {:9}  {:5}  {:4}", stream.name, stream.lanes, stream.lane_width));
    }
    lines.push(String::new());
    lines.push("Each layer takes one parameter frame for each tile, which tlast of x ends.".into());
    let latency = match block.slowest() {
        Some(layer) => vec![
            format!(
                "Latency: a sample takes at least {} cycles, those of its slowest layer,",
                layer.cycles_of_sample(),
            ),
            format!("{}.", layer.name()),
        ],
        None => Vec::new(),
    };
    lines.extend(usage::of_top((block.name(), block.reset()), &[], &block.streams(), latency));
    lines
}
