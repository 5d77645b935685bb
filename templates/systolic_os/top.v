<[ header ]>
module <[ prefix ]> #(
  parameter Rows = <[ rows ]>,
  parameter Cols = <[ cols ]>,
  // Derived from the dimensions; not to be overridden.
  parameter ATransfers = (<[ terms ]>Rows + <[ a_fit - 1 ]>) / <[ a_fit ]>,
  parameter ALanes = (<[ terms ]>Rows + ATransfers - 1) / ATransfers,
  parameter AData = (<[ a_width ]>*ALanes + 7) / 8 * 8,
  parameter BTransfers = (<[ terms ]>Cols + <[ b_fit - 1 ]>) / <[ b_fit ]>,
  parameter BLanes = (<[ terms ]>Cols + BTransfers - 1) / BTransfers,
  parameter BData = (<[ b_width ]>*BLanes + 7) / 8 * 8,
  parameter CTransfers = (Cols + <[ c_fit - 1 ]>) / <[ c_fit ]>,
  parameter CLanes = (Cols + CTransfers - 1) / CTransfers,
  parameter CData = (<[ width ]>*CLanes + 7) / 8 * 8
) (
<[ ports ]>
);
  generate
    if (Rows < 1 || Rows > <[ max_dimension ]>) begin : gen_check_rows
      rows_must_be_1_to_<[ max_dimension ]> u_error ();
    end
    if (Cols < 1 || Cols > <[ max_dimension ]>) begin : gen_check_cols
      cols_must_be_1_to_<[ max_dimension ]> u_error ();
    end
  endgenerate

  // Beats of A and B, gathered from their transfers and taken together. The end of a tile is
  // marked on the last transfer of its last beat, which is the one that completes the beat.
  wire a_valid;
  wire b_valid;
  wire ready;
  wire fire;
  wire first;
  wire [<[ a_width ]>*ALanes*ATransfers-1:0] a_beat;
  wire [<[ b_width ]>*BLanes*BTransfers-1:0] b_beat;

  <[ prefix ]>_gather #(
    .Transfers(ATransfers),
    .Width(<[ a_width ]>*ALanes)
  ) u_gather_a (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_a_tvalid),
    .ready_o(s_axis_a_tready),
    .data_i(s_axis_a_tdata[<[ a_width ]>*ALanes-1:0]),
    .valid_o(a_valid),
    .ready_i(b_valid & ready),
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
    .ready_i(a_valid & ready),
    .data_o(b_beat)
  );

  // Padding up to a whole byte, and lanes of the last transfer beyond the edge of the array.
  generate
    if (AData > <[ a_width ]>*ALanes) begin : gen_a_padding
      wire unused = &{1'b0, s_axis_a_tdata[AData-1:<[ a_width ]>*ALanes]};
    end
    if (BData > <[ b_width ]>*BLanes) begin : gen_b_padding
      wire unused = &{1'b0, s_axis_b_tdata[BData-1:<[ b_width ]>*BLanes]};
    end
    if (ALanes * ATransfers > <[ terms ]>Rows) begin : gen_a_surplus
      wire unused = &{1'b0, a_beat[<[ a_width ]>*ALanes*ATransfers-1:<[ a_term ]>*Rows]};
    end
    if (BLanes * BTransfers > <[ terms ]>Cols) begin : gen_b_surplus
      wire unused = &{1'b0, b_beat[<[ b_width ]>*BLanes*BTransfers-1:<[ b_term ]>*Cols]};
    end
  endgenerate

  wire c_pop = m_axis_c_tvalid & m_axis_c_tready;
  wire [Rows+Cols-2:0] read;
  wire [Rows+Cols-2:0] write;

  <[ prefix ]>_control #(
    .Rows(Rows),
    .Cols(Cols),
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
    .read_o(read),
    .write_o(write)
  );

<%- if depth > 1 %>
  // A beat carries <[ depth ]> consecutive k, one after the other; an element takes all terms of its row
  // and of its column.
  wire [<[ a_term ]>*Rows-1:0] a_terms;
  wire [<[ b_term ]>*Cols-1:0] b_terms;
  genvar i;
  genvar t;
  generate
    for (t = 0; t < <[ depth ]>; t = t + 1) begin : gen_term
      for (i = 0; i < Rows; i = i + 1) begin : gen_a
        assign a_terms[<[ a_term ]>*i+<[ a_width ]>*t +: <[ a_width ]>] =
            a_beat[<[ a_width ]>*(Rows*t+i) +: <[ a_width ]>];
      end
      for (i = 0; i < Cols; i = i + 1) begin : gen_b
        assign b_terms[<[ b_term ]>*i+<[ b_width ]>*t +: <[ b_width ]>] =
            b_beat[<[ b_width ]>*(Cols*t+i) +: <[ b_width ]>];
      end
    end
  endgenerate

<%- endif %>
  // Row r is delayed by r cycles, column c by c. Between beats A is zero, so that the elements
  // add nothing.
  wire [<[ a_term + 1 ]>*Rows-1:0] a_gated;
  wire [<[ a_term + 1 ]>*Rows-1:0] a_skewed;
  wire [<[ b_term ]>*Cols-1:0] b_skewed;
  wire [<[ a_term ]>*Rows-1:0] a_lanes;
  wire [Rows-1:0] first_lanes;
  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_a_lane
      assign a_gated[<[ a_term + 1 ]>*r +: <[ a_term + 1 ]>] =
          {first, <[ a_source ]>[<[ a_term ]>*r +: <[ a_term ]>] & {<[ a_term ]>{fire}}};
      assign a_lanes[<[ a_term ]>*r +: <[ a_term ]>] = a_skewed[<[ a_term + 1 ]>*r +: <[ a_term ]>];
      assign first_lanes[r] = a_skewed[<[ a_term + 1 ]>*r + <[ a_term ]>];
    end
  endgenerate

  <[ prefix ]>_skew #(
    .Lanes(Rows),
    .Width(<[ a_term + 1 ]>)
  ) u_skew_a (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(a_gated),
    .data_o(a_skewed)
  );

  <[ prefix ]>_skew #(
    .Lanes(Cols),
    .Width(<[ b_term ]>)
  ) u_skew_b (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .data_i(<[ b_source ]>),
    .data_o(b_skewed)
  );

  wire [<[ bus_width ]>*Rows-1:0] bus;

  <[ prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .first_i(first_lanes),
    .a_i(a_lanes),
    .b_i(b_skewed),
    .read_i(read),
    .bus_o(bus)
  );

  wire c_valid;
  wire c_ready;
  wire c_last;
  wire [<[ width ]>*CLanes-1:0] c_transfer;

  <[ prefix ]>_drain #(
    .Rows(Rows),
    .Cols(Cols),
    .Transfers(CTransfers),
    .Lanes(CLanes)
  ) u_drain (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .bus_i(bus),
    .write_i(write),
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
