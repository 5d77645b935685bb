<[ header ]>
module <[ prefix ]>_scheduler #(
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Sums leave one per cycle while the elements go on, so hand-overs are at least so many cycles
  // apart as a column has elements.
  localparam Gap = Cols - 1;
  localparam CountWidth = $clog2(Cols + 1) + 1;
  reg  [CountWidth-1:0] busy_q;

<%- if !skip_empty %>
  // Planes of the chunk that is being written in which a digit has come.
  reg  [<[ planes ]>-1:0] nonzero_q;
  assign empty_o = ~(nonzero_q | nonzero_i);
<[ nonzero ]>
<%- endif %>

  // Half of the memories that is worked on, and whether its chunk has begun.
  reg  parity_q;
  reg  begun_q;
  // Plane of the latest digits of the chunk; none if it has no digits at all.
  reg  [<[ planes ]>-1:0] plane_q;
  // The next segment that is read out is the first of its tile.
  reg  fresh_q;
  // The result of the tile before waits to be handed out.
  reg  held_q;

  wire [<[ planes ]>-1:0] waiting_0 = waiting_i[0 +: <[ planes ]>];
  wire [<[ planes ]>-1:0] waiting_1 = waiting_i[<[ planes ]> +: <[ planes ]>];
  wire [<[ planes ]>-1:0] waiting_now = parity_q ? waiting_1 : waiting_0;
  wire [<[ planes ]>-1:0] waiting_next = parity_q ? waiting_0 : waiting_1;
  wire pending_now = parity_q ? pending_i[1] : pending_i[0];
  wire pending_next = parity_q ? pending_i[0] : pending_i[1];

  wire free = ~|busy_q & ~(fresh_q & held_q);

  // A chunk ends in the cycle after its last digits; the next one may begin in the same cycle.
  wire drained = begun_q & ~|waiting_now;
  wire advance = drained & free;
<%- if barrier %>
  assign at_end_o = ~begun_q | advance;
  wire begin_now = ~begun_q & pending_now & together_i;
  wire begin_next = advance & pending_next & together_i;
<%- else %>
  wire begin_now = ~begun_q & pending_now;
  wire begin_next = advance & pending_next;
<%- endif %>
  wire begin_chunk = begin_now | begin_next;
  wire [<[ planes ]>-1:0] waiting = begin_next ? waiting_next : waiting_now;

  // Planes are worked on from the top weight down.
  reg  [<[ planes ]>-1:0] plane;
  integer i;
  always @* begin
    plane = {<[ planes ]>{1'b0}};
    for (i = 0; i < <[ planes ]>; i = i + 1) begin
      if (waiting[i]) begin
        plane = {<[ planes ]>{1'b0}};
        plane[i] = 1'b1;
      end
    end
  end

  wire working = begun_q & ~drained;
  wire changes = working & (plane != plane_q);
<%- if horner %>
  // To the plane below both words are shifted; a plane further down starts a segment of its own.
  wire adjacent = (plane == {1'b0, plane_q[<[ planes - 1 ]>:1]});
  wire boundary = changes & ~adjacent;
  wire shift = changes & adjacent;
<%- else %>
  wire boundary = changes;
<%- endif %>
  wire go = begin_chunk | (working & (~boundary | free));
  wire capture = advance | (boundary & free);
  wire first = begin_chunk | (boundary & free);
  wire [CountWidth-1:0] busy_d = capture ? Gap[CountWidth-1:0]
      : busy_q - {{(CountWidth-1){1'b0}}, |busy_q};
  wire final_segment = advance & (parity_q ? final_i[1] : final_i[0]);

  assign plane_o = plane & {<[ planes ]>{go}};
  assign parity_o = parity_q ^ begin_next;
  assign release_o = {advance & parity_q, advance & ~parity_q};
<%- if horner %>
  assign tags_o = {plane_q, fresh_q, final_segment, capture, shift, ~(first | shift)};
<%- else %>
  assign tags_o = {plane_q, fresh_q, final_segment, capture, ~first};
<%- endif %>
<[ registers ]>
endmodule

`default_nettype wire
