//! Blocks of layers as machines.

use serde_json::{Value, json};

use super::layer::SAMPLES;
use super::layer::facts::{derived, frame};
use super::layer::yaml::{body, list};
use super::{Facts, Machine, yaml_head};
use crate::binary::{Block, Layer};
use crate::design::{Reset, Stream};
use crate::rtl::{self, Module};
use crate::workload::{BlockRun, Workload, random_block_tiles};

impl Machine for Block {
    fn name(&self) -> &str {
        Self::name(self)
    }

    fn summary(&self) -> &str {
        &self.parameters().summary
    }

    fn hash(&self) -> String {
        Self::hash(self)
    }

    fn reset(&self) -> Reset {
        Self::reset(self)
    }

    fn contract(&self) -> &'static str {
        "binarized_block"
    }

    fn streams(&self) -> Vec<(&'static str, Stream)> {
        Self::streams(self)
    }

    fn modules(&self) -> Vec<Module> {
        rtl::binary::block_modules(self)
    }

    fn yaml(&self) -> String {
        configuration(self)
    }

    fn facts(&self) -> Facts {
        facts(self)
    }

    fn trial(&self, run: &mut dyn FnMut(&[&dyn Workload])) {
        let tiles = random_block_tiles(self, SAMPLES, 1);
        if let Ok(block) = BlockRun::new(self, &tiles) {
            run(&[&block]);
        }
    }
}

/// What the manifest says of a block beside what it says of every machine.
fn facts(block: &Block) -> Facts {
    let layers: Vec<Value> = block
        .layers()
        .iter()
        .enumerate()
        .map(|(index, layer)| {
            let shortcut = block.shortcut(index).map(|shortcut| {
                json!({
                    "from": shortcut.from.checked_sub(1),
                    "window": shortcut.window,
                    "repeat": shortcut.repeat,
                    "fifo_transfers": block.shortcut_depth(index),
                })
            });
            json!({
                "name": layer.name(),
                "parameters": derived(layer),
                "parameter_frame": frame(layer),
                "shortcut": shortcut,
            })
        })
        .collect();
    Facts {
        parts: Vec::new(),
        sections: vec![("layers", json!(layers))],
        latency: json!({
            "cycles_of_a_sample": block.slowest().map(Layer::cycles_of_sample),
            "slowest_layer": block.slowest().map(Layer::name),
        }),
    }
}

/// The configuration as validated.
fn configuration(block: &Block) -> String {
    let mut text = yaml_head(block) + "block:\n  layers:\n";
    for (index, layer) in block.layers().iter().enumerate() {
        let (own, shortcut) = &block.parameters().layers[index];
        let mut lines = format!("name: {}\n{}", own.name, body(layer));
        if let Some(shortcut) = shortcut {
            let kind = layer.geometry().kind;
            let from = match shortcut.from {
                0 => "input".to_owned(),
                from => (from - 1).to_string(),
            };
            let window = match kind.axes() {
                [] => String::new(),
                _ => format!(", avgpool: {}", list(kind, |axis| shortcut.window[axis])),
            };
            lines += &format!("shortcut: {{from: {from}{window}, repeat: {}}}\n", shortcut.repeat);
        }
        for (number, line) in lines.lines().enumerate() {
            let lead = if number == 0 { "    - " } else { "      " };
            text += &format!("{lead}{line}\n");
        }
    }
    text
}
