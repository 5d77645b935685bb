//! The nests of systolic arrays, before any transformation.

use super::Dimension::{Bw, K, M, N};
use super::build::{assign, parfor, temporal};
use super::{Dimension, Extent, Movement, Nest, Operation, Value};

/// The output-stationary systolic array: M along the rows, N along the columns, K in time, the bit
/// weights side by side in every element. A hops along a row, B down a column. The result is read
/// out one element per row and cycle, and handed out row by row.
#[must_use]
pub fn output_stationary(rows: usize, cols: usize, weights: Vec<usize>) -> Nest {
    stationary_sums(rows, cols, 1, Movement::Hop, weights)
}

/// An output-stationary array whose elements add up the products of `depth` terms of K at a time.
/// Where operands hop, the elements of a row finish one after the other and are read over a bus;
/// where they are broadcast, all finish at once, and the rows are read one after the other.
#[must_use]
pub fn stationary_sums(
    rows: usize,
    cols: usize,
    depth: usize,
    movement: Movement,
    weights: Vec<usize>,
) -> Nest {
    let spatial_k: &[Dimension] = if depth > 1 { &[K] } else { &[] };
    let of_digit = [spatial_k, &[Bw]].concat();
    let value = |name| Value::at(name, &of_digit);
    let multiply = parfor(
        Bw,
        weights.len(),
        Movement::Broadcast,
        vec![
            assign(&[value("d")], Operation::Encode, &[Value::at("A", &[M, K])]),
            assign(&[value("t")], Operation::Map, &[value("d"), Value::at("B", &[K, N])]),
            assign(&[value("t")], Operation::Shift, &[value("t")]),
        ],
    );
    let (sum, carry, product) = (Value::at("s", &[]), Value::at("c", &[]), Value::at("p", &[]));
    let pair = [sum.clone(), carry.clone()];
    let reduce = |sources: &[Value]| assign(&pair, Operation::HalfReduce, sources);
    let partial_products = Value::all("t", &of_digit);
    let mut element = if depth > 1 {
        let terms = [Value::at("u", &[K]), Value::at("v", &[K])];
        let term = assign(&terms, Operation::HalfReduce, &[partial_products]);
        vec![
            parfor(K, depth, Movement::Broadcast, vec![multiply, term]),
            reduce(&[Value::all("u", &[K]), Value::all("v", &[K])]),
        ]
    } else {
        vec![multiply, reduce(&[partial_products])]
    };
    element.extend([
        assign(std::slice::from_ref(&product), Operation::Add, &[sum, carry]),
        assign(
            &[Value::at("C", &[M, N])],
            Operation::Accumulate,
            &[Value::at("C", &[M, N]), product],
        ),
    ]);
    let extent = if depth > 1 { Extent::Tiles(depth) } else { Extent::Whole };
    let accumulate = temporal(
        K,
        extent,
        vec![parfor(M, rows, movement, vec![parfor(N, cols, movement, element)])],
    );
    let result = Value::at("R", &[M, N]);
    let read = assign(std::slice::from_ref(&result), Operation::Read, &[Value::at("C", &[M, N])]);
    let emit = assign(&[], Operation::Emit, &[result]);
    let mut tile = vec![accumulate];
    match movement {
        Movement::Hop => {
            let read = temporal(N, Extent::Fixed(cols), vec![read]);
            let emit = parfor(N, cols, Movement::Broadcast, vec![emit]);
            tile.push(parfor(M, rows, Movement::Hop, vec![read]));
            tile.push(temporal(M, Extent::Fixed(rows), vec![emit]));
        }
        Movement::Broadcast => {
            let row = parfor(N, cols, Movement::Broadcast, vec![read, emit]);
            tile.push(temporal(M, Extent::Fixed(rows), vec![row]));
        }
    }
    let tile = temporal(N, Extent::Tiles(cols), tile);
    Nest {
        body: vec![temporal(M, Extent::Tiles(rows), vec![tile])],
        weights,
        weights_b: Vec::new(),
    }
}
