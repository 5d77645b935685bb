//! Pieces of Verilog that the modules of a layer engine share: sized expressions, counters,
//! memories.

use crate::rtl::text::{Registers, declare, zero};

/// Bits that hold the number.
pub(super) fn bits(value: usize) -> usize {
    (usize::BITS - value.leading_zeros()).max(1) as usize
}

/// Bits of an address of a memory with this many entries.
pub(super) fn address_bits(depth: usize) -> usize {
    bits(depth.saturating_sub(1))
}

/// A literal of `width` bits, two's complement where negative.
pub(super) fn literal(width: usize, value: i64) -> String {
    let low = if width < 64 { value & ((1 << width) - 1) } else { value };
    format!("{width}'d{}", low as u64)
}

/// `name`, a vector of `from` bits, as one of `to` bits: extended by zeros or cut.
pub(super) fn resize(name: &str, from: usize, to: usize) -> String {
    match to.checked_sub(from) {
        Some(0) => name.to_owned(),
        Some(1) => format!("{{1'b0, {name}}}"),
        Some(more) => format!("{{{{{more}{{1'b0}}}}, {name}}}"),
        None if to == 1 => format!("{name}[0]"),
        None => format!("{name}[{}:0]", to - 1),
    }
}

/// `name`, a two's complement number of `from` bits, as one of at least as many bits.
pub(super) fn extend(name: &str, from: usize, to: usize) -> String {
    let sign = if from == 1 { name.to_owned() } else { format!("{name}[{}]", from - 1) };
    match to - from {
        0 => name.to_owned(),
        1 => format!("{{{sign}, {name}}}"),
        more => format!("{{{{{more}{{{sign}}}}}, {name}}}"),
    }
}

/// Bits `low..low + width` of a vector of `all` bits.
pub(super) fn slice(name: &str, low: usize, width: usize, all: usize) -> String {
    match (width, all) {
        (_, all) if width == all => name.to_owned(),
        (1, _) => format!("{name}[{low}]"),
        _ => format!("{name}[{}:{low}]", low + width - 1),
    }
}

/// A bit or several of them, repeated.
pub(super) fn repeat(count: usize, what: &str) -> String {
    format!("{{{count}{{{what}}}}}")
}

/// A declaration with its value.
pub(super) fn define(name: &str, width: usize, value: &str) -> String {
    format!("{} = {value};", declare("wire", name, width).trim_end_matches(';'))
}

/// The lines of a block of registers.
pub(super) fn block(registers: &Registers) -> Vec<String> {
    registers.render(0).lines().map(str::to_owned).collect()
}

/// A number that counts from 0 to its extent - 1 and starts again. With extent 1 there is no
/// register.
#[derive(Clone, Debug)]
pub(super) struct Counter {
    /// Name of the register without its suffix.
    pub name: String,
    /// Numbers that it counts.
    pub extent: usize,
}

impl Counter {
    pub fn new(name: impl Into<String>, extent: usize) -> Self {
        Self { name: name.into(), extent }
    }

    pub const fn exists(&self) -> bool {
        self.extent > 1
    }

    pub fn width(&self) -> usize {
        address_bits(self.extent)
    }

    /// The register, or zero, as an expression of `width` bits.
    pub fn value(&self, width: usize) -> String {
        match self.exists() {
            true => resize(&format!("{}_q", self.name), self.width(), width),
            false => literal(width, 0),
        }
    }

    /// Whether it stands at its last number.
    pub fn end(&self) -> String {
        if self.exists() { format!("{}_end", self.name) } else { "1'b1".to_owned() }
    }

    /// The declaration of register and end.
    pub fn declare(&self, lines: &mut Vec<String>) {
        if self.exists() {
            let last = literal(self.width(), self.extent as i64 - 1);
            lines.push(declare("reg", &format!("{}_q", self.name), self.width()));
            lines.push(define(&self.end(), 1, &format!("{}_q == {last}", self.name)));
        }
    }

    /// Counts where `step`.
    pub fn count(&self, registers: Registers, step: &str) -> Registers {
        if !self.exists() {
            return registers;
        }
        let (name, width) = (format!("{}_q", self.name), self.width());
        let next =
            format!("{} ? {} : {name} + {}", self.end(), literal(width, 0), literal(width, 1));
        registers.load_if(step, &name, &zero(width), &next)
    }
}

/// A sum of counters times factors, plus a constant, modulo 2^width.
pub(super) fn weighted(width: usize, terms: &[(&Counter, usize)], constant: i64) -> String {
    let modulus = 1i64 << width;
    let mut parts = Vec::new();
    for (counter, factor) in terms {
        let factor = *factor as i64 % modulus;
        if !counter.exists() || factor == 0 {
            continue;
        }
        let value = counter.value(width);
        parts.push(match factor {
            1 => value,
            _ => format!("{value} * {}", literal(width, factor)),
        });
    }
    let constant = constant.rem_euclid(modulus);
    if constant != 0 || parts.is_empty() {
        parts.push(literal(width, constant));
    }
    parts.join(" + ")
}

/// A memory, or one register where it has one entry.
pub(super) struct Memory {
    /// Name.
    pub name: String,
    /// Bits of an entry.
    pub width: usize,
    /// Entries.
    pub depth: usize,
}

impl Memory {
    /// The declaration, and the writing of `data` to `address` where `enable`.
    pub fn write(&self, enable: &str, address: &str, data: &str) -> Vec<String> {
        let declaration = declare("reg", &self.name, self.width);
        let (declaration, entry) = match self.depth {
            1 => (declaration, self.name.clone()),
            depth => (
                format!("{} [0:{}];", declaration.trim_end_matches(';'), depth - 1),
                format!("{}[{address}]", self.name),
            ),
        };
        vec![
            declaration,
            "always @(posedge clk_i) begin".to_owned(),
            format!("  if ({enable}) {entry} <= {data};"),
            "end".to_owned(),
        ]
    }

    /// The entry at an address.
    pub fn read(&self, address: &str) -> String {
        if self.depth == 1 { self.name.clone() } else { format!("{}[{address}]", self.name) }
    }
}
