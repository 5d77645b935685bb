//! The structural figures of designs side by side.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Value, json};

use crate::data::Matrix;
use crate::design::Design;
use crate::synth::measured::{self, Measured};
use crate::synth::structure::{self, Structure};
use crate::workload::Product;
use crate::workload::Workload as _;

/// What is known of a design without synthesis, and what synthesis has found before.
pub(super) struct Row {
    design: String,
    structure: Structure,
    partial_product_rows: usize,
    operations_per_cycle: f64,
    latency: usize,
    /// M, K and N of the product whose cycles are counted.
    size: [usize; 3],
    cycles: u64,
    utilisation: f64,
    /// The data that decide on the number of cycles; nothing where it does not depend on them.
    data: Option<String>,
    measured: Vec<Measured>,
}

impl Row {
    /// Counts a design; cycles are those of the product of two matrices, which are `data`.
    pub fn of(
        design: &Design,
        (a, b, data): (&Matrix, &Matrix, &str),
        limit: Duration,
    ) -> anyhow::Result<Self> {
        let [m, k, n] = [a.rows, a.cols, b.cols];
        let cycles = Product::new(design, a, b).cycles();
        let operations_per_cycle = design.operations_per_cycle();
        let operations = m as f64 * k as f64 * n as f64;
        Ok(Self {
            design: design.name.clone(),
            structure: structure::count(design, limit)?,
            partial_product_rows: design.partial_product_rows(),
            operations_per_cycle,
            latency: design.latency(),
            size: [m, k, n],
            cycles,
            data: design.activity(a, b).map(|_| data.to_owned()),
            utilisation: operations / (operations_per_cycle * cycles.max(1) as f64),
            measured: measured::recall(design),
        })
    }

    /// The figures as an object.
    pub fn json(&self) -> Value {
        let mut object = json!({
            "design": self.design,
            "partial_product_rows": self.partial_product_rows,
            "macs_per_cycle": self.operations_per_cycle,
            "latency_cycles": self.latency,
            "size": self.size,
            "cycles": self.cycles,
            "cycles_depend_on": self.data,
            "utilisation": self.utilisation,
            "measured": self.measured,
        });
        if let (Some(object), Ok(Value::Object(figures))) =
            (object.as_object_mut(), serde_json::to_value(&self.structure))
        {
            object.extend(figures);
        }
        object
    }

    /// The cells of the table, as text; what was not measured is empty.
    fn cells(&self) -> Vec<String> {
        let Structure {
            full_adders,
            half_adders,
            adder_bits,
            tree_levels,
            flip_flops,
            memory_bits,
            element_full_adders,
            element_flip_flops,
            ..
        } = self.structure;
        let mut cells = vec![
            self.design.clone(),
            full_adders.to_string(),
            half_adders.to_string(),
            adder_bits.to_string(),
            flip_flops.to_string(),
            memory_bits.to_string(),
            element_full_adders.to_string(),
            element_flip_flops.to_string(),
            self.partial_product_rows.to_string(),
            tree_levels.to_string(),
            self.latency.to_string(),
            self.cycles.to_string(),
            format!("{:.4}", self.utilisation),
        ];
        let last = self.measured.last();
        cells.push(last.map(|m| m.scope.clone()).unwrap_or_default());
        cells.push(last.map(|m| m.library.clone()).unwrap_or_default());
        cells.push(last.map(|m| format!("{:.1}", m.area_um2)).unwrap_or_default());
        cells.push(last.map(|m| format!("{:.3}", m.delay_ns)).unwrap_or_default());
        cells
    }
}

/// Names of the columns, for tables and CSV.
const COLUMNS: [&str; 17] = [
    "design",
    "full_adders",
    "half_adders",
    "adder_bits",
    "flip_flops",
    "memory_bits",
    "element_full_adders",
    "element_flip_flops",
    "partial_product_rows",
    "tree_levels",
    "latency_cycles",
    "cycles",
    "utilisation",
    "measured_scope",
    "library",
    "best_area_delay_area_um2",
    "best_area_delay_delay_ns",
];

/// Columns of what was measured before, the last ones.
const MEASURED: usize = 4;

/// One line per design, separated by commas.
pub(super) fn csv(rows: &[Row]) -> String {
    let mut text = COLUMNS.join(",") + "\n";
    for row in rows {
        text += &(row.cells().join(",") + "\n");
    }
    text
}

/// A line per figure and a column per design: there are more figures than designs.
/// With `before` it ends with what `synth` has found before.
pub(super) fn table(rows: &[Row], before: bool) -> String {
    let columns: Vec<Vec<String>> = rows.iter().map(Row::cells).collect();
    let [m, k, n] = rows.first().map_or([0; 3], |row| row.size);
    let label = |name: &str| match name {
        "cycles" => format!("cycles of {m} x {k} x {n}"),
        "design" => String::new(),
        "measured_scope" => "measured before: scope".to_owned(),
        "best_area_delay_area_um2" => "best area x delay: its area um2".to_owned(),
        "best_area_delay_delay_ns" => "best area x delay: its delay ns".to_owned(),
        name => name.replace('_', " "),
    };
    let labels: Vec<String> = COLUMNS.iter().map(|name| label(name)).collect();
    let first = labels.iter().map(String::len).max().unwrap_or(0);
    let mut text = String::new();
    let shown = if before { COLUMNS.len() } else { COLUMNS.len() - MEASURED };
    for (index, label) in labels.iter().enumerate().take(shown) {
        // Nothing was measured of any of them.
        if columns.iter().all(|cells| cells[index].is_empty()) {
            continue;
        }
        let mut line = format!("{label:first$}");
        for cells in &columns {
            let width = cells.iter().map(String::len).max().unwrap_or(0);
            let _ = write!(line, "  {:>width$}", cells[index]);
        }
        text += line.trim_end();
        text.push('\n');
    }
    let varying = |row: &&Row| row.data.is_some();
    let names: Vec<&str> = rows.iter().filter(varying).map(|row| row.design.as_str()).collect();
    if let Some(data) = rows.iter().find_map(|row| row.data.as_ref()) {
        let _ = writeln!(
            text,
            "\ncycles and utilisation of {} depend on the data, which are {data}",
            names.join(", ")
        );
    }
    text
}
