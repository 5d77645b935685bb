
  wire [<[ values.correction - 1 ]>:0] correction;

  <[ values.prefix ]>_correction u_correction (
    .clk_i(aclk),
<%- if values.data_reset %>
    .rst_ni(aresetn),
<%- endif %>
    .first_i(first),
    .take_i(<[ values.take ]>),
    .correction_o(correction)
  );
