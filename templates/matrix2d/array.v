<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
<%- if input_registers %>
  reg first_q;
  reg [<[ b_width ]>*Cols-1:0] b_q;
<[ operand ]>

<%- endif %>
<%- if !by_column %>

  // Lane r is the captured row r; a shift moves every row up by one.
  wire [<[ bus_width ]>*Cols*(Rows+1)-1:0] rows;
  assign rows[<[ bus_width ]>*Cols*Rows +: <[ bus_width ]>*Cols] = {<[ bus_width ]>*Cols{1'b0}};
  assign row_o = rows[<[ bus_width ]>*Cols-1:0];
<%- endif %>

  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
<[ row ]>
    end
  endgenerate
endmodule

`default_nettype wire
