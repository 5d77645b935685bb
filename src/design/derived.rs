//! What follows from the parameters of a design: its sides, widths, streams and cycles.

use super::{
    Contract, Correction, Design, Element, EncoderPlace, SignCorrection, Stream, Topology,
    correction, pipeline,
};
use crate::arith::encode::bit_pairs;
use crate::arith::recode;
use crate::nest::{Pipeline, Weights};

impl Design {
    /// Rows of the array: elements along M.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.array.rows
    }

    /// Rows of A of a tile that shows what the array can do: as many as are stationary, or enough
    /// to load the next weights of a small array meanwhile.
    #[must_use]
    pub fn tile_rows(&self) -> usize {
        match self.contract() {
            Contract::OutputStationary => self.rows(),
            Contract::WeightStationary => self.depth().clamp(2, 16),
        }
    }

    /// Columns of the array: elements along N.
    #[must_use]
    pub fn cols(&self) -> usize {
        self.array.cols
    }

    /// Terms of K that a beat of the operands carries, and that are added up in space.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.array.depth
    }

    /// Elements of the array; the element of a tree is a whole column.
    #[must_use]
    pub fn elements(&self) -> usize {
        match self.array.topology {
            Topology::AdderTree => self.cols(),
            Topology::SystolicWs => self.array.multipliers(),
            _ => self.rows() * self.cols(),
        }
    }

    /// Multiply-accumulate operations that the array does in a cycle when nothing waits. Where the
    /// bit weight runs in time, an operation takes as many cycles as there are planes, and each
    /// lane works on one.
    #[must_use]
    pub fn operations_per_cycle(&self) -> f64 {
        let spatial = self.array.multipliers() as f64;
        match self.plane() {
            None => spatial,
            Some(plane) => (self.elements() * plane.lanes) as f64 / plane.weights().len() as f64,
        }
    }

    /// Whether operand A is encoded at the edge of the array: digits travel through it.
    #[must_use]
    pub fn encodes_at_edge(&self) -> bool {
        self.multiplier.recoded && self.encoder == EncoderPlace::Edge
    }

    /// Whether an element registers its operands: not where they are broadcast, which the edge of
    /// the array registers.
    #[must_use]
    pub fn element_registers(&self) -> bool {
        self.input_registers && self.array.topology != Topology::Matrix2d
    }

    /// Bits of operand A in all terms of an element; where the bit weight runs in time, of one digit
    /// in each of them; of popcounts with what is the same for all columns.
    #[must_use]
    pub fn a_width(&self) -> usize {
        match self.plane() {
            Some(plane) => plane.digit().width() * plane.lanes,
            None => {
                self.multiplier.a.width * self.multiplier.terms + self.multiplier.shared_width()
            }
        }
    }

    /// Bits of operand B in all terms of an element.
    #[must_use]
    pub fn b_width(&self) -> usize {
        self.multiplier.b.width * self.plane().map_or(self.multiplier.terms, |plane| plane.lanes)
    }

    /// Bits of the digits of all terms of an element.
    #[must_use]
    pub fn digits_width(&self) -> usize {
        let stored = recode::Stored::new(self.multiplier.encoding, self.multiplier.a);
        stored.width() * self.multiplier.terms
    }

    /// Bits of 3B, without the lowest, in all terms of an element.
    #[must_use]
    pub fn triple_width(&self) -> usize {
        bit_pairs::triple_width(self.multiplier.b) * self.multiplier.terms
    }

    /// Whether 3B is formed at the edge of the array and travels with B.
    #[must_use]
    pub fn triples_at_edge(&self) -> bool {
        self.multiplier.tripled && self.encoder == EncoderPlace::Edge
    }

    /// Bits of operand B, in all terms of an element, as they travel through the array: 3B above B.
    #[must_use]
    pub fn travelling_b_width(&self) -> usize {
        self.b_width() + if self.triples_at_edge() { self.triple_width() } else { 0 }
    }

    /// Bits of operand A, in all terms of an element, as they travel through the array.
    #[must_use]
    pub fn travelling_width(&self) -> usize {
        match self.encodes_at_edge() {
            true => self.digits_width(),
            false => self.a_width(),
        }
    }

    /// Stream of operand A. Output-stationary: a beat per `depth` consecutive k, lane
    /// `depth_index * rows + row`. Weight-stationary: a beat per row of A, a lane per term. Behind
    /// them those of [`Self::count_lanes`].
    #[must_use]
    pub fn stream_a(&self) -> Stream {
        let lanes = self.rows() * self.depth() + self.count_lanes();
        Stream::new("s_axis_a", lanes, self.a_lane_width(), true)
    }

    /// Stream of operand B. Output-stationary: a beat per `depth` consecutive k, lane
    /// `depth_index * cols + col`. Weight-stationary: a beat per k, a lane per column. Behind them
    /// that of [`Self::mark_lanes`].
    #[must_use]
    pub fn stream_b(&self) -> Stream {
        let lanes = match self.contract() {
            Contract::OutputStationary => self.cols() * self.depth(),
            Contract::WeightStationary => self.cols() + self.mark_lanes(),
        };
        Stream::new("s_axis_b", lanes, self.multiplier.b.width, false)
    }

    /// Stream of partial sums that a weight-stationary top adds to its results: a beat per row of
    /// A with a lane per column.
    #[must_use]
    pub fn stream_p(&self) -> Option<Stream> {
        let stream = Stream::new("s_axis_p", self.cols(), self.accumulator.width, false);
        self.partial_sums.then_some(stream)
    }

    /// Stream of the result: one beat per row with a lane per column.
    #[must_use]
    pub fn stream_c(&self) -> Stream {
        Stream::new("m_axis_c", self.cols(), self.accumulator.width, true)
    }

    /// The input streams of the top with the operand that they carry, in port order.
    #[must_use]
    pub fn sources(&self) -> Vec<(&'static str, Stream)> {
        let mut sources = vec![("a", self.stream_a()), ("b", self.stream_b())];
        sources.extend(self.stream_p().map(|stream| ("p", stream)));
        sources
    }

    /// The streams of the top with the operand or result that they carry, in port order.
    #[must_use]
    pub fn streams(&self) -> Vec<(&'static str, Stream)> {
        let mut streams = self.sources();
        streams.push(("c", self.stream_c()));
        streams
    }

    /// Bits of the sum that an element accumulates.
    #[must_use]
    pub fn sum_width(&self) -> usize {
        let width = self.accumulator.width;
        self.plane().map_or(width, |plane| plane.sum(width).width)
    }

    /// The stream contract that the top follows.
    #[must_use]
    pub const fn contract(&self) -> Contract {
        self.array.topology.contract()
    }

    /// Cycles of an M x K by K x N product without stalls, by interpreting the loop nest; nothing
    /// where the operands decide, see [`Self::data_cycles`].
    #[must_use]
    pub fn cycles(&self, shape: (usize, usize, usize)) -> Option<u64> {
        self.nest.cycles(shape, self.pipeline()).ok()
    }

    /// Cycles for which the results of a row are taken over. Engines that leave digits out read
    /// the elements of a column one after the other.
    #[must_use]
    pub fn reads_per_row(&self) -> usize {
        match self.bit_slice {
            Some(_) => self.cols(),
            None => self.nest.reads_per_row().unwrap_or(1),
        }
    }

    /// The latencies and capacities that the cycle model needs.
    #[must_use]
    pub fn pipeline(&self) -> Pipeline {
        pipeline::of(self)
    }

    /// Cycles from the operands at an element to its accumulated value, where results stay.
    #[must_use]
    pub fn element_latency(&self) -> usize {
        pipeline::element(self)
    }

    /// Whether a beat is registered between the streams and the array: its operands reach the
    /// elements, or the encoders in front of them, without the logic that accepts the beat.
    #[must_use]
    pub fn operand_register(&self) -> bool {
        self.contract() == Contract::OutputStationary
            && self.array.topology != Topology::BitSlice
            && self.tile_k.is_none()
    }

    /// Rows of partial products that one multiplication adds up, corrections excluded.
    #[must_use]
    pub fn partial_product_rows(&self) -> usize {
        self.multiplier.encoding.rows(self.multiplier.a)
    }

    /// Cycles from the acceptance of the operands that complete a first row of results until it is
    /// offered; the fewest where the operands decide.
    #[must_use]
    pub fn latency(&self) -> usize {
        match (self.weights(), self.bit_slice) {
            (Some(weights), _) => weights.latency(self.pipeline()),
            (None, Some(_)) if self.element == Element::Laconic => {
                self.term_serial().fewest_latency()
            }
            (None, Some(slice)) => self.engine(&slice).fewest_latency(),
            (None, None) => self.pipeline().credit() + self.reads_per_row() + 1,
        }
    }

    /// How weights are loaded, where they stay.
    #[must_use]
    pub fn weights(&self) -> Option<Weights> {
        Weights::of(&self.nest)
    }

    /// Beats of C that the output memory of a weight-stationary top holds; 0 for other tops.
    #[must_use]
    pub fn output_beats(&self) -> usize {
        self.weights().map_or(0, |weights| weights.slots(self.pipeline()))
    }

    /// Where the constant of the signs is added, where a configuration has the choice.
    #[must_use]
    pub fn sign_correction(&self) -> Option<SignCorrection> {
        let place = match self.corrects_at_readout() {
            true => SignCorrection::Readout,
            false => SignCorrection::Pe,
        };
        correction::applies(&self.array, self.element).then_some(place)
    }

    /// Whether elements leave the constant of the signs to the readout.
    #[must_use]
    pub fn corrects_at_readout(&self) -> bool {
        self.multiplier.bias > 0
    }

    /// What the readout adds for it.
    #[must_use]
    pub fn correction(&self) -> Option<Correction> {
        Correction::of(&self.multiplier, self.accumulator.width)
    }

    /// Whether what an array with stationary results accumulates is added up where it is read.
    #[must_use]
    pub fn resolves(&self) -> bool {
        self.carry_save() || self.corrects_at_readout()
    }

    /// Whether the accumulated value is a pair of words.
    #[must_use]
    pub fn carry_save(&self) -> bool {
        self.nest.accumulates_carry_save()
    }
}
