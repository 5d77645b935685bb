//! The pipeline of the steps: one register stage per part of a step.

use crate::binary::{Layer, Per, Step, is_positional};

/// A part of a step, which takes one cycle.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Takes the dot product over: there are no steps.
    Capture,
    /// The whole step.
    Whole,
    /// Adds what stands before a slope.
    Before,
    /// Multiplies.
    Product,
    /// Rounds, selects, adds and saturates.
    Finish,
}

/// A register stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stage {
    /// Number of the step.
    pub step: usize,
    /// Part of it.
    pub part: Part,
}

/// The stages of a layer, at least one.
pub(super) fn stages(layer: &Layer) -> Vec<Stage> {
    let mut stages = Vec::new();
    for (step, placed) in layer.steps().iter().enumerate() {
        let parts: &[Part] = match placed.step {
            Step::Scale { .. } | Step::Prelu { .. } => &[Part::Product, Part::Finish],
            Step::Rprelu { .. } => &[Part::Before, Part::Product, Part::Finish],
            _ => &[Part::Whole],
        };
        stages.extend(parts.iter().map(|&part| Stage { step, part }));
    }
    if stages.is_empty() {
        stages.push(Stage { step: 0, part: Part::Capture });
    }
    stages
}

/// The stages in which a vector may have to wait for another stream than that of the results: for a
/// residual, or for the taker of a second result.
pub(super) fn waits(layer: &Layer) -> Vec<usize> {
    let waits = |stage: &Stage| {
        let placed = layer.steps().get(stage.step);
        placed.is_some_and(|placed| matches!(placed.step, Step::Residual { .. } | Step::Tee))
    };
    let list = stages(layer);
    (0..list.len()).filter(|&index| waits(&list[index])).collect()
}

/// The wire that says whether register `index` of the pipeline is loaded: a stage that waits holds
/// itself and those before it. Those behind it go on, so that no result that has been taken stays,
/// and none is held back by what comes after it.
pub(super) fn run(layer: &Layer, index: usize) -> String {
    run_of(waits(layer).iter().filter(|&&stage| stage < index).count())
}

/// The wire of [`run`] behind this many stages that wait.
pub(super) fn run_of(passed: usize) -> String {
    if passed == 0 { "run".to_owned() } else { format!("run{passed}") }
}

/// The tables that a stage reads at the vector that enters it, by their number in the step.
pub(super) fn tables(layer: &Layer, stage: Stage) -> Vec<usize> {
    let Some(placed) = layer.steps().get(stage.step) else { return Vec::new() };
    if is_positional(&placed.step) || placed.tables.is_empty() && !reads_invert(&placed.step) {
        return Vec::new();
    }
    match (&placed.step, stage.part) {
        (Step::Threshold { .. }, _) if stage.step == 0 => vec![1],
        (Step::Threshold { .. }, _) => vec![0, 1],
        (Step::MultiThreshold { .. } | Step::Bias { .. }, _) => vec![0],
        (Step::Scale { .. } | Step::Prelu { .. }, Part::Product) => vec![0],
        (Step::Scale { .. }, _) => vec![1],
        (Step::Rprelu { .. }, Part::Before) => vec![0],
        (Step::Rprelu { .. }, Part::Product) => vec![1],
        (Step::Rprelu { .. }, _) => vec![2],
        // Which bits a pooling takes the smallest of, the threshold before it says.
        (Step::MaxPool { before_threshold: true, .. }, _) => vec![1],
        _ => Vec::new(),
    }
}

/// Whether a pooling reads which channels the threshold before it inverts.
const fn reads_invert(step: &Step) -> bool {
    matches!(step, Step::MaxPool { before_threshold: true, .. })
}

/// The stage that multiplies by the magnitude, and the bits of the magnitude.
pub(super) fn magnitude(layer: &Layer) -> Option<(usize, usize)> {
    let (_, width) = layer.magnitude_widths()?;
    let scales = |stage: &Stage| {
        let step = layer.steps().get(stage.step).map(|placed| &placed.step);
        matches!(step, Some(Step::Scale { per: Per::Magnitude, .. }))
    };
    stages(layer).iter().position(scales).map(|stage| (stage, width))
}

/// Entries of the memory of a pooling step: unfinished windows of a row, for all vectors.
pub(super) fn pool_depth(layer: &Layer, step: usize) -> usize {
    let placed = &layer.steps()[step];
    let window = placed.step.window().unwrap_or([1; 3]);
    let across = placed.positions[2] / window[2];
    let down = if window[0] > 1 { placed.positions[1] / window[1] } else { 1 };
    across * down * layer.vectors()
}
