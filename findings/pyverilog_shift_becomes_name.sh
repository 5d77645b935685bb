#!/bin/sh
# One would expect: Pyverilog, which reads the four shifts of Verilog-2001, writes the four; it does so with <<, >> and >>>.
#   What it did not know it would refuse.
# What happens: Pyverilog 1.3.0 writes nothing for <<<, so that a <<< 1 becomes a1: the name of another net. Where there is one,
#   the text compiles everywhere without a word; where there is none, it is an implicit net that nobody drives.
# Why it matters: shifts in signed arithmetic are often written in pairs, <<< and >>>, and arrays have nets a0, a1, a2. The
#   module then uses its neighbour's operand instead of twice its own. Write << in what such scripts read: it is the same.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site pyverilog==1.3.0 ply==3.11 jinja2==3.1.6 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >twice.v <<'V'
module twice (
  input signed [7:0] a,
  input signed [7:0] a1,
  output signed [8:0] y
);
  assign y = a <<< 1;
endmodule
V
cat >again.py <<'PY'
from pyverilog.ast_code_generator.codegen import ASTCodeGenerator
from pyverilog.vparser.parser import VerilogParser

with open("twice.v") as text, open("again.v", "w") as again:
    again.write(ASTCodeGenerator().visit(VerilogParser(outputdir=".").parse(text.read())))
PY
PYTHONPATH=site python3 again.py >log 2>&1 || { cat log; exit 1; }
cat >bench.v <<'V'
module bench;
  wire signed [8:0] y;
  twice dut (-8'sd3, 8'sd100, y);
  initial #1 $display("a = -3, a1 = 100: y = %0d", y);
endmodule
V
echo "Pyverilog 1.3.0"
for text in twice again; do
    usr/bin/iverilog -B usr/lib/*/ivl -g2005 -Wall -o $text.vvp bench.v $text.v 2>warnings
    echo "$text.v: $(grep -o 'assign.*' $text.v) $(usr/bin/vvp -M usr/lib/*/ivl $text.vvp | tee $text.found), $(wc -l <warnings) warnings"
done
grep -q 'y = -6$' twice.found && grep -q 'y = 100$' again.found || { echo "the behaviour has changed"; exit 1; }
