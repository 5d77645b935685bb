//! All files of a binarized layer engine.

use serde_json::{Value, json};

use super::package::{MANIFEST, Package, PackageFile, constraints, file_list};
use super::testbench;
use crate::binary::{
    Axis, Geometry, Layer, LayerKind, LayerRun, PaddingValue, Per, Step, TableOf, random_tiles,
};
use crate::design::{FORMAT_VERSION, Reset, Stream};
use crate::rtl;
use crate::vectors::Workload;

/// Samples of the tiles of the testbench.
pub(super) const SAMPLES: &[usize] = &[1, 2];

impl Package {
    /// Generates all files of a layer engine.
    #[must_use]
    pub fn of_layer(layer: &Layer) -> Self {
        let name = layer.name();
        let modules = rtl::binary::modules(layer);
        let top = modules.last().map(rtl::Module::file).unwrap_or_default();
        let verilog: Vec<PackageFile> = modules
            .into_iter()
            .map(|module| PackageFile::new(module.file(), module.text))
            .collect();
        let paths: Vec<String> = verilog.iter().map(|file| file.path.clone()).collect();
        let asynchronous = layer.reset() == Reset::Async;
        let streams = layer.streams();
        let sdc = constraints((name, layer.hash()), &streams, asynchronous);
        let mut others = vec![
            PackageFile::new(format!("{name}.yaml"), configuration(layer)),
            PackageFile::new("files.f".to_owned(), file_list(&paths)),
            PackageFile::new(format!("{name}.sdc"), sdc),
        ];
        // The result of the testbench is called c, as for all designs.
        let mut roles: Vec<&'static str> =
            streams.iter().map(|(role, _)| if *role == "y" { "c" } else { *role }).collect();
        // What comes out beside the result follows it.
        roles.sort_by_key(|role| *role == "t");
        let tiles = random_tiles(layer, SAMPLES, 1);
        if let Ok(run) = LayerRun::new(layer, &tiles) {
            let workloads: [&dyn Workload; 1] = [&run];
            others.extend(testbench::of_workloads(
                (name, layer.hash()),
                &roles,
                &workloads,
                &paths,
            ));
        }
        let manifest = manifest(layer, &verilog, &others);
        let text = format!("{manifest:#}\n");
        let mut files = verilog;
        files.extend(others);
        files.push(PackageFile::new(MANIFEST.to_owned(), text));
        Self { design: name.to_owned(), top, files }
    }
}

/// Path and digest of each file.
pub(super) fn digests(files: &[PackageFile]) -> Vec<Value> {
    let entry = |file: &PackageFile| json!({ "path": file.path, "sha256": file.sha256() });
    files.iter().map(entry).collect()
}

/// The ports of a top with these streams, and the streams themselves.
pub(super) fn interface(list: &[(&'static str, Stream)]) -> (Vec<Value>, Vec<Value>) {
    let mut ports = vec![
        json!({ "name": "aclk", "direction": "input", "width": 1 }),
        json!({ "name": "aresetn", "direction": "input", "width": 1 }),
    ];
    let mut streams = Vec::new();
    for (role, stream) in list {
        let (forward, backward) =
            if matches!(*role, "t" | "y") { ("output", "input") } else { ("input", "output") };
        let mut port = |signal: &str, direction: &str, width: usize| {
            let name = format!("{}_{signal}", stream.name);
            ports.push(json!({ "name": name, "direction": direction, "width": width }));
        };
        port("tvalid", forward, 1);
        port("tready", backward, 1);
        port("tdata", forward, stream.data_width());
        if stream.has_last {
            port("tlast", forward, 1);
        }
        streams.push(json!({
            "name": stream.name,
            "role": role,
            "direction": forward,
            "lanes": stream.lanes,
            "lane_width": stream.lane_width,
            "lanes_per_transfer": stream.lanes_per_transfer,
            "transfers_per_beat": stream.transfers_per_beat,
            "data_width": stream.data_width(),
            "last": stream.has_last,
        }));
    }
    (ports, streams)
}

/// The sections of a parameter frame.
pub(super) fn frame(layer: &Layer) -> Vec<Value> {
    let sections = layer.sections();
    sections
        .iter()
        .map(|section| {
            json!({
                "section": format!("{:?}", section.kind).to_lowercase(),
                "record_width": section.width,
                "addresses": section.depth,
                "records_per_address": section.lanes,
            })
        })
        .collect()
}

/// What is derived from the configuration of a layer.
pub(super) fn derived(layer: &Layer) -> Value {
    let geometry = layer.geometry();
    let range = layer.dot_range();
    let steps: Vec<Value> = layer
        .steps()
        .iter()
        .map(|placed| {
            let tables: Vec<Value> = placed
                .tables
                .iter()
                .map(|table| {
                    let of = match table.of {
                        TableOf::Channels(_) => "channel",
                        TableOf::Positions => "position",
                    };
                    json!({ "name": table.name, "width": table.width, "of": of })
                })
                .collect();
            json!({
                "step": placed.step.name(),
                "input": [placed.input.min, placed.input.max],
                "output": [placed.output.min, placed.output.max],
                "tables": tables,
            })
        })
        .collect();
    let output = layer.output_range();
    json!({
        "kind": geometry.kind.name(),
        "input": geometry.input(),
        "channels": geometry.channels,
        "output": layer.output_shape(),
        "outputs": geometry.outputs,
        "groups": geometry.groups,
        "input_width": layer.input_stage().map(|stage| stage.width),
        "activations": layer.parameters().activations.to_string(),
        "weights": layer.parameters().weights.to_string(),
        "fan_in": geometry.fan_in(),
        "simd": layer.simd(),
        "lanes": layer.lanes(),
        "target": layer.parameters().target.name(),
        "carry_save": layer.carry_save(),
        "dot_product": [range.min, range.max],
        "accumulator_width": layer.accumulator_width(),
        "output_width": output.width(),
        "output_signed": output.is_signed(),
        "steps": steps,
    })
}

fn manifest(layer: &Layer, verilog: &[PackageFile], others: &[PackageFile]) -> Value {
    let (ports, streams) = interface(&layer.streams());
    json!({
        "format_version": FORMAT_VERSION,
        "generator": concat!("bitweight ", env!("CARGO_PKG_VERSION")),
        "design": layer.name(),
        "summary": layer.parameters().summary,
        "configuration": layer.hash(),
        "top": layer.name(),
        "contract": "binarized_layer",
        "clock": "aclk",
        "reset": "aresetn",
        "parameters": derived(layer),
        "parameter_frame": frame(layer),
        "streams": streams,
        "ports": ports,
        "latency": {
            "cycles_of_a_position": layer.cycles_of_position(),
            "cycles_of_a_sample": layer.cycles_of_sample(),
            "pipeline_stages": layer.pipeline_stages(),
            "rows_buffered": layer.ring(),
        },
        "files": digests(verilog),
        "other_files": digests(others),
    })
}

/// The configuration as validated.
fn configuration(layer: &Layer) -> String {
    // A JSON string is a YAML string, whatever the summary contains.
    let summary = Value::from(layer.parameters().summary.as_str());
    format!(
        "# The configuration of this folder, as validated by bitweight {}.\nname: {}\nsummary: \
         {summary}\n{}",
        env!("CARGO_PKG_VERSION"),
        layer.name(),
        body(layer)
    )
}

/// The configuration of a layer without its name.
pub(super) fn body(layer: &Layer) -> String {
    let parameters = layer.parameters();
    let geometry = layer.geometry();
    let reset = match parameters.reset {
        Reset::Sync => "sync",
        Reset::Async => "async",
        Reset::None => "none",
    };
    let mut text = format!(
        "layer:\n  {}\n{}activations: {}\nweights: {}\nfolding: {{simd: {}, lanes: {}}}\ntarget: \
         {}\ncarry_save: {}\nreset: {reset}\n",
        shape(geometry),
        input(layer),
        parameters.activations,
        parameters.weights,
        layer.simd(),
        layer.lanes(),
        parameters.target.name(),
        layer.carry_save(),
    );
    if !parameters.steps.is_empty() {
        text += "epilogue:\n";
    }
    for step in &parameters.steps {
        text += &format!("  - {}: {{{}}}\n", step.name(), fields(step, geometry.kind));
    }
    text
}

fn input(layer: &Layer) -> String {
    layer.input_stage().map_or_else(String::new, |stage| {
        let compare = compare(stage.strict);
        format!("input: {{width: {}, compare: {compare}}}\n", stage.width)
    })
}

const fn compare(strict: bool) -> &'static str {
    if strict { "greater" } else { "greater_equal" }
}

pub(super) fn list(kind: LayerKind, of: impl Fn(usize) -> usize) -> String {
    let sizes: Vec<String> = kind.axes().iter().map(|&axis| of(axis).to_string()).collect();
    format!("[{}]", sizes.join(", "))
}

fn shape(geometry: &Geometry) -> String {
    let kind = geometry.kind;
    if kind == LayerKind::Linear {
        return format!("linear: {{inputs: {}, outputs: {}}}", geometry.channels, geometry.outputs);
    }
    let each = |of: &dyn Fn(&Axis) -> usize| list(kind, |axis| of(&geometry.axes[axis]));
    let padding = match geometry.padding_value {
        PaddingValue::Zero => "zero",
        PaddingValue::Minus => "minus",
        PaddingValue::Plus => "plus",
    };
    format!(
        "{kind}:\n    input: {}\n    channels: {}\n    outputs: {}\n    kernel: {}\n    stride: {}\n    \
         padding: {}\n    dilation: {}\n    groups: {}\n    padding_value: {padding}",
        each(&|axis| axis.input),
        geometry.channels,
        geometry.outputs,
        each(&|axis| axis.kernel),
        each(&|axis| axis.stride),
        each(&|axis| axis.padding),
        each(&|axis| axis.dilation),
        geometry.groups,
    )
}

fn fields(step: &Step, kind: LayerKind) -> String {
    match step {
        Step::Threshold { strict } => format!("compare: {}", compare(*strict)),
        Step::MultiThreshold { bits, base } => format!("bits: {bits}, base: {base}"),
        Step::Bias { width } => format!("width: {width}"),
        Step::Scale { per, shift, width } => {
            let per = match per {
                Per::Channel => "channel",
                Per::Position => "position",
                Per::Magnitude => "magnitude",
            };
            format!("per: {per}, shift: {shift}, width: {width}")
        }
        Step::Prelu { shift, width } | Step::Rprelu { shift, width } => {
            format!("shift: {shift}, width: {width}")
        }
        Step::Residual { residual, width } => format!("residual: {residual}, width: {width}"),
        Step::Tee => String::new(),
        Step::Clamp { low, high } => format!("low: {low}, high: {high}"),
        Step::MaxPool { window, before_threshold } => {
            let window = list(kind, |axis| window[axis]);
            format!("window: {window}, before_threshold: {before_threshold}")
        }
        Step::AvgPool { window } => format!("window: {}", list(kind, |axis| window[axis])),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    /// The configuration that comes with the output describes the same layer.
    #[test]
    fn the_written_configuration_gives_the_same_files() {
        for preset in config::LAYER_PRESETS {
            let layer = config::parse_layer(preset.yaml, preset.name, preset.name).unwrap();
            let package = Package::of_layer(&layer);
            let yaml = package.files.iter().find(|file| file.path.ends_with(".yaml")).unwrap();
            let again = config::parse_layer(&yaml.text, "written", "unused")
                .unwrap_or_else(|error| panic!("{error}\n{}", yaml.text));
            let written: Vec<_> = Package::of_layer(&again).files;
            let differs = written.iter().zip(&package.files).find(|(a, b)| a != b);
            assert_eq!(differs, None, "{}", preset.name);
        }
    }
}
