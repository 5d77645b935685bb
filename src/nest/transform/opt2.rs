//! `opt2`: interchange the bit-weight loop with K, hoist `shift` out of the K loop.
//!
//! `shift` depends on the bit weight alone, and a sum may be formed in any order. So the products
//! of one bit weight are added up first (a *plane*), and a plane is shifted once, where it is read
//! out. What accumulates inside the loop is unshifted and therefore narrow. The bit weight runs in
//! time, and `lanes` terms of K side by side take the place of the digits that did:
//!
//! ```text
//! for k:                                        for kc in chunks:  for bw:
//!   parfor m, n:                                  parfor m, n: (S, Y) = zero()
//!     parfor bw:                                  for kg in groups:
//!       d[bw] = encode(A)[bw]                       parfor m, n:
//!       t[bw] = map(d[bw], B)       becomes           parfor k: d[k] = encode(A)[bw]; t[k] = map(d[k], B)
//!       t[bw] = shift(t[bw])                          (S, Y) = half_reduce(t[*], S, Y)
//!     (S, Y) = half_reduce(t[*], S, Y)            parfor m: for n:
//! parfor m: for n: R = add(S, Y)                    P = add(S, Y); P = shift(P); R = accumulate(R, P)
//! ```
//!
//! The operands of a chunk of K are used once per bit weight, so a memory holds them; the chunk is
//! also what bounds the width of a plane.
//!
//! Source: arXiv 2503.06342, OPT2 (reduction under the same bit weight).

use super::Illegal;
use crate::nest::{
    Assignment, Dimension, Extent, Loop, Movement, Nest, Operation, Run, Statement, Value,
};

/// Applies `opt2`: `lanes` terms of K side by side, chunks of `chunk` terms.
///
/// # Errors
/// [`Illegal`] when no pair of words accumulates shifted partial products of a spatial bit-weight
/// loop inside a temporal K loop, or when the shifted values are used elsewhere.
///
/// # Panics
/// If `chunk` is not a positive multiple of `lanes`.
pub fn opt2(nest: &Nest, lanes: usize, chunk: usize) -> Result<Nest, Illegal> {
    assert!(lanes > 0 && chunk > 0 && chunk.is_multiple_of(lanes), "whole groups of terms");
    let (pair, products) = check(nest)?;
    let mut result = nest.clone();
    let parts = Parts { pair, products, lanes, chunk, planes: nest.weights.len() };
    parts.rewrite(&mut result.body)?;
    Ok(result)
}

fn illegal<T>(reason: impl Into<String>) -> Result<T, Illegal> {
    Err(Illegal { transformation: "opt2", reason: reason.into() })
}

/// Finds the pair of words that the loop accumulates and the name of the partial products that it
/// is the sum of, and checks that `shift` may leave the loop.
fn check(nest: &Nest) -> Result<(Vec<Value>, &'static str), Illegal> {
    let mut assignments: Vec<(&Assignment, Vec<&Loop>)> = Vec::new();
    nest.visit(&mut |assignment, loops| assignments.push((assignment, loops.to_vec())));
    let accumulates = |(assignment, loops): &&(&Assignment, Vec<&Loop>)| {
        let fed_back = assignment.targets.iter().all(|word| assignment.sources.contains(word));
        assignment.operation == Operation::HalfReduce
            && fed_back
            && loops.iter().any(|l| l.accumulates())
    };
    let found: Vec<_> = assignments.iter().filter(accumulates).collect();
    let [(reduce, _)] = found.as_slice() else {
        return illegal(match found.len() {
            0 => "no `half_reduce` accumulates inside a temporal K loop; `opt1` comes first",
            _ => "more than one `half_reduce` accumulates inside the K loop",
        });
    };
    let Some(summed) = reduce.sources.iter().find(|source| source.all) else {
        return illegal("what accumulates is not a sum over the bit weights");
    };
    // Terms of K side by side are reduced to a pair each before they meet.
    let of_term = assignments.iter().find(|(a, _)| {
        a.operation == Operation::HalfReduce && a.targets.iter().any(|t| t.name == summed.name)
    });
    let products = of_term.and_then(|(a, _)| a.sources.iter().find(|source| source.all));
    let products = products.unwrap_or(summed);
    let shifts: Vec<_> =
        assignments.iter().filter(|(a, _)| a.operation == Operation::Shift).collect();
    let [(shift, loops)] = shifts.as_slice() else {
        return illegal(match shifts.len() {
            0 => "there is no `shift` to hoist",
            _ => "there is more than one `shift`",
        });
    };
    if !loops.iter().any(|l| l.accumulates()) {
        return illegal("`shift` stands outside the K loop already");
    }
    let spatial = |l: &&Loop| l.dimension == Dimension::Bw && matches!(l.run, Run::Spatial(_));
    if !loops.iter().any(spatial) {
        return illegal("the bit weights do not run side by side inside the K loop");
    }
    let named = |value: &Value| value.name == products.name;
    if !shift.targets.iter().any(named) {
        return illegal(format!("`{products}` is not what `shift` yields"));
    }
    let uses = |(a, _): &&(&Assignment, Vec<&Loop>)| a.sources.iter().any(named);
    // Once to be shifted, once to be accumulated.
    if assignments.iter().filter(uses).count() > 2 {
        return illegal(format!("`{products}` is used by more than the accumulation"));
    }
    let reads = |(a, loops): &&(&Assignment, Vec<&Loop>)| {
        a.operation == Operation::Add
            && a.sources == reduce.targets
            && !loops.iter().any(|l| l.accumulates())
    };
    if assignments.iter().filter(reads).count() != 1 {
        return illegal("the accumulated pair is not resolved once, outside the K loop");
    }
    Ok((reduce.targets.clone(), products.name))
}

/// What the rewriting is made from.
struct Parts {
    pair: Vec<Value>,
    products: &'static str,
    lanes: usize,
    chunk: usize,
    planes: usize,
}

impl Parts {
    /// Rewrites the tile loop's body: the K loop and the loop that reads the pair.
    fn rewrite(&self, body: &mut Vec<Statement>) -> Result<(), Illegal> {
        let is_k = |statement: &Statement| match statement {
            Statement::Loop(inner) => inner.accumulates(),
            Statement::Assign(_) => false,
        };
        let Some(at) = body.iter().position(is_k) else {
            for statement in body {
                if let Statement::Loop(inner) = statement {
                    self.rewrite(&mut inner.body)?;
                }
            }
            return Ok(());
        };
        let Some(read) = body.iter().position(|statement| self.reads(statement)) else {
            return illegal("the K loop and the reading of its pair are not in the same tile loop");
        };
        let mut resolve = body.remove(read);
        // Results that are handed out where the pair is resolved are so once, behind all planes.
        if let Some(emit) = split(&mut resolve) {
            body.insert(read, emit);
        }
        let Statement::Loop(k) = body.remove(at) else {
            return illegal("the K loop is not a loop");
        };
        self.resolve(std::slice::from_mut(&mut resolve));
        let mut reduce = k.body;
        let mut clear = reduce.clone();
        self.reduce(&mut reduce);
        self.clear(&mut clear);
        let temporal = |dimension, extent, body| {
            Statement::Loop(Loop { dimension, extent, run: Run::Temporal, body })
        };
        let groups = temporal(Dimension::K, Extent::Groups(self.lanes), reduce);
        let plane = [clear, vec![groups, resolve]].concat();
        let planes = temporal(Dimension::Bw, Extent::Fixed(self.planes), plane);
        body.insert(at, temporal(Dimension::K, Extent::Chunks(self.chunk), vec![planes]));
        Ok(())
    }

    /// Whether the pair is resolved in this statement.
    fn reads(&self, statement: &Statement) -> bool {
        match statement {
            Statement::Loop(inner) => inner.body.iter().any(|inside| self.reads(inside)),
            Statement::Assign(a) => a.operation == Operation::Add && a.sources == self.pair,
        }
    }

    /// `R = add(S, Y)` becomes `P = add(S, Y); P = shift(P); R = accumulate(R, P)`.
    fn resolve(&self, body: &mut [Statement]) {
        for statement in body {
            let Statement::Loop(inner) = statement else { continue };
            let at = inner.body.iter().position(|inside| match inside {
                Statement::Assign(a) => a.operation == Operation::Add && a.sources == self.pair,
                Statement::Loop(_) => false,
            });
            let Some(at) = at else {
                self.resolve(&mut inner.body);
                continue;
            };
            let Statement::Assign(add) = &mut inner.body[at] else { continue };
            let result = std::mem::replace(&mut add.targets, vec![plane()]);
            let shift = assign(&[plane()], Operation::Shift, &[plane()]);
            let sources = [result.clone(), vec![plane()]].concat();
            let accumulate = assign(&result, Operation::Accumulate, &sources);
            inner.body.splice(at + 1..=at, [shift, accumulate]);
        }
    }

    /// The bit-weight loop becomes one over `lanes` terms of K, without `shift`; a loop over terms
    /// that stood around it goes.
    fn reduce(&self, body: &mut [Statement]) {
        let spatial = |l: &Loop| l.dimension == Dimension::K && matches!(l.run, Run::Spatial(_));
        for statement in body {
            match statement {
                Statement::Loop(inner) if spatial(inner) => {
                    let digits = inner.body.iter_mut().find_map(|inside| match inside {
                        Statement::Loop(l) if l.dimension == Dimension::Bw => Some(l),
                        _ => None,
                    });
                    if let Some(digits) = digits {
                        inner.body = std::mem::take(&mut digits.body);
                        self.terms(inner);
                    }
                }
                Statement::Loop(inner) if inner.dimension == Dimension::Bw => self.terms(inner),
                Statement::Loop(inner) => self.reduce(&mut inner.body),
                Statement::Assign(assignment) => {
                    assignment.sources =
                        [vec![Value::all(self.products, &[Dimension::K])], self.pair.clone()]
                            .concat();
                }
            }
        }
    }

    /// Makes a loop with the body of the bit-weight loop one over terms.
    fn terms(&self, inner: &mut Loop) {
        inner.dimension = Dimension::K;
        inner.extent = Extent::Fixed(self.lanes);
        inner.run = Run::Spatial(Movement::Broadcast);
        inner.body.retain(|inside| !is_operation(inside, Operation::Shift));
        inner.body.iter_mut().for_each(by_term);
    }

    /// Of the K loop's body, only that the pair is cleared.
    fn clear(&self, body: &mut Vec<Statement>) {
        body.retain_mut(|statement| match statement {
            Statement::Loop(inner) if inner.dimension == Dimension::Bw => false,
            Statement::Loop(inner) => {
                self.clear(&mut inner.body);
                !inner.body.is_empty()
            }
            Statement::Assign(a) if a.targets == self.pair => {
                a.operation = Operation::Zero;
                a.sources.clear();
                true
            }
            Statement::Assign(_) => false,
        });
    }
}

/// Takes the handing out of results from the loop that resolves the pair, where the two share it:
/// loop fission, legal because the results are indexed by every dimension of the loop. What stays
/// is interchanged, so that the elements of a row are read one after the other in all rows side by
/// side: one adder per row, as where operands hop.
fn split(resolve: &mut Statement) -> Option<Statement> {
    let mut emit = resolve.clone();
    if !retain(&mut emit, &|operation| operation == Operation::Emit) {
        return None;
    }
    retain(resolve, &|operation| operation != Operation::Emit);
    if let Statement::Loop(outer) = resolve
        && let [Statement::Loop(inner)] = outer.body.as_mut_slice()
    {
        (outer.run, inner.run) = (inner.run, outer.run);
    }
    Some(emit)
}

/// Keeps the assignments with an operation that is wanted; whether there are any.
fn retain(statement: &mut Statement, wanted: &dyn Fn(Operation) -> bool) -> bool {
    match statement {
        Statement::Loop(inner) => {
            inner.body.retain_mut(|inside| retain(inside, wanted));
            !inner.body.is_empty()
        }
        Statement::Assign(a) => wanted(a.operation),
    }
}

/// The resolved plane.
fn plane() -> Value {
    Value::at("P", &[])
}

fn assign(targets: &[Value], operation: Operation, sources: &[Value]) -> Statement {
    let (targets, sources) = (targets.to_vec(), sources.to_vec());
    Statement::Assign(Assignment { targets, operation, sources })
}

fn is_operation(statement: &Statement, operation: Operation) -> bool {
    matches!(statement, Statement::Assign(a) if a.operation == operation)
}

/// What was told apart by the bit weight is told apart by the term.
fn by_term(statement: &mut Statement) {
    let Statement::Assign(assignment) = statement else { return };
    for value in assignment.targets.iter_mut().chain(&mut assignment.sources) {
        for dimension in &mut value.index {
            if *dimension == Dimension::Bw {
                *dimension = Dimension::K;
            }
        }
        value.index.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::systolic;
    use crate::nest::transform::opt1;

    fn carry_save() -> Nest {
        opt1(&systolic::output_stationary(2, 3, vec![0, 2])).unwrap()
    }

    #[test]
    fn shift_leaves_the_loop() {
        let nest = opt2(&carry_save(), 4, 256).unwrap();
        assert!(nest.accumulates_carry_save());
        insta::assert_snapshot!(nest);
    }

    fn refusal(nest: &Nest) -> String {
        opt2(nest, 4, 8).unwrap_err().to_string()
    }

    /// Terms that were side by side before stay so.
    #[test]
    fn terms_of_a_beat_become_lanes() {
        let cube = systolic::stationary_sums(2, 3, 4, Movement::Hop, vec![0, 2]);
        let nest = opt2(&opt1(&cube).unwrap(), 4, 256).unwrap();
        assert_eq!(nest, opt2(&carry_save(), 4, 256).unwrap());
    }

    #[test]
    fn the_adder_must_have_left_it_before() {
        let refusal = refusal(&systolic::output_stationary(2, 3, vec![0]));
        assert!(refusal.contains("`opt1` comes first"), "{refusal}");
    }

    #[test]
    fn a_second_application_is_refused() {
        let refusal = refusal(&opt2(&carry_save(), 4, 8).unwrap());
        assert!(refusal.contains("`shift` stands outside"), "{refusal}");
    }

    /// Changes every assignment of the nest, or drops those for which `edit` says so.
    fn edited(edit: impl Fn(&mut Assignment) -> bool + Copy) -> Nest {
        fn walk(body: &mut Vec<Statement>, edit: impl Fn(&mut Assignment) -> bool + Copy) {
            body.retain_mut(|statement| match statement {
                Statement::Loop(inner) => {
                    walk(&mut inner.body, edit);
                    true
                }
                Statement::Assign(assignment) => edit(assignment),
            });
        }
        let mut nest = carry_save();
        walk(&mut nest.body, edit);
        nest
    }

    #[test]
    fn without_a_shift_there_is_nothing_to_hoist() {
        let refusal = refusal(&edited(|a| a.operation != Operation::Shift));
        assert!(refusal.contains("there is no `shift`"), "{refusal}");
    }

    #[test]
    fn a_shifted_product_that_is_used_elsewhere_stays() {
        let mut nest = carry_save();
        nest.body.push(assign(&[], Operation::Emit, &[Value::at("t", &[Dimension::Bw])]));
        let refusal = refusal(&nest);
        assert!(refusal.contains("`t[*]` is used by more"), "{refusal}");
    }

    #[test]
    fn a_pair_that_is_never_resolved_is_refused() {
        let refusal = refusal(&edited(|a| a.operation != Operation::Add));
        assert!(refusal.contains("not resolved once"), "{refusal}");
    }
}
