  wire c_valid;
  wire c_ready;
  wire c_last;
  wire [<[ width ]>*CLanes-1:0] c_transfer;

  <[ prefix ]>_collect #(
    .Rows(Rows),
    .Cols(Cols),
    .Transfers(CTransfers),
    .Lanes(CLanes)
  ) u_collect (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .full_i(full),
    .rows_i(results),
    .emitted_o(emitted),
    .valid_o(c_valid),
    .ready_i(c_ready),
    .last_o(c_last),
    .transfer_o(c_transfer)
  );

  wire [<[ width ]>*CLanes-1:0] c_data;

  <[ prefix ]>_fifo #(
    .Width(<[ width ]>*CLanes+1)
  ) u_fifo (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(c_valid),
    .ready_o(c_ready),
    .data_i({c_last, c_transfer}),
    .valid_o(m_axis_c_tvalid),
    .ready_i(m_axis_c_tready),
    .data_o({m_axis_c_tlast, c_data})
  );

  assign m_axis_c_tdata[<[ width ]>*CLanes-1:0] = c_data;
  generate
    if (CData > <[ width ]>*CLanes) begin : gen_c_padding
      assign m_axis_c_tdata[CData-1:<[ width ]>*CLanes] = {(CData-<[ width ]>*CLanes){1'b0}};
    end
  endgenerate
endmodule

`default_nettype wire
