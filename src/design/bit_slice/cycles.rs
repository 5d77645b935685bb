//! The cycles of engines that leave zero digits out, which depend on the operands.

use crate::arith::encode::Encoding;
use crate::data::Matrix;
use crate::design::{Design, Element};
use crate::nest::bit_slice::{Activity, Schedule, Totals};
use crate::nest::term_serial::{self, TermSerial};

impl Design {
    /// The cycles of `a` times `b` where they depend on the operands: on bit-slice engines.
    #[must_use]
    pub fn data_cycles(&self, a: &Matrix, b: &Matrix) -> Option<u64> {
        if self.element == Element::Laconic {
            return Some(self.term_schedule(a, b).cycles());
        }
        self.schedule(a, b.cols).map(|schedule| schedule.outcome().0)
    }

    /// The cycle model's view of the term-serial baseline.
    #[must_use]
    pub fn term_serial(&self) -> TermSerial {
        TermSerial {
            rows: self.rows(),
            cols: self.cols(),
            lanes: self.depth(),
            beat_interval: self.pipeline().beat_interval,
            issue_latency: 2,
            transfers_per_row: self.stream_c().transfers_per_beat,
        }
    }

    /// The schedule of a product on the term-serial baseline.
    fn term_schedule(&self, a: &Matrix, b: &Matrix) -> term_serial::Schedule {
        let encoding = self.multiplier.encoding;
        let (of_a, of_b) = (DigitCounts::new(encoding, a), DigitCounts::new(encoding, b));
        let mut schedule = term_serial::Schedule::new(self.term_serial());
        for (row, col) in self.nest.tiles(a.rows, b.cols) {
            schedule
                .tile(a.cols, &|r, term| of_a.at(row + r, term), &|term, c| of_b.at(term, col + c));
        }
        schedule
    }

    /// Fewest and most cycles of an M x K by K x N product: without any digit, and with all of them.
    #[must_use]
    pub fn cycle_bounds(&self, (m, k, n): (usize, usize, usize)) -> Option<(u64, u64)> {
        let slice = self.bit_slice.filter(|_| self.element != Element::Laconic)?;
        let cycles = |digit: bool| {
            let mut schedule = Schedule::new(self.engine(&slice));
            self.nest.tiles(m, n).iter().for_each(|_| schedule.tile(k, &|_, _, _| digit));
            schedule.outcome().0
        };
        Some((cycles(false), cycles(true)))
    }

    /// What columns and lanes do in a product, where the design is a bit-slice engine. The elements
    /// of the term-serial baseline are in step, as one column.
    #[must_use]
    pub fn activity(&self, a: &Matrix, b: &Matrix) -> Option<Activity> {
        self.bit_slice?;
        let mean = |matrix| DigitCounts::new(self.multiplier.encoding, matrix).mean();
        let elements = self.rows() * self.cols();
        let (cycles, columns, mean_b, lane_elements) = match self.schedule(a, b.cols) {
            Some(schedule) => {
                let (cycles, columns) = schedule.outcome();
                (cycles, columns, None, 1)
            }
            None => {
                let schedule = self.term_schedule(a, b);
                (schedule.cycles(), vec![schedule.activity().clone()], Some(mean(b)), elements)
            }
        };
        let macs = (a.rows * a.cols * b.cols) as f64 / elements as f64;
        let totals = Totals { cycles, macs, mean: mean(a), mean_b, lane_elements };
        Some(Activity::new(columns, totals))
    }

    /// The schedule of a product of `a` and a matrix of `n` columns, where the design is a
    /// bit-slice engine: its cycles depend on the digits of A.
    #[must_use]
    pub fn schedule(&self, a: &Matrix, n: usize) -> Option<Schedule> {
        let slice = self.bit_slice.filter(|_| self.element != Element::Laconic)?;
        let multiplier = &self.multiplier;
        let digits =
            |row: usize, term: usize| multiplier.encoding.digits(multiplier.a, a.value(row, term));
        let planes = self.planes();
        let nonzero: Vec<bool> = (0..a.rows)
            .flat_map(|row| (0..a.cols).map(move |term| (row, term)))
            .flat_map(|(row, term)| digits(row, term).into_iter().map(|digit| digit != 0))
            .collect();
        let mut schedule = Schedule::new(self.engine(&slice));
        for (row, _) in self.nest.tiles(a.rows, n) {
            schedule.tile(a.cols, &|column, term, plane| {
                let row = row + column;
                row < a.rows && nonzero[(row * a.cols + term) * planes + plane]
            });
        }
        Some(schedule)
    }
}

/// Numbers of digits that are not zero, of every operand of a matrix.
struct DigitCounts {
    rows: usize,
    cols: usize,
    counts: Vec<u64>,
}

impl DigitCounts {
    fn new(encoding: &dyn Encoding, matrix: &Matrix) -> Self {
        let &Matrix { rows, cols, format, .. } = matrix;
        let count = |index: usize| {
            let digits = encoding.digits(format, matrix.value(index / cols, index % cols));
            digits.into_iter().filter(|&digit| digit != 0).count() as u64
        };
        Self { rows, cols, counts: (0..rows * cols).map(count).collect() }
    }

    /// The number of an operand; none beyond the matrix, where a tile is filled up with zeros.
    fn at(&self, row: usize, col: usize) -> u64 {
        let inside = row < self.rows && col < self.cols;
        if inside { self.counts[row * self.cols + col] } else { 0 }
    }

    fn mean(&self) -> f64 {
        self.counts.iter().sum::<u64>() as f64 / self.counts.len().max(1) as f64
    }
}
