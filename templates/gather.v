<[ header ]>
module <[ prefix ]>_gather #(
  parameter integer Transfers = 2,
  parameter integer Width = 8
) (
<[ ports ]>
);
  genvar transfer;
  generate
    if (Transfers == 1) begin : gen_single
      wire unused = &{1'b0, clk_i, rst_ni};
      assign valid_o = valid_i;
      assign ready_o = ready_i;
      assign data_o = data_i;
    end else begin : gen_several
      // One-hot: the transfer that is due. The last one is not stored but passed on.
      reg  [Transfers-1:0] due_q;
      reg  [Width*(Transfers-1)-1:0] data_q;
      wire last = due_q[Transfers-1];
      wire advance = valid_i & ready_o;
      assign ready_o = ~last | ready_i;
      assign valid_o = last & valid_i;
      assign data_o = {data_i, data_q};
<[ due ]>
      for (transfer = 0; transfer < Transfers - 1; transfer = transfer + 1) begin : gen_transfer
<[ store ]>
      end
    end
  endgenerate
endmodule

`default_nettype wire
