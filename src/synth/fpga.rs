//! Counts of a design on an FPGA, by Yosys alone.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use serde::Serialize;

use super::error::SynthesisError;
use super::run::{Scope, needed};
use super::store::Store;
use super::yosys::{RELEASE, Yosys};
use crate::binary::{Block, Layer};
use crate::cache;
use crate::design::{Design, Topology};
use crate::rtl::{self, Module};

mod cells;

use cells::{Class, Document, longest};

/// An FPGA family.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Target {
    /// Lattice iCE40.
    Ice40,
    /// Lattice ECP5.
    Ecp5,
    /// Xilinx 7 series.
    Xilinx,
}

impl Target {
    /// Name on the command line and in reports.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ice40 => "ice40",
            Self::Ecp5 => "ecp5",
            Self::Xilinx => "xilinx",
        }
    }

    /// Yosys' commands with the mapper to look-up tables that each runs; the figures of a report
    /// are those of the first. Versions of Yosys differ in the mapper that they run unless told, so
    /// that a count without its mapper says little.
    ///
    /// Pads and clock buffers are left out: what is measured is part of a design.
    const fn commands(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Ice40 => &[("default", "synth_ice40 -dsp")],
            Self::Ecp5 => &[("default", "synth_ecp5")],
            Self::Xilinx => &[
                ("ABC", "synth_xilinx -flatten -noiopad -noclkbuf"),
                ("ABC9", "synth_xilinx -flatten -noiopad -noclkbuf -abc9"),
            ],
        }
    }
}

impl Target {
    /// Whether look-up tables have four inputs: counters of six are no tables there, and mappers do
    /// better with what they may look into.
    const fn dissolves_counters(self) -> bool {
        matches!(self, Self::Ice40 | Self::Ecp5)
    }
}

/// A module that is counted, with what is below it.
pub struct Part {
    /// Name of the design that it is part of.
    design: String,
    /// What it is, in reports.
    scope: &'static str,
    /// The module.
    top: String,
    /// All modules of the design, leaf modules first.
    modules: Vec<Module>,
    /// Multiply-accumulate operations per cycle.
    macs_per_cycle: f64,
    /// A module below it that occurs often and has no output that some of its instances do not
    /// need: it is mapped once.
    repeated: Option<String>,
}

impl Part {
    /// A part of an array.
    #[must_use]
    pub fn of(design: &Design, scope: Scope) -> Self {
        let (top, macs_per_cycle) = scope.top(design);
        let slice = design.array.topology == Topology::BitSlice && scope != Scope::Element;
        Self {
            design: design.name.clone(),
            scope: scope.name(),
            top,
            modules: rtl::modules(design),
            macs_per_cycle,
            repeated: slice.then(|| Scope::Element.top(design).0),
        }
    }

    /// Name of the module.
    #[must_use]
    pub fn top(&self) -> &str {
        &self.top
    }

    /// Parts of a layer: for an element its popcount, as two words, and the whole of it; else the
    /// top. A layer has no bare array.
    #[must_use]
    pub fn of_layer(layer: &Layer, scope: Scope) -> Vec<Self> {
        let name = layer.name();
        let part = |scope: &'static str, suffix: &str, macs_per_cycle: f64| Self {
            design: name.to_owned(),
            scope,
            top: format!("{name}{suffix}"),
            modules: rtl::binary::modules(layer),
            macs_per_cycle,
            repeated: None,
        };
        match scope {
            Scope::Element => vec![
                part("popcount", "_dot", layer.simd() as f64),
                part(scope.name(), "_element", layer.simd() as f64),
            ],
            Scope::Array => Vec::new(),
            Scope::Core => vec![part(scope.name(), "", layer.operations_per_cycle())],
        }
    }

    /// Parts of a block: the elements of its layers, or the top.
    #[must_use]
    pub fn of_block(block: &Block, scope: Scope) -> Vec<Self> {
        match scope {
            Scope::Core => {
                vec![Self {
                    design: block.name().to_owned(),
                    scope: scope.name(),
                    top: block.name().to_owned(),
                    modules: rtl::binary::block_modules(block),
                    macs_per_cycle: block.layers().iter().map(Layer::operations_per_cycle).sum(),
                    repeated: None,
                }]
            }
            _ => block.layers().iter().flat_map(|layer| Self::of_layer(layer, scope)).collect(),
        }
    }
}

/// Counts on an FPGA.
#[derive(Clone, Debug, Serialize)]
pub struct FpgaReport {
    /// Programs and their versions.
    pub tools: BTreeMap<String, String>,
    /// Name of the design.
    pub design: String,
    /// What was measured.
    pub scope: String,
    /// FPGA family.
    pub target: String,
    /// Mapper to look-up tables that the figures are of: `default` where Yosys' command for the
    /// family chooses.
    pub mapper: String,
    /// Look-up tables by every mapper tried.
    pub luts_by_mapper: BTreeMap<String, u64>,
    /// Multiply-accumulate operations per cycle.
    pub macs_per_cycle: f64,
    /// Look-up tables.
    pub luts: u64,
    /// Look-up tables per multiply-accumulate operation in a cycle: per bit of a popcount.
    pub luts_per_mac: f64,
    /// Flip-flops.
    pub flip_flops: u64,
    /// Carry cells.
    pub carry_cells: u64,
    /// DSP blocks.
    pub dsps: u64,
    /// Block RAMs.
    pub block_rams: u64,
    /// Cells that use look-up tables as memories or shift registers.
    pub lut_rams: u64,
    /// Most look-up tables on a path between registers.
    pub depth: u64,
    /// Most carry cells on a path between registers.
    pub longest_carry_chain: u64,
    /// Cells by type.
    pub cells: BTreeMap<String, u64>,
    /// Time taken.
    pub seconds: f64,
}

/// Counts a part of a design on an FPGA, by every mapper of the family.
///
/// # Errors
/// [`SynthesisError`] when Yosys is missing or fails.
pub fn run(part: &Part, target: Target, limit: Duration) -> Result<FpgaReport, SynthesisError> {
    let start = Instant::now();
    let mut reports = target
        .commands()
        .iter()
        .map(|&(mapper, command)| map(part, target, mapper, command, limit))
        .collect::<Result<Vec<_>, _>>()?;
    let luts_by_mapper =
        reports.iter().map(|report| (report.mapper.clone(), report.luts)).collect();
    let first = reports.swap_remove(0);
    Ok(FpgaReport { luts_by_mapper, seconds: start.elapsed().as_secs_f64(), ..first })
}

/// Counts a part of a design by one mapper, which a command of Yosys runs.
fn map(
    part: &Part,
    target: Target,
    mapper: &str,
    command: &str,
    limit: Duration,
) -> Result<FpgaReport, SynthesisError> {
    let Part { top, macs_per_cycle, .. } = part;
    let start = Instant::now();
    let yosys = Yosys::find(limit)?;
    let store = Store::open()?;
    let modules = needed(&part.modules, top);
    let files: String = modules.iter().map(|module| format!(" {}", module.file())).collect();
    let dissolve = if target.dissolves_counters() { RELEASE } else { "" };
    let keep = match &part.repeated {
        None => String::new(),
        Some(module) => format!("setattr -mod -set keep_hierarchy 1 {module}\n"),
    };
    let script = format!(
        "read_verilog{files}\nhierarchy -check -top {top}\n{dissolve}{keep}{command} -top {top}\n\
         {RELEASE}flatten\nopt_clean -purge\nwrite_json netlist.json\n"
    );
    let mut parts = vec!["fpga", &yosys.version, &script];
    parts.extend(modules.iter().flat_map(|module| [module.name.as_str(), module.text.as_str()]));
    let json = store.get_or(&cache::hash(&parts), || {
        let work = store.work()?;
        for module in &modules {
            fs::write(work.path().join(module.file()), &module.text)?;
        }
        fs::write(work.path().join("synthesis.ys"), &script)?;
        yosys
            .invoke(format!("synthesis of {top} for {} (Yosys, {mapper} mapper)", target.name()))
            .args(["-q", "-s", "synthesis.ys"])
            .folder(work.path())
            .run(limit)?;
        Ok::<_, SynthesisError>(fs::read_to_string(work.path().join("netlist.json"))?)
    })?;
    let unknown = |reason: String| SynthesisError::Unknown {
        what: format!("synthesis for {} (Yosys)", target.name()),
        reason,
    };
    let document: Document =
        serde_json::from_str(&json).map_err(|error| unknown(error.to_string()))?;
    let module = document.modules.get(top).ok_or_else(|| unknown(format!("no module {top}")))?;
    let mut cells: BTreeMap<String, u64> = BTreeMap::new();
    for cell in module.cells.values().filter(|cell| !cell.r#type.starts_with('$')) {
        *cells.entry(cell.r#type.clone()).or_insert(0) += 1;
    }
    let count = |class: Class| {
        cells.iter().filter(|(cell, _)| Class::of(cell) == class).map(|(_, count)| count).sum()
    };
    let luts = count(Class::Lut);
    Ok(FpgaReport {
        tools: [("yosys".to_owned(), yosys.version.clone())].into_iter().collect(),
        design: part.design.clone(),
        scope: part.scope.to_owned(),
        target: target.name().to_owned(),
        mapper: mapper.to_owned(),
        luts_by_mapper: BTreeMap::from([(mapper.to_owned(), luts)]),
        macs_per_cycle: *macs_per_cycle,
        luts,
        luts_per_mac: luts as f64 / macs_per_cycle,
        flip_flops: count(Class::FlipFlop),
        carry_cells: count(Class::Carry),
        dsps: count(Class::Dsp),
        block_rams: count(Class::BlockRam),
        lut_rams: count(Class::LutRam),
        depth: longest(module, Class::Lut),
        longest_carry_chain: longest(module, Class::Carry),
        cells,
        seconds: start.elapsed().as_secs_f64(),
    })
}
