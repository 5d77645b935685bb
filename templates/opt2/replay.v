<[ header ]>
module <[ prefix ]>_replay (
<[ ports ]>
);
  // Halves that may not be written, and halves that hold a chunk to be read.
  reg  [1:0] taken_q;
  reg  [1:0] full_q;

  // Loading. A beat goes to one bank; a group is a beat in every bank.
  reg  write_half_q;
  reg  [<[ address_width - 1 ]>:0] write_address_q;
<%- if banks > 1 %>
  // One-hot: the bank that is due.
  reg  [<[ banks - 1 ]>:0] bank_q;
  wire group_end = bank_q[<[ banks - 1 ]>];
  wire [<[ banks - 1 ]>:0] bank_next = {bank_q[<[ banks - 2 ]>:0], group_end};
  wire [<[ banks - 1 ]>:0] banks_used = bank_q | (bank_q - <[ banks ]>'d1);
<%- endif %>
  wire [<[ address_width - 1 ]>:0] half_end = write_half_q ? <[ address_width ]>'d<[ 2 * groups - 1 ]> : <[ address_width ]>'d<[ groups - 1 ]>;
<%- if banks > 1 %>
  wire chunk_end = last_i | (group_end & (write_address_q == half_end));
<%- else %>
  wire chunk_end = last_i | (write_address_q == half_end);
<%- endif %>
  // A half is written while the end of the last plane is still being read from it.
  assign ready_o = ~taken_q[write_half_q] & (~chunk_end | ~full_q[write_half_q]);
  wire load = valid_i & ready_o;
  wire loaded = load & chunk_end;
<%- if banks > 1 %>
  assign write_o = bank_q & {<[ banks ]>{load}};
<%- else %>
  assign write_o = load;
<%- endif %>
  assign write_address_o = write_address_q;
  wire [<[ address_width - 1 ]>:0] other_half = write_half_q ? <[ address_width ]>'d0 : <[ address_width ]>'d<[ groups ]>;
<%- if banks > 1 %>
  wire [<[ address_width - 1 ]>:0] write_next = group_end ? write_address_q + <[ address_width ]>'d1 : write_address_q;
<%- else %>
  wire [<[ address_width - 1 ]>:0] write_next = write_address_q + <[ address_width ]>'d1;
<%- endif %>

  // What a half holds: its last group, whether it ends a tile<% if banks > 1 %>, the banks of the last group<% endif %>.
  reg  [<[ 2 * address_width - 1 ]>:0] last_address_q;
  reg  [1:0] ends_q;
<%- if banks > 1 %>
  reg  [<[ 2 * banks - 1 ]>:0] last_banks_q;
<%- endif %>

  // Reading: every group of the chunk once per plane.
  reg  read_half_q;
  reg  [<[ address_width - 1 ]>:0] read_address_q;
<%- if planes > 1 %>
  // One-hot: the plane that is being read.
  reg  [<[ planes - 1 ]>:0] plane_q;
  wire last_plane = plane_q[<[ planes - 1 ]>];
<%- endif %>
  // The next chunk is the first of its tile.
  reg  begin_q;
  wire [<[ address_width - 1 ]>:0] last_address = read_half_q ? last_address_q[<[ 2 * address_width - 1 ]>:<[ address_width ]>]
      : last_address_q[<[ address_width - 1 ]>:0];
  assign valid_o = full_q[read_half_q];
  assign last_o = read_address_q == last_address;
<%- if planes > 1 %>
  assign tag_o = {begin_q & plane_q[0], ends_q[read_half_q] & last_plane, plane_q};
  wire chunk_done = fire_i & last_o & last_plane;
  wire freeing = first_i & last_plane;
  wire next_half = read_half_q ^ last_plane;
  wire [<[ planes - 1 ]>:0] plane = plane_q & {<[ planes ]>{fire_i}};
<%- else %>
  assign tag_o = {begin_q, ends_q[read_half_q], 1'b1};
  wire chunk_done = fire_i & last_o;
  wire freeing = first_i;
  wire next_half = ~read_half_q;
  wire plane = fire_i;
<%- endif %>
  wire [<[ address_width - 1 ]>:0] plane_start = next_half ? <[ address_width ]>'d<[ groups ]> : <[ address_width ]>'d0;
  wire [<[ address_width - 1 ]>:0] read_next = last_o ? plane_start : read_address_q + <[ address_width ]>'d1;
  assign a_address_o = read_address_q;

  wire [1:0] loaded_half = {loaded & write_half_q, loaded & ~write_half_q};
  wire [1:0] done_half = {chunk_done & read_half_q, chunk_done & ~read_half_q};
  reg  [1:0] freed_q;
<[ control ]>

  // The digits of bank i are selected by bits [<[ planes ]>*i +: <[ planes ]>], when the memory has been read. B is
  // read one cycle later than A, whose digits are registered.
<%- if banks > 1 %>
  wire [<[ banks - 1 ]>:0] last_banks = read_half_q ? last_banks_q[<[ 2 * banks - 1 ]>:<[ banks ]>] : last_banks_q[<[ banks - 1 ]>:0];
  wire [<[ banks - 1 ]>:0] banks = last_banks | {<[ banks ]>{~last_o}};
  reg  [<[ planes * banks - 1 ]>:0] select;
  integer i;
  always @* begin
    for (i = 0; i < <[ banks ]>; i = i + 1) begin
      select[<[ planes ]>*i +: <[ planes ]>] = plane & {<[ planes ]>{banks[i]}};
    end
  end
<%- else %>
  wire [<[ planes - 1 ]>:0] select = plane;
<%- endif %>
  reg  [<[ planes * banks - 1 ]>:0] select_q;
  reg  [<[ address_width - 1 ]>:0] b_address_q;
  reg  b_read_q;
  reg  [1:0] first_q;
<[ data ]>
  assign select_o = select_q;
  assign b_address_o = b_address_q;
  assign b_read_o = b_read_q;
  assign first_o = first_q[1];
endmodule

`default_nettype wire
