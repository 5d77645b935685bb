//! The cycles of a layer engine, from what its parts wait for.

use std::collections::VecDeque;

use super::layer::Layer;
use super::step::Step;

/// A beat or a vector on its way: its position, and whether it is the last beat of a vector.
#[derive(Clone, Copy)]
struct Passing {
    position: [usize; 3],
    last: bool,
}

impl Layer {
    /// Register stages of each step.
    const fn stages_of(step: &Step) -> usize {
        match step {
            Step::Scale { .. } | Step::Prelu { .. } => 2,
            Step::Rprelu { .. } => 3,
            _ => 1,
        }
    }

    /// Registers that a vector passes from the window to the result: address, word, accumulator,
    /// and those of the steps.
    #[must_use]
    pub fn pipeline_stages(&self) -> usize {
        let steps = self.steps().iter().map(|placed| Self::stages_of(&placed.step));
        3 + steps.sum::<usize>().max(1)
    }

    /// Cycles that the dot products of an output position take.
    #[must_use]
    pub fn cycles_of_position(&self) -> usize {
        self.words() * self.vectors()
    }

    /// Cycles that a sample takes at least: those of its dot products.
    #[must_use]
    pub fn cycles_of_sample(&self) -> usize {
        self.cycles_of_position() * self.geometry().output_positions()
    }

    /// Whether a vector of a position before any pooling comes out of step `index`: a pooling lets
    /// the last of each window pass.
    fn passes(&self, index: usize, position: [usize; 3]) -> bool {
        let mut position = position;
        for placed in &self.steps()[..=index] {
            let Some(window) = placed.step.window() else { continue };
            for axis in 0..3 {
                let whole = placed.positions[axis] / window[axis];
                let (pooled, within) =
                    (position[axis] / window[axis], position[axis] % window[axis]);
                if pooled >= whole || within + 1 != window[axis] {
                    return false;
                }
                position[axis] = pooled;
            }
        }
        true
    }

    /// Cycles from the first offer of operands to the acceptance of the last result, if nothing
    /// stalls, for tiles of these numbers of samples.
    #[must_use]
    pub fn cycles(&self, tiles: &[usize]) -> u64 {
        let geometry = self.geometry();
        let [depth, height, width] = &geometry.axes;
        let rows = depth.input * height.input;
        let words_of_row = width.input * self.words_per_position();
        let records: usize = self.sections().iter().map(|s| s.depth * s.lanes).sum();
        let ring = self.ring();
        let beats = self.words() * self.vectors();
        // Which step a stage completes.
        let mut stages: Vec<Option<usize>> = Vec::new();
        for (index, placed) in self.steps().iter().enumerate() {
            stages.extend(vec![None; Self::stages_of(&placed.step) - 1]);
            stages.push(Some(index));
        }
        if stages.is_empty() {
            stages.push(None);
        }
        // Address, word, accumulator, then one register per stage.
        let mut pipeline: VecDeque<Option<Passing>> = vec![None; 3 + stages.len()].into();
        let is_tee = |step: usize| self.steps().get(step).map(|s| &s.step) == Some(&Step::Tee);
        let tee = stages.iter().position(|step| step.is_some_and(is_tee)).map(|index| index + 3);
        let mut arriving: VecDeque<usize> = tiles.iter().copied().collect();
        let mut words_left = arriving.iter().sum::<usize>() * rows * words_of_row;
        // The input stage holds a word, and takes those of a tile while its frame is loaded.
        let stage = self.input_stage().is_some();
        let words_of_sample = rows * words_of_row;
        let mut ends: VecDeque<usize> = tiles.iter().map(|n| n * words_of_sample).collect();
        let (mut holds, mut closed) = (false, false);
        let (mut loaded, mut record, mut arrived, mut column) = (false, 0, 0, 0);
        let (mut position, mut beat) = ([0; 3], 0);
        let (mut cycle, mut finished) = (0, 0);
        let mut needed = self.rows_needed(0, 0);
        while !arriving.is_empty() || pipeline.iter().any(Option::is_some) {
            // A result of either stream.
            if pipeline.back().is_some_and(Option::is_some)
                || tee.is_some_and(|stage| pipeline[stage].is_some())
            {
                finished = cycle + 1;
            }
            let busy = pipeline.iter().any(Option::is_some);
            let mut tile_done = false;
            let take_record = !loaded && !busy && !arriving.is_empty();
            let offered = if stage { holds } else { words_left > 0 };
            let take_word = offered && arrived < needed.0 + ring;
            let quantize = stage && words_left > 0 && loaded && !closed && (!holds || take_word);
            let issue = loaded && arrived > needed.1 && !arriving.is_empty();
            let mut entering = None;
            let mut sample_done = false;
            if issue {
                let last = (beat + 1) % self.words() == 0;
                entering = Some(Passing { position, last });
                beat += 1;
                if beat == beats {
                    beat = 0;
                    let mut axis = 3;
                    loop {
                        axis -= 1;
                        position[axis] += 1;
                        if position[axis] < geometry.axes[axis].output() {
                            break;
                        }
                        position[axis] = 0;
                        if axis == 0 {
                            sample_done = true;
                            break;
                        }
                    }
                    needed = self.rows_needed(position[0], position[1]);
                }
            }
            if sample_done && let Some(samples) = arriving.front_mut() {
                *samples -= 1;
                if *samples == 0 {
                    tile_done = true;
                    arriving.pop_front();
                }
            }
            // Stage by stage from the end.
            let moved: Vec<Option<Passing>> = pipeline.iter().copied().collect();
            for index in 1..pipeline.len() {
                let through = |passing: &Passing| match index {
                    1 => true,
                    2 => passing.last,
                    index => {
                        stages[index - 3].is_none_or(|step| self.passes(step, passing.position))
                    }
                };
                pipeline[index] = moved[index - 1].filter(through);
            }
            pipeline[0] = entering;
            holds = quantize || (holds && !take_word);
            closed &= !tile_done;
            words_left -= usize::from(if stage { quantize } else { take_word });
            if quantize && let Some(left) = ends.front_mut() {
                *left -= 1;
                if *left == 0 {
                    closed = true;
                    ends.pop_front();
                }
            }
            if take_word {
                column += 1;
                if column == words_of_row {
                    column = 0;
                    arrived += 1;
                }
            }
            if sample_done {
                arrived -= rows;
            }
            loaded &= !tile_done;
            if take_record {
                record += 1;
                if record == records {
                    record = 0;
                    loaded = true;
                }
            }
            cycle += 1;
        }
        finished
    }
}
