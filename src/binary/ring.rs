//! The ring of input rows: how many rows a layer engine keeps, and which.
//!
//! Rows of a sample are counted over all depths. The engine writes rows in order; it works on a row
//! of outputs when the last input row of its window has arrived, and lets a row go when neither
//! the current nor a later row of outputs needs it.

use super::layer::Layer;

impl Layer {
    /// Depth, height and width of the last position that leaves the layer, as a position before
    /// any pooling. From its row on the whole sample must have arrived, since with that result it
    /// must be known whether the sample ends a tile.
    #[must_use]
    pub fn last_output(&self) -> [usize; 3] {
        let mut last = self.output_shape();
        for window in self.steps().iter().filter_map(|placed| placed.step.window()) {
            (0..3).for_each(|axis| last[axis] *= window[axis]);
        }
        last.map(|size| size - 1)
    }

    /// The first input row that a row of outputs or a later one needs, and the last row that it
    /// waits for.
    #[must_use]
    pub fn rows_needed(&self, z: usize, y: usize) -> (usize, usize) {
        let [depth, height, _] = &self.geometry().axes;
        let rows = height.input;
        let ((old_z, new_z), (old_y, new_y)) = (depth.window(z), height.window(y));
        // In the leading padding the next depth may start at depth 0 again.
        let old_y = if z * depth.stride < depth.padding { 0 } else { old_y };
        let [last_z, last_y, _] = self.last_output();
        let newest = match z >= last_z && y >= last_y {
            true => depth.input * rows - 1,
            false => new_z * rows + new_y,
        };
        (old_z * rows + old_y, newest)
    }

    /// Rows of the ring: what the windows span, and a stride more, so that rows arrive while
    /// others are worked on; a power of two, so that rows need no division.
    #[must_use]
    pub fn ring(&self) -> usize {
        let [depth, height, _] = &self.geometry().axes;
        let outputs = (0..depth.output()).flat_map(|z| (0..height.output()).map(move |y| (z, y)));
        let span = |(z, y)| {
            let (oldest, newest) = self.rows_needed(z, y);
            (newest + 1).saturating_sub(oldest)
        };
        let most = outputs.map(span).max().unwrap_or(1).max(1);
        (most + height.stride.min(depth.input * height.input)).next_power_of_two()
    }
}
