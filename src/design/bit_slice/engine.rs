//! What is derived from a bit-slice engine: digits, widths, the view of the cycle model.

use super::{BMemory, Banks, BitSlice, Policy, Readout, Sync};
use crate::arith::bit_slice::{self, Accumulation};
use crate::arith::digit::DigitFormat;
use crate::arith::format::Format;
use crate::arith::multiplier::Multiplier;
use crate::arith::term_pair::TermPairs;
use crate::design::{Design, Element, EncoderPlace};
use crate::nest::bit_slice::Engine;

impl Design {
    /// Bit-weight planes of operand A.
    #[must_use]
    pub fn planes(&self) -> usize {
        self.multiplier.encoding.weights(self.multiplier.a).len()
    }

    /// The digits of A one at a time.
    #[must_use]
    pub fn digit_format(&self) -> DigitFormat {
        DigitFormat::new(self.multiplier.encoding, self.multiplier.a)
    }

    /// Distance of neighbouring planes, where the accumulated pair is shifted from one to the next.
    #[must_use]
    pub fn horner_step(&self, slice: &BitSlice) -> Option<usize> {
        let weights = self.multiplier.encoding.weights(self.multiplier.a);
        match weights.as_slice() {
            [first, second, ..] if slice.readout == Readout::Horner => Some(second - first),
            _ => None,
        }
    }

    /// Whether A arrives as digits.
    #[must_use]
    pub fn host_encodes(&self) -> bool {
        self.encoder == EncoderPlace::Host
    }

    /// Bits of a lane of the stream of A: an operand, or its digits.
    #[must_use]
    pub fn a_lane_width(&self) -> usize {
        match self.host_encodes() {
            true => self.planes() * self.digit_format().width(),
            false => self.multiplier.a.width,
        }
    }

    /// The array of the configuration as a flow mapping of YAML.
    #[must_use]
    pub fn array_yaml(&self) -> String {
        let Some(slice) = self.bit_slice else { return self.array.yaml() };
        let BitSlice { group, lanes, tile_k, policy, skip_empty, sync, readout, banks, .. } = slice;
        let (columns, elements) = (self.rows(), self.cols());
        let lanes = match self.element {
            Element::Laconic => {
                return format!(
                    "bit_slice: {{columns: {columns}, elements: {elements}, lanes: {lanes}}}"
                );
            }
            Element::Opt4e => format!("lanes: {lanes}, "),
            _ => String::new(),
        };
        let [policy, sync, readout] = [policy.name(), sync.name(), readout.name()];
        let b_memory = match banks {
            None => BMemory::Replicated.name().to_owned(),
            Some(Banks { count, rows, .. }) => {
                let rows = rows.map(|rows| format!(", bank_rows: {rows}")).unwrap_or_default();
                format!("{}, banks: {count}{rows}", BMemory::Banked.name())
            }
        };
        format!(
            "bit_slice: {{columns: {columns}, elements: {elements}, {lanes}group: {group}, tile_k: \
             {tile_k}, policy: {policy}, skip_empty: {skip_empty}, sync: {sync}, readout: \
             {readout}, b_memory: {b_memory}}}"
        )
    }

    /// The cycle model's view of a bit-slice engine.
    #[must_use]
    pub fn engine(&self, slice: &BitSlice) -> Engine {
        Engine {
            columns: self.rows(),
            elements: self.cols(),
            lanes: slice.lanes,
            group: slice.group,
            planes: self.planes(),
            beats: slice.beats(),
            lockstep: slice.policy == Policy::Lockstep,
            skip_empty: slice.skip_empty,
            barrier: slice.sync == Sync::Tile,
            horner: self.horner_step(slice).is_some(),
            banks: slice.banks.map(|banks| banks.model()),
            whole_groups: slice.per_element,
            beat_interval: self.pipeline().beat_interval,
            issue_latency: slice.issue_latency(self.input_registers),
            transfers_per_row: self.stream_c().transfers_per_beat,
        }
    }

    /// What a term-serial element works on per cycle.
    #[must_use]
    pub fn term_pairs(&self) -> TermPairs {
        let digits = |format| self.multiplier.encoding.weights(format).len();
        let Multiplier { a, b, .. } = self.multiplier;
        TermPairs { lanes: self.depth(), a: digits(a), b: digits(b) }
    }

    /// What the elements accumulate: exact for a full chunk, and never wider than the result.
    #[must_use]
    pub fn segment(&self, slice: &BitSlice) -> Format {
        let operands = (self.multiplier.a, self.multiplier.b);
        let horner = self.horner_step(slice).is_some();
        let format =
            bit_slice::segment(self.multiplier.encoding, operands, slice.tile_k as u64, horner);
        Format { width: format.width.min(self.accumulator.width), ..format }
    }

    /// The datapath of an element.
    #[must_use]
    pub fn accumulation(&self, slice: &BitSlice) -> Accumulation {
        Accumulation {
            digit: self.digit_format(),
            b: self.multiplier.b,
            lanes: if slice.per_element { 1 } else { slice.lanes },
            width: self.segment(slice).width,
            step: self.horner_step(slice),
            compressor: self.multiplier.compressor,
        }
    }
}
