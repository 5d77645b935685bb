//! Which nests the cycle models know. A model recognises the phases of a tile in the loops around
//! its statements; a nest that it would have to guess about is refused.

use super::replay::Extents;
use super::{Dimension, Extent, Loop, Nest, Operation, Run, Weights};

/// A nest whose cycles no model counts.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no cycle model knows this loop nest: {reason}")]
pub struct UnknownShape {
    /// What the model does not know.
    pub reason: String,
}

impl UnknownShape {
    pub(super) fn new(reason: String) -> Self {
        Self { reason }
    }

    /// A loop whose iterations are not counted.
    pub(super) fn of_loop(unknown: &Loop) -> Self {
        Self::new(format!(
            "{:?} iterations over {} are not counted",
            unknown.extent, unknown.dimension
        ))
    }
}

/// The dimensions of the tile loops, outermost first: those around everything else.
fn tile_loops(nest: &Nest) -> Vec<Dimension> {
    let mut found = Vec::new();
    let mut body = &nest.body;
    while let [super::Statement::Loop(only)] = body.as_slice() {
        if !matches!((only.run, only.extent), (Run::Temporal, Extent::Tiles(_))) {
            break;
        }
        found.push(only.dimension);
        body = &only.body;
    }
    found
}

impl Nest {
    /// Whether a cycle model knows the nest.
    ///
    /// # Errors
    /// [`UnknownShape`] with what is not known.
    pub fn check_shape(&self) -> Result<(), UnknownShape> {
        if self.skips_zeros() {
            let reason = "the digits of the operands decide how many iterations there are";
            return Err(UnknownShape::new(reason.to_owned()));
        }
        let (tiles, expected) = match Weights::of(self) {
            Some(_) => (tile_loops(self), [Dimension::N, Dimension::K]),
            None => (tile_loops(self), [Dimension::M, Dimension::N]),
        };
        if tiles != expected {
            let [outer, inner] = expected;
            return Err(UnknownShape::new(format!(
                "its outermost loops are not the tiles over {outer} and {inner}"
            )));
        }
        match Weights::of(self) {
            Some(_) => self.check_streaming(),
            None => self.check_accumulation().and_then(|()| self.check_phases()),
        }
    }

    /// Stationary weights: M streams through the array in one loop, once per tile.
    fn check_streaming(&self) -> Result<(), UnknownShape> {
        let mut unknown = None;
        self.visit(&mut |assignment, loops| {
            let inner = loops.iter().filter(|l| l.run == Run::Temporal).skip(2);
            let of = |l: &&Loop| (l.dimension, l.extent);
            let known = match inner.map(of).collect::<Vec<_>>().as_slice() {
                [(Dimension::K, Extent::Fixed(_))] => assignment.operation == Operation::Load,
                [(Dimension::M, Extent::Whole)] => true,
                _ => false,
            };
            if !known {
                unknown = Some(UnknownShape::new(format!(
                    "`{assignment}` stands neither in the loading of weights nor in one loop over m"
                )));
            }
        });
        unknown.map_or(Ok(()), Err)
    }

    /// Stationary results: one loop over K takes beats, or a memory is filled chunk by chunk and
    /// replayed once per bit weight.
    fn check_accumulation(&self) -> Result<(), UnknownShape> {
        let (mut beats, mut unknown) = (Vec::new(), None);
        let (mut chunks, mut in_time) = (false, false);
        self.visit(&mut |_, loops| {
            for l in loops.iter().filter(|l| l.run == Run::Temporal) {
                match (l.dimension, l.extent) {
                    (Dimension::K, extent @ (Extent::Whole | Extent::Tiles(_))) => {
                        beats.retain(|other| *other != extent);
                        beats.push(extent);
                    }
                    (Dimension::K, Extent::Chunks(_) | Extent::Groups(_)) => chunks = true,
                    (Dimension::K | Dimension::Bx, _) => unknown = Some(UnknownShape::of_loop(l)),
                    (Dimension::Bw, Extent::Fixed(_) | Extent::Whole) => in_time = true,
                    (Dimension::Bw, _) => unknown = Some(UnknownShape::of_loop(l)),
                    _ => {}
                }
            }
        });
        if let Some(unknown) = unknown {
            return Err(unknown);
        }
        match (beats.len(), chunks || in_time) {
            (1, false) => Ok(()),
            (0, true) if Extents::of_loops(self).is_some() => Ok(()),
            (0, true) => Err(UnknownShape::new(
                "bit weights run in time without chunks and groups of K that are replayed"
                    .to_owned(),
            )),
            (count, _) => Err(UnknownShape::new(format!(
                "{count} loops over k take beats of the operands instead of one"
            ))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::{Movement, Pipeline, Statement, systolic, transform, weight_stationary};

    const PIPELINE: Pipeline = Pipeline {
        beat_interval: 1,
        terms_per_beat: 1,
        load_interval: 1,
        accumulate_latency: 2,
        resolve_latency: 1,
        transfers_per_row: 1,
    };

    fn known() -> Vec<Nest> {
        let shape = |partial_sums| weight_stationary::Shape { depth: 3, cols: 2, partial_sums };
        let hop = systolic::output_stationary(3, 2, vec![0, 2]);
        let broadcast = systolic::stationary_sums(3, 2, 2, Movement::Broadcast, vec![0, 2]);
        let mut nests = vec![hop, broadcast];
        nests.extend([true, false].map(|p| weight_stationary::systolic(shape(p), vec![0, 2])));
        nests.extend([true, false].map(|p| weight_stationary::adder_tree(shape(p), vec![0, 2])));
        let opt1 = [0, 1].map(|at: usize| transform::opt1(&nests[at]).unwrap());
        nests.extend(opt1.iter().map(|nest| transform::opt2(nest, 2, 4).unwrap()));
        nests.extend(opt1);
        nests
    }

    /// Changes the extent of one loop, by its place in the order of the text.
    fn change(body: &mut [Statement], at: &mut usize, extent: Extent) {
        for statement in body {
            if let Statement::Loop(inner) = statement {
                if *at == 0 {
                    inner.extent = extent;
                }
                *at = at.wrapping_sub(1);
                change(&mut inner.body, at, extent);
            }
        }
    }

    /// The places of the temporal loops, in the order of the text.
    fn temporal(body: &[Statement], loops: &mut usize, found: &mut Vec<usize>) {
        for statement in body {
            if let Statement::Loop(inner) = statement {
                if inner.run == Run::Temporal {
                    found.push(*loops);
                }
                *loops += 1;
                temporal(&inner.body, loops, found);
            }
        }
    }

    #[test]
    fn shapes_that_are_built_are_known() {
        for nest in known() {
            assert!(nest.cycles((5, 7, 3), PIPELINE).is_ok(), "{nest}");
        }
    }

    /// No temporal loop that is made into one of another kind is counted as if it ran once.
    #[test]
    fn other_shapes_are_refused() {
        for nest in known() {
            let mut loops = 0;
            let mut places = Vec::new();
            temporal(&nest.body, &mut loops, &mut places);
            for place in places {
                for extent in [Extent::Strided(2), Extent::Sparse, Extent::Longest] {
                    let (mut changed, mut at) = (nest.clone(), place);
                    change(&mut changed.body, &mut at, extent);
                    assert!(changed.cycles((5, 7, 3), PIPELINE).is_err(), "{changed}");
                }
            }
        }
    }
}
