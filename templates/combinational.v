<[ header ]>
module <[ name ]> (
<[ ports ]>
);
<%- for line in statements %>
<%- if line.is_empty() %>
<% else %>
  <[ line ]>
<%- endif %>
<%- endfor %>
endmodule

`default_nettype wire
