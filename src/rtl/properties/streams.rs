//! Properties of what every stream passes through: the output buffer and the gathering of beats.

use super::Properties;
use crate::design::Reset;

/// The output buffer: no overflow or underflow, and what leaves is what came, once and in order.
pub(in crate::rtl) fn fifo(reset: Reset) -> Properties {
    Properties::new(reset)
        .declare("localparam CheckWidth = $clog2(Depth + 1);")
        .declare("wire check_push = valid_i & ready_o;")
        .declare("wire check_pop = valid_o & ready_i;")
        .declare("wire [Width*(Depth+1)-1:0] check_pushed = {data_i, check_history_q};")
        .declare("wire [Width*Depth-1:0] check_held = {data_q[Width*Depth-1:Width], data_o};")
        .vector(
            "check_count_q",
            "CheckWidth",
            "(check_push & ~check_pop) ? check_count_q + 1'b1 :\n          \
             (check_pop & ~check_push) ? check_count_q - 1'b1 : check_count_q",
        )
        .vector(
            "check_history_q",
            "(Width*Depth)",
            "check_push ? check_pushed[Width +: Width*Depth] : check_history_q",
        )
        .assert("Never more than fits.", "check_count_q <= Depth")
        .assert("What is in it is offered, and nothing else.", "valid_o == (check_count_q != 0)")
        .assert_each(
            "The entries are in use from the output on.",
            "0".."Depth",
            "used_q[check_i] == (check_i < check_count_q)",
        )
        .assert_each(
            "What is in it are the beats that came last, in their order.",
            "1".."Depth + 1",
            "(check_count_q != check_i) |\n          \
             (((check_held ^ (check_history_q >> (Width*(Depth-check_i)))) &\n          \
             ({Width*Depth{1'b1}} >> (Width*(Depth-check_i)))) == 0)",
        )
        .offers("valid_o", "ready_i", &[("data_o", "Width")])
}

/// Beats are made of the transfers in their order, each of them once.
pub(in crate::rtl) fn gather(reset: Reset) -> Properties {
    Properties::new(reset)
        .declare("localparam CheckWidth = $clog2(Transfers + 1);")
        .declare("wire [Width*(Transfers+1)-1:0] check_shifted = {data_i, check_history_q};")
        .declare("wire check_last = check_count_q == Transfers - 1;")
        .declare("wire [Transfers-1:0] check_due;")
        .declare("generate")
        .declare("  if (Transfers == 1) begin : gen_check_single")
        .declare("    assign check_due = 1'b1;")
        .declare("  end else begin : gen_check_several")
        .declare("    assign check_due = gen_several.due_q;")
        .declare("  end")
        .declare("endgenerate")
        .vector(
            "check_count_q",
            "CheckWidth",
            "~(valid_i & ready_o) ? check_count_q : check_last ? 0 : check_count_q + 1'b1",
        )
        .vector(
            "check_history_q",
            "(Width*Transfers)",
            "(valid_i & ready_o) ? check_shifted[Width +: Width*Transfers] : check_history_q",
        )
        .accepts("valid_i", "ready_o", &[("data_i", "Width")])
        .assert("Never more than a beat has.", "check_count_q < Transfers")
        .assert("The last transfer completes the beat.", "valid_o == (valid_i & check_last)")
        .assert(
            "It waits for the receiver, the others do not.",
            "ready_o == (~check_last | ready_i)",
        )
        .assert_each(
            "The transfer that is due is the next one.",
            "0".."Transfers",
            "check_due[check_i] == (check_i == check_count_q)",
        )
        .assert_each(
            "What has come of a beat stands in its place.",
            "1".."Transfers",
            "(check_count_q != check_i) |\n          \
             (((data_o ^ (check_history_q >> (Width*(Transfers-check_i)))) &\n          \
             ({Width*Transfers{1'b1}} >> (Width*(Transfers-check_i)))) == 0)",
        )
        .assert(
            "The beat holds the transfers in their order; the last one passes.",
            "~valid_o | (data_o == check_shifted[Width +: Width*Transfers])",
        )
        .offers("valid_o", "ready_i", &[("data_o", "(Width*Transfers)")])
}
