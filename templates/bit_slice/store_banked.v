<[ header ]>
module <[ prefix ]>_operand_store #(
  parameter integer Rows = <[ rows ]>,
  parameter integer Cols = <[ cols ]>
) (
<[ ports ]>
);
  // Columns that are asked before the others in this cycle; the turn passes on whenever one asks.
  // Higher columns come first: they started further on, and of two that meet, the one in front is
  // to get out of the way.
  reg  [Rows-1:0] first_q;
  wire [Rows-1:0] first_d;
  generate
    if (Rows == 1) begin : gen_one
      assign first_d = 1'b0;
    end else begin : gen_turns
      assign first_d = first_q[Rows-2] ? {Rows{1'b0}} : {first_q[Rows-2:0], 1'b1};
    end
  endgenerate
<[ turn ]>

  // In every lane a bank serves one column per cycle.
  wire [<[ banks * lanes ]>*Rows-1:0] wanted;
  reg  [<[ lanes ]>*Rows-1:0] grant;
  reg  [<[ banks ]>-1:0] taken;
  integer i;
  integer k;
  always @* begin
    grant = {<[ lanes ]>*Rows{1'b0}};
    for (k = 0; k < <[ lanes ]>; k = k + 1) begin
      taken = {<[ banks ]>{1'b0}};
      for (i = Rows - 1; i >= 0; i = i - 1) begin
        if (first_q[i]) begin
          grant[<[ lanes ]>*i+k] = ~|(taken & wanted[<[ banks ]>*(<[ lanes ]>*i+k) +: <[ banks ]>]);
          taken = taken | wanted[<[ banks ]>*(<[ lanes ]>*i+k) +: <[ banks ]>];
        end
      end
      for (i = Rows - 1; i >= 0; i = i - 1) begin
        if (~first_q[i]) begin
          grant[<[ lanes ]>*i+k] = ~|(taken & wanted[<[ banks ]>*(<[ lanes ]>*i+k) +: <[ banks ]>]);
          taken = taken | wanted[<[ banks ]>*(<[ lanes ]>*i+k) +: <[ banks ]>];
        end
      end
    end
  end
  assign grant_o = grant;

  // The low bits of an address are the number of a bank.
  wire [<[ banks ]>-1:0] write_bank = {{<[ banks - 1 ]>{1'b0}}, 1'b1} << write_address_i[<[ bank - 1 ]>:0];
  wire [<[ banks * lanes ]>*Rows-1:0] read_bank;
  reg  [<[ banks * lanes ]>*Rows-1:0] shown_bank_q;
<[ shown ]>
  genvar s;
  generate
    for (s = 0; s < <[ lanes ]>*Rows; s = s + 1) begin : gen_stream
      wire [<[ bank ]>-1:0] next = bank_i[<[ bank ]>*s +: <[ bank ]>];
      wire [<[ bank ]>-1:0] now = read_address_i[<[ address ]>*s +: <[ bank ]>];
      assign wanted[<[ banks ]>*s +: <[ banks ]>] = {{<[ banks - 1 ]>{1'b0}}, request_i[s]} << next;
      assign read_bank[<[ banks ]>*s +: <[ banks ]>] = {{<[ banks - 1 ]>{1'b0}}, read_i[s]} << now;
    end
  endgenerate

  genvar r;
  genvar l;
  genvar m;
  genvar b;
  generate
    for (l = 0; l < <[ lanes ]>; l = l + 1) begin : gen_lane
      wire [<[ members * b_width * banks ]>*Cols-1:0] rows;
      for (b = 0; b < <[ banks ]>; b = b + 1) begin : gen_bank
        // At most one column reads.
        reg read;
        reg [<[ depth_bits ]>-1:0] address;
        integer j;
        always @* begin
          read = 1'b0;
          address = {<[ depth_bits ]>{1'b0}};
          for (j = 0; j < Rows; j = j + 1) begin
            if (read_bank[<[ banks ]>*(<[ lanes ]>*j+l)+b]) begin
              read = 1'b1;
              address = address | read_address_i[<[ address ]>*(<[ lanes ]>*j+l)+<[ bank ]> +: <[ depth_bits ]>];
            end
          end
        end
        for (m = 0; m < <[ members ]>; m = m + 1) begin : gen_member
<[ memory ]>
        end
      end
      for (r = 0; r < Rows; r = r + 1) begin : gen_column
        reg [<[ members * b_width ]>*Cols-1:0] shown;
        integer n;
        always @* begin
          shown = {<[ members * b_width ]>*Cols{1'b0}};
          for (n = 0; n < <[ banks ]>; n = n + 1) begin
            shown = shown | (rows[<[ members * b_width ]>*Cols*n +: <[ members * b_width ]>*Cols]
                & {<[ members * b_width ]>*Cols{shown_bank_q[<[ banks ]>*(<[ lanes ]>*r+l)+n]}});
          end
        end
        assign data_o[<[ members * b_width ]>*Cols*(<[ lanes ]>*r+l) +: <[ members * b_width ]>*Cols] = shown;
      end
    end
  endgenerate
endmodule

`default_nettype wire
