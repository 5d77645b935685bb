//! Latencies of a design, for its manifest and the head of its top.

use serde::Serialize;

use super::{Design, Topology};

/// Latencies in cycles.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Latency {
    /// Between beats: transfers of the widest stream that is taken with A.
    pub beat_interval: usize,
    /// From the acceptance of a beat until the first element has accumulated it.
    pub accumulate: usize,
    /// From reading an element until its result is resolved.
    pub resolve: usize,
    /// What only one contract has.
    #[serde(flatten)]
    pub contract: ContractLatency,
}

/// Latencies in cycles, by contract.
#[derive(Clone, Copy, Debug, Serialize)]
#[serde(untagged)]
pub enum ContractLatency {
    /// A tile of C stays.
    OutputStationary {
        /// From the acceptance of a tile's last beat until its first row is offered.
        last_beat_to_first_row: usize,
        /// Number of beats per tile from which on the array works in every cycle.
        busy_from_k: usize,
    },
    /// A tile of C stays, and digits that are zero take no time.
    DataDependent {
        /// What the cycles of a tile follow from.
        depends_on: &'static str,
    },
    /// A tile of B stays.
    WeightStationary {
        /// From the acceptance of a beat of A until its beat of C is offered.
        beat_to_row: usize,
        /// Between beats of B.
        load_interval: usize,
        /// Beats of C that may be on their way or waiting.
        output_beats: usize,
        /// Number of rows of A per tile from which on the array works in every cycle.
        busy_from_m: usize,
    },
}

impl Latency {
    /// The latencies of a design.
    #[must_use]
    pub fn of(design: &Design) -> Self {
        let pipeline = design.pipeline();
        let reads = design.reads_per_row();
        let contract = match design.weights() {
            None if design.array.topology == Topology::BitSlice => {
                ContractLatency::DataDependent { depends_on: "non-zero digits of the operands" }
            }
            None => ContractLatency::OutputStationary {
                last_beat_to_first_row: design.latency(),
                busy_from_k: (design.rows() * pipeline.transfers_per_row + reads)
                    .div_ceil(pipeline.beat_interval),
            },
            Some(weights) => ContractLatency::WeightStationary {
                beat_to_row: weights.latency(pipeline),
                load_interval: pipeline.load_interval,
                output_beats: weights.slots(pipeline),
                busy_from_m: (weights.beats * pipeline.load_interval)
                    .div_ceil(pipeline.beat_interval.max(pipeline.transfers_per_row)),
            },
        };
        Self {
            beat_interval: pipeline.beat_interval,
            accumulate: pipeline.accumulate_latency,
            resolve: pipeline.resolve_latency,
            contract,
        }
    }
}

impl Latency {
    /// Sentences for people, each of one line.
    #[must_use]
    pub fn describe(&self) -> Vec<String> {
        match self.contract {
            ContractLatency::OutputStationary { last_beat_to_first_row, busy_from_k } => vec![
                format!(
                    "Latency: {last_beat_to_first_row} cycles from the last beat of a tile to its first \
                     row."
                ),
                format!(
                    "Tiles of {busy_from_k} beats or more keep the array at work in every cycle."
                ),
            ],
            ContractLatency::DataDependent { depends_on } => {
                vec![format!("Latency: the cycles of a tile follow from the {depends_on}.")]
            }
            ContractLatency::WeightStationary {
                beat_to_row, load_interval, busy_from_m, ..
            } => vec![
                format!(
                    "Latency: {beat_to_row} cycles from a beat of A to its beat of C; a beat of B every \
                     {load_interval}."
                ),
                format!("Tiles of {busy_from_m} rows or more follow each other without a gap."),
            ],
        }
    }
}
