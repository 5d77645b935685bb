<% include "bit_slice/head.v" %>

  // Chunks of a tile are written into one half of the memories while the columns work on the other.
  wire [<[ address ]>-1:0] write_address;
  wire [<[ group ]>-1:0] position;
  wire digits_valid;
  wire digits_write;
  wire digits_end;
  wire digits_parity;
  wire [<[ group_bits ]>-1:0] digits_group;
  wire [<[ group ]>-1:0] digits_position;
  wire [2*Rows-1:0] pending;
  wire [2*Rows-1:0] released;
  wire [1:0] final_chunk;
<%- if banked %>
  wire [Rows-1:0] digits_early;
<%- if following > 0 %>
  wire [<[ 2 * following ]>-1:0] spread;
<%- endif %>
<%- endif %>

  <[ prefix ]>_loader #(
    .Rows(Rows)
  ) u_loader (
    .clk_i(aclk),
    .rst_ni(aresetn),
    .valid_i(a_valid & b_valid),
    .last_i(s_axis_a_tlast),
    .ready_o(ready),
    .fire_o(fire),
    .address_o(write_address),
    .position_o(position),
    .valid_o(digits_valid),
    .write_o(digits_write),
    .end_o(digits_end),
    .write_parity_o(digits_parity),
    .write_group_o(digits_group),
    .write_position_o(digits_position),
    .release_i(released),
    .pending_o(pending),
<%- if banked %>
    .early_o(digits_early),
<%- if following > 0 %>
    .spread_o(spread),
<%- endif %>
<%- endif %>
    .final_o(final_chunk)
  );
<%- if !per_element %>
  wire unused_position = &{1'b0, position};
<%- endif %>
<%- if skip_empty && !banked %>
  wire unused_end = &{1'b0, digits_end};
<%- endif %>

  // Each column of elements has a row of A, and a digit stream per lane.
<%- if barrier %>
  wire [Rows-1:0] at_end;
<%- endif %>
  wire [<[ planes ]>*Rows-1:0] plane;
  wire [Rows-1:0] parity;
  wire [<[ 2 * planes * lanes ]>*Rows-1:0] waiting;
  wire [<[ tags ]>*Rows-1:0] tags;
  wire [Rows-1:0] emitted;
<%- if !skip_empty %>
  wire [<[ planes * lanes ]>*Rows-1:0] nonzero;
  wire [<[ planes ]>*Rows-1:0] empty;
<%- endif %>
<%- if lockstep %>
  wire [<[ lanes ]>*Rows-1:0] finished;
  wire step = &finished;
<%- endif %>
  wire [<[ lanes ]>*Rows-1:0] read;
  wire [<[ address * lanes ]>*Rows-1:0] read_address;
  wire [<[ digit_bits * lanes ]>*Rows-1:0] digit;
<%- if per_element %>
  wire [Rows-1:0] load;
<%- endif %>
<%- if banked %>
  wire [<[ lanes ]>*Rows-1:0] request;
  wire [<[ lanes ]>*Rows-1:0] grant;
  wire [<[ bank_bits * lanes ]>*Rows-1:0] bank;
<%- endif %>

  genvar r;
  genvar l;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_digits
      for (l = 0; l < <[ lanes ]>; l = l + 1) begin : gen_lane
<[ lane ]>
      end
    end
  endgenerate
<%- if lockstep %>

  // All columns take the same steps.
  reg  [<[ 2 * planes ]>-1:0] any_waiting;
  reg  [<[ planes ]>-1:0] any_nonzero;
  integer i;
  always @* begin
    any_waiting = {<[ 2 * planes ]>{1'b0}};
    any_nonzero = {<[ planes ]>{1'b0}};
    for (i = 0; i < <[ lanes ]>*Rows; i = i + 1) begin
      any_waiting = any_waiting | waiting[<[ 2 * planes ]>*i +: <[ 2 * planes ]>];
      any_nonzero = any_nonzero | (nonzero[<[ planes ]>*i +: <[ planes ]>] & {<[ planes ]>{digits_write}});
    end
  end
  wire any_release_0;
  wire any_release_1;
  wire one_parity;
  wire [<[ planes ]>-1:0] one_plane;
  wire [<[ planes ]>-1:0] one_empty;
  wire [<[ tags ]>-1:0] one_tags;
  wire unused_pending = &{1'b0, pending};
<[ scheduler ]>
  assign released = {{Rows{any_release_1}}, {Rows{any_release_0}}};
  assign parity = {Rows{one_parity}};
  assign plane = {Rows{one_plane}};
  assign empty = {Rows{one_empty}};
  assign tags = {Rows{one_tags}};
<%- else %>
<%- if barrier %>

  // A chunk is begun by all columns together.
  wire together = &at_end;
<%- endif %>
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_schedule
      reg  [<[ 2 * planes ]>-1:0] any_waiting;
<%- if !skip_empty %>
      reg  [<[ planes ]>-1:0] any_nonzero;
<%- endif %>
      integer i;
      always @* begin
        any_waiting = {<[ 2 * planes ]>{1'b0}};
<%- if !skip_empty %>
        any_nonzero = {<[ planes ]>{1'b0}};
<%- endif %>
        for (i = 0; i < <[ lanes ]>; i = i + 1) begin
          any_waiting = any_waiting | waiting[<[ 2 * planes ]>*(<[ lanes ]>*r+i) +: <[ 2 * planes ]>];
<%- if !skip_empty %>
          any_nonzero = any_nonzero |
              (nonzero[<[ planes ]>*(<[ lanes ]>*r+i) +: <[ planes ]>] & {<[ planes ]>{digits_write}});
<%- endif %>
        end
      end
<[ scheduler ]>
    end
  endgenerate
<%- endif %>

  // Rows of B come one cycle after their address, like the digits that select multiples of them.
  wire [<[ b_width * terms ]>*Cols*Rows-1:0] b;
  <[ prefix ]>_operand_store #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_operand_store (
    .clk_i(aclk),
<%- if banked %>
    .rst_ni(aresetn),
    .request_i(request),
    .bank_i(bank),
    .grant_o(grant),
<%- endif %>
    .write_i(fire),
<%- if per_element %>
    .position_i(position),
<%- endif %>
    .write_address_i(write_address),
    .write_data_i(b_beat[<[ b_width * lanes ]>*Cols-1:0]),
    .read_i(read),
    .read_address_i(read_address),
    .data_o(b)
  );

  wire [<[ tags ]>*Rows-1:0] tags_late;
  wire [Rows-1:0] hold;
<%- if horner %>
  wire [Rows-1:0] shift;
<%- endif %>
  wire [Rows-1:0] capture;
  wire [<[ pair ]>*Rows-1:0] pairs;
  wire [Cols*Rows-1:0] reads;
  <[ prefix ]>_array #(
    .Rows(Rows),
    .Cols(Cols)
  ) u_array (
    .clk_i(aclk),
<%- if data_reset %>
    .rst_ni(aresetn),
<%- endif %>
<%- if per_element %>
    .load_i(load),
<%- endif %>
    .digit_i(digit),
    .b_i(b),
    .hold_i(hold),
<%- if horner %>
    .shift_i(shift),
<%- endif %>
    .capture_i(capture),
    .read_i(reads),
    .pair_o(pairs)
  );

  wire [Rows-1:0] full;
  wire [<[ width ]>*Cols*Rows-1:0] results;
  generate
    for (r = 0; r < Rows; r = r + 1) begin : gen_readout
<[ delay ]>
      wire [<[ tags ]>-1:0] late = tags_late[<[ tags ]>*r +: <[ tags ]>];
      assign hold[r] = late[0];
<%- if horner %>
      assign shift[r] = late[1];
<%- endif %>
      assign capture[r] = late[<[ capture_bit ]>];
<[ readout ]>
    end
  endgenerate

<% include "bit_slice/tail.v" %>
