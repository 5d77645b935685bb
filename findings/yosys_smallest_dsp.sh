#!/bin/sh
# One would expect: Yosys puts a multiplier into a DSP block when it is about as large as the block, say from 9 x 9 bits on
#   for one of 18 x 18, and builds a product of 2 x 2 bits from a few look-up tables.
# What happens: synth_ecp5 of Yosys 0.23 and 0.70 takes a whole MULT18X18D for 2 x 2 bits, which are a few look-up tables
#   otherwise; synth_xilinx takes a DSP48E1 from 5 x 5 bits on, synth_ice40 -dsp an SB_MAC16 from 6 x 6.
# Why it matters: an array of 16 x 16 elements of two or four bits asks for 256 DSP blocks on an ECP5, more than any has,
#   and place and route fails; and "look-up tables per element" of small operands are not compared at all between
#   families. Give -nodsp for operands of few bits, or build the products.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 berkeley-abc=1.01+20221019git70cb339+dfsg-4 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
export PATH="$folder/usr/bin:$PATH"
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
blocks() { # version, synthesis command, bits
    cat >product.v <<V
module product (clk, a, b, y);
  input clk;
  input signed [$3 - 1:0] a, b;
  output reg signed [2 * $3 - 1:0] y;
  always @(posedge clk) y <= a * b;
endmodule
V
    commands="read_verilog product.v; $2 -top product; write_json out.json"
    if [ "$1" = 0.70 ]; then
        PYTHONPATH=site python3 run.py "$commands" >log 2>&1 || { cat log; exit 1; }
    else
        usr/bin/yosys -q -p "$commands" >log 2>&1 || { cat log; exit 1; }
    fi
    python3 -c 'import json
cells = json.load(open("out.json"))["modules"]["product"]["cells"].values()
print(sum(cell["type"] in ("MULT18X18D", "DSP48E1", "SB_MAC16") for cell in cells))'
}
usr/bin/yosys -V
echo "pyosys 0.70"
seen=
while read -r version bits command; do
    count=$(blocks "$version" "$command" "$bits" </dev/null)
    echo "$version, $command, $bits x $bits bits: $count"
    seen="$seen$count"
done <<'T'
0.23 2 synth_ecp5
0.23 2 synth_ecp5 -nodsp
0.23 4 synth_xilinx
0.23 5 synth_xilinx
0.23 5 synth_ice40 -dsp
0.23 6 synth_ice40 -dsp
0.70 2 synth_ecp5
T
[ "$seen" = 1001011 ] || { echo "the behaviour has changed"; exit 1; }
