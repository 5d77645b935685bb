//! The records of a parameter frame.

use num_bigint::BigUint;

use super::frame::{LayerValues, bits, loaded_width};
use super::layer::{Layer, values_of};
use super::step::Step;
use crate::arith::dot::DotKind;

impl Layer {
    pub(super) fn weight_record(
        &self,
        values: &LayerValues,
        address: usize,
        lane: usize,
    ) -> BigUint {
        let Some(channel) = self.channel(address / self.words(), lane) else {
            return BigUint::ZERO;
        };
        let word = address % self.words();
        let (tap, part) = (word / self.words_per_tap(), word % self.words_per_tap());
        let per_group = self.geometry().channels_per_group();
        let format = self.parameters().weights;
        let rest = match self.dot().kind() {
            DotKind::Xnor => (1 << format.width()) - 1,
            _ => 0,
        };
        let taps = self.geometry().taps();
        let mut record = BigUint::ZERO;
        for index in (0..self.simd()).rev() {
            let within = part * self.simd() + index;
            let code = match within < per_group {
                true => {
                    let flat = (channel * taps + tap) * per_group + within;
                    format.code(values.weights.data[flat]).unwrap_or(rest)
                }
                false => rest,
            };
            record = (record << format.width()) | BigUint::from(code);
        }
        record
    }

    pub(super) fn input_record(&self, values: &LayerValues, word: usize, lane: usize) -> BigUint {
        let (Some(stage), Some(table)) = (self.input_stage(), self.input_table()) else {
            return BigUint::ZERO;
        };
        let Some(channel) = self.input_channel(word, lane) else { return BigUint::ZERO };
        let count = values_of(&table);
        let own = &values.input[channel * count..(channel + 1) * count];
        // x > t is x >= t + 1 for integers.
        let single = |value: &i64| bits(value + i64::from(stage.strict), table.width);
        own.iter().rev().fold(BigUint::ZERO, |all, value| (all << table.width) | single(value))
    }

    pub(super) fn table_record(
        &self,
        values: &LayerValues,
        step: usize,
        vector: usize,
        lane: usize,
    ) -> BigUint {
        let Some(channel) = self.channel(vector, lane) else { return BigUint::ZERO };
        let placed = &self.steps()[step];
        let mut record = BigUint::ZERO;
        let mut low = 0;
        let strict = matches!(placed.step, Step::Threshold { strict: true });
        for (index, table) in placed.tables.iter().enumerate() {
            let width = loaded_width(self, step, table);
            let count = values_of(table);
            let single = width / count;
            for value in 0..count {
                let mut value = values.steps[step][index][channel * count + value];
                if table.name == "threshold" {
                    // x > t is x >= t + 1 for integers.
                    value += i64::from(strict);
                    if step == 0 && self.preloaded() {
                        value = self.start(value);
                    }
                }
                record |= bits(value, single) << low;
                low += single;
            }
        }
        record
    }
}
