//! Boolean functions of cells, as Liberty writes them.
//!
//! `!A` and `A'` negate; `A B`, `A*B` and `A&B` are AND; `A+B` and `A|B` are OR; `A^B` is XOR.
//! Negation binds strongest, then XOR, then AND, then OR.

/// A function of named pins, or of internal state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Function {
    /// 0 or 1.
    Constant(bool),
    /// The value of a pin.
    Pin(String),
    /// Negation.
    Not(Box<Function>),
    /// Conjunction.
    And(Box<Function>, Box<Function>),
    /// Disjunction.
    Or(Box<Function>, Box<Function>),
    /// Exclusive disjunction.
    Xor(Box<Function>, Box<Function>),
}

/// Deepest nesting of parentheses and negations.
const DEEPEST: usize = 64;

impl Function {
    /// Reads a function; nothing if it is not one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::read(text, false)
    }

    /// Whether a text means the same where AND binds stronger than XOR, as ABC reads it.
    #[must_use]
    pub fn is_read_alike(text: &str) -> bool {
        // Any other value of each pin in 64 assignments, which tell two functions apart.
        let value = |name: &str| {
            let mix = |hash: u64, byte: u8| {
                (hash ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15).rotate_left(23)
            };
            name.bytes().fold(0x2545_f491_4f6c_dd1d, mix)
        };
        let values = |loose| Self::read(text, loose).map(|function| function.evaluate(&value));
        values(false) == values(true)
    }

    fn read(text: &str, loose_xor: bool) -> Option<Self> {
        let mut reader = Reader { rest: text.trim(), depth: 0, loose_xor };
        let function = reader.or()?;
        reader.rest.is_empty().then_some(function)
    }

    /// The pins it depends on by its text, each once, in order of appearance.
    #[must_use]
    pub fn pins(&self) -> Vec<&str> {
        let mut pins = Vec::new();
        self.collect(&mut pins);
        pins
    }

    fn collect<'a>(&'a self, pins: &mut Vec<&'a str>) {
        match self {
            Self::Constant(_) => {}
            Self::Pin(name) => {
                if !pins.contains(&name.as_str()) {
                    pins.push(name);
                }
            }
            Self::Not(inner) => inner.collect(pins),
            Self::And(x, y) | Self::Or(x, y) | Self::Xor(x, y) => {
                x.collect(pins);
                y.collect(pins);
            }
        }
    }

    /// Its value for 64 assignments at a time; `value` gives those of a pin.
    pub fn evaluate(&self, value: &impl Fn(&str) -> u64) -> u64 {
        match self {
            Self::Constant(one) => u64::from(*one).wrapping_neg(),
            Self::Pin(name) => value(name),
            Self::Not(inner) => !inner.evaluate(value),
            Self::And(x, y) => x.evaluate(value) & y.evaluate(value),
            Self::Or(x, y) => x.evaluate(value) | y.evaluate(value),
            Self::Xor(x, y) => x.evaluate(value) ^ y.evaluate(value),
        }
    }

    /// The truth table over `pins` (at most six): bit i is the value where pin j is bit j of i.
    #[must_use]
    pub fn table(&self, pins: &[&str]) -> u64 {
        const COLUMNS: [u64; 6] = [
            0xaaaa_aaaa_aaaa_aaaa,
            0xcccc_cccc_cccc_cccc,
            0xf0f0_f0f0_f0f0_f0f0,
            0xff00_ff00_ff00_ff00,
            0xffff_0000_ffff_0000,
            0xffff_ffff_0000_0000,
        ];
        let column = |name: &str| pins.iter().position(|pin| *pin == name).map(|j| COLUMNS[j % 6]);
        let all = self.evaluate(&|name| column(name).unwrap_or(0));
        let rows = 1u32 << pins.len().min(6);
        if rows == 64 { all } else { all & ((1 << rows) - 1) }
    }
}

struct Reader<'a> {
    rest: &'a str,
    depth: usize,
    /// Whether XOR binds weaker than AND.
    loose_xor: bool,
}

impl Reader<'_> {
    fn take(&mut self, symbols: &[char]) -> bool {
        self.rest = self.rest.trim_start();
        match self.rest.strip_prefix(symbols) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn or(&mut self) -> Option<Function> {
        let mut function = self.term()?;
        while self.take(&['+', '|']) {
            function = Function::Or(Box::new(function), Box::new(self.term()?));
        }
        Some(function)
    }

    fn term(&mut self) -> Option<Function> {
        if self.loose_xor { self.xor() } else { self.and() }
    }

    fn and(&mut self) -> Option<Function> {
        let mut function = self.factor()?;
        loop {
            let explicit = self.take(&['*', '&']);
            let more = self.rest.starts_with(|c: char| c.is_alphanumeric() || "_!(\\".contains(c));
            if !explicit && !more {
                return Some(function);
            }
            function = Function::And(Box::new(function), Box::new(self.factor()?));
        }
    }

    fn factor(&mut self) -> Option<Function> {
        if self.loose_xor { self.not() } else { self.xor() }
    }

    fn xor(&mut self) -> Option<Function> {
        let operand = |reader: &mut Self| match reader.loose_xor {
            true => reader.and(),
            false => reader.not(),
        };
        let mut function = operand(self)?;
        while self.take(&['^']) {
            function = Function::Xor(Box::new(function), Box::new(operand(self)?));
        }
        Some(function)
    }

    fn not(&mut self) -> Option<Function> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return None;
        }
        let mut function = if self.take(&['!']) {
            Function::Not(Box::new(self.not()?))
        } else if self.take(&['(']) {
            let inner = self.or()?;
            if !self.take(&[')']) {
                return None;
            }
            inner
        } else {
            self.name()?
        };
        while self.take(&['\'']) {
            function = Function::Not(Box::new(function));
        }
        self.depth -= 1;
        Some(function)
    }

    fn name(&mut self) -> Option<Function> {
        let rest = self.rest.trim_start();
        let end = rest.find(|c: char| !(c.is_alphanumeric() || "_[]".contains(c)));
        let (name, rest) = rest.split_at(end.unwrap_or(rest.len()));
        self.rest = rest.trim_start();
        match name {
            "" => None,
            "0" => Some(Function::Constant(false)),
            "1" => Some(Function::Constant(true)),
            name => Some(Function::Pin(name.to_owned())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(text: &str, pins: &[&str]) -> u64 {
        Function::parse(text).unwrap_or_else(|| panic!("{text}")).table(pins)
    }

    #[test]
    fn every_way_of_writing_is_understood() {
        let ab = ["A", "B"];
        for nand in ["(!(A B))", "!(A*B)", "(A & B)'", "!A + !B", "A'|B'", "!(A)+(!B)"] {
            assert_eq!(table(nand, &ab), 0b0111, "{nand}");
        }
        assert_eq!(table("A^B", &ab), 0b0110);
        assert_eq!(table("1", &ab), 0b1111);
        let abc = ["A", "B", "C"];
        assert_eq!(table("A B + C", &abc), table("(A*B)|C", &abc));
        assert_eq!(table("A ^ B * C", &abc), table("(A ^ B) & C", &abc));
        assert_eq!(table("(A^B)^C", &abc), 0b1001_0110);
        assert_eq!(Function::parse("(A B) + A").unwrap().pins(), ["A", "B"]);
    }

    #[test]
    fn what_depends_on_the_reader_is_found() {
        for text in ["A ^ B * C", "A B ^ C", "(A & B ^ C)'", "D + A*B^C"] {
            assert!(!Function::is_read_alike(text), "{text}");
        }
        for text in ["(A ^ B) * C", "A ^ (B C)", "A ^ B + C", "!A ^ B", "(A ^ B) ^ C", "A B + C'"] {
            assert!(Function::is_read_alike(text), "{text}");
        }
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "A +", "(A", "A)", "!", "A @ B", &"(".repeat(100_000)] {
            assert_eq!(Function::parse(text), None, "{}", &text[..text.len().min(20)]);
        }
    }
}
