//! Pictures as SVG, with labels and units, readable on white and on dark backgrounds.

mod area_delay;
mod bars;
mod energy;
mod plot;
mod style;

pub use area_delay::area_delay;
pub use bars::{Bars, bars};
pub use energy::energy;
