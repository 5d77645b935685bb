#!/bin/sh
# One would expect `vvp -n`, which turns $stop into $finish for batch runs, to end with an exit code that is not 0:
# $stop is how Verilog-2005 says that something went wrong, and Verilator ends with 134 (abort) there.
# Icarus ends with 0, with -n and without. Only $finish_and_return(1) ends with 1, which Verilator does not know, so a
# testbench needs both, behind the macro __ICARUS__. A CI that looks at exit codes takes every failure for a success.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
iverilog -V 2>/dev/null | head -1
cat > stop.v <<'V'
module stop;
  initial begin
    $display("FAIL");
    $stop;
  end
endmodule
V
cat > both.v <<'V'
module both;
  initial begin
    $display("FAIL");
`ifdef __ICARUS__
    $finish_and_return(1);
`else
    $stop;
`endif
  end
endmodule
V
iverilog -g2005 -o stop.vvp stop.v
iverilog -g2005 -o both.vvp both.v
batch=0; vvp -n stop.vvp > /dev/null || batch=$?
plain=0; vvp stop.vvp < /dev/null > /dev/null || plain=$?
returned=0; vvp both.vvp > /dev/null || returned=$?
echo "exit code of \$stop: $batch with -n, $plain without; of \$finish_and_return(1): $returned"
[ "$batch" = 0 ] && [ "$plain" = 0 ] && [ "$returned" = 1 ]
