//! Functions of nets, evaluated on 64 runs at a time.

use crate::synth::function::Function;

/// A function of nets.
pub(super) enum Expression {
    Constant(u64),
    Net(usize),
    Not(Box<Expression>),
    And(Box<Expression>, Box<Expression>),
    Or(Box<Expression>, Box<Expression>),
    Xor(Box<Expression>, Box<Expression>),
}

impl Expression {
    /// Binds the pins of a function to nets.
    pub fn bind(function: &Function, net: &impl Fn(&str) -> Option<usize>) -> Option<Self> {
        let inner = |f: &Function| Self::bind(f, net).map(Box::new);
        Some(match function {
            Function::Constant(one) => Self::Constant(u64::from(*one).wrapping_neg()),
            Function::Pin(name) => Self::Net(net(name)?),
            Function::Not(x) => Self::Not(inner(x)?),
            Function::And(x, y) => Self::And(inner(x)?, inner(y)?),
            Function::Or(x, y) => Self::Or(inner(x)?, inner(y)?),
            Function::Xor(x, y) => Self::Xor(inner(x)?, inner(y)?),
        })
    }

    pub fn evaluate(&self, values: &[u64]) -> u64 {
        match self {
            Self::Constant(value) => *value,
            Self::Net(net) => values[*net],
            Self::Not(x) => !x.evaluate(values),
            Self::And(x, y) => x.evaluate(values) & y.evaluate(values),
            Self::Or(x, y) => x.evaluate(values) | y.evaluate(values),
            Self::Xor(x, y) => x.evaluate(values) ^ y.evaluate(values),
        }
    }

    pub fn nets(&self, found: &mut Vec<usize>) {
        match self {
            Self::Constant(_) => {}
            Self::Net(net) => found.push(*net),
            Self::Not(x) => x.nets(found),
            Self::And(x, y) | Self::Or(x, y) | Self::Xor(x, y) => {
                x.nets(found);
                y.nets(found);
            }
        }
    }

    /// The function of a truth table: bit i is its value where input j is bit j of i.
    pub fn of_table(table: u64, inputs: &[usize]) -> Self {
        let Some((&top, below)) = inputs.split_last() else {
            return Self::Constant((table & 1).wrapping_neg());
        };
        let half = 1 << below.len();
        let mask = u64::MAX >> (64 - half);
        let (low, high) = (table & mask, table >> half & mask);
        let part = |table| Box::new(Self::of_table(table, below));
        let top = || Box::new(Self::Net(top));
        match (low, high) {
            (low, high) if low == high => Self::of_table(low, below),
            (0, high) if high == mask => Self::Net(inputs[below.len()]),
            (0, high) => Self::And(top(), part(high)),
            (low, 0) => Self::And(Box::new(Self::Not(top())), part(low)),
            (low, high) if low ^ high == mask => Self::Xor(top(), part(low)),
            (low, high) => Self::Or(
                Box::new(Self::And(top(), part(high))),
                Box::new(Self::And(Box::new(Self::Not(top())), part(low))),
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All functions of up to three inputs, and some of four.
    #[test]
    fn tables_become_functions() {
        for inputs in 0..=4usize {
            let nets: Vec<usize> = (0..inputs).collect();
            let rows = 1u32 << inputs;
            for number in 0..if rows > 8 { 2000 } else { 1u64 << rows } {
                let table = if rows > 8 { number * 7919 % 65_536 } else { number };
                let expression = Expression::of_table(table, &nets);
                for row in 0..rows {
                    let values: Vec<u64> =
                        (0..inputs).map(|j| u64::from(row >> j & 1).wrapping_neg()).collect();
                    let expected = (table >> row & 1).wrapping_neg();
                    assert_eq!(expression.evaluate(&values), expected, "{table:b} of {inputs}");
                }
            }
        }
    }
}
