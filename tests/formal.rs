//! The control of small designs of every kind is proven, and a fault in it is found.

mod common;
#[path = "formal/faults.rs"]
mod faults;

use std::time::Duration;

use bitweight::config;
use bitweight::formal::{self, Limits, Proof, Verdict};
use bitweight::rtl::{self, Module};
use faults::FAULTS;

/// A design by the text of its configuration, and the modules of it that are proven by induction.
struct Subject {
    name: &'static str,
    text: &'static str,
    modules: &'static [&'static str],
}

const NARROW: &str = "accumulator: {k_max: 20}\noperands: {a: {width: 2}, b: {width: 2}}\n";

/// Small designs with all kinds of control. Cells that several of them have are proven once.
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
    Subject {
        name: "columns",
        text: "array: {bit_slice: {columns: 2, elements: 2, tile_k: 8, group: 2}}\nelement: opt4c\n",
        modules: &["loader", "scheduler", "queue", "readout", "collect"],
    },
    Subject {
        name: "rolling",
        text: "array: {bit_slice: {columns: 2, elements: 2, tile_k: 8, group: 2, skip_empty: false, \
               readout: per_plane}}\nelement: opt3\n",
        modules: &["scheduler", "queue"],
    },
    Subject {
        name: "serial",
        text: "array: {bit_slice: {columns: 2, elements: 2, lanes: 2}}\nelement: laconic\n",
        modules: &["control"],
    },
    Subject {
        name: "waiting",
        text: "layer: {linear: {inputs: 4, outputs: 4}}\nfolding: {simd: 2, lanes: 2}\n\
               epilogue: [{residual: {residual: 4, width: 4}}, {tee: {}}, {threshold: {}}]\n",
        modules: &["window", "sequence", "loader"],
    },
    Subject {
        name: "pooled",
        text: "layer: {conv2d: {input: [3, 4], channels: 2, outputs: 3, kernel: 2, padding: 1}}\n\
               folding: {simd: 1, lanes: 2}\n\
               epilogue: [{maxpool: {window: 2}}, {threshold: {}}]\n",
        modules: &["sequence"],
    },
    Subject {
        name: "padded",
        text: "layer: {conv1d: {input: 3, channels: 1, outputs: 1, kernel: 2, padding: 1}}\n\
               folding: {simd: 1, lanes: 1}\n",
        modules: &["window", "sequence", "loader"],
    },
    Subject {
        name: "grouped",
        text: "layer: {conv3d: {input: [2, 2, 3], channels: 4, outputs: 4, kernel: [2, 1, 1], \
               groups: 2, stride: [1, 1, 2], padding: [1, 0, 0]}}\nreset: async\n\
               folding: {simd: 1, lanes: 2}\n\
               epilogue: [{scale: {per: position, shift: 2, width: 6}}]\n",
        modules: &["window", "sequence", "loader"],
    },
    Subject {
        name: "chained",
        text: "block:\n  layers:\n\
               \x20   - layer: {conv1d: {input: 4, channels: 2, outputs: 4, kernel: 1}}\n\
               \x20     folding: {simd: 2, lanes: 1}\n\
               \x20     epilogue: [{scale: {shift: 1, width: 4}}, {tee: {}}, {threshold: {}}]\n\
               \x20   - layer: {conv1d: {input: 4, channels: 4, outputs: 8, kernel: 1}}\n\
               \x20     folding: {simd: 4, lanes: 2}\n\
               \x20     epilogue: [{maxpool: {window: 2}}, {scale: {shift: 1, width: 4}},\n\
               \x20       {residual: {residual: 4, width: 4}}, {tee: {}}, {threshold: {}}]\n\
               \x20     shortcut: {from: 0, avgpool: 2, repeat: 2}\n\
               \x20   - layer: {conv1d: {input: 2, channels: 8, outputs: 8, kernel: 1}}\n\
               \x20     folding: {simd: 1, lanes: 2}\n\
               \x20     epilogue: [{scale: {shift: 1, width: 4}}, {residual: {residual: 4, width: 5}}]\n\
               \x20     shortcut: {from: 1}\n",
        modules: &["layer1_sequence", "adapt_x1", "adapt_x2", "fifo_r1", "pool_r1", "repeat_r1"],
    },
    Subject {
        name: "forked",
        text: "block:\n  layers:\n\
               \x20   - layer: {linear: {inputs: 2, outputs: 2}}\n\
               \x20     folding: {simd: 1, lanes: 2}\n\
               \x20     input: {width: 3}\n\
               \x20     epilogue: [{scale: {shift: 1, width: 4}}, {residual: {residual: 4, width: 4}}]\n\
               \x20     shortcut: {from: input}\n",
        modules: &["fork2", "adapt_r0", "fifo_r0"],
    },
];

fn modules(subject: &Subject) -> Vec<Module> {
    let (text, name) = (subject.text, subject.name);
    match text.split(':').next() {
        Some("layer") => rtl::binary::modules(&config::parse_layer(text, "formal", name).unwrap()),
        Some("block") => {
            rtl::binary::block_modules(&config::parse_block(text, "formal", name).unwrap())
        }
        _ => rtl::modules(&config::parse(&format!("{text}{NARROW}"), "formal", name).unwrap()),
    }
}

fn prove(modules: &[Module], name: &str, chosen: &[&str], folder: &std::path::Path) -> Vec<Proof> {
    let limits = Limits {
        depth: 24,
        induction: 3,
        time: Duration::from_secs(300),
        traces: folder.to_owned(),
    };
    let chosen =
        |module: &Module| chosen.iter().any(|suffix| module.name == format!("{name}_{suffix}"));
    formal::prove(modules, chosen, &limits).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn control_of_every_kind_is_proven_by_induction() {
    for subject in SUBJECTS {
        let folder = tempfile::tempdir().unwrap();
        let proofs = prove(&modules(subject), subject.name, subject.modules, folder.path());
        assert_eq!(proofs.len(), subject.modules.len(), "{}", subject.name);
        for proof in proofs {
            assert!(proof.properties > 0);
            assert!(matches!(proof.verdict, Verdict::Proven { .. }), "{proof:?}");
            // Where nothing can happen all properties hold.
            assert_ne!(proof.happens, Some(false), "{proof:?}");
        }
    }
}

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

/// Who switches them on in a simulation is not bothered by warnings.
#[test]
fn properties_are_clean_verilog() {
    let folder = tempfile::tempdir().unwrap();
    for subject in SUBJECTS {
        let modules = modules(subject);
        for module in &modules {
            std::fs::write(folder.path().join(module.file()), &module.text).unwrap();
            let long = module.text.lines().find(|line| line.len() > 100);
            assert!(long.is_none(), "{}: {long:?}", module.name);
        }
        let files: Vec<String> = modules.iter().map(Module::file).collect();
        let define = format!("-D{}", rtl::PROPERTIES);
        for (tool, options) in [
            ("verilator", ["--lint-only", "-Wall", "--assert", &define].as_slice()),
            ("iverilog", &["-g2012", "-Wall", "-o", "properties.vvp", &define]),
        ] {
            let options = options.iter().map(|option| (*option).to_owned());
            let arguments: Vec<String> = options.chain(files.iter().cloned()).collect();
            let said = common::run_tool(tool, folder.path(), &arguments);
            assert!(said.success && said.text.trim().is_empty(), "{tool}: {}", said.text);
        }
    }
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
