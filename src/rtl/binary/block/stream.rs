//! What stands between the layers of a block: forks, FIFOs, adapters of lanes, pooling and
//! repetition of channels.

use crate::binary::{Block, Node};
use crate::design::Reset;
use crate::rtl::Module;
use crate::rtl::binary::Owner;
use crate::rtl::binary::pool::pool as pool_counters;
use crate::rtl::binary::properties::{self, Pooled};
use crate::rtl::binary::text::{
    Counter, Memory, address_bits, block, define, extend, literal, repeat, resize, slice,
};
use crate::rtl::text::{Port, Registers, clock_ports, declare, zero};

/// Lanes of a stream within a block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Lanes {
    /// Lanes of a transfer.
    pub count: usize,
    /// Bits of a lane.
    pub width: usize,
    /// Whether a lane is two's complement, which matters when it becomes wider.
    pub signed: bool,
}

impl Lanes {
    /// Bits of a transfer.
    pub const fn bits(self) -> usize {
        self.count * self.width
    }
}

/// Clock and reset, and the two sides of a module that a stream passes.
fn stream_ports(input: usize, output: usize, has_last: bool) -> Vec<Port> {
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::output("ready_o", 1),
        Port::input("data_i", input),
        Port::output("valid_o", 1),
        Port::input("ready_i", 1),
        Port::output("data_o", output),
    ]);
    if has_last {
        ports.extend([Port::input("last_i", 1), Port::output("last_o", 1)]);
    }
    ports
}

/// Offers each transfer to several takers, each of which takes it when it can.
pub(super) fn fork(owner: Owner<'_>, reset: Reset, branches: usize) -> Module {
    let mut lines = vec![
        "// Who has taken the transfer that is still offered to others.".to_owned(),
        declare("reg", "done_q", branches),
        define("done", branches, "done_q | (valid_o & ready_i)"),
        format!("assign valid_o = {} & ~done_q;", repeat(branches, "valid_i")),
        "assign ready_o = &done;".to_owned(),
    ];
    let next = format!("{} & done", repeat(branches, "~ready_o"));
    let registers = Registers::control(reset).load_if("valid_i", "done_q", &zero(branches), &next);
    lines.extend(block(&registers));
    let mut ports = clock_ports(true);
    ports.extend([
        Port::input("valid_i", 1),
        Port::output("ready_o", 1),
        Port::output("valid_o", branches),
        Port::input("ready_i", branches),
    ]);
    let purpose = format!("Offers a stream to {branches} takers.");
    let module = owner.module(&format!("fork{branches}"), &purpose, &[], &ports, lines);
    properties::fork(reset, branches).of(module)
}

/// A FIFO of `depth` transfers of `bits` bits; what `tlast` is part of the data where there is one.
pub(super) fn fifo(
    owner: Owner<'_>,
    reset: Reset,
    name: &str,
    (bits, depth): (usize, usize),
) -> Module {
    let (read, write) = (Counter::new("read", depth), Counter::new("write", depth));
    let count = address_bits(depth + 1);
    let address = address_bits(depth);
    let mut lines = Vec::new();
    read.declare(&mut lines);
    write.declare(&mut lines);
    lines.push(declare("reg", "count_q", count));
    lines.push(format!("assign valid_o = count_q != {};", literal(count, 0)));
    lines.push(format!("assign ready_o = count_q != {};", literal(count, depth as i64)));
    lines.push(define("push", 1, "valid_i & ready_o"));
    lines.push(define("pop", 1, "valid_o & ready_i"));
    let memory = Memory { name: "entries".to_owned(), width: bits, depth };
    lines.extend(memory.write("push", &write.value(address), "data_i"));
    lines.push(format!("assign data_o = {};", memory.read(&read.value(address))));
    let next = format!("count_q + {} - {}", resize("push", 1, count), resize("pop", 1, count));
    let registers = Registers::control(reset).load("count_q", &zero(count), &next);
    let registers = write.count(read.count(registers, "pop"), "push");
    lines.extend(block(&registers));
    let purpose = format!("FIFO of {depth} transfers.");
    let module = owner.module(name, &purpose, &[], &stream_ports(bits, bits, false), lines);
    properties::queue(reset, (bits, depth)).of(module)
}

/// Turns transfers of some lanes into transfers of others, position by position, and lanes of some
/// bits into lanes of others. One of the numbers of lanes divides the other.
pub(super) fn adapter(
    owner: Owner<'_>,
    reset: Reset,
    name: &str,
    (from, to): (Lanes, Lanes),
    channels: usize,
) -> Module {
    let mut lines = Vec::new();
    // The lanes as they come, with the bits that they leave with.
    let lane = |lane: usize| {
        let own = slice("data_i", lane * from.width, from.width, from.bits());
        let padded = |name: &str| match from.signed {
            true => extend(name, from.width, to.width),
            false => resize(name, from.width, to.width),
        };
        let wire = format!("lane{lane}");
        (define(&wire, from.width, &own), padded(&wire))
    };
    let (definitions, mut values): (Vec<String>, Vec<String>) = (0..from.count).map(lane).unzip();
    lines.extend(definitions);
    values.reverse();
    let wide = from.count * to.width;
    lines.push(define("wide", wide, &format!("{{{}}}", values.join(", "))));
    let vector = Counter::new("vector", channels.div_ceil(from.count));
    let mut control = Registers::control(reset);
    let mut properties = None;
    if to.count > from.count {
        let parts = to.count / from.count;
        let part = Counter::new("part", parts);
        vector.declare(&mut lines);
        part.declare(&mut lines);
        lines.push("reg valid_q;".to_owned());
        lines.push("reg last_q;".to_owned());
        lines.push(declare("reg", "data_q", to.bits()));
        lines.push("assign valid_o = valid_q;".to_owned());
        lines.push("assign data_o = data_q;".to_owned());
        lines.push("assign last_o = last_q;".to_owned());
        lines.push("assign ready_o = ~valid_q | ready_i;".to_owned());
        lines.push(define("taken", 1, "valid_i & ready_o"));
        lines.push("// The last vector of a position may leave a rest.".to_owned());
        lines.push(define("whole", 1, &format!("{} | {}", part.end(), vector.end())));
        control = control.load_if("ready_o", "valid_q", "1'b0", "taken & whole");
        control = vector.count(control, "taken");
        let next =
            format!("whole ? {} : part_q + {}", literal(part.width(), 0), literal(part.width(), 1));
        control = control.load_if("taken", "part_q", &zero(part.width()), &next);
        let mut pieces = Vec::new();
        for index in (0..parts).rev() {
            let own = slice("data_q", index * wide, wide, to.bits());
            let here = format!("(part_q == {})", literal(part.width(), index as i64));
            // What a vector does not reach is zero.
            let before = format!("(part_q > {})", literal(part.width(), index as i64));
            pieces.push(match index + 1 == parts {
                true => format!("({here} ? wide : {})", literal(wide, 0)),
                false => {
                    format!("({here} ? wide : {before} ? {own} : {})", literal(wide, 0))
                }
            });
        }
        let data = Registers::data(reset)
            .load_if("taken", "data_q", &zero(to.bits()), &format!("{{{}}}", pieces.join(", ")))
            .load_if("taken", "last_q", "1'b0", "last_i");
        lines.extend(block(&control));
        lines.extend(block(&data));
        let (widths, counts) = ((wide, to.bits()), (parts, vector.extent));
        properties = Some(properties::widening(reset, widths, counts));
    } else if to.count < from.count {
        let parts = from.count / to.count;
        let part = Counter::new("part", parts);
        // Transfers that the last vector of a position gives.
        let rest = (channels - (vector.extent - 1) * from.count).div_ceil(to.count);
        let has_rest = rest != parts;
        if has_rest {
            vector.declare(&mut lines);
        }
        part.declare(&mut lines);
        let end = match rest == parts {
            true => part.end(),
            false => format!(
                "{} | ({} & (part_q == {}))",
                part.end(),
                vector.end(),
                literal(part.width(), rest as i64 - 1)
            ),
        };
        lines.push(define("ends", 1, &end));
        let mut value = String::new();
        for index in 0..parts {
            let own = slice("wide", index * to.bits(), to.bits(), wide);
            value += &match index + 1 == parts {
                true => own,
                false => {
                    format!("(part_q == {}) ? {own} : ", literal(part.width(), index as i64))
                }
            };
        }
        lines.push(format!("assign data_o = {value};"));
        lines.push("assign valid_o = valid_i;".to_owned());
        lines.push("assign ready_o = ready_i & ends;".to_owned());
        lines.push("assign last_o = last_i & ends;".to_owned());
        lines.push(define("passed", 1, "valid_i & ready_i"));
        let next =
            format!("ends ? {} : part_q + {}", literal(part.width(), 0), literal(part.width(), 1));
        control = control.load_if("passed", "part_q", &zero(part.width()), &next);
        if has_rest {
            control = vector.count(control, "passed & ends");
        }
        lines.extend(block(&control));
        let (widths, counts) = ((from.bits(), wide, to.bits()), (parts, rest, vector.extent));
        properties = Some(properties::narrowing(reset, widths, counts));
    } else {
        lines.push("assign data_o = wide;".to_owned());
        lines.push("assign valid_o = valid_i;".to_owned());
        lines.push("assign ready_o = ready_i;".to_owned());
        lines.push("assign last_o = last_i;".to_owned());
        lines.push("wire unused = &{1'b0, clk_i, rst_ni};".to_owned());
    }
    let purpose = format!(
        "Turns transfers of {} x {} bits into such of {} x {}.",
        from.count, from.width, to.count, to.width
    );
    let ports = stream_ports(from.bits(), to.bits(), true);
    let module = owner.module(name, &purpose, &[], &ports, lines);
    match properties {
        Some(properties) => properties.of(module),
        None => module,
    }
}

/// The means of the windows of positions of a stream.
pub(super) fn pool(
    owner: Owner<'_>,
    reset: Reset,
    name: &str,
    (node, lanes): (Node, Lanes),
    window: [usize; 3],
) -> Module {
    let vectors = node.vectors();
    let across = node.positions[2] / window[2];
    let down = if window[0] > 1 { node.positions[1] / window[1] } else { 1 };
    let depth = across * down * vectors;
    let address = address_bits(depth);
    let mut control = Registers::control(reset);
    let mut lines = vec![
        "reg valid_q;".to_owned(),
        declare("reg", "data_q", lanes.bits()),
        "assign valid_o = valid_q;".to_owned(),
        "assign data_o = data_q;".to_owned(),
        "assign ready_o = ~valid_q | ready_i;".to_owned(),
        define("taken", 1, "valid_i & ready_o"),
        "wire valid_q0 = valid_i;".to_owned(),
        "wire pool_write0_o;".to_owned(),
        "wire pool_first0_o;".to_owned(),
        declare("wire", "pool_address0_o", address),
    ];
    let mut unused = Vec::new();
    let closes = pool_counters(
        (0, window, node.positions),
        (vectors, depth),
        "taken",
        &mut control,
        (&mut lines, &mut unused),
    );
    control = control.load_if("ready_o", "valid_q", "1'b0", &format!("taken & {closes}"));
    let shift = window.iter().product::<usize>().trailing_zeros() as usize;
    let (width, wide) = (lanes.width, lanes.width + shift);
    let memory = Memory { name: "windows".to_owned(), width: wide * lanes.count, depth };
    lines.push(declare("wire", "sums", wide * lanes.count));
    lines.extend(memory.write("pool_write0_o", "pool_address0_o", "sums"));
    lines.push(define("open", wide * lanes.count, &memory.read("pool_address0_o")));
    if depth == 1 {
        lines.push("wire unused_address = &{1'b0, pool_address0_o};".to_owned());
    }
    lines.push(declare("wire", "means", lanes.bits()));
    for lane in 0..lanes.count {
        let own = format!("lane{lane}");
        lines.push(define(&own, width, &slice("data_i", lane * width, width, lanes.bits())));
        let wider = match lanes.signed {
            true => extend(&own, width, wide),
            false => resize(&own, width, wide),
        };
        let open = slice("open", lane * wide, wide, wide * lanes.count);
        let sum = format!("sum{lane}");
        lines.push(define(
            &sum,
            wide,
            &format!("(pool_first0_o ? {} : {open}) + {wider}", literal(wide, 0)),
        ));
        lines.push(format!(
            "assign {} = {sum};",
            slice("sums", lane * wide, wide, wide * lanes.count)
        ));
        let half = literal(wide + 1, 1 << (shift - 1));
        let sum = match lanes.signed {
            true => extend(&sum, wide, wide + 1),
            false => resize(&sum, wide, wide + 1),
        };
        lines.push("// Halves round up.".to_owned());
        lines.push(define(&format!("mean{lane}"), wide + 1, &format!("{sum} + {half}")));
        let mean = slice(&format!("mean{lane}"), shift, width, wide + 1);
        lines.push(format!(
            "assign {} = {mean};",
            slice("means", lane * width, width, lanes.bits())
        ));
        lines.push(format!(
            "wire unused_mean{lane} = &{{1'b0, mean{lane}[{wide}], {}}};",
            slice(&format!("mean{lane}"), 0, shift, wide + 1)
        ));
    }
    let data = Registers::data(reset).load_if("ready_o", "data_q", &zero(lanes.bits()), "means");
    lines.extend(block(&control));
    lines.extend(block(&data));
    let purpose = format!("Means of windows of {} positions.", 1 << shift);
    let ports = stream_ports(lanes.bits(), lanes.bits(), false);
    let pooled = Pooled { stage: 0, window, positions: node.positions, vectors };
    let module = owner.module(name, &purpose, &[], &ports, lines);
    properties::mean(&pooled, reset, lanes.bits()).of(module)
}

/// Repeats the transfers of each position.
pub(super) fn repetition(
    owner: Owner<'_>,
    reset: Reset,
    name: &str,
    (lanes, vectors): (Lanes, usize),
    times: usize,
) -> Module {
    let vector = Counter::new("vector", vectors);
    let round = Counter::new("round", times);
    let address = address_bits(vectors);
    let mut lines = Vec::new();
    vector.declare(&mut lines);
    round.declare(&mut lines);
    lines.push(define("fresh", 1, &format!("round_q == {}", literal(round.width(), 0))));
    lines.push("assign valid_o = valid_i | ~fresh;".to_owned());
    lines.push("assign ready_o = ready_i & fresh;".to_owned());
    lines.push(define("passed", 1, "valid_o & ready_i"));
    let memory = Memory { name: "position".to_owned(), width: lanes.bits(), depth: vectors };
    lines.extend(memory.write("passed & fresh", &vector.value(address), "data_i"));
    lines
        .push(format!("assign data_o = fresh ? data_i : {};", memory.read(&vector.value(address))));
    let registers = vector.count(Registers::control(reset), "passed");
    let registers = round.count(registers, &format!("passed & {}", vector.end()));
    lines.extend(block(&registers));
    let purpose = format!("Gives the channels of each position {times} times.");
    let ports = stream_ports(lanes.bits(), lanes.bits(), false);
    let module = owner.module(name, &purpose, &[], &ports, lines);
    properties::repetition(reset, lanes.bits(), (vectors, times)).of(module)
}

/// The lanes at the start of a shortcut.
pub(super) fn lanes_of(node: Node, width: usize) -> Lanes {
    Lanes { count: node.lanes, width, signed: node.range.is_signed() }
}

/// Bits of a lane at the start of a shortcut, as the stream there has them.
pub(super) fn start_width(block: &Block, from: usize) -> usize {
    match from.checked_sub(1) {
        None => block.layers()[0].stream_x().lane_width,
        Some(index) => {
            let layer = &block.layers()[index];
            layer.stream_t().map_or(layer.stream_y().lane_width, |stream| stream.lane_width)
        }
    }
}
