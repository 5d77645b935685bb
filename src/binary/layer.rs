//! A validated layer engine: everything that its hardware, its golden model and its drivers need.
//!
//! The engine reads a sample channel-last into a buffer of rows, and computes one position of the
//! output after the other. At a position it takes the outputs in vectors of `lanes` channels; for a
//! vector it goes through the taps of the kernel and the channels of a tap, `simd` channels in a
//! cycle. So a position takes `vectors * words` cycles, and any of the numbers may leave a rest.

use super::geometry::{Geometry, PaddingValue};
use super::step::{MAX_LEVEL_BITS, MAX_SHIFT, MAX_VALUE_WIDTH, Per, Range, Step, Table, TableOf};
use crate::arith::adder::Topology;
use crate::arith::compress::{self, CompressorStrategy};
use crate::arith::dot::{Dot, DotKind};
use crate::arith::operand::Operand;
use crate::cache;
use crate::design::{MAX_PORT_WIDTH, Reset, Stream};

/// What the logic is mapped to, which decides how popcounts are compressed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Target {
    /// Cell libraries: full adders, prefix adders, accumulation in carry-save.
    #[default]
    Asic,
    /// Look-up tables of six inputs: 6:3 counters, carry chains, accumulation in binary.
    Fpga,
}

impl Target {
    /// Name in a configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Target::Asic => "asic",
            Target::Fpga => "fpga",
        }
    }
}

/// What a layer engine is built from, before validation.
#[derive(Clone, Debug)]
pub struct LayerParameters {
    /// Name of the top module and prefix of all others.
    pub name: String,
    /// One line for people.
    pub summary: String,
    /// Geometry.
    pub geometry: Geometry,
    /// Format of the activations.
    pub activations: Operand,
    /// Format of the weights.
    pub weights: Operand,
    /// Channels of a word.
    pub simd: usize,
    /// Output channels that are computed at a time.
    pub lanes: usize,
    /// What the logic is mapped to.
    pub target: Target,
    /// Whether dot products accumulate in carry-save; by the target when absent.
    pub carry_save: Option<bool>,
    /// Reset style.
    pub reset: Reset,
    /// What follows the dot product.
    pub steps: Vec<Step>,
}

/// A configuration that describes no layer engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerError {
    /// Dotted path of the parameter.
    pub path: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub help: String,
}

impl LayerError {
    pub(super) fn new(
        path: impl Into<String>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) -> Self {
        Self { path: path.into(), message: message.into(), help: help.into() }
    }
}

/// A step with what is known about it within its layer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedStep {
    /// The step.
    pub step: Step,
    /// Values that reach it.
    pub input: Range,
    /// Values that leave it.
    pub output: Range,
    /// Depth, height and width of the positions that reach it.
    pub positions: [usize; 3],
    /// What it reads, in the order in which it is loaded.
    pub tables: Vec<Table>,
}

/// A validated layer engine.
#[derive(Clone, Debug)]
pub struct Layer {
    parameters: LayerParameters,
    steps: Vec<PlacedStep>,
    shape: [usize; 3],
}

/// Largest input or output of any dimension, channels included.
const MAX_SIZE: usize = 16384;

/// Largest number of terms of a dot product.
const MAX_FAN_IN: usize = 1 << 20;

impl Layer {
    /// Validates the parameters.
    ///
    /// # Errors
    /// [`LayerError`] at the first parameter that cannot be built.
    pub fn new(parameters: LayerParameters) -> Result<Self, LayerError> {
        crate::design::check_name(&parameters.name)
            .map_err(|invalid| LayerError::new(invalid.path, invalid.message, invalid.help))?;
        check_geometry(&parameters)?;
        let mut layer = Self { steps: Vec::new(), shape: parameters.geometry.output(), parameters };
        let mut range = layer.dot_range();
        for (index, step) in layer.parameters.steps.clone().into_iter().enumerate() {
            let path = format!("epilogue.{index}");
            layer.check_step(&path, index, &step, range)?;
            let output = step.output(range);
            if output.signed_width() > MAX_VALUE_WIDTH {
                return Err(LayerError::new(
                    path,
                    format!("values of {output} need more than {MAX_VALUE_WIDTH} bits"),
                    "narrow them, for example by a `scale` with a smaller `width`",
                ));
            }
            let positions = layer.shape;
            if let Some(window) = step.window() {
                layer.shape = [0, 1, 2].map(|axis| positions[axis] / window[axis]);
            }
            let tables = step.tables(range);
            layer.steps.push(PlacedStep { step, input: range, output, positions, tables });
            range = output;
        }
        layer.check_streams()?;
        Ok(layer)
    }

    fn check_step(
        &self,
        path: &str,
        index: usize,
        step: &Step,
        input: Range,
    ) -> Result<(), LayerError> {
        let fail = |message: String, help: &str| Err(LayerError::new(path, message, help));
        let name = step.name();
        let bits = index > 0 && matches!(self.steps[index - 1].output, Range::BIT);
        if bits && !matches!(step, Step::MaxPool { .. }) {
            return fail(
                format!("`{name}` follows a step whose results are single bits"),
                "only `maxpool` works on bits; put the `threshold` behind it",
            );
        }
        let in_range = |key: &str, value: usize, least: usize, most: usize| {
            if (least..=most).contains(&value) {
                return Ok(());
            }
            let message = format!("`{key}` of `{name}` is {value}, out of range {least} to {most}");
            fail(message, "give a number from the range")
        };
        match *step {
            Step::Threshold { .. } => Ok(()),
            Step::MultiThreshold { bits, base } => {
                in_range("bits", bits, 1, MAX_LEVEL_BITS)?;
                if base.abs() > 1 << 15 {
                    return fail(format!("`base` is {base}"), "give a number from -32768 to 32768");
                }
                Ok(())
            }
            Step::Bias { width } => in_range("width", width, 1, MAX_VALUE_WIDTH - 1),
            Step::Scale { shift, width, .. }
            | Step::Prelu { shift, width }
            | Step::Rprelu { shift, width } => {
                in_range("shift", shift, 0, MAX_SHIFT)?;
                in_range("width", width, 2, MAX_VALUE_WIDTH)
            }
            Step::Residual { residual, width } => {
                in_range("residual", residual, 1, MAX_VALUE_WIDTH)?;
                in_range("width", width, 2, MAX_VALUE_WIDTH)
            }
            Step::Clamp { low, high } => {
                if low >= high || low < input.min && high < input.min || low > input.max {
                    return fail(
                        format!("`clamp` from {low} to {high} leaves one value of {input}"),
                        "give limits within the range, the lower one first",
                    );
                }
                Ok(())
            }
            Step::MaxPool { window, before_threshold } => {
                self.check_window(path, window)?;
                if before_threshold && !bits {
                    return fail(
                        "`before_threshold` needs a `threshold` right before".to_owned(),
                        "leave it out: values are pooled as they are",
                    );
                }
                Ok(())
            }
            Step::AvgPool { window } => {
                self.check_window(path, window)?;
                if window.iter().product::<usize>().is_power_of_two() {
                    return Ok(());
                }
                fail(
                    "the window of `avgpool` is not a power of two, so that the mean is no shift"
                        .to_owned(),
                    "choose such a window, or a `scale` after a power of two",
                )
            }
        }
    }

    fn check_window(&self, path: &str, window: [usize; 3]) -> Result<(), LayerError> {
        let axes = self.geometry().kind.axes();
        for (axis, &size) in window.iter().enumerate() {
            if size == 0 || size > self.shape[axis] || (size > 1 && !axes.contains(&axis)) {
                return Err(LayerError::new(
                    path,
                    format!("a window of {size} does not fit {} positions", self.shape[axis]),
                    "give one size for each dimension of the layer, at least 1",
                ));
            }
        }
        Ok(())
    }

    /// No port may be wider than [`MAX_PORT_WIDTH`].
    fn check_streams(&self) -> Result<(), LayerError> {
        for (role, stream) in self.streams() {
            let width = stream.lanes_per_transfer * stream.lane_width;
            if width <= MAX_PORT_WIDTH {
                continue;
            }
            let path = if matches!(role, "x") { "folding.simd" } else { "folding.lanes" };
            let path = if role == "p" { "folding.simd" } else { path };
            return Err(LayerError::new(
                path,
                format!("stream `{}` is {width} bits wide, over {MAX_PORT_WIDTH}", stream.name),
                "choose a smaller number",
            ));
        }
        Ok(())
    }

    /// The parameters.
    #[must_use]
    pub fn parameters(&self) -> &LayerParameters {
        &self.parameters
    }

    /// Name of the top.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.parameters.name
    }

    /// Geometry.
    #[must_use]
    pub fn geometry(&self) -> &Geometry {
        &self.parameters.geometry
    }

    /// Channels of a word.
    #[must_use]
    pub fn simd(&self) -> usize {
        self.parameters.simd
    }

    /// Outputs of a vector.
    #[must_use]
    pub fn lanes(&self) -> usize {
        self.parameters.lanes
    }

    /// The steps after the dot product.
    #[must_use]
    pub fn steps(&self) -> &[PlacedStep] {
        &self.steps
    }

    /// Words of a tap.
    #[must_use]
    pub fn words_per_tap(&self) -> usize {
        self.geometry().channels_per_group().div_ceil(self.simd())
    }

    /// Terms of the last word of a tap.
    #[must_use]
    pub fn last_word(&self) -> usize {
        self.geometry().channels_per_group() - (self.words_per_tap() - 1) * self.simd()
    }

    /// Words of a dot product.
    #[must_use]
    pub fn words(&self) -> usize {
        self.words_per_tap() * self.geometry().taps()
    }

    /// Words of an input position.
    #[must_use]
    pub fn words_per_position(&self) -> usize {
        self.words_per_tap() * self.geometry().groups
    }

    /// Vectors of a group of outputs.
    #[must_use]
    pub fn vectors_per_group(&self) -> usize {
        self.geometry().outputs_per_group().div_ceil(self.lanes())
    }

    /// Vectors of an output position.
    #[must_use]
    pub fn vectors(&self) -> usize {
        self.vectors_per_group() * self.geometry().groups
    }

    /// The output channel of a lane of a vector, or nothing where the lane is a rest.
    #[must_use]
    pub fn channel(&self, vector: usize, lane: usize) -> Option<usize> {
        let per_group = self.geometry().outputs_per_group();
        let (group, part) = (vector / self.vectors_per_group(), vector % self.vectors_per_group());
        let within = part * self.lanes() + lane;
        (within < per_group).then(|| group * per_group + within)
    }

    /// Whether taps in the padding are masked.
    #[must_use]
    pub fn masked(&self) -> bool {
        self.geometry().is_padded() && self.geometry().padding_value == PaddingValue::Zero
    }

    /// The dot product of a word.
    #[must_use]
    pub fn dot(&self) -> Dot {
        let compressor: &'static dyn CompressorStrategy = match self.parameters.target {
            Target::Asic => &compress::Timed,
            Target::Fpga => &compress::Counters,
        };
        Dot {
            x: self.parameters.activations,
            w: self.parameters.weights,
            lanes: self.simd(),
            masked: self.masked(),
            compressor,
        }
    }

    /// Topology of carry-propagate adders.
    #[must_use]
    pub const fn topology(&self) -> Topology {
        Topology::Sklansky
    }

    /// Whether dot products accumulate in carry-save.
    #[must_use]
    pub fn carry_save(&self) -> bool {
        self.parameters.carry_save.unwrap_or(self.parameters.target == Target::Asic)
    }

    /// Reset style.
    #[must_use]
    pub const fn reset(&self) -> Reset {
        self.parameters.reset
    }

    /// All values of a dot product, for any weights.
    #[must_use]
    pub fn dot_range(&self) -> Range {
        let (x, w) = (self.parameters.activations, self.parameters.weights);
        let corners = [x.min(), x.max()].map(|x| [x * w.min(), x * w.max()]).concat();
        let terms = self.geometry().fan_in() as i64;
        let least = corners.iter().copied().min().unwrap_or_default();
        let most = corners.iter().copied().max().unwrap_or_default();
        // With padding a part of the terms may be zero.
        let zero = if self.masked() { 0 } else { least };
        Range { min: terms * least.min(zero), max: terms * most.max(zero.min(most)) }
    }

    /// What an XNOR accumulator starts with less than the dot product: K F.
    #[must_use]
    pub fn offset(&self) -> i64 {
        self.geometry().fan_in() as i64 * self.dot().offset()
    }

    /// What a masked word counts: (a full word, the last word of a tap).
    #[must_use]
    pub fn skips(&self) -> (i64, i64) {
        let factor = self.dot().offset();
        (self.simd() as i64 * factor, self.last_word() as i64 * factor)
    }

    /// Whether the accumulator counts in twos, because all that is added up is even.
    #[must_use]
    pub fn halved(&self) -> bool {
        if self.dot().kind() != DotKind::Xnor {
            return false;
        }
        let (full, last) = self.skips();
        let full = if self.words_per_tap() > 1 { full } else { 0 };
        !self.masked() || (full % 2 == 0 && last % 2 == 0)
    }

    /// Whether the first step is a threshold, which the accumulator starts from, so that its sign
    /// is the result.
    #[must_use]
    pub fn preloaded(&self) -> bool {
        matches!(self.parameters.steps.first(), Some(Step::Threshold { .. }))
    }

    /// What the accumulator holds at the end of a dot product.
    #[must_use]
    pub fn accumulator_range(&self) -> Range {
        let d = self.dot_range();
        let exact = match self.preloaded() {
            true => Range { min: d.min - (d.max + 1), max: d.max - d.min },
            false => d,
        };
        let unit = if self.halved() { 2 } else { 1 };
        Range { min: exact.min.div_euclid(unit), max: exact.max.div_euclid(unit) }
    }

    /// Bits of the accumulator.
    #[must_use]
    pub fn accumulator_width(&self) -> usize {
        self.accumulator_range().signed_width()
    }

    /// The value with which the accumulator starts, given the threshold (0 without one).
    #[must_use]
    pub fn start(&self, threshold: i64) -> i64 {
        let exact = -self.offset() - threshold;
        if self.halved() { exact.div_euclid(2) } else { exact }
    }

    /// Values of the output.
    #[must_use]
    pub fn output_range(&self) -> Range {
        self.steps.last().map_or(self.dot_range(), |step| step.output)
    }

    /// Depth, height and width of the output.
    #[must_use]
    pub const fn output_shape(&self) -> [usize; 3] {
        self.shape
    }

    /// Bits of the residual, if there is one.
    #[must_use]
    pub fn residual(&self) -> Option<(usize, &PlacedStep)> {
        self.steps.iter().find_map(|step| match step.step {
            Step::Residual { residual, .. } => Some((residual, step)),
            _ => None,
        })
    }

    /// Stream of the activations: a beat is a word of channels of an input position.
    #[must_use]
    pub fn stream_x(&self) -> Stream {
        stream("s_axis_x", self.simd(), self.parameters.activations.width(), true)
    }

    /// Stream of the parameters, see [`super::frame`].
    #[must_use]
    pub fn stream_p(&self) -> Stream {
        stream("s_axis_p", 1, self.frame_width(), false)
    }

    /// Stream of the residual: a beat is a vector of channels of a position.
    #[must_use]
    pub fn stream_r(&self) -> Option<Stream> {
        self.residual().map(|(width, _)| stream("s_axis_r", self.lanes(), width, false))
    }

    /// Stream of the results: a beat is a vector of channels of an output position.
    #[must_use]
    pub fn stream_y(&self) -> Stream {
        stream("m_axis_y", self.lanes(), self.output_range().width(), true)
    }

    /// The streams of the top with what they carry, in port order.
    #[must_use]
    pub fn streams(&self) -> Vec<(&'static str, Stream)> {
        let mut streams = vec![("x", self.stream_x()), ("p", self.stream_p())];
        streams.extend(self.stream_r().map(|stream| ("r", stream)));
        streams.push(("y", self.stream_y()));
        streams
    }

    /// A short hash of everything that determines the output.
    #[must_use]
    pub fn hash(&self) -> String {
        // What is left to a default is the same as the default written out.
        let carry_save = Some(self.carry_save());
        let parameters = LayerParameters { carry_save, ..self.parameters.clone() };
        let mut hash = cache::hash(&[&format!("{parameters:?}")]);
        hash.truncate(12);
        hash
    }
}

/// A stream whose beats are single transfers.
fn stream(name: &'static str, lanes: usize, lane_width: usize, has_last: bool) -> Stream {
    Stream { name, lanes, lane_width, lanes_per_transfer: lanes, transfers_per_beat: 1, has_last }
}

fn check_geometry(parameters: &LayerParameters) -> Result<(), LayerError> {
    let geometry = &parameters.geometry;
    let kind = geometry.kind;
    let fail = |key: &str, message: String, help: &str| {
        Err(LayerError::new(format!("layer.{kind}.{key}"), message, help))
    };
    let size = |key: &str, value: usize, most: usize| {
        if (1..=most).contains(&value) {
            return Ok(());
        }
        let message = format!("`{key}` is {value}, out of range 1 to {most}");
        fail(key, message, "give a number from the range")
    };
    let channels = if kind.axes().is_empty() { "inputs" } else { "channels" };
    size(channels, geometry.channels, MAX_SIZE)?;
    size("outputs", geometry.outputs, MAX_SIZE)?;
    for &axis in kind.axes() {
        let axis = geometry.axes[axis];
        size("input", axis.input, MAX_SIZE)?;
        size("kernel", axis.kernel, 63)?;
        size("stride", axis.stride, 63)?;
        size("dilation", axis.dilation, 63)?;
        if axis.padding >= axis.reach() {
            return fail(
                "padding",
                format!(
                    "`padding` is {}, but the kernel reaches over {} positions: some outputs would \
                     see nothing but padding",
                    axis.padding,
                    axis.reach()
                ),
                "give less padding than the reach of the kernel",
            );
        }
        if axis.output() == 0 {
            return fail(
                "kernel",
                format!(
                    "the kernel reaches over {} positions, but input and padding have {}",
                    axis.reach(),
                    axis.input + 2 * axis.padding
                ),
                "choose a smaller kernel or dilation, or more padding",
            );
        }
    }
    if geometry.groups == 0
        || !geometry.channels.is_multiple_of(geometry.groups)
        || !geometry.outputs.is_multiple_of(geometry.groups)
    {
        return fail(
            "groups",
            format!(
                "{} groups do not divide {} channels and {} outputs",
                geometry.groups, geometry.channels, geometry.outputs
            ),
            "every group has as many channels and as many outputs as the others",
        );
    }
    if geometry.fan_in() > MAX_FAN_IN {
        let message = format!("{} terms in a dot product", geometry.fan_in());
        return fail("kernel", message, "at most 1048576 terms are supported");
    }
    let padding = match geometry.padding_value {
        PaddingValue::Zero => 0,
        PaddingValue::Minus => -1,
        PaddingValue::Plus => 1,
    };
    if padding != 0 && parameters.activations.code(padding).is_none() {
        return fail(
            "padding_value",
            format!("{padding} is not among the values of `{}`", parameters.activations),
            "pad with zero, or with a value that activations can have",
        );
    }
    for (key, value, most) in
        [("simd", parameters.simd, MAX_PORT_WIDTH), ("lanes", parameters.lanes, 256)]
    {
        if !(1..=most).contains(&value) {
            let message = format!("`{key}` is {value}, out of range 1 to {most}");
            return Err(LayerError::new(
                format!("folding.{key}"),
                message,
                "give a number from the range",
            ));
        }
    }
    let per_group = geometry.channels_per_group();
    if parameters.simd > per_group {
        return Err(LayerError::new(
            "folding.simd",
            format!(
                "`simd` is {}, but there are only {per_group} channels to a group",
                parameters.simd
            ),
            format!("give a number from 1 to {per_group}"),
        ));
    }
    let residuals = parameters.steps.iter().filter(|step| matches!(step, Step::Residual { .. }));
    if residuals.count() > 1 {
        return Err(LayerError::new(
            "epilogue",
            "there is more than one `residual`",
            "a layer has one residual stream; split it into two layers",
        ));
    }
    Ok(())
}

/// Entries of a table in a layer: per lane and vector, or once per position.
#[must_use]
pub fn values_of(table: &Table) -> usize {
    match table.of {
        TableOf::Channels(count) => count,
        TableOf::Positions => 1,
    }
}

/// Whether a step reads a table of positions.
#[must_use]
pub const fn is_positional(step: &Step) -> bool {
    matches!(step, Step::Scale { per: Per::Position, .. })
}
