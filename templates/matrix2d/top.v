<% include "output_stationary/operands.v" %>

  wire c_pop = m_axis_c_tvalid & m_axis_c_tready;
  wire capture;
<%- if values.tag > 0 %>
  wire [Cols-1:0] write;

<% include "opt2/instance.v" %>
<%- endif %>

  <[ values.prefix ]>_control #(
    .Rows(Rows),
<%- if values.tag > 0 %>
    .Cols(Cols),
<%- endif %>
    .Transfers(CTransfers)
  ) u_control (
    .clk_i(aclk),
    .rst_ni(aresetn),
<%- if values.tag > 0 %>
    .valid_i(group_valid),
    .last_i(group_last),
    .tag_i(group_tag),
    .tag_valid_o(tag_valid),
    .tag_o(tag),
    .ready_o(group_ready),
    .write_o(write),
<%- else %>
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
<%- endif %>
    .fire_o(fire),
    .first_o(first),
    .pop_i(c_pop),
    .capture_o(capture)
  );
<%- if values.correction > 0 %>
<% include "output_stationary/follow.v" %>
<%- endif %>
<% include "output_stationary/terms.v" %>
<%- if values.tag > 0 %>
  wire [<[ values.bus_width ]>*Rows-1:0] bus;
<%- else %>
<%- include "output_stationary/feed.v" %>
  wire shift;
  wire [<[ values.bus_width ]>*Cols-1:0] row;
<%- endif %>

  <[ values.prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .first_i(feed_first),
    .a_i(a_feed),
    .b_i(b_feed),
    .capture_i(capture),
<%- if values.tag > 0 %>
    .bus_o(bus)
<%- else %>
    .shift_i(shift),
    .row_o(row)
<%- endif %>
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
<%- if values.tag > 0 %>
    .bus_i(bus),
    .write_i(write),
    .tag_valid_i(tag_valid),
    .tag_i(tag),
<%- else %>
    .capture_i(capture),
    .row_i(row),
    .shift_o(shift),
<%- endif %>
<%- if values.correction > 0 %>
    .correction_i(correction),
<%- endif %>
    .valid_o(c_valid),
    .ready_i(c_ready),
    .last_o(c_last),
    .transfer_o(c_transfer)
  );

<% include "output_stationary/results.v" %>
