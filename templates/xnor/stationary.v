
<%- if counts %>
  // The terms of a tile that count, like its weights one tile ahead in the shadow. Of the others
  // those with an even number agree and those with an odd number do not, whatever came: pairs of
  // them contribute nothing, and whether one is left over is added to all columns.
  reg [<[ depth - 1 ]>:0] shadow_q;
  reg [<[ depth - 1 ]>:0] counts_q;
  wire odd = <[ odd ]>;
  wire [<[ b_width ]>*Cols-1:0] b_word = counts_i ? b_i : {<[ b_width ]>*Cols{odd}};
  wire [<[ a_lane - 1 ]>:0] a_word;
  assign a_word[<[ a_lane - 1 ]>] = ^counts_q;
  genvar w;
  generate
    for (w = 0; w < <[ depth ]>; w = w + 1) begin : gen_counts
      assign a_word[<[ a_width ]>*w +: <[ a_width ]>] = <[ beat ]> & {<[ a_width ]>{counts_q[w]}};
<[ load ]>
    end
  endgenerate
<[ swap ]>
<%- else %>
  // What is added to the popcounts of all columns.
  wire [<[ shared - 1 ]>:0] shared;
<[ shared_instance ]>
  wire [<[ a_lane - 1 ]>:0] a_word = {shared, beat_q};
<%- endif %>
