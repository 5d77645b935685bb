//! A FIFO of a block: what goes in comes out, once and in order, and there is always room for it.

use super::super::text::{Counter, Memory, address_bits, define, literal, resize};
use super::below;
use crate::design::Reset;
use crate::rtl::properties::Properties;

/// The properties of a FIFO of `depth` transfers of `bits` bits. Any one of its places is followed,
/// with what stands in it.
pub(in crate::rtl::binary) fn queue(reset: Reset, (bits, depth): (usize, usize)) -> Properties {
    let (read, write) = (Counter::new("read", depth), Counter::new("write", depth));
    let (count, address) = (address_bits(depth + 1), address_bits(depth));
    let wide = count + 1;
    let number = |value: usize| literal(wide, value as i64);
    let place = resize("check_place_q", address, wide);
    let behind = |name: &str, far: &str| {
        let sum = format!("({} + {})", read.value(wide), resize(far, count, wide));
        let value = format!("({sum} >= {0}) ? {sum} - {0} : {sum}", number(depth));
        define(name, wide, &value)
    };
    let entries = Memory { name: "entries".to_owned(), width: bits, depth };
    let width = bits.to_string();
    let ranges: Vec<String> = [&read, &write]
        .into_iter()
        .filter(|counter| counter.exists())
        .filter_map(|counter| {
            below(&format!("{}_q", counter.name), counter.width(), counter.extent)
        })
        .collect();
    let enters = format!("push & ~check_followed_q & ({} == {place})", write.value(wide));
    let most = below("count_q", count, depth + 1);
    Properties::new(reset)
        .any("check_place_q", address)
        .declare(&behind("check_end", "count_q"))
        .declare(&behind("check_at", "check_ahead_q"))
        .declare(&define("check_enters", 1, &enters))
        .declare(&define(
            "check_leaves",
            1,
            &format!("pop & check_followed_q & (check_ahead_q == {})", literal(count, 0)),
        ))
        .bit("check_followed_q", "1'b0", "check_enters | (check_followed_q & ~check_leaves)")
        .vector(
            "check_ahead_q",
            &count.to_string(),
            &format!(
                "(check_enters ? count_q : check_ahead_q) - {}",
                resize("(pop & (check_enters | ~check_leaves))", 1, count)
            ),
        )
        .vector("check_word_q", &width, "check_enters ? data_i : check_word_q")
        .assert_all("Never more than fits.", &most.into_iter().collect::<Vec<_>>())
        .assert_all("Places are those that there are.", &ranges)
        .assert(
            "Room is told truly.",
            &format!("ready_o == (count_q != {})", literal(count, depth as i64)),
        )
        .assert(
            "What is in it is offered, and nothing else.",
            &format!("valid_o == (count_q != {})", literal(count, 0)),
        )
        .assert("It fills behind what is in it.", &format!("check_end == {}", write.value(wide)))
        .assert(
            "A transfer is in it until those before it have left.",
            "~check_followed_q | (check_ahead_q < count_q)",
        )
        .assert(
            "Its place is as far from the exit.",
            &format!("~check_followed_q | (check_at == {place})"),
        )
        .assert(
            "It stays what it is.",
            &format!("~check_followed_q | ({} == check_word_q)", entries.read("check_place_q")),
        )
        .assert("It leaves as it came.", "~check_leaves | (data_o == check_word_q)")
        .offers("valid_o", "ready_i", &[("data_o", &width)])
        .reach("A transfer leaves.", "pop")
}
