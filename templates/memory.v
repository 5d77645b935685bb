<[ header ]>
module <[ name ]> #(
  parameter integer Depth = 4,
  parameter integer Width = 8,
  parameter integer Address = 2
) (
<[ ports ]>
);
  generate
    if (Address < 31 && Depth > (1 << Address)) begin : gen_check_address
      address_must_reach_depth u_error ();
    end
  endgenerate

  reg [Width-1:0] memory [0:Depth-1];
  reg [Width-1:0] read_data_q;
  always @(posedge clk_i) begin
    if (write_i) memory[write_address_i] <= write_data_i;
    if (read_i) read_data_q <= memory[read_address_i];
  end
  assign read_data_o = read_data_q;
endmodule

`default_nettype wire
