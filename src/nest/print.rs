//! The nest as text.

use std::fmt;

use super::{
    Assignment, Dimension, Extent, Loop, Movement, Nest, Operation, Run, Statement, Value,
};

impl fmt::Display for Dimension {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Dimension::M => "m",
            Dimension::N => "n",
            Dimension::K => "k",
            Dimension::Bw => "bw",
            Dimension::Bx => "bx",
        })
    }
}

impl fmt::Display for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name)?;
        if self.index.is_empty() {
            return Ok(());
        }
        let mut index: Vec<String> = self.index.iter().map(ToString::to_string).collect();
        if self.all {
            index.pop();
            index.push("*".to_owned());
        }
        write!(f, "[{}]", index.join(","))
    }
}

impl fmt::Display for Assignment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let list = |values: &[Value]| {
            values.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
        };
        match self.targets.as_slice() {
            [] => {}
            [target] => write!(f, "{target} = ")?,
            targets => write!(f, "({}) = ", list(targets))?,
        }
        write!(f, "{}({})", self.operation.name(), list(&self.sources))?;
        // Of the digits that `encode` yields, the bit-weight loop selects one.
        match self.operation {
            Operation::Encode => write!(f, "[{}]", Dimension::Bw),
            Operation::EncodeB => write!(f, "[{}]", Dimension::Bx),
            _ => Ok(()),
        }
    }
}

/// What the loops around a statement have left of K: what `Whole` means inside of them.
#[derive(Clone, Copy)]
struct Part {
    /// Terms that a loop over parts of a fixed size leaves; nothing if none stands around.
    terms: Option<usize>,
    /// Distance of neighbouring terms.
    stride: usize,
}

impl Part {
    const ALL: Self = Self { terms: None, stride: 1 };

    /// What is left inside a loop over K.
    fn within(self, inner: &Loop) -> Self {
        if inner.dimension != Dimension::K {
            return self;
        }
        match inner.extent {
            Extent::Tiles(size) | Extent::Chunks(size) | Extent::Groups(size) => {
                Self { terms: Some(size * self.stride), ..self }
            }
            Extent::Strided(count) => Self { stride: self.stride * count, ..self },
            _ => self,
        }
    }
}

/// The letter behind the dimension in the name of a loop. Loops over the same dimension stand
/// inside one another, each over a part of what the one around it leaves, and have names of their
/// own: tiles, chunks of what a memory holds, groups, lanes, and single iterations.
fn level(extent: Extent) -> &'static str {
    match extent {
        Extent::Tiles(_) => "t",
        Extent::Chunks(_) => "c",
        Extent::Groups(_) => "g",
        Extent::Strided(_) => "l",
        Extent::Whole
        | Extent::Descending
        | Extent::Fixed(_)
        | Extent::Sparse
        | Extent::Longest => "",
    }
}

impl Loop {
    /// The head of the loop, such as `for mt in 0..ceil(M/16)`.
    fn head(&self, part: Part) -> String {
        let dimension = self.dimension;
        let upper = dimension.to_string().to_uppercase();
        let keyword = if self.run == Run::Temporal { "for" } else { "parfor" };
        let name = format!("{dimension}{}", level(self.extent));
        let whole = match part.terms {
            Some(terms) if dimension == Dimension::K => terms.div_ceil(part.stride).to_string(),
            _ => upper.clone(),
        };
        let over = match self.extent {
            Extent::Whole => format!("0..{whole}"),
            Extent::Descending => format!("reversed(0..{whole})"),
            Extent::Tiles(size) | Extent::Chunks(size) => format!("0..ceil({upper}/{size})"),
            Extent::Groups(size) => format!("0..ceil({upper}c/{})", size * part.stride),
            Extent::Fixed(count) | Extent::Strided(count) => format!("0..{count}"),
            Extent::Sparse => "i[*]".to_owned(),
            Extent::Longest => format!("0..longest({upper})"),
        };
        let note = match (self.run, self.extent) {
            (Run::Spatial(Movement::Hop), _) => "  # one hop per step".to_owned(),
            (_, Extent::Strided(count)) => format!("  # {dimension} mod {count}"),
            (_, Extent::Longest) => "  # digits that are not zero".to_owned(),
            _ => String::new(),
        };
        format!("{keyword} {name} in {over}:{note}")
    }
}

impl fmt::Display for Nest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn body(
            f: &mut fmt::Formatter<'_>,
            statements: &[Statement],
            depth: usize,
            part: Part,
        ) -> fmt::Result {
            for statement in statements {
                write!(f, "{:1$}", "", 2 * depth)?;
                match statement {
                    Statement::Assign(assignment) => writeln!(f, "{assignment}")?,
                    Statement::Loop(inner) => {
                        writeln!(f, "{}", inner.head(part))?;
                        body(f, &inner.body, depth + 1, part.within(inner))?;
                    }
                }
            }
            Ok(())
        }
        body(f, &self.body, 0, Part::ALL)
    }
}
