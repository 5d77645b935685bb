//! Lanes of vectors: none is registered beside one that an input drives in the same step, and
//! testbenches may write them one by one.

#[path = "../common/mod.rs"]
mod common;
mod drive;
mod scan;

use std::fs;
use std::process::Command;

use bitweight::config;
use bitweight::export::{self, Package};
use bitweight::rtl;
use common::{check_all, overrides, root, run_tool};

/// One or more designs of every array, of encoders at the edge, of partial sums and of planes.
const DESIGNS: &[&str] = &[
    "chain_mac",
    "chain_registered_mac",
    "chain_edge_opt1",
    "chain_loading_mac",
    "chain_opt1",
    "chain_behavioural",
    "tree_mac",
    "tree_loading_opt2",
    "matrix2d_behavioural_deep",
    "matrix2d_opt2_deep",
    "cube_mac_edge",
    "tall_mac",
    "row_registered_mac",
    "direct_registered_mac",
    "planes_opt2",
    "xnor_planes",
    "xnor_words",
    "lockstep_opt4e",
    "banked_opt3",
    "mixed_laconic",
];

fn design(name: &str) -> bitweight::design::Design {
    let path = root().join(format!("testbench/designs/{name}.yaml"));
    config::load(&path.to_string_lossy()).unwrap_or_else(|error| panic!("{error}"))
}

/// What the scanner looks for, in the form in which it used to be emitted.
#[test]
fn the_scanner_finds_a_straight_lane_beside_delayed_ones() {
    let skew = "module skew (input wire aclk, input wire [15:0] data, output wire [15:0] out);\n\
                reg [7:0] line_q;\nalways @(posedge aclk) line_q <= data[15:8];\n\
                assign out = {line_q, data[7:0]};\nendmodule\n";
    let module = |text: &str| vec![("skew.v".to_owned(), text.to_owned())];
    assert_eq!(scan::mixed(&module(skew), &[]).unwrap(), ["out"]);
    let apart = skew.replace("data[7:0]}", "8'd0}");
    assert!(scan::mixed(&module(&apart), &[]).unwrap().is_empty());
}

/// Beats of one transfer: what is gathered of several holds the last transfer as it comes beside
/// those before it, which are stored, since a register would cost a cycle.
#[test]
fn no_vector_mixes_registered_and_live_lanes() {
    check_all(DESIGNS, |name| {
        let design = design(name);
        let modules = rtl::modules(&design).into_iter().map(|m| (m.file(), m.text));
        let modules: Vec<(String, String)> = modules.collect();
        let found = scan::mixed(&modules, &overrides(&design, 2, 3))?;
        if found.is_empty() { Ok(()) } else { Err(format!("{name}: {}", found.join(", "))) }
    });
}

/// Testbenches that write every byte of every stream on its own.
#[test]
fn lanes_may_be_written_one_by_one() {
    let mut packages: Vec<(&str, Package)> = [
        "chain_mac",
        "row_registered_mac",
        "tree_mac",
        "matrix2d_behavioural_deep",
        "mixed_laconic",
    ]
    .into_iter()
    .map(|name| (name, Package::new(&design(name))))
    .collect();
    let layer = "layer: {linear: {inputs: 24, outputs: 6}}\nfolding: {simd: 12, lanes: 2}\n\
                 epilogue: [threshold: {}]\n";
    let layer = config::parse_layer(layer, "lanes", "lanes").unwrap_or_else(|e| panic!("{e}"));
    packages.push(("lanes", Package::new(&layer)));
    let several = design("three_transfers_mac");
    packages.push(("three_transfers_mac", Package::new(&several)));
    check_all(&packages, |(name, package)| {
        let folder = tempfile::tempdir().unwrap();
        export::write(package, folder.path(), false).unwrap();
        let tb = folder.path().join("tb");
        let path = tb.join(format!("{name}_tb.v"));
        let written = fs::read_to_string(&path).unwrap();
        for style in [drive::Style::Nonblocking, drive::Style::Blocking] {
            fs::write(&path, drive::by_bytes(&written, style)).unwrap();
            let (list, top) = (format!("{name}_tb.f"), format!("{name}_tb"));
            let icarus = ["-g2005", "-o", "tb.vvp", "-s", &top, "-f", &list].map(str::to_owned);
            let said = run_tool("iverilog", &tb, &icarus);
            let said =
                if said.success { run_tool("vvp", &tb, &["tb.vvp".to_owned()]) } else { said };
            if !said.success || !said.text.contains("PASS") {
                return Err(format!("{name} in Icarus, {style:?}: {}", said.text));
            }
        }
        // What was written last is built once: Verilator takes its time.
        let build =
            ["--binary", "--timing", "-Wno-fatal", "-Wno-lint", "-CFLAGS", "-O0", "-o", "run"];
        let mut build: Vec<String> = build.iter().map(ToString::to_string).collect();
        build.extend(
            ["--top-module", &format!("{name}_tb"), "-f", &format!("{name}_tb.f")]
                .map(str::to_owned),
        );
        let said = run_tool("verilator", &tb, &build);
        if said.text.contains("Invalid option: --timing")
            || said.text.contains("Invalid option: --binary")
        {
            eprintln!("{name}: not simulated, this Verilator has no --timing");
            return Ok(());
        }
        if !said.success {
            return Err(format!("{name}: {}", said.text));
        }
        let run = Command::new(tb.join("obj_dir/run")).current_dir(&tb).output().unwrap();
        let text = String::from_utf8_lossy(&run.stdout);
        if text.contains("PASS") { Ok(()) } else { Err(format!("{name} in Verilator: {text}")) }
    });
}

/// The example of `docs/feeding.md`, with the command that it gives for Icarus.
#[test]
fn the_example_of_feeding_passes() {
    let page = fs::read_to_string(root().join("docs/feeding.md")).unwrap();
    let block = |kind: &str| {
        let (_, rest) = page.split_once(&format!("```{kind}\n")).expect("the page has the block");
        rest.split_once("```").expect("the block ends").0.to_owned()
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("feed.yaml"), block("yaml")).unwrap();
    fs::write(folder.path().join("feed_tb.v"), block("verilog")).unwrap();
    let design = config::load(&folder.path().join("feed.yaml").to_string_lossy());
    let design = design.unwrap_or_else(|error| panic!("{error}"));
    export::write(&Package::new(&design), &folder.path().join("feed"), false).unwrap();
    let commands = block("sh");
    let command = commands.lines().find(|line| line.starts_with("iverilog")).expect("a command");
    let said = run_tool("sh", folder.path(), &["-c".to_owned(), command.to_owned()]);
    assert!(said.success && said.text.contains("PASS"), "{}", said.text);
}
