//! Operand A in the form in which an element stores it.
//!
//! An element that registers its operands can do so behind the encoder instead of in front of it:
//! the select lines of the digits are stored, and the encoder leaves the longest path of the
//! element. The operand that is handed on to the next element is recovered from the lines. For
//! Booth's that costs one XOR per digit, and registers three per two bits; EN-T needs only one
//! register more than bits, but a borrow runs through the operand when it is recovered.

use super::delay;
use super::encode::{Encoding, bit_pairs};
use super::format::Format;
use super::multiplier::Multiplier;
use super::netlist::{Bit, Netlist};

/// The select lines of an operand: which of them are stored, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// For each line of the encoding the stored bit, or the constant that it is.
    lines: Vec<Line>,
    width: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Line {
    Constant(Bit),
    Bit(usize),
}

impl Stored {
    /// The stored form of operands of `format`, without constant lines and repeated ones.
    #[must_use]
    pub fn new(encoding: &dyn Encoding, format: Format) -> Self {
        let mut netlist = Netlist::new();
        let a = netlist.input("a", format.width, delay::REGISTER);
        let lines = encoding.recode(&mut netlist, &a, format);
        let mut nets: Vec<Bit> = Vec::new();
        let place = |line: Bit| match line {
            Bit::Zero | Bit::One => Line::Constant(line),
            Bit::Net(_) => {
                Line::Bit(nets.iter().position(|&net| net == line).unwrap_or_else(|| {
                    nets.push(line);
                    nets.len() - 1
                }))
            }
        };
        let lines = lines.into_iter().map(place).collect();
        Self { lines, width: nets.len() }
    }

    /// Number of stored bits.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The select lines, given the stored bits.
    #[must_use]
    pub fn lines(&self, stored: &[Bit]) -> Vec<Bit> {
        let line = |line: &Line| match *line {
            Line::Constant(bit) => bit,
            Line::Bit(index) => stored[index],
        };
        self.lines.iter().map(line).collect()
    }

    /// The stored bits, given the select lines.
    fn store(&self, lines: &[Bit]) -> Vec<Bit> {
        let mut stored = vec![Bit::Zero; self.width];
        for (line, &bit) in self.lines.iter().zip(lines) {
            if let Line::Bit(index) = *line {
                stored[index] = bit;
            }
        }
        stored
    }
}

/// Whether storing digits differs from storing the operand.
#[must_use]
pub fn recodes(encoding: &dyn Encoding, format: Format) -> bool {
    let mut netlist = Netlist::new();
    let a = netlist.input("a", format.width, delay::REGISTER);
    encoding.recode(&mut netlist, &a, format) != a
}

/// `digits = recode(a)`, in front of the operand register, term by term.
#[must_use]
pub fn encoder(multiplier: &Multiplier) -> Netlist {
    let Multiplier { encoding, a: format, terms, .. } = *multiplier;
    let mut netlist = Netlist::new();
    let a = netlist.input("a", format.width * terms, delay::REGISTER);
    let stored = Stored::new(encoding, format);
    let mut digits = Vec::new();
    for term in a.chunks(format.width) {
        let lines = encoding.recode(&mut netlist, term, format);
        digits.extend(stored.store(&lines));
    }
    netlist.output("digits", digits);
    netlist.pruned()
}

/// `a` again, behind the operand register, term by term.
#[must_use]
pub fn decoder(multiplier: &Multiplier) -> Netlist {
    let Multiplier { encoding, a: format, terms, .. } = *multiplier;
    let stored = Stored::new(encoding, format);
    let mut netlist = Netlist::new();
    let digits = netlist.input("digits", stored.width() * terms, delay::REGISTER);
    let mut a = Vec::new();
    for term in digits.chunks(stored.width()) {
        let lines = stored.lines(term);
        a.extend(encoding.recover(&mut netlist, &lines, format));
    }
    netlist.output("a", a);
    netlist.pruned()
}

/// 3B without its lowest bit, in front of the operand register, term by term.
#[must_use]
pub fn tripler(multiplier: &Multiplier) -> Netlist {
    let Multiplier { b: format, terms, .. } = *multiplier;
    let mut netlist = Netlist::new();
    let b = netlist.input("b", format.width * terms, delay::REGISTER);
    let mut triples = Vec::new();
    for term in b.chunks(format.width) {
        triples.extend(bit_pairs::triple(&mut netlist, term, format));
    }
    netlist.output("triple", triples);
    netlist.pruned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arith::testing::{lanes, word};
    use crate::arith::{compress, encode};

    /// Exhaustive up to 10 bits: what is handed on is what came in.
    #[test]
    fn operands_are_recovered_from_their_digits() {
        for encoding in encode::rows() {
            for a in Format::sweep(10) {
                let multiplier = Multiplier {
                    a,
                    b: a,
                    levels: None,
                    encoding,
                    compressor: &compress::Timed,
                    recoded: true,
                    tripled: false,
                    terms: 1,
                    bias: 0,
                    feedback: 0,
                };
                let (encoder, decoder) = (encoder(&multiplier), decoder(&multiplier));
                let values: Vec<i128> = (a.min()..=a.max()).collect();
                for chunk in values.chunks(64) {
                    let bits = lanes(chunk, a.width);
                    let recovered =
                        decoder.evaluate(&encoder.evaluate(std::slice::from_ref(&bits)));
                    for vector in 0..chunk.len() {
                        let name = encoding.name();
                        let (out, put_in) = (word(&recovered[0], vector), word(&bits, vector));
                        assert_eq!(out, put_in, "{name} {a}");
                    }
                }
            }
        }
    }
}
