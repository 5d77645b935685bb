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
        /// What differs where no line was added or removed.
        otherwise: Option<&'static str>,
    },
    /// A file of an earlier run is no longer part of the output.
    Superfluous(String),
    /// A source of a hardware description language that no run has written.
    Added(String),
}

impl Difference {
    /// Compares a file that should be `expected` with what was found in its place.
    pub(super) fn between(expected: &PackageFile, found: &str) -> Self {
        let otherwise = otherwise(&expected.text, found);
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
            otherwise,
        }
    }
}

/// How texts of the same lines differ; nothing where their lines do.
fn otherwise(expected: &str, found: &str) -> Option<&'static str> {
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort_unstable();
        lines
    };
    if sorted(expected) != sorted(found) {
        return None;
    }
    let differs = |change: fn(&str) -> String| change(expected) != change(found);
    Some(if differs(|text| text.lines().collect::<Vec<_>>().join("\n")) {
        "the same lines in another order"
    } else if found.contains('\r') != expected.contains('\r') {
        "other line ends"
    } else {
        "another end of the last line"
    })
}

impl std::fmt::Display for Difference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "missing      {path}"),
            Self::Superfluous(path) => write!(f, "superfluous  {path}"),
            Self::Added(path) => write!(f, "added        {path}: not part of the design"),
            Self::Changed { path, otherwise: Some(how), .. } => {
                write!(f, "changed      {path}: {how}")
            }
            Self::Changed { path, added, removed, first_line, .. } => write!(
                f,
                "changed      {path}: +{added} -{removed} lines, from line {first_line} on"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_other_line_is_told_too() {
        let expected = PackageFile::new("a.v".to_owned(), "one\ntwo\n".to_owned());
        let told = |found: &str| Difference::between(&expected, found).to_string();
        assert_eq!(told("two\none\n"), "changed      a.v: the same lines in another order");
        assert_eq!(told("one\r\ntwo\r\n"), "changed      a.v: other line ends");
        assert_eq!(told("one\ntwo"), "changed      a.v: another end of the last line");
        assert_eq!(told("one\nnew\ntwo\n"), "changed      a.v: +1 -0 lines, from line 2 on");
    }
}
