//! Pictures as SVG, with labels and units, readable on white and on dark backgrounds.

mod bars;
mod plot;

pub use bars::{Bars, bars};
pub use plot::{area_delay, energy};
