<[ header ]>
module <[ prefix ]>_column #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  wire [<[ pair ]>*Cols-1:0] pairs;
  genvar c;
  genvar l;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_element
      wire [<[ b_width * terms ]>-1:0] b;
      for (l = 0; l < <[ terms ]>; l = l + 1) begin : gen_term
        assign b[<[ b_width ]>*l +: <[ b_width ]>] = b_i[<[ b_width ]>*(Cols*l+c) +: <[ b_width ]>];
      end
<[ element ]>
    end
  endgenerate

  // The element that is being read drives the bus; at most one does.
  reg [<[ pair ]>-1:0] bus;
  integer i;
  always @* begin
    bus = {<[ pair ]>{1'b0}};
    for (i = 0; i < Cols; i = i + 1) begin
      bus = bus | (pairs[<[ pair ]>*i +: <[ pair ]>] & {<[ pair ]>{read_i[i]}});
    end
  end
  assign pair_o = bus;
endmodule

`default_nettype wire
