//! `opt1` and `opt2` where the sum over K is a tree in space.
//!
//! Without a loop that accumulates, `opt1` hoists the adders of all leaves and nodes out of the
//! tree, whose pairs of words meet in one compressor with one adder at the root:
//!
//! ```text
//! parfor k:                                   parfor k:
//!   (s[k], c[k]) = half_reduce(t[*])            (s[k], c[k]) = half_reduce(t[*])
//!   p[k] = add(s[k], c[k])            becomes
//! R = add(C, p[*])                            (S, Y) = half_reduce(C, s[*], c[*])
//!                                             R = add(S, Y)
//! ```
//!
//! `opt2` then interchanges K and the bit weight, which makes `shift` the same for all terms, so
//! that it is hoisted out of the K loop too: one tree per bit weight, of unshifted partial
//! products, and a shift of its pair, which is free.
//!
//! ```text
//! parfor k:                                   parfor bw:
//!   parfor bw:                                  parfor k:
//!     d[bw] = encode(A[m,k])[bw]                  d[k] = encode(A[m,k])[bw]
//!     t[bw] = map(d[bw], W[k,n])      becomes     t[k] = map(d[k], W[k,n])
//!     t[bw] = shift(t[bw])                      (s[bw], c[bw]) = half_reduce(t[*])
//!   (s[k], c[k]) = half_reduce(t[*])            s[bw] = shift(s[bw])
//!                                               c[bw] = shift(c[bw])
//! ```
//!
//! Source: arXiv 2503.06342, OPT1 and OPT2 (reduction under the same bit weight).

use super::Illegal;
use crate::nest::{Assignment, Dimension, Loop, Nest, Operation, Run, Statement, Value};

/// Applies `opt1` to a tree.
///
/// # Errors
/// [`Illegal`] when no adder at a root takes all terms of a spatial K loop, or when they are not
/// propagated pairs.
pub fn tree_opt1(nest: &Nest) -> Result<Nest, Illegal> {
    let illegal = |reason| Err(Illegal { transformation: "opt1", reason });
    let Some(leaf) = root(nest) else {
        return illegal("no adder takes the terms of a spatial K loop".to_owned());
    };
    let defines = |value: &Value, assignment: &Assignment| {
        assignment.targets.iter().any(|target| target.name == value.name)
    };
    let mut pair = None;
    let mut halves = 0;
    nest.visit(&mut |assignment, _| {
        if assignment.operation == Operation::Add && defines(&leaf, assignment) {
            pair = Some(assignment.sources.clone());
        }
        if let Some(pair) = &pair {
            halves += pair.iter().filter(|word| assignment.sources.contains(word)).count();
        }
    });
    let Some(pair) = pair else {
        return illegal(format!("`{leaf}` is not the result of an `add`"));
    };
    if halves != pair.len() {
        return illegal("a word of a term is used by more than its adder".to_owned());
    }
    let mut result = nest.clone();
    hoist(&mut result.body, &leaf, &pair);
    Ok(result)
}

/// The terms that an adder at a root takes: a value that is read along the whole of K.
fn root(nest: &Nest) -> Option<Value> {
    let mut found = None;
    nest.visit(&mut |assignment, _| {
        if assignment.operation == Operation::Add {
            let all = |value: &&Value| value.all && value.index.last() == Some(&Dimension::K);
            found = assignment.sources.iter().find(all).cloned().or_else(|| found.take());
        }
    });
    found
}

/// Removes the adders of the leaves and puts a compressor in front of the one at the root.
fn hoist(body: &mut Vec<Statement>, leaf: &Value, pair: &[Value]) {
    let is_add = |statement: &Statement, of: &dyn Fn(&Assignment) -> bool| match statement {
        Statement::Assign(assignment) => assignment.operation == Operation::Add && of(assignment),
        Statement::Loop(_) => false,
    };
    let of_leaf = |assignment: &Assignment| assignment.targets.iter().any(|t| t.name == leaf.name);
    body.retain(|statement| !is_add(statement, &of_leaf));
    let of_root = |assignment: &Assignment| assignment.sources.contains(leaf);
    if let Some(at) = body.iter().position(|statement| is_add(statement, &of_root))
        && let Statement::Assign(add) = &mut body[at]
    {
        let index = add.targets.first().map_or(&[][..], |target| &target.index);
        let words = ["S", "Y"].map(|name| Value::at(name, index));
        let mut sources: Vec<Value> = add.sources.iter().filter(|s| *s != leaf).cloned().collect();
        sources.extend(pair.iter().map(|word| Value { all: true, ..word.clone() }));
        add.sources = words.to_vec();
        let targets = words.to_vec();
        let compress = Assignment { targets, operation: Operation::HalfReduce, sources };
        body.insert(at, Statement::Assign(compress));
    }
    for statement in body {
        if let Statement::Loop(inner) = statement {
            hoist(&mut inner.body, leaf, pair);
        }
    }
}

/// Applies `opt2` to a tree: `opt1`, and one tree per bit weight.
///
/// # Errors
/// [`Illegal`] when `opt1` is, or when the partial products of a term are not made in a spatial
/// loop over the bit weights inside a spatial loop over K.
pub fn tree_opt2(nest: &Nest) -> Result<Nest, Illegal> {
    let refused = |refusal: Illegal| Illegal { transformation: "opt2", ..refusal };
    let mut result = tree_opt1(nest).map_err(refused)?;
    if interchange(&mut result.body) == 1 {
        return Ok(result);
    }
    Err(Illegal {
        transformation: "opt2",
        reason: "the bit weights of a term are not a spatial loop inside a spatial loop over K"
            .to_owned(),
    })
}

/// Interchanges K and the bit weight wherever that is possible; gives the number of places.
fn interchange(body: &mut [Statement]) -> usize {
    let mut count = 0;
    for statement in body.iter_mut() {
        let Statement::Loop(outer) = statement else { continue };
        match interchanged(outer) {
            Some(planes) => {
                *outer = planes;
                count += 1;
            }
            None => count += interchange(&mut outer.body),
        }
    }
    if count > 0 {
        // What was one word per term is one word per bit weight.
        for statement in body {
            if let Statement::Assign(assignment) = statement {
                let of_terms = assignment.sources.iter_mut().filter(|s| s.all);
                of_terms.for_each(|source| replace(source, Dimension::K, Dimension::Bw));
            }
        }
    }
    count
}

fn replace(value: &mut Value, from: Dimension, to: Dimension) {
    value.index.iter_mut().filter(|dimension| **dimension == from).for_each(|d| *d = to);
}

/// The loop over bit weights that does what this loop over K does.
fn interchanged(terms: &Loop) -> Option<Loop> {
    let Loop { dimension: Dimension::K, run: Run::Spatial(_), body, .. } = terms else {
        return None;
    };
    let [Statement::Loop(digits), Statement::Assign(compress)] = body.as_slice() else {
        return None;
    };
    let Loop { dimension: Dimension::Bw, run: Run::Spatial(_), body: digit, .. } = digits else {
        return None;
    };
    if compress.operation != Operation::HalfReduce {
        return None;
    }
    let (mut each, mut shifts) = (Vec::new(), Vec::new());
    for statement in digit {
        let Statement::Assign(assignment) = statement else { return None };
        let mut assignment = assignment.clone();
        let values = assignment.targets.iter_mut().chain(&mut assignment.sources);
        values.for_each(|value| replace(value, Dimension::Bw, Dimension::K));
        match assignment.operation {
            Operation::Shift => shifts.push(assignment),
            _ => each.push(Statement::Assign(assignment)),
        }
    }
    let [_] = shifts.as_slice() else { return None };
    let mut compress = compress.clone();
    compress.targets.iter_mut().for_each(|word| replace(word, Dimension::K, Dimension::Bw));
    compress.sources.iter_mut().for_each(|row| replace(row, Dimension::Bw, Dimension::K));
    let shift = |word: &Value| {
        let word = vec![word.clone()];
        let assignment =
            Assignment { targets: word.clone(), operation: Operation::Shift, sources: word };
        Statement::Assign(assignment)
    };
    let shifts: Vec<Statement> = compress.targets.iter().map(shift).collect();
    let inner = Loop { body: each, ..terms.clone() };
    let mut planes = vec![Statement::Loop(inner), Statement::Assign(compress)];
    planes.extend(shifts);
    Some(Loop { body: planes, ..digits.clone() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::weight_stationary::{self, Shape};

    fn tree() -> Nest {
        let shape = Shape { depth: 4, cols: 3, partial_sums: true };
        weight_stationary::adder_tree(shape, vec![0, 2])
    }

    #[test]
    fn the_adders_leave_the_tree() {
        let nest = tree_opt1(&tree()).unwrap();
        insta::assert_snapshot!(nest);
    }

    #[test]
    fn the_shift_leaves_the_loop_over_terms() {
        let nest = tree_opt2(&tree()).unwrap();
        insta::assert_snapshot!(nest);
    }

    #[test]
    fn a_chain_is_no_tree() {
        let shape = Shape { depth: 4, cols: 3, partial_sums: false };
        let chain = weight_stationary::systolic(shape, vec![0, 2]);
        let refusal = tree_opt2(&chain).unwrap_err().to_string();
        assert!(refusal.contains("`opt2` does not apply"), "{refusal}");
        assert!(refusal.contains("no adder takes the terms of a spatial K loop"), "{refusal}");
        let twice = tree_opt1(&tree_opt1(&tree()).unwrap()).unwrap_err().to_string();
        assert!(twice.contains("no adder takes"), "{twice}");
    }
}
