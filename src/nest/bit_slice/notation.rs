//! The engines in the notation: `opt2` with `sparse` behind `encode`, and what is hoisted from there.
//!
//! | element | `encode` stands | `sparse` stands | digits per column and cycle |
//! |---|---|---|---|
//! | `opt3` | outside of the N loop | inside: every element has its own | 1 |
//! | `opt4c` | outside of the N loop | outside: one per column | 1 |
//! | `opt4e` | as in `opt4c`, in every lane | as in `opt4c` | one per lane |
//!
//! The lanes of `opt4e` have the terms of K that are equal modulo their number. What a
//! configuration can choose shows in the nest:
//!
//! | key | in the nest |
//! |---|---|
//! | `policy: lockstep` | groups outside of the columns, `sync` behind each of them |
//! | `sync: tile` | chunks outside of the columns, `sync` behind each of them |
//! | `readout: horner` | planes from the top weight down, `advance` from one to the next, one `add` per chunk |
//! | `readout: per_plane` | `add` and `shift` behind every plane |
//! | `skip_empty: false` | `idle_unless` behind the digits of a group |
//! | `b_memory: banked` | `bank` where a row of B is read |

use crate::nest::Dimension::{Bw, K, M, N};
use crate::nest::build::{assign, parfor, temporal};
use crate::nest::{Dimension, Extent, Loop, Movement, Nest, Operation, Run, Statement, Value};

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
    /// All lanes of all columns go on to the next group together.
    pub lockstep: bool,
    /// Groups without a digit cost nothing.
    pub skip_empty: bool,
    /// All columns begin a chunk together.
    pub barrier: bool,
    /// Planes are accumulated into one another.
    pub horner: bool,
    /// Columns share banks of operand B.
    pub banked: bool,
}

/// The nest of an engine that leaves zero digits out.
#[must_use]
pub fn nest(extents: Extents, weights: Vec<usize>) -> Nest {
    let Extents { columns, elements, tile_k, lockstep, barrier, .. } = extents;
    let sync = || assign(&[], Operation::Sync, &[]);
    let over_m = |body| spatial(M, columns, body);
    let emit = over_m(vec![temporal(
        N,
        Extent::Fixed(elements),
        vec![assign(&[], Operation::Emit, &[result()])],
    )]);
    let chunks = |body| temporal(K, Extent::Chunks(tile_k), body);
    let chunk = extents.chunk(match lockstep {
        true => extents.groups_in_step(),
        false => extents.groups_of_lanes(),
    });
    let tile = match (lockstep, barrier) {
        (true, _) => vec![chunks(chunk), emit],
        (false, true) => vec![chunks(vec![over_m(chunk), sync()]), emit],
        (false, false) => vec![over_m(vec![chunks(chunk)]), emit],
    };
    let tile = temporal(N, Extent::Tiles(elements), tile);
    Nest {
        body: vec![temporal(M, Extent::Tiles(columns), vec![tile])],
        weights,
        weights_b: Vec::new(),
    }
}

impl Extents {
    /// A chunk: its planes, which `plane` works on, and the readout of their sums.
    fn chunk(self, plane: Statement) -> Vec<Statement> {
        let for_all = |body| match self.lockstep {
            true => spatial(M, self.columns, body),
            false => body.into_iter().next().expect("one statement"),
        };
        let pairs = |operation, sources: &[Value]| {
            for_all(vec![spatial(N, self.elements, vec![assign(&pair(), operation, sources)])])
        };
        let clear = pairs(Operation::Zero, &[]);
        let sum = [Value::at("p", &[])];
        let read = |shifted: bool| {
            let mut body = vec![assign(&sum, Operation::Add, &pair())];
            if shifted {
                body.push(assign(&sum, Operation::Shift, &sum));
            }
            let sources = [result(), sum[0].clone()];
            body.push(assign(&[result()], Operation::Accumulate, &sources));
            for_all(vec![temporal(N, Extent::Fixed(self.elements), body)])
        };
        match self.horner {
            true => vec![
                clear,
                temporal(Bw, Extent::Descending, vec![pairs(Operation::Advance, &pair()), plane]),
                read(false),
            ],
            false => vec![temporal(Bw, Extent::Descending, vec![clear, plane, read(true)])],
        }
    }

    /// The groups of a plane where every lane goes on by itself.
    fn groups_of_lanes(self) -> Statement {
        let groups = temporal(K, Extent::Groups(self.group), self.group_body());
        match self.lanes {
            1 => groups,
            lanes => broadcast(K, Extent::Strided(lanes), vec![groups]),
        }
    }

    /// The groups of a plane where all lanes of all columns go on together.
    fn groups_in_step(self) -> Statement {
        let lanes = match self.lanes {
            1 => self.group_body(),
            lanes => vec![broadcast(K, Extent::Strided(lanes), self.group_body())],
        };
        let together = vec![spatial(M, self.columns, lanes), assign(&[], Operation::Sync, &[])];
        temporal(K, Extent::Groups(self.group * self.lanes), together)
    }

    /// The work on one group of digits in a lane.
    fn group_body(self) -> Vec<Statement> {
        let (digit, product) = (Value::at("d", &[K]), Value::at("t", &[]));
        let indices = Value::at("i", &[]);
        let encode = temporal(
            K,
            Extent::Whole,
            vec![assign(
                std::slice::from_ref(&digit),
                Operation::Encode,
                &[Value::at("A", &[M, K])],
            )],
        );
        let sparse =
            assign(std::slice::from_ref(&indices), Operation::Sparse, &[Value::all("d", &[K])]);
        let operand = Value::at("B", &[K, N]);
        let (fetch, operand) = match self.banked {
            false => (None, operand),
            true => {
                let row = Value::at("b", &[]);
                (Some(assign(std::slice::from_ref(&row), Operation::Bank, &[operand])), row)
            }
        };
        let [sum, carry] = pair();
        let mut accumulate: Vec<Statement> = fetch.into_iter().collect();
        accumulate.extend([
            assign(std::slice::from_ref(&product), Operation::Map, &[digit, operand]),
            assign(&pair(), Operation::HalfReduce, &[product, sum, carry]),
        ]);
        let digits = |body| temporal(K, Extent::Sparse, body);
        let idle = match self.skip_empty {
            true => None,
            false => Some(assign(&[], Operation::IdleUnless, &[indices])),
        };
        let over_n = |body| spatial(N, self.elements, body);
        if self.per_element {
            let mut element = vec![sparse, digits(accumulate)];
            element.extend(idle);
            return vec![encode, over_n(element)];
        }
        let mut body = vec![encode, sparse, digits(vec![over_n(accumulate)])];
        body.extend(idle);
        body
    }
}

/// The pair of words that an element accumulates.
fn pair() -> [Value; 2] {
    [Value::at("S", &[M, N]), Value::at("Y", &[M, N])]
}

fn result() -> Value {
    Value::at("C", &[M, N])
}

fn spatial(dimension: Dimension, count: usize, body: Vec<Statement>) -> Statement {
    parfor(dimension, count, Movement::Broadcast, body)
}

fn broadcast(dimension: Dimension, extent: Extent, body: Vec<Statement>) -> Statement {
    Statement::Loop(Loop { dimension, extent, run: Run::Spatial(Movement::Broadcast), body })
}
