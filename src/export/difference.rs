//! How a folder differs from a package, seen from the folder.

use std::collections::BTreeMap;

use super::package::PackageFile;

/// One file that differs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Difference {
    /// A file is not there.
    Missing(String),
    /// A file has other content; the number of lines that were added and removed.
    Changed {
        /// Path within the folder.
        path: String,
        /// Lines that the file has and the package has not.
        added: usize,
        /// Lines that the package has and the file has not.
        removed: usize,
        /// The first line that differs, from 1.
        first_line: usize,
    },
    /// A file of an earlier run is no longer part of the output.
    Superfluous(String),
    /// A source of a hardware description language that no run has written.
    Added(String),
}

impl Difference {
    /// Compares a file that should be `expected` with what was found in its place.
    pub(super) fn between(expected: &PackageFile, found: &str) -> Self {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let (expected_lines, found) = (lines(&expected.text), lines(found));
        let mut counts: BTreeMap<&str, i64> = BTreeMap::new();
        found.iter().for_each(|line| *counts.entry(line).or_default() += 1);
        expected_lines.iter().for_each(|line| *counts.entry(line).or_default() -= 1);
        let sum = |sign: i64| {
            let counted = counts.values().map(|n| usize::try_from(n * sign).unwrap_or(0));
            counted.sum()
        };
        let same = expected_lines.iter().zip(&found).take_while(|(x, y)| x == y).count();
        Self::Changed {
            path: expected.path.clone(),
            added: sum(1),
            removed: sum(-1),
            first_line: same + 1,
        }
    }
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "missing      {path}"),
            Self::Superfluous(path) => write!(f, "superfluous  {path}"),
            Self::Added(path) => write!(f, "added        {path}: not part of the design"),
            Self::Changed { path, added, removed, first_line } => write!(
                f,
                "changed      {path}: +{added} -{removed} lines, from line {first_line} on"
            ),
        }
    }
}
