<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Lane k is what comes to row k from above, lane <[ depth ]> what leaves the array.
  wire [<[ bus_width ]>*Cols*<[ depth + 1 ]>-1:0] sums;
  assign bus_o = sums[<[ bus_width ]>*Cols*<[ depth ]> +: <[ bus_width ]>*Cols];

<%- if partial_sums %>

  // Partial sums, delayed until the product to which they are added is there.
  reg [<[ width ]>*Cols*<[ delay ]>-1:0] partial_q;
<[ registers ]>
  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_start
<%- if bus_width > width %>
      assign sums[<[ bus_width ]>*c +: <[ bus_width ]>] =
          {{<[ bus_width - width ]>{1'b0}}, partial_q[<[ width ]>*(Cols*<[ delay - 1 ]>+c) +: <[ width ]>]};
<%- else %>
      assign sums[<[ width ]>*c +: <[ width ]>] = partial_q[<[ width ]>*(Cols*<[ delay - 1 ]>+c) +: <[ width ]>];
<%- endif %>
    end
  endgenerate
<%- else %>

  // Sums start at zero.
  assign sums[<[ bus_width ]>*Cols-1:0] = {<[ bus_width ]>*Cols{1'b0}};
<%- endif %>

  // Lane 0 of what is delayed comes straight, and is not in the vectors.
  wire unused = &{1'b0, <[ unused ]>};
  genvar k;
  generate
    for (k = 0; k < <[ depth ]>; k = k + 1) begin : gen_row
      wire swap;
      wire <[ a_range ]>a;
      if (k == 0) begin : gen_straight
        assign swap = swap_straight_i;
        assign a = a_straight_i;
      end else begin : gen_skewed
        assign swap = <[ swap_lane ]>;
        assign a = <[ a_lane ]>;
      end
<[ row ]>
    end
  endgenerate
endmodule

`default_nettype wire
