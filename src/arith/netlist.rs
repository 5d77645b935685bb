//! A combinational netlist as data: cells over single bits, with the arrival time of every net.
//!
//! The netlist is the common currency of the arithmetic rooms. Encodings put partial products
//! into it, compressor strategies put full adders into it, prefix adders their carries. It can be
//! *evaluated* (64 input vectors at a time, which makes exhaustive proofs cheap), *counted* and
//! *printed* (by `rtl`); nothing in this room knows Verilog.
//!
//! Invariant: a cell reads only nets that exist when it is created, so the cells are in
//! topological order and there is no combinational loop.

use super::delay;

/// One bit of a netlist: a constant, or a net driven by an input word or by a cell.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Bit {
    /// Constant 0.
    Zero,
    /// Constant 1.
    One,
    /// The net with this index.
    Net(u32),
}

/// The function of a cell. Inputs are named `a`, `b`, `c`, `d` in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// `!a`
    Not,
    /// `a & b`
    And,
    /// `!(a & b)`
    Nand,
    /// `a | b`
    Or,
    /// `a ^ b`
    Xor,
    /// `!(a ^ b)`
    Xnor,
    /// `a | (b & c)`: one step of a prefix carry.
    OrAnd,
    /// `(a & b) | (c & d)`: a two-way selector with one select line per way.
    Select,
    /// `a ^ b ^ c`: a full adder without its carry; `c` is the fast input.
    Xor3,
    /// At least two of `a`, `b`, `c`: a full adder without its sum.
    Majority,
    /// `a + b`: sum and carry.
    HalfAdder,
    /// `a + b + 1`: sum and carry. A half adder that absorbs a constant one at no cost.
    HalfAdderPlusOne,
    /// `a + b + c`: sum and carry; `c` is the fast input.
    FullAdder,
}

impl Kind {
    /// Number of inputs.
    #[must_use]
    pub const fn inputs(self) -> usize {
        match self {
            Kind::Not => 1,
            Kind::And | Kind::Nand | Kind::Or | Kind::Xor | Kind::Xnor => 2,
            Kind::HalfAdder | Kind::HalfAdderPlusOne => 2,
            Kind::OrAnd | Kind::Xor3 | Kind::Majority | Kind::FullAdder => 3,
            Kind::Select => 4,
        }
    }

    /// Number of outputs: 2 (sum, carry) for adders, else 1.
    #[must_use]
    pub const fn outputs(self) -> usize {
        match self {
            Kind::HalfAdder | Kind::HalfAdderPlusOne | Kind::FullAdder => 2,
            _ => 1,
        }
    }

    /// The outputs for 64 input vectors at a time, one vector per bit of a word.
    fn evaluate(self, [a, b, c, d]: [u64; 4]) -> [u64; 2] {
        match self {
            Kind::Not => [!a, 0],
            Kind::And => [a & b, 0],
            Kind::Nand => [!(a & b), 0],
            Kind::Or => [a | b, 0],
            Kind::Xor => [a ^ b, 0],
            Kind::Xnor => [!(a ^ b), 0],
            Kind::OrAnd => [a | (b & c), 0],
            Kind::Select => [(a & b) | (c & d), 0],
            Kind::Xor3 => [a ^ b ^ c, 0],
            Kind::Majority => [(a & b) | (a & c) | (b & c), 0],
            Kind::HalfAdder => [a ^ b, a & b],
            Kind::HalfAdderPlusOne => [!(a ^ b), a | b],
            Kind::FullAdder => [a ^ b ^ c, (a & b) | (a & c) | (b & c)],
        }
    }
}

/// What a cell is for; names its nets and groups the figures of a report.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Gating of a fed-back word.
    Feedback,
    /// Digit encoder.
    Encoder,
    /// Partial product.
    PartialProduct,
    /// Compressor tree.
    Compressor,
    /// Prefix adder: generate and propagate, carries, sums.
    Adder,
}

/// One cell. Unused inputs are [`Bit::Zero`].
#[derive(Clone, Debug)]
pub struct Cell {
    /// Function.
    pub kind: Kind,
    /// Purpose.
    pub role: Role,
    /// Bit weight of the first output (a carry weighs one more).
    pub column: usize,
    /// Inputs in the order of [`Kind`].
    pub inputs: [Bit; 4],
    /// Outputs: the net, or (sum, carry).
    pub outputs: [u32; 2],
    /// Longest path from the inputs, counted in cells; 1 for a cell that reads only inputs.
    pub level: usize,
    /// The block that it is part of, see [`super::block`].
    pub block: Option<u32>,
}

/// A named vector of bits, least significant first.
#[derive(Clone, Debug)]
pub struct Word {
    /// Port name.
    pub name: String,
    /// Bits, least significant first.
    pub bits: Vec<Bit>,
}

/// A combinational netlist with named input and output words.
#[derive(Clone, Debug, Default)]
pub struct Netlist {
    cells: Vec<Cell>,
    inputs: Vec<Word>,
    outputs: Vec<Word>,
    arrival: Vec<u32>,
    level: Vec<usize>,
    /// The block that new cells become part of.
    pub(super) block: Option<u32>,
    /// Blocks that there have been.
    pub(super) blocks: u32,
}

impl Netlist {
    /// An empty netlist.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Cells in topological order.
    #[must_use]
    pub fn cells(&self) -> &[Cell] {
        &self.cells
    }

    pub(super) fn cells_mut(&mut self) -> &mut Vec<Cell> {
        &mut self.cells
    }

    /// Input words in the order of their creation.
    #[must_use]
    pub fn inputs(&self) -> &[Word] {
        &self.inputs
    }

    /// Output words in the order of their creation.
    #[must_use]
    pub fn outputs(&self) -> &[Word] {
        &self.outputs
    }

    /// Number of nets.
    #[must_use]
    pub fn nets(&self) -> usize {
        self.arrival.len()
    }

    /// Adds an input word of `width` bits that is stable at time `arrival` (see [`delay`]).
    pub fn input(&mut self, name: &str, width: usize, arrival: u32) -> Vec<Bit> {
        let bits: Vec<Bit> = (0..width).map(|_| Bit::Net(self.net(arrival, 0))).collect();
        self.inputs.push(Word { name: name.to_owned(), bits: bits.clone() });
        bits
    }

    /// Declares an output word.
    pub fn output(&mut self, name: &str, bits: Vec<Bit>) {
        self.outputs.push(Word { name: name.to_owned(), bits });
    }

    /// Arrival time of a bit in the units of [`delay`]; constants arrive at 0.
    #[must_use]
    pub fn arrival(&self, bit: Bit) -> u32 {
        match bit {
            Bit::Net(net) => self.arrival[net as usize],
            Bit::Zero | Bit::One => 0,
        }
    }

    /// Latest arrival over all outputs.
    #[must_use]
    pub fn depth(&self) -> u32 {
        let bits = self.outputs.iter().flat_map(|word| &word.bits);
        bits.map(|&bit| self.arrival(bit)).max().unwrap_or(0)
    }

    /// Evaluates 64 input vectors at once. `inputs[word][bit]` holds, in bit `v`, the value of
    /// that input bit in vector `v`; the result has the same shape over the output words.
    ///
    /// # Panics
    /// If the shape of `inputs` is not that of [`Netlist::inputs`].
    #[must_use]
    pub fn evaluate(&self, inputs: &[Vec<u64>]) -> Vec<Vec<u64>> {
        assert_eq!(inputs.len(), self.inputs.len(), "one vector per input word");
        let mut value = vec![0u64; self.nets()];
        let read = |value: &[u64], bit: Bit| match bit {
            Bit::Zero => 0,
            Bit::One => u64::MAX,
            Bit::Net(net) => value[net as usize],
        };
        for (word, lanes) in self.inputs.iter().zip(inputs) {
            assert_eq!(word.bits.len(), lanes.len(), "width of input {}", word.name);
            for (&bit, &lane) in word.bits.iter().zip(lanes) {
                if let Bit::Net(net) = bit {
                    value[net as usize] = lane;
                }
            }
        }
        for cell in &self.cells {
            let result = cell.kind.evaluate(cell.inputs.map(|bit| read(&value, bit)));
            for (&net, lane) in cell.outputs.iter().zip(result).take(cell.kind.outputs()) {
                value[net as usize] = lane;
            }
        }
        let word = |word: &Word| word.bits.iter().map(|&bit| read(&value, bit)).collect();
        self.outputs.iter().map(word).collect()
    }

    fn net(&mut self, arrival: u32, level: usize) -> u32 {
        let net = u32::try_from(self.arrival.len()).expect("fewer than 2^32 nets");
        self.arrival.push(arrival);
        self.level.push(level);
        net
    }

    /// Adds a cell whose inputs are all nets. Constant inputs are folded by the callers in
    /// [`super::gates`].
    pub(super) fn cell(
        &mut self,
        kind: Kind,
        role: Role,
        column: usize,
        inputs: &[Bit],
    ) -> [Bit; 2] {
        debug_assert_eq!(inputs.len(), kind.inputs());
        let mut padded = [Bit::Zero; 4];
        padded[..inputs.len()].copy_from_slice(inputs);
        let depth = |bit: &Bit| match *bit {
            Bit::Net(net) => self.level[net as usize],
            Bit::Zero | Bit::One => 0,
        };
        let level = 1 + inputs.iter().map(depth).max().unwrap_or(0);
        let arrivals = padded.map(|bit| self.arrival(bit));
        let mut outputs = [0; 2];
        for (index, net) in outputs.iter_mut().enumerate().take(kind.outputs()) {
            *net = self.net(delay::output_arrival(kind, &arrivals, index), level);
        }
        let block = self.block;
        self.cells.push(Cell { kind, role, column, inputs: padded, outputs, level, block });
        outputs.map(Bit::Net)
    }
}
