<[ header ]>
module <[ prefix ]>_control #(
  parameter integer Slots = <[ slots ]>
) (
<[ ports ]>
);
  // A result reaches the output memory this many cycles after its beat was accepted.
  localparam WriteDelay = <[ write_delay ]>;
  localparam CountWidth = $clog2(Slots + 1);

  // The next beat of A is the first of a tile.
  reg first_q;
  // One-hot: the row of weights that is loaded next.
<%- if depth == 1 %>
  reg row_q;
  wire last_row = row_q;
<%- else %>
  reg  [<[ depth - 1 ]>:0] row_q;
  wire last_row = row_q[<[ depth - 1 ]>];
<%- endif %>
  // The shadow weights are complete and not yet swapped in.
  reg full_q;
  // Beats of C that are accepted but have not left.
  reg  [CountWidth-1:0] in_flight_q;
  // Bit i: a beat was accepted i + 1 cycles ago; it was the last of its tile.
  reg  [WriteDelay-1:0] write_q;
  reg  [WriteDelay-1:0] last_q;

  // The first beat of a tile needs its weights, and every beat a place for its result.
  wire room = in_flight_q != Slots[CountWidth-1:0];
  assign ready_o = room & (full_q | ~first_q);
  wire fire = valid_i & ready_o;
  assign swap_o = fire & first_q;

  // Row 0 may be loaded in the cycle in which it is swapped: a swap and a load that start together
  // pass through the array together, and the swap takes what was there before.
  assign load_ready_o = swap_o | ~full_q;
  wire load = load_valid_i & load_ready_o;
<%- if depth == 1 %>
  assign load_o = load;
<%- else %>
  assign load_o = row_q & {<[ depth ]>{load}};
<%- endif %>

  assign write_o = write_q[WriteDelay-1];
  assign last_o = last_q[WriteDelay-1];
  wire [CountWidth-1:0] gained = {{(CountWidth-1){1'b0}}, fire};
  wire [CountWidth-1:0] lost = {{(CountWidth-1){1'b0}}, pop_i};
<[ registers ]>
<[ last ]>
endmodule

`default_nettype wire
