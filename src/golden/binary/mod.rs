//! Binarized layers from their definition: loops over outputs, taps and channels, with plain
//! integers. A tap in the padding contributes its padding value times the weight, which for zero
//! is nothing.
//!
//! What the hardware does (XNOR, popcounts, masks, thresholds with preloaded accumulators) does not
//! occur here.

mod attention;
mod convolution;
mod epilogue;
mod quantize;

pub use attention::attention;
pub use convolution::{dot_products, magnitudes};
pub use epilogue::{apply, epilogue};
pub use quantize::quantize;
