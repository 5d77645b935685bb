<[ header ]>
module <[ prefix ]>_control #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Transfers = <[ transfers ]>
) (
<[ ports ]>
);
  // Transfers that may be on their way when a tile is released: the output buffer takes them all,
  // so the captured rows are gone when the tile takes their place.
  localparam Credit = <[ credit ]>;
  localparam Added = Rows * Transfers;
  localparam CountWidth = $clog2(Credit + Added + 1);
  // The accumulated values are complete this many cycles after the release.
  localparam CaptureDelay = <[ capture_delay ]>;
  // A tile of so few transfers that the credit does not hold the next one back is given the time
  // that its rows take to leave.
  localparam Spacing = (Added <= Credit) ? Added : 1;
  localparam WaveSpan = (CaptureDelay > Spacing - 1) ? CaptureDelay : Spacing - 1;
  localparam WaveLength = (WaveSpan > 0) ? WaveSpan : 1;

  // The next beat is the first of a tile.
  reg first_q;
  // The last beat of a tile has been accepted, and the tile is not yet released.
  reg waiting_q;
  // Transfers of released tiles that the receiver has not yet accepted.
  reg  [CountWidth-1:0] in_flight_q;
  // Bit i: a tile was released i + 1 cycles ago.
  reg  [WaveLength-1:0] wave_q;

  wire spaced;
  generate
    if (Spacing == 1) begin : gen_always_spaced
      assign spaced = 1'b1;
    end else begin : gen_spaced
      assign spaced = ~|wave_q[Spacing-2:0];
    end
  endgenerate
  wire release_tile = waiting_q & spaced & (in_flight_q <= Credit[CountWidth-1:0]);

  // The first beat of a tile drops the accumulated values, so it waits for the release.
  assign ready_o = ~waiting_q | release_tile;
  assign fire_o = valid_i & ready_o;
  assign first_o = fire_o & first_q;

  wire [WaveLength:0] wave = {wave_q, release_tile};
  generate
    if (WaveSpan == 0) begin : gen_no_wave
      wire unused = &{1'b0, wave[WaveLength]};
    end
  endgenerate
  assign capture_o = wave[CaptureDelay];

  wire [CountWidth-1:0] gained = release_tile ? Added[CountWidth-1:0] : {CountWidth{1'b0}};
  wire [CountWidth-1:0] lost = {{(CountWidth-1){1'b0}}, pop_i};
<[ registers ]>
endmodule

`default_nettype wire
