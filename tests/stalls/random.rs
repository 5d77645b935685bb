//! Small layers and blocks at random, and how their streams pause.

use bitweight::binary::{
    Axis, Block, BlockParameters, Geometry, InputStage, Layer, LayerKind, LayerParameters, Operand,
    PaddingValue, Per, Shortcut, Step, Target,
};
use bitweight::design::Reset;

use crate::driver::{Pattern, Pause};

/// SplitMix64.
pub struct Random(pub u64);

impl Random {
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    pub fn one_of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.below(list.len())].clone()
    }

    /// True in `percent` of 100 draws.
    fn often(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }
}

/// All kinds of steps, small.
pub fn steps() -> Vec<Step> {
    let scale = |per| Step::Scale { per, shift: 3, width: 8 };
    let max = |before_threshold| Step::MaxPool { window: [1, 2, 1], before_threshold };
    vec![
        Step::Threshold { strict: false },
        Step::MultiThreshold { bits: 2, base: 0 },
        Step::Bias { width: 5 },
        scale(Per::Channel),
        scale(Per::Position),
        scale(Per::Magnitude),
        Step::Prelu { shift: 4, width: 9 },
        Step::Rprelu { shift: 4, width: 9 },
        Step::Residual { residual: 6, width: 10 },
        Step::Tee,
        Step::Clamp { low: -3, high: 5 },
        max(false),
        max(true),
        Step::AvgPool { window: [1, 2, 1] },
    ]
}

/// A layer over a sequence of positions.
pub fn conv1d(positions: Axis, channels: usize, outputs: usize) -> Geometry {
    Geometry {
        kind: LayerKind::Conv1d,
        axes: [Axis::POINT, positions, Axis::POINT],
        channels,
        outputs,
        groups: 1,
        padding_value: PaddingValue::Zero,
    }
}

pub fn parameters(name: &str, geometry: Geometry, steps: Vec<Step>) -> LayerParameters {
    LayerParameters {
        name: name.to_owned(),
        summary: "A layer under test.".to_owned(),
        geometry,
        activations: Operand::BINARY,
        input: None,
        weights: Operand::BINARY,
        simd: 1,
        lanes: 1,
        target: Target::Asic,
        carry_save: None,
        reset: Reset::None,
        steps,
    }
}

fn axis(random: &mut Random) -> Axis {
    let (kernel, dilation) = (1 + random.below(3), 1 + random.below(2));
    let reach = (kernel - 1) * dilation + 1;
    Axis {
        input: 1 + random.below(6),
        kernel,
        stride: 1 + random.below(3),
        padding: random.below(reach),
        dilation,
    }
}

/// A layer that can be built, the same for the same seed.
pub fn layer(seed: u64) -> Layer {
    let mut random = Random(seed);
    loop {
        let groups = random.one_of(&[1, 1, 1, 2]);
        let (channels, outputs) = (groups * (1 + random.below(6)), groups * (1 + random.below(6)));
        let (height, width) = (axis(&mut random), axis(&mut random));
        let geometry = match random.below(4) {
            0 => Geometry::linear(channels, outputs),
            1 => conv1d(height, channels, outputs),
            _ => Geometry {
                kind: LayerKind::Conv2d,
                axes: [Axis::POINT, height, width],
                ..conv1d(height, channels, outputs)
            },
        };
        let count = random.below(5);
        let mut list: Vec<Step> = (0..count).map(|_| random.one_of(&steps())).collect();
        if random.often(40) {
            let step = random.one_of(&[Step::Tee, Step::Residual { residual: 6, width: 10 }]);
            list.insert(random.below(list.len() + 1), step);
        }
        let operands = [Operand::BINARY, Operand::BINARY, Operand::Ternary];
        let width = 3 + random.below(5);
        let own = LayerParameters {
            activations: random.one_of(&operands),
            weights: random.one_of(&operands),
            input: random.often(40).then_some(InputStage { width, strict: seed.is_multiple_of(2) }),
            simd: 1 + random.below(channels / groups),
            lanes: 1 + random.below(outputs),
            target: random.one_of(&[Target::Asic, Target::Fpga]),
            carry_save: random.one_of(&[None, Some(true), Some(false)]),
            reset: random.one_of(&[Reset::None, Reset::Sync, Reset::Async]),
            ..parameters("sample", Geometry { groups, ..geometry }, list)
        };
        if let Ok(layer) = Layer::new(own) {
            return layer;
        }
    }
}

/// A block that can be built and has a shortcut, the same for the same seed.
pub fn block(seed: u64) -> Block {
    let mut random = Random(seed);
    loop {
        let count = 1 + random.below(3);
        let channels = random.one_of(&[1, 2, 4, 4]);
        let reset = random.one_of(&[Reset::None, Reset::Sync, Reset::Async]);
        let mut layers: Vec<(LayerParameters, Option<Shortcut>)> = Vec::new();
        let mut positions = random.one_of(&[2, 4, 4, 6]);
        let mut bits = false;
        for index in 0..count {
            let (kernel, padding) = random.one_of(&[(1, 0), (3, 1), (3, 1)]);
            let stride = random.one_of(&[1, 1, 1, 2]);
            let geometry = conv1d(
                Axis { input: positions, kernel, stride, padding, dilation: 1 },
                channels,
                channels,
            );
            let mut list = vec![Step::Scale { per: Per::Channel, shift: 2, width: 8 }];
            let after: Vec<Step> = steps();
            let shortcut = random.often(60).then(|| Shortcut {
                from: random.below(index + 1),
                window: [1, random.one_of(&[1, 1, 2, 4]), 1],
                repeat: 1,
            });
            if shortcut.is_some() {
                list.push(Step::Residual { residual: 14, width: 14 });
            }
            for _ in 0..random.below(3) {
                list.push(after[[2, 3, 6, 7, 10, 11, 13][random.below(7)]].clone());
            }
            if random.often(30) {
                list.push(Step::Tee);
            }
            let input = (!bits).then_some(InputStage { width: 14, strict: false });
            bits = random.often(50);
            if bits {
                list.push(Step::Threshold { strict: false });
            }
            let own = LayerParameters {
                input,
                simd: random.one_of(&[1, 2, 4]).min(channels),
                lanes: random.one_of(&[1, 2, 4]).min(channels),
                reset,
                ..parameters(&format!("l{index}"), geometry, list)
            };
            // The shape of what comes out.
            let input = LayerParameters { name: "shape".to_owned(), ..own.clone() };
            positions = Layer::new(input).map_or(0, |layer| layer.output_shape()[1]);
            layers.push((own, shortcut));
        }
        if layers.iter().all(|(_, shortcut)| shortcut.is_none()) {
            continue;
        }
        let (name, summary) = ("chain".to_owned(), "A block under test.".to_owned());
        if let Ok(block) = Block::new(BlockParameters { name, summary, layers }) {
            return block;
        }
    }
}

/// Patterns of pauses: none, each stream alone, all together, and a reset on the way.
pub fn patterns(streams: usize, seed: u64) -> Vec<Pattern> {
    let mut random = Random(seed ^ 0x5bd1_e995);
    let mut list = Vec::new();
    let mut push = |pauses: Vec<Pause>, cut: u16| {
        list.push(Pattern { pauses, seed: random.next() as u32 | 1, cut });
    };
    let all = |pause: Pause| vec![pause; streams];
    push(all(Pause::Often(0)), 0);
    for own in [Pause::Often(200), Pause::UntilIdle] {
        for stream in 0..streams {
            let mut pauses = all(Pause::Often(0));
            pauses[stream] = own;
            push(pauses, 0);
        }
    }
    push(all(Pause::Often(128)), 20 + (seed % 64) as u16);
    push(all(Pause::Often(90)), 0);
    push(all(Pause::Often(210)), 0);
    let mut random = Random(seed);
    for _ in 0..2 {
        let mut pauses = all(Pause::Often(0));
        for pause in &mut pauses {
            *pause = match random.below(5) {
                0 => Pause::UntilIdle,
                _ => Pause::Often(random.one_of(&[0, 0, 60, 128, 230])),
            };
        }
        list.push(Pattern { pauses, seed: random.next() as u32 | 1, cut: 0 });
    }
    list
}
