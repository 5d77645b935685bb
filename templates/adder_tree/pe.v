<[ header ]>
module <[ prefix ]>_pe (
<[ ports ]>
);
<%- if depth * b == 1 %>
  reg shadow_q;
  reg weight_q;
<%- else %>
  reg [<[ depth * b - 1 ]>:0] shadow_q;
  reg [<[ depth * b - 1 ]>:0] weight_q;
<%- endif %>
<%- for line in declarations %>
  <[ line ]>
<%- endfor %>

  genvar k;
  generate
    for (k = 0; k < <[ depth ]>; k = k + 1) begin : gen_weight
<[ loads ]>
    end
  endgenerate

<[ instances ]>
<[ registers ]>
  assign sum_o = sum_q;
endmodule

`default_nettype wire
