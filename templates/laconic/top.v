<% include "bit_slice/head.v" %>

  // A beat of one operand per lane is worked on until its last pair of terms.
  wire [<[ lanes ]>-1:0] a_some;
  wire [<[ lanes ]>-1:0] b_some;
  wire [<[ lanes ]>-1:0] a_last;
  wire [<[ lanes ]>-1:0] b_last;
  wire [<[ lanes ]>-1:0] active;
  wire [1:0] tags;
  wire [Rows-1:0] emitted;
  <[ prefix ]>_control #(
    .Cols(Cols)
  ) u_control (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
    .load_o(fire),
    .a_some_i(a_some),
    .b_some_i(b_some),
    .a_last_i(a_last),
    .b_last_i(b_last),
    .active_o(active),
    .emitted_i(emitted[Rows-1]),
    .tags_o(tags)
  );

  // In every lane all terms of A pass by each term of B; the rows of A and the columns of B wait
  // for the one with the most terms.
  wire [<[ lanes ]>*Rows-1:0] a_any_row;
  wire [<[ lanes ]>*Rows-1:0] a_last_row;
  wire [<[ lanes ]>*Cols-1:0] b_any_col;
  wire [<[ lanes ]>*Cols-1:0] b_last_col;
  wire [<[ a_term * lanes ]>*Rows-1:0] a_terms;
  wire [<[ b_term * lanes ]>*Cols-1:0] b_terms;
  genvar r;
  genvar c;
  genvar l;
  generate
    for (l = 0; l < <[ lanes ]>; l = l + 1) begin : gen_lane
      assign a_some[l] = |a_any_row[Rows*l +: Rows];
      assign a_last[l] = &a_last_row[Rows*l +: Rows];
      assign b_some[l] = |b_any_col[Cols*l +: Cols];
      assign b_last[l] = &b_last_col[Cols*l +: Cols];
      for (r = 0; r < Rows; r = r + 1) begin : gen_row
        wire [<[ a_digits ]>-1:0] digits;
        <[ prefix ]>_encode_a u_encode (
          .a_i(a_beat[<[ a_width ]>*(Rows*l+r) +: <[ a_width ]>]),
          .digits_o(digits)
        );
        <[ prefix ]>_terms_a u_terms (
          .clk_i(aclk),
          .rst_ni(aresetn),
          .load_i(fire),
          .digits_i(digits),
          .step_i(active[l]),
          .again_i(a_last[l]),
          .some_o(a_any_row[Rows*l+r]),
          .last_o(a_last_row[Rows*l+r]),
          .active_i(active[l]),
          .term_o(a_terms[<[ a_term ]>*(<[ lanes ]>*r+l) +: <[ a_term ]>])
        );
      end
      for (c = 0; c < Cols; c = c + 1) begin : gen_col
        wire [<[ b_digits ]>-1:0] digits;
        <[ prefix ]>_encode_b u_encode (
          .a_i(b_beat[<[ b_width ]>*(Cols*l+c) +: <[ b_width ]>]),
          .digits_o(digits)
        );
        <[ prefix ]>_terms_b u_terms (
          .clk_i(aclk),
          .rst_ni(aresetn),
          .load_i(fire),
          .digits_i(digits),
          .step_i(active[l] & a_last[l]),
          .some_o(b_any_col[Cols*l+c]),
          .last_o(b_last_col[Cols*l+c]),
          .active_i(active[l]),
          .term_o(b_terms[<[ b_term ]>*(<[ lanes ]>*c+l) +: <[ b_term ]>])
        );
      end
    end
  endgenerate

  wire [1:0] late;
  <[ prefix ]>_delay u_delay (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .tags_i(tags),
    .tags_o(late)
  );

  wire [<[ pair ]>*Rows-1:0] pairs;
  wire [Cols*Rows-1:0] reads;
  <[ prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .a_i(a_terms),
    .b_i(b_terms),
    .hold_i(late[0]),
    .capture_i(late[1]),
    .read_i(reads),
    .pair_o(pairs)
  );

  wire [Rows-1:0] full;
  wire [<[ width ]>*Cols*Rows-1:0] results;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_readout
<[ readout ]>
    end
  endgenerate

<% include "bit_slice/tail.v" %>
