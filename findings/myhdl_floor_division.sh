#!/bin/sh
# One would expect: an expression that MyHDL converts to Verilog computes there what it computed in MyHDL's simulation, or the
#   conversion refuses it. Shifts and sums of signed and unsigned signals are converted with care, with $signed and all.
# What happens: MyHDL 0.11.52 turns a // 4 and a % 4 into a / 4 and a % 4. Python rounds the quotient down, Verilog rounds it
#   towards zero: for -3 the simulation has -1 and 1, the Verilog 0 and -3. There is no warning. a >> 2 is right in both.
# Why it matters: a requantisation written with // and tested in Python is one off in hardware for most negative numbers,
#   and the index of a memory bank written with % turns negative. Write shifts and slices; compare the converted Verilog with
#   numbers from the simulation, negative ones among them.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site myhdl==0.11.52 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >convert.py <<'PY'
import myhdl
from myhdl import Signal, always_comb, block, delay, instance, intbv


@block
def narrow(a, quotient, remainder, shifted):
    @always_comb
    def logic():
        quotient.next = a // 4
        remainder.next = a % 4
        shifted.next = a >> 2
    return logic


def ports():
    return [Signal(intbv(0, min=-8, max=8)) for _ in range(4)]


@block
def bench():
    signals = ports()
    a, results = signals[0], signals[1:]
    core = narrow(*signals)

    @instance
    def stimulus():
        for value in range(-8, 8):
            a.next = value
            yield delay(1)
            print(value, *(int(result) for result in results), file=out)
    return core, stimulus


with open("simulated", "w") as out:
    bench().run_sim(quiet=1)
narrow(*ports()).convert(hdl="Verilog")
print("MyHDL", myhdl.__version__)
PY
cat >bench.v <<'V'
module bench;
  integer i;
  reg signed [3:0] a;
  wire signed [3:0] quotient, remainder, shifted;
  narrow dut (a, quotient, remainder, shifted);
  initial for (i = -8; i < 8; i = i + 1) begin
    a = i;
    #1 $display("%0d %0d %0d %0d", a, quotient, remainder, shifted);
  end
endmodule
V
PYTHONPATH=site python3 convert.py >log 2>&1 || { cat log; exit 1; }
cat log
grep -n ' = .*a ' narrow.v
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o bench.vvp bench.v narrow.v
usr/bin/vvp -M usr/lib/*/ivl bench.vvp >verilog
echo "a, a // 4, a % 4, a >> 2: in MyHDL | in Verilog"
paste -d'|' simulated verilog
grep -qx -e '-3 -1 1 -1' simulated && grep -qx -e '-3 0 -3 -1' verilog || { echo "the behaviour has changed"; exit 1; }
