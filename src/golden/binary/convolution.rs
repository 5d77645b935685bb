//! Dot products of a layer.

use crate::binary::{Geometry, PaddingValue};
use crate::data::Tensor;

/// `d[n, position, o]`: the sum over the taps and channels of o's group of activation times
/// weight. Activations are \[samples, depth, height, width, channels\], weights
/// \[outputs, kernel depth, kernel height, kernel width, channels / groups\].
///
/// # Panics
/// If the shapes are not those of the geometry.
#[must_use]
pub fn dot_products(geometry: &Geometry, activations: &Tensor, weights: &Tensor) -> Tensor {
    let [depth, height, width] = geometry.axes;
    let samples = activations.samples();
    let per_group = geometry.channels_per_group();
    let [d, h, w] = geometry.input();
    assert_eq!(activations.shape, [samples, d, h, w, geometry.channels], "activations");
    let kernel = geometry.axes.map(|axis| axis.kernel);
    let expected = [geometry.outputs, kernel[0], kernel[1], kernel[2], per_group];
    assert_eq!(weights.shape, expected, "weights");
    let outside = match geometry.padding_value {
        PaddingValue::Zero => 0,
        PaddingValue::Minus => -1,
        PaddingValue::Plus => 1,
    };
    let [od, oh, ow] = geometry.output();
    Tensor::from_fn([samples, od, oh, ow, geometry.outputs], |[n, z, y, x, o]| {
        let group = o / geometry.outputs_per_group();
        let mut sum = 0;
        for kz in 0..kernel[0] {
            for ky in 0..kernel[1] {
                for kx in 0..kernel[2] {
                    let tap = (depth.tap(z, kz), height.tap(y, ky), width.tap(x, kx));
                    for c in 0..per_group {
                        let activation = match tap {
                            (Some(z), Some(y), Some(x)) => {
                                activations.at([n, z, y, x, group * per_group + c])
                            }
                            _ => outside,
                        };
                        sum += activation * weights.at([o, kz, ky, kx, c]);
                    }
                }
            }
        }
        sum
    })
}

/// `m[n, position]`: the sum of |x| over the taps and all channels of a position; what lies in the
/// padding counts nothing. Divided by the number of terms it is the K of XNOR-Net: the mean of |x|
/// over the channels, under a box of the size of the kernel.
/// Source: Rastegari et al., "XNOR-Net" (ECCV 2016), section 3.2.
///
/// # Panics
/// If the shape is not that of the geometry.
#[must_use]
pub fn magnitudes(geometry: &Geometry, x: &Tensor) -> Tensor {
    let [depth, height, width] = geometry.axes;
    let [od, oh, ow] = geometry.output();
    Tensor::from_fn([x.samples(), od, oh, ow, 1], |[n, oz, oy, ox, _]| {
        let mut sum = 0;
        for kz in 0..depth.kernel {
            for ky in 0..height.kernel {
                for kx in 0..width.kernel {
                    let tap = (depth.tap(oz, kz), height.tap(oy, ky), width.tap(ox, kx));
                    if let (Some(z), Some(y), Some(w)) = tap {
                        sum += (0..geometry.channels)
                            .map(|c| x.at([n, z, y, w, c]).abs())
                            .sum::<i64>();
                    }
                }
            }
        }
        sum
    })
}
