<[ header ]>
module <[ prefix ]>_queue (
<[ ports ]>
);
  // Pointers have one bit more than an address, so that a full queue differs from an empty one.
  reg  [<[ address ]>:0] write_q;
  reg  [<[ address ]>:0] read_q;
  // The memory shows the entry at `read_q`.
  reg  valid_q;
<%- if rollback %>
  // Where the chunk that is being written starts. A plane without any digit is taken back.
  reg  [<[ address ]>:0] start_q;
<%- endif %>

  wire [<[ address ]>:0] read_d = read_q + {<[ zeros ]>, pop_i};
  wire fetch = pop_i | ~valid_q;
<%- if rollback %>
  wire take_back = write_i & end_i & empty_i;
  wire [<[ address ]>:0] write_d = take_back ? start_q : write_q + {<[ zeros ]>, write_i};
  wire shown = fetch ? (read_d != write_q) : 1'b1;
  wire valid_d = shown & ~(take_back & (read_d == start_q));
<%- else %>
  wire [<[ address ]>:0] write_d = write_q + {<[ zeros ]>, write_i};
  wire valid_d = fetch ? (read_d != write_q) : 1'b1;
<%- endif %>
<[ registers ]>

<[ memory ]>
  assign valid_o = valid_q;
endmodule

`default_nettype wire
