//! Pooling: positions are counted row by row, and a window lets its last position pass.

use super::super::text::{Counter, bits, define, literal, weighted};
use super::{below, remainder};
use crate::design::Reset;
use crate::rtl::properties::Properties;

/// Pooling at a stage whose counters are called `pool<stage>_..`.
pub(in crate::rtl::binary) struct Pooled {
    pub stage: usize,
    pub window: [usize; 3],
    /// Depth, height and width before the pooling.
    pub positions: [usize; 3],
    /// Vectors of a position.
    pub vectors: usize,
}

impl Pooled {
    /// Vectors of a sample that come.
    pub fn coming(&self) -> usize {
        self.positions.iter().product::<usize>() * self.vectors
    }

    /// Whole windows along each axis.
    pub fn whole(&self) -> [usize; 3] {
        [0, 1, 2].map(|axis| self.positions[axis] / self.window[axis])
    }

    /// Vectors of a sample that pass.
    pub fn passing(&self) -> usize {
        self.whole().iter().product::<usize>() * self.vectors
    }

    fn counter(&self, name: &str, extent: usize) -> Counter {
        Counter::new(format!("pool{}_{name}", self.stage), extent)
    }

    /// Ties the counters to the numbers, of `width` bits, of the vector of a sample that is `next` to
    /// come, which it does where `moves`, and of the one that is `then` next to pass.
    pub fn tie(
        &self,
        mut properties: Properties,
        width: usize,
        moves: &str,
        (next, then): (&str, &str),
    ) -> Properties {
        let (stage, vectors) = (self.stage, self.vectors);
        let vector = self.counter("vector", vectors);
        let whole = self.whole();
        let mut ranges = Vec::new();
        let mut range = |counter: &Counter| {
            let name = format!("{}_q", counter.name);
            ranges
                .extend(below(&name, counter.width(), counter.extent).filter(|_| counter.exists()));
        };
        range(&vector);
        let mut axes = Vec::new();
        let mut splits = Vec::new();
        let (mut written, mut opening) = (vec![format!("({moves})")], vec!["1'b1".to_owned()]);
        for (axis, letter) in [(0, "z"), (1, "y"), (2, "x")] {
            let extent = self.positions[axis];
            let position = self.counter(&format!("position_{letter}"), extent);
            let within = match extent {
                1 => Counter::new("none", 1),
                _ => self.counter(&format!("within_{letter}"), self.window[axis]),
            };
            let pooled = match extent {
                1 => Counter::new("none", 1),
                _ => self.counter(&format!("window_{letter}"), extent.div_ceil(self.window[axis])),
            };
            range(&position);
            range(&within);
            if position.exists() {
                let value = weighted(width, &[(&pooled, self.window[axis]), (&within, 1)], 0);
                let own = position.value(width);
                splits.push(format!("{own} == {value}"));
                if !extent.is_multiple_of(self.window[axis]) {
                    let end = extent - extent % self.window[axis];
                    written.push(format!("({own} < {})", literal(width, end as i64)));
                }
                if within.exists() {
                    opening.push(format!("({} == {})", within.value(width), literal(width, 0)));
                }
            }
            axes.push((position, within, pooled));
        }
        let [_, height, across] = self.positions;
        let number = weighted(
            width,
            &[
                (&axes[0].0, height * across * vectors),
                (&axes[1].0, across * vectors),
                (&axes[2].0, vectors),
                (&vector, 1),
            ],
            0,
        );
        // Vectors of whole windows before the one that comes next, from the innermost axis out.
        let mut passed = vector.value(width);
        let mut unit = vectors;
        for axis in (0..3).rev() {
            let (_, within, pooled) = &axes[axis];
            let mut closes = Vec::new();
            if within.exists() {
                closes.push(within.end());
            }
            if pooled.extent > whole[axis] {
                let limit = literal(pooled.width(), whole[axis] as i64);
                closes.push(format!("({}_q < {limit})", pooled.name));
            }
            let before = weighted(width, &[(pooled, unit)], 0);
            let zero = literal(width, 0);
            let here = match closes.is_empty() {
                true => passed,
                false => format!("(({}) ? ({passed}) : {zero})", closes.join(" & ")),
            };
            passed = format!("{before} + {here}");
            unit *= whole[axis];
        }
        let name = format!("check_passed{stage}");
        properties = properties.declare(&define(&name, width, &passed));
        let expected = remainder(&name, width, self.passing(), 1);
        properties
            .assert_all("Counters of the pooling stay in their ranges.", &ranges)
            .assert_all("A position is one of a window.", &splits)
            .assert(
                "It counts in its window, unless it is in none.",
                &format!("pool_write{stage}_o == ({})", written.join(" & ")),
            )
            .assert(
                "Only the first one starts the window.",
                &format!("pool_first{stage}_o == ({})", opening.join(" & ")),
            )
            .assert("Positions follow each other row by row.", &format!("{next} == {number}"))
            .assert(
                "As many vectors pass as there are whole windows.",
                &format!("{then} == ({expected})"),
            )
    }
}

/// The means of a shortcut: every whole window gives one, which stays until it is taken.
pub(in crate::rtl::binary) fn mean(pooled: &Pooled, reset: Reset, width: usize) -> Properties {
    let wide = bits(pooled.coming()) + 1;
    let closes = "taken & covered0 & closes0";
    let last = |count: usize| literal(wide, count as i64 - 1);
    let properties = Properties::new(reset)
        .cycle("check_next_q", wide, "taken", &last(pooled.coming()))
        .cycle("check_then_q", wide, closes, &last(pooled.passing()))
        .bit("check_full_q", "1'b0", &format!("ready_o ? ({closes}) : check_full_q"))
        .assert("What is complete is offered, once.", "valid_o == check_full_q")
        .assert("What is not taken is not written over.", "ready_o == (~valid_o | ready_i)")
        .offers("valid_o", "ready_i", &[("data_o", &width.to_string())])
        .reach("A position is taken.", "taken");
    pooled.tie(properties, wide, "taken", ("check_next_q", "check_then_q"))
}
