<% include "output_stationary/operands.v" %>

  wire c_pop = m_axis_c_tvalid & m_axis_c_tready;
  wire capture;

  <[ values.prefix ]>_control #(
    .Rows(Rows),
    .Transfers(CTransfers)
  ) u_control (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
    .fire_o(fire),
    .first_o(first),
    .pop_i(c_pop),
    .capture_o(capture)
  );
<% include "output_stationary/terms.v" %>
  // Between beats A is zero, so that the elements add nothing.
  wire [<[ values.a_lane ]>*Rows-1:0] a_gated = <[ values.a_source ]>[<[ values.a_lane ]>*Rows-1:0] & {<[ values.a_lane ]>*Rows{fire}};
  wire shift;
  wire [<[ values.bus_width ]>*Cols-1:0] row;

  <[ values.prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .first_i(first),
    .a_i(a_gated),
    .b_i(<[ values.b_source ]>),
    .capture_i(capture),
    .shift_i(shift),
    .row_o(row)
  );

  wire c_valid;
  wire c_ready;
  wire c_last;
  wire [<[ values.width ]>*CLanes-1:0] c_transfer;

  <[ values.prefix ]>_drain #(
    .Rows(Rows),
    .Cols(Cols),
    .Transfers(CTransfers),
    .Lanes(CLanes)
  ) u_drain (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .capture_i(capture),
    .row_i(row),
    .shift_o(shift),
    .valid_o(c_valid),
    .ready_i(c_ready),
    .last_o(c_last),
    .transfer_o(c_transfer)
  );

<% include "output_stationary/results.v" %>
