<[ header ]>
module <[ prefix ]>_row #(
  parameter integer Cols = <[ cols ]>
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
<%- if by_column %>
  wire [<[ bus_width ]>*Cols-1:0] handed_on;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_column
      if (c < Cols-1) begin : gen_next
        assign handed_on[<[ bus_width ]>*c +: <[ bus_width ]>] =
            row_q[<[ bus_width ]>*(c+1) +: <[ bus_width ]>];
      end else begin : gen_last
        assign handed_on[<[ bus_width ]>*c +: <[ bus_width ]>] = {<[ bus_width ]>{1'b0}};
      end
    end
  endgenerate
<%- endif %>
<[ buffer ]>
<%- if by_column %>
  assign bus_o = row_q[<[ bus_width - 1 ]>:0];
<%- else %>
  assign row_o = row_q;
<%- endif %>
endmodule

`default_nettype wire
