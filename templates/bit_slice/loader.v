<[ header ]>
module <[ prefix ]>_loader #(
  parameter integer Rows = <[ rows ]>
) (
<[ ports ]>
);
  // Half of the memories that the next beat is written to, and its place there.
  reg  parity_q;
  reg  [<[ group_bits ]>-1:0] group_q;
  reg  [<[ group ]>-1:0] position_q;
<%- if index > 0 %>
  reg  [<[ index ]>-1:0] member_q;
<%- endif %>
  // Halves that hold a chunk, or are about to: written, and not yet done with by all columns.
  reg  [1:0] occupied_q;
  // Column r has still to work on half h: bit Rows*h + r.
  reg  [2*Rows-1:0] pending_q;
  // The chunk in a half is the last of its tile.
  reg  [1:0] final_q;

  assign ready_o = ~(parity_q ? occupied_q[1] : occupied_q[0]);
  assign fire_o = valid_i & ready_o;
  wire group_full = position_q[<[ group - 1 ]>];
  wire chunk_full = group_full & (&group_q);
  wire chunk_end = fire_o & (last_i | chunk_full);

  // The digits of a beat are written one cycle later.
  reg  valid_q;
  reg  end_q;
  reg  write_parity_q;
  reg  [<[ group_bits ]>-1:0] write_group_q;
  reg  [<[ group ]>-1:0] write_position_q;
  // Written and readable: the columns may start.
  reg  [1:0] ready_q;
  wire [1:0] readable = {end_q & write_parity_q, end_q & ~write_parity_q};

  wire [2*Rows-1:0] pending_d = (pending_q | {{Rows{ready_q[1]}}, {Rows{ready_q[0]}}}) & ~release_i;
  wire [1:0] busy = {|pending_q[Rows +: Rows], |pending_q[0 +: Rows]};
  wire [1:0] stays = {|pending_d[Rows +: Rows], |pending_d[0 +: Rows]};
  wire [1:0] written = {chunk_end & parity_q, chunk_end & ~parity_q};
<%- if banked %>

  // Where the group lies, and the columns that start after it.
<[ place ]>
  reg  [Rows-1:0] early_q;

<%- endif %>
<[ registers ]>

  assign address_o = <[ address ]>;
  assign position_o = position_q;
  assign valid_o = valid_q;
  assign write_o = valid_q & (end_q | write_position_q[<[ group - 1 ]>]);
  assign end_o = end_q;
  assign write_parity_o = write_parity_q;
  assign write_group_o = write_group_q;
  assign write_position_o = write_position_q;
  assign pending_o = pending_q;
  assign final_o = final_q;
<%- if banked %>
  assign early_o = early_q;
<%- endif %>
endmodule

`default_nettype wire
