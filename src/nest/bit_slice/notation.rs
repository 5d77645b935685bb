//! The engines in the notation: `opt2` with `sparse` behind `encode`, and what is hoisted from there.
//!
//! | element | `encode` and `sparse` stand | digits per column and cycle |
//! |---|---|---|
//! | `opt3` | inside the N loop: every element has its own | 1 |
//! | `opt4c` | outside of it: one per column | 1 |
//! | `opt4e` | as in `opt4c`, in every lane | one per lane, summed in one compressor |
//!
//! The lanes of `opt4e` have the terms of K that are equal modulo their number.

use crate::nest::Dimension::{Bw, K, M, N};
use crate::nest::{
    Assignment, Dimension, Extent, Loop, Movement, Nest, Operation, Run, Statement, Value,
};

/// What the nest of an engine is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Extents {
    /// Columns of elements.
    pub columns: usize,
    /// Elements of a column.
    pub elements: usize,
    /// Lanes of a column.
    pub lanes: usize,
    /// Digits of a group.
    pub group: usize,
    /// Terms of K per chunk.
    pub tile_k: usize,
    /// `sparse` stands inside the N loop.
    pub per_element: bool,
}

/// The nest of an engine that leaves zero digits out.
#[must_use]
pub fn nest(extents: Extents, weights: Vec<usize>) -> Nest {
    let Extents { columns, elements, lanes, group, tile_k, per_element } = extents;
    let pair = [Value::at("S", &[M, N, Bw]), Value::at("Y", &[M, N, Bw])];
    let digit = Value::at("d", &[K]);
    let encode = temporal(
        K,
        Extent::Whole,
        vec![assign(std::slice::from_ref(&digit), Operation::Encode, &[Value::at("A", &[M, K])])],
    );
    let sparse = assign(&[Value::at("i", &[])], Operation::Sparse, &[Value::all("d", &[K])]);
    let product = Value::at("t", &[]);
    let accumulate = vec![
        assign(std::slice::from_ref(&product), Operation::Map, &[digit, Value::at("B", &[K, N])]),
        assign(&pair, Operation::HalfReduce, &[product, pair[0].clone(), pair[1].clone()]),
    ];
    let over_n = |body| parfor(N, elements, body);
    let digits = |body| temporal(K, Extent::Sparse, body);
    let group_body = match per_element {
        true => vec![over_n(vec![encode, sparse, digits(accumulate)])],
        false => vec![encode, sparse, digits(vec![over_n(accumulate)])],
    };
    let groups = temporal(K, Extent::Tiles(group), group_body);
    let lanes = match lanes {
        1 => groups,
        lanes => Statement::Loop(Loop {
            dimension: K,
            extent: Extent::Strided(lanes),
            run: Run::Spatial(Movement::Broadcast),
            body: vec![groups],
        }),
    };
    let planes = temporal(Bw, Extent::Whole, vec![lanes]);
    let chunk = temporal(
        K,
        Extent::Tiles(tile_k),
        vec![parfor(M, columns, vec![planes]), assign(&[], Operation::Sync, &[])],
    );
    let sum = Value::at("p", &[]);
    let result = Value::at("C", &[M, N]);
    let plane = temporal(
        Bw,
        Extent::Whole,
        vec![
            assign(std::slice::from_ref(&sum), Operation::Add, &pair),
            assign(std::slice::from_ref(&sum), Operation::Shift, std::slice::from_ref(&sum)),
            assign(std::slice::from_ref(&result), Operation::Accumulate, &[result.clone(), sum]),
        ],
    );
    let emit = assign(&[], Operation::Emit, &[result]);
    let read = parfor(M, columns, vec![temporal(N, Extent::Fixed(elements), vec![plane, emit])]);
    let tile = temporal(N, Extent::Tiles(elements), vec![chunk, read]);
    Nest { body: vec![temporal(M, Extent::Tiles(columns), vec![tile])], weights }
}

fn temporal(dimension: Dimension, extent: Extent, body: Vec<Statement>) -> Statement {
    Statement::Loop(Loop { dimension, extent, run: Run::Temporal, body })
}

fn parfor(dimension: Dimension, count: usize, body: Vec<Statement>) -> Statement {
    let run = Run::Spatial(Movement::Broadcast);
    Statement::Loop(Loop { dimension, extent: Extent::Fixed(count), run, body })
}

fn assign(targets: &[Value], operation: Operation, sources: &[Value]) -> Statement {
    Statement::Assign(Assignment {
        targets: targets.to_vec(),
        operation,
        sources: sources.to_vec(),
    })
}
