//! Memories beside the gates: what they hold, for 64 runs. What they spend is not looked at.

use std::collections::HashMap;

use crate::design::MEMORY_PORTS;
use crate::synth::netlist;

/// A memory with the nets at its pins.
pub(super) struct Memory {
    words: usize,
    write: usize,
    write_address: Vec<usize>,
    write_data: Vec<usize>,
    read: usize,
    read_address: Vec<usize>,
    /// The word that was read last.
    pub read_data: Vec<usize>,
    /// Bit `b` of word `w` in all runs stands at `w * width + b`.
    contents: Vec<u64>,
}

impl Memory {
    /// A memory with these nets at its inputs, and at its output.
    pub fn new(
        memory: netlist::Memory,
        bind: &HashMap<&str, Vec<usize>>,
        read_data: Vec<usize>,
    ) -> Option<Self> {
        let names = MEMORY_PORTS;
        let word = |name: &str| bind.get(name).cloned();
        let bit = |name: &str| bind.get(name)?.first().copied();
        Some(Self {
            words: memory.words,
            write: bit(names.write)?,
            write_address: word(names.write_address)?,
            write_data: word(names.write_data)?,
            read: bit(names.read)?,
            read_address: word(names.read_address)?,
            read_data,
            contents: vec![0; memory.words * memory.width],
        })
    }

    /// Functions of nets that take about as long as one cycle of it.
    pub fn size(&self) -> usize {
        16 * self.read_data.len()
    }

    /// The word that a run addresses, if there is one.
    fn word(&self, address: &[usize], values: &[u64], run: u32) -> Option<usize> {
        let bit = |(index, net): (usize, &usize)| ((values[*net] >> run & 1) as usize) << index;
        let word: usize = address.iter().enumerate().map(bit).sum();
        (word < self.words).then_some(word)
    }

    /// A rising edge of the clock: what `read_data` shows after it. `values` are those before it.
    pub fn clock(&mut self, values: &[u64]) -> Vec<u64> {
        let width = self.read_data.len();
        let mut shown: Vec<u64> = self.read_data.iter().map(|&net| values[net]).collect();
        for run in (0..u64::BITS).filter(|run| values[self.read] >> run & 1 == 1) {
            let word = self.word(&self.read_address, values, run);
            let stored = word.map(|word| &self.contents[word * width..][..width]);
            for (bit, shown) in shown.iter_mut().enumerate() {
                let one = stored.map_or(0, |stored| stored[bit] >> run & 1);
                *shown = *shown & !(1 << run) | one << run;
            }
        }
        for run in (0..u64::BITS).filter(|run| values[self.write] >> run & 1 == 1) {
            let Some(word) = self.word(&self.write_address, values, run) else { continue };
            let stored = &mut self.contents[word * width..][..width];
            for (stored, &net) in stored.iter_mut().zip(&self.write_data) {
                *stored = *stored & !(1 << run) | values[net] & 1 << run;
            }
        }
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every run has words of its own; a read shows what was there before a write at the same time.
    #[test]
    fn runs_keep_apart_and_reads_come_before_writes() {
        let names = MEMORY_PORTS;
        // Nets: write, 2 bits of address, 2 of data, read, 2 of address, 2 of data read.
        let bind: HashMap<&str, Vec<usize>> = [
            (names.write, vec![0]),
            (names.write_address, vec![1, 2]),
            (names.write_data, vec![3, 4]),
            (names.read, vec![5]),
            (names.read_address, vec![6, 7]),
        ]
        .into();
        let size = netlist::Memory { words: 3, width: 2 };
        let mut memory = Memory::new(size, &bind, vec![8, 9]).unwrap();
        // Run 0 writes 1 to word 2, run 1 writes 3 to word 1, run 2 writes nothing; all read there.
        let address = [0b10, 0b101];
        let mut values = [0b011, address[0], address[1], 0b011, 0b010, 0b111, 0b010, 0b101, 0, 0];
        assert_eq!(memory.clock(&values), [0, 0]);
        values[0] = 0;
        assert_eq!(memory.clock(&values), [0b011, 0b010]);
        // Without a read the word stays; a word that is not there is 0.
        values[8] = 0b011;
        values[9] = 0b010;
        values[5] = 0b001;
        values[6] = 0b001;
        assert_eq!(memory.clock(&values), [0b010, 0b010]);
    }
}
