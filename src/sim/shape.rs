//! Shapes of arrays from files: what is expected, what was found, and how to make one of the other.

use std::fmt;

/// The axes of an array that is expected: name and extent of each, outermost first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Axes(pub Vec<(&'static str, usize)>);

impl Axes {
    /// The extents.
    #[must_use]
    pub fn shape(&self) -> Vec<usize> {
        self.0.iter().map(|(_, size)| *size).collect()
    }

    /// The names, as in "(outputs, inputs)".
    #[must_use]
    pub fn names(&self) -> String {
        let names: Vec<&str> = self.0.iter().map(|(name, _)| *name).collect();
        format!("({})", names.join(", "))
    }

    /// What to do with an array of this shape, in terms of NumPy, so that it becomes the one that is
    /// expected.
    #[must_use]
    pub fn remedy(&self, found: &[usize]) -> String {
        let expected = self.shape();
        let order = |axes: &[usize]| axes.iter().map(|&axis| found[axis]).collect::<Vec<_>>();
        let rank = found.len();
        let last = rank.saturating_sub(1);
        if rank == 2 && order(&[1, 0]) == expected {
            return format!("it is transposed: save x.T, whose axes are {}", self.names());
        }
        let moved = |from: usize, to: usize| {
            let mut axes: Vec<usize> = (0..rank).collect();
            let axis = axes.remove(from);
            axes.insert(to, axis);
            axes
        };
        if rank == expected.len() && rank > 2 {
            for (from, to, named) in [(1, last, "1, -1"), (last, 0, "-1, 0"), (last, 1, "-1, 1")] {
                if order(&moved(from, to)) == expected {
                    return format!(
                        "its axes are in another order: save numpy.moveaxis(x, {named}), whose axes \
                         are {}",
                        self.names()
                    );
                }
            }
        }
        if found.len() + 1 == expected.len() && found == &expected[1..] {
            return format!("save x[None], whose axes are {}", self.names());
        }
        if found.iter().product::<usize>() == expected.iter().product::<usize>() {
            return format!(
                "the axes are {}; if the elements are in that order, save x.reshape{}",
                self.names(),
                Shape(&expected)
            );
        }
        format!("give an array with the axes {}", self.names())
    }
}

/// A shape as NumPy prints it.
#[derive(Clone, Copy, Debug)]
pub struct Shape<'a>(pub &'a [usize]);

impl fmt::Display for Shape<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            [single] => write!(f, "({single},)"),
            sizes => {
                let sizes: Vec<String> = sizes.iter().map(ToString::to_string).collect();
                write!(f, "({})", sizes.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn remedies_make_the_expected_shape() {
        let axes = |sizes: &[usize]| Axes(sizes.iter().map(|&size| ("n", size)).collect());
        for (found, expected, remedy) in [
            (&[15, 6][..], &[6, 15][..], "save x.T"),
            (&[8, 16, 3, 5], &[8, 3, 5, 16], "numpy.moveaxis(x, 1, -1)"),
            (&[3, 5, 16, 8], &[8, 3, 5, 16], "numpy.moveaxis(x, -1, 0)"),
            (&[90], &[6, 15], "x.reshape(6, 15)"),
            (&[9, 10], &[6, 15], "x.reshape(6, 15)"),
            (&[6], &[1, 6], "x[None]"),
            (&[7], &[6], "with the axes (n)"),
        ] {
            let found = axes(expected).remedy(found);
            assert!(found.contains(remedy), "{found}");
        }
        assert_eq!(Shape(&[3]).to_string() + &Shape(&[]).to_string(), "(3,)()");
    }
}
