//! The element: the dot product of a word, and the accumulator.

use super::Writer;
use super::text::{block, define, extend, literal, repeat, resize, slice};
use super::window::{only_skip, several_skips, skip_width};
use crate::arith::carry_save;
use crate::arith::dot::DotKind;
use crate::binary::Target;
use crate::rtl::Module;
use crate::rtl::carry_chain;
use crate::rtl::text::{Port, Registers, clock_ports, declare, instance, zero};

/// The element of a layer with everything that the lane around it must know.
pub(super) struct Element {
    /// Netlists first, the element itself last.
    pub modules: Vec<Module>,
    /// Inputs beside clock and reset: name and bits.
    pub inputs: Vec<(String, usize)>,
    /// The dot product, or the bit of a threshold before it may be inverted: name and bits.
    pub output: (String, usize),
}

impl Element {
    /// The element of a layer.
    pub fn new(writer: &Writer<'_>) -> Self {
        let layer = writer.layer;
        let dot = layer.dot();
        let width = layer.accumulator_width();
        let masked = layer.masked() && dot.kind() == DotKind::Xnor;
        let mut modules = Vec::new();
        let mut carries = 0;
        let netlist = if layer.carry_save() {
            let shift = usize::from(dot.kind() == DotKind::Xnor && !layer.halved());
            let (netlist, columns) = dot.accumulate(width, shift, skip_width(layer));
            let resolve = carry_save::resolve(width, &columns, layer.topology());
            let resolver = "Adds the two words of a carry-save accumulator.";
            modules.extend(writer.netlist("resolve", resolver, &resolve));
            carries = columns.width();
            netlist
        } else {
            let adder = (layer.parameters().target == Target::Asic).then(|| layer.topology());
            dot.count(adder)
        };
        let purpose = format!(
            "Dot product of {} terms, {} x {}.",
            layer.simd(),
            layer.parameters().activations,
            layer.parameters().weights
        );
        modules.extend(writer.netlist("dot", &purpose, &netlist));

        let (x, w) = (layer.parameters().activations, layer.parameters().weights);
        let mut inputs = vec![
            ("run".to_owned(), 1),
            ("beat".to_owned(), 1),
            ("first".to_owned(), 1),
            ("x".to_owned(), layer.simd() * x.width()),
            ("w".to_owned(), layer.simd() * w.width()),
        ];
        if layer.preloaded() {
            inputs.push(("start".to_owned(), width));
        }
        if masked || dot.gated() {
            inputs.push(("inside".to_owned(), 1));
        }
        let skips = masked && several_skips(layer);
        if skips {
            inputs.push(("skip".to_owned(), skip_width(layer)));
        }
        if dot.shared_width() > 0 {
            inputs.push(("shared".to_owned(), dot.shared_width()));
        }

        let mut lines = Vec::new();
        let mut connections: Vec<(String, String)> = Vec::new();
        for word in netlist.inputs() {
            let signal = match word.name.as_str() {
                "valid" => "inside_i".to_owned(),
                "sum" | "carry" => format!("{}_kept", word.name),
                "skip" if !skips => "skip".to_owned(),
                name => format!("{name}_i"),
            };
            connections.push((format!("{}_i", word.name), signal));
        }
        for word in netlist.outputs() {
            let name = format!("dot_{}", word.name);
            lines.push(declare("wire", &name, word.bits.len()));
            connections.push((format!("{}_o", word.name), name));
        }
        let list: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let dot_instance = instance(&writer.name("dot"), "u_dot", &[], &list, 0);
        let dot_instance: Vec<String> = dot_instance.lines().map(str::to_owned).collect();

        let start =
            if layer.preloaded() { "start_i".to_owned() } else { literal(width, layer.start(0)) };
        let data = || Registers::data(layer.reset());
        if layer.carry_save() {
            lines.push("// The accumulated pair, or what a dot product starts from.".to_owned());
            lines.push(declare("reg", "sum_q", width));
            lines.push(define("sum_kept", width, &format!("first_i ? {start} : sum_q")));
            let mut registers = data().load_if("run_i & beat_i", "sum_q", &zero(width), "dot_sum");
            if carries > 0 {
                lines.push(declare("reg", "carry_q", carries));
                let kept = format!("carry_q & {}", repeat(carries, "~first_i"));
                lines.push(define("carry_kept", carries, &kept));
                registers =
                    registers.load_if("run_i & beat_i", "carry_q", &zero(carries), "dot_carry");
            }
            if masked && !skips {
                let wide = skip_width(layer);
                let skip = literal(wide, only_skip(layer));
                lines.push("// A masked word counts half of what it could.".to_owned());
                lines.push(define(
                    "skip",
                    wide,
                    &format!("{skip} & {}", repeat(wide, "~inside_i")),
                ));
            }
            lines.extend(dot_instance);
            lines.extend(block(&registers));
            lines.push(declare("wire", "total", width));
            let mut list = vec![("sum_i", "sum_q")];
            if carries > 0 {
                list.push(("carry_i", "carry_q"));
            }
            list.push(("sum_o", "total"));
            let text = instance(&writer.name("resolve"), "u_resolve", &[], &list, 0);
            lines.extend(text.lines().map(str::to_owned));
        } else {
            lines.extend(dot_instance);
            let mut counted = dot.width();
            let mut masked = masked;
            if layer.parameters().target == Target::Fpga {
                let mut words = ["dot_sum", "dot_carry"];
                if masked && layer.halved() {
                    // The last tables of the popcount have inputs to spare, those of an adder that
                    // chooses between two words have not.
                    lines.push("// A masked word counts half of what it could.".to_owned());
                    let skip = match skips {
                        true => resize("skip_i", skip_width(layer), counted),
                        false => literal(counted, only_skip(layer)),
                    };
                    lines.push(define("first", counted, &format!("inside_i ? dot_sum : {skip}")));
                    let kept = format!("dot_carry & {}", repeat(counted, "inside_i"));
                    lines.push(define("second", counted, &kept));
                    words = ["first", "second"];
                    masked = false;
                }
                lines.extend(carry_chain::add("dot_count", counted, words[0], words[1]));
            }
            let mut value = "dot_count".to_owned();
            if dot.kind() == DotKind::Xnor {
                if !layer.halved() {
                    value = format!("{{{value}, 1'b0}}");
                    counted += 1;
                }
                value = resize(&value, counted, width);
                if masked {
                    let skip = match skips {
                        true => resize("skip_i", skip_width(layer), width),
                        false => literal(width, only_skip(layer)),
                    };
                    value = format!("inside_i ? {value} : {skip}");
                }
            } else if counted > width {
                // Sums that fit into fewer bits than any dot product may take are exact modulo
                // those.
                let beyond = slice(&value, width, counted - width, counted);
                lines.push(format!("wire unused_count = &{{1'b0, {beyond}}};"));
                value = resize(&value, counted, width);
            } else {
                value = extend(&value, counted, width);
            }
            lines.push(define("addend", width, &value));
            lines.push(declare("reg", "total_q", width));
            lines.push(define("kept", width, &format!("first_i ? {start} : total_q")));
            let registers =
                data().load_if("run_i & beat_i", "total_q", &zero(width), "addend + kept");
            lines.extend(block(&registers));
            lines.push(define("total", width, "total_q"));
        }
        let output = if layer.preloaded() {
            let sign = slice("total", width - 1, 1, width);
            lines.push(
                "// The accumulator started from minus the threshold: its sign decides.".to_owned(),
            );
            lines.push(format!("assign reached_o = ~{sign};"));
            if width > 1 {
                let rest = slice("total", 0, width - 1, width);
                lines.push(format!("wire unused_total = &{{1'b0, {rest}}};"));
            }
            ("reached".to_owned(), 1)
        } else if layer.halved() {
            // All that was added is even: the lowest bit is that of the constant.
            let odd = layer.offset() % 2;
            lines.push(format!("assign product_o = {{total, 1'b{odd}}};"));
            ("product".to_owned(), width + 1)
        } else {
            lines.push("assign product_o = total;".to_owned());
            ("product".to_owned(), width)
        };
        let mut ports = clock_ports(layer.reset() != crate::design::Reset::None);
        ports.extend(inputs.iter().map(|(name, width)| Port::input(format!("{name}_i"), width)));
        ports.push(Port::output(format!("{}_o", output.0), output.1));
        let purpose = "The element: dot product of a word, and accumulator.";
        modules.push(writer.module("element", purpose, &[], &ports, lines));
        Self { modules, inputs, output }
    }
}
