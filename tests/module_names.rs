//! No module of a design, and no module of two designs of a project, may overwrite another one.

mod common;
mod terminal;

use std::collections::BTreeSet;
use std::fs;

use bitweight::binary::{Block, Layer, module_names};
use bitweight::config::{self, BLOCK_PRESETS, LAYER_PRESETS};
use bitweight::rtl;
use common::all_designs;
use terminal::{assert_error, bitweight, fails, folder, succeeds};

/// A block of two layers with these names.
fn block(first: &str, second: &str) -> String {
    let layer = |name: &str| {
        format!(
            "    - name: {name}\n      layer: {{linear: {{inputs: 4, outputs: 4}}}}\n      \
             folding: {{simd: 4, lanes: 2}}\n      epilogue: [threshold: {{}}]\n"
        )
    };
    format!("name: b\nblock:\n  layers:\n{}{}", layer(first), layer(second))
}

fn unique(modules: &[rtl::Module]) {
    let names: BTreeSet<String> = modules.iter().map(|m| m.name.to_lowercase()).collect();
    assert_eq!(names.len(), modules.len(), "{:?}", modules.last().map(|m| &m.name));
}

#[test]
fn every_module_of_a_design_has_a_name_of_its_own() {
    for case in all_designs() {
        unique(&rtl::modules(&case.design));
    }
    let end = |module: &rtl::Module, name: &str| {
        module.name.strip_prefix(name).unwrap().trim_start_matches('_').to_owned()
    };
    let check_layer = |layer: &Layer| {
        let modules = rtl::binary::modules(layer);
        unique(&modules);
        for suffix in modules.iter().map(|module| end(module, layer.name())) {
            let listed = module_names::is_of_layer(&suffix);
            assert!(suffix.is_empty() || listed, "LAYER_MODULES lacks `{suffix}`");
        }
    };
    for preset in LAYER_PRESETS {
        check_layer(&config::parse_layer(preset.yaml, preset.name, preset.name).unwrap());
    }
    for preset in BLOCK_PRESETS {
        let block: Block = config::parse_block(preset.yaml, preset.name, preset.name).unwrap();
        block.layers().iter().for_each(check_layer);
        let modules = rtl::binary::block_modules(&block);
        unique(&modules);
        for module in &modules {
            let of_layer = block.layers().iter().any(|layer| module.name.starts_with(layer.name()));
            let suffix = end(module, block.name());
            let listed = module_names::is_of_block(&suffix);
            assert!(of_layer || suffix.is_empty() || listed, "BLOCK_MODULES lacks `{suffix}`");
        }
    }
}

#[test]
fn layers_that_overwrite_each_other_are_refused_with_their_line() {
    let refused = |first: &str, second: &str, line: usize| {
        let error = config::parse_block(&block(first, second), "b.yaml", "b").unwrap_err();
        let text = error.to_string();
        assert!(text.contains(&format!("--> b.yaml:{line}:13")), "{text}");
        assert!(text.contains("= help: "), "{text}");
        text
    };
    for suffix in module_names::LAYER_MODULES {
        let text = refused("c0", &format!("c0_{suffix}"), 8);
        assert!(text.contains(&format!("both have the module `..c0_{suffix}`")), "{text}");
        refused(&format!("c0_{suffix}"), "c0", 8);
    }
    for name in ["fork2", "fifo_r0", "fifo_x1", "adapt_x1", "adapt_r0", "pool_r1", "repeat_r1"] {
        let text = refused(name, "c1", 4);
        assert!(text.contains("and so has the block"), "{text}");
        refused("c0", name, 8);
    }
    refused("tb", "c1", 4);
    refused("fork_start", "c1", 4);
    refused("c0", "c0", 8);
    for (first, second) in [("c0", "c0_2"), ("lane", "window"), ("module", "case"), ("c", "c0")] {
        let block = config::parse_block(&block(first, second), "b.yaml", "b").unwrap();
        unique(&rtl::binary::block_modules(&block));
    }
}

#[test]
fn names_that_no_module_or_file_can_have_are_refused() {
    for name in ["module", "always_ff", "logic", "xnor", "entity", "case", "con", "com1"] {
        let error = config::parse_block(
            &block("c0", "c1").replace("name: b", &format!("name: {name}")),
            "b.yaml",
            "b",
        );
        let text = error.unwrap_err().to_string();
        assert!(text.contains("--> b.yaml:1:7") && text.contains("choose another name"), "{text}");
    }
}

#[test]
fn two_designs_of_a_project_that_overwrite_each_other_are_refused() {
    let work = folder();
    let root = work.path();
    let yaml = fs::read_to_string(root.join(terminal::SMALL)).unwrap();
    for name in ["mm", "mm_array", "mm_tb", "mm_2"] {
        fs::write(root.join(format!("{name}.yaml")), &yaml).unwrap();
    }
    for other in ["mm_array.yaml", "mm_tb.yaml"] {
        for pair in [["mm.yaml", other], [other, "mm.yaml"]] {
            let error = assert_error(bitweight(root).arg("gen").args(pair).args(["-o", "ip"]));
            assert!(error.contains("both have the module `mm_"), "{error}");
            assert!(error.contains("avoid these names of designs: mm_array"), "{error}");
            assert!(!root.join("ip").exists(), "nothing is written");
        }
    }
    let error = assert_error(bitweight(root).args(["gen", "mm.yaml", "mm.yaml", "-o", "ip"]));
    assert!(error.contains("two designs are called `mm`"), "{error}");
    succeeds(bitweight(root).args(["gen", "mm.yaml", "mm_2.yaml", "-o", "ip"]));
    // A neighbour is named, whichever of the two comes second.
    for (first, second) in [("mm", "mm_array"), ("mm_array", "mm")] {
        let place = |name: &str| format!("{first}_first/{name}");
        succeeds(bitweight(root).args(["gen", &format!("{first}.yaml"), "-o", &place(first)]));
        let output = bitweight(root)
            .args(["gen", &format!("{second}.yaml"), "-o", &place(second)])
            .output()
            .unwrap();
        let note = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(0));
        assert!(note.contains("both have the module `mm_array`"), "{note}");
        assert!(note.contains(&place(first)) && note.contains("avoid these names"), "{note}");
    }
    // The same design once more is no other one.
    let output = bitweight(root).args(["gen", "mm.yaml", "-o", "mm_first/again"]).output().unwrap();
    let note = String::from_utf8(output.stderr).unwrap();
    assert!(!note.contains("two designs are called"), "{note}");
    let (code, _, _) = fails(bitweight(root).args(["gen", "mm.yaml", "-o", "ip/mm_2"]));
    assert_eq!(code, 2);
}
