//! What the element `xnor` adds to a design: operands of a few bits, words of terms, and how a
//! stream says which terms of a word count.

use super::array::MAX_DIMENSION;
use super::{Contract, Design, Element, FormatName, Invalid, OperandParameters, Parameters};
use super::{Target, Topology, in_range};
use crate::arith::Levels;
use crate::arith::dot::DotKind;
use crate::arith::operand::{MAX_PLANES, Operand};

/// Terms of a word in `systolic_os` when a configuration says nothing.
const DEFAULT_WORD: i64 = 64;

/// Operands and length of the words of a design.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Words {
    /// What the codes of A and B stand for.
    pub levels: (Operand, Operand),
    /// Terms of a word, where the array has no depth of its own.
    pub lanes: Option<usize>,
}

impl Words {
    /// The words that the parameters ask for; nothing for elements that multiply integers.
    pub fn of(parameters: &Parameters) -> Result<Option<Self>, Invalid> {
        let (a, b) = (parameters.operands.a, parameters.operands.b);
        let element = parameters.element;
        if element != Element::Xnor {
            if parameters.target.is_some() {
                return Err(Invalid::new(
                    "target",
                    format!("`target` does not apply to element `{element}`"),
                    "it chooses between ways to add up popcounts; set `element: xnor`, or remove the \
                     line",
                ));
            }
            let given = [("operands.a.format", a), ("operands.b.format", b)];
            let other =
                given.into_iter().find(|(_, operand)| operand.format != FormatName::Integer);
            return match other {
                None => Ok(None),
                Some((path, operand)) => Err(Invalid::new(
                    path,
                    format!(
                        "`format: {}` does not apply to element `{element}`",
                        operand.format.name()
                    ),
                    "it multiplies integers; set `element: xnor`, or remove the key",
                )),
            };
        }
        refuse_ignored(parameters)?;
        let levels = (
            operand(("operands.a.width", "operands.a.format"), a)?,
            operand(("operands.b.width", "operands.b.format"), b)?,
        );
        if levels.0.is_bipolar() && !levels.1.is_bipolar() {
            return Err(Invalid::new(
                "operands.a.format",
                format!("A is {} and B is {}", levels.0, levels.1),
                "what the sum of an operand corrects is formed once for all columns only where that \
                 operand is A: exchange the operands and compute the transposed product",
            ));
        }
        let own = parameters.array.topology == Topology::SystolicOs;
        let lanes = match (own, parameters.lanes) {
            (true, lanes) => Some(in_range("lanes", lanes.unwrap_or(DEFAULT_WORD), MAX_DIMENSION)?),
            (false, None) => None,
            (false, Some(_)) => {
                return Err(Invalid::new(
                    "lanes",
                    format!(
                        "`lanes` does not apply to element `xnor` in topology `{}`",
                        parameters.array.topology.name()
                    ),
                    "a word has as many terms as the array is deep; remove the line and set `depth`",
                ));
            }
        };
        Ok(Some(Self { levels, lanes }))
    }
}

/// Refuses parameters of multipliers.
fn refuse_ignored(parameters: &Parameters) -> Result<(), Invalid> {
    let chains = parameters.target == Some(Target::Fpga);
    let given = [
        ("encoding", parameters.encoding.is_some(), "its bit planes are not recoded"),
        ("encoder", parameters.encoder.is_some(), "its bit planes are not recoded"),
        (
            "product_register",
            parameters.product_register && parameters.carry_every.is_some(),
            "a carry-save accumulator takes in the bits of a popcount, not their sum",
        ),
        (
            "carry_save.every",
            parameters.carry_every.is_some() && chains,
            "with `target: fpga` a carry chain adds popcounts up, which leaves no pair of words",
        ),
        (
            "final_adder",
            parameters.final_adder.is_some() && chains,
            "with `target: fpga` carry chains add popcounts up, which have no network to choose",
        ),
    ];
    match given.into_iter().find(|(_, given, _)| *given) {
        None => Ok(()),
        Some((path, _, because)) => Err(Invalid::new(
            path,
            format!(
                "`{}` does not apply to element `xnor`: {because}",
                path.split('.').next().unwrap_or(path)
            ),
            "remove the line",
        )),
    }
}

fn operand(
    (width_path, format_path): (&'static str, &'static str),
    given: OperandParameters,
) -> Result<Operand, Invalid> {
    let planes = in_range(width_path, given.width, MAX_PLANES)?;
    Ok(match (given.format, given.signed) {
        (FormatName::Bipolar, _) => Operand::Bipolar { planes },
        (FormatName::Ternary, _) if planes == 2 => Operand::Ternary,
        (FormatName::Ternary, _) => {
            return Err(Invalid::new(
                width_path,
                format!("`width` is {planes}, but a ternary operand has two bits"),
                "set `width: 2`",
            ));
        }
        (FormatName::Integer, false) => Operand::Unsigned { planes },
        (FormatName::Integer, true) if planes > 1 => Operand::Signed { planes },
        (FormatName::Integer, true) => {
            return Err(Invalid::new(
                format_path,
                "a signed operand of one bit is 0 or -1".to_owned(),
                "set `format: bipolar` for -1 and +1, or `signed: false` for 0 and 1",
            ));
        }
    })
}

impl Design {
    /// Operand A: its values, and the codes in which it travels.
    #[must_use]
    pub fn operand_a(&self) -> Levels {
        self.multiplier.levels.map_or_else(|| self.multiplier.a.into(), |(a, _)| a.into())
    }

    /// Operand B: its values, and the codes in which it travels.
    #[must_use]
    pub fn operand_b(&self) -> Levels {
        self.multiplier.levels.map_or_else(|| self.multiplier.b.into(), |(_, b)| b.into())
    }

    /// How the words of A and B meet, where products are popcounts.
    #[must_use]
    pub fn dot_kind(&self) -> Option<DotKind> {
        self.multiplier.dot().map(|dot| dot.kind())
    }

    /// Whether the streams say which terms of a word count: zero is not among the levels of either
    /// operand, so that no operand beyond K could be zero.
    #[must_use]
    pub fn counts_terms(&self) -> bool {
        self.dot_kind() == Some(DotKind::Xnor)
    }

    /// Bits of the number of terms that count, 0 to `depth`.
    #[must_use]
    pub fn count_width(&self) -> usize {
        (usize::BITS - self.depth().leading_zeros()) as usize
    }

    /// Lanes that a beat of A has beside its operands: in output-stationary arrays the number of
    /// terms that count, lowest bits first.
    #[must_use]
    pub fn count_lanes(&self) -> usize {
        match self.contract() {
            Contract::OutputStationary if self.counts_terms() => {
                self.count_width().div_ceil(self.multiplier.a.width)
            }
            _ => 0,
        }
    }

    /// Lanes that a beat of B has beside its operands: in weight-stationary arrays one whose lowest
    /// bit says that the term counts. The terms of a tile that do not count come last.
    #[must_use]
    pub fn mark_lanes(&self) -> usize {
        let stationary = self.contract() == Contract::WeightStationary;
        usize::from(stationary && self.counts_terms())
    }
}
