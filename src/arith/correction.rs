//! The final adder where sums are biased, see [`Multiplier::bias`](super::multiplier::Multiplier::bias).

use super::adder::{self, Topology};
use super::carry_save::CarryLayout;
use super::compress::{CarrySave, Columns};
use super::delay;
use super::gates::Place;
use super::netlist::{Bit, Netlist, Role};

/// `sum = sum + carry + correction * 2^shift` modulo 2^width. The input `carry`, of the columns of
/// the layout, is left out where that is empty.
///
/// # Panics
/// If `shift` is not below `width`.
#[must_use]
pub fn resolve(
    (width, shift): (usize, usize),
    layout: &CarryLayout,
    topology: Topology,
) -> Netlist {
    let mut netlist = Netlist::new();
    let sum = netlist.input("sum", width, delay::REGISTER);
    let mut columns: Columns = sum.into_iter().map(|bit| vec![bit]).collect();
    if layout.width() > 0 {
        let stored = netlist.input("carry", layout.width(), delay::REGISTER);
        layout.columns().iter().zip(stored).for_each(|(&column, bit)| columns[column].push(bit));
    }
    let correction = netlist.input("correction", width - shift, delay::REGISTER);
    columns[shift..].iter_mut().zip(correction).for_each(|(bits, bit)| bits.push(bit));
    let CarrySave { sum, carry } = CarrySave::of(&two_rows(&mut netlist, &columns));
    let resolved = adder::add(&mut netlist, topology, &sum, &carry);
    netlist.output("sum", resolved);
    netlist.pruned()
}

/// Columns of at most three bits as columns of at most two: one stage of adders side by side, from
/// the lowest column of three on. Compressors one after the other would let a carry ripple.
fn two_rows(netlist: &mut Netlist, columns: &Columns) -> Columns {
    let lowest = columns.iter().position(|bits| bits.len() > 2).unwrap_or(columns.len());
    let mut rows = columns.clone();
    rows[lowest..].iter_mut().for_each(Vec::clear);
    for (column, bits) in columns.iter().enumerate().skip(lowest) {
        let place = Place::new(Role::Compressor, column);
        let (sum, carry) = match bits[..] {
            [a, b, c] => netlist.full_adder(place, a, b, c),
            [a, b] => netlist.half_adder(place, a, b),
            [a] => (a, Bit::Zero),
            _ => (Bit::Zero, Bit::Zero),
        };
        rows[column].push(sum);
        if let Some(above) = rows.get_mut(column + 1) {
            above.push(carry);
        }
    }
    rows
}
