//! Parallel-prefix graphs: in which order spans of columns merge until every column knows the
//! carry out of all columns up to itself.
//!
//! A span is a pair (generate, propagate) over columns `high..=bottom`. A step merges the span
//! that ends at `high` with the one that ends at `low`, directly below it. All steps of a level
//! happen at once.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Named prefix topologies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Topology {
    /// Carry chain: smallest and slowest, depth n.
    Ripple,
    /// Brent and Kung, 1982: fewest nodes at depth 2 log n, fan-out 2.
    BrentKung,
    /// Sklansky, 1960: depth log n, fan-out up to n / 2.
    Sklansky,
    /// Kogge and Stone, 1973: depth log n, fan-out 2, most nodes and wires.
    KoggeStone,
    /// Han and Carlson, 1987: Kogge-Stone over the odd columns, one more level for the even ones.
    HanCarlson,
}

impl Topology {
    /// All topologies.
    pub const ALL: [Topology; 5] =
        [Self::Ripple, Self::BrentKung, Self::Sklansky, Self::KoggeStone, Self::HanCarlson];

    /// Name in the configuration.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ripple => "ripple",
            Self::BrentKung => "brent_kung",
            Self::Sklansky => "sklansky",
            Self::KoggeStone => "kogge_stone",
            Self::HanCarlson => "han_carlson",
        }
    }
}

impl std::fmt::Display for Topology {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

/// Merge of the span ending at `high` with the span ending at `low`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Column whose span grows.
    pub high: usize,
    /// Column whose span is appended below.
    pub low: usize,
    /// The grown span reaches column 0: its propagate is no longer needed.
    pub complete: bool,
}

/// A prefix graph over `width` columns.
#[derive(Clone, Debug)]
pub struct PrefixGraph {
    levels: Vec<Vec<Step>>,
}

impl PrefixGraph {
    /// The graph of `topology` over `width` columns.
    #[must_use]
    pub fn new(topology: Topology, width: usize) -> Self {
        let merges = match topology {
            Topology::Ripple => (1..width).map(|high| vec![(high, high - 1)]).collect(),
            Topology::BrentKung => brent_kung(width),
            Topology::Sklansky => sklansky(width),
            Topology::KoggeStone => kogge_stone(width, 0),
            Topology::HanCarlson => han_carlson(width),
        };
        // Lowest column of the span that ends at each column.
        let mut bottom: Vec<usize> = (0..width).collect();
        let mut levels = Vec::new();
        for merge in merges {
            let before = bottom.clone();
            let mut level = Vec::new();
            for (high, low) in merge {
                debug_assert_eq!(before[high], low + 1, "spans must adjoin");
                bottom[high] = before[low];
                level.push(Step { high, low, complete: before[low] == 0 });
            }
            if !level.is_empty() {
                levels.push(level);
            }
        }
        debug_assert!(bottom.iter().all(|&bottom| bottom == 0), "every span reaches column 0");
        Self { levels }
    }

    /// Steps by level.
    #[must_use]
    pub fn levels(&self) -> &[Vec<Step>] {
        &self.levels
    }

    /// Number of merge nodes.
    #[must_use]
    pub fn nodes(&self) -> usize {
        self.levels.iter().map(Vec::len).sum()
    }
}

type Merges = Vec<Vec<(usize, usize)>>;

/// Powers of two below `width`.
fn strides(width: usize) -> impl DoubleEndedIterator<Item = usize> {
    (0..usize::BITS - width.saturating_sub(1).leading_zeros()).map(|level| 1 << level)
}

fn sklansky(width: usize) -> Merges {
    let level = |stride: usize| {
        (0..width)
            .filter(|high| high & stride != 0)
            .map(|high| (high, (high & !(stride - 1)) - 1))
            .collect()
    };
    strides(width).map(level).collect()
}

/// Kogge-Stone over the columns whose `skip` low bits are all ones.
fn kogge_stone(width: usize, skip: u32) -> Merges {
    let mask = (1 << skip) - 1;
    let level = |stride: usize| {
        let member = |high: &usize| high & mask == mask;
        (stride..width).filter(member).map(|high| (high, high - stride)).collect()
    };
    strides(width).filter(|&stride| stride > mask).map(level).collect()
}

fn brent_kung(width: usize) -> Merges {
    let up = |stride: usize| {
        let root = |high: &usize| (high + 1).is_multiple_of(2 * stride);
        (0..width).filter(root).map(|high| (high, high - stride)).collect()
    };
    let down = |stride: usize| {
        let leaf = |high: &usize| (high + 1) % (2 * stride) == stride && *high > stride;
        (0..width).filter(leaf).map(|high| (high, high - stride)).collect()
    };
    let mut levels: Merges = strides(width).map(up).collect();
    levels.extend(strides(width).rev().map(down));
    levels
}

fn han_carlson(width: usize) -> Merges {
    let odd =
        |first: usize| (first..width).step_by(2).map(|high| (high, high - 1)).collect::<Vec<_>>();
    let mut levels = vec![odd(1)];
    // Spans of two columns merge like single ones in a Kogge-Stone graph of half the width.
    levels.extend(kogge_stone(width, 1));
    levels.push(odd(2));
    levels
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every width: each column ends up with the span down to column 0, built from adjoining parts.
    #[test]
    fn every_column_is_covered() {
        for topology in Topology::ALL {
            for width in 0..=130 {
                let graph = PrefixGraph::new(topology, width);
                let mut bottom: Vec<usize> = (0..width).collect();
                for level in graph.levels() {
                    let before = bottom.clone();
                    for step in level {
                        assert_eq!(before[step.high], step.low + 1, "{topology} {width}");
                        bottom[step.high] = before[step.low];
                        assert_eq!(step.complete, bottom[step.high] == 0);
                    }
                }
                assert!(bottom.iter().all(|&b| b == 0), "{topology} {width}");
            }
        }
    }

    /// Known sizes at 32 columns.
    #[test]
    fn sizes_are_the_published_ones() {
        let size = |topology| {
            let graph = PrefixGraph::new(topology, 32);
            (graph.levels().len(), graph.nodes())
        };
        assert_eq!(size(Topology::Ripple), (31, 31));
        assert_eq!(size(Topology::Sklansky), (5, 80));
        assert_eq!(size(Topology::KoggeStone), (5, 129));
        assert_eq!(size(Topology::BrentKung), (9, 57));
        assert_eq!(size(Topology::HanCarlson), (6, 80));
    }
}
