<[ header ]>
module <[ prefix ]>_collect #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>,
  parameter integer Transfers = <[ transfers ]>,
  parameter integer Lanes = <[ lanes ]>
) (
<[ ports ]>
);
<[ check ]>  // One-hot: the row and the transfer of it that are handed out next.
  reg  [Rows-1:0] row_q;
  reg  [Transfers-1:0] part_q;
  wire push = valid_o & ready_i;
  wire row_done = push & part_q[Transfers-1];
  assign valid_o = |(full_i & row_q);
  assign last_o = row_q[Rows-1] & part_q[Transfers-1];
  assign emitted_o = row_q & {Rows{row_done}};

  wire [Rows-1:0] row_next;
  wire [Transfers-1:0] part_next;
  generate
    if (Rows == 1) begin : gen_one_row
      assign row_next = row_q;
    end else begin : gen_rows
      assign row_next = row_done ? {row_q[Rows-2:0], row_q[Rows-1]} : row_q;
    end
    if (Transfers == 1) begin : gen_one_transfer
      assign part_next = part_q;
    end else begin : gen_transfers
      assign part_next = push ? {part_q[Transfers-2:0], part_q[Transfers-1]} : part_q;
    end
  endgenerate
<[ registers ]>

  reg [<[ width ]>*Cols-1:0] row;
  integer r;
  always @* begin
    row = {<[ width ]>*Cols{1'b0}};
    for (r = 0; r < Rows; r = r + 1) begin
      row = row | (rows_i[<[ width ]>*Cols*r +: <[ width ]>*Cols] & {<[ width ]>*Cols{row_q[r]}});
    end
  end
  wire [<[ width ]>*Lanes*Transfers-1:0] lanes;
  assign lanes[<[ width ]>*Cols-1:0] = row;
  generate
    if (Lanes * Transfers > Cols) begin : gen_padding
      assign lanes[<[ width ]>*Lanes*Transfers-1:<[ width ]>*Cols] = {<[ width ]>*(Lanes*Transfers-Cols){1'b0}};
    end
  endgenerate

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
