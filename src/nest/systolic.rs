//! The nests of systolic arrays, before any transformation.

use super::Dimension::{Bw, K, M, N};
use super::build::{assign, parfor, temporal};
use super::{Extent, Movement, Nest, Operation, Value};

/// The output-stationary systolic array: M along the rows, N along the columns, K in time, the bit
/// weights side by side in every element. A hops along a row, B down a column. The result is read
/// out one element per row and cycle, and handed out row by row.
#[must_use]
pub fn output_stationary(rows: usize, cols: usize, weights: Vec<usize>) -> Nest {
    let digits = weights.len();
    let multiply = parfor(
        Bw,
        digits,
        Movement::Broadcast,
        vec![
            assign(&[Value::at("d", &[Bw])], Operation::Encode, &[Value::at("A", &[M, K])]),
            assign(
                &[Value::at("t", &[Bw])],
                Operation::Map,
                &[Value::at("d", &[Bw]), Value::at("B", &[K, N])],
            ),
            assign(&[Value::at("t", &[Bw])], Operation::Shift, &[Value::at("t", &[Bw])]),
        ],
    );
    let (sum, carry, product) = (Value::at("s", &[]), Value::at("c", &[]), Value::at("p", &[]));
    let element = vec![
        multiply,
        assign(&[sum.clone(), carry.clone()], Operation::HalfReduce, &[Value::all("t", &[Bw])]),
        assign(std::slice::from_ref(&product), Operation::Add, &[sum, carry]),
        assign(
            &[Value::at("C", &[M, N])],
            Operation::Accumulate,
            &[Value::at("C", &[M, N]), product],
        ),
    ];
    let accumulate = temporal(
        K,
        Extent::Whole,
        vec![parfor(M, rows, Movement::Hop, vec![parfor(N, cols, Movement::Hop, element)])],
    );
    let read = parfor(
        M,
        rows,
        Movement::Hop,
        vec![temporal(
            N,
            Extent::Fixed(cols),
            vec![assign(&[Value::at("R", &[M, N])], Operation::Read, &[Value::at("C", &[M, N])])],
        )],
    );
    let emit = temporal(
        M,
        Extent::Fixed(rows),
        vec![parfor(
            N,
            cols,
            Movement::Broadcast,
            vec![assign(&[], Operation::Emit, &[Value::at("R", &[M, N])])],
        )],
    );
    let tile = temporal(N, Extent::Tiles(cols), vec![accumulate, read, emit]);
    Nest { body: vec![temporal(M, Extent::Tiles(rows), vec![tile])], weights }
}
