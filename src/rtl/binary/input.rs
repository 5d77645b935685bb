//! The input stage: chooses the activation of each channel of a word by its thresholds.
//!
//! A register holds the word that has been quantized, so that the comparison is a stage of its own.
//! Words of a tile are taken only while its parameters are loaded: after the last one nothing is
//! taken until the frame of the next tile is in.

use super::Writer;
use super::text::{Counter, Memory, address_bits, block, define, extend, repeat, resize, slice};
use crate::arith::operand::Operand;
use crate::binary::{InputStage, values_of};
use crate::rtl::Module;
use crate::rtl::text::{Port, Registers, clock_ports, declare, instance, zero};

/// The quantizer of a channel and the stage around all of them, or nothing.
pub(super) fn modules(writer: &Writer<'_>) -> Vec<Module> {
    match writer.layer.input_stage() {
        Some(stage) => vec![quantizer(writer, stage), module(writer, stage)],
        None => Vec::new(),
    }
}

/// The code of the value of which this many thresholds are reached: `count` and `reached` are
/// wires.
fn code(activations: Operand) -> String {
    match activations {
        Operand::Bipolar { .. } | Operand::Unsigned { .. } => "count".to_owned(),
        // The smallest value has the code of the topmost bit.
        Operand::Signed { planes: 2 } => "{~count[1], count[0]}".to_owned(),
        Operand::Signed { planes } => {
            format!("{{~count[{}], count[{}:0]}}", planes - 1, planes - 2)
        }
        // Bit 0: not zero; bit 1: negative.
        Operand::Ternary => "{~(|count), ~count[0]}".to_owned(),
    }
}

/// The quantizer of one of the channels of a word.
fn quantizer(writer: &Writer<'_>, stage: InputStage) -> Module {
    let layer = writer.layer;
    let activations = layer.parameters().activations;
    let table = stage.table(activations);
    let count = values_of(&table);
    let words = layer.words_per_position();
    let address = address_bits(words);
    let record = table.width * count;
    let memory = Memory { name: "thresholds".to_owned(), width: record, depth: words };
    let mut lines = memory.write("load_i", "load_address_i", "load_data_i");
    lines.push(define("own", record, &memory.read("word_i")));
    let wide = table.width;
    let signed = |name: &str, value: &str| {
        let declaration = declare("wire signed", name, wide);
        format!("{} = {value};", declaration.trim_end_matches(';'))
    };
    lines.push(signed("x", &extend("x_i", stage.width, wide)));
    let bits = activations.width();
    let mut terms = Vec::new();
    for level in 0..count {
        let threshold = format!("threshold{level}");
        lines.push(signed(&threshold, &slice("own", level * wide, wide, record)));
        let reached = format!("reached{level}");
        lines.push(define(&reached, 1, &format!("x >= {threshold}")));
        terms.push(resize(&reached, 1, bits));
    }
    lines.push(define("count", bits, &terms.join(" + ")));
    lines.push(format!("assign code_o = {};", code(activations)));
    if words == 1 {
        lines.push("wire unused = &{1'b0, load_address_i, word_i};".to_owned());
    }
    let ports = vec![
        Port::input("clk_i", 1),
        Port::input("load_i", 1),
        Port::input("load_address_i", address),
        Port::input("load_data_i", record),
        Port::input("word_i", address),
        Port::input("x_i", stage.width),
        Port::output("code_o", bits),
    ];
    let purpose = format!("Quantizes a channel of the input to {activations}.");
    writer.module("quantizer", &purpose, &[], &ports, lines)
}

fn module(writer: &Writer<'_>, stage: InputStage) -> Module {
    let layer = writer.layer;
    let simd = layer.simd();
    let activations = layer.parameters().activations;
    let bits = activations.width();
    let table = stage.table(activations);
    let record = table.width * values_of(&table);
    let words = layer.words_per_position();
    let address = address_bits(words);
    let word = Counter::new("word", words);
    let mut lines = Vec::new();
    word.declare(&mut lines);
    lines.push(
        "// A tile ends here before it ends behind: what follows waits for its frame.".into(),
    );
    lines.push("reg closed_q;".to_owned());
    lines.push("reg valid_q;".to_owned());
    lines.push("reg last_q;".to_owned());
    lines.push(declare("reg", "word_codes_q", simd * bits));
    lines.push(define("free", 1, "~valid_q | m_ready_i"));
    lines.push("assign s_ready_o = loaded_i & ~closed_q & free;".to_owned());
    lines.push(define("taken", 1, "s_valid_i & s_ready_o"));
    lines.push(declare("wire", "codes", simd * bits));
    let connections = |load: String, x: String, code: String| {
        let connections = [
            ("clk_i", "clk_i".to_owned()),
            ("load_i", load),
            ("load_address_i", "load_address_i".to_owned()),
            ("load_data_i", "load_data_i".to_owned()),
            ("word_i", word.value(address)),
            ("x_i", x),
            ("code_o", code),
        ];
        let list: Vec<(&str, &str)> = connections.iter().map(|(p, s)| (*p, s.as_str())).collect();
        let indent = if simd == 1 { 0 } else { 4 };
        let text = instance(&writer.name("quantizer"), "u_quantizer", &[], &list, indent);
        text.lines().map(str::to_owned).collect::<Vec<_>>()
    };
    if simd == 1 {
        lines.extend(connections("load_i".into(), "s_data_i".into(), "codes".into()));
    } else {
        let width = stage.width;
        let code = match bits {
            1 => "codes[channel]".to_owned(),
            bits => format!("codes[{bits}*channel +: {bits}]"),
        };
        lines.push("genvar channel;".to_owned());
        lines.push("generate".to_owned());
        lines.push(format!(
            "  for (channel = 0; channel < {simd}; channel = channel + 1) begin : gen_channel"
        ));
        lines.extend(connections(
            "load_i[channel]".into(),
            format!("s_data_i[{width}*channel +: {width}]"),
            code,
        ));
        lines.push("  end".to_owned());
        lines.push("endgenerate".to_owned());
    }
    let mut data = Registers::data(layer.reset())
        .load_if("taken", "last_q", "1'b0", "s_last_i")
        .load_if("taken", "word_codes_q", &zero(simd * bits), "codes");
    if let Some((sum, _)) = layer.magnitude_widths() {
        magnitude(writer, stage, (&word, sum), &mut lines);
        data = data.load_if("taken", "magnitude_q", &zero(sum), "magnitude");
        lines.push("assign m_magnitude_o = magnitude_q;".to_owned());
    }
    let control = Registers::control(layer.reset())
        .load("closed_q", "1'b0", "(taken & s_last_i) | (closed_q & ~tile_done_i)")
        .load_if("free", "valid_q", "1'b0", "taken");
    let control = word.count(control, "taken");
    lines.extend(block(&control));
    lines.extend(block(&data));
    lines.push("assign m_valid_o = valid_q;".to_owned());
    lines.push("assign m_last_o = last_q;".to_owned());
    lines.push("assign m_data_o = word_codes_q;".to_owned());
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("loaded_i", 1),
        Port::input("tile_done_i", 1),
        Port::input("load_i", simd),
        Port::input("load_address_i", address),
        Port::input("load_data_i", record),
        Port::input("s_valid_i", 1),
        Port::output("s_ready_o", 1),
        Port::input("s_data_i", simd * stage.width),
        Port::input("s_last_i", 1),
        Port::output("m_valid_o", 1),
        Port::input("m_ready_i", 1),
        Port::output("m_data_o", simd * bits),
        Port::output("m_last_o", 1),
    ]);
    if let Some((sum, _)) = layer.magnitude_widths() {
        ports.push(Port::output("m_magnitude_o", sum));
    }
    writer.module("input", "Quantizes the words of the input.", &[], &ports, lines)
}

/// The sum of |x| over the channels of a word, as the wire `magnitude`. Lanes beyond the last
/// channel count nothing.
fn magnitude(
    writer: &Writer<'_>,
    stage: InputStage,
    (word, sum): (&Counter, usize),
    lines: &mut Vec<String>,
) {
    let layer = writer.layer;
    let (simd, width) = (layer.simd(), stage.width);
    lines.push(declare("reg", "magnitude_q", sum));
    let mut terms = Vec::new();
    for lane in 0..simd {
        let (own, size) = (format!("x{lane}"), format!("size{lane}"));
        lines.push(define(&own, width, &slice("s_data_i", lane * width, width, simd * width)));
        let sign = repeat(width, &format!("{own}[{}]", width - 1));
        // The magnitude of the smallest number is one above the largest: it is not negative here.
        let flipped =
            format!("({own} ^ {sign}) + {}", resize(&format!("{own}[{}]", width - 1), 1, width));
        lines.push(define(&size, width, &flipped));
        let wide = resize(&size, width, sum);
        terms.push(match lane < layer.last_word() {
            true => wide,
            false if word.exists() => {
                format!("({wide} & {})", repeat(sum, &format!("~{}", word.end())))
            }
            false => {
                lines.push(format!("wire unused_{size} = &{{1'b0, {size}}};"));
                continue;
            }
        });
    }
    lines.push(define("magnitude", sum, &terms.join(" + ")));
}
