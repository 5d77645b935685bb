//! Tiles of samples on a layer engine as a workload of the simulation.

use num_bigint::BigUint;

use super::{Expected, Frame, Place, Spot, Workload};
use crate::binary::frame::LayerValues;
use crate::binary::{Layer, LayerError, Range, Step};
use crate::data::{Tensor, Words};
use crate::design::Stream;
use crate::golden::binary::{dot_products, epilogue, magnitudes, quantize};
use crate::vectors::pack;

/// Samples with the parameters that hold for them.
#[derive(Clone, Debug)]
pub struct Tile {
    /// Parameters.
    pub values: LayerValues,
    /// \[samples, depth, height, width, channels\]: activations, or integers where the layer has an
    /// input stage.
    pub activations: Tensor,
    /// As the values that reach the step `residual`, where there is one.
    pub residual: Option<Tensor>,
}

/// What a layer makes of a tile.
#[derive(Clone, Debug)]
pub struct Outputs {
    /// The result.
    pub y: Tensor,
    /// What passes the tee, where there is one.
    pub tee: Option<Tensor>,
}

impl Layer {
    /// The results of a tile by their definition. The parameters hold as they are given, not as
    /// they are loaded.
    ///
    /// # Errors
    /// [`LayerError`] when a tensor does not fit the layer.
    pub fn define(&self, tile: &Tile) -> Result<Outputs, LayerError> {
        check(self, tile)?;
        let values = &tile.values;
        let activations = match self.input_stage() {
            None => tile.activations.clone(),
            Some(stage) => {
                let mut levels = self.parameters().activations.values();
                levels.sort_unstable();
                quantize(&levels, &values.input, stage.strict, &tile.activations)
            }
        };
        let d = dot_products(self.geometry(), &activations, &values.weights);
        let residuals: Vec<Tensor> = tile.residual.iter().cloned().collect();
        let steps = &self.parameters().steps;
        let magnitudes =
            self.magnitude_widths().map(|_| magnitudes(self.geometry(), &tile.activations));
        let second = (residuals.as_slice(), magnitudes.as_ref());
        let after = |count: usize| epilogue(&steps[..count], &values.steps, second, &d);
        let tee = steps.iter().position(|step| *step == Step::Tee);
        Ok(Outputs { y: after(steps.len()), tee: tee.map(after) })
    }
}

impl Layer {
    /// The transfers of the stream of parameters for values that [`Layer::check_values`] has seen.
    #[must_use]
    pub fn parameter_frame(&self, values: &LayerValues) -> Frame {
        frame_of(1, &self.stream_p(), &self.frame(values))
    }

    /// Where a lane of a transfer of a stream belongs, whose tensor has these positions: depth,
    /// height and width.
    fn place(
        &self,
        stream: &'static str,
        positions: [usize; 3],
        (tile, transfer, lane): (usize, usize, usize),
    ) -> Place {
        let vectors = self.vectors();
        let (row, vector) = (transfer / vectors, transfer % vectors);
        let [depth, height, width] = positions;
        let (sample, within) = (row / (depth * height * width), row % (depth * height * width));
        let full = [within / (height * width), within / width % height, within % width];
        let channel = self.channel(vector, lane);
        let axes = self.geometry().kind.axes();
        Place {
            tile,
            origin: (row, vector * self.lanes()),
            row,
            col: channel.unwrap_or(self.geometry().outputs),
            lane,
            operands: Vec::new(),
            terms: self.geometry().fan_in(),
            spot: Some(Spot {
                stream,
                sample,
                position: axes.iter().map(|&axis| full[axis]).collect(),
                channel,
            }),
        }
    }
}

/// A run of tiles with what must come out.
pub struct LayerRun<'a> {
    layer: &'a Layer,
    tiles: Vec<Tile>,
    results: Vec<Tensor>,
    vectors: Vec<Vec<BigUint>>,
    tees: Vec<Vec<BigUint>>,
}

impl<'a> LayerRun<'a> {
    /// Checks the tiles and computes their results.
    ///
    /// # Errors
    /// [`LayerError`] when a tensor does not fit the layer.
    pub fn new(layer: &'a Layer, tiles: &[Tile]) -> Result<Self, LayerError> {
        let mut run = Self {
            layer,
            tiles: Vec::new(),
            results: Vec::new(),
            vectors: Vec::new(),
            tees: Vec::new(),
        };
        for tile in tiles {
            let checked = check(layer, tile)?;
            let Outputs { y, tee } = layer.define(tile)?;
            run.vectors.push(layer.vectors_of(&y, layer.stream_y().lane_width));
            run.results.push(y);
            if let (Some(stream), Some(tee)) = (layer.stream_t(), tee) {
                run.tees.push(layer.vectors_of(&tee, stream.lane_width));
            }
            run.tiles.push(Tile { values: checked, ..tile.clone() });
        }
        Ok(run)
    }

    /// The results of the golden model, tile by tile.
    #[must_use]
    pub fn results(&self) -> &[Tensor] {
        &self.results
    }

    /// The tiles, with the values of their tables as they are loaded.
    pub(super) fn tiles(&self) -> &[Tile] {
        &self.tiles
    }

    /// Values of results before a tile.
    fn offset(&self, tile: usize) -> usize {
        self.results[..tile].iter().map(|result| result.data.len()).sum()
    }
}

/// The lanes of a transfer.
fn words_of(stream: &Stream, transfer: &BigUint) -> Words {
    let mut words = Words::zeros(stream.lane_width, stream.lanes);
    let mask = (BigUint::from(1u32) << stream.lane_width) - 1u32;
    for lane in 0..stream.lanes {
        let value = (transfer >> (lane * stream.lane_width)) & &mask;
        words.set_integer(lane, &value.into());
    }
    words
}

/// Transfers of a source as the driver takes them.
pub(super) fn frame_of(source: usize, stream: &Stream, transfers: &[BigUint]) -> Frame {
    let lanes: Vec<Words> = transfers.iter().map(|transfer| words_of(stream, transfer)).collect();
    let bytes = pack::pack(stream, transfers.len(), |lane, beat| lanes[beat].get(lane).to_vec());
    Frame { source, bytes }
}

/// Checks a tile; gives its values as they are loaded.
fn check(layer: &Layer, tile: &Tile) -> Result<LayerValues, LayerError> {
    let geometry = layer.geometry();
    let [d, h, w] = geometry.input();
    let samples = tile.activations.samples();
    let shape = [samples, d, h, w, geometry.channels];
    let fail = |name: &str, message: String, help: &str| Err(LayerError::new(name, message, help));
    if tile.activations.shape != shape || samples == 0 {
        let found = tile.activations.shape;
        let message = format!("activations have shape {found:?}, the layer takes {shape:?}");
        return fail("x", message, "order the axes as samples, positions, channels");
    }
    if let Some(value) = tile.activations.data.iter().find(|value| !layer.is_input(**value)) {
        let (message, help) = match layer.input_stage() {
            Some(stage) => (
                format!("the input {value} does not fit {} bits", stage.width),
                "scale the input down, or make the input stage wider",
            ),
            None => (
                format!(
                    "the activation {value} is not a value of `{}`",
                    layer.parameters().activations
                ),
                "quantise the activations, or choose another format",
            ),
        };
        return fail("x", message, help);
    }
    match (layer.residual(), &tile.residual) {
        (None, None) => {}
        (None, Some(_)) => {
            let message = "the layer has no step `residual`".to_owned();
            return fail("residual", message, "leave the residual out");
        }
        (Some((width, placed)), residual) => {
            let [d, h, w] = placed.positions;
            let shape = [samples, d, h, w, geometry.outputs];
            let limits = Range::signed(width);
            let fits = residual.as_ref().is_some_and(|residual| {
                residual.shape == shape && residual.data.iter().all(|&v| limits.clamp(v) == v)
            });
            if !fits {
                let message =
                    format!("a residual of shape {shape:?} with values {limits} is needed");
                return fail("residual", message, "give one on the grid of the step");
            }
        }
    }
    layer.check_values(&tile.values)
}

impl Workload for LayerRun<'_> {
    fn sources(&self) -> Vec<Stream> {
        let streams = self.layer.streams();
        let inputs = streams.into_iter().filter(|(_, stream)| !stream.is_output());
        inputs.map(|(_, stream)| stream).collect()
    }

    fn sink(&self) -> Stream {
        self.layer.stream_y()
    }

    fn side_sinks(&self) -> Vec<Stream> {
        self.layer.stream_t().into_iter().collect()
    }

    fn side_results(&self, _sink: usize, step: usize) -> Vec<Words> {
        let stream = self.layer.stream_t();
        let words = |transfer| stream.as_ref().map(|stream| words_of(stream, transfer));
        self.tees.get(step).into_iter().flatten().filter_map(words).collect()
    }

    fn steps(&self) -> usize {
        self.tiles.len()
    }

    fn frames(&self, step: usize) -> Vec<Frame> {
        let (layer, tile) = (self.layer, &self.tiles[step]);
        let mut frames = vec![
            layer.parameter_frame(&tile.values),
            frame_of(0, &layer.stream_x(), &layer.words_of(&tile.activations)),
        ];
        if let (Some(stream), Some(residual)) = (layer.stream_r(), &tile.residual) {
            let vectors = layer.vectors_of(residual, stream.lane_width);
            frames.push(frame_of(2, &stream, &vectors));
        }
        frames
    }

    fn transfers(&self, step: usize) -> usize {
        self.vectors[step].len()
    }

    fn expected(&self, step: usize, index: usize) -> Expected {
        let words = words_of(&self.sink(), &self.vectors[step][index]);
        Expected { words, last: index + 1 == self.transfers(step), part: 0 }
    }

    fn signed(&self) -> bool {
        self.layer.output_range().is_signed()
    }

    fn result(&self) -> Words {
        Words::zeros(self.sink().lane_width, self.offset(self.results.len()))
    }

    fn store(&self, result: &mut Words, step: usize, index: usize, words: &Words) {
        let vectors = self.layer.vectors();
        let (position, vector) = (index / vectors, index % vectors);
        let start = self.offset(step) + position * self.layer.geometry().outputs;
        for lane in 0..words.len() {
            if let Some(channel) = self.layer.channel(vector, lane) {
                result.set(start + channel, words.get(lane));
            }
        }
    }

    fn place(&self, step: usize, transfer: usize, index: usize) -> Place {
        let positions = self.layer.output_shape();
        self.layer.place(self.sink().name, positions, (step, transfer, index))
    }

    fn side_place(&self, _side: usize, step: usize, transfer: usize, index: usize) -> Place {
        let positions = self.layer.tee().map_or(self.layer.output_shape(), |tee| tee.positions);
        self.layer.place("m_axis_t", positions, (step, transfer, index))
    }

    fn cycles(&self) -> u64 {
        let samples: Vec<usize> = self.tiles.iter().map(|t| t.activations.samples()).collect();
        self.layer.cycles(&samples)
    }

    fn operations(&self) -> u64 {
        let geometry = self.layer.geometry();
        let samples: usize = self.tiles.iter().map(|tile| tile.activations.samples()).sum();
        let outputs = samples * geometry.output_positions() * geometry.outputs;
        outputs as u64 * geometry.fan_in() as u64
    }

    fn operations_per_cycle(&self) -> f64 {
        self.layer.operations_per_cycle()
    }

    fn beats(&self) -> u64 {
        let samples: usize = self.tiles.iter().map(|tile| tile.activations.samples()).sum();
        let positions = samples * self.layer.geometry().output_positions();
        positions as u64 * (self.layer.vectors() * self.layer.words()) as u64
    }
}
