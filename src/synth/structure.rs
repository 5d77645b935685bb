//! What a design consists of before synthesis: adders as the generator placed them, flip-flops and
//! memories as the Verilog declares them.
//!
//! Yosys elaborates the design, which gives the instances of every module and its registers; the
//! netlists know their adders. Nothing is optimised away, so the figures are those of the
//! architecture and not of a library.

use std::collections::BTreeMap;
use std::fs;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::error::SynthesisError;
use super::store::Store;
use super::yosys::Yosys;
use crate::arith::count::Counts;
use crate::cache;
use crate::design::Design;
use crate::rtl::{self, Module};

/// Structural figures of a design.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Structure {
    /// Full adders of all compressors.
    pub full_adders: u64,
    /// Half adders of all compressors.
    pub half_adders: u64,
    /// Positions at which the carry-propagate adders add two bits.
    pub adder_bits: u64,
    /// Most compressors one after the other without a register between them.
    pub tree_levels: u64,
    /// Flip-flops of the whole top.
    pub flip_flops: u64,
    /// Bits of memories.
    pub memory_bits: u64,
    /// Instances of the element.
    pub elements: u64,
    /// Full adders of one element.
    pub element_full_adders: u64,
    /// Flip-flops of one element.
    pub element_flip_flops: u64,
}

/// Sums over a module and everything below it.
#[derive(Clone, Copy, Debug, Default)]
struct Totals {
    counts: Counts,
    flip_flops: u64,
    memory_bits: u64,
    elements: u64,
}

#[derive(Deserialize)]
struct Document {
    modules: BTreeMap<String, Elaborated>,
}

#[derive(Deserialize)]
struct Elaborated {
    #[serde(default)]
    attributes: BTreeMap<String, serde_json::Value>,
    cells: BTreeMap<String, Cell>,
    #[serde(default)]
    memories: BTreeMap<String, Memory>,
}

#[derive(Deserialize)]
struct Cell {
    r#type: String,
    connections: BTreeMap<String, Vec<serde_json::Value>>,
}

#[derive(Deserialize)]
struct Memory {
    width: u64,
    size: u64,
}

/// Counts a design.
///
/// # Errors
/// [`SynthesisError`] when Yosys is missing or fails, within `limit`.
pub fn count(design: &Design, limit: Duration) -> Result<Structure, SynthesisError> {
    let modules = rtl::modules(design);
    let top = &design.name;
    let json = elaborate(&modules, top, limit)?;
    let unknown = |reason: String| SynthesisError::Unknown {
        what: format!("elaboration of {top} (Yosys)"),
        reason,
    };
    let document: Document =
        serde_json::from_str(&json).map_err(|error| unknown(error.to_string()))?;
    let mut census = Census {
        document: &document,
        counts: modules.iter().map(|module| (module.name.as_str(), module.counts)).collect(),
        element: format!("{top}_pe"),
        totals: BTreeMap::new(),
    };
    let whole = census.of(top).ok_or_else(|| unknown(format!("there is no module {top}")))?;
    let element = census.of(&census.element.clone()).unwrap_or_default();
    Ok(Structure {
        full_adders: whole.counts.full_adders,
        half_adders: whole.counts.half_adders,
        adder_bits: whole.counts.adder_bits,
        tree_levels: whole.counts.tree_levels,
        flip_flops: whole.flip_flops,
        memory_bits: whole.memory_bits,
        elements: whole.elements,
        element_full_adders: element.counts.full_adders,
        element_flip_flops: element.flip_flops,
    })
}

fn elaborate(modules: &[Module], top: &str, limit: Duration) -> Result<String, SynthesisError> {
    let yosys = Yosys::find(limit)?;
    let store = Store::open()?;
    let files: String = modules.iter().map(|module| format!(" {}", module.file())).collect();
    let script = format!(
        "read_verilog{files}\nhierarchy -check -top {top}\nproc\nopt_clean\nwrite_json \
         elaborated.json\n"
    );
    let mut parts = vec!["structure", &yosys.version, &script];
    parts.extend(modules.iter().flat_map(|module| [module.name.as_str(), module.text.as_str()]));
    store.get_or(&cache::hash(&parts), || {
        let work = store.work()?;
        for module in modules {
            fs::write(work.path().join(module.file()), &module.text)?;
        }
        fs::write(work.path().join("elaborate.ys"), &script)?;
        yosys
            .invoke(format!("elaboration of {top} (Yosys)"))
            .args(["-q", "-s", "elaborate.ys"])
            .folder(work.path())
            .run(limit)?;
        Ok::<_, SynthesisError>(fs::read_to_string(work.path().join("elaborated.json"))?)
    })
}

/// Adds up modules from the leaves.
struct Census<'a> {
    document: &'a Document,
    counts: BTreeMap<&'a str, Counts>,
    element: String,
    totals: BTreeMap<String, Totals>,
}

impl Census<'_> {
    /// The totals of a module; nothing if there is no such module.
    fn of(&mut self, name: &str) -> Option<Totals> {
        if let Some(totals) = self.totals.get(name) {
            return Some(*totals);
        }
        let document = self.document;
        let module = document.modules.get(name)?;
        // With other parameters than its defaults a module has another name.
        let original = module.attributes.get("hdlname").and_then(serde_json::Value::as_str);
        let original = original.map_or(name, |text| text.trim_start_matches('\\'));
        let mut totals = Totals {
            counts: self.counts.get(original).copied().unwrap_or_default(),
            elements: u64::from(original == self.element),
            memory_bits: module.memories.values().map(|m| m.width * m.size).sum(),
            ..Totals::default()
        };
        let mut instances: BTreeMap<&str, u64> = BTreeMap::new();
        for cell in module.cells.values() {
            if is_flip_flop(&cell.r#type) {
                totals.flip_flops += cell.connections.get("Q").map_or(0, |q| q.len() as u64);
            } else if !cell.r#type.starts_with('$') || cell.r#type.starts_with("$paramod") {
                *instances.entry(&cell.r#type).or_default() += 1;
            }
        }
        for (kind, times) in instances {
            let below = self.of(kind).unwrap_or_default();
            totals.counts.add(&below.counts, times);
            totals.flip_flops += times * below.flip_flops;
            totals.memory_bits += times * below.memory_bits;
            totals.elements += times * below.elements;
        }
        self.totals.insert(name.to_owned(), totals);
        Some(totals)
    }
}

fn is_flip_flop(kind: &str) -> bool {
    matches!(kind, "$dff" | "$dffe" | "$adff" | "$adffe" | "$sdff" | "$sdffe" | "$sdffce")
}
