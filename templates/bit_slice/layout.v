<[ header ]>
module <[ prefix ]>_layout #(
  parameter integer Rows = <[ rows ]>
) (
<[ ports ]>
);
<%- if kept > 0 %>
  // The number of the last group that is expected, without its lowest bits: in the last chunk that
  // of the tile before, in all others that of a full one.
  reg  [<[ kept ]>-1:0] length_q;
  reg  [7:0] chunk_q;
  reg  [7:0] last_chunk_q;
  wire [<[ kept ]>-1:0] expected = length_q | {<[ kept ]>{chunk_q != last_chunk_q}};
<%- endif %>
<%- if spread.len() > 0 %>

  // In a chunk of few groups the places in a group choose between banks, too.
  wire [<[ spread.len() ]>-1:0] spread;
<%- for few in spread %>
  assign spread[<[ loop.index0 ]>] = <[ few ]>;
<%- endfor %>
  reg  [<[ 2 * spread.len() ]>-1:0] spread_q;
  assign spread_now_o = spread;
  assign spread_o = spread_q;
<%- endif %>
<%- if row > 0 %>
<%- if kept > 0 %>
<% endif %>
  // Groups of a run, less one. The next run is in the next bank; when all banks have had theirs,
  // each gets a group at a time.
  wire [<[ row ]>-1:0] longest = <[ longest ]>;
  reg  [<[ row ]>-1:0] row_q;
  reg  [<[ slot ]>-1:0] slot_q;
  reg  wrapped_q;
  wire run_end = wrapped_q | (row_q == longest);
  wire bank_end = run_end & (&slot_q);
  wire [<[ slot ]>-1:0] slot_d = slot_q + <[ run_end ]>;
  wire [<[ row ]>-1:0] row_d = (run_end & ~bank_end) ? row_q & {<[ row ]>{wrapped_q}} : row_q + <[ one ]>;
  assign group_o = {row_q, slot_q};
<%- else %>
  assign group_o = group_i;
<%- endif %>
<%- if row > 0 || kept > 0 %>

<[ registers ]>
<%- endif %>

  // Every column starts at another bank.
  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_column
      localparam Start = r * <[ slots ]> / Rows;
      if (Start == 0) begin : gen_first
        assign early_o[r] = 1'b0;
      end else begin : gen_rotated
        assign early_o[r] = <[ early ]>;
      end
    end
  endgenerate
endmodule

`default_nettype wire
