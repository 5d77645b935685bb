//! Configurations with the right keys and mostly sensible values.

use std::fmt::Write as _;

use super::random::Random;

/// Appends `key: value` with this chance in a hundred.
fn maybe(text: &mut String, random: &mut Random, chance: usize, key: &str, values: &[&str]) {
    if random.percent(chance) {
        let value = *random.choose(values);
        let value = if value == "#" { random.size() } else { value.to_owned() };
        writeln!(text, "{key}: {value}").unwrap();
    }
}

fn width(random: &mut Random) -> String {
    match random.below(10) {
        0..8 => (1 + random.below(9)).to_string(),
        8 => (1 + random.below(64)).to_string(),
        _ => random.size(),
    }
}

const SWITCH: &[&str] = &["true", "false"];

/// An array.
pub fn array(random: &mut Random) -> String {
    let engine = random.percent(30);
    let mut text = String::new();
    let mut sides = String::new();
    let topology = if engine {
        "bit_slice"
    } else {
        random.choose(&["systolic_os", "cube", "matrix2d", "systolic_ws", "adder_tree"])
    };
    let keys: &[&str] = match topology {
        "bit_slice" => &["columns", "elements"],
        "systolic_os" => &["rows", "cols"],
        "systolic_ws" | "adder_tree" => &["depth", "cols"],
        _ => &["rows", "cols", "depth"],
    };
    for key in keys {
        write!(sides, "{key}: {}, ", random.size()).unwrap();
    }
    if engine {
        let options: &[(&str, &[&str])] = &[
            ("lanes", &["1", "2", "4", "#"]),
            ("group", &["2", "4", "#"]),
            ("tile_k", &["8", "16", "32", "#"]),
            ("policy", &["decoupled", "lockstep"]),
            ("skip_empty", SWITCH),
            ("sync", &["tile", "elastic"]),
            ("readout", &["horner", "per_plane"]),
            ("b_memory", &["replicated", "banked"]),
            ("banks", &["2", "4", "#"]),
            ("bank_rows", &["4", "8", "#"]),
        ];
        for (key, values) in options {
            if random.percent(20) {
                let value = *random.choose(values);
                let value = if value == "#" { random.size() } else { value.to_owned() };
                write!(sides, "{key}: {value}, ").unwrap();
            }
        }
    }
    writeln!(text, "array: {{{topology}: {{{}}}}}", sides.trim_end_matches(", ")).unwrap();
    let elements: &[&str] = if engine {
        &["opt3", "opt4c", "opt4e", "laconic"]
    } else {
        &["mac", "opt1", "opt2", "behavioural", "xnor"]
    };
    let element = if random.percent(97) { *random.choose(elements) } else { "opt4c" };
    writeln!(text, "element: {element}").unwrap();
    let mut operand = |name: &str| {
        let mut operand = format!("{name}: {{width: {}", width(random));
        if random.percent(50) {
            write!(operand, ", signed: {}", random.choose(SWITCH)).unwrap();
        }
        if random.percent(if element == "xnor" { 60 } else { 3 }) {
            let formats = ["integer", "bipolar", "ternary"];
            write!(operand, ", format: {}", random.choose(&formats)).unwrap();
        }
        operand + "}"
    };
    let (a, b) = (operand("a"), operand("b"));
    writeln!(text, "operands: {{{a}, {b}}}").unwrap();
    let encodings = &[
        "auto",
        "baugh_wooley",
        "bit_serial",
        "bit_pairs",
        "booth",
        "ent",
        "csd",
        "csd_radix4",
        "sign_magnitude",
    ];
    let adders = &["ripple", "brent_kung", "sklansky", "kogge_stone", "han_carlson"];
    maybe(&mut text, random, 40, "encoding", encodings);
    maybe(&mut text, random, 20, "compressor", &["timed", "wallace", "dadda", "counters"]);
    maybe(&mut text, random, 20, "final_adder", adders);
    maybe(&mut text, random, 10, "product_register", SWITCH);
    maybe(&mut text, random, 10, "input_registers", SWITCH);
    maybe(&mut text, random, 10, "pipeline", &["0", "1", "2", "3", "#"]);
    maybe(&mut text, random, 15, "partial_sums", SWITCH);
    maybe(&mut text, random, 15, "encoder", &["pe", "edge", "host"]);
    maybe(&mut text, random, 15, "sign_correction", &["pe", "readout"]);
    maybe(&mut text, random, 15, "target", &["asic", "fpga"]);
    maybe(&mut text, random, 10, "lanes", &["1", "2", "#"]);
    maybe(&mut text, random, 10, "tile_k", &["4", "16", "#"]);
    maybe(&mut text, random, 20, "reset", &["none", "sync", "async"]);
    if random.percent(15) {
        writeln!(text, "carry_save: {{every: {}}}", random.size()).unwrap();
    }
    if random.percent(60) {
        let key = random.choose(&["k_max", "k_max", "width"]);
        let value = if random.percent(80) { width(random) } else { random.size() };
        writeln!(text, "accumulator: {{{key}: {value}}}").unwrap();
    }
    text
}

fn step(random: &mut Random) -> String {
    let bits = |random: &mut Random| match random.below(10) {
        0..9 => (2 + random.below(15)).to_string(),
        _ => random.size(),
    };
    match random.below(11) {
        0 => format!("threshold: {{compare: {}}}", random.choose(&["greater", "greater_equal"])),
        1 => format!("multi_threshold: {{bits: {}}}", random.size()),
        2 => format!("bias: {{width: {}}}", bits(random)),
        3 => {
            let per = *random.choose(&["channel", "channel", "position", "magnitude"]);
            format!("scale: {{per: {per}, shift: {}, width: {}}}", bits(random), bits(random))
        }
        4 => format!("prelu: {{shift: {}, width: {}}}", bits(random), bits(random)),
        5 => format!("rprelu: {{shift: {}, width: {}}}", bits(random), bits(random)),
        6 => format!("residual: {{residual: {}, width: {}}}", bits(random), bits(random)),
        7 => "tee: {}".to_owned(),
        8 => format!("clamp: {{low: -{}, high: {}}}", bits(random), bits(random)),
        9 => format!("maxpool: {{window: {}}}", random.size()),
        _ => format!("avgpool: {{window: {}}}", random.size()),
    }
}

/// The body of a layer, for `inputs` inputs where they are given; gives its outputs, too.
fn body(random: &mut Random, inputs: Option<String>) -> (String, String) {
    let mut text = String::new();
    let outputs = random.size();
    let inputs = inputs.unwrap_or_else(|| random.size());
    if random.percent(50) {
        writeln!(text, "layer: {{linear: {{inputs: {inputs}, outputs: {outputs}}}}}").unwrap();
    } else {
        let kind = 1 + random.below(3);
        let positions = random.choose(&["5", "6", "4"]).to_string();
        write!(text, "layer: {{conv{kind}d: {{input: {positions}, channels: {inputs}").unwrap();
        write!(text, ", outputs: {outputs}, kernel: {}", random.choose(&["1", "2", "3"])).unwrap();
        for key in ["stride", "padding", "dilation", "groups"] {
            if random.percent(20) {
                write!(text, ", {key}: {}", random.size()).unwrap();
            }
        }
        if random.percent(20) {
            let values = ["zero", "minus", "plus"];
            write!(text, ", padding_value: {}", random.choose(&values)).unwrap();
        }
        text += "}}\n";
    }
    let formats =
        &["bipolar", "ternary", "bipolar2", "unsigned1", "unsigned2", "signed2", "signed3"];
    maybe(&mut text, random, 30, "activations", formats);
    maybe(&mut text, random, 20, "weights", formats);
    let folded = |random: &mut Random, whole: &str| {
        if random.percent(40) { whole.to_owned() } else { random.choose(&["1", "2"]).to_string() }
    };
    let (simd, lanes) = (folded(random, &inputs), folded(random, &outputs));
    writeln!(text, "folding: {{simd: {simd}, lanes: {lanes}}}").unwrap();
    if random.percent(25) {
        writeln!(text, "input: {{width: {}}}", width(random)).unwrap();
    }
    maybe(&mut text, random, 20, "target", &["asic", "fpga"]);
    maybe(&mut text, random, 20, "carry_save", SWITCH);
    maybe(&mut text, random, 20, "reset", &["none", "sync", "async"]);
    let steps = random.below(5);
    if steps > 0 {
        text += "epilogue:\n";
        for _ in 0..steps {
            writeln!(text, "  - {}", step(random)).unwrap();
        }
    }
    (text, outputs)
}

/// A layer.
pub fn layer(random: &mut Random) -> String {
    body(random, None).0
}

/// A block of one to three layers.
pub fn block(random: &mut Random) -> String {
    let mut text = "block:\n  layers:\n".to_owned();
    let mut outputs = None;
    for _ in 0..1 + random.below(3) {
        let inputs = outputs.take().filter(|_| random.percent(90));
        let (mut body, given) = body(random, inputs);
        outputs = Some(given);
        maybe(
            &mut body,
            random,
            25,
            "shortcut",
            &["{}", "{from: input}", "{from: 0}", "{repeat: 2}"],
        );
        maybe(&mut body, random, 15, "name", &["c0", "c0_lane", "fifo_r0", "window", "layer0"]);
        for (index, line) in body.lines().enumerate() {
            writeln!(text, "    {} {line}", if index == 0 { "-" } else { " " }).unwrap();
        }
    }
    text
}
