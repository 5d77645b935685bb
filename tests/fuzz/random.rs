//! Random choices that are the same everywhere.

/// SplitMix64.
pub struct Random {
    state: u64,
}

impl Random {
    pub fn new(seed: u64) -> Self {
        Self { state: seed }
    }

    pub fn next(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `limit`, which is not 0.
    pub fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit as u64).unwrap()
    }

    /// Whether something of this chance in a hundred happens.
    pub fn percent(&mut self, chance: usize) -> bool {
        self.below(100) < chance
    }

    pub fn choose<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }

    /// A whole number from 1 on, as a rule a small one, and now and then nothing of the kind.
    pub fn size(&mut self) -> String {
        match self.below(100) {
            0..80 => (1 + self.below(4)).to_string(),
            80..95 => (1 + self.below(18)).to_string(),
            _ => self.choose(STRANGE).to_string(),
        }
    }
}

/// What a number may be that nobody expects.
pub const STRANGE: &[&str] = &[
    "0",
    "-1",
    "63",
    "64",
    "65",
    "255",
    "256",
    "257",
    "1024",
    "65535",
    "65536",
    "65537",
    "2147483647",
    "2147483648",
    "4294967295",
    "4294967296",
    "9223372036854775807",
    "-9223372036854775808",
    "9223372036854775808",
    "18446744073709551615",
    "18446744073709551616",
    "99999999999999999999999999999999999999999",
    "1e3",
    "0x10",
    "0o17",
    "1_000",
    "1.5",
    "-0",
    "+3",
    ".inf",
    ".nan",
    "abc",
    "''",
    "'3'",
    "null",
    "~",
    "true",
    "[]",
    "[1]",
    "[0, 1]",
    "[[0, 1], [0, 1]]",
    "{}",
    "{a: 1}",
    "\u{661}",
    "\u{ff13}",
    "é",
    "*a",
    "&a 3",
    "!!int 3",
    "!!str 3",
    "|",
    "\"\\u0000\"",
    "2001-01-01",
];
