//! All files of a block of binarized layers.

use serde_json::{Value, json};

use super::layer::{SAMPLES, body, derived, digests, frame, interface, list};
use super::package::{MANIFEST, Package, PackageFile, constraints, file_list};
use super::testbench;
use crate::binary::{Block, BlockRun, Layer, random_block_tiles};
use crate::design::{FORMAT_VERSION, Reset};
use crate::rtl;
use crate::vectors::Workload;

impl Package {
    /// Generates all files of a block.
    #[must_use]
    pub fn of_block(block: &Block) -> Self {
        let name = block.name();
        let modules = rtl::binary::block_modules(block);
        let top = modules.last().map(rtl::Module::file).unwrap_or_default();
        let verilog: Vec<PackageFile> = modules
            .into_iter()
            .map(|module| PackageFile::new(module.file(), module.text))
            .collect();
        let paths: Vec<String> = verilog.iter().map(|file| file.path.clone()).collect();
        let streams = block.streams();
        let sdc = constraints((name, block.hash()), &streams, block.reset() == Reset::Async);
        let mut others = vec![
            PackageFile::new(format!("{name}.yaml"), configuration(block)),
            PackageFile::new("files.f".to_owned(), file_list(&paths)),
            PackageFile::new(format!("{name}.sdc"), sdc),
        ];
        // The result of the testbench is called c, as for all designs; what comes out beside it
        // follows it.
        let mut roles: Vec<&'static str> =
            streams.iter().map(|(role, _)| if *role == "y" { "c" } else { *role }).collect();
        roles.sort_by_key(|role| *role == "t");
        let tiles = random_block_tiles(block, SAMPLES, 1);
        if let Ok(run) = BlockRun::new(block, &tiles) {
            let workloads: [&dyn Workload; 1] = [&run];
            let names = (name, block.hash());
            others.extend(testbench::of_workloads(names, &roles, &workloads, &paths));
        }
        let manifest = manifest(block, &verilog, &others);
        let mut files = verilog;
        files.extend(others);
        files.push(PackageFile::new(MANIFEST.to_owned(), format!("{manifest:#}\n")));
        Self { design: name.to_owned(), top, files }
    }
}

fn manifest(block: &Block, verilog: &[PackageFile], others: &[PackageFile]) -> Value {
    let (ports, streams) = interface(&block.streams());
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
    json!({
        "format_version": FORMAT_VERSION,
        "generator": concat!("bitweight ", env!("CARGO_PKG_VERSION")),
        "design": block.name(),
        "summary": block.parameters().summary,
        "configuration": block.hash(),
        "top": block.name(),
        "contract": "binarized_block",
        "clock": "aclk",
        "reset": "aresetn",
        "layers": layers,
        "streams": streams,
        "ports": ports,
        "latency": {
            "cycles_of_a_sample": block.slowest().map(Layer::cycles_of_sample),
            "slowest_layer": block.slowest().map(Layer::name),
        },
        "files": digests(verilog),
        "other_files": digests(others),
    })
}

/// The configuration as validated.
fn configuration(block: &Block) -> String {
    let summary = Value::from(block.parameters().summary.as_str());
    let mut text = format!(
        "# The configuration of this folder, as validated by bitweight {}.\nname: {}\nsummary: \
         {summary}\nblock:\n  layers:\n",
        env!("CARGO_PKG_VERSION"),
        block.name()
    );
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    /// The configuration that comes with the output describes the same block.
    #[test]
    fn the_written_configuration_gives_the_same_files() {
        for preset in config::BLOCK_PRESETS {
            let block = config::parse_block(preset.yaml, preset.name, preset.name).unwrap();
            let package = Package::of_block(&block);
            let yaml = package.files.iter().find(|file| file.path.ends_with(".yaml")).unwrap();
            let again = config::parse_block(&yaml.text, "written", "unused")
                .unwrap_or_else(|error| panic!("{error}\n{}", yaml.text));
            let written = Package::of_block(&again).files;
            let differs = written.iter().zip(&package.files).find(|(a, b)| a != b);
            assert_eq!(differs, None, "{}", preset.name);
        }
    }
}
