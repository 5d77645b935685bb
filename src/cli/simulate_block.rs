//! `bitweight sim` of a block of binarized layers.

use std::path::Path;

use anyhow::bail;

use super::Outcome;
use super::layer_files::Reader;
use super::simulate_layer::{Request, Subject, TILES, describe, output_shape, texts};
use crate::binary::Block;
use crate::rtl;
use crate::workload::{BlockRun, BlockTile, random_block_tiles};

impl Request<'_> {
    /// Simulates the block and prints the report.
    pub fn run_block(self, block: &Block) -> anyhow::Result<Outcome> {
        let mut reader = Reader::default();
        let tiles = match (self.x, self.params) {
            (None, _) => random_block_tiles(block, TILES, self.seed),
            (Some(_), None) => bail!(
                "the layers need parameters\n  help: give with --params the folder that has a \
                 folder for each layer, with its w.npy and its tables"
            ),
            (Some(x), Some(folder)) => vec![tile(block, x, folder, &mut reader)?],
        };
        let run = BlockRun::new(block, &tiles).map_err(|error| describe(&error))?;
        let samples = tiles.iter().map(|tile| tile.x.samples()).sum();
        let each = block.layers().iter().map(|layer| layer.simd() * layer.lanes());
        let subject = Subject {
            name: block.name(),
            workload: &run,
            files: texts(rtl::binary::block_modules(block)),
            output_shape: output_shape(block.last(), samples),
            samples,
            multipliers: format!("{} multipliers in all layers", each.sum::<usize>()),
            notes: reader.notes,
        };
        self.execute(subject)
    }
}

/// A tile from files: the parameters of each layer are in a folder of its name.
fn tile(block: &Block, x: &Path, folder: &Path, reader: &mut Reader) -> anyhow::Result<BlockTile> {
    let x = reader.inputs(&block.layers()[0], x)?;
    let mut values = Vec::new();
    for (layer, (own, _)) in block.layers().iter().zip(&block.parameters().layers) {
        let folder = folder.join(&own.name);
        values.push(reader.layer_values(layer, &folder.join("w.npy"), Some(&folder))?);
    }
    Ok(BlockTile { x, values })
}
