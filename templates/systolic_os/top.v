<% include "output_stationary/operands.v" %>

  wire c_pop = m_axis_c_tvalid & m_axis_c_tready;
  wire [Rows+Cols-2:0] read;
  wire [Rows+Cols-2:0] write;

<%- if values.tag > 0 %>
<% include "opt2/instance.v" %>

<%- endif %>
  <[ values.prefix ]>_control #(
    .Rows(Rows),
    .Cols(Cols),
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
<%- else %>
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
<%- endif %>
    .fire_o(fire),
    .first_o(first),
    .pop_i(c_pop),
    .read_o(read),
    .write_o(write)
  );
<%- if values.correction > 0 %>
<% include "output_stationary/follow.v" %>
<%- endif %>
<% include "output_stationary/terms.v" %>
<%- if values.tag == 0 %>
<%- include "output_stationary/feed.v" %>
<%- endif %>
  // Row r is delayed by r cycles, column c by c.
  wire [<[ values.a_lane + 1 ]>*Rows-1:0] a_marked;
  wire [<[ values.a_lane + 1 ]>*Rows-1:0] a_skewed;
  wire [<[ values.b_lane ]>*Cols-1:0] b_skewed;
  wire [<[ values.a_lane ]>*Rows-1:0] a_lanes;
  wire [<[ values.b_lane ]>*Cols-1:0] b_lanes;
  wire [Rows-1:0] first_lanes;
  wire unused_skew = &{1'b0, a_skewed[<[ values.a_lane ]>:0], b_skewed[<[ values.b_lane ]>-1:0]};
  genvar r;
  genvar c;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_a_lane
      assign a_marked[<[ values.a_lane + 1 ]>*r +: <[ values.a_lane + 1 ]>] =
          {feed_first, a_feed[<[ values.a_lane ]>*r +: <[ values.a_lane ]>]};
      if (r == 0) begin : gen_straight
        assign a_lanes[<[ values.a_lane ]>*r +: <[ values.a_lane ]>] = a_feed[<[ values.a_lane ]>*r +: <[ values.a_lane ]>];
        assign first_lanes[r] = feed_first;
      end else begin : gen_skewed
        assign a_lanes[<[ values.a_lane ]>*r +: <[ values.a_lane ]>] = a_skewed[<[ values.a_lane + 1 ]>*r +: <[ values.a_lane ]>];
        assign first_lanes[r] = a_skewed[<[ values.a_lane + 1 ]>*r + <[ values.a_lane ]>];
      end
    end
    for (c = 0; c < Cols; c = c + 1) begin : gen_b_lane
      if (c == 0) begin : gen_straight
        assign b_lanes[<[ values.b_lane ]>*c +: <[ values.b_lane ]>] = b_feed[<[ values.b_lane ]>*c +: <[ values.b_lane ]>];
      end else begin : gen_skewed
        assign b_lanes[<[ values.b_lane ]>*c +: <[ values.b_lane ]>] = b_skewed[<[ values.b_lane ]>*c +: <[ values.b_lane ]>];
      end
    end
  endgenerate

  <[ values.prefix ]>_skew #(
    .Lanes(Rows),
    .Width(<[ values.a_lane + 1 ]>)
  ) u_skew_a (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(a_marked),
    .data_o(a_skewed)
  );

  <[ values.prefix ]>_skew #(
    .Lanes(Cols),
    .Width(<[ values.b_lane ]>)
  ) u_skew_b (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(b_feed),
    .data_o(b_skewed)
  );

  wire [<[ values.bus_width ]>*Rows-1:0] bus;

  <[ values.prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .first_i(first_lanes),
    .a_i(a_lanes),
    .b_i(b_lanes),
    .read_i(read),
    .bus_o(bus)
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
    .bus_i(bus),
    .write_i(write),
<%- if values.tag > 0 %>
    .tag_valid_i(tag_valid),
    .tag_i(tag),
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
