//! The loop nest of every design, executed statement by statement, gives the product and the
//! cycles that the simulation is held to.

mod common;

use bitweight::data;
use bitweight::design::{Design, Element};
use bitweight::nest::bit_slice::Schedule;
use bitweight::nest::{ClosedForm, Matrix, Operands, WeightClosedForm};
use bitweight::vectors::{self, Distribution};
use common::{Case, all_designs, check_all};
use num_bigint::BigInt;

fn check(design: &Design, (m, k, n): (usize, usize, usize)) -> Result<(), String> {
    let (format, encoding) = (design.multiplier.a, design.multiplier.encoding);
    let width = design.accumulator.width;
    let draw = |rows, cols, format, stream| {
        let drawn = vectors::random(rows, cols, format, Distribution::Uniform, 9, stream);
        let value = |index| BigInt::from(drawn.value(index / cols, index % cols));
        Matrix { rows, cols, data: (0..rows * cols).map(value).collect() }
    };
    let (a, b) = (draw(m, k, format, 0), draw(k, n, design.multiplier.b, 1));
    let format_b = design.multiplier.b;
    let operands = Operands { a: &a, b: &b, format, format_b, encoding, width };
    let modulus = BigInt::from(1) << width;
    if design.bit_slice.is_some() {
        return check_sparse(design, operands);
    }
    for nest in [&design.base_nest, &design.nest] {
        let execution = nest.execute(operands, design.pipeline());
        let complain =
            |what: String| Err(format!("{} at {m} x {k} x {n}: {what}\n{nest}", design.name));
        for index in 0..m * n {
            let (row, col) = (index / n, index % n);
            let sum: BigInt = (0..k).map(|i| &a.data[row * k + i] * &b.data[i * n + col]).sum();
            if execution.c.data[index] != ((sum % &modulus) + &modulus) % &modulus {
                return complain(format!("C[{row},{col}] is wrong"));
            }
        }
        let counted = nest.cycles((m, k, n), design.pipeline());
        let cycles = counted.map_err(|error| error.to_string())?;
        if execution.cycles != Some(cycles) {
            return complain(format!("{:?} cycles executed, {cycles} counted", execution.cycles));
        }
        let (rows, cols) = (design.rows(), design.cols());
        if design.tile_k.is_some() {
            continue;
        }
        let (form, exact, at_most) = match design.weights() {
            None => {
                let tiles = m.div_ceil(rows) * n.div_ceil(cols);
                let reads = nest.reads_per_row().ok_or("no sums are read")?;
                let beats = nest.beats(k);
                let form = ClosedForm::of(design.pipeline(), (rows, reads), tiles, beats);
                (form.cycles, form.exact, true)
            }
            Some(weights) => {
                let tiles = k.div_ceil(design.depth()) * n.div_ceil(cols);
                let form = WeightClosedForm::of(design.pipeline(), weights, tiles, m);
                (form.cycles, form.exact, false)
            }
        };
        if at_most && cycles > form || exact && cycles != form {
            return complain(format!("{cycles} cycles, {form} by the closed form"));
        }
    }
    Ok(())
}

/// Engines that leave zero digits out: the nest works on exactly the digits that are not zero, and
/// the cycles of those digits are the ones that the simulation is held to.
fn check_sparse(design: &Design, operands: Operands<'_>) -> Result<(), String> {
    let (a, b) = (operands.a, operands.b);
    let modulus = BigInt::from(1) << operands.width;
    let execution = design.nest.execute(operands, design.pipeline());
    for row in 0..a.rows {
        for col in 0..b.cols {
            let term = |i: usize| &a.data[row * a.cols + i] * &b.data[i * b.cols + col];
            let sum: BigInt = (0..a.cols).map(term).sum();
            if execution.c.data[row * b.cols + col] != ((sum % &modulus) + &modulus) % &modulus {
                return Err(format!("{}: C[{row},{col}] is wrong\n{}", design.name, design.nest));
            }
        }
    }
    // What the digits decide is never counted from the nest alone.
    let (m, k, n) = (a.rows, a.cols, b.cols);
    if design.cycles((m, k, n)).is_some() || execution.cycles.is_some() {
        return Err(format!("{}: counted without its digits", design.name));
    }
    let Some(slice) = design.bit_slice.filter(|_| design.element != Element::Laconic) else {
        return Ok(());
    };
    let mut schedule = Schedule::new(design.engine(&slice));
    for (row, _) in design.nest.tiles(a.rows, b.cols) {
        schedule.tile(a.cols, &|column, term, plane| {
            execution.worked.contains(&[row + column, term, plane])
        });
    }
    let matrix = |matrix: &Matrix, format| {
        let value = |value: &BigInt| {
            i64::try_from(value).or_else(|_| u64::try_from(value).map(|v| v as i64))
        };
        data::Matrix {
            rows: matrix.rows,
            cols: matrix.cols,
            data: matrix.data.iter().map(|v| value(v).expect("64 bits")).collect(),
            format,
        }
    };
    let (cycles, expected) = (
        Some(schedule.outcome().0),
        design.data_cycles(&matrix(a, operands.format), &matrix(b, design.multiplier.b)),
    );
    match cycles == expected {
        true => Ok(()),
        false => Err(format!("{}: {cycles:?} cycles executed, {expected:?} counted", design.name)),
    }
}

#[test]
fn nests_of_all_designs_are_exact_and_timed() {
    check_all(&all_designs(), |Case { design, .. }| {
        let (rows, cols) = (design.rows(), design.cols());
        let depth = design.depth();
        let shapes = [
            (1, 1, 1),
            (rows + 1, 2, cols + 1),
            (rows, 3 * (rows + cols), 1),
            (depth, 2 * depth + 1, cols),
        ];
        shapes.into_iter().try_for_each(|shape| check(design, shape))
    });
}
