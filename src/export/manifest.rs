//! The machine-readable description of a generated design: one schema for all machines.

use serde_json::{Map, Value, json};

use super::package::PackageFile;
use crate::design::{FORMAT_VERSION, Memory, Stream};
use crate::machine::{Facts, Machine};

/// The manifest of a machine with its memories and files: Verilog, and all others.
pub(super) fn manifest(
    machine: &dyn Machine,
    memories: &[Memory],
    [verilog, others]: [&[PackageFile]; 2],
) -> Value {
    let Facts { parts, sections, latency } = machine.facts();
    let arrays = !parts.is_empty();
    let streams = machine.streams();
    let ports = Stream::ports_of_top(&streams);
    let streams: Vec<Value> = streams.iter().map(|(role, stream)| describe(role, stream)).collect();
    let mut entries = vec![
        ("format_version", json!(FORMAT_VERSION)),
        ("generator", json!(concat!("bitweight ", env!("CARGO_PKG_VERSION")))),
        ("design", json!(machine.name())),
        ("summary", json!(machine.summary())),
        ("configuration", json!(machine.hash())),
        ("top", json!(machine.name())),
    ];
    entries.extend(parts.into_iter().map(|(role, module)| (role, json!(module))));
    entries.extend([
        ("contract", json!(machine.contract())),
        ("clock", json!("aclk")),
        ("reset", json!("aresetn")),
    ]);
    entries.extend(sections);
    entries.extend([("streams", json!(streams)), ("ports", json!(ports)), ("latency", latency)]);
    entries.extend(arrays.then(|| ("memories", json!(memories))));
    entries.extend([("files", digests(verilog)), ("other_files", digests(others))]);
    let named = entries.into_iter().map(|(key, value)| (key.to_owned(), value));
    Value::Object(named.collect::<Map<String, Value>>())
}

/// A stream of the top.
fn describe(role: &str, stream: &Stream) -> Value {
    json!({
        "name": stream.name,
        "role": role,
        "direction": stream.direction(),
        "lanes": stream.lanes,
        "lane_width": stream.lane_width,
        "lanes_per_transfer": stream.lanes_per_transfer,
        "transfers_per_beat": stream.transfers_per_beat,
        "data_width": stream.data_width(),
        "last": stream.has_last,
    })
}

/// Path and digest of each file.
fn digests(files: &[PackageFile]) -> Value {
    let entry = |file: &PackageFile| json!({ "path": file.path, "sha256": file.sha256() });
    files.iter().map(entry).collect()
}
