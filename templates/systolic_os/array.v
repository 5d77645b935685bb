<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
<%- if input_registers %>
  // Lane r is what row r hands to the row below.
  wire [<[ b_width ]>*Cols*Rows-1:0] b;
  wire unused = &{1'b0, b[<[ b_width ]>*Cols*(Rows-1) +: <[ b_width ]>*Cols]};
<%- else %>
  // Lane r is what row r works on.
  wire [<[ b_width ]>*Cols*Rows-1:0] b;
  assign b[<[ b_width ]>*Cols-1:0] = b_i;
<%- endif %>

<%- if triple != "" %>

  // 3B, which hops above B.
  wire [<[ b_width ]>*Cols-1:0] b_edge;
  genvar e;
  generate
    for (e = 0; e < Cols; e = e + 1) begin : gen_triple
<[ triple ]>
    end
  endgenerate
<%- endif %>

  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
<%- if input_registers %>
      wire [<[ b_width ]>*Cols-1:0] b_above;
      if (r == 0) begin : gen_edge
        assign b_above = <[ b_edge ]>;
      end else begin : gen_hop
        assign b_above = b[<[ b_width ]>*Cols*(r-1) +: <[ b_width ]>*Cols];
      end
<%- else %>
      if (r > 0) begin : gen_hop
        reg [<[ b_width ]>*Cols-1:0] b_q;
<[ hop ]>
        assign b[<[ b_width ]>*Cols*r +: <[ b_width ]>*Cols] = b_q;
      end
<%- endif %>
<[ row ]>
    end
  endgenerate
endmodule

`default_nettype wire
