//! Random operands and parameters of a layer, also at the ends of what its tables hold.

use rand::Rng as _;
use rand_pcg::Pcg64;
use rand_pcg::rand_core::SeedableRng as _;

use super::Tile;
use crate::arith::operand::Operand;
use crate::binary::frame::LayerValues;
use crate::binary::{Layer, Range, TableOf, values_of};
use crate::data::Tensor;

/// Tiles of these numbers of samples, each with parameters of its own. The same seed gives the
/// same tiles.
#[must_use]
pub fn random_tiles(layer: &Layer, samples: &[usize], seed: u64) -> Vec<Tile> {
    let mut random = Pcg64::seed_from_u64(seed);
    samples.iter().map(|&samples| tile(layer, samples, &mut random)).collect()
}

/// A number from 0 to `limit` - 1; its bias is less than 2^-30.
fn below(limit: u64, random: &mut Pcg64) -> u64 {
    random.next_u64() % limit
}

fn value(operand: Operand, random: &mut Pcg64) -> i64 {
    let values = operand.values();
    values[below(values.len() as u64, random) as usize]
}

/// Mostly near the middle, sometimes at an end of the range.
fn parameter(range: Range, typical: Range, random: &mut Pcg64) -> i64 {
    match below(8, random) {
        0 => range.min,
        1 => range.max,
        _ => {
            let span = (typical.max - typical.min + 1) as u64;
            range.clamp(typical.min + below(span, random) as i64)
        }
    }
}

fn tile(layer: &Layer, samples: usize, random: &mut Pcg64) -> Tile {
    let geometry = layer.geometry();
    let [d, h, w] = geometry.input();
    let kernel = geometry.axes.map(|axis| axis.kernel);
    let (x, weight) = (layer.parameters().activations, layer.parameters().weights);
    let shape = [samples, d, h, w, geometry.channels];
    let activations = match layer.input_stage() {
        None => Tensor::from_fn(shape, |_| value(x, random)),
        Some(stage) => {
            let (full, small) = (Range::signed(stage.width), Range::signed(stage.width.min(7)));
            Tensor::from_fn(shape, |_| parameter(full, small, random))
        }
    };
    let input = layer.input_table().map_or_else(Vec::new, |table| {
        let typical = Range::signed(table.width.min(6));
        let count = geometry.channels * values_of(&table);
        (0..count).map(|_| parameter(table.range, typical, random)).collect()
    });
    let shape = [geometry.outputs, kernel[0], kernel[1], kernel[2], geometry.channels_per_group()];
    let weights = Tensor::from_fn(shape, |_| value(weight, random));
    let mut steps = Vec::new();
    for placed in layer.steps() {
        let mut values = Vec::new();
        // Dot products of random operands are about a root of their terms large.
        let spread = (placed.input.max as f64).sqrt() as i64 + 2;
        for table in &placed.tables {
            let count = match table.of {
                TableOf::Channels(count) => count * geometry.outputs,
                TableOf::Positions => placed.positions.iter().product(),
            };
            let typical = match table.name {
                "threshold" => Range { min: -spread, max: spread },
                "scale" | "slope" => Range { min: -600, max: 600 },
                _ => Range::signed(table.width.min(10)),
            };
            values.push((0..count).map(|_| parameter(table.range, typical, random)).collect());
        }
        steps.push(values);
    }
    let residual = layer.residual().map(|(width, placed)| {
        let [d, h, w] = placed.positions;
        let (full, small) = (Range::signed(width), Range::signed(width.min(9)));
        let shape = [samples, d, h, w, geometry.outputs];
        Tensor::from_fn(shape, |_| parameter(full, small, random))
    });
    Tile { values: LayerValues { weights, input, steps }, activations, residual }
}
