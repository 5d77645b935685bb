<[ header ]>
<% if kept -%>
(* keep_hierarchy *)
<% endif -%>
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
