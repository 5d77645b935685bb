//! Properties of arrays whose results stay: what releases tiles, and what hands them out.

use super::Properties;
use crate::design::Reset;

/// The control: every tile that ends is taken over once, apart from the others, and no more is on
/// its way than there is room for. `taken` marks that a tile is taken over, `delay` cycles after
/// its release; tiles are `apart` cycles apart. With `gain` a tile's results are on their way.
pub(in crate::rtl) fn control(
    reset: Reset,
    (taken, delay, apart): (&str, &str, &str),
    gain: &str,
) -> Properties {
    Properties::new(reset)
        .ones("check_on_way", "wave_q", delay)
        .bit("check_inside_q", "1'b0", "fire_o ? ~last_i : check_inside_q")
        .vector(
            "check_ended_q",
            "16",
            &format!("check_ended_q + {{15'd0, fire_o & last_i}} - {{15'd0, {taken}}}"),
        )
        .vector(
            "check_room_q",
            "16",
            &format!("check_room_q + (({gain}) ? Added : 0) - {{15'd0, pop_i}}"),
        )
        .assert("Credits are neither lost nor made up.", "check_room_q == in_flight_q")
        .assume("Only what is on its way is handed out.", "~pop_i | (in_flight_q != 0)")
        .assert("A beat is accepted when it is offered.", "fire_o == (valid_i & ready_o)")
        .assert("The first beat of a tile is marked.", "first_o == (fire_o & ~check_inside_q)")
        .assert("The marks do not get lost.", "first_q == ~check_inside_q")
        .assert("A tile that waits has ended.", "~waiting_q | ~check_inside_q")
        .assert(
            "Every tile that ended is taken over once.",
            "check_ended_q == check_on_way + {15'd0, waiting_q}",
        )
        .assert("No more is on its way than there is room for.", "in_flight_q <= Credit + Added")
        .assert_each(
            "Tiles come so far apart that no two of them meet on a bus.",
            "0".."WaveLength",
            &format!(
                "~wave_q[check_i] |\n          \
                 (((wave_q >> (check_i + 1)) & ({{{apart}{{1'b1}}}} >> 1)) == 0)"
            ),
        )
}

/// Row buffers that are filled column by column: one row at a time, in their order, nothing that is
/// not there. `writes` are the columns of row `check_i` that are written.
pub(in crate::rtl) fn drain(reset: Reset, width: &str, writes: &str) -> Properties {
    Properties::new(reset)
        .declare("wire [Rows-1:0] check_leaving = row_q & {Rows{row_done}};")
        .declare("reg [Cols-1:0] check_writes;")
        .declare("integer check_r;")
        .declare("always @* begin")
        .declare("  check_writes = 0;")
        .declare("  for (check_r = 0; check_r < Rows; check_r = check_r + 1) begin")
        .declare("    if (row_q[check_r] & full_q[check_r])")
        .declare(&format!(
            "      check_writes = check_writes | {};",
            writes.replace("check_i", "check_r")
        ))
        .declare("  end")
        .declare("end")
        .cycle("check_row_q", 16, "row_done", "Rows - 1")
        .cycle("check_part_q", 16, "push", "Transfers - 1")
        .assume(
            "No row is completed again before it is handed out.",
            "(completed & full_q & ~check_leaving) == 0",
        )
        .assume_each(
            "Of a row that is not handed out, nothing is overwritten.",
            "0".."Rows",
            &format!("~full_q[check_i] | row_q[check_i] | ({writes} == 0)"),
        )
        .assume_each(
            "Of the row that is being handed out, what has not left is not overwritten.",
            "0".."Transfers",
            "(check_i < check_part_q) | (check_i == check_part_q & push) |\n          \
             (((check_writes >> (Lanes*check_i)) & {Lanes{1'b1}}) == 0)",
        )
        .assert(
            "Only a complete row is handed out.",
            "valid_o == (|(full_q >> check_row_q & 1'b1))",
        )
        .turns()
        .offers("valid_o", "ready_i", &[("last_o", "1"), ("transfer_o", width)])
}

/// Rows that are captured at once: all their transfers leave once, in their order. `read` is the
/// bit that says that a transfer stands in the register before the final adder.
pub(in crate::rtl) fn captured(reset: Reset, width: &str, read: &str) -> Properties {
    Properties::new(reset)
        .declare("localparam CheckAll = Rows * Transfers;")
        .declare("wire check_sent = valid_o & ready_i;")
        .ones("check_left", "left_q", "Rows")
        .vector(
            "check_part_q",
            "16",
            "~take ? check_part_q : (check_part_q == Transfers - 1) ? 0 : check_part_q + 1",
        )
        .vector(
            "check_owed_q",
            "16",
            "check_owed_q + (capture_i ? CheckAll : 0) - {15'd0, check_sent}",
        )
        .vector(
            "check_place_q",
            "16",
            "~check_sent ? check_place_q : (check_place_q == CheckAll - 1) ? 0 : check_place_q + 1",
        )
        .assume("Rows are captured when those before have left.", "~capture_i | (left_after == 0)")
        .assert("Results are offered while some are owed.", "~valid_o | (check_owed_q != 0)")
        .assert(
            "Every transfer leaves once.",
            &format!(
                "check_owed_q ==\n          \
                 check_left * Transfers - check_part_q + {{15'd0, {read}}}"
            ),
        )
        .assert(
            "The last transfer of the last row is marked, and no other.",
            "~valid_o | (last_o == (check_place_q == CheckAll - 1))",
        )
        .assert("Transfers follow each other.", "check_part_q < Transfers")
        .assert(
            "What is owed and what has left make up a tile.",
            &format!(
                "(check_owed_q == 0 && check_place_q == 0) |\n          \
                 (check_owed_q != 0 && check_owed_q + check_place_q == CheckAll) |\n          \
                 (check_owed_q + check_place_q == 2 * CheckAll &&\n          \
                 check_place_q == CheckAll - 1 && {read})"
            ),
        )
        .assert("Rows leave from the first on.", "(left_q & (left_q + 1'b1)) == 0")
        .assert_each(
            "One transfer is at its turn.",
            "0".."Transfers",
            "part_q[check_i] == (check_i == check_part_q)",
        )
        .offers("valid_o", "ready_i", &[("last_o", "1"), ("transfer_o", width)])
}
