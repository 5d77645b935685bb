//! Binarized layer engines: the emitted Verilog is clean, and gives what the definition gives.

mod common;

use std::time::Duration;

use bitweight::binary::frame::LayerValues;
use bitweight::binary::{
    Axis, Block, Geometry, InputStage, Layer, LayerKind, LayerParameters, Operand, PaddingValue,
    Per, Step, Target,
};
use bitweight::config::{self, BLOCK_PRESETS, LAYER_PRESETS, Preset};
use bitweight::data::Tensor;
use bitweight::design::Reset;
use bitweight::golden::binary::attention;
use bitweight::rtl;
use bitweight::sim::{self, Report, Task};
use bitweight::workload::{
    BlockRun, BlockTile, LayerRun, Tile, Workload, random_block_tiles, random_tiles,
};
use common::{check_all, run_tool};

const BINARY: Operand = Operand::BINARY;

fn axis(input: usize, kernel: usize, stride: usize, padding: usize, dilation: usize) -> Axis {
    Axis { input, kernel, stride, padding, dilation }
}

fn geometry(kind: LayerKind, axes: [Axis; 3], channels: usize, outputs: usize) -> Geometry {
    Geometry { kind, axes, channels, outputs, groups: 1, padding_value: PaddingValue::Zero }
}

fn conv2d(height: Axis, width: Axis, channels: usize, outputs: usize) -> Geometry {
    geometry(LayerKind::Conv2d, [Axis::POINT, height, width], channels, outputs)
}

fn threshold() -> Step {
    Step::Threshold { strict: false }
}

fn layer(
    name: &str,
    geometry: Geometry,
    simd: usize,
    lanes: usize,
    steps: &[Step],
) -> LayerParameters {
    LayerParameters {
        name: name.to_owned(),
        summary: "A layer under test.".to_owned(),
        geometry,
        activations: BINARY,
        input: None,
        weights: BINARY,
        simd,
        lanes,
        target: Target::Asic,
        carry_save: None,
        reset: Reset::None,
        steps: steps.to_vec(),
    }
}

/// Layers that binarize their input, and layers with a second result.
fn staged() -> Vec<Layer> {
    let scale = |width| Step::Scale { per: Per::Channel, shift: 6, width };
    let same = |size| axis(size, 3, 1, 1, 1);
    let stage = |width, strict| Some(InputStage { width, strict });
    let mut list = vec![
        LayerParameters {
            input: stage(9, false),
            ..layer("input_linear", Geometry::linear(13, 3), 5, 2, &[threshold()])
        },
        LayerParameters {
            input: stage(12, true),
            ..layer("input_single", Geometry::linear(4, 5), 4, 1, &[])
        },
        LayerParameters {
            input: stage(8, false),
            activations: Operand::Ternary,
            ..layer("input_ternary", conv2d(same(4), same(5), 7, 5), 3, 2, &[scale(9), Step::Tee])
        },
        LayerParameters {
            input: stage(2, true),
            activations: Operand::Signed { planes: 3 },
            ..layer("input_signed", conv2d(same(3), same(4), 1, 3), 1, 3, &[Step::Tee, threshold()])
        },
        LayerParameters {
            input: stage(16, false),
            activations: Operand::Unsigned { planes: 2 },
            ..layer(
                "input_levels",
                conv2d(same(5), same(5), 6, 5),
                4,
                3,
                &[
                    scale(14),
                    Step::Residual { residual: 12, width: 13 },
                    Step::Tee,
                    Step::MaxPool { window: [1, 2, 2], before_threshold: false },
                    Step::MultiThreshold { bits: 2, base: 0 },
                ],
            )
        },
        layer(
            "tee_pooled",
            conv2d(same(4), same(4), 4, 4),
            4,
            4,
            &[Step::AvgPool { window: [1, 2, 2] }, Step::Tee, threshold()],
        ),
    ];
    let by_magnitude = |shift| Step::Scale { per: Per::Magnitude, shift, width: 20 };
    list.extend([
        LayerParameters {
            input: stage(8, false),
            ..layer(
                "magnitude_linear",
                Geometry::linear(13, 5),
                5,
                2,
                &[by_magnitude(4), scale(14)],
            )
        },
        LayerParameters {
            input: stage(3, true),
            ..layer("magnitude_single", Geometry::linear(3, 4), 3, 4, &[scale(9), by_magnitude(0)])
        },
        LayerParameters {
            input: stage(12, false),
            ..layer(
                "magnitude_conv2d",
                conv2d(same(5), axis(6, 3, 2, 1, 1), 7, 3),
                4,
                2,
                &[Step::Bias { width: 5 }, by_magnitude(6), Step::Tee, threshold()],
            )
        },
    ]);
    let mut grouped = LayerParameters {
        input: stage(6, false),
        activations: Operand::Bipolar { planes: 2 },
        ..layer("input_grouped", conv2d(same(4), same(3), 10, 4), 3, 2, &[Step::Tee])
    };
    grouped.geometry.groups = 2;
    list.push(grouped);
    varied(list)
}

/// The other target for every second one, and both ways to accumulate; all reset styles.
fn varied(list: Vec<LayerParameters>) -> Vec<Layer> {
    let mut layers = Vec::new();
    for (index, mut parameters) in list.into_iter().enumerate() {
        if index % 2 == 1 {
            parameters.target = Target::Fpga;
        }
        parameters.carry_save = [None, Some(true), Some(false)][index % 3];
        parameters.reset = [Reset::None, Reset::Sync, Reset::Async][index / 2 % 3];
        layers.push(Layer::new(parameters).unwrap_or_else(|error| panic!("{error:?}")));
    }
    layers
}

/// Layers that span the space sparsely: kinds, operands, geometry, folding, steps.
fn all() -> Vec<Layer> {
    let scale = |width| Step::Scale { per: Per::Channel, shift: 6, width };
    let pool = |before_threshold| Step::MaxPool { window: [1, 2, 2], before_threshold };
    let same = |size, kernel, stride| axis(size, kernel, stride, kernel / 2, 1);
    let mut list = vec![
        layer("linear_sum", Geometry::linear(37, 11), 8, 4, &[]),
        layer("linear_bit", Geometry::linear(64, 20), 16, 8, &[threshold()]),
        layer("linear_one", Geometry::linear(1, 1), 1, 1, &[Step::Threshold { strict: true }]),
        layer(
            "linear_steps",
            Geometry::linear(24, 10),
            24,
            10,
            &[
                Step::Bias { width: 7 },
                scale(14),
                Step::Residual { residual: 12, width: 13 },
                Step::Clamp { low: -256, high: 256 },
                Step::Rprelu { shift: 8, width: 12 },
                Step::MultiThreshold { bits: 2, base: 0 },
            ],
        ),
        layer(
            "conv2d_bit",
            conv2d(same(6, 3, 1), same(5, 3, 1), 16, 8),
            16,
            4,
            &[threshold(), pool(false)],
        ),
        layer("conv2d_odd", conv2d(same(5, 3, 2), same(6, 3, 2), 5, 7), 3, 4, &[threshold()]),
        layer(
            "conv2d_pool",
            conv2d(same(7, 3, 1), same(5, 3, 1), 33, 6),
            16,
            4,
            &[threshold(), pool(true)],
        ),
        layer(
            "conv2d_small",
            conv2d(axis(2, 7, 1, 3, 1), axis(3, 5, 1, 3, 1), 3, 4),
            3,
            2,
            &[scale(12), Step::Prelu { shift: 10, width: 12 }],
        ),
        layer(
            "conv2d_stride",
            conv2d(axis(9, 2, 3, 0, 1), axis(8, 1, 5, 0, 1), 4, 3),
            2,
            1,
            &[Step::MaxPool { window: [1, 1, 2], before_threshold: false }, threshold()],
        ),
        layer(
            "conv1d_dilated",
            geometry(LayerKind::Conv1d, [Axis::POINT, axis(12, 5, 1, 4, 2), Axis::POINT], 8, 6),
            8,
            3,
            &[Step::AvgPool { window: [1, 2, 1] }, threshold()],
        ),
        layer(
            "conv3d_padded",
            geometry(LayerKind::Conv3d, [axis(4, 3, 1, 2, 1), same(4, 3, 1), same(3, 3, 1)], 6, 5),
            4,
            5,
            &[
                Step::AvgPool { window: [2, 2, 1] },
                scale(10),
                Step::MaxPool { window: [2, 1, 1], before_threshold: false },
            ],
        ),
        layer(
            "conv3d_strided",
            geometry(
                LayerKind::Conv3d,
                [axis(5, 1, 2, 0, 1), axis(3, 2, 1, 1, 1), axis(3, 3, 2, 1, 1)],
                3,
                2,
            ),
            3,
            2,
            &[],
        ),
    ];
    let mut grouped =
        layer("conv2d_grouped", conv2d(same(4, 3, 1), same(4, 3, 1), 10, 6), 3, 2, &[scale(12)]);
    grouped.geometry.groups = 2;
    let mut depthwise = layer(
        "conv1d_depthwise",
        geometry(LayerKind::Conv1d, [Axis::POINT, same(9, 5, 1), Axis::POINT], 4, 4),
        1,
        1,
        &[threshold()],
    );
    depthwise.geometry.groups = 4;
    let mut minus =
        layer("conv2d_minus", conv2d(same(4, 3, 1), same(4, 3, 1), 5, 3), 2, 3, &[threshold()]);
    minus.geometry.padding_value = PaddingValue::Minus;
    let mut plus = layer("conv2d_plus", conv2d(same(4, 3, 1), same(4, 3, 1), 5, 3), 2, 3, &[]);
    plus.geometry.padding_value = PaddingValue::Plus;
    let spatial = layer(
        "conv2d_spatial",
        conv2d(same(4, 3, 1), same(3, 3, 1), 8, 4),
        8,
        2,
        &[scale(14), Step::Scale { per: Per::Position, shift: 12, width: 12 }, threshold()],
    );
    list.extend([grouped, depthwise, minus, plus, spatial]);
    let pairs = [
        ("ternary", Operand::Ternary, Operand::Ternary),
        ("ternary_weights", BINARY, Operand::Ternary),
        ("and", Operand::Unsigned { planes: 1 }, BINARY),
        ("planes", Operand::Unsigned { planes: 2 }, BINARY),
        ("signed", Operand::Signed { planes: 4 }, Operand::Signed { planes: 3 }),
        ("bipolar_planes", Operand::Bipolar { planes: 2 }, Operand::Bipolar { planes: 3 }),
        ("bipolar_signed", Operand::Bipolar { planes: 2 }, Operand::Signed { planes: 2 }),
    ];
    for (index, (name, activations, weights)) in pairs.into_iter().enumerate() {
        let steps = if index % 2 == 0 { vec![threshold()] } else { vec![] };
        let geometry = conv2d(same(4, 3, 1), same(4, 3, 2), 5, 3);
        list.push(LayerParameters {
            activations,
            weights,
            ..layer(&format!("conv2d_{name}"), geometry, 3, 2, &steps)
        });
    }
    varied(list)
}

/// The layers that come with the tool.
fn presets() -> Vec<Layer> {
    let parse = |preset: &Preset| config::parse_layer(preset.yaml, preset.name, preset.name);
    LAYER_PRESETS.iter().map(|preset| parse(preset).unwrap_or_else(|e| panic!("{e}"))).collect()
}

fn block(preset: &Preset) -> Block {
    config::parse_block(preset.yaml, preset.name, preset.name).unwrap_or_else(|e| panic!("{e}"))
}

/// Blocks: those that come with the tool, and small ones with everything that may stand between
/// layers.
fn blocks() -> Vec<Block> {
    let own = |name: &str, text: &str| {
        config::parse_block(text, name, name).unwrap_or_else(|error| panic!("{error}"))
    };
    let mut blocks: Vec<Block> = BLOCK_PRESETS.iter().map(block).collect();
    blocks.push(own("block_tee", BLOCK_TEE));
    blocks.push(own("block_long", BLOCK_LONG));
    blocks.push(own("block_conv3d", BLOCK_CONV3D));
    blocks
}

/// Bits between the layers, real values on the shortcut, a tee at the end; ragged channels; lanes
/// that are gathered and split.
const BLOCK_TEE: &str = "
block:
  layers:
    - layer:
        conv2d: {input: [5, 4], channels: 6, outputs: 7, kernel: 3, padding: 1}
      input: {width: 8}
      folding: {simd: 3, lanes: 2}
      epilogue:
        - scale: {shift: 4, width: 12}
        - tee: {}
        - threshold: {}
    - layer:
        conv2d: {input: [5, 4], channels: 7, outputs: 7, kernel: 3, padding: 1}
      folding: {simd: 4, lanes: 4}
      epilogue:
        - scale: {shift: 4, width: 12}
        - residual: {residual: 12, width: 13}
        - tee: {}
        - multi_threshold: {bits: 2}
      shortcut: {from: 0}
    - layer:
        conv2d: {input: [5, 4], channels: 7, outputs: 7, kernel: 1}
      activations: unsigned2
      folding: {simd: 2, lanes: 2}
      epilogue:
        - scale: {shift: 2, width: 12}
        - residual: {residual: 14, width: 14}
        - tee: {}
        - threshold: {}
      shortcut: {from: 1}
";

/// One shortcut around two layers, and one from the same place to the second one.
const BLOCK_LONG: &str = "
block:
  layers:
    - layer:
        conv1d: {input: 19, channels: 5, outputs: 10, kernel: 5, padding: 2, stride: 2}
      input: {width: 9}
      folding: {simd: 1, lanes: 5}
      epilogue:
        - scale: {shift: 4, width: 12}
        - prelu: {shift: 8, width: 12}
    - layer:
        conv1d: {input: 10, channels: 10, outputs: 10, kernel: 3, padding: 2, dilation: 2}
      input: {width: 12}
      folding: {simd: 10, lanes: 5}
      epilogue:
        - bias: {width: 6}
        - maxpool: {window: 2}
        - scale: {shift: 3, width: 12}
    - name: last
      layer:
        conv1d: {input: 5, channels: 10, outputs: 20, kernel: 3, padding: 1}
      input: {width: 12}
      folding: {simd: 1, lanes: 5}
      epilogue:
        - scale: {shift: 4, width: 12}
        - residual: {residual: 12, width: 13}
      shortcut: {from: 0, avgpool: 2, repeat: 2}
";

/// A volume, and a shortcut from the input around everything.
const BLOCK_CONV3D: &str = "
block:
  layers:
    - layer:
        conv3d: {input: [4, 4, 3], channels: 4, outputs: 6, kernel: 3, padding: 1}
      input: {width: 7}
      reset: async
      folding: {simd: 2, lanes: 3}
      target: fpga
      epilogue:
        - threshold: {}
    - layer:
        conv3d: {input: [4, 4, 3], channels: 6, outputs: 4, kernel: [1, 3, 3], padding: [0, 1, 1]}
      reset: async
      folding: {simd: 6, lanes: 4}
      target: fpga
      epilogue:
        - avgpool: {window: [2, 2, 1]}
        - scale: {shift: 2, width: 10}
        - residual: {residual: 8, width: 10}
      shortcut: {from: input, avgpool: [2, 2, 1]}
";

fn texts(modules: Vec<rtl::Module>) -> Vec<(String, String)> {
    modules.into_iter().map(|module| (module.file(), module.text)).collect()
}

fn files(layer: &Layer) -> Vec<(String, String)> {
    texts(rtl::binary::modules(layer))
}

fn simulate(layer: &Layer, tiles: &[Tile], stall: f64, seed: u64) -> Result<Report, String> {
    let run =
        LayerRun::new(layer, tiles).map_err(|error| format!("{}: {error:?}", layer.name()))?;
    execute((layer.name(), files(layer)), &run, stall, seed)
}

fn execute(
    (top, files): (&str, Vec<(String, String)>),
    workload: &dyn Workload,
    stall: f64,
    seed: u64,
) -> Result<Report, String> {
    let task =
        Task { top, files, workload, seed, stall, trace: None, limit: Duration::from_secs(600) };
    let (report, _) =
        sim::execute(&task, &mut |_, _| {}).map_err(|error| format!("{top}: {error}"))?;
    if report.passed {
        return Ok(report);
    }
    let first: Vec<String> = report.first_mismatches.iter().map(ToString::to_string).collect();
    Err(format!("{top}: {} mismatches, {:?} {first:?}", report.mismatches, report.faults))
}

/// Tiles of one sample and of several, each with parameters of its own; without stalls the cycles
/// are those of the model, with stalls the results stay.
#[test]
fn layers_give_what_the_definition_gives() {
    check_all(&all(), stays_right);
}

#[test]
fn inputs_and_second_results_are_what_the_definition_gives() {
    check_all(&staged(), stays_right);
}

fn stays_right(layer: &Layer) -> Result<(), String> {
    for (seed, stall) in [(1, 0.0), (2, 0.3), (3, 0.7)] {
        let tiles = random_tiles(layer, &[1, 3, 2], seed);
        simulate(layer, &tiles, stall, seed)?;
    }
    Ok(())
}

/// Blocks against the chain of the definitions of their layers, with and without stalls: what the
/// FIFOs of the shortcuts hold suffices in any case.
#[test]
fn blocks_give_what_their_layers_give_one_after_the_other() {
    check_all(&blocks(), |block| {
        for (seed, stall) in [(1, 0.0), (2, 0.3), (3, 0.7)] {
            let tiles = random_block_tiles(block, &[1, 2, 1], seed);
            let run = BlockRun::new(block, &tiles).map_err(|error| format!("{error:?}"))?;
            execute((block.name(), texts(rtl::binary::block_modules(block))), &run, stall, seed)?;
        }
        Ok(())
    });
}

/// Attention is a block whose weights are keys and values, which stream in with each tile: against
/// its own definition, with masked keys.
#[test]
fn attention_is_a_block_of_keys_and_values() {
    let preset = BLOCK_PRESETS.iter().find(|preset| preset.name == "bert_attention").unwrap();
    let block = block(preset);
    let (queries, keys, head) = (7, 32, 64);
    // SplitMix64.
    let mut state = 3u64;
    let mut draw = || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    };
    let mut tiles = Vec::new();
    let mut expected = Vec::new();
    for _ in 0..3 {
        let mut signs = |rows: usize| {
            Tensor::from_fn([1, 1, rows, 1, head], |_| if draw() & 1 == 1 { 1 } else { -1 })
        };
        let (q, k, v) = (signs(queries), signs(keys), signs(keys));
        let masked: Vec<bool> = (0..keys).map(|_| draw().is_multiple_of(5)).collect();
        expected.push(attention(&q, &k, &v, &masked).data);
        let limit = |&masked: &bool| if masked { head as i64 } else { 0 };
        let score = LayerValues {
            weights: Tensor { shape: [keys, 1, 1, 1, head], ..k },
            input: Vec::new(),
            steps: vec![vec![masked.iter().map(limit).collect(), vec![0; keys]]],
        };
        let values = |[c, _, _, _, j]: [usize; 5]| v.at([0, 0, j, 0, c]);
        let context = LayerValues {
            weights: Tensor::from_fn([head, 1, 1, 1, keys], values),
            input: Vec::new(),
            steps: Vec::new(),
        };
        let x = Tensor { shape: [queries, 1, 1, 1, head], ..q };
        tiles.push(BlockTile { x, values: vec![score, context] });
    }
    let run = BlockRun::new(&block, &tiles).unwrap();
    let results: Vec<Vec<i64>> = run.results().iter().map(|result| result.data.clone()).collect();
    assert_eq!(results, expected);
    assert!(results.iter().flatten().any(|&value| value != 0), "nobody attends to anything");
    for stall in [0.0, 0.4] {
        let files = texts(rtl::binary::block_modules(&block));
        execute((block.name(), files), &run, stall, 5).unwrap();
    }
}

/// The depth of a FIFO is not only enough: with less than what it says less the position that may
/// still be at the fork, the layer waits for rows that cannot come.
#[test]
fn a_shortcut_with_a_smaller_fifo_gets_stuck() {
    let blocks: Vec<Block> = BLOCK_PRESETS.iter().map(block).collect();
    let shortcuts: Vec<(&Block, usize)> = blocks
        .iter()
        .flat_map(|block| (0..block.layers().len()).map(move |index| (block, index)))
        .filter(|(block, index)| block.shortcut(*index).is_some())
        .collect();
    check_all(&shortcuts, |&(block, index)| {
        let depth = block.shortcut_depth(index).unwrap();
        let position = depth / block.waiting_positions(index).unwrap();
        let smaller = depth - position - 3;
        let (module, full) = (format!("{}_fifo_r{index}.v", block.name()), format!("'d{depth};"));
        let mut files = texts(rtl::binary::block_modules(block));
        let fifo = files.iter_mut().find(|(name, _)| *name == module).unwrap();
        assert!(fifo.1.contains("assign ready_o = count_q != "), "{}", fifo.1);
        fifo.1 = fifo.1.replace(&full, &format!("'d{smaller};"));
        let run = BlockRun::new(block, &random_block_tiles(block, &[1], 1)).unwrap();
        match execute((block.name(), files), &run, 0.0, 1) {
            Err(reason) if reason.contains("stuck") => Ok(()),
            other => Err(format!("{module} with {smaller} instead of {depth}: {other:?}")),
        }
    });
}

#[test]
fn presets_give_what_the_definition_gives() {
    check_all(&presets(), |layer| {
        simulate(layer, &random_tiles(layer, &[1], 1), 0.0, 1)?;
        simulate(layer, &random_tiles(layer, &[1, 1], 2), 0.2, 2).map(drop)
    });
}

/// Look-up tables that `synth_xilinx` makes of the module `top` with each of its two mappers, given
/// the files of its modules.
fn look_up_tables(files: &[(String, String)], top: &str) -> [usize; 2] {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        std::fs::write(folder.path().join(name), text).unwrap();
    }
    let sources: Vec<&str> = files.iter().map(|(name, _)| name.as_str()).collect();
    ["", " -abc9"].map(|mapper| {
        let script = format!(
            "read_verilog {}; synth_xilinx -family xcup -flatten{mapper} -top {top}; \
             setattr -mod -unset keep_hierarchy *; flatten; opt_clean -purge; tee -o stat.txt stat",
            sources.join(" ")
        );
        let said = run_tool("yosys", folder.path(), &["-p".to_owned(), script]);
        assert!(said.success, "{}", said.text);
        let stat = std::fs::read_to_string(folder.path().join("stat.txt")).unwrap();
        let luts = stat.lines().filter_map(|line| {
            let mut words = line.split_whitespace();
            let kind = words.next()?;
            let number = words.next()?.parse::<usize>().ok()?;
            kind.starts_with("LUT").then_some(number)
        });
        luts.sum()
    })
}

/// What `synth_xilinx` makes of an element of 64 terms: LUTs of the popcount, and of the whole
/// element with accumulator and sign.
#[test]
fn popcounts_take_few_look_up_tables() {
    let count = |name: &str, geometry: Geometry, module: &str| {
        let parameters = LayerParameters {
            target: Target::Fpga,
            ..layer(name, geometry, 64, 1, &[threshold()])
        };
        let layer = Layer::new(parameters).unwrap();
        look_up_tables(&files(&layer), &format!("{name}_{module}"))
    };
    let linear = Geometry::linear(576, 8);
    // The adder of the popcount's two words is in the element: a table for each of its 7 bits.
    let popcount = count("dot64", linear.clone(), "dot").map(|luts| luts + 7);
    let element = count("element64", linear, "element");
    let padded = conv2d(axis(4, 3, 1, 1, 1), axis(4, 3, 1, 1, 1), 64, 4);
    let masked = count("masked64", padded, "element");
    eprintln!(
        "64 terms, ABC and ABC9: popcount {popcount:?}, element {element:?}, mask {masked:?}"
    );
    for (what, luts, limit) in
        [("popcount", popcount, 90), ("element", element, 97), ("with a mask", masked, 105)]
    {
        assert!(luts.iter().all(|&luts| luts <= limit), "{what}: {luts:?} LUTs, not {limit}");
    }
}

/// The same of the elements of arrays, for sums of 576 terms, which take no more than 1.5 per bit
/// with any mapper, and of as many as when nothing is said, whose accumulator is 7 bits wider.
#[test]
fn elements_of_arrays_take_few_look_up_tables() {
    for array in ["systolic_os: {rows: 2, cols: 2}", "matrix2d: {rows: 2, cols: 2, depth: 64}"] {
        for (k_max, limit) in [(576, 96), (65_536, 103)] {
            let text = format!(
                "name: few\narray: {{{array}}}\nelement: xnor\ntarget: fpga\noperands:\n  \
                 a: {{width: 1, format: bipolar}}\n  b: {{width: 1, format: bipolar}}\n\
                 accumulator: {{k_max: {k_max}}}\n"
            );
            let design = config::parse(&text, "few.yaml", "few").unwrap();
            let luts = look_up_tables(&texts(rtl::modules(&design)), "few_pe");
            eprintln!("LUTs of 64 terms in {array}, up to {k_max} terms: {luts:?}");
            let few = luts.iter().all(|&luts| luts <= limit);
            assert!(few, "{luts:?} LUTs, not {limit}: {array}, up to {k_max} terms");
        }
    }
}

#[test]
fn verilog_is_clean() {
    let layers = all().into_iter().chain(staged()).chain(presets());
    let mut tops: Vec<(String, Vec<(String, String)>)> =
        layers.map(|layer| (layer.name().to_owned(), files(&layer))).collect();
    let modules = |block: &Block| texts(rtl::binary::block_modules(block));
    tops.extend(blocks().iter().map(|block| (block.name().to_owned(), modules(block))));
    check_all(&tops, |(top, files)| {
        let folder = tempfile::tempdir().unwrap();
        let mut names = Vec::new();
        for (name, text) in files {
            let long = text.lines().find(|line| line.len() > 100 || !line.is_ascii());
            if let Some(line) = long {
                return Err(format!("{name}: {line}"));
            }
            std::fs::write(folder.path().join(name), text).unwrap();
            names.push(name.clone());
        }
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
        let verilator = format!("--lint-only -Wall --language 1364-2005 --top-module {top}");
        let icarus = format!("-g2005 -Wall -o /dev/null -s {top}");
        for (program, arguments) in [("verilator", verilator), ("iverilog", icarus)] {
            let said =
                run_tool(program, folder.path(), &[words(&arguments), names.clone()].concat());
            if !said.success || !said.text.is_empty() {
                return Err(format!("{top}: {}", said.text));
            }
        }
        let script = format!(
            "read_verilog {}; hierarchy -check -top {top}; proc; check -assert",
            names.join(" ")
        );
        let said = run_tool("yosys", folder.path(), &[words("-q -e . -p"), vec![script]].concat());
        if !said.success || said.text.to_lowercase().contains("warning") {
            return Err(format!("{top}: {}", said.text));
        }
        Ok(())
    });
}
