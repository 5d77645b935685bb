<[ header ]>
module <[ prefix ]>_drain #(
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
  // Rows that are complete and not yet handed out.
  reg  [Rows-1:0] full_q;
  wire push = valid_o & ready_i;
  wire row_done = push & part_q[Transfers-1];
  assign valid_o = |(full_q & row_q);
  assign last_o = row_q[Rows-1] & part_q[Transfers-1];

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

<%- if tag > 0 %>
<%- if staggered %>
  // The tag of the plane that is being written, and the mark of a new one, hop from row to row.
<%- else %>
  // Every row keeps the tag of the plane that is being written.
<%- endif %>
  wire [Rows:0] tag_valid;
  wire [<[ tag ]>*(Rows+1)-1:0] tags;
  assign tag_valid[0] = tag_valid_i;
  assign tags[<[ tag - 1 ]>:0] = tag_i;
<%- if staggered %>
  wire unused = &{1'b0, tag_valid[Rows], tags[<[ tag ]>*Rows +: <[ tag ]>]};
<%- else %>
  wire unused = &{1'b0, tag_valid, tags};
<%- endif %>

  // A row is complete when the last column of the plane that completes it is written.
  wire [Rows-1:0] completing;
<%- if staggered %>
  wire [Rows-1:0] completed = write_i[Cols-1 +: Rows] & completing;
<%- else %>
  wire [Rows-1:0] completed = {Rows{write_i[Cols-1]}} & completing;
<%- endif %>
<%- else %>
  // A row is complete when its last column is written.
  wire [Rows-1:0] completed = write_i[Cols-1 +: Rows];
<%- endif %>
<[ registers ]>

<%- if correction > 0 %>
  // The correction of the tile that is being read, in each row a cycle later.
  wire [<[ correction ]>*Rows-1:0] corrections;
<%- endif %>
  wire [<[ width ]>*Lanes*Rows-1:0] transfers;
  genvar r;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
<%- if tag > 0 %>
      assign completing[r] = tags[<[ tag ]>*(r+1)+<[ tag - 2 ]>];
<%- endif %>
<%- if correction > 0 %>
      if (r == 0) begin : gen_first
        assign corrections[<[ correction ]>*r +: <[ correction ]>] = correction_i;
      end else begin : gen_hop
        reg [<[ correction - 1 ]>:0] correction_q;
<[ hop ]>
        assign corrections[<[ correction ]>*r +: <[ correction ]>] = correction_q;
      end
<%- endif %>
<[ row ]>
    end
  endgenerate

  reg [<[ width ]>*Lanes-1:0] transfer;
  integer i;
  always @* begin
    transfer = {<[ width ]>*Lanes{1'b0}};
    for (i = 0; i < Rows; i = i + 1) begin
      transfer = transfer | transfers[<[ width ]>*Lanes*i +: <[ width ]>*Lanes];
    end
  end
  assign transfer_o = transfer;
endmodule

`default_nettype wire
