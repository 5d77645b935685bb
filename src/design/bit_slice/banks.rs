//! Banks of operand B that columns share: how many, and which terms of K lie in which.

use super::{BMemory, BitSlice, BitSliceParameters};
use crate::design::{Invalid, in_range};
use crate::nest::bit_slice;

/// Most banks of a lane.
pub const MAX_BANKS: usize = 1024;

/// The banks of a lane after validation.
///
/// A row of B has a number: its group of terms, and its place there. Low bits of the former, the slot,
/// choose the bank; where there are more banks than groups, bits of the latter do besides. Where rows
/// are dealt out one by one, every group is a slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Banks {
    /// How many; a power of two.
    pub count: usize,
    /// Terms of K that follow each other in a bank: 1 or whole groups. Without it they follow from
    /// the length of the chunks.
    pub rows: Option<usize>,
    /// Bits of the slot of a group.
    pub slot_bits: usize,
    /// Bits of the place in a group that always choose a bank.
    pub folded: usize,
    /// Bits of the place in a group that can choose a bank, the folded ones included.
    pub foldable: usize,
}

impl Banks {
    /// Bits of the number of a bank.
    #[must_use]
    pub const fn bits(&self) -> usize {
        self.count.trailing_zeros() as usize
    }

    /// Whether rows are dealt out to the banks one by one, by the low bits of their numbers.
    #[must_use]
    pub const fn dealt(&self) -> bool {
        matches!(self.rows, Some(1))
    }

    /// Bits of the place in a group that choose a bank in short chunks only.
    #[must_use]
    pub const fn following(&self) -> usize {
        if self.rows.is_some() { 0 } else { self.foldable - self.folded }
    }

    /// Whether the lengths of chunks decide about anything.
    #[must_use]
    pub const fn follow(&self, group_bits: usize) -> bool {
        self.rows.is_none() && (self.following() > 0 || group_bits > self.slot_bits)
    }

    /// The view of the cycle model.
    #[must_use]
    pub const fn model(&self) -> bit_slice::Banks {
        bit_slice::Banks { count: self.count, run: self.rows }
    }
}

impl BitSlice {
    /// The banks that the columns share, if they do.
    pub(super) fn banks_of(
        &self,
        given: BitSliceParameters,
        columns: i64,
    ) -> Result<Option<Banks>, Invalid> {
        if given.b_memory == BMemory::Replicated {
            for (path, key, value) in [
                ("array.banks", "banks", given.banks),
                ("array.bank_rows", "bank_rows", given.bank_rows),
            ] {
                if value.is_some() {
                    return Err(Invalid::new(
                        path,
                        format!("`{key}` only applies to `b_memory: banked`"),
                        "remove the line, or set `b_memory: banked`",
                    ));
                }
            }
            return Ok(None);
        }
        let rows = 1usize << (self.group_bits() + self.member_bits());
        let count = self.bank_count(given.banks, columns, rows)?;
        let bits = count.trailing_zeros() as usize;
        let slot_bits = bits.min(self.group_bits());
        let mut banks = Banks {
            count,
            rows: None,
            slot_bits,
            folded: bits - slot_bits,
            foldable: self.member_bits().min(bits),
        };
        if let Some(run) = given.bank_rows {
            banks.rows = Some(self.bank_rows(&banks, run)?);
        }
        if banks.dealt() {
            let slot_bits = self.group_bits();
            banks = Banks { slot_bits, folded: 0, foldable: 0, ..banks };
        }
        Ok(Some(banks))
    }

    /// Banks of operand B per lane. Without a word about it two for a column, as far as there are
    /// rows for them.
    fn bank_count(&self, given: Option<i64>, columns: i64, rows: usize) -> Result<usize, Invalid> {
        let Some(given) = given else {
            let columns = usize::try_from(columns).unwrap_or(1).clamp(1, 256);
            return Ok((2 * columns).next_power_of_two().min(rows));
        };
        let count = usize::try_from(given).unwrap_or(0);
        if !count.is_power_of_two() || !(2..=MAX_BANKS).contains(&count) {
            let nearest = count.clamp(2, MAX_BANKS).next_power_of_two().min(rows);
            return Err(Invalid::new(
                "array.banks",
                format!("`banks` is {given}, not a power of two from 2 to {MAX_BANKS}"),
                format!("set `banks: {nearest}`"),
            ));
        }
        if count > rows {
            return Err(Invalid::new(
                "array.banks",
                format!("`banks` is {count}, but a chunk of a lane has only {rows} rows of B"),
                format!("set `banks: {rows}`, or a larger `tile_k`"),
            ));
        }
        Ok(count)
    }

    /// Terms of a run, as they are given.
    fn bank_rows(&self, banks: &Banks, given: i64) -> Result<usize, Invalid> {
        let most = match banks.folded {
            0 => (self.groups() >> banks.slot_bits) * self.group,
            _ => 1,
        };
        let rows = in_range("array.bank_rows", given, super::MAX_CHUNK)?;
        if rows > most {
            return Err(Invalid::new(
                "array.bank_rows",
                format!(
                    "`bank_rows` is {rows}, but a run of at most {most} fits {} banks",
                    banks.count
                ),
                format!("set `bank_rows: {most}`, fewer `banks`, or a larger `tile_k`"),
            ));
        }
        if rows != 1 && rows % self.group != 0 {
            return Err(Invalid::new(
                "array.bank_rows",
                format!(
                    "`bank_rows` is {rows}, neither 1 nor a multiple of `group` = {}",
                    self.group
                ),
                format!("set `bank_rows: {}`", (rows / self.group * self.group).max(1)),
            ));
        }
        Ok(rows)
    }
}
