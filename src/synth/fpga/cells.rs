//! Cells of FPGA families, and the paths through them.

use std::collections::{BTreeMap, HashMap};

use serde::Deserialize;

/// What a cell is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Class {
    Lut,
    FlipFlop,
    Carry,
    Dsp,
    BlockRam,
    LutRam,
    /// Multiplexers beside the LUTs, inverters, constants.
    Other,
}

impl Class {
    pub fn of(cell: &str) -> Self {
        let starts = |words: &[&str]| words.iter().any(|word| cell.starts_with(word));
        if starts(&["SB_LUT", "LUT"]) {
            Self::Lut
        } else if starts(&["SB_DFF", "TRELLIS_FF", "FDRE", "FDSE", "FDCE", "FDPE"]) {
            Self::FlipFlop
        } else if starts(&["SB_CARRY", "CCU2C", "CARRY"]) {
            Self::Carry
        } else if starts(&["SB_MAC16", "MULT", "ALU54", "DSP48"]) {
            Self::Dsp
        } else if starts(&["SB_RAM", "SB_SPRAM", "DP16KD", "PDPW16KD", "RAMB", "URAM"]) {
            Self::BlockRam
        } else if starts(&["TRELLIS_DPR", "RAM", "SRL"]) {
            Self::LutRam
        } else {
            Self::Other
        }
    }

    /// Whether a path goes through it without a register.
    const fn is_logic(self) -> bool {
        matches!(self, Self::Lut | Self::Carry | Self::Other)
    }
}

#[derive(Deserialize)]
pub(super) struct Document {
    pub modules: BTreeMap<String, RawModule>,
}

#[derive(Deserialize)]
pub(super) struct RawModule {
    pub cells: BTreeMap<String, RawCell>,
}

#[derive(Deserialize)]
pub(super) struct RawCell {
    pub r#type: String,
    #[serde(default)]
    port_directions: BTreeMap<String, String>,
    connections: BTreeMap<String, Vec<serde_json::Value>>,
}

/// Most cells of a class on any path between registers, ports and blocks.
pub(super) fn longest(module: &RawModule, class: Class) -> u64 {
    let cells: Vec<&RawCell> =
        module.cells.values().filter(|cell| Class::of(&cell.r#type).is_logic()).collect();
    let nets = |cell: &RawCell, wanted: &str| -> Vec<u64> {
        let ports = cell.connections.iter();
        let ports = ports.filter(|(port, _)| {
            cell.port_directions.get(*port).is_some_and(|direction| direction == wanted)
        });
        ports.flat_map(|(_, bits)| bits.iter().filter_map(serde_json::Value::as_u64)).collect()
    };
    let mut driver: HashMap<u64, usize> = HashMap::new();
    for (index, cell) in cells.iter().enumerate() {
        driver.extend(nets(cell, "output").into_iter().map(|net| (net, index)));
    }
    let mut readers: Vec<Vec<usize>> = vec![Vec::new(); cells.len()];
    let mut waiting = vec![0usize; cells.len()];
    for (index, cell) in cells.iter().enumerate() {
        for source in nets(cell, "input").iter().filter_map(|net| driver.get(net)) {
            readers[*source].push(index);
            waiting[index] += 1;
        }
    }
    let mut ready: Vec<usize> = (0..cells.len()).filter(|&index| waiting[index] == 0).collect();
    let mut before = vec![0u64; cells.len()];
    let mut most = 0;
    while let Some(index) = ready.pop() {
        let length = before[index] + u64::from(Class::of(&cells[index].r#type) == class);
        most = most.max(length);
        for &reader in &readers[index] {
            before[reader] = before[reader].max(length);
            waiting[reader] -= 1;
            if waiting[reader] == 0 {
                ready.push(reader);
            }
        }
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memories_are_blocks_or_tables() {
        let blocks = ["SB_RAM40_4K", "DP16KD", "RAMB18E1", "RAMB36E1"];
        assert!(blocks.iter().all(|cell| Class::of(cell) == Class::BlockRam));
        let tables = ["TRELLIS_DPR16X4", "RAM32M", "RAM64X1D", "SRL16E"];
        assert!(tables.iter().all(|cell| Class::of(cell) == Class::LutRam));
    }

    #[test]
    fn the_longest_path_ends_at_registers() {
        let cell = |kind: &str, input: u64, output: u64| {
            format!(
                "\"c{output}\": {{\"type\": \"{kind}\", \"port_directions\": {{\"I\": \"input\", \
                 \"O\": \"output\"}}, \"connections\": {{\"I\": [{input}, \"0\"], \"O\": [{output}]}}}}"
            )
        };
        let cells = [
            cell("LUT4", 1, 2),
            cell("LUT2", 2, 3),
            cell("FDRE", 3, 4),
            cell("LUT1", 4, 5),
            cell("CARRY4", 5, 6),
        ];
        let json = format!("{{\"cells\": {{{}}}}}", cells.join(", "));
        let module: RawModule = serde_json::from_str(&json).unwrap();
        assert_eq!(longest(&module, Class::Lut), 2);
        assert_eq!(longest(&module, Class::Carry), 1);
    }
}
