//! `bitweight fold`

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use super::{Outcome, report};
use crate::binary::fold::BatchNorm;
use crate::binary::rational::Rational;
use crate::binary::{MANTISSA, Range};
use crate::sim::npy;
use crate::sim::shape::{Axes, Shape};

/// Smallest and largest dot product when neither weights nor a fan-in are given.
const ANY: i64 = 1 << 31;

#[derive(clap::Args, Debug)]
pub(super) struct Arguments {
    /// Batch norm parameters per output channel: four NumPy arrays of floats
    #[arg(long, value_name = "GAMMA,BETA,MEAN,VAR", value_delimiter = ',', required = true)]
    bn: Vec<PathBuf>,
    /// Epsilon of the batch norm, an exact decimal number such as 1e-5
    #[arg(long, value_name = "E", value_parser = decimal)]
    eps: Decimal,
    /// Scale of the dot product per output channel (a NumPy array of floats), or `mean`: the mean
    /// magnitude of the channel's weights
    #[arg(long, value_name = "ALPHA")]
    alpha: Option<PathBuf>,
    /// Bias per output channel, added to the scaled dot product
    #[arg(long, value_name = "BIAS.npy")]
    bias: Option<PathBuf>,
    /// The bias stands inside the scale, alpha (d + b): convolutions of ReCU
    #[arg(long, requires = "bias")]
    bias_inside: bool,
    /// Float weights, outputs first; their signs become the binary weights
    #[arg(long, value_name = "W.npy")]
    weights: Option<PathBuf>,
    /// The weights' axes are outputs, channels, kernel (as in PyTorch), or outputs, kernel, channels
    #[arg(long, value_enum, default_value_t = Layout::ChannelsFirst)]
    layout: Layout,
    /// Subtract each output's mean weight before the sign: ReCU, and linear layers of XNOR-Net
    #[arg(long, requires = "weights")]
    centre: bool,
    /// Terms of a dot product, where no weights are given: bounds the thresholds
    #[arg(long, value_name = "K", conflicts_with = "weights")]
    fan_in: Option<u32>,
    /// The sign of zero is -1 instead of +1
    #[arg(long)]
    strict: bool,
    /// Fraction bits of the fixed-point result
    #[arg(long, value_name = "F", default_value_t = 8, value_parser = clap::value_parser!(u8).range(0..=24))]
    fraction: u8,
    /// Folder to write into; created if it does not exist
    #[arg(short, long, value_name = "DIR")]
    output: Option<PathBuf>,
    /// Answer as one JSON object
    #[arg(long)]
    pub json: bool,
}

/// Order of the axes of weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Layout {
    ChannelsFirst,
    ChannelsLast,
}

/// An exact decimal number.
#[derive(Clone, Debug)]
struct Decimal(Rational);

fn decimal(text: &str) -> Result<Decimal, String> {
    match Rational::parse(text) {
        Some(value) if value.signum() >= 0 => Ok(Decimal(value)),
        _ => Err(format!("`{text}` is not a decimal number from 0 on")),
    }
}

/// Weights of the layer, channel-last.
struct Weights {
    /// Shape of the file.
    given: Vec<usize>,
    shape: Vec<usize>,
    data: Vec<Rational>,
}

impl Weights {
    fn outputs(&self) -> usize {
        self.shape[0]
    }

    fn fan_in(&self) -> usize {
        self.data.len() / self.outputs()
    }

    fn rows(&self) -> impl Iterator<Item = &[Rational]> {
        self.data.chunks_exact(self.fan_in())
    }
}

fn floats(path: &Path) -> anyhow::Result<(Vec<usize>, Vec<Rational>)> {
    let (shape, data) = npy::read_floats(path)?;
    let exact: Option<Vec<Rational>> =
        data.iter().map(|&value| Rational::from_float(value)).collect();
    let exact = exact.with_context(|| {
        format!("{} holds values that are not finite\n  help: check the training", path.display())
    })?;
    Ok((shape, exact))
}

/// The values of an array with one for each channel, or one for all.
fn per_channel(path: &Path, channels: usize) -> anyhow::Result<Vec<Rational>> {
    let (shape, data) = floats(path)?;
    if let ([value], true) = (&data[..], shape.iter().all(|&size| size == 1)) {
        return Ok(vec![value.clone(); channels]);
    }
    let axes = Axes(vec![("channels", channels)]);
    ensure!(
        shape == [channels] || shape == [channels, 1],
        "{}: the shape is {}, the batch norm takes {}: {}\n  help: {}",
        path.display(),
        Shape(&shape),
        Shape(&[channels]),
        axes.names(),
        axes.remedy(&shape)
    );
    Ok(data)
}

fn mean(values: &[Rational], of: impl Fn(&Rational) -> Rational) -> Rational {
    let sum = values.iter().fold(Rational::integer(0), |sum, value| &sum + &of(value));
    let count = Rational::integer(values.len().max(1) as u64);
    &sum * &count.reciprocal().unwrap_or(Rational::integer(0))
}

impl Arguments {
    pub fn run(&self) -> anyhow::Result<Outcome> {
        ensure!(
            self.bn.len() == 4,
            "--bn takes four arrays, {} are given\n  help: give GAMMA,BETA,MEAN,VAR with commas \
             between them",
            self.bn.len()
        );
        let weights = self.weights()?;
        let found = floats(&self.bn[0])?;
        let channels = match &weights {
            // One value for all outputs, too.
            Some(weights) if found.1.len() == 1 => weights.outputs(),
            _ => found.1.len(),
        };
        if let Some(weights) = &weights {
            let shape = &weights.given;
            let turned = shape.len() == 2 && shape[1] == channels;
            ensure!(
                weights.outputs() == channels,
                "the weights have the shape {}, so {} outputs; gamma has {channels} channels\n  help: \
                 {}",
                Shape(shape),
                weights.outputs(),
                match turned {
                    true => "they are transposed: save w.T, whose axes are (outputs, inputs)",
                    false => "outputs come first in weights, and gamma has one value for each",
                }
            );
        }
        let mut arrays = Vec::new();
        for path in &self.bn {
            arrays.push(per_channel(path, channels)?);
        }
        let [gamma, beta, mean, variance]: [Vec<Rational>; 4] =
            arrays.try_into().map_err(|_| anyhow::anyhow!("--bn takes four arrays"))?;
        let alpha = self.alpha(channels, weights.as_ref())?;
        let mut bias = match &self.bias {
            Some(path) => per_channel(path, channels)?,
            None => vec![Rational::integer(0); channels],
        };
        if self.bias_inside {
            bias = bias.iter().zip(&alpha).map(|(bias, alpha)| bias * alpha).collect();
        }
        let epsilon = self.eps.0.clone();
        let norm = BatchNorm { gamma, beta, mean, variance, epsilon, alpha, bias };
        let terms = weights.as_ref().map(Weights::fan_in).or(self.fan_in.map(|k| k as usize));
        let most = terms.map_or(ANY, |terms| terms as i64);
        let range = Range { min: -most, max: most };
        let thresholds = norm.thresholds(range, self.strict)?;
        // The bias of a step `scale` behind the dot product.
        let bias_width = (range.signed_width() + MANTISSA).max(24);
        let scales = norm.scales(self.fraction.into(), bias_width)?;

        let inverted = thresholds.invert.iter().filter(|&&invert| invert).count();
        let mut object = json!({
            "channels": channels,
            "fan_in": terms,
            "inverted": inverted,
            "constant_channels": thresholds.constant,
            "clamped_thresholds": thresholds.clamped,
            "clamped_biases": scales.clamped,
            "shift": scales.shift,
            "fraction": self.fraction,
        });
        if let Some(Weights { given, .. }) = &weights {
            let axes = match (given.len(), self.layout) {
                (2, _) => "(outputs, inputs)",
                (_, Layout::ChannelsFirst) => "(outputs, channels, kernel)",
                (_, Layout::ChannelsLast) => "(outputs, kernel, channels)",
            };
            object["weights_taken_as"] = format!("{} {axes}", Shape(given)).into();
        }
        if let Some(folder) = &self.output {
            fs::create_dir_all(folder)
                .with_context(|| format!("cannot create {}", folder.display()))?;
            let write = |name: &str, shape: &[usize], data: &[i64]| {
                let path = folder.join(format!("{name}.npy"));
                npy::write_integers(&path, shape, data)
                    .with_context(|| format!("cannot write {}", path.display()))
            };
            let invert: Vec<i64> = thresholds.invert.iter().map(|&bit| i64::from(bit)).collect();
            write("threshold", &[channels], &thresholds.threshold)?;
            write("invert", &[channels], &invert)?;
            write("scale", &[channels], &scales.scale)?;
            write("bias", &[channels], &scales.bias)?;
            if let Some(weights) = &weights {
                let bits = self.bits(weights);
                write("weights", &weights.shape, &bits)?;
                let (packed, bytes) = pack(&bits, weights.outputs());
                write("weights_packed", &[weights.outputs(), bytes], &packed)?;
                object["zero_weights"] = self.zeros(weights).into();
            }
            let path = folder.join("fold.json");
            crate::output::replace(&path, |file| {
                use std::io::Write as _;
                writeln!(file, "{object:#}")
            })
            .with_context(|| format!("cannot write {}", path.display()))?;
        }
        if self.json {
            report::print_json(&object)?;
        } else {
            report::print_text(&text(&object))?;
        }
        Ok(Outcome::Good)
    }

    fn weights(&self) -> anyhow::Result<Option<Weights>> {
        let Some(path) = &self.weights else { return Ok(None) };
        let (shape, data) = floats(path)?;
        if shape.len() < 2 || data.is_empty() {
            bail!(
                "{}: the shape {shape:?} is not that of weights\n  help: outputs come first, then \
                 channels and kernel",
                path.display()
            );
        }
        if self.layout == Layout::ChannelsLast || shape.len() == 2 {
            return Ok(Some(Weights { given: shape.clone(), shape, data }));
        }
        let (channels, taps) = (shape[1], shape[2..].iter().product::<usize>());
        let mut last = vec![shape[0]];
        last.extend(&shape[2..]);
        last.push(channels);
        let mut moved = Vec::with_capacity(data.len());
        for output in data.chunks_exact(channels * taps) {
            for tap in 0..taps {
                moved.extend((0..channels).map(|channel| output[channel * taps + tap].clone()));
            }
        }
        Ok(Some(Weights { given: shape, shape: last, data: moved }))
    }

    fn alpha(&self, channels: usize, weights: Option<&Weights>) -> anyhow::Result<Vec<Rational>> {
        match &self.alpha {
            None => Ok(vec![Rational::integer(1); channels]),
            Some(path) if path.as_os_str() == "mean" => {
                let weights =
                    weights.context("`--alpha mean` needs the weights: --weights W.npy")?;
                let row = |row: &[Rational]| mean(&self.centred(row), Rational::abs);
                Ok(weights.rows().map(row).collect())
            }
            Some(path) => per_channel(path, channels),
        }
    }

    /// The weights of an output, less their mean where that is asked for.
    fn centred(&self, row: &[Rational]) -> Vec<Rational> {
        if !self.centre {
            return row.to_vec();
        }
        let centre = mean(row, Clone::clone);
        row.iter().map(|value| value - &centre).collect()
    }

    fn bits(&self, weights: &Weights) -> Vec<i64> {
        let bit = |value: &Rational| i64::from(value.signum() >= 0);
        weights.rows().flat_map(|row| self.centred(row)).map(|value| bit(&value)).collect()
    }

    /// Weights that are exactly zero, which count as +1.
    fn zeros(&self, weights: &Weights) -> usize {
        let zero = |value: &Rational| value.signum() == 0;
        weights.rows().flat_map(|row| self.centred(row)).filter(zero).count()
    }
}

/// The bits of each output as bytes, the first bit lowest; and the bytes of an output.
fn pack(bits: &[i64], outputs: usize) -> (Vec<i64>, usize) {
    let terms = bits.len() / outputs;
    let byte = |bits: &[i64]| bits.iter().rev().fold(0, |byte, bit| byte << 1 | bit);
    let packed = bits.chunks_exact(terms).flat_map(|row| row.chunks(8).map(byte)).collect();
    (packed, terms.div_ceil(8))
}

fn text(object: &Value) -> String {
    let list = |key: &str| {
        let channels = object[key].as_array().map_or(&[][..], Vec::as_slice);
        let shown: Vec<String> = channels.iter().take(12).map(ToString::to_string).collect();
        let more = if channels.len() > shown.len() { ", ..." } else { "" };
        match channels.len() {
            0 => "none".to_owned(),
            count => format!("{count}: {}{more}", shown.join(", ")),
        }
    };
    let mut text = format!("folded {} channels\n", object["channels"]);
    text += &format!("  inverted (alpha * gamma < 0)       {}\n", object["inverted"]);
    text += &format!("  constant (alpha * gamma = 0)       {}\n", list("constant_channels"));
    text += &format!("  thresholds beyond the dot product  {}\n", list("clamped_thresholds"));
    text += &format!("  biases that were clamped           {}\n", list("clamped_biases"));
    text += &format!(
        "  fixed point                        shift {}, {} fraction bits\n",
        object["shift"], object["fraction"]
    );
    if let Some(taken) = object["weights_taken_as"].as_str() {
        text += &format!("  weights taken as                   {taken}\n");
    }
    if let Some(zeros) = object["zero_weights"].as_u64() {
        text += &format!("  weights of exactly zero (now +1)   {zeros}\n");
    }
    text
}
