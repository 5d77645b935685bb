#!/bin/sh
# One would expect: after `synth -flatten` the "cells" of `stat`, and the cells in the JSON netlist, are gates and
#   flip-flops, so that their number measures the logic.
# What happens: Yosys 0.70 keeps a $scopeinfo cell, which is no hardware, for every instance that it flattened, and counts
#   it: an array of 16 elements has 16 cells more than in Yosys 0.23. num_cells of `stat -json` has them too.
# Why it matters: a table of cells over versions shows newer Yosys to be worse, the more so the smaller the elements are
#   and the deeper the hierarchy. Leave out what begins with $scopeinfo, or flatten with -noscopeinfo.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x yosys_*.deb .
cat >array.v <<'V'
module element (clk, d, q);
  input clk, d;
  output reg q;
  always @(posedge clk) q <= d;
endmodule
module array (clk, d, q);
  input clk;
  input [15:0] d;
  output [15:0] q;
  element e[15:0] (.clk(clk), .d(d), .q(q));
endmodule
V
cat >run.py <<'PY'
from pyosys import libyosys
design = libyosys.Design()
for command in ["read_verilog array.v", "synth -flatten -top array", "tee -q -o new.json stat -json"]:
    libyosys.run_pass(command, design)
PY
PYTHONPATH=site python3 run.py >log 2>&1 || { cat log; exit 1; }
usr/bin/yosys -q -p 'read_verilog array.v; synth -run begin:fine -flatten -top array; techmap; opt_clean; tee -q -o old.json stat -json'
cat >show.py <<'PY'
import json

seen = []
for version, file in (("0.23", "old.json"), ("0.70", "new.json")):
    module = json.load(open(file))["modules"]["\\array"]
    seen.append((module["num_cells"], module["num_cells_by_type"]))
    print(f"Yosys {version}: {seen[-1][0]} cells: {seen[-1][1]}")
(old, _), (new, kinds) = seen
assert old == 16 and new == 32 and kinds["$scopeinfo"] == 16, "the behaviour has changed"
PY
python3 show.py
