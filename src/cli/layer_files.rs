//! The arrays of a binarized layer from files: activations, weights, tables, residuals.
//!
//! A shape is checked, not a number of elements: an array whose axes are in another order has as
//! many, and other values at every place. Where the two orders have one shape, as in a square
//! matrix, a note says which one was taken.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};

use crate::binary::frame::LayerValues;
use crate::binary::{Layer, LayerKind, Operand, PlacedStep, Table, TableOf, values_of};
use crate::data::Tensor;
use crate::sim::npy;
use crate::sim::shape::{Axes, Shape};

/// Names of the axes along which a kernel slides: depth, height, width.
const AXES: [&str; 3] = ["depth", "height", "width"];

/// Reads the arrays of layers, and keeps what is worth telling about them.
#[derive(Default)]
pub(super) struct Reader {
    /// What a user should know about what was read.
    pub notes: Vec<String>,
    /// Files that were read.
    read: BTreeSet<PathBuf>,
}

/// An array as read: where from, and what it is for.
struct Named<'a> {
    path: &'a Path,
    /// Whose array it is, such as "the step `threshold`".
    reader: &'a str,
}

impl Reader {
    /// The input of a layer: samples, positions, channels.
    pub fn inputs(&mut self, layer: &Layer, path: &Path) -> anyhow::Result<Tensor> {
        let named = Named { path, reader: "the layer" };
        let geometry = layer.geometry();
        let found =
            self.samples(layer, &named, geometry.input(), ("channels", geometry.channels))?;
        match layer.input_stage() {
            Some(_) => Ok(found),
            None => values(path, found, layer.parameters().activations),
        }
    }

    /// The residual of a layer: samples, positions, outputs.
    pub fn residual(&mut self, layer: &Layer, path: &Path) -> anyhow::Result<Tensor> {
        let named = Named { path, reader: "the step `residual`" };
        let positions =
            layer.residual().map_or(layer.output_shape(), |(_, placed)| placed.positions);
        self.samples(layer, &named, positions, ("outputs", layer.geometry().outputs))
    }

    /// Weights, and the tables in a folder.
    pub fn layer_values(
        &mut self,
        layer: &Layer,
        w: &Path,
        folder: Option<&Path>,
    ) -> anyhow::Result<LayerValues> {
        let weights = self.weights(layer, w)?;
        let mut input = Vec::new();
        if let Some(table) = layer.input_table() {
            let rows = ("channels", layer.geometry().channels);
            let axes = table_axes(&table, rows);
            let of = ("the input stage", "input_threshold");
            input = self.column(folder, of, |folder| folder.join("input_threshold.npy"), &axes)?;
        }
        let mut steps = Vec::new();
        for (index, placed) in layer.steps().iter().enumerate() {
            let mut columns = Vec::new();
            for table in &placed.tables {
                let axes = match table.of {
                    TableOf::Channels(_) => {
                        table_axes(table, ("outputs", layer.geometry().outputs))
                    }
                    TableOf::Positions => position_axes(layer, placed),
                };
                let step = format!("the step `{}`", placed.step.name());
                let file = |folder: &Path| table_file(layer, folder, index, table.name);
                columns.push(self.column(folder, (&step, table.name), file, &axes)?);
            }
            steps.push(columns);
        }
        if let Some(folder) = folder {
            self.note_unread(folder)?;
        }
        Ok(LayerValues { weights, input, steps })
    }

    /// An array with samples before its positions and channels after them.
    fn samples(
        &mut self,
        layer: &Layer,
        named: &Named<'_>,
        sizes: [usize; 3],
        channels: (&'static str, usize),
    ) -> anyhow::Result<Tensor> {
        let (shape, data) = self.array(named.path)?;
        let mut axes = along(layer, sizes);
        axes.push(channels);
        // Of samples there may be any number from 1 on.
        let samples = match shape.len() == axes.len() + 1 {
            true => shape.first().copied().unwrap_or(1).max(1),
            false => 1,
        };
        axes.insert(0, ("samples", samples));
        let data = fitting(named, &shape, data, &Axes(axes))?;
        let [d, h, w] = sizes;
        Ok(Tensor { shape: [samples, d, h, w, channels.1], data })
    }

    /// Weights as (outputs, kernel.., channels).
    fn weights(&mut self, layer: &Layer, path: &Path) -> anyhow::Result<Tensor> {
        let geometry = layer.geometry();
        let kernel = geometry.axes.map(|axis| axis.kernel);
        let per_group = geometry.channels_per_group();
        let linear = geometry.kind == LayerKind::Linear;
        let mut axes = vec![("outputs", geometry.outputs)];
        axes.extend(along(layer, kernel));
        axes.push((if linear { "inputs" } else { "channels" }, per_group));
        let axes = Axes(axes);
        let (shape, data) = self.array(path)?;
        let data = fitting(&Named { path, reader: "the layer" }, &shape, data, &axes)?;
        // Another order that is in use: (inputs, outputs), and (outputs, channels, kernel..).
        let mut other = shape.clone();
        match linear {
            true => other.reverse(),
            false => other[1..].rotate_right(1),
        }
        if other == shape && shape[shape.len() - 1] > 1 {
            self.notes.push(format!(
                "{} has shape {}, taken as {}; in another order it would have the same shape",
                path.display(),
                Shape(&shape),
                axes.names()
            ));
        }
        let full = [geometry.outputs, kernel[0], kernel[1], kernel[2], per_group];
        values(path, Tensor { shape: full, data }, layer.parameters().weights)
    }

    /// The values of a table that `reader` needs. One row holds for all.
    fn column(
        &mut self,
        folder: Option<&Path>,
        (reader, name): (&str, &str),
        file: impl Fn(&Path) -> PathBuf,
        axes: &Axes,
    ) -> anyhow::Result<Vec<i64>> {
        let expected = axes.shape();
        let Some(folder) = folder else {
            bail!(
                "{reader} needs parameters\n  help: give with --params the folder that has {name}.npy, \
                 of shape {}: {}",
                Shape(&expected),
                axes.names()
            );
        };
        let path = file(folder);
        let (shape, data) = self.array(&path)?;
        let positional = !matches!(axes.0[0].0, "outputs" | "channels");
        let row = if positional { &[][..] } else { &expected[1..] };
        // One row for all, or a single value where a row is one: axes of 1 in front do not matter.
        let ones = shape.iter().take_while(|&&size| size == 1).count();
        let inner = &shape[ones.min(shape.len() - row.len().min(shape.len()))..];
        if shape != expected && inner == row {
            let all: usize = expected[..expected.len() - row.len()].iter().product();
            return narrow(&path, &data.repeat(all));
        }
        // One value for each, in a column.
        let column = expected.len() == 1 && shape == [expected[0], 1];
        let shape = if column { expected.clone() } else { shape };
        if matches!(expected[..], [rows, count] if rows == count && rows > 1) && shape == expected {
            self.notes.push(format!("{} is square, taken as {}", path.display(), axes.names()));
        }
        fitting(&Named { path: &path, reader }, &shape, data, axes)
    }

    fn array(&mut self, path: &Path) -> anyhow::Result<(Vec<usize>, Vec<i128>)> {
        let found = npy::read_array(path)?;
        self.read.insert(path.to_owned());
        Ok(found)
    }

    /// Notes the arrays of a folder that nothing has read.
    fn note_unread(&mut self, folder: &Path) -> anyhow::Result<()> {
        let failed = || format!("cannot list the folder {}", folder.display());
        let mut unread = Vec::new();
        for entry in fs::read_dir(folder).with_context(failed)? {
            let path = entry.with_context(failed)?.path();
            let array = path.extension().is_some_and(|extension| extension == "npy");
            let same = |read: &PathBuf| {
                *read == path || fs::canonicalize(read).ok() == fs::canonicalize(&path).ok()
            };
            if array && !self.read.iter().any(same) {
                unread.push(path.file_name().unwrap_or_default().to_string_lossy().into_owned());
            }
        }
        unread.sort();
        if !unread.is_empty() {
            self.notes.push(format!(
                "not read from {}, as no step has such a table: {}",
                folder.display(),
                unread.join(", ")
            ));
        }
        Ok(())
    }
}

/// The axes of a table with so many rows.
fn table_axes(table: &Table, rows: (&'static str, usize)) -> Axes {
    match values_of(table) {
        1 => Axes(vec![rows]),
        count => Axes(vec![rows, ("thresholds", count)]),
    }
}

/// The axes of a table with a value for each position that reaches a step.
fn position_axes(layer: &Layer, placed: &PlacedStep) -> Axes {
    match along(layer, placed.positions) {
        axes if axes.is_empty() => Axes(vec![("position", 1)]),
        axes => Axes(axes),
    }
}

/// The axes along which a layer slides, with their sizes.
fn along(layer: &Layer, sizes: [usize; 3]) -> Vec<(&'static str, usize)> {
    let axes = layer.geometry().kind.axes().iter();
    match layer.geometry().kind {
        LayerKind::Conv1d => axes.map(|&axis| ("position", sizes[axis])).collect(),
        _ => axes.map(|&axis| (AXES[axis], sizes[axis])).collect(),
    }
}

/// The elements of an array whose axes must be these.
fn fitting(
    named: &Named<'_>,
    shape: &[usize],
    data: Vec<i128>,
    axes: &Axes,
) -> anyhow::Result<Vec<i64>> {
    let Named { path, reader } = named;
    let expected = axes.shape();
    if shape != expected {
        bail!(
            "{}: the shape is {}, {reader} takes {}: {}\n  help: {}",
            path.display(),
            Shape(shape),
            Shape(&expected),
            axes.names(),
            axes.remedy(shape)
        );
    }
    narrow(path, &data)
}

fn narrow(path: &Path, data: &[i128]) -> anyhow::Result<Vec<i64>> {
    let narrow: Option<Vec<i64>> = data.iter().map(|&value| i64::try_from(value).ok()).collect();
    narrow.with_context(|| format!("{}: values beyond 64 bits", path.display()))
}

/// The file of a table: `<step>_<table>.npy`, or `<table>.npy`.
fn table_file(layer: &Layer, folder: &Path, index: usize, table: &str) -> PathBuf {
    let numbered = folder.join(format!("{index}_{table}.npy"));
    let users = layer.steps().iter().flat_map(|placed| &placed.tables);
    let single = users.filter(|other| other.name == table).count() == 1;
    if single && !numbered.exists() { folder.join(format!("{table}.npy")) } else { numbered }
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
