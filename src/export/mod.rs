//! What a user's own flow takes over: the folder of a generated design with its manifest, file
//! list, constraints and testbench.

mod check;
mod difference;
mod folder;
mod manifest;
mod package;
mod project;
mod recorded;
mod source;
mod testbench;

pub use check::{check, reasons};
pub use difference::Difference;
pub use folder::{FolderError, write};
pub use package::{Package, PackageFile};
pub use project::{Clash, Neighbour, ProjectError, distinct, neighbours};
pub use recorded::Recorded;
pub use source::Source;
