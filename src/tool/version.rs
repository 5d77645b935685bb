//! Versions of programs.

use std::fmt;

/// A version such as 5.006 or 0.23, compared number by number.
#[derive(Clone, Debug, Eq)]
pub struct Version {
    numbers: Vec<u32>,
    text: String,
}

impl Version {
    /// The first word of `text` that starts with a number and has a dot.
    #[must_use]
    pub fn find(text: &str) -> Option<Self> {
        let starts = |word: &&str| word.starts_with(|c: char| c.is_ascii_digit());
        let word = text.split_whitespace().filter(starts).find(|word| word.contains('.'))?;
        let end = word.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(word.len());
        let text = word[..end].trim_end_matches('.').to_owned();
        let numbers = text.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        Some(Self { numbers, text })
    }

    /// A version from its numbers.
    #[must_use]
    pub fn of(numbers: &[u32]) -> Self {
        let text: Vec<String> = numbers.iter().map(ToString::to_string).collect();
        Self { numbers: numbers.to_vec(), text: text.join(".") }
    }
}

impl PartialEq for Version {
    fn eq(&self, other: &Self) -> bool {
        self.numbers == other.numbers
    }
}

impl PartialOrd for Version {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Version {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.numbers.cmp(&other.numbers)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_found_and_compared() {
        let old = Version::find("Verilator 4.228 2022-10-01 rev v4.228").unwrap();
        let new = Version::find("Verilator 5.006 2023-01-22 rev (Debian 5.006-3)").unwrap();
        assert_eq!((old.to_string(), new.to_string()), ("4.228".to_owned(), "5.006".to_owned()));
        assert!(old < Version::of(&[5, 0]) && new >= Version::of(&[5, 0]));
        assert_eq!(Version::find("no version here"), None);
    }
}
