//! Which bank a row of operand B lies in, where columns share banks, and where they start.

use askama::Template;

use super::Shape;
use crate::design::Banks;
use crate::rtl::text::{self, Port, Registers, bits, clock_ports, instance, one, zero};
use crate::rtl::{Module, Writer};

#[derive(Template)]
#[template(path = "bit_slice/layout.v")]
struct Layout<'a> {
    header: String,
    prefix: &'a str,
    ports: String,
    rows: usize,
    /// Bits of the expected length that matter.
    kept: usize,
    /// When each place in a group chooses between banks.
    spread: Vec<String>,
    /// Bits of a group's number in its bank, and of its slot.
    row: usize,
    slot: usize,
    slots: usize,
    longest: String,
    /// Whether a group comes before the start of a column.
    early: String,
    run_end: String,
    one: String,
    registers: String,
}

/// Names of the parts of a row's number.
pub(super) struct Parts<'a> {
    /// Half of the memory.
    pub half: &'a str,
    /// A vector with the number of the group, and its lowest bit there.
    pub group: (&'a str, usize),
    /// Place in the group.
    pub member: &'a str,
}

/// The row that a beat is written to.
pub(super) const PLACED: Parts<'_> =
    Parts { half: "parity_q", group: ("place", 0), member: "member_q" };

impl Parts<'_> {
    /// The statements that give `bank`, from a vector `spread` where the length of chunks matters.
    pub fn bank(&self, banks: &Banks, members: usize) -> String {
        let (group, base) = self.group;
        let count = banks.bits();
        if banks.dealt() {
            return self.dealt(count, members);
        }
        let moving = if banks.rows.is_some() { banks.folded } else { banks.foldable };
        let mut lines = vec![format!("wire [{}:0] bank;", count - 1)];
        for place in 0..moving {
            let (bit, member) = (count - 1 - place, format!("{}[{place}]", self.member));
            lines.push(match place.checked_sub(banks.folded) {
                None => format!("assign bank[{bit}] = {member};"),
                Some(few) => format!(
                    "assign bank[{bit}] = {group}[{}] ^ ({member} & spread[{few}]);",
                    base + bit
                ),
            });
        }
        if let Some(top) = (count - moving).checked_sub(1) {
            lines.push(format!(
                "assign {} = {};",
                bits("bank", top, 0),
                bits(group, base + top, base)
            ));
        }
        lines.iter().map(|line| format!("  {line}\n")).collect::<String>().trim_end().to_owned()
    }

    /// The bank of a row is the low bits of its number.
    fn dealt(&self, count: usize, members: usize) -> String {
        let (group, base) = self.group;
        let mut low = Vec::new();
        if count > members {
            low.push(bits(group, base + count - members - 1, base));
        }
        if members > 0 {
            low.push(bits(self.member, members.min(count) - 1, 0));
        }
        format!("  wire [{}:0] bank = {{{}}};", count - 1, low.join(", "))
    }

    /// The address of the row: half, its place in the bank, the bank.
    pub fn address(&self, shape: &Shape, banks: &Banks) -> String {
        let (group, base) = self.group;
        let (groups, members) = (shape.slice.group_bits(), shape.slice.member_bits());
        let mut parts = vec![self.half.to_owned()];
        if banks.dealt() {
            // The bank is its low bits as they are.
            parts.push(bits(group, base + groups - 1, base));
            parts.extend((members > 0).then(|| self.member.to_owned()));
            return format!("{{{}}}", parts.join(", "));
        }
        if groups > banks.slot_bits {
            parts.push(bits(group, base + groups - 1, base + banks.slot_bits));
        }
        if members > banks.folded {
            parts.push(bits(self.member, members - 1, banks.folded));
        }
        parts.push("bank".to_owned());
        format!("{{{}}}", parts.join(", "))
    }
}

/// The lowest bit of the expected length that decides about anything.
fn lowest_kept(banks: &Banks, group_bits: usize) -> Option<usize> {
    let runs = (group_bits > banks.slot_bits).then_some(banks.slot_bits);
    let spread = (banks.following() > 0).then_some(banks.bits() - banks.foldable);
    if banks.rows.is_some() { None } else { runs.into_iter().chain(spread).min() }
}

/// The instance of the layout in the loader, and wires around it.
pub(super) fn place(writer: &Writer<'_>, shape: &Shape, banks: &Banks) -> String {
    let groups = shape.slice.group_bits();
    let (row, spread) = (groups > banks.slot_bits, banks.following());
    let lowest = lowest_kept(banks, groups);
    let mut connections = Vec::new();
    if row || lowest.is_some() {
        connections.extend([("clk_i", "clk_i"), ("rst_ni", "rst_ni")]);
    }
    if row {
        connections.push(("group_end_i", "fire_o & (group_full | last_i)"));
    }
    if row || lowest.is_some() {
        connections.push(("chunk_end_i", "written"));
    }
    if lowest.is_some() {
        connections.push(("last_i", "last_i"));
    }
    let upper = match (row, lowest) {
        (true, Some(lowest)) => bits("group_q", groups - 1, lowest),
        _ => "group_q".to_owned(),
    };
    if !row || lowest.is_some() {
        connections.push(("group_i", &upper));
    }
    connections.extend([("group_o", "place"), ("early_o", "early")]);
    let mut wires = format!("  wire [{}:0] place;\n  wire [Rows-1:0] early;\n", groups - 1);
    if spread > 0 {
        connections.extend([("spread_now_o", "spread"), ("spread_o", "spread_o")]);
        wires += &format!("  wire [{}:0] spread;\n", spread - 1);
    }
    let module = format!("{}_layout", writer.design.name);
    let layout = instance(&module, "u_layout", &[("Rows", "Rows")], &connections, 2);
    // Where rows are dealt out, an address needs no number of a bank.
    match banks.dealt() {
        true => format!("{wires}{layout}"),
        false => format!("{wires}{layout}\n{}", PLACED.bank(banks, shape.slice.member_bits())),
    }
}

/// `<design>_layout`: the numbers that groups get in the memories, in the order of K.
pub(super) fn layout(writer: &Writer<'_>, shape: &Shape, banks: &Banks) -> Module {
    let design = writer.design;
    let (groups, slot) = (shape.slice.group_bits(), banks.slot_bits);
    let (row, lowest) = (groups - slot, lowest_kept(banks, groups));
    let kept = lowest.map_or(0, |lowest| groups - lowest);
    let expected = |low: usize| bits("expected", kept - 1, low - lowest.unwrap_or(0));
    let spread: Vec<String> = match banks.following() {
        0 => Vec::new(),
        _ => (banks.folded..banks.foldable)
            .map(|place| format!("~|{}", expected(banks.bits() - 1 - place)))
            .collect(),
    };
    let mut ports = if row > 0 || kept > 0 { clock_ports(true) } else { Vec::new() };
    if row > 0 {
        ports.push(Port::input("group_end_i", 1));
    }
    if row > 0 || kept > 0 {
        ports.push(Port::input("chunk_end_i", 2));
    }
    if kept > 0 {
        ports.push(Port::input("last_i", 1));
    }
    let low = if row == 0 { 0 } else { lowest.unwrap_or(0) };
    if row == 0 || kept > 0 {
        ports.push(Port::input("group_i", groups - low));
    }
    ports.extend([Port::output("group_o", groups), Port::output("early_o", "Rows")]);
    if !spread.is_empty() {
        ports.extend([
            Port::output("spread_now_o", spread.len()),
            Port::output("spread_o", 2 * spread.len()),
        ]);
    }
    let mut registers = Registers::control(design.reset);
    if kept > 0 {
        let length = match lowest.unwrap_or(0) - low {
            0 => "group_i".to_owned(),
            skipped => bits("group_i", groups - 1, skipped),
        };
        registers = registers
            .load_if("|chunk_end_i", "chunk_q", "8'd0", "last_i ? 8'd0 : chunk_q + 8'd1")
            .load_if("|chunk_end_i & last_i", "last_chunk_q", "8'd0", "chunk_q")
            .load_if("|chunk_end_i & last_i", "length_q", &zero(kept), &length);
    }
    for half in 0..2 * usize::from(!spread.is_empty()) {
        let width = spread.len();
        let part = bits("spread_q", width * half + width - 1, width * half);
        registers =
            registers.load_if(&format!("chunk_end_i[{half}]"), &part, &zero(width), "spread");
    }
    if row > 0 {
        let cleared = |width: usize, next: &str| format!("|chunk_end_i ? {} : {next}", zero(width));
        registers = registers
            .load_if("group_end_i", "row_q", &zero(row), &cleared(row, "row_d"))
            .load_if("group_end_i", "slot_q", &zero(slot), &cleared(slot, "slot_d"))
            .load_if("group_end_i", "wrapped_q", "1'b0", "~|chunk_end_i & (wrapped_q | bank_end)");
    }
    let longest = match banks.rows {
        _ if row == 0 => String::new(),
        None => expected(slot),
        Some(rows) => format!("{row}'d{}", (rows / shape.slice.group).max(1) - 1),
    };
    let early = match row {
        0 => format!("group_i < Start[{}:0]", slot - 1),
        _ => format!("~wrapped_q & (slot_q < Start[{}:0])", slot - 1),
    };
    writer.module(
        "layout",
        &Layout {
            header: writer
                .header("Which bank a group of terms goes to, and where columns start.", &[]),
            prefix: &design.name,
            ports: text::ports(&ports),
            rows: design.rows(),
            kept,
            spread,
            row,
            slot,
            slots: 1 << slot,
            longest,
            early,
            run_end: match slot {
                1 => "run_end".to_owned(),
                slot => format!("{{{}, run_end}}", zero(slot - 1)),
            },
            one: if row == 0 { String::new() } else { one(row) },
            registers: if row > 0 || kept > 0 { registers.render(2) } else { String::new() },
        },
    )
}
