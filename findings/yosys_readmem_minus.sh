#!/bin/sh
# One would expect: a minus sign in a file of $readmemh is refused by everyone: the standard knows digits, x, z, _ and
#   addresses alone.
# What happens: Icarus 11 refuses it ("Invalid input character"). Yosys 0.23 and 0.70 drop the sign without a word: -1 is
#   synthesised as 01 and -7f as 7f.
# Why it matters: weights written with "%x" of negative numbers, as Python does it, are caught in simulation only. Where
#   synthesis is all that is run, the network on the device has the absolute values. Write two's complement: w & 0xff.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
cat >weights.v <<'V'
module weights (y);
  output [15:0] y;
  reg [7:0] memory [0:1];
  initial $readmemh("weights.hex", memory);
  assign y = {memory[0], memory[1]};
endmodule
V
python3 -c 'print(*("%x" % weight for weight in (-1, -127)), sep="\n")' >weights.hex
cat weights.hex
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
commands='read_verilog weights.v; hierarchy -top weights; proc; memory; opt -full; eval -show y'
usr/bin/yosys -p "$commands" >old 2>&1 || { cat old; exit 1; }
PYTHONPATH=site python3 run.py "$commands" >new 2>&1 || { cat new; exit 1; }
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o weights.vvp weights.v
usr/bin/vvp -M usr/lib/*/ivl weights.vvp >icarus 2>&1 || :
echo "Icarus 11:   $(head -1 icarus)"
for version in old new; do
    grep -i 'warning.*memory\|warning.*readmem' $version || :
    echo "Yosys $([ $version = old ] && echo 0.23 || echo 0.70): $(grep 'Eval result' $version)"
    grep -q "16'0000000101111111" $version || { echo "the behaviour has changed"; exit 1; }
done
grep -q 'Invalid input character' icarus || { echo "the behaviour has changed"; exit 1; }
