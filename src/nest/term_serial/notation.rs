//! The term-serial engine in the notation: the bit weights of both operands run in time, and of
//! both only the digits that are not zero.
//!
//! Every pair of digits is a signed power of two, so nothing is multiplied: a histogram counts the
//! pairs of all lanes by the sum of their exponents, and its bins are what is added up, in
//! carry-save, and resolved where an element is read.

use crate::nest::Dimension::{Bw, Bx, K, M, N};
use crate::nest::build::{assign, parfor, temporal};
use crate::nest::{Extent, Movement, Nest, Operation, Value};

/// The nest of `rows` x `cols` elements of `lanes` terms of K; `weights` are those of the digits of
/// A and of B.
#[must_use]
pub fn nest(
    (rows, cols, lanes): (usize, usize, usize),
    (weights, weights_b): (Vec<usize>, Vec<usize>),
) -> Nest {
    let spatial = |dimension, count, body| parfor(dimension, count, Movement::Broadcast, body);
    let (d, x, t) = (Value::at("d", &[K]), Value::at("x", &[K]), Value::at("t", &[K]));
    let counts = Value::at("h", &[]);
    let pair = [Value::at("S", &[M, N]), Value::at("Y", &[M, N])];
    let lane = vec![
        assign(std::slice::from_ref(&d), Operation::Encode, &[Value::at("A", &[M, K])]),
        assign(std::slice::from_ref(&x), Operation::EncodeB, &[Value::at("B", &[K, N])]),
        assign(&[t], Operation::Map, &[d, x]),
    ];
    let element = vec![
        spatial(K, lanes, lane),
        assign(std::slice::from_ref(&counts), Operation::Histogram, &[Value::all("t", &[K])]),
        assign(&pair, Operation::HalfReduce, &[counts, pair[0].clone(), pair[1].clone()]),
    ];
    let elements = |body| spatial(M, rows, vec![spatial(N, cols, body)]);
    let pairs =
        temporal(Bw, Extent::Longest, vec![temporal(Bx, Extent::Longest, vec![elements(element)])]);
    let beats = temporal(K, Extent::Tiles(lanes), vec![pairs, assign(&[], Operation::Sync, &[])]);
    let result = Value::at("R", &[M, N]);
    let read = assign(std::slice::from_ref(&result), Operation::Add, &pair);
    let emit = assign(&[], Operation::Emit, &[result]);
    let tile = vec![
        elements(vec![assign(&pair, Operation::Zero, &[])]),
        beats,
        spatial(M, rows, vec![temporal(N, Extent::Fixed(cols), vec![read])]),
        temporal(M, Extent::Fixed(rows), vec![spatial(N, cols, vec![emit])]),
    ];
    let tile = temporal(N, Extent::Tiles(cols), tile);
    Nest { body: vec![temporal(M, Extent::Tiles(rows), vec![tile])], weights, weights_b }
}
