<[ header ]>
module <[ prefix ]>_memory #(
  parameter Slots = 4,
  parameter AddressWidth = 2,
  parameter Width = 8
) (
<[ ports ]>
);
  reg [Width-1:0] memory_q [0:Slots-1];
  reg [Width-1:0] data_q;
  always @(posedge clk_i) begin
    if (write_i) memory_q[write_address_i] <= data_i;
    if (read_i) data_q <= memory_q[read_address_i];
  end
  assign data_o = data_q;
endmodule

`default_nettype wire
