#!/bin/sh
# One would expect: a plain decimal such as 3000000000 is that number in a signed sum of 40 bits: Verilog-2005 says
#   that a number without a size has "at least" 32 bits, and Icarus 11 and Yosys 0.23 take as many as it needs.
# What happens: Verilator 5.006 takes 32 signed bits and extends the sign: 1098216660480, that is 2^40 - 1294967296. And
#   -2147483648 in 40 bits is +2147483648 in Verilator alone. It warns of the width, which many silence; no error.
# Why it matters: bounds and corrections of accumulators wider than 32 bits are such numbers; simulation and hardware
#   then differ. Constants in generated Verilog have to carry their size: 40'sd3000000000, -40'sd2147483648.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q verilator=5.006-3 iverilog=11.0-1.1+b1 yosys=0.23-6 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >constant.v <<'V'
module constant (x, high, low, sized);
  input signed [39:0] x;
  output signed [39:0] high, low, sized;
  assign high = x + 3000000000;
  assign low = x + -2147483648;
  assign sized = x + 40'sd3000000000;
endmodule
V
cat >bench.v <<'V'
module bench;
  reg signed [39:0] x;
  wire [39:0] high, low, sized;
  constant dut (.x(x), .high(high), .low(low), .sized(sized));
  initial begin
    x = 0;
    #1 $display("%h %h %h", high, low, sized);
    $finish;
  end
endmodule
V
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o bench.vvp constant.v bench.v
icarus=$(usr/bin/vvp -M usr/lib/*/ivl bench.vvp | head -1)
export VERILATOR_ROOT="$folder/usr/share/verilator" VERILATOR_BIN=../../bin/verilator_bin
usr/bin/verilator --binary --timing -Wno-WIDTH -CFLAGS -O0 --top-module bench bench.v constant.v >log 2>&1 \
    || { cat log; exit 2; }
verilator=$(obj_dir/Vbench | head -1)
usr/bin/yosys -q -l yosys.log -p 'read_verilog constant.v; proc; eval -set x 0 -show high -show low -show sized' >/dev/null
yosys=$(python3 - <<'PY'
import re
print(*(f"{int(bits, 2):010x}" for bits in re.findall(r"Eval result: \S+ = 40'([01]+)\.", open("yosys.log").read())))
PY
)
usr/bin/iverilog -B usr/lib/*/ivl -V 2>/dev/null | head -1
usr/bin/yosys -V
usr/bin/verilator --version
echo "0 + 3000000000, 0 + -2147483648, 0 + 40'sd3000000000 in 40 signed bits:"
echo "Icarus    $icarus"
echo "Yosys     $yosys"
echo "Verilator $verilator"
[ "$icarus" = "00b2d05e00 ff80000000 00b2d05e00" ] && [ "$yosys" = "$icarus" ] &&
    [ "$verilator" = "ffb2d05e00 0080000000 00b2d05e00" ] || { echo "the behaviour has changed"; exit 1; }
