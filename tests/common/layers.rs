//! Random tiles for binarized layers.

use bitweight::binary::frame::LayerValues;
use bitweight::binary::{Layer, Operand, Range, TableOf, Tile};
use bitweight::golden::binary::Tensor;

/// SplitMix64.
pub struct Draw(pub u64);

impl Draw {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn within(&mut self, range: Range) -> i64 {
        let span = (range.max - range.min + 1) as u64;
        range.min + (self.next() % span) as i64
    }

    pub fn value(&mut self, operand: Operand) -> i64 {
        let values = operand.values();
        values[self.next() as usize % values.len()]
    }

    /// Mostly near the middle, sometimes at an end of the range or on it.
    fn parameter(&mut self, range: Range, typical: Range) -> i64 {
        match self.next() % 8 {
            0 => range.min,
            1 => range.max,
            _ => range.clamp(self.within(typical)),
        }
    }
}

/// A tile of random operands and parameters: also at the ends of what tables hold.
pub fn random(layer: &Layer, samples: usize, draw: &mut Draw) -> Tile {
    let geometry = layer.geometry();
    let [d, h, w] = geometry.input();
    let kernel = geometry.axes.map(|axis| axis.kernel);
    let (x, weight) = (layer.parameters().activations, layer.parameters().weights);
    let activations =
        Tensor::from_fn([samples, d, h, w, geometry.channels], |_| draw.value(x));
    let shape = [geometry.outputs, kernel[0], kernel[1], kernel[2], geometry.channels_per_group()];
    let weights = Tensor::from_fn(shape, |_| draw.value(weight));
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
            values.push((0..count).map(|_| draw.parameter(table.range, typical)).collect());
        }
        steps.push(values);
    }
    let residual = layer.residual().map(|(width, placed)| {
        let [d, h, w] = placed.positions;
        let (full, small) = (Range::signed(width), Range::signed(width.min(9)));
        Tensor::from_fn([samples, d, h, w, geometry.outputs], |_| draw.parameter(full, small))
    });
    Tile { values: LayerValues { weights, steps }, activations, residual }
}
