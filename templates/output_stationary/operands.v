<[ values.header ]>
module <[ values.prefix ]> #(
  parameter integer Rows = <[ values.rows ]>,
  parameter integer Cols = <[ values.cols ]>
) (
<[ values.ports ]>
);
<[ values.transfers ]>
  generate
    if (Rows < 1 || Rows > <[ values.max_dimension ]>) begin : gen_check_rows
      rows_must_be_1_to_<[ values.max_dimension ]> u_error ();
    end
    if (Cols < 1 || Cols > <[ values.max_dimension ]>) begin : gen_check_cols
      cols_must_be_1_to_<[ values.max_dimension ]> u_error ();
    end
  endgenerate

  // Beats of A and B, gathered from their transfers and taken together. The end of a tile is
  // marked on the last transfer of its last beat, which is the one that completes the beat.
  wire a_valid;
  wire b_valid;
  wire ready;
  wire fire;
  wire first;
  wire [<[ values.a_width ]>*ALanes*ATransfers-1:0] a_beat;
  wire [<[ values.b_width ]>*BLanes*BTransfers-1:0] b_beat;

  <[ values.prefix ]>_gather #(
    .Transfers(ATransfers),
    .Width(<[ values.a_width ]>*ALanes)
  ) u_gather_a (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_a_tvalid),
    .ready_o(s_axis_a_tready),
    .data_i(s_axis_a_tdata[<[ values.a_width ]>*ALanes-1:0]),
    .valid_o(a_valid),
    .ready_i(b_valid & ready),
    .data_o(a_beat)
  );

  <[ values.prefix ]>_gather #(
    .Transfers(BTransfers),
    .Width(<[ values.b_width ]>*BLanes)
  ) u_gather_b (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(s_axis_b_tvalid),
    .ready_o(s_axis_b_tready),
    .data_i(s_axis_b_tdata[<[ values.b_width ]>*BLanes-1:0]),
    .valid_o(b_valid),
    .ready_i(a_valid & ready),
    .data_o(b_beat)
  );

  // Padding up to a whole byte, and lanes of the last transfer beyond the edge of the array.
  generate
    if (AData > <[ values.a_width ]>*ALanes) begin : gen_a_padding
      wire unused = &{1'b0, s_axis_a_tdata[AData-1:<[ values.a_width ]>*ALanes]};
    end
    if (BData > <[ values.b_width ]>*BLanes) begin : gen_b_padding
      wire unused = &{1'b0, s_axis_b_tdata[BData-1:<[ values.b_width ]>*BLanes]};
    end
    if (ALanes * ATransfers > <[ values.a_lanes ]>) begin : gen_a_surplus
      wire unused = &{1'b0, a_beat[<[ values.a_width ]>*ALanes*ATransfers-1:<[ values.a_bits ]>]};
    end
    if (BLanes * BTransfers > <[ values.terms ]>Cols) begin : gen_b_surplus
      wire unused = &{1'b0, b_beat[<[ values.b_width ]>*BLanes*BTransfers-1:<[ values.b_term ]>*Cols]};
    end
  endgenerate
