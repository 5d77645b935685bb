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
        if self.operation == Operation::Encode { write!(f, "[bw]") } else { Ok(()) }
    }
}

impl Loop {
    /// The head of the loop, such as `for mt in 0..ceil(M/16)`.
    fn head(&self) -> String {
        let dimension = self.dimension;
        let upper = dimension.to_string().to_uppercase();
        let (keyword, part, note) = match (self.run, self.extent) {
            (Run::Temporal, Extent::Tiles(_)) => ("for", "t", ""),
            (Run::Temporal, Extent::Chunks(_)) => ("for", "c", ""),
            (Run::Temporal, Extent::Groups(_)) => ("for", "g", ""),
            (Run::Temporal, _) => ("for", "", ""),
            (Run::Spatial(Movement::Hop), _) => ("parfor", "", "  # one hop per step"),
            (Run::Spatial(Movement::Broadcast), _) => ("parfor", "", ""),
        };
        let extent = match self.extent {
            Extent::Whole => upper,
            Extent::Tiles(size) | Extent::Chunks(size) => format!("ceil({upper}/{size})"),
            Extent::Groups(size) => format!("ceil({upper}c/{size})"),
            Extent::Fixed(count) => count.to_string(),
            Extent::Strided(count) => {
                return format!("{keyword} {dimension} mod {count} in 0..{count}:{note}");
            }
            Extent::Sparse => return format!("{keyword} {dimension} in i[*]:{note}"),
        };
        format!("{keyword} {dimension}{part} in 0..{extent}:{note}")
    }
}

impl fmt::Display for Nest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fn body(f: &mut fmt::Formatter<'_>, statements: &[Statement], depth: usize) -> fmt::Result {
            for statement in statements {
                write!(f, "{:1$}", "", 2 * depth)?;
                match statement {
                    Statement::Assign(assignment) => writeln!(f, "{assignment}")?,
                    Statement::Loop(inner) => {
                        writeln!(f, "{}", inner.head())?;
                        body(f, &inner.body, depth + 1)?;
                    }
                }
            }
            Ok(())
        }
        body(f, &self.body, 0)
    }
}
