//! What happens to empty groups, and how lanes wait for each other.

/// How an engine deals with empty groups and with its lanes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Policy {
    /// One lane; every digit takes a cycle, zero or not.
    Dense,
    /// One lane as published figures count it: a group takes as many cycles as it has non-zero
    /// digits, none if it is empty, and the last group of a row is sampled a second time where it
    /// has at most one.
    Published,
    /// One lane; an empty group takes one cycle, a bubble.
    Bubble,
    /// One lane; an empty group takes none: the non-zero digits.
    SkipEmpty,
    /// All lanes work on their groups together, and the longest one counts; at least one cycle.
    Lockstep,
    /// Lanes run apart within a plane and meet at its end; an empty group takes one cycle.
    Decoupled,
    /// As decoupled, and an empty group takes none.
    DecoupledSkipEmpty,
}

impl Policy {
    /// All policies.
    pub const ALL: [Policy; 7] = [
        Self::Dense,
        Self::Published,
        Self::Bubble,
        Self::SkipEmpty,
        Self::Lockstep,
        Self::Decoupled,
        Self::DecoupledSkipEmpty,
    ];

    /// Name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Dense => "dense",
            Self::Published => "published",
            Self::Bubble => "bubble",
            Self::SkipEmpty => "skip_empty",
            Self::Lockstep => "lockstep",
            Self::Decoupled => "decoupled",
            Self::DecoupledSkipEmpty => "decoupled_skip_empty",
        }
    }

    /// What it means, in a few words.
    #[must_use]
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Dense => "one lane, no digit skipped",
            Self::Published => "one lane, counted as in published figures",
            Self::Bubble => "one lane, a bubble per empty group",
            Self::SkipEmpty => "one lane, empty groups skipped",
            Self::Lockstep => "all lanes, in step group by group",
            Self::Decoupled => "all lanes, in step plane by plane, bubbles",
            Self::DecoupledSkipEmpty => "all lanes, in step plane by plane, empty groups skipped",
        }
    }

    /// Whether the cycles per operand depend on the length of a row.
    #[must_use]
    pub const fn depends_on_k(self) -> bool {
        matches!(self, Self::Published | Self::Decoupled | Self::DecoupledSkipEmpty)
    }
}
