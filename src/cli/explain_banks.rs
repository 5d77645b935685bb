//! Where the rows of operand B lie, in `bitweight explain`.

use super::explain::{Line, line};
use crate::design::{Design, Element};

/// The layout of operand B, where columns share banks.
pub(super) fn lines(design: &Design) -> Option<Vec<Line>> {
    let slice = design.bit_slice?;
    let banks = slice.banks?;
    let (run, starts) = design.engine(&slice).full_layout()?;
    let group = slice.group;
    let starts: Vec<String> = starts.iter().map(usize::to_string).collect();
    let place = if design.element == Element::Opt4e { "(k / lanes)" } else { "k" };
    let (run, formula, bank) = match banks.rows {
        Some(1) => (1, "as configured", format!("the row of k mod {}", banks.count)),
        _ if banks.folded > 0 => {
            let run = group.next_power_of_two() >> banks.folded;
            (run, "fewer groups than banks", "the group of k, and its place there".to_owned())
        }
        Some(rows) => (rows, "as configured", format!("{place} / {rows}, then group by group")),
        None => {
            (run * group, "groups / banks, as whole groups", format!("{place} / {}", run * group))
        }
    };
    let mut lines = vec![
        line("banks", format!("per lane, for {} columns", design.rows()), banks.count.to_string()),
        line(
            "rows of a bank",
            "2 * groups * places in a group / banks".to_owned(),
            (2 * (1usize << (slice.address() - 1)) / banks.count).to_string(),
        ),
        line("terms of a run (full chunk)", formula.to_owned(), run.to_string()),
        line("bank of term k of a chunk", bank, String::new()),
        line("bank where each column starts", "rotated".to_owned(), starts.join(" ")),
    ];
    if banks.follow(slice.group_bits()) {
        lines.push(line(
            "shorter chunks",
            "runs as long as the same chunk of the tile before needs".to_owned(),
            String::new(),
        ));
    }
    Some(lines)
}
