//! The table of all pairs of topology and element: which are built, and why the others are not.

use super::{Element, Refusal, Topology, refusal};

/// A pair of topology and element.
#[derive(Clone, Debug)]
pub struct Pair {
    /// Topology.
    pub topology: Topology,
    /// Element.
    pub element: Element,
    /// Why it is not built; nothing if it is.
    pub refusal: Option<Refusal>,
}

/// All pairs, by topology.
#[must_use]
pub fn pairs() -> Vec<Pair> {
    let of = |&topology: &Topology| {
        Element::ALL.iter().map(move |&element| {
            let refusal = refusal(topology, element);
            Pair { topology, element, refusal }
        })
    };
    Topology::ALL.iter().flat_map(of).collect()
}

/// The table in Markdown: a row per topology, a column per element, and below it the reasons of
/// the pairs that are refused.
#[must_use]
pub fn markdown() -> String {
    let pairs = pairs();
    let mut text = String::from("| topology |");
    Element::ALL.iter().for_each(|element| text += &format!(" `{element}` |"));
    text += "\n|---|";
    text += &"---|".repeat(Element::ALL.len());
    text += "\n";
    let mut reasons = Vec::new();
    for row in pairs.chunks(Element::ALL.len()) {
        text += &format!("| `{}` |", row[0].topology.name());
        for Pair { refusal, .. } in row {
            match refusal {
                None => text += " yes |",
                Some(refusal) => {
                    reasons.push(refusal);
                    text += &format!(" no ({}) |", reasons.len());
                }
            }
        }
        text += "\n";
    }
    for (index, Refusal { reason, help, .. }) in reasons.iter().enumerate() {
        text += &format!("\n{}. {reason}. Instead: {help}.", index + 1);
    }
    if !reasons.is_empty() {
        text += "\n";
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pair_is_there_once_and_a_refusal_says_why() {
        let pairs = pairs();
        assert_eq!(pairs.len(), Topology::ALL.len() * Element::ALL.len());
        for (index, pair) in pairs.iter().enumerate() {
            let same =
                |other: &&Pair| (other.topology, other.element) == (pair.topology, pair.element);
            assert_eq!(pairs.iter().filter(same).count(), 1, "pair {index}");
            if let Some(Refusal { reason, help, .. }) = &pair.refusal {
                let element = pair.element.to_string();
                assert!(reason.contains(&element) && reason.contains(pair.topology.name()));
                assert!(reason.len() > 60 && !help.is_empty(), "{reason}");
            }
        }
    }
}
