<[ header ]>
module <[ prefix ]>_fifo #(
  parameter integer Width = 8
) (
<[ ports ]>
);
  localparam Depth = <[ depth ]>;

  // Entry 0 is the output. Used entries are contiguous from there.
  reg  [Depth-1:0] used_q;
  reg  [Width*Depth-1:0] data_q;
  wire push = valid_i & ready_o;
  wire pop = used_q[0] & ready_i;
  assign ready_o = ~used_q[Depth-1];
  assign valid_o = used_q[0];
  assign data_o = data_q[Width-1:0];

  reg  [Depth-1:0] used_d;
  always @* begin
    used_d = used_q;
    if (push & ~pop) used_d = {used_q[Depth-2:0], 1'b1};
    if (pop & ~push) used_d = {1'b0, used_q[Depth-1:1]};
  end
<[ used ]>

  // A pop moves every entry down by one; a push fills the lowest free one.
  wire [Width*Depth-1:0] above = {data_i, data_q[Width*Depth-1:Width]};
  wire [Depth-1:0] used_above = {1'b0, used_q[Depth-1:1]};
  genvar entry;
  generate
    for (entry = 0; entry < Depth; entry = entry + 1) begin : gen_entry
      wire load = pop | (push & ~used_q[entry]);
      wire [Width-1:0] data_d = (pop & used_above[entry]) ? above[Width*entry +: Width] : data_i;
<[ store ]>
    end
  endgenerate
endmodule

`default_nettype wire
