//! Properties of arrays whose weights stay: what accepts beats and weights, and what keeps results.

use super::Properties;
use crate::design::Reset;

/// The control: a beat is accepted only with its weights and with room for its result; tiles of
/// `depth` rows of weights are swapped in once, when they are complete.
pub(in crate::rtl) fn admission(reset: Reset, depth: usize) -> Properties {
    let row = format!("({depth}'d1 << check_rows_q)");
    Properties::new(reset)
        .ones("check_on_way", "write_q", "WriteDelay")
        .bit("check_inside_q", "1'b0", "fire ? ~last_i : check_inside_q")
        .vector("check_rows_q", "16", "~load ? check_rows_q : last_row ? 0 : check_rows_q + 1")
        .vector("check_tiles_q", "16", "check_tiles_q + {15'd0, load & last_row} - {15'd0, swap_o}")
        .vector("check_owed_q", "16", "check_owed_q + {15'd0, fire} - {15'd0, write_o}")
        .vector("check_stored_q", "16", "check_stored_q + {15'd0, write_o} - {15'd0, pop_i}")
        .assume(
            "Only a result that has been stored is handed out.",
            "~pop_i | (check_stored_q != 0)",
        )
        .assert("The next beat is known to begin a tile or not.", "first_q == ~check_inside_q")
        .assert(
            "Weights are swapped with the first beat of a tile, and only then.",
            "swap_o == (valid_i & ready_o & ~check_inside_q)",
        )
        .assert("They are swapped when they are complete.", "~swap_o | (check_tiles_q != 0)")
        .assert("At most one tile of weights waits.", "check_tiles_q == {15'd0, full_q}")
        .assert(
            "The rows of a tile are loaded one after the other, each once.",
            &format!("load_o == ((load_valid_i & load_ready_o) ?\n          {row} : {depth}'d0)"),
        )
        .assert("Rows are those of a tile.", &format!("check_rows_q < {depth}"))
        .assert("One row is at its turn.", &format!("row_q == {row}"))
        .assert("Every accepted beat has one result.", "check_owed_q == check_on_way")
        .assert(
            "Places are neither lost nor made up.",
            "check_owed_q + check_stored_q == in_flight_q",
        )
        .assert("No more is stored than there is room for.", "check_stored_q <= Slots")
        .assert("No more is on its way than there is room for.", "in_flight_q <= Slots")
}

/// The output memory: every result that is written leaves once; neither overflow nor underflow.
/// With `hops` the result of a column comes a cycle after that of the one before.
pub(in crate::rtl) fn output(reset: Reset, width: &str, hops: bool) -> Properties {
    let properties = Properties::new(reset);
    let properties = match hops {
        true => properties.declare("wire [Cols-1:0] check_hop = write >> 1;").ones(
            "check_hops",
            "check_hop",
            "Cols - 1",
        ),
        false => properties.declare("wire [15:0] check_hops = 16'd0;"),
    };
    properties
        .vector("check_total_q", "16", "check_total_q + {15'd0, write_i} - {15'd0, pop_o}")
        .vector(
            "check_part_q",
            "16",
            "~(valid_o & ready_i) ? check_part_q :\n          \
             (check_part_q == Transfers - 1) ? 0 : check_part_q + 1",
        )
        .assume(
            "A result comes only when there is room for it.",
            "~write_i | (check_total_q != Slots)",
        )
        .assert("No more is stored than fits.", "check_total_q <= Slots")
        .assert(
            "What was written and has not left is stored or offered.",
            "check_total_q == stored_q + {15'd0, valid_o} + check_hops",
        )
        .assert("Transfers follow each other.", "check_part_q < Transfers")
        .assert_each(
            "One transfer is at its turn.",
            "0".."Transfers",
            "part_q[check_i] == (check_i == check_part_q)",
        )
        .assert(
            "A result has left with its last transfer.",
            "pop_o == (valid_o & ready_i & (check_part_q == Transfers - 1))",
        )
        .offers("valid_o", "ready_i", &[("last_o", "1"), ("transfer_o", width)])
}
