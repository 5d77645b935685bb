//! Array topologies: what stands where, which stream contract follows, and how large they may be.
//!
//! A new topology is an entry of [`Topology::ALL`], a nest in [`crate::nest`], a file in
//! [`crate::rtl`], and its dimensions in the configuration.

use super::{Invalid, in_range};

/// Largest number of rows, columns or terms of a dimension.
pub const MAX_DIMENSION: usize = 256;

/// Shape of an array: which loops are spatial, and how operands and sums move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Topology {
    /// Output-stationary systolic array: A hops right, B hops down, C stays.
    SystolicOs,
    /// Weight-stationary systolic array: B stays, A hops right, sums hop down along K.
    SystolicWs,
    /// Output-stationary three-dimensional array: every element adds `depth` products per beat.
    Cube,
    /// Multiplier-adder trees: B stays, A is broadcast, one tree over K per column.
    AdderTree,
    /// Output-stationary array with row and column broadcast instead of hops.
    Matrix2d,
    /// Columns of elements that work on the digits of A, one bit weight after the other, and leave
    /// out those that are zero.
    BitSlice,
}

/// The meaning of the streams of a top.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contract {
    /// A tile of C stays in the array while A and B stream in.
    OutputStationary,
    /// A tile of B stays in the array while A streams in and C streams out.
    WeightStationary,
}

impl Contract {
    /// Name in manifests.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::OutputStationary => "output_stationary",
            Self::WeightStationary => "weight_stationary",
        }
    }
}

/// A dimension of an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Elements along M.
    Rows,
    /// Elements along N.
    Cols,
    /// Terms along K that are added up in space.
    Depth,
}

impl Side {
    /// Name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Rows => "rows",
            Self::Cols => "cols",
            Self::Depth => "depth",
        }
    }

    /// Name of the Verilog parameter, where the side can be overridden.
    #[must_use]
    pub const fn parameter(self) -> &'static str {
        match self {
            Self::Rows => "Rows",
            Self::Cols => "Cols",
            Self::Depth => "Depth",
        }
    }
}

impl Topology {
    /// All topologies.
    pub const ALL: &[Self] = &[
        Self::SystolicOs,
        Self::SystolicWs,
        Self::Cube,
        Self::AdderTree,
        Self::Matrix2d,
        Self::BitSlice,
    ];

    /// Name in the configuration and in presets.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SystolicOs => "systolic_os",
            Self::SystolicWs => "systolic_ws",
            Self::Cube => "cube",
            Self::AdderTree => "adder_tree",
            Self::Matrix2d => "matrix2d",
            Self::BitSlice => "bit_slice",
        }
    }

    /// One line for documentation and help.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::SystolicOs => "output-stationary systolic array: A hops right, B hops down",
            Self::SystolicWs => "weight-stationary systolic array: sums hop down along K",
            Self::Cube => "output-stationary systolic array with `depth` terms of K per element",
            Self::AdderTree => "weight-stationary: one tree over `depth` terms of K per column",
            Self::Matrix2d => "output-stationary array with row and column broadcast",
            Self::BitSlice => "output-stationary columns that skip the zero digits of A",
        }
    }

    /// Stream contract.
    #[must_use]
    pub const fn contract(self) -> Contract {
        match self {
            Self::SystolicOs | Self::Cube | Self::Matrix2d | Self::BitSlice => {
                Contract::OutputStationary
            }
            Self::SystolicWs | Self::AdderTree => Contract::WeightStationary,
        }
    }

    /// Whether operands hop from element to element, so that element (r, c) works r + c cycles
    /// after the first one; where they are broadcast, all elements work on the same beat.
    #[must_use]
    pub const fn hops(self) -> bool {
        matches!(self, Self::SystolicOs | Self::SystolicWs | Self::Cube)
    }

    /// Dimensions that a configuration gives, in order.
    #[must_use]
    pub const fn sides(self) -> &'static [Side] {
        match self {
            Self::SystolicOs | Self::BitSlice => &[Side::Rows, Side::Cols],
            Self::SystolicWs | Self::AdderTree => &[Side::Depth, Side::Cols],
            Self::Cube | Self::Matrix2d => &[Side::Rows, Side::Cols, Side::Depth],
        }
    }
}

/// Topology of an array, with its dimensions; those that it does not have are 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Array {
    /// Topology.
    pub topology: Topology,
    /// Elements along M.
    pub rows: usize,
    /// Elements along N.
    pub cols: usize,
    /// Terms along K that are added up in space.
    pub depth: usize,
}

/// Topology of the array, with its dimensions as given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ArrayParameters {
    /// Topology.
    pub topology: Topology,
    /// Elements along M; 1 where the topology has none.
    pub rows: i64,
    /// Elements along N.
    pub cols: i64,
    /// Terms along K in space; 1 where the topology has none.
    pub depth: i64,
}

impl Array {
    pub(super) fn new(given: ArrayParameters) -> Result<Self, Invalid> {
        let side = |side: Side, value| {
            let path = match side {
                Side::Rows => "array.rows",
                Side::Cols => "array.cols",
                Side::Depth => "array.depth",
            };
            in_range(path, value, MAX_DIMENSION)
        };
        let ArrayParameters { topology, rows, cols, depth } = given;
        let (rows, cols) = (side(Side::Rows, rows)?, side(Side::Cols, cols)?);
        Ok(Self { topology, rows, cols, depth: side(Side::Depth, depth)? })
    }

    /// Extent of a side.
    #[must_use]
    pub const fn extent(&self, side: Side) -> usize {
        match side {
            Side::Rows => self.rows,
            Side::Cols => self.cols,
            Side::Depth => self.depth,
        }
    }

    /// The dimensions as a flow mapping of YAML.
    #[must_use]
    pub fn yaml(&self) -> String {
        let side = |side: &Side| format!("{}: {}", side.name(), self.extent(*side));
        let sides: Vec<String> = self.topology.sides().iter().map(side).collect();
        format!("{}: {{{}}}", self.topology.name(), sides.join(", "))
    }

    /// Multiply-accumulate operations that the array can do in a cycle.
    #[must_use]
    pub const fn multipliers(&self) -> usize {
        self.rows * self.cols * self.depth
    }
}
