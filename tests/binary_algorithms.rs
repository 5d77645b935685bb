//! The golden model against plain references of the eight binarization algorithms: the integer dot
//! products exactly, the scaled results in double precision up to the stated rounding.
//!
//! The references follow the operators as they are defined for inference: NCHW tensors, loops over
//! channel, row and column of the kernel, `sign` before the zero padding.

use bitweight::binary::fold::BatchNorm;
use bitweight::binary::rational::Rational;
use bitweight::binary::{Axis, Geometry, LayerKind, Operand, PaddingValue, Per, Range, Step};
use bitweight::data::Tensor;
use bitweight::golden::binary::{apply, attention, dot_products};

const CHANNELS: usize = 5;
const OUTPUTS: usize = 6;
const SIZE: usize = 6;
const KERNEL: usize = 3;
const FRACTION: usize = 10;

/// SplitMix64.
struct Draw(u64);

impl Draw {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A single-precision float of -1 to 1.
    fn float(&mut self) -> f64 {
        f64::from((self.next() >> 40) as f32 / (1 << 23) as f32 - 1.0)
    }

    fn floats(&mut self, count: usize) -> Vec<f64> {
        (0..count).map(|_| self.float()).collect()
    }
}

fn sign(value: f64) -> f64 {
    if value >= 0.0 { 1.0 } else { -1.0 }
}

/// What a convolution is given: x is \[C, H, W\], w is \[O, C, kh, kw\].
struct Convolution {
    x: Vec<f64>,
    w: Vec<f64>,
    stride: usize,
    padding: usize,
}

impl Convolution {
    fn output(&self) -> usize {
        (SIZE + 2 * self.padding - KERNEL) / self.stride + 1
    }

    /// The dot product of an output, on operands that have been binarized.
    fn dot(&self, a: &[f64], b: &[f64], [o, i, j]: [usize; 3]) -> f64 {
        let mut sum = 0.0;
        for c in 0..CHANNELS {
            for kh in 0..KERNEL {
                for kw in 0..KERNEL {
                    let (y, x) = (i * self.stride + kh, j * self.stride + kw);
                    let inside = |p: usize| p >= self.padding && p < SIZE + self.padding;
                    if inside(y) && inside(x) {
                        let at = (c * SIZE + y - self.padding) * SIZE + x - self.padding;
                        let weight = ((o * CHANNELS + c) * KERNEL + kh) * KERNEL + kw;
                        sum += a[at] * b[weight];
                    }
                }
            }
        }
        sum
    }

    fn geometry(&self) -> Geometry {
        let axis = Axis {
            input: SIZE,
            kernel: KERNEL,
            stride: self.stride,
            padding: self.padding,
            dilation: 1,
        };
        Geometry {
            kind: LayerKind::Conv2d,
            axes: [Axis::POINT, axis, axis],
            channels: CHANNELS,
            outputs: OUTPUTS,
            groups: 1,
            padding_value: PaddingValue::Zero,
        }
    }

    /// The golden model's dot products of binarized operands.
    fn golden(&self, a: &[f64], b: &[f64]) -> Tensor {
        let x = Tensor::from_fn([1, 1, SIZE, SIZE, CHANNELS], |[_, _, y, x, c]| {
            a[(c * SIZE + y) * SIZE + x] as i64
        });
        let w = Tensor::from_fn([OUTPUTS, 1, KERNEL, KERNEL, CHANNELS], |[o, _, y, x, c]| {
            b[((o * CHANNELS + c) * KERNEL + y) * KERNEL + x] as i64
        });
        dot_products(&self.geometry(), &x, &w)
    }
}

/// How an algorithm binarizes and scales.
struct Algorithm {
    name: &'static str,
    /// Weights are centred before the sign.
    centred: bool,
    /// The sign of x + t\[c\] instead of x.
    shifted: bool,
    /// The scale of the output channel: none, mean |w|, or learned.
    alpha: Alpha,
    /// The mean |x| of the sample scales the result.
    sample: bool,
    /// Rows and columns scale the result.
    spatial: bool,
    /// A bias inside the scale.
    bias: bool,
}

#[derive(Clone, Copy, PartialEq)]
enum Alpha {
    One,
    Mean,
    Learned,
}

const ALGORITHMS: &[Algorithm] = &{
    const PLAIN: Algorithm = Algorithm {
        name: "",
        centred: false,
        shifted: false,
        alpha: Alpha::Mean,
        sample: false,
        spatial: false,
        bias: false,
    };
    [
        Algorithm { name: "BNN", alpha: Alpha::One, ..PLAIN },
        Algorithm { name: "XNOR", sample: true, ..PLAIN },
        Algorithm { name: "DoReFa", ..PLAIN },
        Algorithm { name: "Bi-Real", ..PLAIN },
        Algorithm { name: "XNOR++", alpha: Alpha::Learned, spatial: true, ..PLAIN },
        Algorithm { name: "ReAct", shifted: true, ..PLAIN },
        Algorithm { name: "ReCU", centred: true, alpha: Alpha::Learned, bias: true, ..PLAIN },
        Algorithm { name: "FDA", ..PLAIN },
    ]
};

fn rational(value: f64) -> Rational {
    Rational::from_float(value).unwrap()
}

fn rationals(values: &[f64]) -> Vec<Rational> {
    values.iter().map(|&value| rational(value)).collect()
}

/// A batch norm that leaves its input as it is.
fn identity(alpha: &[f64], bias: &[f64]) -> BatchNorm {
    let all = |value: i64| vec![Rational::integer(value); OUTPUTS];
    BatchNorm {
        gamma: all(1),
        beta: all(0),
        mean: all(0),
        variance: all(1),
        epsilon: Rational::integer(0),
        alpha: rationals(alpha),
        bias: rationals(bias),
    }
}

#[test]
fn convolutions_of_the_eight_algorithms() {
    for algorithm in ALGORITHMS {
        for seed in 0..20 {
            let mut draw = Draw(seed);
            let layer = Convolution {
                x: draw.floats(CHANNELS * SIZE * SIZE),
                w: draw.floats(OUTPUTS * CHANNELS * KERNEL * KERNEL),
                stride: 1 + seed as usize % 2,
                padding: seed as usize % 3,
            };
            check(algorithm, &layer, &mut draw);
        }
    }
}

fn check(algorithm: &Algorithm, layer: &Convolution, draw: &mut Draw) {
    let name = algorithm.name;
    let terms = CHANNELS * KERNEL * KERNEL;
    let t = draw.floats(CHANNELS);
    let a: Vec<f64> = layer
        .x
        .iter()
        .enumerate()
        .map(|(at, x)| sign(if algorithm.shifted { x + t[at / (SIZE * SIZE)] } else { *x }))
        .collect();
    let rows: Vec<&[f64]> = layer.w.chunks_exact(terms).collect();
    let mean = |row: &[f64]| row.iter().sum::<f64>() / terms as f64;
    let centre = |row: &[f64]| if algorithm.centred { mean(row) } else { 0.0 };
    let b: Vec<f64> =
        rows.iter().flat_map(|row| row.iter().map(|w| sign(w - centre(row)))).collect();
    let alpha: Vec<f64> = rows
        .iter()
        .map(|row| match algorithm.alpha {
            Alpha::One => 1.0,
            Alpha::Mean => row.iter().map(|w| w.abs()).sum::<f64>() / terms as f64,
            Alpha::Learned => draw.float(),
        })
        .collect();
    let beta = layer.x.iter().map(|x| x.abs()).sum::<f64>() / layer.x.len() as f64;
    let beta = if algorithm.sample { beta } else { 1.0 };
    let size = layer.output();
    let spatial = |_: usize| match algorithm.spatial {
        true => 0.25,
        false => 1.0,
    };
    let (h, v) = (
        (0..size).map(|i| spatial(i) * (1.0 + i as f64)).collect::<Vec<f64>>(),
        (0..size).map(|j| spatial(j) * (2.0 + j as f64)).collect::<Vec<f64>>(),
    );
    let position = |i: usize, j: usize| if algorithm.spatial { h[i] * v[j] } else { 1.0 };
    // The bias of ReCU stands inside its scale; it is small, so that an integer stands for it.
    let bias: Vec<f64> =
        (0..OUTPUTS).map(|o| if algorithm.bias { o as f64 - 2.0 } else { 0.0 }).collect();

    // Integers: exactly.
    let d = layer.golden(&a, &b);
    let at = |o: usize, i: usize, j: usize| d.data[(i * size + j) * OUTPUTS + o];
    for o in 0..OUTPUTS {
        for i in 0..size {
            for j in 0..size {
                let expected = layer.dot(&a, &b, [o, i, j]);
                assert_eq!(at(o, i, j) as f64, expected, "{name} {o} {i} {j}");
            }
        }
    }

    // Scaled results: the fold and the steps against doubles.
    let scaled: Vec<f64> = alpha.iter().map(|alpha| alpha * beta).collect();
    let inside: Vec<f64> = bias.iter().zip(&scaled).map(|(bias, alpha)| bias * alpha).collect();
    let norm = identity(&scaled, &[0.0; OUTPUTS]);
    let folded = norm.scales(FRACTION, 60).unwrap();
    let mut y = d.clone();
    if algorithm.bias {
        let step = Step::Bias { width: 8 };
        y = apply(&step, &vec![bias.iter().map(|&bias| bias as i64).collect()], None, &y);
    }
    let step = Step::Scale { per: Per::Channel, shift: folded.shift, width: 30 };
    y = apply(&step, &vec![folded.scale.clone(), folded.bias.clone()], None, &y);
    if algorithm.spatial {
        let step = Step::Scale { per: Per::Position, shift: 8, width: 30 };
        let mantissas = (0..size * size)
            .map(|at| (position(at / size, at % size) * 256.0).round() as i64)
            .collect();
        y = apply(&step, &vec![mantissas], None, &y);
    }
    for o in 0..OUTPUTS {
        for i in 0..size {
            for j in 0..size {
                let d = at(o, i, j) as f64;
                let factor = position(i, j);
                let expected = (scaled[o] * d + inside[o]) * factor;
                let actual = y.data[(i * size + j) * OUTPUTS + o] as f64 / (1 << FRACTION) as f64;
                // Half a unit of the mantissa for each unit of d, and half a unit of each result.
                let unit = 1.0 / f64::from(1 << FRACTION);
                let mantissa = 0.5 / (2f64.powi(folded.shift as i32)) * (d.abs() + 8.0) * unit;
                let bound = (mantissa + 0.5 * unit) * factor + 0.5 * unit + 1e-9;
                assert!(
                    (actual - expected).abs() <= bound,
                    "{name}: {actual} instead of {expected}, bound {bound}"
                );
            }
        }
    }

    // The sign of a batch norm over the scaled results: exact thresholds.
    let gamma: Vec<f64> =
        (0..OUTPUTS).map(|o| [1.0, -1.0, 0.0, 1e-20, -0.3, 2.0][o] * draw.float().abs()).collect();
    let (shift, moved) = (draw.floats(OUTPUTS), draw.floats(OUTPUTS));
    let variance: Vec<f64> = draw.floats(OUTPUTS).iter().map(|v| v.abs() * 4.0).collect();
    let norm = BatchNorm {
        gamma: rationals(&gamma),
        beta: rationals(&shift),
        mean: rationals(&moved),
        variance: rationals(&variance),
        epsilon: Rational::parse("1e-5").unwrap(),
        ..identity(&scaled, &inside)
    };
    let range = Range { min: -(terms as i64), max: terms as i64 };
    let folded = norm.thresholds(range, false).unwrap();
    for o in 0..OUTPUTS {
        let sigma = (variance[o] + 1e-5).sqrt();
        for d in range.min..=range.max {
            let z = gamma[o] * (scaled[o] * d as f64 + inside[o] - moved[o]) / sigma + shift[o];
            let bit = (d >= folded.threshold[o]) != folded.invert[o];
            // Doubles decide unless they are as good as zero; the exact test is the fold's own.
            if z.abs() > 1e-9 {
                assert_eq!(bit, z > 0.0, "{name}: channel {o}, d = {d}, z = {z}");
            }
        }
    }
}

/// Linear layers: the same without positions; of ReAct and Bi-Real without shift and bias.
#[test]
fn linear_layers_count_signs_that_agree() {
    for inputs in [1, 2, 5, 33, 64, 65] {
        let mut draw = Draw(inputs as u64);
        let (x, w) = (draw.floats(3 * inputs), draw.floats(4 * inputs));
        let tensor = |data: &[f64], rows| Tensor {
            shape: [rows, 1, 1, 1, inputs],
            data: data.iter().map(|&value| sign(value) as i64).collect(),
        };
        let d = dot_products(&Geometry::linear(inputs, 4), &tensor(&x, 3), &tensor(&w, 4));
        for n in 0..3 {
            for o in 0..4 {
                let agree = (0..inputs)
                    .filter(|k| (x[n * inputs + k] >= 0.0) == (w[o * inputs + k] >= 0.0))
                    .count() as i64;
                assert_eq!(d.data[n * 4 + o], 2 * agree - inputs as i64);
            }
        }
    }
}

/// Attention of binarized BERT: strictly positive scores, no division, masked keys.
#[test]
fn attention_sums_the_values_of_positive_scores() {
    let (queries, keys, head) = (5, 7, 8);
    let mut draw = Draw(9);
    let mut signs = |rows: usize| Tensor {
        shape: [1, 1, rows, 1, head],
        data: (0..rows * head).map(|_| sign(draw.float()) as i64).collect(),
    };
    let (q, k, v) = (signs(queries), signs(keys), signs(keys));
    let masked: Vec<bool> = (0..keys).map(|j| j == 2).collect();
    let context = attention(&q, &k, &v, &masked);
    for i in 0..queries {
        for c in 0..head {
            let mut sum = 0.0;
            for (j, &hidden) in masked.iter().enumerate() {
                let dot: i64 = (0..head).map(|e| q.data[i * head + e] * k.data[j * head + e]).sum();
                let score = dot as f64 / 64f64.sqrt() + if hidden { -10_000.0 } else { 0.0 };
                sum += if score > 0.0 { v.data[j * head + c] as f64 } else { 0.0 };
            }
            assert_eq!(context.data[i * head + c] as f64, sum);
        }
    }
    // Both operands of a layer are streams, as the binarized operand is one bit.
    assert_eq!(Operand::BINARY.width(), 1);
}
