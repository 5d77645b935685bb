//! The notation: a processing-element array as a loop nest over M, N, K and the bit weight BW,
//! with primitive operations placed at some depth of it.
//!
//! A nest is data and is used four times: it is *printed*, *checked* (a transformation that is
//! illegal on it is refused with the reason), *executed* (which gives the result and the number of
//! cycles) and *lowered* to hardware. Temporal loops take cycles, spatial ones are elements that
//! work side by side.
//!
//! Source: the notation of arXiv 2503.06342 (HPCA 2025), sections on the bit-weight dimension.

pub mod bit_slice;
mod build;
mod interpret;
mod print;
mod replay;
mod schedule;
mod shape;
pub mod systolic;
pub mod term_serial;
mod tiling;
mod timeline;
pub mod transform;
pub mod weight_stationary;
mod weight_timeline;

pub use interpret::{Execution, Matrix, Operands};
pub use shape::UnknownShape;
pub use timeline::{ClosedForm, Pipeline, Tile, Timeline};
pub use weight_timeline::{MEMORY_LATENCY, WeightClosedForm, WeightTimeline, Weights};

/// A dimension of the computation C\[M,N\] = sum over K of A\[M,K\] B\[K,N\].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Dimension {
    /// Rows of A and C.
    M,
    /// Columns of B and C.
    N,
    /// Terms of a sum.
    K,
    /// Bit weight: the digits of an operand of A.
    Bw,
    /// Bit weight of operand B, where its digits run in time as well.
    Bx,
}

/// How the iterations of a loop are carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Run {
    /// One after the other on the same hardware: `for`.
    Temporal,
    /// Side by side on hardware of their own: `parfor`.
    Spatial(Movement),
}

/// How operands reach the iterations of a spatial loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Movement {
    /// All at once.
    Broadcast,
    /// From neighbour to neighbour, one per cycle: iteration i works i cycles later.
    Hop,
}

/// Number of iterations of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// The whole of a dimension.
    Whole,
    /// As many tiles of this size as cover the dimension.
    Tiles(usize),
    /// Within one tile: this many.
    Fixed(usize),
    /// This many, of which each has every so many-th coordinate.
    Strided(usize),
    /// The whole of a dimension from its end down.
    Descending,
    /// Only the coordinates whose digit is not zero: the list that `sparse` yields.
    Sparse,
    /// As many digits that are not zero as the operand has that has most of them, of those that are
    /// worked on together. Which digit comes when is up to each operand.
    Longest,
    /// As many pieces of this size as cover the dimension, each of which is worked on several
    /// times: what a memory in front of the array holds.
    Chunks(usize),
    /// Within one chunk: as many groups of this size as cover it.
    Groups(usize),
}

/// One loop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Loop {
    /// Dimension that it runs over.
    pub dimension: Dimension,
    /// Number of iterations.
    pub extent: Extent,
    /// Temporal or spatial.
    pub run: Run,
    /// What is repeated.
    pub body: Vec<Statement>,
}

/// A statement of the notation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Statement {
    /// A loop.
    Loop(Loop),
    /// `targets = operation(sources)`
    Assign(Assignment),
}

/// `targets = operation(sources)`
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Assignment {
    /// Values that are defined.
    pub targets: Vec<Value>,
    /// What is done.
    pub operation: Operation,
    /// Values that are read.
    pub sources: Vec<Value>,
}

/// A named value, indexed by dimensions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Value {
    /// Name.
    pub name: &'static str,
    /// Dimensions that tell its instances apart.
    pub index: Vec<Dimension>,
    /// Reads every instance along the last dimension of `index`, not only the present one.
    pub all: bool,
}

impl Value {
    /// The instance of `name` at the present iteration of `index`.
    #[must_use]
    pub fn at(name: &'static str, index: &[Dimension]) -> Self {
        Self { name, index: index.to_vec(), all: false }
    }

    /// All instances of `name` along the last dimension of `index`.
    #[must_use]
    pub fn all(name: &'static str, index: &[Dimension]) -> Self {
        Self { name, index: index.to_vec(), all: true }
    }
}

/// The primitive operations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operation {
    /// The digits of an operand; the bit-weight loop selects one of them.
    Encode,
    /// A digit times an operand: a partial product.
    Map,
    /// The digits of an operand of B; the loop over its bit weights selects one of them.
    EncodeB,
    /// Multiplication by the bit weight.
    Shift,
    /// Multiplication by the distance to the next higher bit weight: a step of Horner's rule.
    Advance,
    /// Products of two digits, counted by the sum of their exponents, with their signs.
    Histogram,
    /// Fetching an operand from a bank that the iterations of the loops around share: who finds it
    /// taken waits.
    Bank,
    /// Waiting for a cycle if there is nothing to do.
    IdleUnless,
    /// Many words to a sum and a carry word, without propagating a carry: a compressor tree.
    HalfReduce,
    /// Sum of two words by a carry-propagate adder.
    Add,
    /// Addition to a value that stays, which starts at zero.
    Accumulate,
    /// The digits of a group that are not zero.
    Sparse,
    /// Waiting until all iterations of the spatial loops around have come here.
    Sync,
    /// Reading a value that stays out of the array.
    Read,
    /// Fetching an operand that stays for a tile.
    Load,
    /// The start of a sum.
    Zero,
    /// Handing a result to the output stream.
    Emit,
    /// Handing the sum over a tile of K to the output stream, whose receiver adds the tiles up.
    EmitPart,
}

impl Operation {
    /// Name in the notation.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Encode => "encode",
            Self::EncodeB => "encode",
            Self::Map => "map",
            Self::Advance => "advance",
            Self::Histogram => "histogram",
            Self::Bank => "bank",
            Self::IdleUnless => "idle_unless",
            Self::Shift => "shift",
            Self::HalfReduce => "half_reduce",
            Self::Add => "add",
            Self::Accumulate => "accumulate",
            Self::Sparse => "sparse",
            Self::Sync => "sync",
            Self::Read => "read",
            Self::Load => "load",
            Self::Zero => "zero",
            Self::Emit => "emit",
            Self::EmitPart => "emit_part",
        }
    }
}

/// A loop nest, with the bit weights that its bit-weight loop runs over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Nest {
    /// Outermost statements.
    pub body: Vec<Statement>,
    /// Weight of each iteration of the bit-weight loop, as a power of two.
    pub weights: Vec<usize>,
    /// The same of the loop over the bit weights of B; empty where there is none.
    pub weights_b: Vec<usize>,
}

impl Nest {
    /// Whether zero digits are left out, so that cycles depend on the data.
    #[must_use]
    pub fn skips_zeros(&self) -> bool {
        let mut skips = false;
        self.visit(&mut |_, loops| {
            skips |= loops.iter().any(|l| matches!(l.extent, Extent::Sparse | Extent::Longest));
        });
        skips
    }

    /// Whether the value to which products are added is a pair of words: no carry-propagate adder
    /// stands inside the K loop of a sum.
    #[must_use]
    pub fn accumulates_carry_save(&self) -> bool {
        let mut inside = false;
        self.visit(&mut |assignment, loops| {
            inside |= assignment.operation == Operation::Add && in_sum(loops);
        });
        !inside
    }

    /// Calls `see` for every assignment with the loops around it, outermost first.
    pub fn visit<'a>(&'a self, see: &mut impl FnMut(&'a Assignment, &[&'a Loop])) {
        fn walk<'a>(
            body: &'a [Statement],
            loops: &mut Vec<&'a Loop>,
            see: &mut impl FnMut(&'a Assignment, &[&'a Loop]),
        ) {
            for statement in body {
                match statement {
                    Statement::Assign(assignment) => see(assignment, loops),
                    Statement::Loop(inner) => {
                        loops.push(inner);
                        walk(&inner.body, loops, see);
                        loops.pop();
                    }
                }
            }
        }
        walk(&self.body, &mut Vec::new(), see);
    }
}

impl Loop {
    /// Whether the loop accumulates in time: temporal over K, and not over chunks of it, each of
    /// which is a sum of its own.
    pub(crate) fn accumulates(&self) -> bool {
        let chunks = matches!(self.extent, Extent::Chunks(_));
        self.dimension == Dimension::K && self.run == Run::Temporal && !chunks
    }
}

/// Whether one of the loops accumulates in time.
pub(crate) fn in_temporal_k(loops: &[&Loop]) -> bool {
    loops.iter().any(|l| l.accumulates())
}

/// Whether an assignment in these loops belongs to the sum over K of one result: a K loop stands
/// inside the loops that take results one after the other.
pub(crate) fn in_sum(loops: &[&Loop]) -> bool {
    let per_result = |l: &&&Loop| {
        !(l.run == Run::Temporal && matches!(l.dimension, Dimension::M | Dimension::N))
    };
    loops.iter().rev().take_while(per_result).any(|l| l.dimension == Dimension::K)
}
