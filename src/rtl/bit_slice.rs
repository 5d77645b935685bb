//! The bit-slice engines: digits of one bit weight in time, zero digits left out.
//!
//! ```text
//! s_axis_a -> gather -+-> lanes: encoder, group, queue per plane, sparse encoder -> digits
//!              loader-+                       ^ plane v waiting       | address    |
//!                     |                      scheduler per column     v            v
//! s_axis_b -> gather -+-> operand store ----------------------------> rows of B -> columns of
//!                                                                                  elements
//! m_axis_c <- fifo <- collect <- readout per column: resolve, shift, add <- shadow pairs
//! ```
//!
//! A column of elements serves one row of A. The digits of a chunk of that row wait in one queue
//! per lane and plane, in groups; the planes are worked on one after the other, and a digit that is
//! zero takes no time. Sums leave through shadow registers while the elements go on.
//! Source: arXiv 2503.06342, sections on OPT3 and OPT4.

mod array;
mod banks;
mod lane;
mod memory;
mod queue;
pub(super) mod readout;
mod schedule;
mod top;

pub(super) use top::{describe, stream_ports, transfers};

use super::{Module, Writer, element, support};
use crate::arith::{bit_slice, carry_save, digit, sparse};
use crate::design::{BitSlice, Design, Policy, Sync};

/// Widths that several modules share.
pub(super) struct Shape {
    slice: BitSlice,
    /// Wires of a digit.
    wires: usize,
    /// The wire of a digit from which on its magnitude stands.
    magnitude: usize,
    planes: usize,
    horner: bool,
    /// Bits of the accumulated words.
    pub value: usize,
    /// Bits of the stored pair.
    pub pair: usize,
    /// Cycles from the issue of digits until they are accumulated.
    latency: usize,
}

impl Shape {
    /// The shape of a term-serial engine, as far as its sums leave like those of a bit-slice one.
    pub fn term_serial(design: &Design, pair: usize) -> Self {
        let slice = design.bit_slice.expect("a bit-slice topology has its parameters");
        let value = design.accumulator.width;
        let latency = slice.issue_latency(false);
        Self { slice, wires: 0, magnitude: 0, planes: 0, horner: false, value, pair, latency }
    }

    /// The sum and the carry word of a stored pair.
    pub fn halves(&self, pair: &str) -> (String, String) {
        match (self.pair, self.value) {
            (1, _) => (pair.to_owned(), String::new()),
            (all, 1) => (format!("{pair}[0]"), format!("{pair}[{}:1]", all - 1)),
            (all, value) => {
                (format!("{pair}[{}:0]", value - 1), format!("{pair}[{}:{value}]", all - 1))
            }
        }
    }

    /// Whether the columns, each at its own pace, wait for each other at the end of a tile.
    fn barrier(&self) -> bool {
        self.slice.sync == Sync::Tile && self.slice.policy == Policy::Decoupled
    }

    /// Bits that go with the digits of a column: plane, fresh, final, capture, shift, hold.
    fn tags(&self) -> usize {
        self.planes + 4 + usize::from(self.horner)
    }

    /// Bits of a digit memory's entry: parity of the chunk, group, digits.
    fn entry(&self) -> usize {
        1 + self.slice.group_bits() + self.wires * self.slice.group
    }

    /// Bits of an address of a digit memory: two chunks of groups.
    fn queue_address(&self) -> usize {
        1 + self.slice.group_bits()
    }

    /// Bits of the digits that a lane hands to its column per cycle.
    fn digit_bits(&self) -> usize {
        self.wires * if self.slice.per_element { self.slice.group } else { 1 }
    }
}

/// The modules of the design, leaf modules first, the top last.
pub(super) fn modules(design: &Design) -> Vec<Module> {
    let writer = Writer::new(design);
    let slice = design.bit_slice.expect("a bit-slice topology has its parameters");
    let format = design.digit_format();
    let (compress, carries) = design.accumulation(&slice).compress();
    let value = design.segment(&slice);
    let shape = Shape {
        slice,
        wires: format.width(),
        magnitude: usize::from(format.min < 0),
        planes: design.planes(),
        horner: design.horner_step(&slice).is_some(),
        value: value.width,
        pair: value.width + carries.width(),
        latency: slice.issue_latency(design.input_registers),
    };
    let (a, b) = (design.multiplier.a, design.multiplier.b);
    let weights = design.multiplier.encoding.weights(a);
    let netlist = |suffix: &str, purpose: String, netlist: &crate::arith::Netlist| {
        element::combinational(&writer, suffix, &purpose, netlist)
    };
    let mut modules = vec![
        netlist(
            "encode",
            format!("Digits of an operand {a}."),
            &digit::encoder(design.multiplier.encoding, a),
        ),
        netlist(
            "sparse",
            format!("The next of a group of {} digits.", slice.group),
            &sparse::encoder(slice.group),
        ),
        netlist(
            "compress",
            format!(
                "Adds digits times operands {b} to a carry-save pair modulo 2^{}.",
                value.width
            ),
            &compress,
        ),
        netlist(
            "resolve",
            "Resolves a carry-save pair.".to_owned(),
            &carry_save::resolve(value.width, &carries, design.final_adder),
        ),
        netlist(
            "add",
            format!("Adds a plane to a result modulo 2^{}.", design.accumulator.width),
            &bit_slice::total(value, &weights, design.accumulator.width, design.final_adder),
        ),
    ];
    if design.host_encodes() {
        modules.remove(0);
    }
    modules.extend(memory::modules(&writer, &shape));
    modules.extend(lane::modules(&writer, &shape));
    modules.extend(array::modules(&writer, &shape));
    modules.extend(slice.banks.iter().map(|banks| banks::layout(&writer, &shape, banks)));
    modules.extend(schedule::modules(&writer, &shape));
    modules.extend(readout::modules(&writer, &shape));
    modules.extend([support::gather(&writer), support::fifo(&writer)]);
    modules.push(top::top(&writer, &shape));
    modules
}
