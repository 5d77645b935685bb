//! The control of small designs of every kind is proven, and a fault in it is found.

mod common;

use std::time::Duration;

use bitweight::config;
use bitweight::formal::{self, Limits, Proof, Verdict};
use bitweight::rtl::{self, Module};

/// A design by the text of its configuration, and the modules of it that are proven by induction.
struct Subject {
    name: &'static str,
    text: &'static str,
    modules: &'static [&'static str],
}

const NARROW: &str = "accumulator: {k_max: 20}\noperands: {a: {width: 2}, b: {width: 2}}\n";

/// Small arrays of all kinds of control. Cells that all of them have are proven once.
const SUBJECTS: &[Subject] = &[
    Subject {
        name: "systolic",
        text: "array: {systolic_os: {rows: 2, cols: 3}}\nelement: mac\n",
        modules: &["gather", "fifo", "control", "drain"],
    },
    Subject {
        name: "square",
        text: "array: {matrix2d: {rows: 2, cols: 3}}\nelement: mac\n",
        modules: &["control", "drain"],
    },
    Subject {
        name: "planes",
        text: "array: {matrix2d: {rows: 2, cols: 2}}\nelement: opt2\n",
        modules: &["control"],
    },
    Subject {
        name: "chain",
        text: "array: {systolic_ws: {depth: 2, cols: 3}}\nelement: mac\npartial_sums: true\n",
        modules: &["control", "output"],
    },
    Subject {
        name: "tree",
        text: "array: {adder_tree: {depth: 3, cols: 2}}\nelement: mac\nreset: async\n",
        modules: &["control", "output"],
    },
];

fn modules(subject: &Subject) -> Vec<Module> {
    let text = format!("{}{NARROW}", subject.text);
    rtl::modules(&config::parse(&text, "formal", subject.name).unwrap())
}

fn prove(modules: &[Module], name: &str, chosen: &[&str], folder: &std::path::Path) -> Vec<Proof> {
    let limits = Limits {
        depth: 12,
        induction: 3,
        time: Duration::from_secs(300),
        traces: folder.to_owned(),
    };
    let chosen =
        |module: &Module| chosen.iter().any(|suffix| module.name == format!("{name}_{suffix}"));
    formal::prove(modules, chosen, &limits).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn the_control_of_every_array_is_proven_by_induction() {
    for subject in SUBJECTS {
        let folder = tempfile::tempdir().unwrap();
        let proofs = prove(&modules(subject), subject.name, subject.modules, folder.path());
        assert_eq!(proofs.len(), subject.modules.len(), "{}", subject.name);
        for proof in proofs {
            assert!(proof.properties > 0);
            assert!(matches!(proof.verdict, Verdict::Proven { .. }), "{proof:?}");
        }
    }
}

/// Faults in each kind of module: what stands there, and what takes its place.
const FAULTS: &[(&str, &str, &str, &str)] = &[
    ("systolic", "fifo", "{used_q[Depth-2:0], 1'b1}", "{used_q[Depth-2:0], 1'b0}"),
    ("systolic", "fifo", "(pop & used_above[entry])", "(pop & used_q[entry])"),
    ("systolic", "gather", "~last | ready_i", "1'b1"),
    ("systolic", "control", "in_flight_q + gained - lost", "in_flight_q + gained"),
    ("systolic", "control", "~|wave_q[Cols-2:0]", "1'b1"),
    ("systolic", "drain", "row_done ? {row_q", "1'b1 ? {row_q"),
    ("systolic", "drain", "valid_o & ready_i;", "valid_o;"),
    ("square", "control", "(waiting_q & ~release_tile)", "waiting_q"),
    ("square", "drain", "take & part_q[Transfers-1]", "left_q[0]"),
    ("chain", "control", "full_q | ~first_q", "1'b1"),
    ("chain", "control", "in_flight_q + gained - lost", "in_flight_q + gained"),
    ("chain", "output", "pop_o | ~valid_q", "1'b1"),
    ("tree", "output", "valid_q & ready_i & part_q", "valid_q & part_q"),
];

#[test]
fn a_fault_in_the_control_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let mut missed = Vec::new();
    for &(name, suffix, code, fault) in FAULTS {
        let subject = SUBJECTS.iter().find(|subject| subject.name == name).unwrap();
        let mut modules = modules(subject);
        let full = format!("{name}_{suffix}");
        let module = modules.iter_mut().find(|module| module.name == full).unwrap();
        let body = module.text.find("`ifdef").unwrap_or_else(|| panic!("{full}: no properties"));
        let (design, properties) = module.text.split_at(body);
        assert!(design.contains(code), "{full}: no `{code}`");
        module.text = format!("{}{properties}", design.replacen(code, fault, 1));
        let proofs = prove(&modules, name, &[suffix], folder.path());
        match &proofs[0].verdict {
            Verdict::Violated { property, trace } => {
                assert!(property.contains(&full), "{property}");
                assert!(trace.as_ref().is_some_and(|path| path.is_file()), "{full}");
            }
            verdict => missed.push(format!("{full}: `{code}` -> `{fault}`: {verdict:?}")),
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

/// Properties are off unless one asks for them: what synthesis reads is the design alone.
#[test]
fn properties_are_behind_the_macro() {
    for case in common::all_designs() {
        for module in rtl::modules(&case.design) {
            let open = format!("`ifdef {}\n", rtl::PROPERTIES);
            let rest = match module.text.split_once(&open) {
                None => module.text.clone(),
                Some((before, after)) => {
                    assert!(module.properties > 0, "{}", module.name);
                    let (_, after) = after.split_once("`endif\n").unwrap();
                    format!("{before}{after}")
                }
            };
            for word in ["assert", "assume", "initial "] {
                let code = |line: &str| !line.trim_start().starts_with("//");
                let found = rest.lines().filter(|line| code(line)).any(|line| line.contains(word));
                assert!(!found, "{}: {word}", module.name);
            }
        }
    }
}
