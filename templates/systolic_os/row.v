<[ header ]>
module <[ prefix ]>_row #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
<%- if edge %>
  // The digits of A, which hop in its place.
  wire [<[ a_width ]>-1:0] a_edge;
<[ encode ]>

<%- endif %>
<%- if input_registers %>
  // Lane c is what element c hands to its right neighbour.
  wire [Cols-1:0] first;
  wire [<[ a_width ]>*Cols-1:0] a;
  wire unused = &{1'b0, first[Cols-1], a[<[ a_width ]>*(Cols-1) +: <[ a_width ]>]};
<%- else %>
  // Lane c is what element c works on.
  wire [Cols-1:0] first;
  wire [<[ a_width ]>*Cols-1:0] a;
  assign first[0] = first_i;
  assign a[<[ a_width ]>-1:0] = <[ a_edge ]>;
<%- endif %>
  wire [<[ bus_width ]>*Cols-1:0] accumulated;

  genvar c;
  generate
    for (c = 0; c < Cols; c = c + 1) begin : gen_element
<%- if input_registers %>
      wire first_left;
      wire [<[ a_width ]>-1:0] a_left;
      if (c == 0) begin : gen_edge
        assign first_left = first_i;
        assign a_left = <[ a_edge ]>;
      end else begin : gen_hop
        assign first_left = first[c-1];
        assign a_left = a[<[ a_width ]>*(c-1) +: <[ a_width ]>];
      end
<%- else %>
      if (c > 0) begin : gen_hop
        reg first_q;
        reg [<[ a_width ]>-1:0] a_q;
<[ hop ]>
        assign first[c] = first_q;
        assign a[<[ a_width ]>*c +: <[ a_width ]>] = a_q;
      end
<%- endif %>
<[ element ]>
    end
  endgenerate

  // The element that is being read drives the bus; at most one does.
  reg [<[ bus_width ]>-1:0] bus;
  integer i;
  always @* begin
    bus = {<[ bus_width ]>{1'b0}};
    for (i = 0; i < Cols; i = i + 1) begin
      bus = bus | (accumulated[<[ bus_width ]>*i +: <[ bus_width ]>] & {<[ bus_width ]>{read_i[i]}});
    end
  end
  assign bus_o = bus;
endmodule

`default_nettype wire
