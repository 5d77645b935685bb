<[ header ]>
module <[ prefix ]>_feed #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  wire [<[ banks - 1 ]>:0] write;
  wire [<[ address_width - 1 ]>:0] write_address;
  wire [<[ address_width - 1 ]>:0] a_address;
  wire [<[ address_width - 1 ]>:0] b_address;
  wire b_read;
  wire [<[ planes * banks - 1 ]>:0] select;

<[ replay ]>

  // Bank i holds the beats i, i + <[ banks ]>, ... of a chunk.
  wire [<[ a_width * lanes ]>*Rows-1:0] a_banks;
  wire [<[ b_width * lanes ]>*Cols-1:0] b_banks;
  genvar bank;
  generate
    for (bank = 0; bank < <[ banks ]>; bank = bank + 1) begin : gen_bank
<[ memory_a ]>

<[ memory_b ]>
    end
  endgenerate

  // Term i of a group stands in bank i<% if depth > 1 %> / <[ depth ]><% endif %>.
  genvar r;
  genvar c;
  genvar i;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_row
      wire [<[ a_width * lanes - 1 ]>:0] a;
      for (i = 0; i < <[ lanes ]>; i = i + 1) begin : gen_term
        assign a[<[ a_width ]>*i +: <[ a_width ]>] = a_banks[<[ a_width ]>*(Rows*i+r) +: <[ a_width ]>];
      end
<[ edge ]>
    end
    for (c = 0; c < Cols; c = c + 1) begin : gen_col
      for (i = 0; i < <[ lanes ]>; i = i + 1) begin : gen_term
        assign b_o[<[ b_width ]>*(<[ lanes ]>*c+i) +: <[ b_width ]>] = b_banks[<[ b_width ]>*(Cols*i+c) +: <[ b_width ]>];
      end
    end
  endgenerate
endmodule

`default_nettype wire
