//! The nests of weight-stationary arrays, before any transformation.
//!
//! A tile of B stays in the array: K and N are spatial, M runs in time. Without a stream of
//! partial sums every tile along K gives sums of its own, which the receiver adds up; with it, a
//! tile starts from the sums of the tile before.

use super::Dimension::{Bw, K, M, N};
use super::build::{assign, parfor, temporal};
use super::{Extent, Movement, Nest, Operation, Statement, Value};

/// Dimensions of a weight-stationary array and the way its sums start.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Terms along K.
    pub depth: usize,
    /// Columns along N.
    pub cols: usize,
    /// Whether sums start from a stream of partial sums.
    pub partial_sums: bool,
}

impl Shape {
    /// The first value of a sum.
    fn start(self, sum: &Value) -> Statement {
        let target = std::slice::from_ref(sum);
        match self.partial_sums {
            true => assign(target, Operation::Read, &[Value::at("P", &[M, N])]),
            false => assign(target, Operation::Zero, &[]),
        }
    }

    fn emit(self, result: Value) -> Statement {
        let operation = if self.partial_sums { Operation::Emit } else { Operation::EmitPart };
        assign(&[], operation, &[result])
    }

    /// The loops around the work on one row of A.
    fn around(self, row: Vec<Statement>, weights: Vec<usize>) -> Nest {
        let Self { depth, cols, .. } = self;
        let weight = [Value::at("W", &[K, N])];
        let fetch = assign(&weight, Operation::Load, &[Value::at("B", &[K, N])]);
        let load = temporal(
            K,
            Extent::Fixed(depth),
            vec![parfor(N, cols, Movement::Broadcast, vec![fetch])],
        );
        let rows = temporal(M, Extent::Whole, row);
        let tile = temporal(K, Extent::Tiles(depth), vec![load, rows]);
        Nest {
            body: vec![temporal(N, Extent::Tiles(cols), vec![tile])],
            weights,
            weights_b: Vec::new(),
        }
    }
}

/// The partial products of one term.
fn multiply(digits: usize) -> Statement {
    let digit = Value::at("d", &[Bw]);
    let row = Value::at("t", &[Bw]);
    parfor(
        Bw,
        digits,
        Movement::Broadcast,
        vec![
            assign(std::slice::from_ref(&digit), Operation::Encode, &[Value::at("A", &[M, K])]),
            assign(std::slice::from_ref(&row), Operation::Map, &[digit, Value::at("W", &[K, N])]),
            assign(std::slice::from_ref(&row), Operation::Shift, std::slice::from_ref(&row)),
        ],
    )
}

/// The weight-stationary systolic array: A hops along N, and the sum hops along K, where every
/// element adds its product.
#[must_use]
pub fn systolic(shape: Shape, weights: Vec<usize>) -> Nest {
    let (sum, carry, product) = (Value::at("s", &[]), Value::at("c", &[]), Value::at("p", &[]));
    let chain = Value::at("C", &[M, N]);
    let element = vec![
        multiply(weights.len()),
        assign(&[sum.clone(), carry.clone()], Operation::HalfReduce, &[Value::all("t", &[Bw])]),
        assign(std::slice::from_ref(&product), Operation::Add, &[sum, carry]),
        assign(std::slice::from_ref(&chain), Operation::Accumulate, &[chain.clone(), product]),
    ];
    let result = Value::at("R", &[M, N]);
    let column = vec![
        shape.start(&chain),
        parfor(K, shape.depth, Movement::Hop, element),
        assign(std::slice::from_ref(&result), Operation::Read, &[chain]),
        shape.emit(result),
    ];
    shape.around(vec![parfor(N, shape.cols, Movement::Hop, column)], weights)
}

/// The multiplier-adder trees: A is broadcast to all columns, and a tree of adders over K stands in
/// each of them.
#[must_use]
pub fn adder_tree(shape: Shape, weights: Vec<usize>) -> Nest {
    let (sum, carry) = (Value::at("s", &[K]), Value::at("c", &[K]));
    let leaf = vec![
        multiply(weights.len()),
        assign(&[sum.clone(), carry.clone()], Operation::HalfReduce, &[Value::all("t", &[Bw])]),
        assign(&[Value::at("p", &[K])], Operation::Add, &[sum, carry]),
    ];
    let result = Value::at("R", &[M, N]);
    let start = Value::at("C", &[M, N]);
    let column = vec![
        shape.start(&start),
        parfor(K, shape.depth, Movement::Broadcast, leaf),
        assign(std::slice::from_ref(&result), Operation::Add, &[start, Value::all("p", &[K])]),
        shape.emit(result),
    ];
    shape.around(vec![parfor(N, shape.cols, Movement::Broadcast, column)], weights)
}
