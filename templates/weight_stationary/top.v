<[ header ]>
module <[ prefix ]> #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
<[ transfers ]>
  // From the acceptance of a beat of A until its beat of C is offered.
  localparam Latency = <[ latency ]>;
  // Beats of C that the output memory holds: those that are on their way at full rate.
  localparam Interval = (CTransfers > <[ a.transfers_per_beat ]>) ? CTransfers : <[ a.transfers_per_beat ]>;
  localparam Slots = (Latency + CTransfers + Interval - 1) / Interval;

  generate
    if (Cols < 1 || Cols > <[ max_dimension ]>) begin : gen_check_cols
      cols_must_be_1_to_<[ max_dimension ]> u_error ();
    end
  endgenerate

  // Beats, gathered from their transfers. The end of a tile is marked on the last transfer of its
  // last beat, which is the one that completes the beat.
  wire a_valid;
  wire b_valid;
  wire ready;
  wire load_ready;
  wire [<[ a_width * a.lanes_per_transfer * a.transfers_per_beat - 1 ]>:0] a_beat;
  wire [<[ b_width ]>*BLanes*BTransfers-1:0] b_beat;
<%- if partial_sums %>
  wire p_valid;
  wire [<[ width ]>*CLanes*CTransfers-1:0] p_beat;
<%- endif %>

  <[ prefix ]>_gather #(
    .Transfers(<[ a.transfers_per_beat ]>),
    .Width(<[ a_width * a.lanes_per_transfer ]>)
  ) u_gather_a (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_a_tvalid),
    .ready_o(s_axis_a_tready),
<%- if a_width * a.lanes_per_transfer == a_data %>
    .data_i(s_axis_a_tdata),
<%- else %>
    .data_i(s_axis_a_tdata[<[ a_width * a.lanes_per_transfer - 1 ]>:0]),
<%- endif %>
    .valid_o(a_valid),
    .ready_i(<% if partial_sums %>p_valid & <% endif %>ready),
    .data_o(a_beat)
  );

  <[ prefix ]>_gather #(
    .Transfers(BTransfers),
    .Width(<[ b_width ]>*BLanes)
  ) u_gather_b (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_b_tvalid),
    .ready_o(s_axis_b_tready),
    .data_i(s_axis_b_tdata[<[ b_width ]>*BLanes-1:0]),
    .valid_o(b_valid),
    .ready_i(load_ready),
    .data_o(b_beat)
  );
<%- if partial_sums %>

  <[ prefix ]>_gather #(
    .Transfers(CTransfers),
    .Width(<[ width ]>*CLanes)
  ) u_gather_p (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_p_tvalid),
    .ready_o(s_axis_p_tready),
    .data_i(s_axis_p_tdata[<[ width ]>*CLanes-1:0]),
    .valid_o(p_valid),
    .ready_i(a_valid & ready),
    .data_o(p_beat)
  );
<%- endif %>

<%- if marks && b_width > 1 %>
  wire unused_mark = &{1'b0, b_beat[<[ b_width ]>*Cols+1 +: <[ b_width - 1 ]>]};
<%- endif %>

  // Padding up to a whole byte, and lanes of the last transfer beyond the edge of the array.
<%- if a_data > a_width * a.lanes_per_transfer %>
  wire unused_a_padding = &{1'b0, s_axis_a_tdata[<[ a_data - 1 ]>:<[ a_width * a.lanes_per_transfer ]>]};
<%- endif %>
<%- if a.lanes_per_transfer * a.transfers_per_beat > depth %>
  wire unused_a_surplus = &{1'b0, a_beat[<[ a_width * a.lanes_per_transfer * a.transfers_per_beat - 1 ]>:<[ a_width * depth ]>]};
<%- endif %>
  generate
    if (BData > <[ b_width ]>*BLanes) begin : gen_b_padding
      wire unused = &{1'b0, s_axis_b_tdata[BData-1:<[ b_width ]>*BLanes]};
    end
    if (BLanes * BTransfers > <[ b_lanes ]>) begin : gen_b_surplus
      wire unused = &{1'b0, b_beat[<[ b_width ]>*BLanes*BTransfers-1:<[ b_used ]>]};
    end
<%- if partial_sums %>
    if (CData > <[ width ]>*CLanes) begin : gen_p_padding
      wire unused = &{1'b0, s_axis_p_tdata[CData-1:<[ width ]>*CLanes]};
    end
    if (CLanes * CTransfers > Cols) begin : gen_p_surplus
      wire unused = &{1'b0, p_beat[<[ width ]>*CLanes*CTransfers-1:<[ width ]>*Cols]};
    end
<%- endif %>
  endgenerate

<%- if depth == 1 %>

  wire load;
<%- else %>

  wire [<[ depth - 1 ]>:0] load;
<%- endif %>
  wire swap;
  wire write;
  wire last;
  wire pop;

  <[ prefix ]>_control #(
    .Slots(Slots)
  ) u_control (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(a_valid<% if partial_sums %> & p_valid<% endif %>),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
    .load_valid_i(b_valid),
    .load_ready_o(load_ready),
    .load_o(load),
    .swap_o(swap),
    .write_o(write),
    .last_o(last),
    .pop_i(pop)
  );
<%- if hops %>

  // Row k is delayed by k cycles, column c by c. The swap of a row's weights goes with its A. What
  // is not delayed goes past the skew lines.
  wire [<[ depth - 1 ]>:0] swap_skewed;
  wire [<[ a_width * depth - 1 ]>:0] a_skewed;

  <[ prefix ]>_skew #(
    .Lanes(<[ depth ]>),
    .Width(1)
  ) u_skew_swap (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i({<[ depth ]>{swap}}),
    .data_o(swap_skewed)
  );

  <[ prefix ]>_skew #(
    .Lanes(<[ depth ]>),
    .Width(<[ a_width ]>)
  ) u_skew_a (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(a_beat[<[ a_width * depth - 1 ]>:0]),
    .data_o(a_skewed)
  );

  wire [<[ b_width ]>*Cols-1:0] b_skewed;

  <[ prefix ]>_skew #(
    .Lanes(Cols),
    .Width(<[ b_width ]>)
  ) u_skew_b (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(b_beat[<[ b_width ]>*Cols-1:0]),
    .data_o(b_skewed)
  );
<%- if partial_sums %>

  wire [<[ width ]>*Cols-1:0] p_skewed;

  <[ prefix ]>_skew #(
    .Lanes(Cols),
    .Width(<[ width ]>)
  ) u_skew_p (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(p_beat[<[ width ]>*Cols-1:0]),
    .data_o(p_skewed)
  );
<%- endif %>
<%- endif %>

  wire [<[ bus_width ]>*Cols-1:0] bus;

  <[ prefix ]>_array #(
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .load_i(load),
<%- if hops %>
    .swap_straight_i(swap),
    .swap_i(swap_skewed),
    .a_straight_i(a_beat[<[ a_width - 1 ]>:0]),
    .a_i(a_skewed),
    .b_straight_i(b_beat[<[ b_width - 1 ]>:0]),
    .b_i(b_skewed),
<%- if partial_sums %>
    .partial_straight_i(p_beat[<[ width - 1 ]>:0]),
    .partial_i(p_skewed),
<%- endif %>
<%- else %>
    .swap_i(swap),
<%- if a.lanes_per_transfer * a.transfers_per_beat > depth %>
    .a_i(a_beat[<[ a_width * depth - 1 ]>:0]),
<%- else %>
    .a_i(a_beat),
<%- endif %>
    .b_i(b_beat[<[ b_width ]>*Cols-1:0]),
<%- if marks %>
    .counts_i(b_beat[<[ b_width ]>*Cols]),
<%- endif %>
<%- if partial_sums %>
    .partial_i(p_beat[<[ width ]>*Cols-1:0]),
<%- endif %>
<%- endif %>
    .bus_o(bus)
  );

  wire [<[ width ]>*CLanes-1:0] c_data;

  <[ prefix ]>_output #(
    .Cols(Cols),
    .Transfers(CTransfers),
    .Lanes(CLanes),
    .Slots(Slots)
  ) u_output (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .bus_i(bus),
    .write_i(write),
    .last_i(last),
    .valid_o(m_axis_c_tvalid),
    .ready_i(m_axis_c_tready),
    .last_o(m_axis_c_tlast),
    .transfer_o(c_data),
    .pop_o(pop)
  );

  assign m_axis_c_tdata[<[ width ]>*CLanes-1:0] = c_data;
  generate
    if (CData > <[ width ]>*CLanes) begin : gen_c_padding
      assign m_axis_c_tdata[CData-1:<[ width ]>*CLanes] = {(CData-<[ width ]>*CLanes){1'b0}};
    end
  endgenerate
endmodule

`default_nettype wire
