//! How a design looks in every plot: a colour per element, and a dash and a mark where several of
//! an element stand in one plot.

use super::plot::COLOURS;
use crate::synth::Report;

/// Elements in the order of their colours. An element has the same colour in all plots.
const ELEMENTS: [&str; 10] =
    ["mac", "opt1", "opt2", "opt3", "opt4c", "opt4e", "behavioural", "laconic", "xnor", "popcount"];

/// Colours beyond those of other series.
const FURTHER: [&str; 3] = ["#8c6d31", "#7b4173", "#637939"];

/// Patterns of dashes, the first for the first design of an element.
const DASHES: [&str; 4] = ["none", "7 3", "2 3", "10 3 2 3"];

/// How one design is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Style {
    /// Colour of the element.
    pub colour: &'static str,
    /// Dashes of the curve.
    pub dash: &'static str,
}

/// The styles of the designs of a plot.
pub(super) fn styles(reports: &[Report]) -> Vec<Style> {
    let elements: Vec<&str> = reports.iter().map(|report| report.element.as_str()).collect();
    of_elements(&elements)
}

fn of_elements(elements: &[&str]) -> Vec<Style> {
    let style = |(index, element): (usize, &&str)| {
        let place = ELEMENTS.iter().position(|known| known == element).unwrap_or(ELEMENTS.len());
        let colour = COLOURS.iter().chain(&FURTHER).nth(place).or(COLOURS.last());
        let before = elements[..index].iter().filter(|other| *other == element).count();
        Style { colour: colour.copied().unwrap_or("#000000"), dash: DASHES[before % DASHES.len()] }
    };
    elements.iter().enumerate().map(style).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The colour of an element does not depend on what else is in the plot.
    #[test]
    fn elements_keep_their_colours() {
        let one = of_elements(&["behavioural", "mac", "mac", "opt1"]);
        let other = of_elements(&["opt1", "opt4e", "mac"]);
        assert_eq!((one[1], one[3]), (other[2], other[0]));
        assert_eq!(one[1].colour, one[2].colour);
        assert_ne!(one[1].dash, one[2].dash, "variants of an element differ");
        let mut colours: Vec<&str> = of_elements(&ELEMENTS).iter().map(|s| s.colour).collect();
        colours.sort_unstable();
        colours.dedup();
        assert_eq!(colours.len(), ELEMENTS.len());
    }
}
