//! Properties of engines that work digits off: chunks in the memories, planes of a column, sums on
//! their way out.

use super::Properties;
use crate::design::Reset;

/// The loader: beats go to their places, and a half of the memories is written only when all columns
/// are done with what it held. A group has `group` beats, a chunk `beats`; `place` is the number of
/// the beat that comes next in its chunk, `member` that in its group.
pub(in crate::rtl) fn loader(
    reset: Reset,
    (group, beats): (usize, usize),
    (place, member): (&str, &str),
) -> Properties {
    Properties::new(reset)
        .declare("wire [1:0] check_ended = {end_q & write_parity_q, end_q & ~write_parity_q};")
        .declare("wire [1:0] check_coming = check_ended | ready_q;")
        .vector(
            "check_beats_q",
            "16",
            "~fire_o ? check_beats_q : chunk_end ? 16'd0 : check_beats_q + 16'd1",
        )
        .bit("check_half_q", "1'b0", "check_half_q ^ chunk_end")
        .bit("check_fired_q", "1'b0", "fire_o")
        .bit("check_ended_q", "1'b0", "chunk_end")
        .assume("A column is done only with what it had to do.", "(release_i & ~pending_o) == 0")
        .assert("Halves take turns.", "parity_q == check_half_q")
        .assert("Beats follow each other, each once.", &format!("check_beats_q == {place}"))
        .assert("No more than a chunk has.", &format!("check_beats_q < {beats}"))
        .assert(
            "One position of a group is at its turn.",
            &format!("position_q == ({group}'d1 << {member})"),
        )
        .assert("A beat goes where nothing is needed any more.", "~fire_o | ~occupied_q[parity_q]")
        .assert(
            "A half is held from its chunk's end until all columns are done with it.",
            "occupied_q == (check_coming | busy)",
        )
        .assert("Every column has each chunk once.", "(check_coming & busy) == 0")
        .assert("A chunk is told once.", "(check_ended & ready_q) == 0")
        .assert("A beat is written in the cycle after it came.", "valid_o == check_fired_q")
        .assert("So is the end of its chunk.", "(end_o == check_ended_q) & (~end_o | valid_o)")
        .assert(
            "It is written to the half that it came for.",
            "~valid_q | (write_parity_q == (check_half_q ^ end_q))",
        )
        .reach("A column may start.", "|pending_o")
}

/// The scheduler of a column: one plane at a time, of a chunk that is there; sums are handed over as
/// far apart as the column needs, and none before the result before it has been handed out.
pub(in crate::rtl) fn scheduler(reset: Reset) -> Properties {
    Properties::new(reset)
        .bit("check_half_q", "1'b0", "check_half_q ^ (|release_o)")
        .bit("check_open_q", "1'b0", "begin_chunk | (check_open_q & ~(|release_o))")
        .vector("check_pending_q", "2", "pending_i")
        .vector("check_final_q", "2", "final_i")
        .vector("check_released_q", "2", "release_o")
        .vector("check_owed_q", "2", "check_owed_q + {1'b0, final_segment} - {1'b0, emitted_i}")
        .apart("check_apart_q", "capture", "Gap")
        .assume("Only what waits is handed out.", "~emitted_i | held_q")
        .assume(
            "A chunk is there until it is released, and then no more.",
            "((check_pending_q & ~check_released_q & ~pending_i) | (check_released_q & pending_i)) == 0",
        )
        .assume(
            "It is the last of its tile, or is not.",
            "(check_pending_q & pending_i & (check_final_q ^ final_i)) == 0",
        )
        .assert("One plane is worked on.", "(plane_o & (plane_o - 1'b1)) == 0")
        .assert(
            "It has digits left.",
            "(plane_o & ~(parity_o ? waiting_1 : waiting_0)) == 0",
        )
        .assert("They are of a chunk that is there.", "(plane_o == 0) | pending_i[parity_o]")
        .assert("A chunk that has begun is there.", "~begun_q | pending_now")
        .assert(
            "Chunks are released in turn, each once.",
            "release_o == ((|release_o) ? (check_half_q ? 2'd2 : 2'd1) : 2'd0)",
        )
        .assert("Halves take turns.", "parity_q == check_half_q")
        .assert("What is released was there, and has no digits left.",
            "((release_o & ~pending_i) == 0) & (~(|release_o) | (waiting_now == 0))",
        )
        .assert("It had been begun.", "check_open_q == begun_q")
        .assert("The next hand-over is known.", "busy_q == check_apart_q")
        .assert("Hand-overs are so far apart that none meets another.",
            "~capture | (check_apart_q == 0)",
        )
        .assert("Every result is handed out once.", "check_owed_q == {1'b0, held_q}")
        .assert("A result that waits is not written over.", "~(capture & held_q)")
        .assert("It is followed by a tile of its own.", "~held_q | fresh_q")
        .reach("A sum is handed over.", "capture")
}

/// The control of a term-serial engine: beat after beat, lane by lane, and one sum after the other.
pub(in crate::rtl) fn serial(reset: Reset, lanes: usize) -> Properties {
    Properties::new(reset)
        .vector("check_owed_q", "2", "check_owed_q + {1'b0, load_o & last_i} - {1'b0, capture}")
        .vector("check_out_q", "2", "check_out_q + {1'b0, capture} - {1'b0, emitted_i}")
        .apart("check_apart_q", "capture", "Gap")
        .bit("check_begun_q", "1'b0", "go ? ~(beat_done & last_q) : check_begun_q")
        .vector(
            "check_done_q",
            &lanes.to_string(),
            &format!("load_o ? {{{lanes}{{1'b0}}}} : check_done_q | (done & {{{lanes}{{go}}}})"),
        )
        .assume("Only what waits is handed out.", "~emitted_i | held_q")
        .assert(
            "Every tile that ends gives one sum.",
            "check_owed_q == {1'b0, waiting_q} + {1'b0, busy_q & last_q}",
        )
        .assert("Every sum is handed out once.", "check_out_q == {1'b0, held_q}")
        .assert("A sum that waits is not written over.", "~capture | ~held_q")
        .assert("The next hand-over is known.", "spacing_q == check_apart_q")
        .assert(
            "Hand-overs are so far apart that none meets another.",
            "~capture | (check_apart_q == 0)",
        )
        .assert("A beat is taken when the one before it is done.", "~load_o | ~busy_q | beat_done")
        .assert("Lanes work on a beat that is there.", "~(|active_o) | busy_q")
        .assert("They work while they have terms.", "(active_o & ~(a_some_i & b_some_i)) == 0")
        .assert("Which of them are done is known.", "finished_q == check_done_q")
        .assert("None works on after its last terms.", "(active_o & check_done_q) == 0")
        .assert("The first beat of a tile is known.", "first_q == ~check_begun_q")
        .assert(
            "A tile begins when the sum before it has been handed over.",
            "~go | ~waiting_q | capture",
        )
        .reach("A sum is handed over.", "capture")
}

/// The queue of a plane's digits: neither overflow nor underflow, and a plane without digits is taken
/// back as if it had never come. It holds `places`, and numbers have `width` bits.
pub(in crate::rtl) fn queue(
    reset: Reset,
    (width, places): (usize, usize),
    rollback: bool,
) -> Properties {
    let one = |bit: &str| format!("{{{{{}{{1'b0}}}}, {bit}}}", width - 1);
    let (write, pop) = (one("write_i"), one("pop_i"));
    let wide = width.to_string();
    let properties = Properties::new(reset);
    let (properties, next, popped) = match rollback {
        false => (properties, format!("check_count_q + {write} - {pop}"), "valid_o".to_owned()),
        true => (
            properties
                .vector(
                    "check_own_q",
                    &wide,
                    &format!("~write_i ? check_own_q : end_i ? {width}'d0 : check_own_q + {write}"),
                )
                .assert(
                    "The chunk that is written is a part of it.",
                    "check_own_q <= check_count_q",
                )
                .assert("Where it starts is known.", "check_own_q == (write_q - start_q)"),
            format!(
                "take_back ? check_count_q - check_own_q - {pop} : check_count_q + {write} - {pop}"
            ),
            "valid_o & (check_count_q > check_own_q)".to_owned(),
        ),
    };
    properties
        .vector("check_count_q", &wide, &next)
        .assume("There is room for what comes.", &format!("~write_i | (check_count_q < {places})"))
        .assume(
            "Only what is there is taken, of chunks that have ended.",
            &format!("~pop_i | ({popped})"),
        )
        .assert("No more than fits.", &format!("check_count_q <= {places}"))
        .assert("Entries are neither lost nor made up.", "check_count_q == (write_q - read_q)")
        .assert("Only what is there is shown.", "~valid_o | (check_count_q != 0)")
        .reach("An entry is taken.", "pop_i")
}

/// The readout of a column: sums pass the stages one after the other, and a result stays until it has
/// been handed out.
pub(in crate::rtl) fn readout(reset: Reset) -> Properties {
    let follows = |own: &str, before: &str| {
        format!(
            "((({before}) == Cols) | (({before}) == 0)) ? ({own} <= 1) : ({own} == {before} + 16'd1)"
        )
    };
    let (left, left1, left2) = ("check_left_q", "check_left_q1", "check_left_q2");
    Properties::new(reset)
        .apart(left, "capture_i", "Cols")
        .vector(left1, "16", left)
        .vector(left2, "16", left1)
        .declare("wire check_way0 = (check_left_q != 0) & tags_q[0];")
        .declare("wire check_way1 = (check_left_q1 == 1) & resolve_tags_q[0];")
        .declare("wire check_way2 = (check_left_q2 == 1) & add_tags_q[0];")
        .vector(
            "check_owed_q",
            "2",
            "check_owed_q + {1'b0, capture_i & tags_i[0]} - {1'b0, emitted_i}",
        )
        .assume("Hand-overs are far enough apart.", "~capture_i | (check_left_q <= 1)")
        .assume("Only what is there is handed out.", "~emitted_i | full_o")
        .assume(
            "None comes before the result has been handed out.",
            "~capture_i | (check_owed_q == 0)",
        )
        .assert_each(
            "One sum is read at a time, in turn.",
            "0".."Cols",
            "read_q[check_i] == (check_left_q + check_i == Cols)",
        )
        .assert_each(
            "So it is in the next stage.",
            "0".."Cols",
            "resolve_q[check_i] == (check_left_q1 + check_i == Cols)",
        )
        .assert_each(
            "And in the last one.",
            "0".."Cols",
            "add_q[check_i] == (check_left_q2 + check_i == Cols)",
        )
        .assert(
            "Every result is handed out once.",
            "check_owed_q == {1'b0, check_way0} + {1'b0, check_way1} + {1'b0, check_way2} + \
             {1'b0, full_q}",
        )
        .assert("There is one at a time.", "check_owed_q <= 1")
        .assert("What waits to be handed out is not written over.", "~full_q | (add_q == 0)")
        .assert_all(
            "Stages follow each other.",
            &[
                follows(left1, left),
                follows(left2, left1),
                format!("({left} <= Cols) & ({left1} <= Cols) & ({left2} <= Cols)"),
                format!("~full_q | (({left} == 0) & ({left1} == 0) & ({left2} == 0))"),
                format!("~check_way2 | (({left} == 0) & ({left1} == 0))"),
                format!("~check_way1 | ({left} == 0)"),
            ],
        )
        .reach("A result is there.", "full_o")
}

/// Handing out: row by row, transfer by transfer, each once. `width` is that of a result.
pub(in crate::rtl) fn collect(reset: Reset, width: usize) -> Properties {
    let row = format!("[{width}*Cols*check_i +: {width}*Cols]");
    Properties::new(reset)
        .cycle("check_row_q", 16, "row_done", "Rows - 1")
        .cycle("check_part_q", 16, "push", "Transfers - 1")
        .vector("check_full_q", "Rows", "full_i")
        .vector("check_left_q", "Rows", "emitted_o")
        .vector("check_rows_q", &format!("({width}*Cols*Rows)"), "rows_i")
        .assume(
            "A row is there until it has left.",
            "(check_full_q & ~check_left_q & ~full_i) == 0",
        )
        .assume_each(
            "It stays what it is.",
            "0".."Rows",
            &format!(
                "~check_full_q[check_i] | check_left_q[check_i] |\n          \
             (rows_i{row} == check_rows_q{row})"
            ),
        )
        .assert(
            "Only a row that is there is handed out.",
            "valid_o == (|(full_i >> check_row_q & 1'b1))",
        )
        .assert_each(
            "A row has left with its last transfer.",
            "0".."Rows",
            "emitted_o[check_i] ==\n          \
             (push & (check_part_q == Transfers - 1) & (check_i == check_row_q))",
        )
        .turns()
        .offers(
            "valid_o",
            "ready_i",
            &[("last_o", "1"), ("transfer_o", &format!("({width}*Lanes)"))],
        )
        .reach("The last transfer leaves.", "push & last_o")
}
