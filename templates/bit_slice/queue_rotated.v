<[ header ]>
module <[ prefix ]>_queue (
<[ ports ]>
);
  // Entries of the chunk that is being written, and how many of them come before the start.
  reg  [<[ bits ]>:0] count_q;
  reg  [<[ bits ]>:0] start_q;
  wire [<[ bits ]>:0] count_d = count_q + {<[ zeros ]>, write_i};
  wire [<[ bits ]>:0] start_d = early_i ? count_d : start_q;
  wire half = data_i[<[ entry - 1 ]>];
  wire [1:0] ended = {end_i & half, end_i & ~half};
  wire [<[ bits ]>-1:0] last_d = count_d[<[ bits ]>-1:0] - <[ one ]>;
  wire [<[ bits ]>-1:0] first_d =
      start_d[<[ bits ]>-1:0] & {<[ bits ]>{start_d != count_d}};

  // Chunks that have been written and not begun; whether they have entries, and the places of the
  // first and the last of these: the walk goes from the first to the last and on from place 0.
  reg  [1:0] written_q;
  reg  [1:0] filled_q;
  reg  [<[ bits ]>-1:0] first_q0;
  reg  [<[ bits ]>-1:0] first_q1;
  reg  [<[ bits ]>-1:0] last_q0;
  reg  [<[ bits ]>-1:0] last_q1;

  // Place of the entry that the memory shows, its half, and how many come after it.
  reg  valid_q;
  reg  half_q;
  reg  [<[ bits ]>-1:0] place_q;
  reg  [<[ bits ]>-1:0] left_q;
  wire more = valid_q & (|left_q);
  wire [<[ bits ]>-1:0] wrap = half_q ? last_q1 : last_q0;
  wire [<[ bits ]>-1:0] after = (place_q == wrap) ? <[ none ]> : place_q + <[ one ]>;

  // The next chunk; one without entries is passed by.
  wire next = half_q ^ valid_q;
  wire [<[ bits ]>-1:0] first = next ? first_q1 : first_q0;
  wire [<[ bits ]>-1:0] last = next ? last_q1 : last_q0;
  wire there = next ? written_q[1] : written_q[0];
  wire filled = next ? filled_q[1] : filled_q[0];
  wire fetch = pop_i | ~valid_q;
  wire begins = fetch & ~more & there;
  wire [1:0] begun = {begins & next, begins & ~next};

  wire valid_d = fetch ? more | (there & filled) : 1'b1;
  wire read_half = more ? half_q : next;
  wire half_d = read_half ^ (begins & ~filled);
  wire [<[ bits ]>-1:0] place_d = more ? after : first;
  wire [<[ bits ]>-1:0] left_d = more ? left_q - <[ one ]> : last;
<[ registers ]>

  wire [<[ entry ]>-2:0] shown;
<[ memory ]>
  assign valid_o = valid_q;
  assign data_o = {half_q, shown};
endmodule

`default_nettype wire
