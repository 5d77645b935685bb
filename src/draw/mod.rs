//! Pictures as SVG, with labels and units, readable on white and on dark backgrounds.

mod plot;

pub use plot::{area_delay, energy};
