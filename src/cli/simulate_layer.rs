//! `bitweight sim` of a binarized layer.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, bail};
use serde_json::json;

use super::{Outcome, report};
use crate::binary::frame::LayerValues;
use crate::binary::{
    Layer, LayerError, LayerKind, LayerRun, Operand, TableOf, Tile, random_tiles, values_of,
};
use crate::golden::binary::Tensor;
use crate::rtl;
use crate::sim::{self, Task, npy};
use crate::vectors::Workload;

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
}

impl Request<'_> {
    /// Simulates the layer and prints the report.
    pub fn run(self, layer: &Layer) -> anyhow::Result<Outcome> {
        let tiles = self.tiles(layer)?;
        let run = LayerRun::new(layer, &tiles).map_err(|error| describe(&error))?;
        let samples = tiles.iter().map(|tile| tile.activations.samples()).sum();
        let subject = Subject {
            name: layer.name(),
            workload: &run,
            files: texts(rtl::binary::modules(layer)),
            output_shape: output_shape(layer, samples),
            samples,
            multipliers: format!("{} x {} multipliers", layer.simd(), layer.lanes()),
        };
        self.execute(subject)
    }

    /// Simulates and prints the report.
    pub fn execute(&self, subject: Subject<'_>) -> anyhow::Result<Outcome> {
        let Subject { name, workload, samples, .. } = subject;
        let task = Task {
            top: name,
            files: self.files.clone().unwrap_or(subject.files),
            workload,
            seed: self.seed,
            stall: self.stall,
            trace: self.trace.clone(),
            limit: self.limit,
        };
        let (result, words) = sim::execute(&task, &mut |_, _| {})?;
        if let Some(path) = self.out {
            npy::write_tensor(path, &subject.output_shape, &words, workload.signed())
                .with_context(|| format!("cannot write the result to {}", path.display()))?;
        }
        if self.json {
            let mut object = serde_json::to_value(&result)?;
            object["design"] = name.into();
            object["samples"] = samples.into();
            object["output_shape"] = json!(subject.output_shape);
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

    fn tiles(&self, layer: &Layer) -> anyhow::Result<Vec<Tile>> {
        let (Some(x), Some(w)) = (self.x, self.w) else {
            if self.x.is_some() {
                bail!("there are no weights\n  help: give them with --w");
            }
            return Ok(random_tiles(layer, TILES, self.seed));
        };
        let activations = inputs(layer, x)?;
        let values = layer_values(layer, w, self.params)?;
        let residual = match self.residual {
            None => None,
            Some(path) => Some(tensor(path, |shape| residual_shape(layer, shape))?),
        };
        Ok(vec![Tile { values, activations, residual }])
    }
}

/// The input of a layer.
pub(super) fn inputs(layer: &Layer, path: &Path) -> anyhow::Result<Tensor> {
    let found = tensor(path, |shape| input_shape(layer, shape))?;
    match layer.input_stage() {
        Some(_) => Ok(found),
        None => values(path, found, layer.parameters().activations),
    }
}

/// Weights, and the tables in a folder.
pub(super) fn layer_values(
    layer: &Layer,
    w: &Path,
    folder: Option<&Path>,
) -> anyhow::Result<LayerValues> {
    let weights = weights(layer, w)?;
    let input = match layer.input_table() {
        None => Vec::new(),
        Some(table) => {
            let count = layer.geometry().channels * values_of(&table);
            let file = |folder: &Path| folder.join("input_threshold.npy");
            column(folder, ("the input stage", "input_threshold"), file, count)?
        }
    };
    let mut steps = Vec::new();
    for (index, placed) in layer.steps().iter().enumerate() {
        let mut columns = Vec::new();
        for table in &placed.tables {
            let count = match table.of {
                TableOf::Channels(count) => count * layer.geometry().outputs,
                TableOf::Positions => placed.positions.iter().product(),
            };
            let step = format!("the step `{}`", placed.step.name());
            let file = |folder: &Path| table_file(layer, folder, index, table.name);
            columns.push(column(folder, (&step, table.name), file, count)?);
        }
        steps.push(columns);
    }
    Ok(LayerValues { weights, input, steps })
}

/// The values of a table that `reader` needs.
fn column(
    folder: Option<&Path>,
    (reader, name): (&str, &str),
    file: impl Fn(&Path) -> PathBuf,
    count: usize,
) -> anyhow::Result<Vec<i64>> {
    let Some(folder) = folder else {
        bail!("{reader} needs parameters\n  help: give the folder of {name}.npy with --params");
    };
    let path = file(folder);
    let (_, data) = npy::read_array(&path)?;
    if data.len() != count {
        bail!("{} holds {} values, {reader} needs {count}", path.display(), data.len());
    }
    let narrow = |value: &i128| i64::try_from(*value).ok();
    let column: Option<Vec<i64>> = data.iter().map(narrow).collect();
    column.with_context(|| format!("{} holds values beyond 64 bits", path.display()))
}

/// Names and texts of the files of modules.
pub(super) fn texts(modules: Vec<rtl::Module>) -> Vec<(String, String)> {
    modules.into_iter().map(|module| (module.file(), module.text)).collect()
}

pub(super) fn describe(error: &LayerError) -> anyhow::Error {
    anyhow::anyhow!("{}: {}\n  help: {}", error.path, error.message, error.help)
}

/// The file of a table: `<step>_<table>.npy`, or `<table>.npy`.
fn table_file(layer: &Layer, folder: &Path, index: usize, table: &str) -> PathBuf {
    let numbered = folder.join(format!("{index}_{table}.npy"));
    let users = layer.steps().iter().flat_map(|placed| &placed.tables);
    let single = users.filter(|other| other.name == table).count() == 1;
    if single && !numbered.exists() { folder.join(format!("{table}.npy")) } else { numbered }
}

/// Reads a tensor of any integer or Boolean type whose shape `find` extends to five axes.
fn tensor(path: &Path, find: impl Fn(&[usize]) -> Option<[usize; 5]>) -> anyhow::Result<Tensor> {
    let (shape, data) = npy::read_array(path)?;
    let Some(full) = find(&shape) else {
        bail!(
            "{}: the shape {shape:?} does not fit the layer\n  help: order the axes channel-last, \
             samples first",
            path.display()
        );
    };
    let narrow: Option<Vec<i64>> = data.iter().map(|&value| i64::try_from(value).ok()).collect();
    let data = narrow.with_context(|| format!("{}: values beyond 64 bits", path.display()))?;
    Ok(Tensor { shape: full, data })
}

/// For -1 and +1 also the bits 0 and 1 are taken.
fn values(path: &Path, tensor: Tensor, format: Operand) -> anyhow::Result<Tensor> {
    if format != Operand::BINARY {
        return Ok(tensor);
    }
    let (zeros, negatives) = (tensor.data.contains(&0), tensor.data.contains(&-1));
    if zeros && negatives {
        bail!("{}: holds 0 and -1\n  help: give either bits or -1 and +1", path.display());
    }
    Ok(tensor.map(|value| if value == 0 { -1 } else { value }))
}

/// The sizes of the axes along which the layer slides.
fn along(layer: &Layer, sizes: [usize; 3]) -> Vec<usize> {
    layer.geometry().kind.axes().iter().map(|&axis| sizes[axis]).collect()
}

fn positioned(
    layer: &Layer,
    shape: &[usize],
    sizes: [usize; 3],
    channels: usize,
) -> Option<[usize; 5]> {
    let mut expected = along(layer, sizes);
    expected.push(channels);
    let (&samples, rest) = shape.split_first()?;
    let [d, h, w] = sizes;
    (rest == expected && samples > 0).then_some([samples, d, h, w, channels])
}

fn input_shape(layer: &Layer, shape: &[usize]) -> Option<[usize; 5]> {
    positioned(layer, shape, layer.geometry().input(), layer.geometry().channels)
}

fn residual_shape(layer: &Layer, shape: &[usize]) -> Option<[usize; 5]> {
    let positions = layer.residual().map_or(layer.output_shape(), |(_, placed)| placed.positions);
    positioned(layer, shape, positions, layer.geometry().outputs)
}

pub(super) fn output_shape(layer: &Layer, samples: usize) -> Vec<usize> {
    let mut shape = vec![samples];
    shape.extend(along(layer, layer.output_shape()));
    shape.push(layer.geometry().outputs);
    shape
}

/// Weights as \[outputs, kernel.., channels\]; of linear layers also \[inputs, outputs\].
fn weights(layer: &Layer, path: &Path) -> anyhow::Result<Tensor> {
    let geometry = layer.geometry();
    let kernel = geometry.axes.map(|axis| axis.kernel);
    let per_group = geometry.channels_per_group();
    let (shape, _) = npy::read_array(path)?;
    let transposed = geometry.kind == LayerKind::Linear
        && shape == [per_group, geometry.outputs]
        && per_group != geometry.outputs;
    let full = [geometry.outputs, kernel[0], kernel[1], kernel[2], per_group];
    let mut expected = vec![geometry.outputs];
    expected.extend(along(layer, kernel));
    expected.push(per_group);
    let found = tensor(path, |shape| (transposed || shape == expected).then_some(full))?;
    let found = values(path, found, layer.parameters().weights)?;
    if !transposed {
        return Ok(found);
    }
    let outputs = geometry.outputs;
    Ok(Tensor::from_fn(full, |[o, _, _, _, c]| found.data[c * outputs + o]))
}
