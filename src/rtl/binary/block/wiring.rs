//! The top of a block under construction: streams within it, and what they pass.

use super::stream::{self, Lanes};
use crate::binary::Block;
use crate::rtl::Module;
use crate::rtl::binary::Owner;
use crate::rtl::binary::text::slice;
use crate::rtl::text::{declare, instance};

/// A stream within the block: its signals are `<name>_valid`, `_ready`, `_data` and, where it ends
/// tiles, `_last`.
#[derive(Clone)]
pub(super) struct Signals {
    /// Prefix of the signals.
    pub name: String,
    /// Lanes of a transfer.
    pub lanes: Lanes,
    /// Whether it ends tiles.
    pub has_last: bool,
}

pub(super) struct Top<'a> {
    pub owner: Owner<'a>,
    pub block: &'a Block,
    pub modules: Vec<Module>,
    pub lines: Vec<String>,
}

impl Top<'_> {
    pub fn declare(&mut self, signals: &Signals) {
        let Signals { name, lanes, has_last } = signals;
        self.lines.push(format!("wire {name}_valid;"));
        self.lines.push(format!("wire {name}_ready;"));
        self.lines.push(declare("wire", &format!("{name}_data"), lanes.bits()));
        if *has_last {
            self.lines.push(format!("wire {name}_last;"));
        }
    }

    pub fn instance(&mut self, suffix: &str, name: &str, connections: &[(String, String)]) {
        let list: Vec<(&str, &str)> =
            connections.iter().map(|(port, signal)| (port.as_str(), signal.as_str())).collect();
        let text = instance(&self.owner.name(suffix), name, &[], &list, 0);
        self.lines.push(String::new());
        self.lines.extend(text.lines().map(str::to_owned));
    }

    /// A module that a stream passes; gives the stream behind it. Without `last` the mark of a tile
    /// is not handed on.
    pub fn pass(&mut self, module: Module, from: &Signals, lanes: Lanes, last: bool) -> Signals {
        let own = module.name.strip_prefix(self.owner.name).unwrap_or_default();
        let own = own.trim_start_matches('_').to_owned();
        let to = Signals { name: own.clone(), lanes, has_last: from.has_last && last };
        self.declare(&to);
        let mut connections = clock();
        let (before, after) = (&from.name, &to.name);
        for (port, signal) in [
            ("valid_i", format!("{before}_valid")),
            ("ready_o", format!("{before}_ready")),
            ("data_i", format!("{before}_data")),
            ("valid_o", format!("{after}_valid")),
            ("ready_i", format!("{after}_ready")),
            ("data_o", format!("{after}_data")),
        ] {
            connections.push((port.to_owned(), signal));
        }
        if module.text.contains("last_o") {
            let marked = from.has_last;
            let last_in = if marked { format!("{before}_last") } else { "1'b0".to_owned() };
            let last_out =
                if to.has_last { format!("{after}_last") } else { format!("{after}_end") };
            if !to.has_last {
                self.lines.push(format!("wire {last_out};"));
                self.lines.push(format!("wire unused_{last_out} = &{{1'b0, {last_out}}};"));
            }
            connections.push(("last_i".to_owned(), last_in));
            connections.push(("last_o".to_owned(), last_out));
        }
        self.modules.push(module);
        self.instance(&own, &format!("u_{own}"), &connections);
        to
    }

    /// A FIFO; `tlast` travels with the data.
    pub fn fifo(&mut self, name: &str, from: &Signals, depth: usize) -> Signals {
        let reset = self.block.reset();
        let bits = from.lanes.bits() + usize::from(from.has_last);
        let module = stream::fifo(self.owner, reset, name, (bits, depth));
        if !from.has_last {
            return self.pass(module, from, from.lanes, false);
        }
        let to = Signals { name: name.to_owned(), ..from.clone() };
        self.declare(&to);
        self.lines.push(declare("wire", &format!("{name}_word"), bits));
        let word = format!("{name}_word");
        let data = slice(&word, 0, bits - 1, bits);
        self.lines.push(format!("assign {name}_data = {data};"));
        self.lines.push(format!("assign {name}_last = {word}[{}];", bits - 1));
        let before = &from.name;
        let mut connections = clock();
        for (port, signal) in [
            ("valid_i", format!("{before}_valid")),
            ("ready_o", format!("{before}_ready")),
            ("data_i", format!("{{{before}_last, {before}_data}}")),
            ("valid_o", format!("{name}_valid")),
            ("ready_i", format!("{name}_ready")),
            ("data_o", word.clone()),
        ] {
            connections.push((port.to_owned(), signal));
        }
        self.modules.push(module);
        self.instance(name, &format!("u_{name}"), &connections);
        to
    }

    /// Gives the stream to each of these takers.
    pub fn fork(&mut self, from: &Signals, takers: &[String]) -> Vec<Signals> {
        let branches: Vec<Signals> =
            takers.iter().map(|name| Signals { name: name.clone(), ..from.clone() }).collect();
        branches.iter().for_each(|branch| self.declare(branch));
        let before = &from.name;
        for branch in &branches {
            self.lines.push(format!("assign {}_data = {before}_data;", branch.name));
            if from.has_last {
                self.lines.push(format!("assign {}_last = {before}_last;", branch.name));
            }
        }
        let count = takers.len();
        if count == 1 {
            self.lines.push(format!("assign {}_valid = {before}_valid;", takers[0]));
            self.lines.push(format!("assign {before}_ready = {}_ready;", takers[0]));
            return branches;
        }
        let list = |signal: &str| {
            let all: Vec<String> =
                takers.iter().rev().map(|name| format!("{name}_{signal}")).collect();
            format!("{{{}}}", all.join(", "))
        };
        let mut connections = clock();
        for (port, signal) in [
            ("valid_i", format!("{before}_valid")),
            ("ready_o", format!("{before}_ready")),
            ("valid_o", list("valid")),
            ("ready_i", list("ready")),
        ] {
            connections.push((port.to_owned(), signal));
        }
        let module = stream::fork(self.owner, self.block.reset(), count);
        if !self.modules.iter().any(|other| other.name == module.name) {
            self.modules.push(module);
        }
        self.instance(&format!("fork{count}"), &format!("u_fork_{before}"), &connections);
        branches
    }
}

/// Clock and reset of a module.
pub(super) fn clock() -> Vec<(String, String)> {
    [("clk_i", "aclk"), ("rst_ni", "aresetn")]
        .map(|(port, signal)| (port.to_owned(), signal.to_owned()))
        .to_vec()
}
