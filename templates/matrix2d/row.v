<[ header ]>
module <[ prefix ]>_row #(
  parameter Cols = <[ cols ]>
) (
<[ ports ]>
);
<%- if edge %>
  // The digits of A, which are broadcast in its place.
  wire [<[ a_width ]>-1:0] a_edge;
<[ encode ]>

<%- endif %>
<%- if input_registers %>
  reg [<[ a_width ]>-1:0] a_q;
<[ operand ]>

<%- endif %>
  wire [<[ bus_width ]>*Cols-1:0] accumulated;
  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_element
<[ element ]>
    end
  endgenerate

<%- if by_column %>

  // The planes, taken over at once and handed out column by column.
<%- else %>

  // The results of a tile, taken over at once and handed on row by row.
<%- endif %>
  reg [<[ bus_width ]>*Cols-1:0] row_q;
<[ buffer ]>
<%- if by_column %>
  assign bus_o = row_q[<[ bus_width - 1 ]>:0];
<%- else %>
  assign row_o = row_q;
<%- endif %>
endmodule

`default_nettype wire
