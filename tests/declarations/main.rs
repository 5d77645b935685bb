//! Within a module every name is declared once, and before it is used: some tools take less than
//! that, strict ones do not.

#[path = "../common/mod.rs"]
mod common;
mod scan;

use bitweight::binary::{
    Axis, Block, Geometry, InputStage, Layer, LayerKind, LayerParameters, Operand, PaddingValue,
    Per, Step, Target,
};
use bitweight::config::{self, BLOCK_PRESETS, LAYER_PRESETS};
use bitweight::design::Reset;
use bitweight::export::Package;
use bitweight::rtl;
use common::{all_designs, check_all};

fn clean(name: &str, text: &str) -> Result<(), String> {
    let complaints = scan::complaints(text);
    if complaints.is_empty() { Ok(()) } else { Err(format!("{name}: {}", complaints.join(", "))) }
}

fn all_clean(modules: &[rtl::Module]) -> Result<(), String> {
    let said: Vec<String> =
        modules.iter().filter_map(|m| clean(&m.file(), &m.text).err()).collect();
    if said.is_empty() { Ok(()) } else { Err(said.join("\n")) }
}

/// The scanner sees what it looks for, and nothing else.
#[test]
fn the_scanner_finds_both_kinds() {
    let right = "module m #(parameter N = 2) (input wire clk, input wire [N-1:0] a, output wire y);\n\
                 reg [3:0] memory [0:7], other; // wire late = y;\nwire b = a[0] & ~late_not;\n\
                 n #(.P(N)) u_n (.clk(clk), .x({a, b}), .y(y));\ngenvar i;\ngenerate\n\
                 for (i = 0; i < N; i = i + 1) begin : gen_x\nwire own = a[i];\nend\n\
                 for (i = 0; i < N; i = i + 1) begin : gen_y\nwire own = a[i] ^ 1'b0;\nend\n\
                 endgenerate\nalways @(posedge clk) begin\nif (a[0]) other <= 4'hf;\nend\nendmodule\n";
    assert_eq!(scan::complaints(right), Vec::<String>::new());
    for (wrong, what) in [
        ("module m (input wire a, input wire a);\nendmodule\n", "`a` is declared in line 1"),
        ("module m (input wire a);\nwire b;\nreg [1:0] c, b;\nendmodule\n", "in line 3 and before"),
        (
            "module m (output wire y);\nassign y = late;\nwire late = 1'b1;\nendmodule\n",
            "used in line 2",
        ),
        ("module m (input wire a);\nn u_n (.x(late));\nwire late;\nendmodule\n", "used in line 2"),
        (
            "module m (input wire c);\nalways @(posedge c) begin\nq <= 1'b1;\nend\nreg q;\nendmodule\n",
            "used in line 3",
        ),
    ] {
        let said = scan::complaints(wrong).join(", ");
        assert!(said.contains(what), "{wrong}: {said}");
    }
}

#[test]
fn names_of_designs_are_unique_and_declared_before_they_are_used() {
    check_all(&all_designs(), |case| all_clean(&rtl::modules(&case.design)));
}

#[test]
fn names_of_layers_and_blocks_are_unique_and_declared_before_they_are_used() {
    let package = |package: Package| {
        let verilog = package.files.into_iter().filter(|file| file.path.ends_with(".v"));
        verilog.map(|file| (file.path, file.text)).collect::<Vec<_>>()
    };
    let mut packages = Vec::new();
    for preset in LAYER_PRESETS {
        let layer = config::parse_layer(preset.yaml, preset.name, preset.name).unwrap();
        packages.push(package(Package::new(&layer)));
    }
    for preset in BLOCK_PRESETS {
        let block: Block = config::parse_block(preset.yaml, preset.name, preset.name).unwrap();
        packages.push(package(Package::new(&block)));
    }
    check_all(&packages, |files| {
        let said = files.iter().filter_map(|(path, text)| clean(path, text).err());
        let said: Vec<String> = said.collect();
        if said.is_empty() { Ok(()) } else { Err(said.join("\n")) }
    });
}

/// All steps, some of them in variants that are emitted differently.
fn steps() -> Vec<Step> {
    let scale = |per| Step::Scale { per, shift: 3, width: 8 };
    let max = |before_threshold| Step::MaxPool { window: [1, 1, 2], before_threshold };
    vec![
        Step::Threshold { strict: false },
        Step::MultiThreshold { bits: 2, base: 0 },
        Step::Bias { width: 5 },
        scale(Per::Channel),
        scale(Per::Position),
        scale(Per::Magnitude),
        Step::Prelu { shift: 4, width: 9 },
        Step::Rprelu { shift: 4, width: 9 },
        Step::Residual { residual: 6, width: 10 },
        Step::Tee,
        Step::Clamp { low: -3, high: 3 },
        max(false),
        max(true),
        Step::AvgPool { window: [1, 1, 2] },
    ]
}

fn layer(steps: Vec<Step>, staged: bool) -> Option<Layer> {
    let width = Axis { input: 8, ..Axis::POINT };
    let parameters = LayerParameters {
        name: "tiny".to_owned(),
        summary: "A layer under test.".to_owned(),
        geometry: Geometry {
            kind: LayerKind::Conv2d,
            axes: [Axis::POINT, Axis::POINT, width],
            channels: 2,
            outputs: 3,
            groups: 1,
            padding_value: PaddingValue::Zero,
        },
        activations: Operand::BINARY,
        input: staged.then_some(InputStage { width: 5, strict: false }),
        weights: Operand::BINARY,
        simd: 1,
        lanes: 2,
        target: Target::Asic,
        carry_save: None,
        reset: Reset::None,
        steps,
    };
    Layer::new(parameters).ok()
}

/// All pairs and triples of steps that a layer takes.
#[test]
fn names_are_unique_with_all_pairs_and_triples_of_steps() {
    let steps = steps();
    let count = steps.len();
    let firsts: Vec<usize> = (0..count).collect();
    check_all(&firsts, |&first| {
        let (mut taken, mut said) = (0, Vec::new());
        for second in 0..count {
            let thirds = std::iter::once(None).chain((0..count).map(Some));
            for third in thirds {
                let list: Vec<Step> = [Some(first), Some(second), third]
                    .into_iter()
                    .flatten()
                    .map(|index| steps[index].clone())
                    .collect();
                let magnitude =
                    list.iter().any(|s| matches!(s, Step::Scale { per: Per::Magnitude, .. }));
                let Some(layer) = layer(list.clone(), magnitude) else { continue };
                taken += 1;
                if let Err(what) = all_clean(&rtl::binary::modules(&layer)) {
                    said.push(format!("{list:?}: {what}"));
                }
            }
        }
        if taken == 0 && first != 12 {
            said.push(format!("no layer starts with {:?}", steps[first]));
        }
        match said.len() {
            0 => Ok(()),
            wrong => Err(format!("{wrong} of {taken}, the first: {}", said[0])),
        }
    });
}
