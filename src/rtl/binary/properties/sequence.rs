//! The sequence: every vector leaves once, in its turn, with its own mark and its own residual.

use super::super::stages::{self, Stage};
use super::super::text::{address_bits, bits, define, literal, resize};
use super::pool::Pooled;
use super::{remainder, total};
use crate::binary::{Layer, Step, is_positional};
use crate::rtl::properties::Properties;

/// Registers between two poolings: what enters them leaves them.
struct Segment {
    /// First and last register.
    ends: (usize, usize),
    /// Depth, height and width.
    positions: [usize; 3],
    /// The position whose last vector may end a tile.
    last: [usize; 3],
    /// The pooling behind it.
    pooled: Option<Pooled>,
}

impl Segment {
    fn positions(&self) -> usize {
        self.positions.iter().product()
    }

    fn registers(&self) -> usize {
        self.ends.1 + 1 - self.ends.0
    }

    fn valid(&self, after: usize) -> Vec<String> {
        (after..=self.ends.1).map(|register| format!("valid_q{register}")).collect()
    }
}

fn segments(layer: &Layer, list: &[Stage]) -> Vec<Segment> {
    let mut segments = Vec::new();
    let mut positions = layer.geometry().output();
    let mut last = layer.last_output();
    let mut first = 0;
    for (index, stage) in list.iter().enumerate() {
        let Some(placed) = layer.steps().get(stage.step) else { continue };
        let Some(window) = placed.step.window() else { continue };
        let vectors = layer.vectors();
        let pooled = Pooled { stage: index, window, positions, vectors };
        let whole = pooled.whole();
        segments.push(Segment { ends: (first, index), positions, last, pooled: Some(pooled) });
        positions = whole;
        last = [0, 1, 2].map(|axis| last[axis] / window[axis]);
        first = index + 1;
    }
    segments.push(Segment { ends: (first, list.len()), positions, last, pooled: None });
    segments
}

/// The properties of the sequence of a layer.
pub(in crate::rtl::binary) fn sequence(layer: &Layer) -> Properties {
    let list = stages::stages(layer);
    let segments = segments(layer, &list);
    let vectors = layer.vectors();
    let tag = address_bits(vectors);
    let rest = !layer.geometry().outputs_per_group().is_multiple_of(layer.lanes());
    let width = bits(segments[0].positions() * vectors + list.len() + 1).max(tag + 1);
    let number = |value: usize| literal(width, value as i64);
    let mut properties = Properties::new(layer.reset());
    let mut enters = "done_i & run".to_owned();
    let mut enters_final = "final_i".to_owned();
    for (segment, own) in segments.iter().enumerate() {
        let all = own.positions() * vectors;
        let (first, end) = own.ends;
        let leaves = match &own.pooled {
            None => "y_valid_o & y_ready_i".to_owned(),
            Some(_) => format!("{} & valid_q{end}", stages::run(layer, end)),
        };
        let left = format!("check_left{segment}_q");
        properties = properties.cycle(&left, width, &leaves, &number(all - 1));
        // The number within a sample of what is to leave each register next, the last one first.
        for register in (first..=end + 1).rev() {
            let (sum, name) = (format!("check_sum{register}"), turn(segment, register));
            let behind = total(width, &own.valid(register));
            properties = properties.declare(&define(
                &format!("{sum}_{segment}"),
                width,
                &format!("{left} + {behind}"),
            ));
            let sum = format!("{sum}_{segment}");
            let value = remainder(&sum, width, all, own.registers());
            properties = properties.declare(&define(&name, width, &value));
        }
        let [_, height, across] = own.positions;
        let [z, y, x] = own.last;
        let last = number((((z * height) + y) * across + x) * vectors + vectors - 1);
        properties = marks(properties, (segment, own), (&enters, &enters_final, &leaves))
            .assert("Numbers stay below those of a sample.", &format!("{left} < {}", number(all)));
        if segment == 0 {
            let name = turn(0, first);
            let vector = resize("vector_i", tag, width);
            properties = properties.assume(
                "Vectors come in their turn.",
                &format!("~done_i | ({vector} == {name} % {})", number(vectors)),
            );
            properties = properties.assume(
                "Only the last result of a sample ends a tile.",
                &format!("~done_i | ~final_i | ({name} == {last})"),
            );
            if rest {
                let part = rest_of(layer, &format!("({name} % {})", number(vectors)), width);
                properties = properties.assume(
                    "The last vector of a group is marked.",
                    &format!("~done_i | (rest_i == ({part}))"),
                );
            }
        }
        let (mut turns, mut ends, mut rests) = (Vec::new(), Vec::new(), Vec::new());
        for register in first..=end {
            let name = turn(segment, register + 1);
            let vector = resize(&format!("vector_q{register}"), tag, width);
            let of_position = format!("({name} % {})", number(vectors));
            turns.push(format!("~valid_q{register} | ({vector} == {of_position})"));
            ends.push(format!("~valid_q{register} | ~final_q{register} | ({name} == {last})"));
            if rest {
                let part = rest_of(layer, &of_position, width);
                rests.push(format!("~valid_q{register} | (rest_q{register} == ({part}))"));
            }
        }
        properties = properties
            .assert_all("Vectors stay in their turn.", &turns)
            .assert_all("Only the last result of a sample ends a tile.", &ends)
            .assert_all("The last vector of a group is marked.", &rests);
        properties = waits(layer, properties, (&list, own), (&enters, rest));
        properties = scales(layer, properties, (&list, segment, own), width);
        if let Some(pooled) = &own.pooled {
            let names = (turn(segment, end + 1), turn(segment + 1, segments[segment + 1].ends.0));
            enters = format!("{leaves} & covered{end} & closes{end}");
            enters_final = format!("final_q{end}");
            properties = pooled.tie(properties, width, &leaves, (&names.0, &names.1)).assert(
                "The mark of a tile passes the pooling.",
                &format!("~valid_q{end} | ~final_q{end} | (covered{end} & closes{end})"),
            );
        }
    }
    let last = list.len();
    let data: Vec<(&str, &str)> = match rest {
        true => vec![("y_last_o", "1"), ("rest_o", "1")],
        false => vec![("y_last_o", "1")],
    };
    let runs = stages::run(layer, last);
    properties
        .offers("y_valid_o", "y_ready_i", &data)
        .assert(
            "What is offered is not written over.",
            &format!("~y_valid_o | y_ready_i | ~{runs}"),
        )
        .reach("A result leaves.", "y_valid_o & y_ready_i")
}

/// The wire with the number of the vector that is to enter `register` next, or of the one that is to
/// leave the register before it.
fn turn(segment: usize, register: usize) -> String {
    format!("check_turn{segment}_{register}")
}

/// Whether a vector of a position is the last of its group.
fn rest_of(layer: &Layer, of_position: &str, width: usize) -> String {
    let parts = layer.vectors_per_group();
    let number = |value: usize| literal(width, value as i64);
    format!("{of_position} % {} == {}", number(parts), number(parts - 1))
}

/// Vectors and marks of a segment are neither lost nor made up.
fn marks(
    properties: Properties,
    (segment, own): (usize, &Segment),
    (enters, enters_final, leaves): (&str, &str, &str),
) -> Properties {
    let width = bits(own.registers() + 1);
    let end = own.ends.1;
    let one = |condition: &str| resize(&format!("({condition})"), 1, width);
    let (owed, marked) = (format!("check_owed{segment}_q"), format!("check_marked{segment}_q"));
    let valid = own.valid(own.ends.0);
    let finals: Vec<String> = (own.ends.0..=end)
        .map(|register| format!("(valid_q{register} & final_q{register})"))
        .collect();
    let next = format!("{owed} + {} - {}", one(enters), one(leaves));
    let next_marked = format!(
        "{marked} + {} - {}",
        one(&format!("{enters} & {enters_final}")),
        one(&format!("{leaves} & final_q{end}"))
    );
    properties
        .vector(&owed, &width.to_string(), &next)
        .vector(&marked, &width.to_string(), &next_marked)
        .assert("Every vector leaves once.", &format!("{owed} == {}", total(width, &valid)))
        .assert("So does every mark of a tile.", &format!("{marked} == {}", total(width, &finals)))
}

/// A vector takes one residual, and gives one second result.
fn waits(
    layer: &Layer,
    mut properties: Properties,
    (list, own): (&[Stage], &Segment),
    (enters, rest): (&str, bool),
) -> Properties {
    let width = bits(own.registers() + 1);
    let one = |condition: &str| resize(&format!("({condition})"), 1, width);
    for index in stages::waits(layer) {
        if index < own.ends.0 || index > own.ends.1 || index >= list.len() {
            continue;
        }
        let before: Vec<String> =
            (own.ends.0..=index).map(|register| format!("valid_q{register}")).collect();
        let without = format!("check_without{index}_q");
        let is_tee = matches!(layer.steps()[list[index].step].step, Step::Tee);
        let served = if is_tee { "tee_load_o" } else { "r_valid_i & r_ready_o" };
        let next = format!("{without} + {} - {}", one(enters), one(served));
        properties = properties.vector(&without, &width.to_string(), &next).assert(
            if is_tee {
                "Every vector gives one second result."
            } else {
                "Every vector takes one residual."
            },
            &format!("{without} == {}", total(width, &before)),
        );
        if is_tee {
            let data: &[(&str, &str)] = if rest { &[("tee_rest_o", "1")] } else { &[] };
            properties = properties
                .bit("check_second_q", "1'b0", "tee_load_o | (check_second_q & ~t_ready_i)")
                .assert("A second result leaves once.", "t_valid_o == check_second_q")
                .assert("It is not written over.", "~tee_load_o | ~t_valid_o | t_ready_i")
                .offers("t_valid_o", "t_ready_i", data);
        }
    }
    properties
}

/// A vector meets the scale of its own position.
fn scales(
    layer: &Layer,
    properties: Properties,
    (list, segment, own): (&[Stage], usize, &Segment),
    width: usize,
) -> Properties {
    let mut conditions = Vec::new();
    for (index, stage) in list.iter().enumerate() {
        let inside = (own.ends.0..=own.ends.1).contains(&index);
        let positional = layer.steps().get(stage.step).is_some_and(|p| is_positional(&p.step));
        if !inside || !positional || stage.part != stages::Part::Product || own.positions() == 1 {
            continue;
        }
        let position = resize(&format!("position{index}_q"), address_bits(own.positions()), width);
        let name = turn(segment, index + 1);
        let vectors = literal(width, layer.vectors() as i64);
        conditions.push(format!("{position} == {name} / {vectors}"));
    }
    properties.assert_all("A vector meets the scale of its position.", &conditions)
}
