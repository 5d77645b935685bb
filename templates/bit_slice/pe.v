<[ header ]>
module <[ prefix ]>_pe (
<[ ports ]>
);
<%- if per_element %>
  // A group of digits and the operands that belong to it. A digit that has been worked on is
  // cleared, so those that are left are taken lowest first. Nothing is left of what the registers
  // held when power came, in a simulator with unknown values either: they do not pass an `if`.
  reg  [<[ wires * group ]>-1:0] group_q;
  reg  [<[ b_width * group ]>-1:0] b_q;
  reg  [<[ group ]>-1:0] pending;
  integer j;
  always @* begin
    for (j = 0; j < <[ group ]>; j = j + 1) begin
      pending[j] = |group_q[<[ wires ]>*j + <[ magnitude ]> +: <[ wires - magnitude ]>];
    end
  end
  wire [<[ group ]>-1:0] first;
<[ sparse ]>

  reg  [<[ wires * group ]>-1:0] group_d;
  reg  [<[ wires ]>-1:0] digit;
  reg  [<[ b_width ]>-1:0] b;
  integer i;
  always @* begin
    group_d = {<[ wires * group ]>{1'b0}};
    digit = {<[ wires ]>{1'b0}};
    b = {<[ b_width ]>{1'b0}};
    for (i = 0; i < <[ group ]>; i = i + 1) begin
      if (load_i) group_d[<[ wires ]>*i +: <[ wires ]>] = digit_i[<[ wires ]>*i +: <[ wires ]>];
      else if (~first[i]) group_d[<[ wires ]>*i +: <[ wires ]>] = group_q[<[ wires ]>*i +: <[ wires ]>];
      digit = digit | (group_q[<[ wires ]>*i +: <[ wires ]>] & {<[ wires ]>{first[i]}});
      b = b | (b_q[<[ b_width ]>*i +: <[ b_width ]>] & {<[ b_width ]>{first[i]}});
    end
  end
<%- else %>
<%- for line in declarations %>
  <[ line ]>
<%- endfor %>
<%- endif %>

  // The accumulated pair, and what was accumulated in the segment before, waiting to be read.
  reg  [<[ pair ]>-1:0] pair_q;
  reg  [<[ pair ]>-1:0] shadow_q;
  wire [<[ pair ]>-1:0] pair_d;
<[ compress ]>

<[ registers ]>
  assign pair_o = shadow_q;
endmodule

`default_nettype wire
