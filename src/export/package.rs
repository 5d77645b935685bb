//! All files of a generated design.

use askama::Template;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::recorded::Recorded;
use super::source::Source;
use super::testbench;
use crate::arith::Levels;
use crate::arith::carry_save::CarryStorage;
use crate::arith::operand::Operand;
use crate::design::{
    Design, Element, Manifest, ManifestFile, Reset, SignCorrection, Stream, Target, Topology,
};
use crate::rtl;

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

#[derive(Template)]
#[template(path = "design.yaml")]
struct Configuration<'a> {
    version: &'a str,
    design: &'a Design,
    summary: String,
    reset: &'a str,
    carry_every: Option<usize>,
    sign_correction: Option<SignCorrection>,
    lanes: bool,
    /// Plain operators: the synthesis tool makes these choices.
    plain: bool,
    /// Popcounts of words: nothing is encoded.
    words: bool,
    /// Carry chains add up: there is no adder to choose.
    chains: bool,
    /// How the codes of A and B are read.
    formats: (String, String),
}

impl Package {
    /// Generates all files of a design.
    #[must_use]
    pub fn new(design: &Design) -> Self {
        let name = &design.name;
        let modules = rtl::modules(design);
        let top = modules.last().map(rtl::Module::file).unwrap_or_default();
        let memories = modules.iter().flat_map(|module| module.memories.clone()).collect();
        let verilog: Vec<PackageFile> = modules
            .into_iter()
            .map(|module| PackageFile::new(module.file(), module.text))
            .collect();
        let paths: Vec<String> = verilog.iter().map(|file| file.path.clone()).collect();
        let mut others = vec![
            PackageFile::new(format!("{name}.yaml"), configuration(design)),
            PackageFile::new("files.f".to_owned(), file_list(&paths)),
            PackageFile::new(
                format!("{name}.sdc"),
                constraints((name, design.hash()), &design.streams(), design.reset == Reset::Async),
            ),
        ];
        others.extend(testbench::files(design, &paths));
        let list = |files: &[PackageFile]| {
            let entry = |file: &PackageFile| ManifestFile {
                path: file.path.clone(),
                sha256: file.sha256(),
            };
            files.iter().map(entry).collect()
        };
        let manifest = Manifest::new(design, memories, [list(&verilog), list(&others)]);
        let json = serde_json::to_string_pretty(&manifest).expect("a manifest is plain data");
        let mut files = verilog;
        files.extend(others);
        files.push(PackageFile::new(MANIFEST.to_owned(), json + "\n"));
        Self { design: name.clone(), top, files }
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

/// The configuration of a design with every default written out, as YAML.
#[must_use]
pub fn configuration(design: &Design) -> String {
    let reset = match design.reset {
        Reset::Sync => "sync",
        Reset::Async => "async",
        Reset::None => "none",
    };
    let version = env!("CARGO_PKG_VERSION");
    // A JSON string is a YAML string, whatever the summary contains.
    let summary = serde_json::Value::from(design.summary.as_str()).to_string();
    let carry_every = match design.carry_storage {
        CarryStorage::Every(every) => Some(every),
        CarryStorage::Slack => None,
    };
    // The depth of a tree says how many terms it adds.
    let lanes = match design.element {
        Element::Opt2 => design.array.topology != Topology::AdderTree,
        Element::Xnor => design.array.topology == Topology::SystolicOs,
        _ => false,
    };
    let plain = design.element == Element::Behavioural;
    let words = design.element == Element::Xnor;
    let format = |levels: Levels| match levels.operand() {
        Some(Operand::Bipolar { .. }) => "format: bipolar".to_owned(),
        Some(Operand::Ternary) => "format: ternary".to_owned(),
        _ => format!("signed: {}", levels.code_format().signed),
    };
    let formats = (format(design.operand_a()), format(design.operand_b()));
    let values = Configuration {
        version,
        design,
        summary,
        reset,
        carry_every,
        sign_correction: design.sign_correction(),
        lanes,
        plain,
        words,
        chains: design.target == Target::Fpga,
        formats,
    };
    render(&values)
}

/// The constraints of a top with these streams, each with its role; `result` is the role of the
/// output.
pub(super) fn constraints(
    (name, hash): (&str, String),
    streams: &[(&'static str, Stream)],
    asynchronous_reset: bool,
) -> String {
    let list = |output: bool| {
        let streams =
            streams.iter().filter(|(_, stream)| stream.name.starts_with("m_axis_") == output);
        let mut ports = Vec::new();
        for (_, stream) in streams {
            ports.push(format!("{}_tvalid", stream.name));
            ports.push(format!("{}_tdata[*]", stream.name));
            if stream.has_last {
                ports.push(format!("{}_tlast", stream.name));
            }
        }
        ports
    };
    let ready = |output: bool| {
        let streams =
            streams.iter().filter(|(_, stream)| stream.name.starts_with("m_axis_") == output);
        streams.map(|(_, stream)| format!("{}_tready", stream.name)).collect::<Vec<_>>()
    };
    render(&Constraints {
        name,
        version: env!("CARGO_PKG_VERSION"),
        hash,
        period: PERIOD,
        inputs: [list(false), ready(true)].concat().join(" "),
        outputs: [list(true), ready(false)].concat().join(" "),
        asynchronous_reset,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config;

    /// The configuration that comes with the output describes the same design.
    #[test]
    fn the_written_configuration_gives_the_same_files() {
        for preset in config::PRESETS {
            let design = config::load(preset.name).unwrap();
            let package = Package::new(&design);
            let yaml = package.files.iter().find(|file| file.path.ends_with(".yaml")).unwrap();
            let again = config::parse(&yaml.text, "written", "unused").unwrap();
            assert_eq!(Package::new(&again).files, package.files, "{}", preset.name);
        }
    }
}
