#!/bin/sh
# One would expect: an AXI4-Stream of 20 bits without tkeep, which is no whole number of bytes, is refused by
#   cocotbext-axi, or carries three bytes, the last of them half used.
# What happens: cocotbext-axi 0.1.28 makes it two lanes of ten bits: bytes(34 12 0f) go out as two beats, 0x04834 and
#   0x0000f, not as 0xf1234. A stream of 12 bits is one lane of twelve, a byte for each beat. Only 19 bits are refused.
# Why it matters: streams of accumulators are 19, 20 or 22 bits wide; the bench runs and the numbers are wrong. Pad a
#   stream to whole bytes, or send and compare in lanes: byte_lanes=1 and integers instead of bytes.
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
module streams (clk, rst, a_tdata, a_tvalid, a_tready, a_tlast, b_tdata, b_tvalid, b_tready, b_tlast, c_tdata, c_tvalid,
    c_tready, c_tlast);
  input clk, rst, a_tvalid, a_tlast, b_tvalid, b_tlast, c_tvalid, c_tlast;
  input [19:0] a_tdata;
  input [11:0] b_tdata;
  input [18:0] c_tdata;
  output a_tready, b_tready, c_tready;
  assign a_tready = 1'b1;
  assign b_tready = 1'b1;
  assign c_tready = 1'b1;
endmodule
V
cat >bench.py <<'PY'
import cocotb
from cocotb.clock import Clock
from cocotb.triggers import RisingEdge
from cocotbext.axi import AxiStreamBus, AxiStreamSource


@cocotb.test()
async def send(dut):
    Clock(dut.clk, 10, "ns").start()
    dut.rst.value = 0
    for prefix, octets in (("a", [0x34, 0x12, 0x0F]), ("b", [0x34, 0x02])):
        source = AxiStreamSource(AxiStreamBus.from_prefix(dut, prefix), dut.clk, dut.rst)
        await source.send(bytes(octets))
        beats = []
        for _ in range(8):
            await RisingEdge(dut.clk)
            if str(getattr(dut, prefix + "_tvalid").value) == "1":
                beats.append(hex(int(getattr(dut, prefix + "_tdata").value)))
        print("SEEN", source.width, "bits:", source.byte_lanes, "lanes of", source.byte_size, *beats, flush=True)
    try:
        AxiStreamSource(AxiStreamBus.from_prefix(dut, "c"), dut.clk, dut.rst)
    except ValueError as error:
        print("SEEN 19 bits:", type(error).__name__, flush=True)
PY
cat >run.py <<'PY'
try:
    from cocotb_tools.runner import get_runner
except ImportError:
    from cocotb.runner import get_runner
runner = get_runner("icarus")
runner.build(sources=["design.v"], hdl_toplevel="streams", build_dir="build")
runner.test(hdl_toplevel="streams", test_module="bench", build_dir="build")
PY
python3 -m pip install --quiet --disable-pip-version-check --target site cocotb==2.1.0 cocotb-bus==0.3.0 \
    cocotbext-axi==0.1.28 >pip.log 2>&1 || { cat pip.log; exit 2; }
PATH="$folder/bin:$PATH" PYTHONPATH=site:. python3 run.py >log 2>&1 || { cat log; exit 1; }
echo "cocotbext-axi 0.1.28, cocotb 2.1.0"
grep -o 'SEEN.*' log | cut -c6- | tee seen
cat >expected <<'T'
20 bits: 2 lanes of 10 0x4834 0xf
12 bits: 1 lanes of 12 0x34 0x2
19 bits: ValueError
T
cmp expected seen || { echo "the behaviour has changed"; exit 1; }
