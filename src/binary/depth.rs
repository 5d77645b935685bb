//! How deep the FIFOs of the shortcuts of a block must be.
//!
//! A layer adds a shortcut to output p when it has seen the rows of its input that output p needs.
//! Until then whatever of the shortcut is ahead of p waits in the FIFO. If the FIFO were too small
//! it would fill up and, through the fork at the start of the shortcut, hold back the very rows
//! that the layer waits for: a deadlock. So with `c(p)` the positions of the shortcut that exist
//! when the rows for output p have passed the fork, the FIFO must hold `max (c(p) - p)` positions.
//! That is enough: a layer that waits for rows then always gets them, and once it has them its own
//! progress empties the FIFO.
//!
//! It may be the other way round as well: where the shortcut is pooled over more rows than the layers
//! see for output p, the layer has a vector for p before there is a shortcut for it. The rest of
//! those rows must then fit the rings of the layers, see [`Block::starving_row`].

use super::block::Block;
use super::layer::Layer;

/// Position number `index` of a volume in row-major order.
fn unravel(index: usize, [_, height, width]: [usize; 3]) -> [usize; 3] {
    [index / (height * width), index / width % height, index % width]
}

fn ravel([z, y, x]: [usize; 3], [_, height, width]: [usize; 3]) -> usize {
    (z * height + y) * width + x
}

impl Layer {
    /// The position of a dot product after which a position comes out of the first `steps` steps:
    /// the last of its window where they pool.
    fn last_dot(&self, steps: usize, position: [usize; 3]) -> [usize; 3] {
        let windows = self.steps()[..steps].iter().rev().filter_map(|placed| placed.step.window());
        windows.fold(position, |at, window| {
            [0, 1, 2].map(|axis| at[axis] * window[axis] + window[axis] - 1)
        })
    }

    /// Positions of the input that must have arrived for a dot product.
    fn inputs_for(&self, dot: [usize; 3]) -> usize {
        (self.rows_needed(dot[0], dot[1]).1 + 1) * self.geometry().axes[2].input
    }

    /// Positions of the input of a sample that are taken while a dot product waits.
    fn inputs_beside(&self, dot: [usize; 3]) -> usize {
        let [depth, height, width] = &self.geometry().axes;
        let rows = self.rows_needed(dot[0], dot[1]).0 + self.ring();
        rows.min(depth.input * height.input) * width.input
    }
}

/// Windows that are complete after this many positions, of `positions` in windows of `window`.
fn pooled(count: usize, positions: [usize; 3], window: [usize; 3]) -> usize {
    let whole = [0, 1, 2].map(|axis| positions[axis] / window[axis]);
    let complete = |index: &usize| {
        let at = unravel(*index, whole);
        let last = [0, 1, 2].map(|axis| at[axis] * window[axis] + window[axis] - 1);
        ravel(last, positions) < count
    };
    (0..whole.iter().product()).filter(complete).count()
}

impl Block {
    /// Positions of the shortcut of a layer that wait for it at most, at least 1; nothing where it
    /// has no shortcut.
    #[must_use]
    pub fn waiting_positions(&self, index: usize) -> Option<usize> {
        let shortcut = self.shortcut(index)?;
        let layer = &self.layers()[index];
        let steps = layer.steps();
        let step = steps.iter().position(|placed| placed.step.name() == "residual")?;
        let positions = steps[step].positions;
        let node = self.node(shortcut.from);
        // All outputs of a row need the same rows: its first output waits longest.
        let firsts = (0..positions[0] * positions[1]).map(|row| row * positions[2]);
        let waiting = firsts.map(|first| {
            let dot = layer.last_dot(step, unravel(first, positions));
            let count =
                self.started(index, shortcut.from, layer.inputs_for(dot), Layer::inputs_for);
            pooled(count, node.positions, shortcut.window).saturating_sub(first)
        });
        waiting.max().map(|most| most.max(1))
    }

    /// The first row of outputs, by its depth and height, that a layer can never add its shortcut
    /// to: the shortcut needs rows that nothing takes in before that row of outputs has left.
    pub(super) fn starving_row(&self, index: usize) -> Option<[usize; 2]> {
        let shortcut = self.shortcut(index)?;
        let layer = &self.layers()[index];
        let step = layer.steps().iter().position(|placed| placed.step.name() == "residual")?;
        let [depth, height, width] = layer.steps()[step].positions;
        let node = self.node(shortcut.from);
        let mut rows = (0..depth).flat_map(|z| (0..height).map(move |y| [z, y]));
        rows.find(|&[z, y]| {
            let dot = layer.last_dot(step, [z, y, 0]);
            let count = layer.inputs_beside(dot);
            let count = self.started(index, shortcut.from, count, Layer::inputs_beside);
            // Its last output needs most of the shortcut.
            pooled(count, node.positions, shortcut.window) < (z * height + y + 1) * width
        })
    }

    /// Positions at the start of a shortcut that have passed when `count` positions have entered
    /// layer `index`, if `inputs` have entered the layers before for an output of theirs.
    fn started(
        &self,
        index: usize,
        from: usize,
        count: usize,
        inputs: impl Fn(&Layer, [usize; 3]) -> usize + Copy,
    ) -> usize {
        if index == from && index == 0 {
            return count;
        }
        // The last of these positions is an output of the layer before.
        let before = &self.layers()[index - 1];
        let last = unravel(count - 1, before.output_shape());
        let dot = before.last_dot(before.steps().len(), last);
        if index > from {
            return self.started(index - 1, from, inputs(before, dot), inputs);
        }
        let tee = before.steps().iter().position(|placed| placed.step.name() == "tee");
        let Some(tee) = tee else { return count };
        // The tee lets everything pass that was computed up to that output.
        let shape = before.geometry().output();
        let passed = ravel(dot, shape);
        let positions = before.steps()[tee].positions;
        let complete = |index: &usize| {
            ravel(before.last_dot(tee, unravel(*index, positions)), shape) <= passed
        };
        (0..positions.iter().product()).filter(complete).count()
    }

    /// Transfers that the FIFO of a shortcut holds.
    #[must_use]
    pub fn shortcut_depth(&self, index: usize) -> Option<usize> {
        let positions = self.waiting_positions(index)?;
        let channels = self.node(self.shortcut(index)?.from).channels;
        Some(positions * channels.div_ceil(self.layers()[index].lanes()))
    }
}
