<[ header ]>
module <[ prefix ]>_array #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  genvar r;
  genvar c;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
      wire [<[ pair ]>*Cols-1:0] pairs;
      for (c = 0; c < Cols; c = c + 1) begin : gen_element
<[ element ]>
      end

      // The element that is being read drives the bus; at most one does.
      reg [<[ pair ]>-1:0] bus;
      integer i;
      always @* begin
        bus = {<[ pair ]>{1'b0}};
        for (i = 0; i < Cols; i = i + 1) begin
          bus = bus | (pairs[<[ pair ]>*i +: <[ pair ]>] & {<[ pair ]>{read_i[Cols*r+i]}});
        end
      end
      assign pair_o[<[ pair ]>*r +: <[ pair ]>] = bus;
    end
  endgenerate
endmodule

`default_nettype wire
