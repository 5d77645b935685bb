//! Cycles of a product, in `bitweight explain`.

use super::{Line, line};
use crate::cli::simulate::Shape;
use crate::design::Design;
use crate::nest::{ClosedForm, WeightClosedForm, Weights};

/// The cycles of a product of `size` without stalls, and the formulas behind them.
pub(super) fn lines(design: &Design, size: Shape) -> Vec<Line> {
    let Shape { m, k, n } = size;
    if design.bit_slice.is_some() {
        return data_dependent(design, size);
    }
    if let Some(terms) = design.tile_k {
        return replayed(design, (m, k, n), terms);
    }
    let Some(cycles) = design.cycles((m, k, n)) else { return data_dependent(design, size) };
    let elements = design.array.multipliers();
    let utilisation = (m * k * n) as f64 / (design.operations_per_cycle() * cycles as f64);
    let mut lines =
        vec![line("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}"))];
    lines.extend(match design.weights() {
        None => output_stationary_cycles(design, size),
        Some(weights) => weight_stationary_cycles(design, weights, size),
    });
    lines.extend([
        line("cycles by interpreting the nest", String::new(), cycles.to_string()),
        line(
            "utilisation",
            format!("M * K * N / ({elements} multipliers * cycles)"),
            format!("{utilisation:.4}"),
        ),
    ]);
    lines
}
/// Cycles of an engine that leaves zero digits out.
fn data_dependent(design: &Design, Shape { m, k, n }: Shape) -> Vec<Line> {
    let (rows, cols) = (design.rows(), design.cols());
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let mut lines = vec![
        line("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}")),
        line("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        line("cycles", "depend on the operands: see `bitweight sim`".to_owned(), String::new()),
    ];
    if let Some((fewest, most)) = design.cycle_bounds((m, k, n)) {
        lines.push(line("  fewest", "no digit of A is set".to_owned(), fewest.to_string()));
        lines.push(line("  most", "no digit of A is zero".to_owned(), most.to_string()));
    }
    lines
}

/// The cycles of an array whose operands are replayed once per bit weight.
fn replayed(design: &Design, (m, k, n): (usize, usize, usize), terms: usize) -> Vec<Line> {
    let (rows, cols, lanes) = (design.rows(), design.cols(), design.lanes);
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let planes = design.nest.weights.len();
    let of_tiles = |tiles: usize| design.cycles((rows * tiles, k, cols));
    // Long after the start, from tile to tile.
    let counted = (design.cycles((m, k, n)), of_tiles(9), of_tiles(8));
    let (Some(cycles), Some(nine), Some(eight)) = counted else { return Vec::new() };
    let period = nine - eight;
    let utilisation = (m * k * n) as f64 / (design.operations_per_cycle() * cycles as f64);
    vec![
        line("matrix product", "M x K x N".to_owned(), format!("{m} x {k} x {n}")),
        line("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        line("chunks of a tile", format!("ceil(K/{terms})"), k.div_ceil(terms).to_string()),
        line(
            "groups of the first chunk",
            format!("ceil(terms/{lanes})"),
            k.min(terms).div_ceil(lanes).to_string(),
        ),
        line("planes of a chunk", "digits of A".to_owned(), planes.to_string()),
        line("cycles from tile to tile", "by interpreting the nest".to_owned(), period.to_string()),
        line("cycles by interpreting the nest", String::new(), cycles.to_string()),
        line(
            "utilisation",
            format!("M * K * N / ({} elements * {lanes}/{planes} * cycles)", rows * cols),
            format!("{utilisation:.4}"),
        ),
    ]
}

fn output_stationary_cycles(design: &Design, size: Shape) -> Vec<Line> {
    let Shape { m, k, n } = size;
    let pipeline = design.pipeline();
    let (rows, cols) = (design.rows(), design.cols());
    let reads = design.reads_per_row();
    let beats = design.nest.beats(k);
    let tiles = m.div_ceil(rows) * n.div_ceil(cols);
    let form = ClosedForm::of(pipeline, (rows, reads), tiles, beats);
    let formula = if form.exact { "=" } else { "at most" };
    vec![
        line("tiles", format!("ceil(M/{rows}) * ceil(N/{cols})"), tiles.to_string()),
        line("beats of a tile", format!("ceil(K/{})", design.depth()), beats.to_string()),
        line(
            "cycles from tile to tile",
            format!("max(interval * beats, {rows} * transfers + {reads})"),
            form.period.to_string(),
        ),
        line(
            "cycles by the closed form",
            format!("{formula} (tiles-1)*period + interval*beats + tail"),
            form.cycles.to_string(),
        ),
        line(
            "  tail",
            format!("accumulate + resolve + {rows} * transfers + {reads}"),
            (form.cycles
                - (tiles as u64 - 1) * form.period
                - (pipeline.beat_interval * beats) as u64)
                .to_string(),
        ),
    ]
}

fn weight_stationary_cycles(design: &Design, weights: Weights, size: Shape) -> Vec<Line> {
    let Shape { m, k, n } = size;
    let pipeline = design.pipeline();
    let (depth, cols) = (design.depth(), design.cols());
    let tiles = k.div_ceil(depth) * n.div_ceil(cols);
    let form = WeightClosedForm::of(pipeline, weights, tiles, m);
    let formula = if form.exact { "=" } else { "about" };
    vec![
        line("tiles", format!("ceil(K/{depth}) * ceil(N/{cols})"), tiles.to_string()),
        line(
            "cycles from tile to tile",
            format!("max(interval * M, load * {depth})"),
            form.period.to_string(),
        ),
        line(
            "cycles by the closed form",
            format!("{formula} load*{depth} + (tiles-1)*period + interval*(M-1) + tail"),
            form.cycles.to_string(),
        ),
        line(
            "  tail",
            "beat in to row out + transfers".to_owned(),
            (weights.latency(pipeline) + pipeline.transfers_per_row).to_string(),
        ),
    ]
}
