//! A standard-cell library: what the flow must know of its cells, and a copy of its file that
//! every tool can read.

use std::collections::BTreeMap;
use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::function::Function;
use super::liberty::{self, Group};
use crate::{cache, output};

mod cell;
mod wire_load;

use cell::read_cell;
pub use cell::{Cell, Direction, FlipFlop, Kind, Pin, Register};
pub use wire_load::WireLoad;

/// Where Debian's package puts the library that is used when none is given.
pub const DEFAULT: &str = "/usr/share/qflow/tech/osu018/osu018_stdcells.lib";

/// How to get it.
const INSTALL: &str = "install the default library with: apt-get install qflow-tech-osu018; or \
                       give another one with --liberty FILE";

/// Largest file, in bytes, after decompression.
const LARGEST: u64 = 1 << 30;

/// Why a library cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("the library {path} {what}\n  help: {help}")]
pub struct LibraryError {
    path: String,
    what: String,
    help: String,
}

/// A library that the flow can use.
#[derive(Clone, Debug)]
pub struct Library {
    /// Its own name.
    pub name: String,
    /// Hash of the copy that the tools read: results by it know which wire load they are with.
    pub hash: String,
    /// That copy: plain, and without wire load unless that was asked for.
    pub path: PathBuf,
    /// Which wire load counts, in words.
    pub wire_load: String,
    /// The unit of time in ns.
    pub time_ns: f64,
    /// The unit of capacitance in pF.
    pub capacitance_pf: f64,
    /// Nominal supply in V.
    pub voltage: f64,
    /// The unit of voltage in V.
    pub voltage_unit: f64,
    /// Cells by name.
    pub cells: BTreeMap<String, Cell>,
    /// Cell that drives the inputs.
    pub driver: String,
    /// Load of the outputs in pF.
    pub load_pf: f64,
    /// What holds for pins that say nothing of their own.
    pub limits: Limits,
}

/// Limits of a library for pins that have none of their own.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Most capacitance of a net in the library's unit.
    pub capacitance: Option<f64>,
    /// Most readers of a net.
    pub fan_out: Option<f64>,
    /// What an input counts among the readers.
    pub fan_out_load: f64,
}

/// Inputs of the driving cell that make up the load of an output.
const LOAD_INPUTS: f64 = 4.0;

impl Library {
    /// The smallest flip-flop that takes over its data at every rising edge.
    #[must_use]
    pub fn register(&self) -> Option<Register> {
        let usable = self.cells.iter().filter(|(_, cell)| !cell.avoid && cell.area > 0.0);
        let plain = usable.filter_map(|(name, cell)| Some((cell.area, cell.register(name)?)));
        plain.min_by(|x, y| x.0.total_cmp(&y.0)).map(|(_, register)| register)
    }

    /// The unit of energy in pJ.
    #[must_use]
    pub fn energy_pj(&self) -> f64 {
        self.capacitance_pf * self.voltage_unit * self.voltage_unit
    }

    /// Loads a library, plain or compressed by gzip; [`DEFAULT`] if none is given. What it says of
    /// wires counts only where `wire_load` says so.
    ///
    /// # Errors
    /// [`LibraryError`] when there is no such file, it is no library, or lacks what every design
    /// needs.
    pub fn load(path: Option<&Path>, wire_load: WireLoad) -> Result<Self, LibraryError> {
        let given = path.unwrap_or(Path::new(DEFAULT));
        let fail = |what: String, help: &str| LibraryError {
            path: given.display().to_string(),
            what,
            help: help.to_owned(),
        };
        let help = if path.is_none() { INSTALL } else { "give the path of a Liberty file" };
        let bytes =
            fs::read(given).map_err(|error| fail(format!("cannot be read: {error}"), help))?;
        let bytes = if bytes.starts_with(&[0x1f, 0x8b]) {
            let mut plain = Vec::new();
            flate2::read::MultiGzDecoder::new(bytes.as_slice())
                .take(LARGEST)
                .read_to_end(&mut plain)
                .map_err(|error| fail(format!("cannot be decompressed: {error}"), help))?;
            plain
        } else {
            bytes
        };
        let text = String::from_utf8_lossy(&bytes);
        let group = liberty::parse(&text).map_err(|error| {
            let what = format!("is not Liberty: line {}: {}", error.line, error.message);
            fail(what, "give an intact Liberty file")
        })?;
        let text = match wire_load {
            WireLoad::None => wire_load::without(&text),
            WireLoad::Library => text.into_owned(),
        };
        let hash = cache::hash(&[&text]);
        let folder = cache::folder().join("libraries");
        let copy = folder.join(format!("{hash}.lib"));
        let saved = fs::create_dir_all(&folder).and_then(|()| match copy.is_file() {
            true => Ok(()),
            false => output::replace(&copy, |file| file.write_all(text.as_bytes())),
        });
        saved.map_err(|error| {
            let what = format!("cannot be copied to {}: {error}", copy.display());
            fail(what, "set BITWEIGHT_CACHE to a writable folder")
        })?;
        let mut library =
            Self::read(&group, hash, copy).map_err(|(what, help)| fail(what, &help))?;
        library.wire_load = wire_load.words(&group);
        Ok(library)
    }

    /// Understands a library.
    fn read(group: &Group, hash: String, path: PathBuf) -> Result<Self, (String, String)> {
        let help = "give a Liberty file with units, as every cell library has them";
        let unit = |name: &str, value: Option<f64>| {
            value.ok_or_else(|| (format!("has no usable `{name}`"), help.to_owned()))
        };
        let time = group.attribute("time_unit").and_then(|text| scaled(text, "s"));
        let time_ns = unit("time_unit", time.map(|seconds| seconds * 1e9))?;
        let capacitance = group.attributes.iter().find(|(name, _)| name == "capacitive_load_unit");
        let capacitance = capacitance.and_then(|(_, values)| match values.as_slice() {
            [number, farad] => scaled(&format!("{number}{farad}"), "f"),
            _ => None,
        });
        let capacitance_pf = unit("capacitive_load_unit", capacitance.map(|farad| farad * 1e12))?;
        let voltage_unit =
            group.attribute("voltage_unit").and_then(|text| scaled(text, "v")).unwrap_or(1.0);
        let cells: BTreeMap<String, Cell> =
            group.groups("cell").map(|cell| (cell.name().to_owned(), read_cell(cell))).collect();
        check_functions(group)?;
        let driver = check(&cells)?;
        let input = cells[&driver].pins(Direction::Input).next().map_or(0.0, |pin| pin.capacitance);
        Ok(Self {
            name: group.name().to_owned(),
            hash,
            path,
            wire_load: WireLoad::None.name().to_owned(),
            time_ns,
            capacitance_pf,
            voltage: group.number("nom_voltage").unwrap_or(1.0) * voltage_unit,
            voltage_unit,
            load_pf: LOAD_INPUTS * input * capacitance_pf,
            limits: Limits {
                capacitance: group.number("default_max_capacitance"),
                fan_out: group.number("default_max_fanout"),
                fan_out_load: group.number("default_fanout_load").unwrap_or(1.0),
            },
            driver,
            cells,
        })
    }
}

/// Refuses functions that the mapper would read otherwise than Liberty means them: its own proof
/// would not see it.
fn check_functions(group: &Group) -> Result<(), (String, String)> {
    for cell in group.groups("cell") {
        for text in cell.groups("pin").filter_map(|pin| pin.attribute("function")) {
            if !Function::is_read_alike(text) {
                let name = cell.name();
                let what = format!(
                    "has the cell `{name}` with the function `{text}`: by Liberty XOR binds stronger \
                     than AND, and ABC reads it the other way round"
                );
                return Err((what, "write parentheses into the function".to_owned()));
            }
        }
    }
    Ok(())
}

/// Checks that the cells suffice for any design, and chooses the one that drives inputs: the
/// smallest buffer, or else the smallest inverter.
fn check(cells: &BTreeMap<String, Cell>) -> Result<String, (String, String)> {
    let usable = || cells.iter().filter(|(_, cell)| !cell.avoid && cell.area > 0.0);
    let smallest = |tables: &[(usize, u64)]| {
        let fits = usable().filter(|(_, cell)| cell.table().is_some_and(|t| tables.contains(&t)));
        fits.min_by(|x, y| x.1.area.total_cmp(&y.1.area)).map(|(name, _)| name.clone())
    };
    let lacks = |what: &str| {
        let help = format!("give a library that has {what} with a positive area");
        (format!("lacks {what}: the design cannot be built of its cells"), help)
    };
    if !usable().any(|(_, cell)| matches!(cell.kind, Kind::FlipFlop(_))) {
        return Err(lacks("a flip-flop"));
    }
    let inverter = smallest(&[(1, 0b01)]).ok_or_else(|| lacks("an inverter"))?;
    if smallest(&[(2, 0b0111), (2, 0b0001), (2, 0b1000), (2, 0b1110)]).is_none() {
        return Err(lacks("a gate of two inputs (NAND, NOR, AND or OR)"));
    }
    Ok(smallest(&[(1, 0b10)]).unwrap_or(inverter))
}

/// A number with a prefixed unit, such as `10ps`, in the unit itself.
fn scaled(text: &str, unit: &str) -> Option<f64> {
    let text = text.trim().to_lowercase();
    let end = text.find(|c: char| c.is_ascii_lowercase())?;
    let number: f64 = text[..end].trim().parse().ok()?;
    let factor = match text[end..].trim().strip_suffix(unit)? {
        "" => 1.0,
        "m" => 1e-3,
        "u" => 1e-6,
        "n" => 1e-9,
        "p" => 1e-12,
        "f" => 1e-15,
        _ => return None,
    };
    let value = number * factor;
    (value.is_finite() && value > 0.0).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    const CELLS: &str = r#"
  cell (BUFX2) { area : 3; pin(A) { direction : input; capacitance : 0.5; }
    pin(Y) { direction : output; function : "A"; } }
  cell (INVX1) { area : 1; pin(A) { direction : input; capacitance : 0.2; }
    pin(Y) { direction : output; function : "A'"; } }
  cell (NAND2) { area : 2; pin(A) { direction : input; } pin(B) { direction : input; }
    pin(Y) { direction : output; function : "(A B)'"; } }
  cell (DFF) { area : 9; ff (IQ,IQN) { clocked_on : "CK"; next_state : "D"; }
    pin(CK) { direction : input; clock : true;
      internal_power() { when : "D"; rise_power(x) { values("1, 2, 3"); }
        fall_power(x) { values("3, 4, 5"); } }
      internal_power() { when : "!D"; rise_power(x) { values("5, 6, 7"); }
        fall_power(x) { values("7, 8, 9"); } } } pin(D) { direction : input; }
    pin(Q) { direction : output; function : "IQ"; } }
"#;

    fn library(units: &str, cells: &str) -> Result<Library, String> {
        let text = format!("library (tiny) {{ {units} {cells} }}");
        let group = liberty::parse(&text).unwrap();
        Library::read(&group, String::new(), PathBuf::new()).map_err(|(what, _)| what)
    }

    const UNITS: &str = "time_unit : \"10ps\"; capacitive_load_unit (2, ff);";

    #[test]
    fn units_and_cells_are_understood() {
        let library = library(UNITS, CELLS).unwrap();
        assert!((library.time_ns - 0.01).abs() < 1e-12);
        assert!((library.capacitance_pf - 0.002).abs() < 1e-12);
        assert_eq!(library.driver, "BUFX2");
        assert!((library.load_pf - 4.0 * 0.5 * 0.002).abs() < 1e-12);
        assert!(library.cells["INVX1"].is_buffer() && !library.cells["NAND2"].is_buffer());
        assert!(matches!(library.cells["DFF"].kind, Kind::FlipFlop(_)));
        assert!((library.cells["DFF"].pin("CK").unwrap().energy - 5.0).abs() < 1e-12);
    }

    #[test]
    fn registers_are_found_with_their_pins() {
        let plain = library(UNITS, CELLS).unwrap().register().unwrap();
        assert_eq!([plain.cell, plain.clock, plain.data, plain.output], ["DFF", "CK", "D", "Q"]);
        let clears = CELLS.replace(
            "next_state : \"D\";",
            "next_state : \"D\"; clear : \"R'\"; } pin(R) { direction : input;",
        );
        let tied = library(UNITS, &clears).unwrap().register().unwrap().tied;
        assert_eq!(tied, [("R".to_owned(), true)]);
        let scan = CELLS.replace("next_state : \"D\"", "next_state : \"D S\"");
        assert_eq!(library(UNITS, &scan).unwrap().register(), None);
    }

    #[test]
    fn what_is_missing_is_named() {
        let without = |name: &str| {
            let cells: Vec<&str> = CELLS.split("\n  cell").filter(|c| !c.contains(name)).collect();
            library(UNITS, &cells.join("\n  cell")).unwrap_err()
        };
        assert!(without("(DFF)").contains("lacks a flip-flop"));
        assert!(without("(INVX1)").contains("lacks an inverter"));
        assert!(without("(NAND2)").contains("lacks a gate of two inputs"));
        let mixed = "\n  cell (MIX) { area : 1; pin(A) { direction : input; } pin(Y) { direction : output; \
                     function : \"A ^ B * C\"; } }";
        let said = library(UNITS, &format!("{CELLS}{mixed}")).unwrap_err();
        assert!(said.contains("`MIX`") && said.contains("A ^ B * C"), "{said}");
        assert!(library("", CELLS).unwrap_err().contains("time_unit"));
        let odd = UNITS.replace("10ps", "ten");
        assert!(library(&odd, CELLS).unwrap_err().contains("time_unit"));
    }
}
