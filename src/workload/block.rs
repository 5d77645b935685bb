//! Tiles of samples on a block as a workload of the simulation.

use super::layer::frame_of;
use super::{Expected, Frame, LayerRun, Outputs, Place, Tile, Workload, random_tiles};
use crate::arith::operand::Operand;
use crate::binary::frame::LayerValues;
use crate::binary::{Block, LayerError, Shortcut, Step};
use crate::data::{Tensor, Words};
use crate::design::Stream;
use crate::golden::binary::apply;

/// Samples with the parameters of all layers that hold for them.
#[derive(Clone, Debug)]
pub struct BlockTile {
    /// \[samples, depth, height, width, channels\] as for the first layer.
    pub x: Tensor,
    /// Parameters of each layer.
    pub values: Vec<LayerValues>,
}

/// Tiles of these numbers of samples, each with parameters of its own. The same seed gives the
/// same tiles.
#[must_use]
pub fn random_block_tiles(block: &Block, samples: &[usize], seed: u64) -> Vec<BlockTile> {
    let layers = block.layers().iter().enumerate();
    let mut of_layers: Vec<Vec<Tile>> = layers
        .map(|(index, layer)| random_tiles(layer, samples, seed * 31 + index as u64))
        .collect();
    let tile = |number: usize| BlockTile {
        x: of_layers[0][number].activations.clone(),
        values: of_layers.iter_mut().map(|tiles| tiles[number].values.clone()).collect(),
    };
    (0..samples.len()).map(tile).collect()
}

/// What a layer takes of the results of the layer before.
fn activations(y: &Tensor, format: Operand, is_staged: bool) -> Tensor {
    match format {
        Operand::Bipolar { planes: 1 } if !is_staged => y.map(|bit| 2 * bit - 1),
        _ => y.clone(),
    }
}

/// The shortcut from the values at its start.
fn residual(shortcut: &Shortcut, start: &Tensor) -> Tensor {
    let pooled = match shortcut.window {
        [1, 1, 1] => start.clone(),
        window => apply(&Step::AvgPool { window }, &vec![], None, start),
    };
    let [n, d, h, w, channels] = pooled.shape;
    Tensor::from_fn([n, d, h, w, channels * shortcut.repeat], |[n, z, y, x, c]| {
        pooled.at([n, z, y, x, c % channels])
    })
}

impl Block {
    /// The operands of each layer for a tile, from the definition of the layers before.
    ///
    /// # Errors
    /// [`LayerError`] when a tensor does not fit its layer.
    pub fn define(&self, tile: &BlockTile) -> Result<Vec<(Tile, Outputs)>, LayerError> {
        let mut done: Vec<(Tile, Outputs)> = Vec::new();
        if tile.values.len() != self.layers().len() {
            let message = format!("parameters of {} layers", tile.values.len());
            return Err(LayerError::new("params", message, "give those of every layer"));
        }
        for (index, (layer, values)) in self.layers().iter().zip(&tile.values).enumerate() {
            let x = match done.last() {
                None => tile.x.clone(),
                Some((_, Outputs { y, .. })) => {
                    let format = layer.parameters().activations;
                    activations(y, format, layer.input_stage().is_some())
                }
            };
            let start = |from: usize| match from.checked_sub(1) {
                None => &tile.x,
                Some(before) => {
                    let Outputs { y, tee } = &done[before].1;
                    tee.as_ref().unwrap_or(y)
                }
            };
            let own = Tile {
                values: values.clone(),
                activations: x,
                residual: self
                    .shortcut(index)
                    .map(|shortcut| residual(shortcut, start(shortcut.from))),
            };
            let outputs = layer.define(&own).map_err(|error| LayerError {
                path: format!("{}: {}", layer.name(), error.path),
                ..error
            })?;
            done.push((own, outputs));
        }
        Ok(done)
    }
}

/// A run of tiles with what must come out.
pub struct BlockRun<'a> {
    block: &'a Block,
    /// What each layer would be fed by itself.
    layers: Vec<LayerRun<'a>>,
}

impl<'a> BlockRun<'a> {
    /// Checks the tiles and computes their results.
    ///
    /// # Errors
    /// [`LayerError`] when a tensor does not fit its layer.
    pub fn new(block: &'a Block, tiles: &[BlockTile]) -> Result<Self, LayerError> {
        let mut of_layers: Vec<Vec<Tile>> = vec![Vec::new(); block.layers().len()];
        for tile in tiles {
            for (index, (own, _)) in block.define(tile)?.into_iter().enumerate() {
                of_layers[index].push(own);
            }
        }
        let runs = block.layers().iter().zip(&of_layers);
        let layers: Result<_, _> = runs.map(|(layer, tiles)| LayerRun::new(layer, tiles)).collect();
        Ok(Self { block, layers: layers? })
    }

    fn last(&self) -> &LayerRun<'a> {
        &self.layers[self.layers.len() - 1]
    }

    /// The results of the golden model, tile by tile.
    #[must_use]
    pub fn results(&self) -> &[Tensor] {
        self.last().results()
    }
}

impl Workload for BlockRun<'_> {
    fn sources(&self) -> Vec<Stream> {
        let streams = self.block.streams().into_iter().map(|(_, stream)| stream);
        streams.filter(|stream| !stream.is_output()).collect()
    }

    fn sink(&self) -> Stream {
        self.last().sink()
    }

    fn side_sinks(&self) -> Vec<Stream> {
        self.last().side_sinks()
    }

    fn side_results(&self, sink: usize, step: usize) -> Vec<Words> {
        self.last().side_results(sink, step)
    }

    fn steps(&self) -> usize {
        self.last().steps()
    }

    fn frames(&self, step: usize) -> Vec<Frame> {
        let mut frames = Vec::new();
        for (index, (layer, run)) in self.block.layers().iter().zip(&self.layers).enumerate() {
            let frame = layer.parameter_frame(&run.tiles()[step].values);
            frames.push(Frame { source: 1 + index, ..frame });
        }
        let first = &self.block.layers()[0];
        let words = first.words_of(&self.layers[0].tiles()[step].activations);
        frames.push(frame_of(0, &first.stream_x(), &words));
        frames
    }

    fn transfers(&self, step: usize) -> usize {
        self.last().transfers(step)
    }

    fn expected(&self, step: usize, index: usize) -> Expected {
        self.last().expected(step, index)
    }

    fn signed(&self) -> bool {
        self.last().signed()
    }

    fn result(&self) -> Words {
        self.last().result()
    }

    fn store(&self, result: &mut Words, step: usize, index: usize, words: &Words) {
        self.last().store(result, step, index, words);
    }

    fn place(&self, step: usize, transfer: usize, index: usize) -> Place {
        self.last().place(step, transfer, index)
    }

    fn side_place(&self, side: usize, step: usize, transfer: usize, index: usize) -> Place {
        self.last().side_place(side, step, transfer, index)
    }

    /// The cycles of the slowest layer by itself: the block cannot be faster.
    fn cycles(&self) -> u64 {
        self.layers.iter().map(LayerRun::cycles).max().unwrap_or(0)
    }

    fn cycles_are_exact(&self) -> bool {
        false
    }

    /// The layers may work one after the other.
    fn patience(&self) -> u64 {
        self.layers.iter().map(LayerRun::patience).sum()
    }

    fn operations(&self) -> u64 {
        self.layers.iter().map(LayerRun::operations).sum()
    }

    fn operations_per_cycle(&self) -> f64 {
        self.layers.iter().map(LayerRun::operations_per_cycle).sum()
    }

    fn beats(&self) -> u64 {
        self.layers.iter().map(LayerRun::beats).max().unwrap_or(0)
    }
}
