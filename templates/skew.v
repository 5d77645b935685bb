<[ header ]>
module <[ prefix ]>_skew #(
  parameter Lanes = 4,
  parameter Width = 8
) (
<[ ports ]>
);
  assign data_o[Width-1:0] = data_i[Width-1:0];

  genvar lane;
  generate
    if (Lanes == 1) begin : gen_no_delay
      wire unused = &{1'b0, <[ unused ]>};
    end
    for (lane = 1; lane < Lanes; lane = lane + 1) begin : gen_lane
      reg  [Width*lane-1:0] line_q;
      wire [Width*(lane+1)-1:0] line = {line_q, data_i[Width*lane +: Width]};
<[ registers ]>
      assign data_o[Width*lane +: Width] = line[Width*lane +: Width];
    end
  endgenerate
endmodule

`default_nettype wire
