<[ header ]>
module <[ prefix ]>_row #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Lane c is what element c hands to its right neighbour.
  wire [Cols-1:0] load;
  wire [Cols-1:0] swap;
  wire [<[ operand ]>*Cols-1:0] a;
  wire unused = &{1'b0, load[Cols-1], swap[Cols-1], a[<[ operand ]>*(Cols-1) +: <[ operand ]>], b_i[<[ b_width - 1 ]>:0]};
<%- match encoder %>
<%- when Some with (encoder) %>

  // The row is encoded once; digits hop instead of operands.
<%- if operand == 1 %>
  wire a_edge;
<%- else %>
  wire [<[ operand - 1 ]>:0] a_edge;
<%- endif %>
<[ encoder ]>
<%- when None %>
<%- endmatch %>

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_element
      wire load_left;
      wire swap_left;
<%- if operand == 1 %>
      wire a_left;
<%- else %>
      wire [<[ operand - 1 ]>:0] a_left;
<%- endif %>
      wire [<[ b_width - 1 ]>:0] b_above;
      if (c == 0) begin : gen_edge
        assign b_above = b_straight_i;
        assign load_left = load_i;
        assign swap_left = swap_i;
        assign a_left = <% if encoder.is_some() %>a_edge<% else %>a_i<% endif %>;
      end else begin : gen_hop
        assign b_above = b_i[<[ b_width ]>*c +: <[ b_width ]>];
        assign load_left = load[c-1];
        assign swap_left = swap[c-1];
        assign a_left = a[<[ operand ]>*(c-1) +: <[ operand ]>];
      end
<[ element ]>
    end
  endgenerate
endmodule

`default_nettype wire
