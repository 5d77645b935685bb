//! Blocks: cells of a netlist that stay together, as a module of their own in what is printed.
//!
//! A mapper to look-up tables moves logic across whatever it can look into. A counter whose outputs
//! are functions of six inputs is a table for each of them only as long as it is left alone, so
//! that a compressor may mark its counters. A block reads nets that were there before its first
//! cell, so that blocks and the cells around them are free of loops.

use std::collections::HashMap;

use super::delay;
use super::netlist::{Bit, Cell, Netlist, Word};

/// Cells that stay together.
#[derive(Clone, Debug)]
pub struct Block {
    /// Indices of its cells.
    pub cells: std::ops::Range<usize>,
    /// Nets that it reads.
    pub inputs: Vec<u32>,
    /// Nets of it that are read elsewhere, each with its bit weight; rising by weight.
    pub outputs: Vec<(u32, usize)>,
    /// What it does: from the word `bits` to the word `count`, in the order of the above.
    pub body: Netlist,
}

impl Netlist {
    /// Makes one block of all cells that `build` adds.
    pub fn in_block<T>(&mut self, build: impl FnOnce(&mut Self) -> T) -> T {
        let outer = self.block.replace(self.blocks);
        self.blocks += 1;
        let built = build(self);
        self.block = outer;
        built
    }

    /// Adds a copy of a cell of another netlist, in the block of the same number counted from
    /// `first`.
    pub(super) fn copy(&mut self, cell: &Cell, inputs: &[Bit], first: u32) -> [Bit; 2] {
        let outer = self.block;
        if let Some(block) = cell.block {
            self.block = Some(first + block);
            self.blocks = self.blocks.max(first + block + 1);
        }
        let outputs = self.cell(cell.kind, cell.role, cell.column, inputs);
        self.block = outer;
        outputs
    }

    /// Adds the cells of `part` with its input words connected to `inputs`; gives what its output
    /// words become.
    ///
    /// # Panics
    /// If the shape of `inputs` is not that of [`Netlist::inputs`] of `part`.
    pub fn embed(&mut self, part: &Self, inputs: &[&[Bit]]) -> Vec<Vec<Bit>> {
        assert_eq!(inputs.len(), part.inputs().len(), "one vector per input word");
        let first = self.blocks;
        let mut here = vec![Bit::Zero; part.nets()];
        for (word, bits) in part.inputs().iter().zip(inputs) {
            assert_eq!(word.bits.len(), bits.len(), "width of input {}", word.name);
            for (old, &bit) in word.bits.iter().zip(*bits) {
                if let Bit::Net(net) = *old {
                    here[net as usize] = bit;
                }
            }
        }
        let find = |here: &[Bit], bit: Bit| match bit {
            Bit::Net(net) => here[net as usize],
            constant => constant,
        };
        for cell in part.cells() {
            let inputs: Vec<Bit> =
                cell.inputs[..cell.kind.inputs()].iter().map(|&bit| find(&here, bit)).collect();
            let outputs = self.copy(cell, &inputs, first);
            for (&net, bit) in cell.outputs.iter().zip(outputs).take(cell.kind.outputs()) {
                here[net as usize] = bit;
            }
        }
        let word = |word: &Word| word.bits.iter().map(|&bit| find(&here, bit)).collect();
        part.outputs().iter().map(word).collect()
    }

    /// The blocks in the order of their cells.
    #[must_use]
    pub fn blocks(&self) -> Vec<Block> {
        let cells = self.cells();
        // The block of the cell that drives a net, and whether something else reads the net.
        let mut driver = vec![None; self.nets()];
        for cell in cells {
            cell.outputs[..cell.kind.outputs()].iter().for_each(|&net| {
                driver[net as usize] = cell.block;
            });
        }
        let mut outside = vec![false; self.nets()];
        let mut read = |bit: &Bit, reader: Option<u32>| {
            if let Bit::Net(net) = *bit {
                outside[net as usize] |= reader.is_none() || reader != driver[net as usize];
            }
        };
        cells.iter().for_each(|c| c.inputs.iter().for_each(|bit| read(bit, c.block)));
        self.outputs().iter().flat_map(|word| &word.bits).for_each(|bit| read(bit, None));

        let mut words = vec![usize::MAX; self.nets()];
        for (index, bit) in self.inputs().iter().flat_map(|word| &word.bits).enumerate() {
            if let Bit::Net(net) = *bit {
                words[net as usize] = index;
            }
        }
        let mut blocks = Vec::new();
        let mut start = 0;
        for cells in cells.chunk_by(|a, b| a.block == b.block) {
            let range = start..start + cells.len();
            start = range.end;
            if cells[0].block.is_some() {
                blocks.push(Block::new(range, cells, &outside, &words));
            }
        }
        blocks
    }

    /// For every cell the longest path from the inputs to it, where a block counts as one cell:
    /// it reads only what has lower levels.
    #[must_use]
    pub fn levels(&self) -> Vec<usize> {
        let mut of_net = vec![0; self.nets()];
        let mut levels = Vec::with_capacity(self.cells().len());
        for unit in self.cells().chunk_by(|a, b| a.block.is_some() && a.block == b.block) {
            let inputs = unit.iter().flat_map(|cell| &cell.inputs);
            let below = inputs.filter_map(|bit| match *bit {
                Bit::Net(net) => Some(of_net[net as usize]),
                Bit::Zero | Bit::One => None,
            });
            // Nets of the unit itself have no level yet.
            let level = 1 + below.max().unwrap_or(0);
            for cell in unit {
                levels.push(level);
                cell.outputs[..cell.kind.outputs()]
                    .iter()
                    .for_each(|&net| of_net[net as usize] = level);
            }
        }
        levels
    }
}

impl Block {
    /// The block of these cells. Inputs of the whole netlist come first, in the order of `words`,
    /// then other nets as they are read: counters of one kind have one text.
    fn new(
        range: std::ops::Range<usize>,
        cells: &[Cell],
        outside: &[bool],
        words: &[usize],
    ) -> Self {
        let mut outputs: Vec<(u32, usize)> = Vec::new();
        let mut own: Vec<u32> = Vec::new();
        let mut inputs: Vec<u32> = Vec::new();
        for cell in cells {
            for bit in &cell.inputs {
                if let Bit::Net(net) = *bit
                    && !own.contains(&net)
                    && !inputs.contains(&net)
                {
                    inputs.push(net);
                }
            }
            let nets = &cell.outputs[..cell.kind.outputs()];
            own.extend(nets);
            let weighed = nets.iter().zip(cell.column..).filter(|(net, _)| outside[**net as usize]);
            outputs.extend(weighed.map(|(&net, column)| (net, column)));
        }
        inputs.sort_by_key(|&net| words[net as usize]);
        outputs.sort_by_key(|output| output.1);

        let mut body = Netlist::new();
        let bits = body.input("bits", inputs.len(), delay::REGISTER);
        let mut here: HashMap<u32, Bit> = inputs.iter().copied().zip(bits).collect();
        for cell in cells {
            let read = |bit: &Bit| match bit {
                Bit::Net(net) => here[net],
                constant => *constant,
            };
            let bits: Vec<Bit> = cell.inputs[..cell.kind.inputs()].iter().map(read).collect();
            // Columns count from the lowest weight, wherever the counter stands.
            let column = cell.column - cells.iter().map(|cell| cell.column).min().unwrap_or(0);
            let made = body.cell(cell.kind, cell.role, column, &bits);
            here.extend(cell.outputs[..cell.kind.outputs()].iter().copied().zip(made));
        }
        body.output("count", outputs.iter().map(|(net, _)| here[net]).collect());
        Self { cells: range, inputs, outputs, body }
    }
}
