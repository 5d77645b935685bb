//! AXI4-Stream ports: how a beat of lanes is cut into transfers.

use serde::Serialize;

/// No port of a top is wider: beyond 2048 bits simulators become slow, and buses of more than
/// 1024 bits are rare.
pub const MAX_PORT_WIDTH: usize = 1024;

/// One stream of a top.
///
/// A beat is a vector of lanes. Where it is wider than [`MAX_PORT_WIDTH`] it is sent as several
/// transfers of whole lanes: lane `i` of the beat is lane `i % lanes_per_transfer` of transfer
/// `i / lanes_per_transfer`, at bits `[lane_width * (i % lanes_per_transfer) +: lane_width]`.
/// `tdata` is a whole number of bytes; its padding is zero at outputs and ignored at inputs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stream {
    /// Prefix of the port names.
    pub name: &'static str,
    /// Lanes of a beat.
    pub lanes: usize,
    /// Bits of a lane.
    pub lane_width: usize,
    /// Lanes of a transfer.
    pub lanes_per_transfer: usize,
    /// Transfers of a beat.
    pub transfers_per_beat: usize,
    /// Whether the stream marks its ends with `tlast`.
    pub has_last: bool,
}

/// A port of a module.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Port {
    /// Name.
    pub name: String,
    /// `input` or `output`.
    pub direction: &'static str,
    /// Bits.
    pub width: usize,
}

impl Port {
    /// A port of this name.
    #[must_use]
    pub fn new(name: impl Into<String>, direction: &'static str, width: usize) -> Self {
        Self { name: name.into(), direction, width }
    }
}

impl Stream {
    pub(super) fn new(name: &'static str, lanes: usize, lane_width: usize, has_last: bool) -> Self {
        let transfers_per_beat = lanes.div_ceil(Self::fit(lane_width));
        let lanes_per_transfer = lanes.div_ceil(transfers_per_beat);
        Self { name, lanes, lane_width, lanes_per_transfer, transfers_per_beat, has_last }
    }

    /// Lanes that fit a port.
    #[must_use]
    pub fn fit(lane_width: usize) -> usize {
        MAX_PORT_WIDTH / lane_width
    }

    /// Whether the top sends it: its name begins with `m_axis_`.
    #[must_use]
    pub fn is_output(&self) -> bool {
        self.name.starts_with("m_axis_")
    }

    /// `output` where the top sends it, else `input`.
    #[must_use]
    pub fn direction(&self) -> &'static str {
        if self.is_output() { "output" } else { "input" }
    }

    /// The ports of the top.
    #[must_use]
    pub fn ports(&self) -> Vec<Port> {
        let forward = self.direction();
        let backward = if self.is_output() { "input" } else { "output" };
        let port = |signal: &str, direction, width| {
            Port::new(format!("{}_{signal}", self.name), direction, width)
        };
        let mut ports = vec![
            port("tvalid", forward, 1),
            port("tready", backward, 1),
            port("tdata", forward, self.data_width()),
        ];
        ports.extend(self.has_last.then(|| port("tlast", forward, 1)));
        ports
    }

    /// The ports of a top with these streams: clock, reset, and theirs.
    #[must_use]
    pub fn ports_of_top(streams: &[(&'static str, Self)]) -> Vec<Port> {
        let mut ports = ["aclk", "aresetn"].map(|name| Port::new(name, "input", 1)).to_vec();
        ports.extend(streams.iter().flat_map(|(_, stream)| stream.ports()));
        ports
    }

    /// Bits of `tdata`.
    #[must_use]
    pub fn data_width(&self) -> usize {
        (self.lanes_per_transfer * self.lane_width).next_multiple_of(8)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn beats_are_cut_into_whole_lanes_that_fit() {
        for lanes in 1..=256 {
            for lane_width in 1..=256 {
                let stream = Stream::new("s", lanes, lane_width, true);
                let Stream { lanes_per_transfer, transfers_per_beat, .. } = stream;
                assert!(stream.data_width() <= MAX_PORT_WIDTH);
                assert!(lanes_per_transfer * transfers_per_beat >= lanes);
                assert!(lanes_per_transfer * (transfers_per_beat - 1) < lanes, "no empty transfer");
            }
        }
    }
}
