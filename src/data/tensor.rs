//! Tensors of integers.

/// Integers in row-major order, channel last: \[samples, depth, height, width, channels\].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tensor {
    /// Sizes.
    pub shape: [usize; 5],
    /// Elements, the last index fastest.
    pub data: Vec<i64>,
}

/// The tables of a step, in the order of [`Step::tables`]. A table of channels with several values
/// holds those of a channel next to each other.
pub type Values = Vec<Vec<i64>>;

impl Tensor {
    /// A tensor whose elements are computed from their indices.
    pub fn from_fn(shape: [usize; 5], mut element: impl FnMut([usize; 5]) -> i64) -> Self {
        let count: usize = shape.iter().product();
        let index = |flat: usize| {
            let mut rest = flat;
            let mut index = [0; 5];
            for axis in (0..5).rev() {
                index[axis] = rest % shape[axis];
                rest /= shape[axis];
            }
            index
        };
        Self { shape, data: (0..count).map(|flat| element(index(flat))).collect() }
    }

    /// The element at an index.
    ///
    /// # Panics
    /// If there is none.
    #[must_use]
    pub fn at(&self, index: [usize; 5]) -> i64 {
        let inside = index.iter().zip(&self.shape).all(|(index, size)| index < size);
        assert!(inside, "{index:?} is outside {:?}", self.shape);
        let flat = index.iter().zip(&self.shape).fold(0, |flat, (index, size)| flat * size + index);
        self.data[flat]
    }

    /// Samples.
    #[must_use]
    pub const fn samples(&self) -> usize {
        self.shape[0]
    }

    /// Channels.
    #[must_use]
    pub const fn channels(&self) -> usize {
        self.shape[4]
    }

    /// The same with another function of each element.
    #[must_use]
    pub fn map(&self, function: impl Fn(i64) -> i64) -> Self {
        Self { shape: self.shape, data: self.data.iter().map(|&value| function(value)).collect() }
    }
}
