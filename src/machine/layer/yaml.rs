//! The configuration of a layer engine as YAML.

use crate::binary::{Axis, Geometry, Layer, LayerKind, PaddingValue, Per, Step};
use crate::machine::{reset_name, yaml_head};

/// The configuration as validated.
pub(super) fn configuration(layer: &Layer) -> String {
    yaml_head(layer) + &body(layer)
}

/// The configuration of a layer without its name.
pub(in crate::machine) fn body(layer: &Layer) -> String {
    let parameters = layer.parameters();
    let geometry = layer.geometry();
    let reset = reset_name(parameters.reset);
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

pub(in crate::machine) fn list(kind: LayerKind, of: impl Fn(usize) -> usize) -> String {
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
