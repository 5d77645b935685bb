<%- if (values.depth > 1 || values.words) && values.tag == 0 %>
  // A beat carries <[ values.depth ]> consecutive k, one after the other; an element takes all terms of its row
  // and of its column.
  wire [<[ values.a_term ]>*Rows-1:0] a_terms;
  wire [<[ values.b_term ]>*Cols-1:0] b_terms;
  genvar i;
  genvar t;
  generate
    for (t = 0; t < <[ values.depth ]>; t = t + 1) begin : gen_term
      for (i = 0; i < Rows; i = i + 1) begin : gen_a
        assign a_terms[<[ values.a_term ]>*i+<[ values.a_width ]>*t +: <[ values.a_width ]>] =
            a_beat[<[ values.a_width ]>*(Rows*t+i) +: <[ values.a_width ]>];
      end
      for (i = 0; i < Cols; i = i + 1) begin : gen_b
        assign b_terms[<[ values.b_term ]>*i+<[ values.b_width ]>*t +: <[ values.b_width ]>] =
            b_beat[<[ values.b_width ]>*(Cols*t+i) +: <[ values.b_width ]>];
      end
    end
  endgenerate
<% endif %><[ values.edge ]>