//! The order in which a nest visits the tiles of the result, and how long that takes.

use super::schedule::Schedule;
use super::{Dimension, Extent, Loop, Nest, Pipeline, Run, Statement, UnknownShape};

impl Nest {
    /// The first row and column of every tile of an M x N result, in the order of the tile loops.
    #[must_use]
    pub fn tiles(&self, m: usize, n: usize) -> Vec<(usize, usize)> {
        fn walk(
            body: &[Statement],
            size: &impl Fn(Dimension) -> usize,
            origin: (usize, usize),
            tiles: &mut Vec<(usize, usize)>,
        ) {
            let tiled =
                body.iter().find_map(|statement| match statement {
                    Statement::Loop(Loop {
                        dimension, extent: Extent::Tiles(tile), body, ..
                    }) if *dimension != Dimension::K => Some((*dimension, *tile, body)),
                    _ => None,
                });
            let Some((dimension, tile, body)) = tiled else {
                tiles.push(origin);
                return;
            };
            for step in 0..size(dimension).div_ceil(tile) {
                let at = match dimension {
                    Dimension::M => (step * tile, origin.1),
                    _ => (origin.0, step * tile),
                };
                walk(body, size, at, tiles);
            }
        }
        let size = |dimension| if dimension == Dimension::M { m } else { n };
        let mut tiles = Vec::new();
        walk(&self.body, &size, (0, 0), &mut tiles);
        tiles
    }

    /// Tiles of weights that a K x N operand is cut into.
    fn weight_tiles(&self, k: usize, n: usize) -> usize {
        fn walk(body: &[Statement], size: &impl Fn(Dimension) -> usize) -> usize {
            let tiled = body.iter().find_map(|statement| match statement {
                Statement::Loop(Loop { dimension, extent: Extent::Tiles(tile), body, .. }) => {
                    Some(size(*dimension).div_ceil(*tile) * walk(body, size))
                }
                _ => None,
            });
            tiled.unwrap_or(1)
        }
        walk(&self.body, &|dimension| if dimension == Dimension::K { k } else { n })
    }

    /// Cycles of an M x K by K x N product: the count of [`Nest::execute`] without the values,
    /// which do not matter as long as no operation skips work.
    ///
    /// # Errors
    /// [`UnknownShape`] where no cycle model knows the nest, or the digits of the operands decide.
    pub fn cycles(
        &self,
        (m, k, n): (usize, usize, usize),
        pipeline: Pipeline,
    ) -> Result<u64, UnknownShape> {
        let mut schedule = Schedule::new(self, pipeline)?;
        match &mut schedule {
            Schedule::Output(timeline) => self.tiles(m, n).iter().for_each(|_| {
                timeline.tile(self.beats(k) as u64);
            }),
            Schedule::Weight(timeline) => {
                (0..self.weight_tiles(k, n)).for_each(|_| timeline.tile(m as u64));
            }
        }
        Ok(schedule.cycles())
    }

    /// Beats of a tile whose sums have `k` terms: iterations of the temporal K loop.
    #[must_use]
    pub fn beats(&self, k: usize) -> usize {
        let mut beats = k;
        self.visit(&mut |_, loops| {
            for inner in loops {
                if let (Run::Temporal, Dimension::K, Extent::Tiles(depth)) =
                    (inner.run, inner.dimension, inner.extent)
                {
                    beats = k.div_ceil(depth);
                }
            }
        });
        beats
    }
}
