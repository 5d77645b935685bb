#!/bin/sh
# One would expect: `dut.y.value == -3` is false for bits that read as 253, as in cocotb 1.9.2; a test that compares with a
#   number says which of the two it means.
# What happens: in cocotb 2.1.0 bits equal both: 8 bits 11111101 are == 253 and == -3, on signed and unsigned ports alike,
#   while int() of them is 253 in both versions.
# Why it matters: a test that wants -3 where the port holds 253, a clamp that took the wrong sign, passes. And a test that
#   passes in 2.1.0 fails in 1.9.2. Compare integers: .to_signed() or .to_unsigned() (in 1.9: .signed_integer, .integer).
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q iverilog=11.0-1.1+b1 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x iverilog_*.deb .
library=$(echo "$folder"/usr/lib/*/ivl)
mkdir bin
printf '#!/bin/sh\nexec %s -B %s "$@"\n' "$folder/usr/bin/iverilog" "$library" >bin/iverilog
printf '#!/bin/sh\nexec %s -M %s "$@"\n' "$folder/usr/bin/vvp" "$library" >bin/vvp
chmod +x bin/*
cat >design.v <<'V'
`timescale 1ns / 1ps
module constant (y);
  output [7:0] y;
  assign y = 8'd253;
endmodule
V
cat >bench.py <<'PY'
import cocotb
from cocotb.triggers import Timer


@cocotb.test()
async def compare(dut):
    await Timer(1, "ns")
    y = dut.y.value
    signed = y.to_signed() if hasattr(y, "to_signed") else y.signed_integer
    print("SEEN", cocotb.__version__, bool(y == 253), bool(y == -3), int(y), signed, flush=True)
PY
cat >run.py <<'PY'
try:
    from cocotb_tools.runner import get_runner
except ImportError:
    from cocotb.runner import get_runner
runner = get_runner("icarus")
runner.build(sources=["design.v"], hdl_toplevel="constant", build_dir="build")
runner.test(hdl_toplevel="constant", test_module="bench", build_dir="build")
PY
for version in 2.1.0 1.9.2; do
    python3 -m pip install --quiet --disable-pip-version-check --target "site$version" "cocotb==$version" >pip.log 2>&1 \
        || { cat pip.log; exit 2; }
    rm -rf build
    PATH="$folder/bin:$PATH" PYTHONPATH="site$version:." python3 run.py >"log$version" 2>&1 || { cat "log$version"; exit 1; }
    grep -o 'SEEN.*' "log$version" | tee -a seen |
        { read -r _ v a b i s; echo "cocotb $v: == 253 $a, == -3 $b, int() $i, signed $s"; }
done
printf 'SEEN 2.1.0 True True 253 -3\nSEEN 1.9.2 True False 253 -3\n' | cmp - seen || { echo "the behaviour has changed"; exit 1; }
