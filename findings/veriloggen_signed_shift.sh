#!/bin/sh
# One would expect: a >> 1 of a signed signal in a hardware language in Python keeps the sign, as it does for Python's integers,
#   in MyHDL and in Amaranth.
# What happens: Veriloggen 2.3.0 copies the operator into the Verilog, where >> shifts zeros in: -4 becomes 126 in eight bits. And
#   in a wider result it is not even the shift of the four bits, since Verilog extends the operand first, by its sign. Sra()
#   is the shift that keeps the sign.
# Why it matters: requantisation is a shift of a signed sum. A layer moved from another Python language reads the same,
#   compiles without a warning, is right for all positive sums, and turns negative ones into the largest positive codes.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site veriloggen==2.3.0 pyverilog==1.3.0 myhdl==0.11.52 \
    >pip.log 2>&1 || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >write.py <<'PY'
import veriloggen
from myhdl import Signal, always_comb, block, intbv

module = veriloggen.Module("by_veriloggen")
a = module.Input("a", 4, signed=True)
module.Output("plain", 8, signed=True).assign(a >> 1)
module.Output("sra", 8, signed=True).assign(veriloggen.Sra(a, 1))
module.to_verilog("by_veriloggen.v")


@block
def by_myhdl(a, plain):
    @always_comb
    def logic():
        plain.next = a >> 1
    return logic


by_myhdl(Signal(intbv(0, min=-8, max=8)), Signal(intbv(0, min=-128, max=128))).convert(hdl="Verilog")
PY
PYTHONPATH=site python3 write.py >log 2>&1 || { cat log; exit 1; }
cat >bench.v <<'V'
module bench;
  reg signed [3:0] a;
  wire signed [7:0] plain, sra, myhdl;
  by_veriloggen first (a, plain, sra);
  by_myhdl second (a, myhdl);
  initial begin
    a = 6;
    #1 $display("a = %0d: Veriloggen >> %0d, Sra %0d, MyHDL >> %0d", a, plain, sra, myhdl);
    a = -4;
    #1 $display("a = %0d: Veriloggen >> %0d, Sra %0d, MyHDL >> %0d", a, plain, sra, myhdl);
  end
endmodule
V
echo "Veriloggen 2.3.0, MyHDL 0.11.52"
grep -h 'a >' by_veriloggen.v by_myhdl.v
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -Wall -o bench.vvp bench.v by_veriloggen.v by_myhdl.v >log 2>&1 || { cat log; exit 1; }
usr/bin/vvp -M usr/lib/*/ivl bench.vvp | tee found
grep -q 'a = 6: Veriloggen >> 3, Sra 3, MyHDL >> 3' found && grep -q 'a = -4: Veriloggen >> 126, Sra -2, MyHDL >> -2' found \
    || { echo "the behaviour has changed"; exit 1; }
