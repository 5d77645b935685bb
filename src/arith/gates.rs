//! Gate constructors of the netlist that fold constants, so that a structure can be described
//! uniformly and the cells that a constant makes superfluous never exist.

use super::netlist::{Bit, Kind, Netlist, Role};
use Bit::{One, Zero};

/// Where a new cell belongs: its purpose and its bit weight.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    /// Purpose.
    pub role: Role,
    /// Bit weight of the result.
    pub column: usize,
}

impl Place {
    /// A place for `role` at bit weight `column`.
    #[must_use]
    pub const fn new(role: Role, column: usize) -> Self {
        Self { role, column }
    }
}

impl Netlist {
    fn gate(&mut self, place: Place, kind: Kind, inputs: &[Bit]) -> Bit {
        self.cell(kind, place.role, place.column, inputs)[0]
    }

    /// `!a`
    pub fn not(&mut self, place: Place, a: Bit) -> Bit {
        match a {
            Zero => One,
            One => Zero,
            Bit::Net(_) => self.gate(place, Kind::Not, &[a]),
        }
    }

    /// `a & b`
    pub fn and(&mut self, place: Place, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Zero, _) | (_, Zero) => Zero,
            (One, x) | (x, One) => x,
            _ => self.gate(place, Kind::And, &[a, b]),
        }
    }

    /// `!(a & b)`
    pub fn nand(&mut self, place: Place, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Zero, _) | (_, Zero) => One,
            (One, x) | (x, One) => self.not(place, x),
            _ => self.gate(place, Kind::Nand, &[a, b]),
        }
    }

    /// `a | b`
    pub fn or(&mut self, place: Place, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (One, _) | (_, One) => One,
            (Zero, x) | (x, Zero) => x,
            _ => self.gate(place, Kind::Or, &[a, b]),
        }
    }

    /// `a ^ b`
    pub fn xor(&mut self, place: Place, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (Zero, x) | (x, Zero) => x,
            (One, x) | (x, One) => self.not(place, x),
            _ => self.gate(place, Kind::Xor, &[a, b]),
        }
    }

    /// `!(a ^ b)`
    pub fn xnor(&mut self, place: Place, a: Bit, b: Bit) -> Bit {
        match (a, b) {
            (One, x) | (x, One) => x,
            (Zero, x) | (x, Zero) => self.not(place, x),
            _ => self.gate(place, Kind::Xnor, &[a, b]),
        }
    }

    /// `a | (b & c)`
    pub fn or_and(&mut self, place: Place, a: Bit, b: Bit, c: Bit) -> Bit {
        match (a, b, c) {
            (One, _, _) => One,
            (Zero, _, _) => self.and(place, b, c),
            (_, Zero, _) | (_, _, Zero) => a,
            (_, One, x) | (_, x, One) => self.or(place, a, x),
            _ => self.gate(place, Kind::OrAnd, &[a, b, c]),
        }
    }

    /// `(a & b) | (c & d)`
    pub fn select(&mut self, place: Place, [a, b, c, d]: [Bit; 4]) -> Bit {
        if matches!(a, Zero) || matches!(b, Zero) {
            return self.and(place, c, d);
        }
        if matches!(c, Zero) || matches!(d, Zero) {
            return self.and(place, a, b);
        }
        match (a, b, c, d) {
            (One, x, _, _) | (x, One, _, _) => self.or_and(place, x, c, d),
            (_, _, One, x) | (_, _, x, One) => self.or_and(place, x, a, b),
            _ => self.gate(place, Kind::Select, &[a, b, c, d]),
        }
    }

    /// `a + b` as (sum, carry).
    pub fn half_adder(&mut self, place: Place, a: Bit, b: Bit) -> (Bit, Bit) {
        match (a, b) {
            (Zero, x) | (x, Zero) => (x, Zero),
            (One, x) | (x, One) => (self.not(place, x), x),
            _ => {
                let [sum, carry] = self.cell(Kind::HalfAdder, place.role, place.column, &[a, b]);
                (sum, carry)
            }
        }
    }

    /// `a + b + c` as (sum, carry). The latest of the three is put on the fast input.
    pub fn full_adder(&mut self, place: Place, a: Bit, b: Bit, c: Bit) -> (Bit, Bit) {
        match (a, b, c) {
            (Zero, x, y) | (x, Zero, y) | (x, y, Zero) => self.half_adder(place, x, y),
            (One, x, y) | (x, One, y) | (x, y, One) => self.half_adder_plus_one(place, x, y),
            _ => {
                let mut inputs = [a, b, c];
                inputs.sort_by_key(|&bit| self.arrival(bit));
                let [sum, carry] = self.cell(Kind::FullAdder, place.role, place.column, &inputs);
                (sum, carry)
            }
        }
    }

    fn half_adder_plus_one(&mut self, place: Place, a: Bit, b: Bit) -> (Bit, Bit) {
        match (a, b) {
            (Zero, x) | (x, Zero) => (self.not(place, x), x),
            (One, x) | (x, One) => (x, One),
            _ => {
                let [sum, carry] =
                    self.cell(Kind::HalfAdderPlusOne, place.role, place.column, &[a, b]);
                (sum, carry)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every constructor, on every mix of constants and nets, against its definition.
    #[test]
    fn constants_fold_without_changing_the_function() {
        let place = Place::new(Role::Adder, 0);
        for pattern in 0..3u32.pow(4) {
            let mut netlist = Netlist::new();
            let nets = netlist.input("x", 4, 0);
            let bits: Vec<Bit> = (0..4)
                .map(|i| match pattern / 3u32.pow(i) % 3 {
                    0 => Zero,
                    1 => One,
                    _ => nets[i as usize],
                })
                .collect();
            let (a, b, c, d) = (bits[0], bits[1], bits[2], bits[3]);
            let half = netlist.half_adder(place, a, b);
            let full = netlist.full_adder(place, a, b, c);
            let results = vec![
                netlist.not(place, a),
                netlist.and(place, a, b),
                netlist.nand(place, a, b),
                netlist.or(place, a, b),
                netlist.xor(place, a, b),
                netlist.xnor(place, a, b),
                netlist.or_and(place, a, b, c),
                netlist.select(place, [a, b, c, d]),
                half.0,
                half.1,
                full.0,
                full.1,
            ];
            netlist.output("y", results);
            netlist.output("bits", bits);
            // Vector v of the 64 assigns bit i of v to net i.
            let lanes = (0..4).map(|i| (0..64u64).map(|v| (v >> i & 1) << v).sum()).collect();
            let out = netlist.evaluate(&[lanes]);
            for v in 0..16 {
                let [a, b, c, d] = [0, 1, 2, 3].map(|i| out[1][i] >> v & 1);
                let got: Vec<u64> = out[0].iter().map(|lane| lane >> v & 1).collect();
                let expected = vec![
                    1 - a,
                    a & b,
                    1 - (a & b),
                    a | b,
                    a ^ b,
                    1 - (a ^ b),
                    a | (b & c),
                    (a & b) | (c & d),
                    (a + b) & 1,
                    (a + b) >> 1,
                    (a + b + c) & 1,
                    (a + b + c) >> 1,
                ];
                assert_eq!(got, expected, "pattern {pattern}, vector {v}");
            }
        }
    }
}
