<[ header ]>
module <[ prefix ]>_edge (
<[ ports ]>
);
  wire [<[ lanes * digit - 1 ]>:0] digits;
  genvar i;
  generate
    for (i = 0; i < <[ lanes ]>; i = i + 1) begin : gen_lane
<[ encoder ]>
    end
  endgenerate

  reg [<[ lanes * digit - 1 ]>:0] digits_q;
<[ registers ]>
  assign digits_o = digits_q;
endmodule

`default_nettype wire
