<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_column
<[ column ]>
    end
  endgenerate
endmodule

`default_nettype wire
