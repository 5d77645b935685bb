<[ header ]>
module <[ prefix ]>_readout #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // One-hot: the element whose pair is on the bus, and those in the two stages behind.
  reg  [Cols-1:0] read_q;
  reg  [Cols-1:0] resolve_q;
  reg  [Cols-1:0] add_q;
  // Plane, first and last segment of the tile: of the hand-over, and of the stages behind.
  reg  [<[ tags ]>-1:0] tags_q;
  reg  [<[ tags ]>-1:0] resolve_tags_q;
  reg  [<[ tags ]>-1:0] add_tags_q;
  reg  full_q;
  wire [Cols-1:0] read_d;
  generate
    if (Cols == 1) begin : gen_one
      assign read_d = capture_i;
    end else begin : gen_several
      assign read_d = {read_q[Cols-2:0], capture_i};
    end
  endgenerate
  assign read_o = read_q;
<[ control ]>

  reg  [<[ pair ]>-1:0] pair_q;
  reg  [<[ value ]>-1:0] value_q;
  reg  [<[ width ]>*Cols-1:0] total_q;
  wire [<[ value ]>-1:0] value;
  wire [<[ width ]>-1:0] total_d;
<[ data ]>

<[ resolve ]>

  reg [<[ width ]>-1:0] total;
  integer i;
  always @* begin
    total = {<[ width ]>{1'b0}};
    for (i = 0; i < Cols; i = i + 1) begin
      total = total | (total_q[<[ width ]>*i +: <[ width ]>] & {<[ width ]>{add_q[i]}});
    end
  end

<[ add ]>

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_total
<[ store ]>
    end
  endgenerate
  assign full_o = full_q;
  assign row_o = total_q;
endmodule

`default_nettype wire
