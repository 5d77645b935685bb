
  wire feed_first;
  wire [<[ values.a_lane ]>*Rows-1:0] a_feed;
  wire [<[ values.b_lane ]>*Cols-1:0] b_feed;

  <[ values.prefix ]>_operand_register #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_operand_register (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .fire_i(fire),
    .first_i(first),
    .a_i(<[ values.a_source ]>[<[ values.a_lane ]>*Rows-1:0]),
    .b_i(<[ values.b_source ]>),
    .first_o(feed_first),
    .a_o(a_feed),
    .b_o(b_feed)
  );

