//! Helpers of this room's tests: packing integers into the lanes of a netlist evaluation.

/// `values` (at most 64) as one lane per bit, the shape of `Netlist::evaluate`.
pub fn lanes(values: &[i128], width: usize) -> Vec<u64> {
    let lane = |bit: usize| {
        let bits = values.iter().enumerate();
        bits.map(|(vector, value)| ((value >> bit & 1) as u64) << vector).sum()
    };
    (0..width).map(lane).collect()
}

/// The word of vector `vector` in the lanes of an output.
pub fn word(lanes: &[u64], vector: usize) -> i128 {
    lanes.iter().enumerate().map(|(bit, lane)| i128::from(lane >> vector & 1) << bit).sum()
}

/// `value` modulo 2^width as a non-negative integer.
pub fn unpack(value: i128, width: usize) -> i128 {
    value & ((1 << width) - 1)
}
