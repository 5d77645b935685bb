#!/bin/sh
# One would expect that logic follows a vector that a testbench writes lane by lane, `d[8*lane +: 8] = ...`, in an
# `initial` block with delays: Icarus does, and so does Verilator where the same lines stand in `always @(negedge clk)`.
# Verilator 5.006 with --timing does not: where every write to the vector in timed processes has a variable index,
# blocking or not, in a loop or in a task, it does not see the vector as written there, and no combinational logic that
# reads it is evaluated anew, not even `assign w = ~d;`. One write of the whole vector, or of a part with constant
# bounds, anywhere in the process cures all of them.
# Flip-flops that read the vector itself are right, so a design with a few logic levels behind its inputs is simulated
# wrongly in some lanes and rightly in others, without a warning: one looks for the fault in the design. Lanes written
# in a loop are how packed streams are fed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat > lanes.v <<'V'
module lanes;
  reg clk;
  reg [15:0] d;
  wire [15:0] w = ~d;
  integer i, lane, stale;
  always #5 clk = ~clk;
`ifdef ALWAYS
  initial i = 0;
  always @(negedge clk) begin
    for (lane = 0; lane < 2; lane = lane + 1) d[8*lane +: 8] = 17*i + lane;
    i = i + 1;
  end
  initial begin
    clk = 0; stale = 0;
    repeat (20) begin
      @(posedge clk);
      if (w !== ~d) stale = stale + 1;
    end
`else
  initial begin
    clk = 0; stale = 0;
    @(negedge clk);
    for (i = 0; i < 20; i = i + 1) begin
`ifdef WHOLE
      d = 16'd0;
`endif
      for (lane = 0; lane < 2; lane = lane + 1) d[8*lane +: 8] = 17*i + lane;
      @(posedge clk);
      if (w !== ~d) stale = stale + 1;
      @(negedge clk);
    end
`endif
    $display("%0d of 20 stale", stale);
    $finish;
  end
endmodule
V
verilator --version
seen=
for how in LOOP WHOLE ALWAYS; do
  iverilog -g2005 -D$how -o lanes.vvp lanes.v
  verilator --binary --timing -Wno-fatal -Wno-lint -D$how -CFLAGS -O0 -Mdir "$how" -o run lanes.v > log 2>&1
  icarus=$(vvp lanes.vvp | grep stale)
  verilator=$("$how/run" | grep stale)
  echo "$how: Icarus $icarus, Verilator $verilator"
  seen="$seen$how $icarus/$verilator;"
done
[ "$seen" = "LOOP 0 of 20 stale/20 of 20 stale;WHOLE 0 of 20 stale/0 of 20 stale;ALWAYS 0 of 20 stale/0 of 20 stale;" ]
