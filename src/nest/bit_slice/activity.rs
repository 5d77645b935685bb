//! What the columns and lanes of an engine did, by the cycle model.

use serde::Serialize;

/// Why a column did not issue digits, in cycles; and what its lanes did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ColumnActivity {
    /// Cycles in which the column worked on a plane.
    pub busy: u64,
    /// Cycles without operands.
    pub operands: u64,
    /// Cycles in which the column waited for another one.
    pub column_sync: u64,
    /// Cycles in which a finished sum could not be handed over.
    pub readout: u64,
    /// What each lane did while the column was busy.
    pub lanes: Vec<LaneActivity>,
}

/// What a lane did while its column was busy: in cycles, on the term-serial baseline in cycles of
/// elements, since elements share lanes there.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct LaneActivity {
    /// Digits, or pairs of terms, that were issued.
    pub digits: u64,
    /// Groups without a digit, or beats without a pair of terms.
    pub empty_groups: u64,
    /// Another lane was not done with its plane or group.
    pub lane_sync: u64,
    /// The bank of operand B was taken.
    pub bank: u64,
    /// Another element had more terms in the same lane.
    pub element_sync: u64,
}

/// A whole run.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Activity {
    /// Digits of A that are not zero, by operand of A.
    pub mean_nonzero_digits: f64,
    /// Digits of B that are not zero, by operand of B, where B has digits: on the term-serial
    /// baseline.
    pub mean_nonzero_digits_b: Option<f64>,
    /// Cycles per multiply-accumulate operation of one element.
    pub cycles_per_mac: f64,
    /// Share of the cycles in which a column worked, by column.
    pub column_utilisation: Vec<f64>,
    /// Share of the cycles in which a lane issued a digit, by column and lane; on the term-serial
    /// baseline, a pair of terms in each of its elements.
    pub lane_utilisation: Vec<Vec<f64>>,
    /// The counts behind them.
    pub columns: Vec<ColumnActivity>,
}

/// What is known of a run besides the activity of its columns.
#[derive(Clone, Copy, Debug)]
pub struct Totals {
    /// Cycles of the run.
    pub cycles: u64,
    /// Multiply-accumulate operations of an element.
    pub macs: f64,
    /// Digits of an operand of A that are not zero, on average.
    pub mean: f64,
    /// The same of B, where B has digits.
    pub mean_b: Option<f64>,
    /// Elements whose cycles a lane counts.
    pub lane_elements: usize,
}

impl Activity {
    /// The activity of a run.
    #[must_use]
    pub fn new(columns: Vec<ColumnActivity>, totals: Totals) -> Self {
        let Totals { cycles, macs, mean, mean_b, lane_elements } = totals;
        let share = |part: u64| part as f64 / cycles.max(1) as f64;
        let lanes = |column: &ColumnActivity| {
            let lanes = column.lanes.iter();
            lanes.map(|lane| share(lane.digits) / lane_elements as f64).collect::<Vec<f64>>()
        };
        Self {
            mean_nonzero_digits: mean,
            mean_nonzero_digits_b: mean_b,
            cycles_per_mac: cycles as f64 / macs.max(f64::MIN_POSITIVE),
            column_utilisation: columns.iter().map(|column| share(column.busy)).collect(),
            lane_utilisation: columns.iter().map(lanes).collect(),
            columns,
        }
    }

    /// Cycles by what a column was doing, over all columns: what, and how many.
    #[must_use]
    pub fn causes(&self) -> Vec<(&'static str, u64)> {
        let columns = |cycles: fn(&ColumnActivity) -> u64| self.columns.iter().map(cycles).sum();
        if self.mean_nonzero_digits_b.is_some() {
            return vec![
                ("terms", columns(|column| column.busy)),
                ("no operands", columns(|column| column.operands)),
                ("sum not yet handed over", columns(|column| column.readout)),
            ];
        }
        vec![
            ("digits", columns(|column| column.busy)),
            ("no operands", columns(|column| column.operands)),
            ("waiting for another column", columns(|column| column.column_sync)),
            ("sum not yet handed over", columns(|column| column.readout)),
        ]
    }

    /// Cycles by what a lane was doing while its column was busy, over all lanes.
    #[must_use]
    pub fn lane_causes(&self) -> Vec<(&'static str, u64)> {
        let lanes = |cycles: fn(&LaneActivity) -> u64| {
            self.columns.iter().flat_map(|column| &column.lanes).map(cycles).sum()
        };
        if self.mean_nonzero_digits_b.is_some() {
            return vec![
                ("pairs of terms", lanes(|lane| lane.digits)),
                ("beats without a pair", lanes(|lane| lane.empty_groups)),
                ("waiting for another element", lanes(|lane| lane.element_sync)),
                ("waiting for another lane", lanes(|lane| lane.lane_sync)),
            ];
        }
        vec![
            ("digits", lanes(|lane| lane.digits)),
            ("empty groups", lanes(|lane| lane.empty_groups)),
            ("waiting for another lane", lanes(|lane| lane.lane_sync)),
            ("bank of B taken", lanes(|lane| lane.bank)),
        ]
    }
}
