//! Widths, registers and memories of a design, in `bitweight explain`. What is a register is read
//! off the emitted modules.

use super::{Line, bits, line};
use crate::arith::digit::DigitFormat;
use crate::design::{Contract, Correction, Design, Element, Topology};
use crate::rtl::{Module, Register};

/// Modules between the streams and the results, of which every register is told: the element, what
/// stands around it, and what recodes its operands.
const DATAPATH: [&str; 9] =
    ["operand_register", "edge", "lane", "terms_a", "terms_b", "array", "row", "column", "pe"];

/// The emitted modules of a design by what stands behind its name.
struct Parts<'a> {
    design: &'a Design,
    modules: &'a [Module],
}

impl Parts<'_> {
    fn registers(&self, suffix: &str) -> Vec<Register> {
        let name = format!("{}_{suffix}", self.design.name);
        let found = self.modules.iter().find(|module| module.name == name);
        found.map(Module::registers).unwrap_or_default()
    }

    /// The first of the registers that the design has, with its place.
    fn first(&self, places: &[(&'static str, &'static str)]) -> Option<(String, usize)> {
        places.iter().find_map(|(suffix, name)| {
            let found = self.registers(suffix).into_iter().find(|r| r.name == *name)?;
            Some((format!("`{name}` of `{suffix}`"), found.width))
        })
    }

    /// All bits of the registers of the element with one of the names.
    fn element(&self, names: &[&str]) -> usize {
        let registers = self.registers("pe");
        registers.iter().filter(|r| names.contains(&r.name.as_str())).map(|r| r.width).sum()
    }
}

/// Where operand A is registered last before it is multiplied, nearest to the element first.
const REGISTERS_OF_A: [(&str, &str); 12] = [
    ("pe", "digits_q"),
    ("pe", "a_q"),
    ("pe", "digit_q"),
    ("pe", "group_q"),
    ("terms_a", "term_q"),
    ("row", "digits_q"),
    ("row", "a_q"),
    ("array", "operand_q"),
    ("edge", "digits_q"),
    ("operand_register", "a_q"),
    ("lane", "digit_q2"),
    ("array", "a_q"),
];

/// The same of operand B.
const REGISTERS_OF_B: [(&str, &str); 6] = [
    ("pe", "b_q"),
    ("pe", "weight_q"),
    ("terms_b", "term_q"),
    ("row", "b_q"),
    ("array", "b_q"),
    ("operand_register", "b_q"),
];

/// What the operands, the digits and the sums take.
pub(super) fn lines(design: &Design, modules: &[Module]) -> Vec<Line> {
    let parts = Parts { design, modules };
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let accumulator = design.accumulator;
    let mut lines = vec![
        line(
            "operands",
            format!("A {}, B {}", design.operand_a(), design.operand_b()),
            format!("{} and {} bits", a.width, b.width),
        ),
        digits(design),
    ];
    for (operand, places) in [("A", REGISTERS_OF_A.as_slice()), ("B", &REGISTERS_OF_B)] {
        let name = format!("operand register of {operand}");
        lines.push(match parts.first(places) {
            Some((place, width)) => line(name, place, bits(width)),
            None => line(name, "none: taken as it comes", bits(0)),
        });
    }
    lines.extend(products(design, &parts));
    lines.push(line(
        "accumulator",
        format!("exact modulo 2^{}", accumulator.width),
        bits(accumulator.width),
    ));
    lines.push(line(
        "terms without overflow (k_max)",
        "longest K for which no sum overflows",
        accumulator.k_max.to_string(),
    ));
    let (sum, carries) = (parts.element(&["sum_q"]), parts.element(&["carry_q"]));
    let pair = parts.element(&["pair_q"]);
    lines.push(match pair {
        0 if carries > 0 => {
            line("accumulator register", "sum and stored carries", bits(sum + carries))
        }
        0 => line("accumulator register", "sum", bits(sum)),
        pair => line("accumulator register", "sum and stored carries", bits(pair)),
    });
    if let shadow @ 1.. = parts.element(&["shadow_q"])
        && pair > 0
    {
        lines.push(line("shadow register", "a finished pair that waits to be read", bits(shadow)));
    }
    if let Some(Correction { width, shift, .. }) = design.correction() {
        let formula = format!("units of 2^{shift} for every cycle of a tile");
        lines.push(line("sign correction at the readout", formula, bits(width)));
    }
    lines.extend(stationary(design, &parts));
    lines
}

/// The digits of A, and of B where they run in time as well.
fn digits(design: &Design) -> Line {
    let weights = |weights: &[usize]| match weights {
        [only] => format!("weight 2^{only}"),
        weights => {
            let [first, last] = [weights.first(), weights.last()].map(|w| w.copied().unwrap_or(0));
            format!("weights 2^{first} to 2^{last}")
        }
    };
    let of_a = weights(&design.nest.weights);
    let formula = match design.multiplier.levels {
        Some(_) => format!("bit planes, {of_a}"),
        None => format!("{}, {of_a}", design.multiplier.encoding.name()),
    };
    line("digits of A (extent of bw)", formula, design.nest.weights.len().to_string())
}

/// What is added up.
fn products(design: &Design, parts: &Parts<'_>) -> Vec<Line> {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let sum_of = |terms: usize| format!("every sum of {terms} products of a digit and B");
    if design.element == Element::Laconic {
        let pairs = design.term_pairs();
        let counts = format!(
            "{} exponents, counts of {} lanes in {} bits",
            pairs.bins(),
            pairs.lanes,
            pairs.count_width()
        );
        let digits = design.nest.weights_b.len();
        return vec![
            line("digits of B (extent of bx)", "as those of A", digits.to_string()),
            line("histogram", counts, bits(parts.element(&["counts_q"]))),
            line("resolve", "sum of the pair, when read", bits(design.accumulator.width)),
        ];
    }
    if let Some(slice) = design.bit_slice {
        return vec![
            line("digit", "sign and magnitude", bits(design.digit_format().width())),
            line("segment", sum_of(slice.tile_k), bits(design.segment(&slice).width)),
        ];
    }
    if let Some(terms) = design.tile_k {
        return vec![line("plane", sum_of(terms), bits(design.sum_width()))];
    }
    if design.multiplier.levels.is_some() {
        let formula = format!("every sum of {} products", design.depth());
        let width = design.multiplier.product().width;
        return vec![line("dot product of a word", formula, bits(width))];
    }
    let product = match parts.element(&["product_q"]) {
        0 => line("product", "width of A + width of B", bits(a.width + b.width)),
        width => line("product", "`product_q` of `pe`", bits(width)),
    };
    vec![product]
}

/// What a weight-stationary array holds.
fn stationary(design: &Design, parts: &Parts<'_>) -> Vec<Line> {
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let mut lines = Vec::new();
    if design.contract() == Contract::WeightStationary {
        let (depth, cols, width) = (design.depth(), design.cols(), b.width);
        lines.push(line(
            "weight registers",
            format!("{depth} x {cols} x {width} bits, present and shadow"),
            bits(design.elements() * parts.element(&["weight_q", "shadow_q"])),
        ));
        let memories = parts.modules.iter().flat_map(|module| &module.memories);
        lines.push(line(
            "output memory",
            format!("{} beats of {cols} sums and the end of a tile", design.output_beats()),
            bits(memories.map(|memory| memory.total_bits).sum()),
        ));
    }
    if (design.array.topology, design.element) == (Topology::AdderTree, Element::Opt2) {
        let depth = design.depth();
        let plane = DigitFormat::new(design.multiplier.encoding, a).sum(b, depth as u64);
        let formula = format!("{depth} digits times B, {plane}");
        lines.push(line("plane (sum over one bit weight)", formula, bits(plane.width)));
    }
    lines
}

/// The registers of one instance of every module of the datapath.
pub(super) fn registers(design: &Design, modules: &[Module]) -> Vec<Line> {
    let parts = Parts { design, modules };
    let of = |suffix: &&'static str| {
        let suffix = *suffix;
        parts
            .registers(suffix)
            .into_iter()
            .map(move |Register { name, width }| line(format!("{suffix}.{name}"), "", bits(width)))
    };
    DATAPATH.iter().flat_map(of).collect()
}

/// The memories of the design.
pub(super) fn memories(design: &Design, modules: &[Module]) -> Vec<Line> {
    let prefix = format!("{}_", design.name);
    let all = modules.iter().flat_map(|module| &module.memories);
    all.map(|memory| {
        let name = memory.module.strip_prefix(&prefix).unwrap_or(&memory.module);
        let formula =
            format!("{} of {} words of {} bits", memory.instances, memory.words, memory.width);
        line(name, formula, bits(memory.total_bits))
    })
    .collect()
}
