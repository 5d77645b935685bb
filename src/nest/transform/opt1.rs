//! `opt1`: hoist `add` out of the K loop.
//!
//! Inside the K loop nobody needs the propagated sum. The partial products and the accumulated
//! pair meet in one compressor, and the carries propagate once per result, where it is read out:
//!
//! ```text
//! (s, c) = half_reduce(t[*])
//! p      = add(s, c)                    becomes   (S, Y) = half_reduce(t[*], S, Y)
//! C      = accumulate(C, p)
//! ...
//! R      = read(C)                      becomes   R = add(S, Y)
//! ```
//!
//! Source: arXiv 2503.06342, OPT1 (half-compress accumulation reduction).

use super::Illegal;
use crate::nest::{Assignment, Dimension, Loop, Nest, Operation, Statement, Value, in_sum};

/// Applies `opt1`.
///
/// # Errors
/// [`Illegal`] when there is no `half_reduce`, `add`, `accumulate` chain inside a K loop,
/// or when its intermediate values are used elsewhere.
pub fn opt1(nest: &Nest) -> Result<Nest, Illegal> {
    let (accumulator, summands) = check(nest)?;
    let mut result = nest.clone();
    rewrite(&mut result.body, (&accumulator, &summands), false);
    Ok(result)
}

fn illegal<T>(reason: impl Into<String>) -> Result<T, Illegal> {
    Err(Illegal { transformation: "opt1", reason: reason.into() })
}

/// The names of the accumulated words of `C`.
fn words(accumulator: &Value) -> [Value; 2] {
    ["S", "Y"].map(|name| Value { name, ..accumulator.clone() })
}

/// Finds the value that the loop accumulates and the pair that is added before, and checks that
/// the chain can be taken apart.
fn check(nest: &Nest) -> Result<(Value, Vec<Value>), Illegal> {
    let mut found: Vec<&Assignment> = Vec::new();
    let mut assignments: Vec<&Assignment> = Vec::new();
    nest.visit(&mut |assignment, loops| {
        assignments.push(assignment);
        if assignment.operation == Operation::Accumulate && in_sum(loops) {
            found.push(assignment);
        }
    });
    let [accumulate] = found.as_slice() else {
        return illegal(match found.len() {
            0 => "nothing is accumulated inside a K loop",
            _ => "more than one value is accumulated inside the K loop",
        });
    };
    let ([accumulator], [_, product]) =
        (accumulate.targets.as_slice(), accumulate.sources.as_slice())
    else {
        return illegal("`accumulate` does not add one value to another");
    };
    let defines = |value: &Value| {
        let value = value.clone();
        assignments.iter().copied().find(move |a| a.targets.contains(&value))
    };
    let uses = |value: &Value| assignments.iter().filter(|a| a.sources.contains(value)).count();
    let Some(add) = defines(product).filter(|a| a.operation == Operation::Add) else {
        return illegal(format!("`{product}` is not the result of an `add`"));
    };
    if uses(product) > 1 {
        return illegal(format!("the sum `{product}` is used outside the accumulation"));
    }
    for word in &add.sources {
        if defines(word).is_none_or(|a| a.operation != Operation::HalfReduce) {
            return illegal(format!("`{word}` does not come from a `half_reduce`"));
        }
        if uses(word) > 1 {
            return illegal(format!("the word `{word}` is used by more than the adder"));
        }
    }
    if !assignments
        .iter()
        .any(|a| a.operation == Operation::Read && a.sources.contains(accumulator))
    {
        return illegal(format!(
            "`{accumulator}` is never read, so its carries have no place to go"
        ));
    }
    Ok((accumulator.clone(), add.sources.clone()))
}

fn rewrite(body: &mut Vec<Statement>, (accumulator, summands): (&Value, &[Value]), inside_k: bool) {
    body.retain(|statement| match statement {
        Statement::Assign(assignment) => {
            !(inside_k && matches!(assignment.operation, Operation::Add | Operation::Accumulate))
        }
        Statement::Loop(_) => true,
    });
    let pair = words(accumulator);
    start(body, accumulator, &pair);
    for statement in body {
        match statement {
            Statement::Loop(Loop { dimension, body, .. }) => {
                let inside = inside_k || *dimension == Dimension::K;
                rewrite(body, (accumulator, summands), inside);
            }
            Statement::Assign(a) if inside_k && a.targets == summands => {
                a.targets = pair.to_vec();
                a.sources.extend(pair.clone());
            }
            Statement::Assign(a)
                if a.operation == Operation::Read && a.sources.contains(accumulator) =>
            {
                a.operation = Operation::Add;
                a.sources = pair.to_vec();
            }
            Statement::Assign(_) => {}
        }
    }
}

/// A sum that starts somewhere starts as a pair: with a word that is given, and zero.
fn start(body: &mut Vec<Statement>, accumulator: &Value, pair: &[Value; 2]) {
    let starts = |statement: &Statement| match statement {
        Statement::Assign(a) => {
            matches!(a.operation, Operation::Zero | Operation::Read)
                && a.targets.contains(accumulator)
        }
        Statement::Loop(_) => false,
    };
    let Some(at) = body.iter().position(starts) else { return };
    if let Statement::Assign(first) = &mut body[at] {
        if first.operation == Operation::Zero {
            first.targets = pair.to_vec();
            return;
        }
        first.targets = vec![pair[0].clone()];
    }
    let zero = Assignment {
        targets: vec![pair[1].clone()],
        operation: Operation::Zero,
        sources: Vec::new(),
    };
    body.insert(at + 1, Statement::Assign(zero));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nest::{systolic, weight_stationary};

    #[test]
    fn the_adder_leaves_the_loop() {
        let base = systolic::output_stationary(2, 3, vec![0, 2]);
        let nest = opt1(&base).unwrap();
        assert!(!base.accumulates_carry_save());
        assert!(nest.accumulates_carry_save());
        insta::assert_snapshot!(nest);
    }

    #[test]
    fn the_adder_leaves_a_chain_in_space() {
        let shape = weight_stationary::Shape { depth: 4, cols: 3, partial_sums: true };
        let base = weight_stationary::systolic(shape, vec![0, 2]);
        let nest = opt1(&base).unwrap();
        assert!(!base.accumulates_carry_save());
        assert!(nest.accumulates_carry_save());
        insta::assert_snapshot!(nest);
    }

    #[test]
    fn a_second_application_is_refused() {
        let nest = opt1(&systolic::output_stationary(2, 3, vec![0])).unwrap();
        let refusal = opt1(&nest).unwrap_err().to_string();
        assert!(refusal.contains("nothing is accumulated"), "{refusal}");
    }

    #[test]
    fn a_sum_that_is_used_elsewhere_stays() {
        let mut nest = systolic::output_stationary(2, 3, vec![0]);
        nest.body.push(Statement::Assign(Assignment {
            targets: vec![],
            operation: Operation::Emit,
            sources: vec![Value::at("p", &[])],
        }));
        let refusal = opt1(&nest).unwrap_err().to_string();
        assert!(refusal.contains("the sum `p` is used outside"), "{refusal}");
    }
}
