//! What a user's own flow takes over: the folder of a generated design with its manifest, file
//! list, constraints and testbench.

mod block;
mod folder;
mod layer;
mod package;
mod testbench;

pub use folder::{Difference, FolderError, check, write};
pub use package::{Package, PackageFile, configuration};
