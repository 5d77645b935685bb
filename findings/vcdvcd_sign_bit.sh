#!/bin/sh
# One would expect: a reader of VCD gives an eight-bit signal eight bits, as it was in the simulation: the file leaves out
#   leading zeros, and the standard says how a short value is filled up on the left.
# What happens: vcdvcd 2.6.0 hands out what is in the file: 5 is '101', and -3 is '11111101'; '0000001z' is '1z', and an all
#   unknown byte is a single 'x'. Its size is known (8), and pywellen 0.25.7 fills up by it.
# Why it matters: value[0] is not the sign: by it 5, and every other positive number, is negative, except 0. Slices of packed
#   lanes, value[0:8] for the top one, are shifted. Fill up first, to signal.size: with the leftmost character if that is x
#   or z, else with 0.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site vcdvcd==2.6.0 pywellen==0.25.7 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
cat >bench.v <<'V'
module bench;
  reg signed [7:0] y;
  initial begin
    $dumpfile("wave.vcd");
    $dumpvars(0, bench);
    #1 y = 5;
    #1 y = -3;
    #1 y = 8'b0000001z;
    #1 y = 100;
    #1 $finish;
  end
endmodule
V
usr/bin/iverilog -B usr/lib/*/ivl -g2005 -o bench.vvp bench.v
usr/bin/vvp -M usr/lib/*/ivl bench.vvp >log
cat >try.py <<'PY'
import pywellen
from vcdvcd import VCDVCD

signal = VCDVCD("wave.vcd")["bench.y[7:0]"]
values = [value for _, value in signal.tv]
print("vcdvcd 2.6.0, size", signal.size, "values", values)
(variable,) = pywellen.Waveform("wave.vcd").all_vars()
print("pywellen 0.25.7       values", [variable.signal.value_at(time) for time in range(5)])
print("numbers whose first character is 1:", [int(value, 2) for value in values if set(value) <= {"0", "1"} and value[0] == "1"])
assert values == ["x", "101", "11111101", "1z", "1100100"], "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
