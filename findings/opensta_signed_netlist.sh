#!/bin/sh
# One would expect: a mapped netlist of today's Yosys is read by OpenSTA: instances, wires and plain assignments.
# What happens: Yosys 0.70 writes `input signed [3:0] a` where the design's port is signed (0.23 leaves the word out), and
#   OpenSTA 2.0.17 takes that for a syntax error: the module is missing, and link_design fails. Unsigned ports of the same
#   design are read.
# Why it matters: a newer synthesis in front of the same timing makes every design with signed ports fail, in a batch that
#   ends with exit code 0. Clear the sign before writing (`splitnets -ports` does), or strip the word from the file.
set -eu
version=0~20191111gitc018cb2+dfsg-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q "opensta=$version" >download.log 2>&1 || { cat download.log; echo "cannot download opensta $version"; exit 2; }
dpkg-deb -x opensta_*.deb .
cat >own.lib <<'L'
library (own) { delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
  pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW"; capacitive_load_unit (1, pf);
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;
  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  cell (INV) { area : 1; pin (A) { direction : input; capacitance : 0.001; }
    pin (Y) { direction : output; function : "!A"; } }
}
L
cat >map.v <<'V'
module \$_NOT_ (A, Y);
  input A;
  output Y;
  INV _TECHMAP_REPLACE_ (.A(A), .Y(Y));
endmodule
V
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
cells() { # word at the ports, further commands
    printf 'module core (a, y);\n  input %s [3:0] a;\n  output %s [3:0] y;\n  assign y = ~a;\nendmodule\n' "$1" "$1" >core.v
    PYTHONPATH=site python3 run.py "read_liberty -lib own.lib; read_verilog core.v; synth -top core -noabc; \
techmap -map map.v; opt_clean; ${2}write_verilog -noattr netlist.v" >log 2>&1 || { cat log; exit 1; }
    printf 'read_liberty own.lib\nread_verilog netlist.v\nlink_design core\nputs "cells: [llength [get_cells *]]"\n' >ask.tcl
    usr/bin/sta -no_splash -no_init -exit ask.tcl 2>&1 | grep -m1 -e 'cells:' -e Error
}
unsigned=$(cells '' '')
signed=$(cells signed '')
split=$(cells signed 'splitnets -ports; ')
echo "pyosys 0.70, OpenSTA $(usr/bin/sta -version)"
echo "unsigned ports: $unsigned"
echo "signed ports: $signed"
echo "signed ports, splitnets -ports: $split"
case "$unsigned $signed $split" in
    "cells: 4 "*"syntax error"*" cells: 4") ;;
    *) echo "the behaviour has changed"; exit 1 ;;
esac
