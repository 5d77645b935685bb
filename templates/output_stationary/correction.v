<[ header ]>
module <[ prefix ]>_correction (
<[ ports ]>
);
  // The mark of the first beat, as late as element (0, 0) drops what it accumulated.
  reg  [<[ delay - 1 ]>:0] first_q;
  // What a cycle leaves out, as often as element (0, 0) has accumulated.
  reg  [<[ width - 1 ]>:0] count_q;
  // The same of the tile that was read last.
  reg  [<[ width - 1 ]>:0] taken_q;
  wire [<[ width - 1 ]>:0] kept = count_q & {<[ width ]>{~first_q[<[ delay - 1 ]>]}};
  assign correction_o = taken_q;

<[ registers ]>
endmodule

`default_nettype wire
