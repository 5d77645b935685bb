//! From Verilog to gates: the run of Yosys.

use std::fs;

use super::error::SynthesisError;
use super::library::Library;
use super::netlist::Netlist;
use super::store::Store;
use super::tools::Tools;
use super::yosys::RELEASE;
use crate::cache;
use crate::design::Memory;
use crate::rtl::Module;

/// How operators become gates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Operators {
    /// Yosys's default: sums of products become one compressor tree (`alumacc`, `macc`).
    Default,
    /// Every operator for itself (`-noalumacc`).
    Separate,
    /// Multipliers with Booth recoding (`-booth`); newer versions only.
    Booth,
    /// Sums of products as trees of carry-save adders (`-arith_tree`); newest versions only.
    Tree,
}

impl Operators {
    /// All ways, for designs that leave operators to Yosys.
    pub const ALL: [Self; 4] = [Self::Default, Self::Separate, Self::Booth, Self::Tree];

    /// Name in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Default => "default",
            Self::Separate => "noalumacc",
            Self::Booth => "booth",
            Self::Tree => "arith_tree",
        }
    }

    const fn options(self) -> &'static str {
        match self {
            Self::Default => "",
            Self::Separate => " -noalumacc",
            Self::Booth => " -booth",
            Self::Tree => " -arith_tree",
        }
    }
}

/// The ways that this Yosys knows.
///
/// # Errors
/// When Yosys does not run.
pub fn known_operators(tools: &Tools) -> Result<Vec<Operators>, SynthesisError> {
    let ask = tools.yosys.invoke("asking Yosys for its options");
    let help = ask.args(["-p", "help synth"]).run(tools.limit)?.stdout;
    // What Yosys 0.23 has too needs no asking.
    let known = |way: &Operators| match way {
        Operators::Default | Operators::Separate => true,
        Operators::Booth | Operators::Tree => help.contains(way.options().trim()),
    };
    Ok(Operators::ALL.into_iter().filter(known).collect())
}

/// Attribute by which Yosys knows memories.
const MEMORY: &str = "bitweight_memory";

/// A module for Yosys: memories bear a mark.
fn text(module: &Module) -> String {
    match module.memories.is_empty() {
        true => module.text.clone(),
        false => module.text.replacen("\nmodule ", &format!("\n(* {MEMORY} *) module "), 1),
    }
}

/// Synthesises `top` of `modules` to gates and flip-flops of the library. The hierarchy is kept
/// down to `element`, so that what occurs often is mapped once; the element is flattened. Memories
/// stay what they are.
///
/// # Errors
/// [`SynthesisError`] when Yosys fails or the library lacks a flip-flop.
pub fn run(
    modules: &[Module],
    (top, element): (&str, &str),
    operators: Operators,
    library: &Library,
    (tools, store): (&Tools, &Store),
) -> Result<Netlist, SynthesisError> {
    let files: String = modules.iter().map(|module| format!(" {}", module.file())).collect();
    let options = operators.options();
    let memories = match modules.iter().all(|module| module.memories.is_empty()) {
        true => String::new(),
        false => format!("blackbox A:{MEMORY}\n"),
    };
    let script = format!(
        "read_verilog{files}\nhierarchy -check -top {top}\n{RELEASE}proc\n{memories}select -set element {element}\n\
         flatten @element\nhierarchy -check -top {top}\nsynth{options} -run coarse:fine\n\
         synth{options} -run fine:check -noabc\nopt\ndfflibmap -liberty library.lib\nopt\n\
         setundef -zero\nopt_clean\nwrite_json netlist.json\n"
    );
    let mut parts = vec!["front", &tools.yosys.version, &library.hash, &script];
    let texts: Vec<String> = modules.iter().map(text).collect();
    let named = modules.iter().zip(&texts);
    parts.extend(named.flat_map(|(module, text)| [module.name.as_str(), text.as_str()]));
    let json = store.get_or(&cache::hash(&parts), || {
        let work = store.work()?;
        for (module, text) in modules.iter().zip(&texts) {
            fs::write(work.path().join(module.file()), text)?;
        }
        fs::copy(&library.path, work.path().join("library.lib"))?;
        fs::write(work.path().join("synthesis.ys"), &script)?;
        tools
            .yosys
            .invoke(format!("synthesis of {top} (Yosys)"))
            .args(["-q", "-s", "synthesis.ys"])
            .folder(work.path())
            .run(tools.limit)?;
        Ok::<_, SynthesisError>(fs::read_to_string(work.path().join("netlist.json"))?)
    })?;
    let memories: Vec<&Memory> = modules.iter().flat_map(|module| &module.memories).collect();
    Netlist::read(&json, top, library, &memories).map_err(|reason| SynthesisError::Unmapped {
        design: top.to_owned(),
        library: library.name.clone(),
        reason,
    })
}
