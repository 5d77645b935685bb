<[ header ]>
module <[ prefix ]>_pe (
<[ ports ]>
);
<%- for line in declarations %>
  <[ line ]>
<%- endfor %>

<[ instances ]>
<[ registers ]>
<%- for line in assignments %>
  <[ line ]>
<%- endfor %>
endmodule

`default_nettype wire
