#!/bin/sh
# One would expect: Pyverilog, which parses Verilog into a tree and writes a tree back as Verilog, writes what it has read:
#   a[k +: 2] again, or a form that means the same.
# What happens: Pyverilog 1.3.0 makes a[5 -: 2] into a[5:5-2], which is three bits, compiles and is another number. It makes
#   a[2 +: 2] into a[2:2+2], three bits in the wrong order: an error for [7:0] a, and another number for [0:7] a.
# Why it matters: arrays address their lanes by +: and -:, with the index of a generate loop. A script that only renames a
#   module or adds a port makes every lane overlap its neighbour. Edit the text, or let Yosys write the Verilog.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site pyverilog==1.3.0 ply==3.11 jinja2==3.1.6 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >lanes.v <<'V'
module lanes (
  input [7:0] a,
  input [0:7] b,
  output [7:0] upward,
  output [7:0] downward
);
  assign upward = b[2 +: 2];
  assign downward = a[5 -: 2];
endmodule
V
cat >again.py <<'PY'
from pyverilog.ast_code_generator.codegen import ASTCodeGenerator
from pyverilog.vparser.parser import VerilogParser

with open("lanes.v") as text, open("again.v", "w") as again:
    again.write(ASTCodeGenerator().visit(VerilogParser(outputdir=".").parse(text.read())))
PY
PYTHONPATH=site python3 again.py >log 2>&1 || { cat log; exit 1; }
cat >bench.v <<'V'
module bench;
  wire [7:0] upward, downward;
  lanes dut (8'hff, 8'hff, upward, downward);
  initial #1 $display("of 11111111: upward %b, downward %b", upward, downward);
endmodule
V
echo "Pyverilog 1.3.0"
for text in lanes again; do
    grep -o 'assign.*' $text.v
    usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o $text.vvp bench.v $text.v
    usr/bin/vvp -M usr/lib/*/ivl $text.vvp | tee $text.found
done
grep -q 'upward 00000011, downward 00000011' lanes.found && grep -q 'upward 00000111, downward 00000111' again.found \
    || { echo "the behaviour has changed"; exit 1; }
