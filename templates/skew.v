<[ header ]>
module <[ prefix ]>_skew #(
  parameter integer Lanes = 4,
  parameter integer Width = 8
) (
<[ ports ]>
);
  genvar lane;
  generate
    if (Lanes == 1) begin : gen_no_delay
      wire unused = &{1'b0, <[ unused ]>};
    end
    for (lane = 0; lane < Lanes; lane = lane + 1) begin : gen_lane
      if (lane == 0) begin : gen_past
        // Not delayed: it goes past this module, so that all that leaves it is registered.
        assign data_o[Width-1:0] = {Width{1'b0}};
        wire unused = &{1'b0, data_i[Width-1:0]};
      end else begin : gen_line
        reg [Width*lane-1:0] line_q;
        if (lane == 1) begin : gen_one
<[ one ]>
        end else begin : gen_more
<[ more ]>
        end
        assign data_o[Width*lane +: Width] = line_q[Width*(lane-1) +: Width];
      end
    end
  endgenerate
endmodule

`default_nettype wire
