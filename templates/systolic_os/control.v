<[ header ]>
module <[ prefix ]>_control #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>,
  parameter integer Transfers = <[ transfers ]>
) (
<[ ports ]>
);
<[ check ]>  // Transfers that may be on their way when a tile is released for reading: the output buffer
  // takes them all, so the row buffers are free when the tile overwrites them.
  localparam Credit = <[ credit ]>;
  localparam Added = Rows * Transfers;
  localparam CountWidth = $clog2(Credit + Added + 1);
<%- if staggered %>
  // The wave of reads reaches row r and column c this many cycles after the release, plus r + c.
  localparam ReadDelay = <[ read_delay ]>;
  localparam WriteDelay = ReadDelay + <[ resolve_latency ]>;
  localparam WaveSpan = WriteDelay + Rows + Cols - 2;
  // The rows of a tile of so few transfers that the credit does not hold the next one back leave
  // one after the other while the next one overwrites them one cycle apart. Where it does not hold
  // back the one after that either, each is given the time that its transfers take.
  localparam Lag = (Rows - 1) * (Transfers - 1);
  localparam Rest = (2 * Added <= Credit && Added > Cols) ? Added - Cols : 0;
  localparam Spread = (Added > Credit) ? 0 : (Lag > Rest) ? Lag : Rest;
<%- else %>
  // The accumulated values are captured this many cycles after the release; column c is written
  // to the row buffers after WriteDelay + c.
  localparam CaptureDelay = <[ read_delay ]>;
  localparam WriteDelay = CaptureDelay + <[ resolve_latency ]>;
  localparam WaveSpan = WriteDelay + Cols - 1;
  // The rows of a tile of so few transfers that the credit does not hold the next one back leave
  // one after the other, and the next one overwrites them side by side.
  localparam Spread = (Added <= Credit) ? (Rows - 1) * Transfers : 0;
<%- endif %>
  localparam WaveLength = (WaveSpan > 0) ? WaveSpan : 1;

  // The next beat is the first of a tile.
  reg first_q;
  // The last beat of a tile has been accepted, and the tile is not yet released for reading.
  reg waiting_q;
<%- if tag > 0 %>
  // What the tile that waits is a plane of: whether it begins the results, whether it completes
  // them, and its weight.
  reg  [<[ tag - 1 ]>:0] tag_q;
  wire begins = tag_q[<[ tag - 1 ]>];
  wire completes = tag_q[<[ tag - 2 ]>];
<%- endif %>
  // Transfers of released tiles that the receiver has not yet accepted.
  reg  [CountWidth-1:0] in_flight_q;
  // Bit i: a tile was released i + 1 cycles ago.
  reg  [WaveLength-1:0] wave_q;

  // The row buses and final adders take one element per cycle: releases are Cols cycles apart.
  wire spaced;
  wire rows_leave;
  generate
    if (Cols == 1) begin : gen_always_spaced
      assign spaced = 1'b1;
    end else begin : gen_spaced
      assign spaced = ~|wave_q[Cols-2:0];
    end
    if (Spread == 0) begin : gen_rows_leave
      assign rows_leave = 1'b1;
    end else begin : gen_spread
      assign rows_leave = ~|wave_q[Cols+Spread-2:0];
    end
  endgenerate
  wire room = in_flight_q <= Credit[CountWidth-1:0];
<%- if tag > 0 %>
  wire free = ~begins | (room & rows_leave);
  wire release_tile = waiting_q & spaced & free;
<%- else %>
  wire release_tile = waiting_q & spaced & rows_leave & room;
<%- endif %>

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
<%- if staggered %>
  assign read_o = wave[ReadDelay +: Rows+Cols-1];
  assign write_o = wave[WriteDelay +: Rows+Cols-1];
<%- else %>
  assign capture_o = wave[CaptureDelay];
  assign write_o = wave[WriteDelay +: Cols];
<%- endif %>

<%- if tag > 0 %>

  // The tag goes with the wave; it is handed out one cycle before the first write.
  reg  [<[ tag ]>*(WriteDelay-1)-1:0] tags_q;
  wire [<[ tag ]>*WriteDelay-1:0] tags = {tags_q, tag_q};
  assign tag_valid_o = wave[WriteDelay-1];
  assign tag_o = tags[<[ tag ]>*(WriteDelay-1) +: <[ tag ]>];
<[ tag_registers ]>
<%- endif %>

  wire gain = release_tile<% if tag > 0 %> & completes<% endif %>;
  wire [CountWidth-1:0] gained = gain ? Added[CountWidth-1:0] : {CountWidth{1'b0}};
  wire [CountWidth-1:0] lost = {{(CountWidth-1){1'b0}}, pop_i};
<[ registers ]>
endmodule

`default_nettype wire
