//! The walk of the window as counters that take one beat at a time.

use super::super::text::{address_bits, define, literal, resize};
use crate::rtl::properties::Properties;

/// A loop of the walk.
pub(super) struct Loop {
    pub name: &'static str,
    pub extent: usize,
}

impl Loop {
    pub fn exists(&self) -> bool {
        self.extent > 1
    }

    fn width(&self) -> usize {
        address_bits(self.extent)
    }
}

/// Beats that have left, and those that are on their way, by their place in the loops, the innermost
/// one first.
pub(super) struct Walk {
    pub loops: Vec<Loop>,
}

impl Walk {
    /// The number of a loop of the beat that is to leave next (0), of the one `behind` it (1), or of
    /// the one that is to be issued next (2), as an expression of `width` bits.
    pub fn value(&self, index: usize, behind: usize, width: usize) -> String {
        let own = &self.loops[index];
        match own.exists() {
            true => resize(&format!("check_{}_{behind}", own.name), own.width(), width),
            false => literal(width, 0),
        }
    }

    /// Whether a loop is at its last number.
    pub fn ends(&self, index: usize, behind: usize) -> String {
        let own = &self.loops[index];
        match own.exists() {
            true => {
                let last = literal(own.width(), own.extent as i64 - 1);
                format!("(check_{}_{behind} == {last})", own.name)
            }
            false => "1'b1".to_owned(),
        }
    }

    /// The counters: `step` says that a beat leaves, `on_way` which of the two stages hold one, from
    /// the exit on.
    pub fn declare(&self, mut properties: Properties, step: &str, on_way: [&str; 2]) -> Properties {
        for behind in 0..=on_way.len() {
            let mut carry = match behind {
                0 => step.to_owned(),
                behind => on_way[behind - 1].to_owned(),
            };
            for own in self.loops.iter().filter(|own| own.exists()) {
                let width = own.width();
                let name = format!("check_{}", own.name);
                let last = literal(width, own.extent as i64 - 1);
                let source = match behind {
                    0 => format!("{name}_q"),
                    behind => format!("{name}_{}", behind - 1),
                };
                let at_end = format!("({source} == {last})");
                let (zero, one) = (literal(width, 0), literal(width, 1));
                let next = format!("~({carry}) ? {source} : {at_end} ? {zero} : {source} + {one}");
                properties =
                    match behind {
                        0 => properties
                            .declare(&define(&format!("{name}_0"), width, &source))
                            .vector(&source, &width.to_string(), &next),
                        behind => {
                            properties.declare(&define(&format!("{name}_{behind}"), width, &next))
                        }
                    };
                carry = format!("{carry} & {at_end}");
            }
        }
        properties
    }

    /// That the counters stay in their ranges.
    pub fn ranges(&self) -> Vec<String> {
        let own = self.loops.iter().filter(|own| own.exists());
        own.filter_map(|own| {
            super::below(&format!("check_{}_q", own.name), own.width(), own.extent)
        })
        .collect()
    }
}
