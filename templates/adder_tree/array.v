<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // A beat and the marks, and the operands that meet the weights one cycle later, when those have
  // been swapped.
<%- for line in declarations %>
  <[ line ]>
<%- endfor %>
<%- match partial %>
<%- when Some with (partial) %>
  // Partial sums, as late as the operands.
  <[ partial ]>
<%- when None %>
<%- endmatch %>
<%- match encoder %>
<%- when Some with (encoder) %>

  genvar k;
  generate
    for (k = 0; k < <[ depth ]>; k = k + 1) begin : gen_encoder
<[ encoder ]>
    end
  endgenerate
<%- when None %>
<%- endmatch %>
<%- if !words.is_empty() %>
<[ words ]>
<%- endif %>

<[ registers ]>

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_column
<[ column ]>
    end
  endgenerate
endmodule

`default_nettype wire
