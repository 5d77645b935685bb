<[ header ]>
module <[ prefix ]>_output #(
  parameter integer Cols = <[ cols ]>,
  parameter integer Transfers = <[ transfers ]>,
  parameter integer Lanes = <[ lanes ]>,
  parameter integer Slots = <[ slots ]>
) (
<[ ports ]>
);
<[ check ]>  localparam AddressWidth = (Slots > 1) ? $clog2(Slots) : 1;
  localparam Final = Slots - 1;

  // Where the next beat is written and read, and the number of complete beats between: the last one
  // finds one less, since the first of so many is being handed out.
  reg  [AddressWidth-1:0] head_q;
  reg  [AddressWidth-1:0] tail_q;
  reg  [AddressWidth-1:0] stored_q;
  // The beat that was read last is being handed out; one-hot: the transfer of it that is due.
  reg  valid_q;
  reg  [Transfers-1:0] part_q;

  wire head_wraps = head_q == Final[AddressWidth-1:0];
  wire tail_wraps = tail_q == Final[AddressWidth-1:0];
  wire [AddressWidth-1:0] step = {{(AddressWidth-1){1'b0}}, 1'b1};
  wire [AddressWidth-1:0] head_next = head_wraps ? {AddressWidth{1'b0}} : head_q + step;
  wire [AddressWidth-1:0] tail_next = tail_wraps ? {AddressWidth{1'b0}} : tail_q + step;

  // What is written into each column, and where.
  wire [Cols-1:0] write;
  wire [Cols-1:0] last;
  wire [AddressWidth*Cols-1:0] address;
  wire [<[ width ]>*Lanes*Transfers-1:0] lanes;

  // A beat is complete when its last column is written.
  wire take = (|stored_q) & (pop_o | ~valid_q);
  wire [AddressWidth-1:0] gained = {{(AddressWidth-1){1'b0}}, write[Cols-1]};
  wire [AddressWidth-1:0] lost = {{(AddressWidth-1){1'b0}}, take};
  assign valid_o = valid_q;
  assign pop_o = valid_q & ready_i & part_q[Transfers-1];

  wire last_beat;
  assign last_o = last_beat & part_q[Transfers-1];
  wire [Transfers-1:0] part_next;
  generate
    if (Transfers == 1) begin : gen_one_transfer
      assign part_next = part_q;
    end else begin : gen_transfers
      wire push = valid_q & ready_i;
      assign part_next = push ? {part_q[Transfers-2:0], part_q[Transfers-1]} : part_q;
    end
  endgenerate
<[ registers ]>

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_column
<%- if hops %>
      if (c == 0) begin : gen_edge
        assign write[c] = write_i;
        assign last[c] = last_i;
        assign address[AddressWidth-1:0] = head_q;
      end else begin : gen_hop
        reg write_q;
        reg last_q;
        reg [AddressWidth-1:0] address_q;
<[ hop_valid ]>
<[ hop ]>
        assign write[c] = write_q;
        assign last[c] = last_q;
        assign address[AddressWidth*c +: AddressWidth] = address_q;
      end
<%- else %>
      assign write[c] = write_i;
      assign last[c] = last_i;
      assign address[AddressWidth*c +: AddressWidth] = head_q;
<%- endif %>
<%- if pair %>
<%- if width == 1 %>
      wire sum_d;
      reg sum_q;
<%- else %>
      wire [<[ width - 1 ]>:0] sum_d;
      reg  [<[ width - 1 ]>:0] sum_q;
<%- endif %>
<[ resolve ]>
<[ resolved ]>
<%- endif %>
      <[ prefix ]>_memory #(
        .Depth(Slots),
        .Address(AddressWidth),
        .Width(<[ width ]>)
      ) u_memory (
        .clk_i(clk_i),
        .write_i(write[c]),
        .write_address_i(address[AddressWidth*c +: AddressWidth]),
<%- if pair %>
        .write_data_i(sum_q),
<%- else %>
        .write_data_i(bus_i[<[ width ]>*c +: <[ width ]>]),
<%- endif %>
        .read_i(take),
        .read_address_i(tail_q),
        .read_data_o(lanes[<[ width ]>*c +: <[ width ]>])
      );
    end
    if (Lanes * Transfers > Cols) begin : gen_padding
      assign lanes[<[ width ]>*Lanes*Transfers-1:<[ width ]>*Cols] = {<[ width ]>*(Lanes*Transfers-Cols){1'b0}};
    end
    if (Cols > 1) begin : gen_inner_columns
      wire unused = &{1'b0, last[Cols-2:0]};
    end
  endgenerate

  <[ prefix ]>_memory #(
    .Depth(Slots),
    .Address(AddressWidth),
    .Width(1)
  ) u_last (
    .clk_i(clk_i),
    .write_i(write[Cols-1]),
    .write_address_i(address[AddressWidth*(Cols-1) +: AddressWidth]),
    .write_data_i(last[Cols-1]),
    .read_i(take),
    .read_address_i(tail_q),
    .read_data_o(last_beat)
  );

  reg [<[ width ]>*Lanes-1:0] transfer;
  integer i;
  always @* begin
    transfer = {<[ width ]>*Lanes{1'b0}};
    for (i = 0; i < Transfers; i = i + 1) begin
      transfer = transfer | (lanes[<[ width ]>*Lanes*i +: <[ width ]>*Lanes] & {<[ width ]>*Lanes{part_q[i]}});
    end
  end
  assign transfer_o = transfer;
endmodule

`default_nettype wire
