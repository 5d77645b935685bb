  wire [<[ values.width ]>*CLanes-1:0] c_data;

  <[ values.prefix ]>_fifo #(
    .Width(<[ values.width ]>*CLanes+1)
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

  assign m_axis_c_tdata[<[ values.width ]>*CLanes-1:0] = c_data;
  generate
    if (CData > <[ values.width ]>*CLanes) begin : gen_c_padding
      assign m_axis_c_tdata[CData-1:<[ values.width ]>*CLanes] = {(CData-<[ values.width ]>*CLanes){1'b0}};
    end
  endgenerate
endmodule

`default_nettype wire
