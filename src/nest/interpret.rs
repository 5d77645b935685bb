//! Executes a nest on real matrices, statement by statement: the result *and* the cycles.
//!
//! The values are those of the notation: digits, partial products, pairs of words. A `half_reduce`
//! really keeps two words, so a transformation that lost a carry would show here, without any
//! hardware.

use std::collections::{BTreeMap, BTreeSet};

use num_bigint::BigInt;

use super::schedule::Schedule;
use super::{Assignment, Dimension, Extent, Loop, Nest, Operation, Pipeline, Statement, Value};
use crate::arith::encode::Encoding;
use crate::arith::format::Format;

/// A row-major matrix of integers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// Rows.
    pub rows: usize,
    /// Columns.
    pub cols: usize,
    /// Elements, row by row.
    pub data: Vec<BigInt>,
}

impl Matrix {
    fn at(&self, row: usize, col: usize) -> &BigInt {
        &self.data[row * self.cols + col]
    }
}

/// What a nest is executed on.
#[derive(Clone, Copy)]
pub struct Operands<'a> {
    /// M x K.
    pub a: &'a Matrix,
    /// K x N.
    pub b: &'a Matrix,
    /// Format of the elements of A.
    pub format: Format,
    /// Format of the elements of B.
    pub format_b: Format,
    /// Recoding of A, and of B where its digits are worked on.
    pub encoding: &'a dyn Encoding,
    /// Width of the accumulated words.
    pub width: usize,
}

/// What came out.
#[derive(Clone, Debug)]
pub struct Execution {
    /// M x N, modulo 2^width, not negative.
    pub c: Matrix,
    /// Cycles, by the rules of [`Timeline`](super::Timeline) or of
    /// [`WeightTimeline`](super::WeightTimeline); nothing where these do not know the shape of the
    /// nest, or the digits decide.
    pub cycles: Option<u64>,
    /// Row, term and plane of the digits that a `sparse` loop worked on: what
    /// [`super::bit_slice::Schedule`] counts cycles of.
    pub worked: BTreeSet<[usize; 3]>,
}

impl Nest {
    /// Executes the nest on hardware with the given pipeline.
    ///
    /// # Panics
    /// If the shapes of the operands do not multiply, or K is 0.
    #[must_use]
    pub fn execute(&self, operands: Operands<'_>, pipeline: Pipeline) -> Execution {
        assert_eq!(operands.a.cols, operands.b.rows, "inner dimensions");
        let (m, n) = (operands.a.rows, operands.b.cols);
        let c = Matrix { rows: m, cols: n, data: vec![BigInt::ZERO; m * n] };
        let mut machine = Machine {
            nest: self,
            operands,
            c,
            values: BTreeMap::new(),
            position: BTreeMap::new(),
            end: BTreeMap::new(),
            stride: BTreeMap::new(),
            worked: BTreeSet::new(),
            schedule: Schedule::new(self, pipeline).ok(),
        };
        machine.run(&self.body);
        let cycles = machine.schedule.map(|schedule| schedule.cycles());
        Execution { cycles, c: machine.c, worked: machine.worked }
    }
}

/// Name and coordinates of an instance of a value.
type Key = (&'static str, Vec<usize>);

struct Machine<'a> {
    nest: &'a Nest,
    operands: Operands<'a>,
    c: Matrix,
    values: BTreeMap<Key, BigInt>,
    /// Coordinate in each dimension at the present iteration.
    position: BTreeMap<Dimension, usize>,
    /// Where the part of a dimension ends that the loops around are in.
    end: BTreeMap<Dimension, usize>,
    /// Distance of neighbouring coordinates of a dimension in the loops around, where not 1.
    stride: BTreeMap<Dimension, usize>,
    /// Row, term and plane of the digits that a `sparse` loop worked on.
    worked: BTreeSet<[usize; 3]>,
    schedule: Option<Schedule>,
}

impl Machine<'_> {
    fn run(&mut self, body: &[Statement]) {
        for statement in body {
            match statement {
                Statement::Assign(assignment) => self.assign(assignment),
                Statement::Loop(inner) => self.iterate(inner),
            }
        }
    }

    fn size(&self, dimension: Dimension) -> usize {
        match dimension {
            Dimension::M => self.operands.a.rows,
            Dimension::N => self.operands.b.cols,
            Dimension::K => self.operands.a.cols,
            Dimension::Bw => self.nest.weights.len(),
            Dimension::Bx => self.nest.weights_b.len(),
        }
    }

    fn iterate(&mut self, inner: &Loop) {
        let dimension = inner.dimension;
        let (outer, outer_end) =
            (self.position.get(&dimension).copied(), self.end.get(&dimension).copied());
        let (start, end) = self.part(dimension);
        let outer_stride = self.stride.get(&dimension).copied();
        let within = outer_stride.unwrap_or(1);
        let (count, stride) = match inner.extent {
            Extent::Whole | Extent::Descending | Extent::Sparse | Extent::Longest => {
                ((end - start).div_ceil(within), within)
            }
            Extent::Tiles(size) | Extent::Chunks(size) | Extent::Groups(size) => {
                ((end - start).div_ceil(size * within), size * within)
            }
            Extent::Fixed(count) => (count, within),
            Extent::Strided(count) => (count, within),
        };
        if let Extent::Strided(count) = inner.extent {
            self.stride.insert(dimension, within * count);
        }
        let steps = match inner.extent {
            // What is loaded are the terms; the groups of a chunk only read them.
            Extent::Chunks(_) => end - start,
            _ => count,
        };
        if let (Some(schedule), false) =
            (&mut self.schedule, matches!(inner.extent, Extent::Groups(_)))
        {
            schedule.enter(inner, steps as u64);
        }
        for step in 0..count {
            let step = if inner.extent == Extent::Descending { count - 1 - step } else { step };
            let coordinate = start + step * stride;
            // The elements beyond the edge of a ragged tile work on zeros; nobody reads them.
            if coordinate < end {
                self.position.insert(dimension, coordinate);
                if inner.extent == Extent::Sparse && !self.work() {
                    continue;
                }
                let next = match inner.extent {
                    Extent::Strided(_) => end,
                    _ => end.min(coordinate + stride),
                };
                self.end.insert(dimension, next);
                self.run(&inner.body);
            }
        }
        restore(&mut self.position, dimension, outer);
        restore(&mut self.end, dimension, outer_end);
        restore(&mut self.stride, dimension, outer_stride);
    }

    /// Whether the digit at the present coordinates is worked on; those that are, are kept.
    fn work(&mut self) -> bool {
        let [row, term, plane] =
            [Dimension::M, Dimension::K, Dimension::Bw].map(|dimension| self.position[&dimension]);
        let digit = self.values.get(&("d", vec![term]));
        let works = digit.is_some_and(|digit| *digit != BigInt::ZERO);
        if works {
            self.worked.insert([row, term, plane]);
        }
        works
    }

    /// First coordinate of the part of a dimension that the loops around are in, and the one
    /// behind its last.
    fn part(&self, dimension: Dimension) -> (usize, usize) {
        let start = self.position.get(&dimension).copied().unwrap_or(0);
        (start, self.end.get(&dimension).copied().unwrap_or_else(|| self.size(dimension)))
    }

    fn key(&self, value: &Value) -> Key {
        (value.name, value.index.iter().map(|dimension| self.position[dimension]).collect())
    }

    /// The values that a source stands for; one that was never written is zero.
    fn read(&self, value: &Value) -> Vec<BigInt> {
        let at = |dimension: &Dimension| self.position[dimension];
        match (value.name, value.index.as_slice()) {
            ("A", [row, col]) => return vec![self.operands.a.at(at(row), at(col)).clone()],
            ("B", [row, col]) => return vec![self.operands.b.at(at(row), at(col)).clone()],
            // The partial sum is what the tiles before have given.
            ("P", [row, col]) => return vec![self.c.at(at(row), at(col)).clone()],
            _ => {}
        }
        let instance = |key: &Key| self.values.get(key).cloned().unwrap_or(BigInt::ZERO);
        if !value.all {
            return vec![instance(&self.key(value))];
        }
        let (last, others) = value.index.split_last().expect("`all` has a dimension to range over");
        let prefix: Vec<usize> = others.iter().map(at).collect();
        let along = |step: usize| [prefix.as_slice(), &[step]].concat();
        let (start, end) = self.part(*last);
        let stride = self.stride.get(last).copied().unwrap_or(1);
        (start..end).step_by(stride).map(|step| instance(&(value.name, along(step)))).collect()
    }

    fn assign(&mut self, assignment: &Assignment) {
        let sources: Vec<BigInt> = assignment.sources.iter().flat_map(|s| self.read(s)).collect();
        let modulus = BigInt::from(1) << self.operands.width;
        let digit = |value: &BigInt, format, dimension| {
            let value = i128::try_from(value).expect("operands fit 64 bits");
            let digits = self.operands.encoding.digits(format, value);
            vec![BigInt::from(digits[self.position[&dimension]])]
        };
        let wrap = |value: BigInt| ((value % &modulus) + &modulus) % &modulus;
        let results = match assignment.operation {
            Operation::Encode => digit(&sources[0], self.operands.format, Dimension::Bw),
            Operation::EncodeB => digit(&sources[0], self.operands.format_b, Dimension::Bx),
            Operation::Map => vec![&sources[0] * &sources[1]],
            Operation::Shift => {
                let weight = self.nest.weights[self.position[&Dimension::Bw]];
                vec![&sources[0] << weight]
            }
            Operation::Advance => {
                let (weights, at) = (&self.nest.weights, self.position[&Dimension::Bw]);
                let step = weights.get(at + 1).map_or(0, |above| above - weights[at]);
                sources.into_iter().map(|word| wrap(word << step)).collect()
            }
            // Here all lanes are at the same two bit weights, so one bin has all the counts.
            Operation::Histogram => {
                let exponent = self.nest.weights[self.position[&Dimension::Bw]]
                    + self.nest.weights_b[self.position[&Dimension::Bx]];
                vec![sources.iter().sum::<BigInt>() << exponent]
            }
            Operation::HalfReduce => half_reduce(sources.into_iter().map(wrap), &modulus),
            Operation::Add | Operation::Accumulate => vec![wrap(sources.iter().sum())],
            // The loop over what is left works on the digits themselves.
            Operation::Sparse => {
                vec![sources.iter().filter(|digit| **digit != BigInt::ZERO).count().into()]
            }
            Operation::Sync | Operation::IdleUnless => Vec::new(),
            Operation::Read | Operation::Load | Operation::Bank => sources,
            Operation::Zero => vec![BigInt::ZERO; assignment.targets.len()],
            Operation::Emit => {
                let (row, col) = (self.position[&Dimension::M], self.position[&Dimension::N]);
                self.c.data[row * self.c.cols + col] = sources[0].clone();
                Vec::new()
            }
            Operation::EmitPart => {
                let (row, col) = (self.position[&Dimension::M], self.position[&Dimension::N]);
                let sum = &mut self.c.data[row * self.c.cols + col];
                *sum = wrap(&*sum + &sources[0]);
                Vec::new()
            }
        };
        for (target, result) in assignment.targets.iter().zip(results) {
            let key = self.key(target);
            self.values.insert(key, result);
        }
    }
}

fn restore(map: &mut BTreeMap<Dimension, usize>, dimension: Dimension, value: Option<usize>) {
    match value {
        Some(value) => map.insert(dimension, value),
        None => map.remove(&dimension),
    };
}

/// Non-negative words to a sum and a carry word, three at a time, modulo a power of two.
fn half_reduce(words: impl Iterator<Item = BigInt>, modulus: &BigInt) -> Vec<BigInt> {
    let (mut sum, mut carry) = (BigInt::ZERO, BigInt::ZERO);
    for word in words {
        let majority = (&sum & &carry) | (&sum & &word) | (&carry & &word);
        sum = &sum ^ &carry ^ word;
        carry = (majority << 1) % modulus;
    }
    vec![sum, carry]
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::arith::encode;
    use crate::nest::{Movement, systolic, transform};

    fn matrix(rows: usize, cols: usize, values: &[i64], format: Format) -> Matrix {
        let modulus = 1i128 << format.width;
        let wrap = |v: i128| (v - format.min()).rem_euclid(modulus) + format.min();
        let data = (0..rows * cols).map(|i| wrap(values[i % values.len()].into()).into()).collect();
        Matrix { rows, cols, data }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        /// Every nest computes the matrix product, by the definition.
        #[test]
        fn nests_multiply_matrices(
            (m, k, n) in (1usize..6, 1usize..7, 1usize..6),
            (rows, cols) in (1usize..4, 1usize..4),
            (wa, wb) in (1usize..9, 1usize..9),
            signs in any::<(bool, bool)>(),
            width in 1usize..24,
            (lanes, groups) in (1usize..5, 1usize..3),
            values in prop::collection::vec(any::<i64>(), 42),
        ) {
            let a_format = Format { width: wa, signed: signs.0 };
            let b_format = Format { width: wb, signed: signs.1 };
            let a = matrix(m, k, &values, a_format);
            let b = matrix(k, n, &values[7..], b_format);
            for &encoding in encode::ALL {
                let base = systolic::output_stationary(rows, cols, encoding.weights(a_format));
                let operands = Operands {
                    a: &a,
                    b: &b,
                    format: a_format,
                    format_b: b_format,
                    encoding,
                    width,
                };
                let pipeline = Pipeline {
                    beat_interval: 1,
                    terms_per_beat: 1,
                    load_interval: 1,
                    accumulate_latency: 2,
                    resolve_latency: 1,
                    transfers_per_row: 1,
                };
                let block = |movement| {
                    systolic::stationary_sums(rows, cols, 3, movement, encoding.weights(a_format))
                };
                let bases = [base, block(Movement::Hop), block(Movement::Broadcast)];
                let opt1 = bases.clone().map(|nest| transform::opt1(&nest).unwrap());
                let opt2 = [(&opt1[0], lanes), (&opt1[1], 3), (&opt1[2], 3)].map(|(nest, lanes)| {
                    transform::opt2(nest, lanes, lanes * groups).unwrap()
                });
                for nest in bases.into_iter().chain(opt1).chain(opt2) {
                    let execution = nest.execute(operands, pipeline);
                    let counted = nest.cycles((m, k, n), pipeline);
                    prop_assert_eq!(execution.cycles, counted.ok());
                    prop_assert!(execution.cycles.is_some());
                    for row in 0..m {
                        for col in 0..n {
                            let sum: BigInt = (0..k).map(|i| a.at(row, i) * b.at(i, col)).sum();
                            let modulus = BigInt::from(1) << width;
                            let expected = ((sum % &modulus) + &modulus) % &modulus;
                            prop_assert_eq!(execution.c.at(row, col), &expected);
                        }
                    }
                }
            }
        }
    }
}
