#!/bin/sh
# One would expect: a parameter of a core file with `datatype: bool` and `paramtype: vlogdefine` is the same macro in every
#   tool that edalize drives.
# What happens: edalize 0.6.8 writes +define+FAST=1 for Icarus and -DFAST=1 for Verilator, and for Yosys the words of
#   Python: FAST=True, SMALL=False. Verilog takes True for the name of a net that nobody drives; Yosys warns of an
#   implicit declaration and goes on. Parameters (vlogparam) of the same type are 1 and 0 everywhere.
# Why it matters: `assign mode = `FAST;` simulates as 1 and is synthesised as an undriven net. Use integers for macros that
#   are read as values, or `ifdef alone, which cannot tell True from False in any of the tools.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site edalize==0.6.8 pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >core.v <<'V'
module core (mode);
  output mode;
  assign mode = `FAST;
endmodule
V
cat >configure.py <<'PY'
import os
from edalize.edatool import get_edatool

parameters = {"FAST": {"datatype": "bool", "paramtype": "vlogdefine", "default": True},
              "SMALL": {"datatype": "bool", "paramtype": "vlogdefine", "default": False},
              "WIDE": {"datatype": "bool", "paramtype": "vlogparam", "default": True}}
for tool, options in (("icarus", {}), ("verilator", {}), ("yosys", {"arch": "ice40"})):
    os.mkdir(tool)
    description = {"name": "core", "toplevel": "core", "parameters": parameters, "tool_options": {tool: options},
                   "files": [{"name": "../core.v", "file_type": "verilogSource"}]}
    get_edatool(tool)(edam=description, work_root=tool).configure()
PY
PYTHONPATH=site python3 configure.py >log 2>&1 || { cat log; exit 1; }
echo "edalize 0.6.8"
grep -H -E 'FAST|WIDE' icarus/core.scr verilator/core.vc yosys/edalize_yosys_procs.tcl
cat >run.py <<'PY'
from pyosys import libyosys
design = libyosys.Design()
for command in ["verilog_defines -DFAST=True", "read_verilog core.v", "hierarchy -top core", "proc"]:
    libyosys.run_pass(command, design)
PY
PYTHONPATH=site python3 run.py >log 2>&1 || { cat log; exit 1; }
grep -m1 'implicitly' log
grep -q '+define+FAST=1' icarus/core.scr && grep -q -- '-DSMALL=0' verilator/core.vc &&
    grep -q '{FAST True} {SMALL False}' yosys/edalize_yosys_procs.tcl && grep -q 'WIDE 1' yosys/edalize_yosys_procs.tcl &&
    grep -q 'True.*implicitly' log || { echo "the behaviour has changed"; exit 1; }
