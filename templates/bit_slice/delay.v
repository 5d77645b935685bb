<[ header ]>
module <[ prefix ]>_delay (
<[ ports ]>
);
<[ body ]>
endmodule

`default_nettype wire
