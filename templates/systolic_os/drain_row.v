<[ header ]>
module <[ prefix ]>_drain_row #(
  parameter integer Cols = <[ cols ]>,
  parameter integer Transfers = <[ transfers ]>,
  parameter integer Lanes = <[ lanes ]>
) (
<[ ports ]>
);
<[ check ]><%- for line in declarations %>
  <[ line ]>
<%- endfor %>
<[ resolve ]>
  // Row buffer, filled from column 0 on while the wave of reads passes through the row.
  reg  [<[ width ]>*Cols-1:0] buffer_q;
<%- if !accumulate.is_empty() %>
  // The results of the planes before, of the column that is being written.
  reg  [<[ width ]>-1:0] held;
  integer column;
  always @* begin
    held = {<[ width ]>{1'b0}};
    for (column = 0; column < Cols; column = column + 1) begin
      held = held | (buffer_q[<[ width ]>*column +: <[ width ]>] & {<[ width ]>{write_i[column]}});
    end
  end
  wire [<[ width ]>-1:0] total;
<[ accumulate ]>

<%- endif %>
  wire [<[ width ]>*Lanes*Transfers-1:0] lanes;
  assign lanes[<[ width ]>*Cols-1:0] = buffer_q;

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_buffer
<[ buffer ]>
    end
    if (Lanes * Transfers > Cols) begin : gen_padding
      assign lanes[<[ width ]>*Lanes*Transfers-1:<[ width ]>*Cols] = {<[ width ]>*(Lanes*Transfers-Cols){1'b0}};
    end
  endgenerate

  reg [<[ width ]>*Lanes-1:0] transfer;
  integer i;
  always @* begin
    transfer = {<[ width ]>*Lanes{1'b0}};
    for (i = 0; i < Transfers; i = i + 1) begin
      transfer = transfer | (lanes[<[ width ]>*Lanes*i +: <[ width ]>*Lanes] & {<[ width ]>*Lanes{select_i[i]}});
    end
  end
  assign transfer_o = transfer;
endmodule

`default_nettype wire
