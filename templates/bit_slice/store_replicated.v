<[ header ]>
module <[ prefix ]>_operand_store #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  genvar r;
<%- if per_element %>
  genvar m;
<%- else %>
  genvar l;
<%- endif %>
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_copy
<%- if per_element %>
      for (m = 0; m < <[ group ]>; m = m + 1) begin : gen_member
<[ memory ]>
      end
<%- else %>
      for (l = 0; l < <[ lanes ]>; l = l + 1) begin : gen_lane
<[ memory ]>
      end
<%- endif %>
    end
  endgenerate
endmodule

`default_nettype wire
