  // To the array, every plane of a chunk is a tile.
  wire group_valid;
  wire group_last;
  wire group_ready;
  wire [<[ values.tag - 1 ]>:0] group_tag;
  wire tag_valid;
  wire [<[ values.tag - 1 ]>:0] tag;
  wire feed_first;
  wire [<[ values.a_lane ]>*Rows-1:0] a_feed;
  wire [<[ values.b_lane ]>*Cols-1:0] b_feed;

  <[ values.prefix ]>_feed #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_feed (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
    .a_beat_i(a_beat[<[ values.a_term ]>*Rows-1:0]),
    .b_beat_i(b_beat[<[ values.b_term ]>*Cols-1:0]),
    .valid_o(group_valid),
    .last_o(group_last),
    .tag_o(group_tag),
    .fire_i(fire),
    .first_i(first),
    .first_o(feed_first),
    .a_o(a_feed),
    .b_o(b_feed)
  );
  wire unused = group_ready;
