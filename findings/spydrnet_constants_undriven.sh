#!/bin/sh
# One would expect: SpyDrNet, which reads a Verilog netlist and writes it, keeps 1'b1 and 1'b0 at the pins of cells as what they
#   are: constants, or nets that something drives.
# What happens: SpyDrNet 1.13.0 writes nets named \<const1> and \<const0> instead, declares them, and drives them with nothing:
#   no assign, no supply1, no cell. The file compiles, and what depended on a constant is unknown.
# Why it matters: mapped networks are full of constants, the bits of weights and thresholds among them. A netlist that a script
#   only renamed or triplicated has all of them open; synthesis takes open inputs for anything and removes the logic. Add
#   `assign \<const1> = 1'b1;` and its like to what comes out, or map constants to tie cells before.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site spydrnet==1.13.0 requests==2.32.3 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >netlist.v <<'V'
module top (a, y, z);
  input a;
  output y;
  output z;
  AND2 first (.A(a), .B(1'b1), .Y(y));
  AND2 second (.A(a), .B(1'b0), .Y(z));
endmodule
V
cat >again.py <<'PY'
import spydrnet

spydrnet.compose(spydrnet.parse("netlist.v"), "again.v", write_blackbox=False)
PY
PYTHONPATH=site python3 again.py >log 2>&1 || { cat log; exit 1; }
cat >bench.v <<'V'
module AND2 (input A, input B, output Y);
  assign Y = A & B;
endmodule
module bench;
  wire y, z;
  top dut (1'b1, y, z);
  initial #1 $display("1 and 1 = %b, 1 and 0 = %b", y, z);
endmodule
V
echo "SpyDrNet 1.13.0"
grep -n 'const' again.v
for text in netlist again; do
    usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o $text.vvp bench.v $text.v
    echo "$text.v: $(usr/bin/vvp -M usr/lib/*/ivl $text.vvp | tee $text.found)"
done
grep -q '1 and 1 = 1, 1 and 0 = 0' netlist.found && grep -q '1 and 1 = x, 1 and 0 = x' again.found \
    || { echo "the behaviour has changed"; exit 1; }
