<[ header ]>
module <[ prefix ]>_operand_register #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Whether the beat is the first of a tile.
  reg first_q;
  reg [<[ a_lane ]>*Rows-1:0] a_q;
  reg [<[ b_lane ]>*Cols-1:0] b_q;

  assign first_o = first_q;
  assign a_o = a_q;
  assign b_o = b_q;

<[ registers ]>
endmodule

`default_nettype wire
