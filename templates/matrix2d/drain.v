<[ header ]>
module <[ prefix ]>_drain #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>,
  parameter integer Transfers = <[ transfers ]>,
  parameter integer Lanes = <[ lanes ]>
) (
<[ ports ]>
);
<[ check ]>  // Rows that are captured and not yet handed out, the next one at bit 0.
  reg  [Rows-1:0] left_q;
  // One-hot: the transfer of the row that is handed out next.
  reg  [Transfers-1:0] part_q;
  wire take;
  wire last;
  assign shift_o = take & part_q[Transfers-1];

  wire [Rows-1:0] left_after;
  wire [Transfers-1:0] part_next;
  generate
    if (Rows == 1) begin : gen_one_row
      assign last = part_q[Transfers-1];
      assign left_after = left_q & ~shift_o;
    end else begin : gen_rows
      assign last = part_q[Transfers-1] & ~left_q[1];
      assign left_after = shift_o ? {1'b0, left_q[Rows-1:1]} : left_q;
    end
    if (Transfers == 1) begin : gen_one_transfer
      assign part_next = part_q;
    end else begin : gen_transfers
      assign part_next = take ? {part_q[Transfers-2:0], part_q[Transfers-1]} : part_q;
    end
  endgenerate
<[ registers ]>

  wire [<[ bus_width ]>*Lanes*Transfers-1:0] lanes;
  assign lanes[<[ bus_width ]>*Cols-1:0] = row_i;
  generate
    if (Lanes * Transfers > Cols) begin : gen_padding
      assign lanes[<[ bus_width ]>*Lanes*Transfers-1:<[ bus_width ]>*Cols] = {<[ bus_width ]>*(Lanes*Transfers-Cols){1'b0}};
    end
  endgenerate

  reg [<[ bus_width ]>*Lanes-1:0] part;
  integer i;
  always @* begin
    part = {<[ bus_width ]>*Lanes{1'b0}};
    for (i = 0; i < Transfers; i = i + 1) begin
      part = part | (lanes[<[ bus_width ]>*Lanes*i +: <[ bus_width ]>*Lanes] & {<[ bus_width ]>*Lanes{part_q[i]}});
    end
  end
<%- if resolves %>

  // What was accumulated of a transfer<% if correction > 0 %>, its correction<% endif %>, and its sums.
  reg read_valid_q;
  reg read_last_q;
  reg [<[ bus_width ]>*Lanes-1:0] read_q;
<%- if correction > 0 %>
  reg [<[ correction - 1 ]>:0] correction_q;
<%- endif %>
  wire advance = ~read_valid_q | ready_i;
  assign take = left_q[0] & advance;
  assign valid_o = read_valid_q;
  assign last_o = read_last_q;
<[ read_control ]>
<[ read_data ]>

  genvar lane;
  generate
    for (lane = 0; lane < Lanes; lane = lane + 1) begin : gen_lane
<[ resolve ]>
    end
  endgenerate
<%- else %>

  assign take = left_q[0] & ready_i;
  assign valid_o = left_q[0];
  assign last_o = last;
  assign transfer_o = part;
<%- endif %>
endmodule

`default_nettype wire
