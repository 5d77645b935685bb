
<%- if count > 0 %>
  // As many terms count as the last lanes of a beat of A say, none between beats. Of the others
  // those with an even number agree and those with an odd number do not, whatever came: pairs of
  // them contribute nothing, and whether one is left over travels with A.
  wire [<[ depth - 1 ]>:0] counts;
  wire shared;
<[ count_instance ]>
<%- if surplus > 0 %>
  wire unused_count = &{1'b0, a_beat[<[ a_term ]>*Rows+<[ count ]> +: <[ surplus ]>]};
<%- endif %>
  wire [<[ a_term - 1 ]>:0] a_counts;
  wire [<[ b_term - 1 ]>:0] b_counts;
  wire [<[ b_term - 1 ]>:0] b_others;
<%- endif %>
  // What travels with a row of A is added to the popcounts of all columns.
  wire [<[ a_lane ]>*Rows-1:0] a_words;
  wire [<[ b_term ]>*Cols-1:0] b_words;
  genvar w;
  generate
<%- if count > 0 %>
    for (w = 0; w < <[ depth ]>; w = w + 1) begin : gen_counts
      assign a_counts[<[ a_width ]>*w +: <[ a_width ]>] = {<[ a_width ]>{counts[w]}};
      assign b_counts[<[ b_width ]>*w +: <[ b_width ]>] = {<[ b_width ]>{counts[w]}};
      assign b_others[<[ b_width ]>*w +: <[ b_width ]>] = {<[ b_width ]>{(w % 2 == 1) & ~counts[w]}};
    end
<%- endif %>
    for (w = 0; w < Rows; w = w + 1) begin : gen_a_word
<%- if count > 0 %>
      wire [<[ a_term - 1 ]>:0] a_word = a_terms[<[ a_term ]>*w +: <[ a_term ]>] & a_counts;
<%- else %>
      wire [<[ a_term - 1 ]>:0] a_word = a_terms[<[ a_term ]>*w +: <[ a_term ]>];
      wire [<[ shared - 1 ]>:0] shared;
<[ shared_instance ]>
<%- endif %>
      assign a_words[<[ a_lane ]>*w +: <[ a_lane ]>] = {shared, a_word};
    end
    for (w = 0; w < Cols; w = w + 1) begin : gen_b_word
<%- if count > 0 %>
      assign b_words[<[ b_term ]>*w +: <[ b_term ]>] = (b_terms[<[ b_term ]>*w +: <[ b_term ]>] & b_counts) | b_others;
<%- else %>
      assign b_words[<[ b_term ]>*w +: <[ b_term ]>] = b_terms[<[ b_term ]>*w +: <[ b_term ]>];
<%- endif %>
    end
  endgenerate
