//! `bitweight sim` of a binarized layer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::layer_files::Reader;
use super::watch::Tiles;
use super::{Outcome, report};
use crate::binary::{Layer, LayerError};
use crate::rtl;
use crate::sim::{self, Task, npy};
use crate::workload::{LayerRun, Tile, Workload, random_tiles};

/// Tiles of random samples that run when no activations are given: samples of each.
pub(super) const TILES: &[usize] = &[1, 2];

/// What is asked for.
pub(super) struct Request<'a> {
    pub x: Option<&'a Path>,
    pub w: Option<&'a Path>,
    pub params: Option<&'a Path>,
    pub residual: Option<&'a Path>,
    pub out: Option<&'a Path>,
    pub files: Option<Vec<(String, String)>>,
    pub seed: u64,
    pub stall: f64,
    pub trace: Option<PathBuf>,
    pub limit: Duration,
    pub json: bool,
}

/// What is simulated.
pub(super) struct Subject<'a> {
    pub name: &'a str,
    pub workload: &'a dyn Workload,
    /// The files of the design itself.
    pub files: Vec<(String, String)>,
    pub output_shape: Vec<usize>,
    pub samples: usize,
    /// What the utilisation is of.
    pub multipliers: String,
    /// What a user should know about the arrays that were read.
    pub notes: Vec<String>,
}

impl Request<'_> {
    /// Simulates the layer and prints the report.
    pub fn run(self, layer: &Layer) -> anyhow::Result<Outcome> {
        let mut reader = Reader::default();
        let tiles = self.tiles(layer, &mut reader)?;
        let run = LayerRun::new(layer, &tiles).map_err(|error| describe(&error))?;
        let samples = tiles.iter().map(|tile| tile.activations.samples()).sum();
        let subject = Subject {
            name: layer.name(),
            workload: &run,
            files: texts(rtl::binary::modules(layer)),
            output_shape: output_shape(layer, samples),
            samples,
            multipliers: format!("{} x {} multipliers", layer.simd(), layer.lanes()),
            notes: reader.notes,
        };
        self.execute(subject)
    }

    /// Simulates and prints the report.
    pub fn execute(&self, subject: Subject<'_>) -> anyhow::Result<Outcome> {
        let Subject { name, workload, samples, .. } = subject;
        let task = Task {
            top: name,
            files: self.files.clone().unwrap_or_else(|| subject.files.clone()),
            workload,
            seed: self.seed,
            stall: self.stall,
            trace: self.trace.clone(),
            limit: self.limit,
        };
        let mut watch = Tiles::new(name);
        let (result, words) = sim::execute(&task, &mut |done, tiles| watch.tell(done, tiles))?;
        drop(watch);
        if let Some(path) = self.out {
            npy::write_tensor(path, &subject.output_shape, &words, workload.signed())
                .with_context(|| format!("cannot write the result to {}", path.display()))?;
        }
        if self.json {
            let mut object = serde_json::to_value(&result)?;
            object["design"] = name.into();
            object["samples"] = samples.into();
            object["output_shape"] = json!(subject.output_shape);
            object["notes"] = json!(subject.notes);
            report::print_json(&object)?;
        } else {
            let verdict = if result.passed { "PASS" } else { "FAIL" };
            let mut text = format!(
                "{verdict}  {name}: {samples} samples in {} tiles, every result compared with the \
                 golden model\n",
                result.tiles
            );
            let expected = result.expected_cycles;
            let cycles = match (workload.cycles_are_exact(), self.stall > 0.0) {
                (false, _) => format!("the slowest layer takes {expected} by itself"),
                (true, true) => format!("{expected} without stalls"),
                (true, false) if result.cycles == expected => "as the schedule says".to_owned(),
                (true, false) => format!("the schedule says {expected}"),
            };
            text += &format!("  cycles       {} ({cycles})\n", result.cycles);
            text += &format!("  operations   {}\n", result.macs);
            text += &format!(
                "  utilisation  {:.2} % of {}\n",
                100.0 * result.utilisation,
                subject.multipliers
            );
            for note in &subject.notes {
                text += &format!("  note         {note}\n");
            }
            for mismatch in &result.first_mismatches {
                text += &format!("  {mismatch}\n");
            }
            for fault in &result.faults {
                text += &format!("  fault        {fault}\n");
            }
            report::print_text(&text)?;
        }
        Ok(if result.passed { Outcome::Good } else { Outcome::Failed })
    }

    fn tiles(&self, layer: &Layer, reader: &mut Reader) -> anyhow::Result<Vec<Tile>> {
        let (Some(x), Some(w)) = (self.x, self.w) else {
            if self.x.is_some() {
                bail!("there are no weights\n  help: give them with --w");
            }
            return Ok(random_tiles(layer, TILES, self.seed));
        };
        let activations = reader.inputs(layer, x)?;
        let values = reader.layer_values(layer, w, self.params)?;
        let residual = self.residual.map(|path| reader.residual(layer, path)).transpose()?;
        Ok(vec![Tile { values, activations, residual }])
    }
}

/// Names and texts of the files of modules.
pub(super) fn texts(modules: Vec<rtl::Module>) -> Vec<(String, String)> {
    modules.into_iter().map(|module| (module.file(), module.text)).collect()
}

pub(super) fn describe(error: &LayerError) -> anyhow::Error {
    anyhow::anyhow!("{}: {}\n  help: {}", error.path, error.message, error.help)
}

/// The sizes of the axes along which the layer slides.
fn along(layer: &Layer, sizes: [usize; 3]) -> Vec<usize> {
    layer.geometry().kind.axes().iter().map(|&axis| sizes[axis]).collect()
}

pub(super) fn output_shape(layer: &Layer, samples: usize) -> Vec<usize> {
    let mut shape = vec![samples];
    shape.extend(along(layer, layer.output_shape()));
    shape.push(layer.geometry().outputs);
    shape
}
