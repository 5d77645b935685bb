//! The streams of a layer engine.

use super::layer::{Layer, PlacedStep};
use super::step::Step;
use crate::design::Stream;

impl Layer {
    /// Bits of the residual, if there is one.
    #[must_use]
    pub fn residual(&self) -> Option<(usize, &PlacedStep)> {
        self.steps().iter().find_map(|step| match step.step {
            Step::Residual { residual, .. } => Some((residual, step)),
            _ => None,
        })
    }

    /// The tee, if there is one.
    #[must_use]
    pub fn tee(&self) -> Option<&PlacedStep> {
        self.steps().iter().find(|placed| matches!(placed.step, Step::Tee))
    }

    /// Stream of the activations, or of the input stage: a beat is a word of channels of an input
    /// position.
    #[must_use]
    pub fn stream_x(&self) -> Stream {
        let activation = self.parameters().activations.width();
        let width = self.input_stage().map_or(activation, |stage| stage.width);
        stream("s_axis_x", self.simd(), width, true)
    }

    /// Stream of the parameters, see [`super::frame`].
    #[must_use]
    pub fn stream_p(&self) -> Stream {
        stream("s_axis_p", 1, self.frame_width(), false)
    }

    /// Stream of the residual: a beat is a vector of channels of a position.
    #[must_use]
    pub fn stream_r(&self) -> Option<Stream> {
        self.residual().map(|(width, _)| stream("s_axis_r", self.lanes(), width, false))
    }

    /// Stream of the results: a beat is a vector of channels of an output position.
    #[must_use]
    pub fn stream_y(&self) -> Stream {
        stream("m_axis_y", self.lanes(), self.output_range().width(), true)
    }

    /// Stream of what passes the tee: a beat is a vector of channels of a position.
    #[must_use]
    pub fn stream_t(&self) -> Option<Stream> {
        let width = self.tee()?.input.signed_width();
        Some(stream("m_axis_t", self.lanes(), width, false))
    }

    /// The streams of the top with what they carry, in port order.
    #[must_use]
    pub fn streams(&self) -> Vec<(&'static str, Stream)> {
        let mut streams = vec![("x", self.stream_x()), ("p", self.stream_p())];
        streams.extend(self.stream_r().map(|stream| ("r", stream)));
        streams.extend(self.stream_t().map(|stream| ("t", stream)));
        streams.push(("y", self.stream_y()));
        streams
    }
}

/// A stream whose beats are single transfers.
fn stream(name: &'static str, lanes: usize, lane_width: usize, has_last: bool) -> Stream {
    Stream { name, lanes, lane_width, lanes_per_transfer: lanes, transfers_per_beat: 1, has_last }
}
