//! Short forms of statements, for the files that write nests down.

use super::{Assignment, Dimension, Extent, Loop, Movement, Operation, Run, Statement, Value};

pub(super) fn temporal(dimension: Dimension, extent: Extent, body: Vec<Statement>) -> Statement {
    Statement::Loop(Loop { dimension, extent, run: Run::Temporal, body })
}

pub(super) fn parfor(
    dimension: Dimension,
    count: usize,
    movement: Movement,
    body: Vec<Statement>,
) -> Statement {
    let run = Run::Spatial(movement);
    Statement::Loop(Loop { dimension, extent: Extent::Fixed(count), run, body })
}

pub(super) fn assign(targets: &[Value], operation: Operation, sources: &[Value]) -> Statement {
    Statement::Assign(Assignment {
        targets: targets.to_vec(),
        operation,
        sources: sources.to_vec(),
    })
}
