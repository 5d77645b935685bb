#!/bin/sh
# One would expect: a module that PyVerilog parses and writes again computes the same; that is what its code generator is
#   for, with changes in between.
# What happens: with PyVerilog 1.3.0 the second name of `input signed [3:0] a, b` comes out unsigned, and 3 x -2 is 42 from
#   then on; nothing is said. u[1 +: 2] comes out as u[1:1+2], which at least no tool reads.
# Why it matters: scripts that instrument or rename generated cores this way change their arithmetic. One declaration for
#   each port, and [high:low] instead of +:, come through unharmed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site pyverilog==1.3.0 ply==3.11 jinja2==3.1.6 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
library=$(echo "$folder"/usr/lib/*/ivl)
mkdir bin
printf '#!/bin/sh\nexec %s -B %s "$@"\n' "$folder/usr/bin/iverilog" "$library" >bin/iverilog
chmod +x bin/iverilog
export PATH="$folder/bin:$PATH"
cat >written.v <<'V'
module product (input signed [3:0] a, b, output signed [7:0] p);
  assign p = a * b;
endmodule
V
cat >part.v <<'V'
module part (input [3:0] u, output [1:0] y);
  assign y = u[1 +: 2];
endmodule
V
cat >again.py <<'PY'
from pyverilog.ast_code_generator.codegen import ASTCodeGenerator
from pyverilog.vparser.parser import parse

for name, copy in (("written.v", "copied.v"), ("part.v", "part_copied.v")):
    tree, _ = parse([name], outputdir=".")
    with open(copy, "w") as out:
        out.write(ASTCodeGenerator().visit(tree))
PY
cat >bench.v <<'V'
module bench;
  reg signed [3:0] a, b;
  wire signed [7:0] p;
  product dut (.a(a), .b(b), .p(p));
  initial begin
    a = 3;
    b = -2;
    #1 $display("%0d", p);
  end
endmodule
V
PYTHONPATH=site python3 again.py >log 2>&1 || { cat log; exit 1; }
show() {
    iverilog -g2005 -o bench.vvp bench.v "$1"
    usr/bin/vvp -M "$library" bench.vvp
}
written=$(show written.v)
copied=$(show copied.v)
echo "PyVerilog 1.3.0"
grep input copied.v
grep 'assign y' part_copied.v
echo "3 x -2 as written: $written, as copied: $copied"
[ "$written $copied" = "-6 42" ] && grep -q 'u\[1:1+2\]' part_copied.v || { echo "the behaviour has changed"; exit 1; }
