<[ header ]>
module <[ prefix ]>_control #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Sums leave one per cycle while the elements go on, so hand-overs are at least so many cycles
  // apart as a row has elements.
  localparam Gap = Cols - 1;
  localparam CountWidth = $clog2(Cols + 1) + 1;
  reg  [CountWidth-1:0] spacing_q;
  // A beat is being worked on; it is the last of its tile; the next one is the first of its tile.
  reg  busy_q;
  reg  last_q;
  reg  first_q;
  // Lanes that have nothing left to do.
  reg  [<[ lanes ]>-1:0] finished_q;
  // A finished sum waits to be handed over; a result waits to be handed out.
  reg  waiting_q;
  reg  held_q;

  wire free = ~|spacing_q & ~held_q;
  wire capture = waiting_q & free;
  wire go = busy_q & (~waiting_q | free);
  wire [<[ lanes ]>-1:0] idle = finished_q | ~a_some_i | ~b_some_i;
  wire [<[ lanes ]>-1:0] done = idle | (a_last_i & b_last_i);
  wire beat_done = go & (&done);
  assign active_o = ~idle & {<[ lanes ]>{go}};
  assign ready_o = ~busy_q | beat_done;
  assign load_o = valid_i & ready_o;
  assign tags_o = {capture, ~(go & first_q)};
  wire [CountWidth-1:0] spacing_d = capture ? Gap[CountWidth-1:0]
      : spacing_q - {{(CountWidth-1){1'b0}}, |spacing_q};
<[ registers ]>
endmodule

`default_nettype wire
