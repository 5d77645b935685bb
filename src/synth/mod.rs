//! Area, delay and energy of a design in a cell library, by Yosys, ABC and OpenSTA.
//!
//! ```text
//! Verilog -> front (Yosys) -> netlist: gates, flip-flops, instances
//!                               | logic between registers, as BLIF
//!                               v
//!            search: many x mapping (ABC, each result proven equal)
//!                               |
//!                               v
//!            assembly: cells of all modules -> areas, timing (OpenSTA) -> report
//! ```
//!
//! Every step is stored by its content (`store`), so a run that was interrupted or repeated does
//! nothing twice.

mod array;
mod assembly;
mod blif;
mod energy;
mod error;
pub mod fpga;
mod front;
pub mod function;
mod gatesim;
pub mod liberty;
pub mod library;
mod limits;
mod mapping;
pub mod measured;
mod memory;
mod missing;
mod netlist;
mod power;
mod progress;
mod report;
mod role;
mod run;
mod search;
mod solution;
mod spread;
mod store;
pub mod structure;
mod subject;
mod timing;
mod tools;
mod yosys;

pub use assembly::Area;
pub use energy::{Energy, EnergyKind};
pub use error::{Failure, SynthesisError};
pub use limits::{Excess, Quantity};
pub use memory::MemoryCount;
pub use missing::Missing;
pub use progress::Told;
pub use report::{AtPeriod, CriticalPath, Point, Report, RoleArea};
pub use role::Role;
pub use run::{Job, Scope, run};
pub use search::Effort;
pub use spread::{Spread, ratio};
pub use subject::Subject;
pub use yosys::{RELEASE, Yosys};
