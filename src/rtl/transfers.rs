//! How a beat of a stream is cut into transfers where the dimensions are Verilog parameters.
//!
//! Ports say so in terms of these parameters alone, and the names for it are local to the module:
//! what follows from the dimensions cannot be overridden beside them. Modules below the top that are
//! told the number of transfers refuse another one than follows.

use crate::design::{MAX_DIMENSION, Stream};

/// A stream whose beats have `factor * dimension + more` lanes.
pub(super) struct Transfers {
    /// Role of the stream: begins the names.
    letter: char,
    factor: usize,
    /// Verilog parameter.
    dimension: &'static str,
    more: usize,
    /// Bits of a lane.
    width: usize,
}

impl Transfers {
    pub fn new(letter: char, factor: usize, dimension: &'static str, width: usize) -> Self {
        Self { letter, factor, dimension, more: 0, width }
    }

    /// The same with lanes that are there whatever the dimension is.
    pub fn with(self, more: usize) -> Self {
        Self { more, ..self }
    }

    /// The lanes of a beat and so many more, or less.
    fn lanes(&self, offset: i64) -> String {
        let product = match self.factor {
            1 => self.dimension.to_owned(),
            factor => format!("{factor}*{}", self.dimension),
        };
        match self.more as i64 + offset {
            0 => product,
            sum if sum < 0 => format!("{product}-{}", -sum),
            sum => format!("{product}+{sum}"),
        }
    }

    fn fit(&self) -> usize {
        Stream::fit(self.width)
    }

    /// Bits of `tdata`, from the dimension.
    pub fn data_width(&self) -> String {
        let fit = self.fit();
        let several = self.factor * MAX_DIMENSION + self.more > fit;
        let lanes = match (several, fit) {
            (false, _) => self.lanes(0),
            (true, 1) => "1".to_owned(),
            (true, _) => format!("({0})/(({0})/{fit}+1)+1", self.lanes(-1)),
        };
        let lanes = if lanes.contains(['+', '-']) { format!("({lanes})") } else { lanes };
        match self.width {
            width if width % 8 == 0 => format!("{width}*{lanes}"),
            1 => format!("({lanes}+7)/8*8"),
            width => format!("({width}*{lanes}+7)/8*8"),
        }
    }

    /// The names of transfers of a beat, lanes of a transfer and bits of `tdata`. No quotient is by
    /// zero where a dimension is, so that its check has the word.
    pub fn declarations(&self) -> String {
        let Self { letter, width, .. } = self;
        let (less, fit) = (self.lanes(-1), self.fit());
        [
            format!("  localparam {letter}Transfers = ({less}) / {fit} + 1;"),
            format!("  localparam {letter}Lanes = ({less}) / {letter}Transfers + 1;"),
            format!("  localparam {letter}Data = ({width}*{letter}Lanes + 7) / 8 * 8;"),
        ]
        .join("\n")
    }

    /// Refuses a module whose parameter `Transfers`, and where it has one its `Lanes`, do not follow
    /// from the dimension.
    pub fn check(&self, with_lanes: bool) -> String {
        let (less, fit) = (self.lanes(-1), self.fit());
        let dimension = self.dimension.to_lowercase();
        let mut lines = vec![
            "  generate".to_owned(),
            format!("    if (Transfers != ({less}) / {fit} + 1) begin : gen_check_transfers"),
            format!("      transfers_must_follow_from_{dimension} u_error ();"),
            "    end".to_owned(),
        ];
        if with_lanes {
            lines.extend([
                format!("    if (Lanes != ({less}) / Transfers + 1) begin : gen_check_lanes"),
                format!("      lanes_must_follow_from_{dimension} u_error ();"),
                "    end".to_owned(),
            ]);
        }
        lines.push("  endgenerate\n\n".to_owned());
        lines.join("\n")
    }
}

/// The names of several streams, for the body of a top.
pub(super) fn declarations(streams: &[&Transfers]) -> String {
    let head = "  // Transfers of a beat, lanes of a transfer and bits of one, in whole bytes. The ports say \
                the\n  // same in terms of the parameters, which alone can be overridden.";
    let blocks = streams.iter().map(|stream| stream.declarations());
    std::iter::once(head.to_owned()).chain(blocks).collect::<Vec<_>>().join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The value of an expression of whole numbers, `+`, `-`, `*`, `/` and parentheses.
    fn value(text: &str, dimension: usize) -> i64 {
        fn factor(s: &[u8], at: &mut usize) -> i64 {
            if s[*at] == b'(' {
                *at += 1;
                let inner = sum(s, at);
                *at += 1;
                return inner;
            }
            let start = *at;
            while *at < s.len() && s[*at].is_ascii_digit() {
                *at += 1;
            }
            std::str::from_utf8(&s[start..*at]).unwrap().parse().unwrap()
        }
        fn product(s: &[u8], at: &mut usize) -> i64 {
            let mut result = factor(s, at);
            while *at < s.len() && matches!(s[*at], b'*' | b'/') {
                let times = s[*at] == b'*';
                *at += 1;
                let next = factor(s, at);
                result = if times { result * next } else { result / next };
            }
            result
        }
        fn sum(s: &[u8], at: &mut usize) -> i64 {
            let mut result = product(s, at);
            while *at < s.len() && matches!(s[*at], b'+' | b'-') {
                let plus = s[*at] == b'+';
                *at += 1;
                let next = product(s, at);
                result = if plus { result + next } else { result - next };
            }
            result
        }
        let text = text.replace("Cols", &dimension.to_string()).replace(' ', "");
        sum(text.as_bytes(), &mut 0)
    }

    #[test]
    fn the_range_of_a_port_is_the_width_of_its_stream() {
        for width in [1, 2, 7, 8, 12, 16, 31, 64, 200, 256] {
            for (factor, more) in [(1, 0), (1, 1), (4, 0), (64, 7)] {
                let transfers = Transfers::new('B', factor, "Cols", width).with(more);
                let text = transfers.data_width();
                assert!(text.len() < 60, "{text} does not fit a line");
                for cols in 1..=MAX_DIMENSION {
                    let lanes = factor * cols + more;
                    let of_beat = lanes.div_ceil(Stream::fit(width));
                    let bits = (lanes.div_ceil(of_beat) * width).next_multiple_of(8);
                    assert_eq!(value(&text, cols), bits as i64, "{text}, {cols}");
                }
            }
        }
    }
}
