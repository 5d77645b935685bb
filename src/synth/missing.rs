//! What a scope leaves out of a whole top: an element without its encoders is not a design.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use super::role::Role;
use super::run::{Scope, needed};
use super::subject::Subject;

/// What is left out. Areas, delays and energies of scopes that leave out different things do not
/// compare.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Missing {
    /// Modules that are not in the scope, without the name of the design, by what they are for.
    pub modules: BTreeMap<Role, BTreeSet<String>>,
    /// Bits of memories that are not in the scope.
    pub memory_bits: u64,
}

/// What a scope of a design leaves out.
#[must_use]
pub fn of(subject: Subject<'_>, scope: Scope) -> Missing {
    let (modules, name) = (subject.modules(), subject.name());
    let names = |top: &str| -> BTreeSet<String> {
        needed(&modules, top).into_iter().map(|module| module.name).collect()
    };
    let (inside, whole) = (names(&subject.top(scope).0), names(&subject.top(Scope::Core).0));
    let mut missing = Missing::default();
    for module in &modules {
        if !whole.contains(&module.name) || inside.contains(&module.name) {
            continue;
        }
        missing.memory_bits += module.memories.iter().map(|m| m.total_bits as u64).sum::<u64>();
        // The top itself is what holds the rest together.
        let suffix = module.name.strip_prefix(&name).unwrap_or(&module.name);
        let suffix = suffix.trim_start_matches('_');
        if module.memories.is_empty() && !suffix.is_empty() {
            let role = Role::of(&module.name, &name);
            missing.modules.entry(role).or_default().insert(suffix.to_owned());
        }
    }
    missing
}

/// Modules that end in these add the words of a result up.
const FINAL_ADDERS: [&str; 2] = ["resolve", "add"];

impl Missing {
    /// Whether there is nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.modules.is_empty() && self.memory_bits == 0
    }

    /// It in words, role by role.
    #[must_use]
    pub fn words(&self) -> String {
        let role = |(role, modules): (&Role, &BTreeSet<String>)| {
            let modules: Vec<&str> = modules.iter().map(String::as_str).collect();
            let words = match role {
                Role::BuffersAndMemories => "buffers",
                role => role.words(),
            };
            format!("{words} ({})", modules.join(", "))
        };
        let mut words: Vec<String> = self.modules.iter().map(role).collect();
        if self.memory_bits > 0 {
            words.push(format!("memories of {} bits", self.memory_bits));
        }
        words.join(", ")
    }

    /// What designs of this kind differ in: the parts without which figures do not compare.
    #[must_use]
    pub fn weighty(&self) -> BTreeSet<&'static str> {
        let has = |role: Role| self.modules.contains_key(&role);
        let adders = self.modules.get(&Role::ReadoutAndFinalAdders);
        let adds = adders.is_some_and(|modules| {
            modules.iter().any(|name| FINAL_ADDERS.iter().any(|end| name.ends_with(end)))
        });
        let parts = [
            (has(Role::Elements), "elements"),
            (has(Role::Encoders), "encoders"),
            (has(Role::Control), "control"),
            (adders.is_some(), "readout"),
            (adds, "final adders"),
            (has(Role::BuffersAndMemories), "buffers"),
            (self.memory_bits > 0, "memories"),
        ];
        parts.into_iter().filter_map(|(missing, words)| missing.then_some(words)).collect()
    }
}
