<[ header ]>
module <[ prefix ]>_<[ suffix ]> (
<[ ports ]>
);
  // Digits of the operand, and those that have not been taken in this pass.
  reg  [<[ digits * wires ]>-1:0] digits_q;
  reg  [<[ digits ]>-1:0] pending_q;
  reg  [<[ digits ]>-1:0] arrived;
  reg  [<[ digits ]>-1:0] all;
<%- if wires > 1 %>
  reg  [<[ digits ]>-1:0] negative;
<%- endif %>
  integer i;
  always @* begin
    for (i = 0; i < <[ digits ]>; i = i + 1) begin
      arrived[i] = digits_i[<[ wires ]>*i + <[ wires - 1 ]>];
      all[i] = digits_q[<[ wires ]>*i + <[ wires - 1 ]>];
<%- if wires > 1 %>
      negative[i] = digits_q[<[ wires ]>*i];
<%- endif %>
    end
  end
  wire [<[ digits ]>-1:0] first;
  wire [<[ digits ]>-1:0] rest;
<[ sparse ]>
<[ registers ]>
  assign some_o = |all;
endmodule

`default_nettype wire
