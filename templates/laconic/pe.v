<[ header ]>
module <[ prefix ]>_pe (
<[ ports ]>
);
  // Histogram of the exponents of all lanes, then the accumulated pair, then what was accumulated
  // in the tile before, waiting to be read.
  wire [<[ counts ]>-1:0] counts_d;
  reg  [<[ counts ]>-1:0] counts_q;
  wire [<[ pair ]>-1:0] pair_d;
  reg  [<[ pair ]>-1:0] pair_q;
  reg  [<[ pair ]>-1:0] shadow_q;
<[ histogram ]>

<[ reduce ]>

<[ registers ]>
  assign pair_o = shadow_q;
endmodule

`default_nettype wire
