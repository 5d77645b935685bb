<[ header ]>
module <[ prefix ]>_lane (
<[ ports ]>
);
  // Digits of the operand of the latest beat.
  wire [<[ operand ]>-1:0] digits;
<[ encode ]>
  reg  [<[ operand ]>-1:0] digits_q;
<[ digits ]>

  // The group that they belong to; members that have not come are zero.
  wire [<[ operand * group ]>-1:0] members;
<%- if group > 1 %>
  reg  [<[ operand * (group - 1) ]>-1:0] gathered_q;
<%- endif %>
  genvar m;
  generate
    for (m = 0; m < <[ group ]>; m = m + 1) begin : gen_member
      wire here = valid_i & position_i<% if group > 1 %>[m]<% endif %>;
      wire [<[ operand ]>-1:0] arrived = digits_q & {<[ operand ]>{here}};
<%- if group > 1 %>
      if (m < <[ group - 1 ]>) begin : gen_gather
        assign members[<[ operand ]>*m +: <[ operand ]>] =
            gathered_q[<[ operand ]>*m +: <[ operand ]>] | arrived;
<[ gather ]>
      end else begin : gen_last
        assign members[<[ operand ]>*m +: <[ operand ]>] = arrived;
      end
<%- else %>
      assign members = arrived;
<%- endif %>
    end
  endgenerate

  // A queue of groups per plane. Its head belongs to the chunk that is worked on, or to the next.
  wire [<[ planes ]>-1:0] valid;
  wire [<[ planes ]>-1:0] parity;
  wire [<[ entry * planes ]>-1:0] heads;
  wire [<[ planes ]>-1:0] used = plane_i & valid & ~(parity ^ {<[ planes ]>{parity_i}});
  wire step;
  genvar p;
  genvar d;
  generate
    for (p = 0; p < <[ planes ]>; p = p + 1) begin : gen_plane
      wire [<[ wires * group ]>-1:0] group;
      for (d = 0; d < <[ group ]>; d = d + 1) begin : gen_digit
        assign group[<[ wires ]>*d +: <[ wires ]>] =
            members[<[ operand ]>*d + <[ wires ]>*p +: <[ wires ]>];
      end
<%- if !skip_empty %>
      assign nonzero_o<% if planes > 1 %>[p]<% endif %> = |group;
<%- endif %>
<[ queue ]>
      assign parity[p] = heads[<[ entry ]>*p + <[ entry - 1 ]>];
    end
  endgenerate
  assign waiting_o = {valid & parity, valid & ~parity};

  reg [<[ entry ]>-1:0] head;
  integer i;
  always @* begin
    head = {<[ entry ]>{1'b0}};
    for (i = 0; i < <[ planes ]>; i = i + 1) begin
      head = head | (heads[<[ entry ]>*i +: <[ entry ]>] & {<[ entry ]>{used[i]}});
    end
  end

  // Digits of the group that have been worked on; of the others the lowest is next.
  reg  [<[ group ]>-1:0] taken_q;
  reg  [<[ group ]>-1:0] pending;
  integer j;
  always @* begin
    for (j = 0; j < <[ group ]>; j = j + 1) begin
      pending[j] = (|head[<[ wires ]>*j + <[ magnitude ]> +: <[ wires - magnitude ]>]) & ~taken_q[j];
    end
  end
  wire [<[ group ]>-1:0] first;
<%- if index > 0 %>
  wire [<[ index ]>-1:0] index;
<%- endif %>
  wire any;
  wire last;
<[ sparse ]>
<%- if banked %>
  // Rows of B are read when their bank is granted.
<%- if following > 0 %>
  wire [<[ following ]>-1:0] spread = parity_i ? spread_i[<[ following ]> +: <[ following ]>] : spread_i[0 +: <[ following ]>];
<%- endif %>
<[ bank ]>
  assign bank_o = bank;
  assign request_o = any<% if per_element %> & ~|taken_q<% endif %>;
  wire proceed = grant_i | ~request_o;
<%- endif %>
  wire finished = last<% if banked %> & proceed<% endif %>;
<%- if lockstep %>
  assign finished_o = finished;
  assign step = step_i;
<%- else %>
  assign step = finished;
<%- endif %>
<[ taken ]>
<%- if per_element %>

  // The whole group goes to the elements, with its rows of B.
  wire load = <% if banked %>request_o & grant_i<% else %>(|used) & ~|taken_q<% endif %>;
  reg  load_q;
  reg  [<[ wires * group ]>-1:0] group_q;
  reg  [<[ address ]>-1:0] address_q;
<[ issue ]>
<%- else %>

  reg  [<[ wires ]>-1:0] digit;
  integer k;
  always @* begin
    digit = {<[ wires ]>{1'b0}};
    for (k = 0; k < <[ group ]>; k = k + 1) begin
      digit = digit | (head[<[ wires ]>*k +: <[ wires ]>] & {<[ wires ]>{first[k]<% if banked %> & proceed<% endif %>}});
    end
  end
  reg  read_q;
  reg  [<[ wires ]>-1:0] digit_q;
  reg  [<[ address ]>-1:0] address_q;
<[ issue ]>
<%- endif %>
endmodule

`default_nettype wire
