<[ header ]>
module <[ prefix ]>_operand_memory #(
  parameter Width = 8
) (
<[ ports ]>
);
  reg [Width-1:0] words_q [0:<[ depth - 1 ]>];
  reg [Width-1:0] data_q;
  always @(posedge clk_i) begin
    if (write_i) words_q[write_address_i] <= data_i;
    if (read_i) data_q <= words_q[read_address_i];
  end
  assign data_o = data_q;
endmodule

`default_nettype wire
