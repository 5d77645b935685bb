//! The cycle model that belongs to a nest: the one of its stream contract.

use super::weight_timeline::{WeightTimeline, Weights};
use super::{Dimension, Extent, Loop, Nest, Pipeline, Run, Timeline, UnknownShape};

/// The schedule of successive tiles of either contract.
pub(super) enum Schedule {
    /// The result stays.
    Output(Timeline),
    /// The weights stay.
    Weight(WeightTimeline),
}

impl Schedule {
    /// # Errors
    /// [`UnknownShape`] where no cycle model knows the nest.
    pub fn new(nest: &Nest, pipeline: Pipeline) -> Result<Self, UnknownShape> {
        nest.check_shape()?;
        Ok(match Weights::of(nest) {
            Some(weights) => Self::Weight(WeightTimeline::new(weights, pipeline)),
            None => Self::Output(Timeline::new(nest, pipeline)?),
        })
    }

    /// Takes note of a loop that is entered with `count` iterations: the one that streams operands
    /// in makes a tile.
    pub fn enter(&mut self, entered: &Loop, count: u64) {
        if entered.run != Run::Temporal {
            return;
        }
        match (self, entered.dimension) {
            (Self::Output(timeline), Dimension::K) => {
                timeline.tile(count);
            }
            (Self::Weight(timeline), Dimension::M) if entered.extent == Extent::Whole => {
                timeline.tile(count);
            }
            _ => {}
        }
    }

    pub fn cycles(&self) -> u64 {
        match self {
            Self::Output(timeline) => timeline.cycles(),
            Self::Weight(timeline) => timeline.cycles(),
        }
    }
}
