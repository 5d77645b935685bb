//! All files of a generated design.

use askama::Template;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::manifest::manifest;
use super::recorded::Recorded;
use super::source::Source;
use super::testbench;
use crate::design::{Memory, Reset};
use crate::machine::Machine;
use crate::rtl::Module;

/// Clock period (ns) that the constraints start from.
const PERIOD: &str = "2.0";

/// One file of the output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageFile {
    /// Path within the folder.
    pub path: String,
    /// Content.
    pub text: String,
}

impl PackageFile {
    pub(super) fn new(path: String, text: String) -> Self {
        Self { path, text }
    }

    /// SHA-256 of the content in hexadecimal.
    #[must_use]
    pub fn sha256(&self) -> String {
        sha256(self.text.as_bytes())
    }
}

/// SHA-256 in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The files of a design, the manifest last.
#[derive(Clone, Debug)]
pub struct Package {
    /// Name of the design.
    pub design: String,
    /// Path of the top within the folder.
    pub top: String,
    /// All files.
    pub files: Vec<PackageFile>,
}

/// Name of the manifest in its folder.
pub(super) const MANIFEST: &str = "manifest.json";

#[derive(Template)]
#[template(path = "constraints.sdc")]
struct Constraints<'a> {
    name: &'a str,
    version: &'a str,
    hash: String,
    period: &'a str,
    inputs: String,
    outputs: String,
    asynchronous_reset: bool,
}

#[derive(Template)]
#[template(path = "files.f")]
struct FileList<'a> {
    files: &'a [String],
}

impl Package {
    /// Generates all files of a design.
    #[must_use]
    pub fn new(machine: &dyn Machine) -> Self {
        let name = machine.name();
        let modules = machine.modules();
        let top = modules.last().map(Module::file).unwrap_or_default();
        let memories: Vec<Memory> =
            modules.iter().flat_map(|module| module.memories.clone()).collect();
        let verilog: Vec<PackageFile> = modules
            .into_iter()
            .map(|module| PackageFile::new(module.file(), module.text))
            .collect();
        let paths: Vec<String> = verilog.iter().map(|file| file.path.clone()).collect();
        let mut others = vec![
            PackageFile::new(format!("{name}.yaml"), machine.yaml()),
            PackageFile::new("files.f".to_owned(), file_list(&paths)),
            PackageFile::new(format!("{name}.sdc"), constraints(machine)),
        ];
        others.extend(testbench::files(machine, &paths));
        let manifest = manifest(machine, &memories, [&verilog, &others]);
        let mut files = verilog;
        files.extend(others);
        files.push(PackageFile::new(MANIFEST.to_owned(), format!("{manifest:#}\n")));
        Self { design: name.to_owned(), top, files }
    }

    /// The package with where its configuration came from in its manifest.
    #[must_use]
    pub fn from_source(mut self, source: Option<&Source>) -> Self {
        let Some(file) = self.files.iter_mut().find(|file| file.path == MANIFEST) else {
            return self;
        };
        let Ok(Value::Object(entries)) = serde_json::from_str(&file.text) else { return self };
        let mut manifest = serde_json::Map::new();
        for (key, value) in entries.into_iter().filter(|(key, _)| key != "source") {
            let after = key == "configuration";
            manifest.insert(key, value);
            if let (true, Some(source)) = (after, source) {
                manifest.insert("source".to_owned(), source.to_json());
            }
        }
        file.text = format!("{:#}\n", Value::Object(manifest));
        self
    }

    /// What the manifest says.
    #[must_use]
    pub fn recorded(&self) -> Option<Recorded> {
        let manifest = self.files.iter().find(|file| file.path == MANIFEST)?;
        Recorded::parse(&manifest.text)
    }
}

/// A template's text with exactly one final newline and none before the first line.
pub(super) fn render(template: &impl Template) -> String {
    let text = template.render().expect("templates only print strings and numbers");
    format!("{}\n", text.trim_matches('\n'))
}

/// One path per line, in compile order.
pub(super) fn file_list(files: &[String]) -> String {
    render(&FileList { files })
}

/// The constraints of a top.
fn constraints(machine: &dyn Machine) -> String {
    let streams = machine.streams();
    let of = |output: bool| streams.iter().filter(move |(_, stream)| stream.is_output() == output);
    let list = |output: bool| {
        let mut ports = Vec::new();
        for (_, stream) in of(output) {
            ports.push(format!("{}_tvalid", stream.name));
            ports.push(format!("{}_tdata[*]", stream.name));
            if stream.has_last {
                ports.push(format!("{}_tlast", stream.name));
            }
        }
        ports
    };
    let ready = |output: bool| {
        of(output).map(|(_, stream)| format!("{}_tready", stream.name)).collect::<Vec<_>>()
    };
    render(&Constraints {
        name: machine.name(),
        version: env!("CARGO_PKG_VERSION"),
        hash: machine.hash(),
        period: PERIOD,
        inputs: [list(false), ready(true)].concat().join(" "),
        outputs: [list(true), ready(false)].concat().join(" "),
        asynchronous_reset: machine.reset() == Reset::Async,
    })
}
