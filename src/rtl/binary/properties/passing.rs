//! What streams pass between layers: forks, adapters of lanes, repetition.

use super::super::text::{Counter, Memory, address_bits, define, literal, repeat, resize};
use crate::design::Reset;
use crate::rtl::properties::Properties;

/// Every taker takes each transfer once; it is let go when all have it.
pub(in crate::rtl::binary) fn fork(reset: Reset, branches: usize) -> Properties {
    let all = |bit: &str| repeat(branches, bit);
    let width = branches.to_string();
    let had = "check_had_q | (valid_o & ready_i)";
    Properties::new(reset)
        .vector("check_had_q", &width, &format!("({had}) & {}", all("~(valid_i & ready_o)")))
        .vector("check_held_q", &width, "valid_o & ~ready_i")
        .accepts("valid_i", "ready_o", &[])
        .assert("Who has had a transfer is known.", "done_q == check_had_q")
        .assert("No taker is offered a transfer twice.", "(valid_o & check_had_q) == 0")
        .assert(
            "Each is offered what it has not had.",
            &format!("(valid_o | check_had_q) == ({} | check_had_q)", all("valid_i")),
        )
        .assert(
            "A transfer is let go when all have it.",
            &format!("(valid_i & ready_o) == (valid_i & (({had}) == {}))", all("1'b1")),
        )
        .assert("What is offered stays until it is accepted.", "(check_held_q & ~valid_o) == 0")
        .assert("Nobody has had what has not come.", "valid_i | (check_had_q == 0)")
        .reach("A transfer is let go.", "valid_i & ready_o")
}

/// Several transfers become one: `parts` of them, or what is left of `vectors` of a position. Widths
/// are those of what comes, as it is stored, and of what leaves.
pub(in crate::rtl::binary) fn widening(
    reset: Reset,
    (wide, leaving): (usize, usize),
    (parts, vectors): (usize, usize),
) -> Properties {
    let (part, vector) = (address_bits(parts), address_bits(vectors));
    let last = |width: usize, count: usize| literal(width, count as i64 - 1);
    let ends = match vectors {
        1 => "1'b1".to_owned(),
        _ => format!(
            "(check_part_q == {}) | (check_vector_q == {})",
            last(part, parts),
            last(vector, vectors)
        ),
    };
    let first = format!("check_part_q == {}", literal(part, 0));
    let fresh = format!("({first}) ? {} : data_q", repeat(leaving, "1'b0"));
    let shift = literal(32, wide as i64);
    let put = format!(
        "check_base | ({} << ({} * {shift}))",
        resize("wide", wide, leaving),
        resize("check_part_q", part, 32)
    );
    let part_next = format!(
        "~taken ? check_part_q : check_ends ? {} : check_part_q + {}",
        literal(part, 0),
        literal(part, 1)
    );
    Properties::new(reset)
        .declare(&define("check_ends", 1, &ends))
        .declare(&define("check_base", leaving, &fresh))
        .vector("check_part_q", &part.to_string(), &part_next)
        .cycle("check_vector_q", vector, "taken", &last(vector, vectors))
        .bit("check_full_q", "1'b0", "(taken & check_ends) | (check_full_q & ~ready_i)")
        .bit("check_some_q", "1'b0", "check_some_q | taken")
        .bit("check_mark_q", "1'b0", "taken ? last_i : check_mark_q")
        .vector("check_data_q", &leaving.to_string(), &format!("taken ? {put} : check_data_q"))
        .assert("Parts are counted.", "check_part_q == part_q")
        .assert_all(
            "So are the vectors of a position.",
            &match vectors {
                1 => Vec::new(),
                _ => vec!["check_vector_q == vector_q".to_owned()],
            },
        )
        .assert("What is complete is offered, once.", "valid_o == check_full_q")
        .assert("What is not taken is not written over.", "~taken | ~valid_o | ready_i")
        .assert(
            "Nothing is there before the first transfer.",
            &format!(
                "check_some_q | (~valid_o & ({first}) & (check_vector_q == {}))",
                literal(vector, 0)
            ),
        )
        .assert(
            "Each part stands in its place, and what did not come is zero.",
            "~check_some_q | (data_o == check_data_q)",
        )
        .assert(
            "Parts that have not come are zero.",
            &format!(
                "~check_some_q | ({first}) | ((data_q >> ({} * {shift})) == 0)",
                resize("check_part_q", part, 32)
            ),
        )
        .assert(
            "The mark of a tile is that of the last part.",
            "~valid_o | (last_o == check_mark_q)",
        )
        .offers("valid_o", "ready_i", &[("data_o", &leaving.to_string()), ("last_o", "1")])
        .reach("A transfer leaves.", "valid_o & ready_i")
}

/// A transfer becomes several: `parts` of them, `rest` of the last of `vectors` of a position.
pub(in crate::rtl::binary) fn narrowing(
    reset: Reset,
    (coming, wide, leaving): (usize, usize, usize),
    (parts, rest, vectors): (usize, usize, usize),
) -> Properties {
    let (part, vector) = (address_bits(parts), address_bits(vectors));
    let number = |value: usize| literal(part, value as i64);
    let last_vector = literal(vector, vectors as i64 - 1);
    let last = format!(
        "((check_vector_q == {last_vector}) ? {} : {})",
        number(rest - 1),
        number(parts - 1)
    );
    let shift = literal(32, leaving as i64);
    let own = format!("wide >> ({} * {shift})", resize("check_part_q", part, 32));
    Properties::new(reset)
        .declare(&define("check_own", wide, &own))
        .declare(&define("check_last", 1, &format!("check_part_q == {last}")))
        .cycle("check_part_q", part, "valid_o & ready_i", &last)
        .cycle("check_vector_q", vector, "valid_i & ready_o", &last_vector)
        .accepts("valid_i", "ready_o", &[("data_i", &coming.to_string()), ("last_i", "1")])
        .assert("Parts follow each other, each once.", "check_part_q == part_q")
        .assert("No more than there are.", &format!("check_part_q <= {last}"))
        .assert("What has come is offered.", "valid_o == valid_i")
        .assert(
            "Each part is what stands in its place.",
            &format!(
                "data_o == {}",
                match leaving {
                    1 => "check_own[0]".to_owned(),
                    _ => format!("check_own[{}:0]", leaving - 1),
                }
            ),
        )
        .assert("A transfer is let go with its last part.", "ready_o == (ready_i & check_last)")
        .assert("That part has the mark of the tile.", "last_o == (last_i & check_last)")
        .offers("valid_o", "ready_i", &[("data_o", &leaving.to_string()), ("last_o", "1")])
        .reach("A transfer is let go.", "valid_i & ready_o")
}

/// The transfers of a position leave `times` times. Any one of them is followed.
pub(in crate::rtl::binary) fn repetition(
    reset: Reset,
    bits: usize,
    (vectors, times): (usize, usize),
) -> Properties {
    let (vector, round) = (Counter::new("vector", vectors), Counter::new("round", times));
    let (address, turns) = (address_bits(vectors), address_bits(times));
    let last = |width: usize, count: usize| literal(width, count as i64 - 1);
    let passes = "valid_o & ready_i";
    let ends = format!("{passes} & (check_vector_q == {})", last(address, vectors));
    let width = bits.to_string();
    let position = Memory { name: "position".to_owned(), width: bits, depth: vectors };
    let fresh = format!("(check_round_q == {})", literal(turns, 0));
    Properties::new(reset)
        .any("check_place_q", address)
        .declare(&define("check_here", 1, "check_vector_q == check_place_q"))
        .declare(&define("check_fresh", 1, &fresh))
        .declare(&define("check_had", 1, "~check_fresh | (check_vector_q > check_place_q)"))
        .cycle("check_vector_q", address, passes, &last(address, vectors))
        .cycle("check_round_q", turns, &ends, &last(turns, times))
        .vector("check_word_q", &width, "(valid_i & ready_o & check_here) ? data_i : check_word_q")
        .accepts("valid_i", "ready_o", &[("data_i", &width)])
        .assert(
            "Vectors follow each other.",
            &format!("check_vector_q == {}", vector.value(address)),
        )
        .assert("Rounds follow each other.", &format!("check_round_q == {}", round.value(turns)))
        .assert(
            "No more than there are.",
            &format!(
                "(check_vector_q <= {}) & (check_round_q <= {})",
                last(address, vectors),
                last(turns, times)
            ),
        )
        .assert("Transfers are let go in the first round.", "ready_o == (ready_i & check_fresh)")
        .assert("In the others nothing is waited for.", "valid_o == (valid_i | ~check_fresh)")
        .assert("In the first round they pass.", "~check_fresh | (data_o == data_i)")
        .assert(
            "What is to be repeated is kept.",
            &format!(
                "~check_had | (check_place_q > {}) | ({} == check_word_q)",
                last(address, vectors),
                position.read("check_place_q")
            ),
        )
        .assert(
            "In the others they are what they were.",
            "check_fresh | ~check_here | (data_o == check_word_q)",
        )
        .offers("valid_o", "ready_i", &[("data_o", &width)])
        .reach("A transfer is repeated.", &format!("{passes} & ~check_fresh"))
}
