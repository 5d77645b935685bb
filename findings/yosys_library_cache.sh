#!/bin/sh
# One would expect: a synthesis in a new process reads the library file that it is given.
# What happens: Yosys 0.70 keeps every library that abc has read, converted, in the temporary directory of the user, by path,
#   and takes it from there as long as the kept one is not older than the file. A library that is put in the same place
#   with its own, older date (cp -p, tar, a package) is not read: the cell of the library before is used. 0.23 keeps none.
# Why it matters: another corner, or another version of a PDK, unpacked over the last one gives the netlist and the area of the
#   last one, in every later run too. `libcache -scl -disable` turns it off; so does a new path for each library.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export TMPDIR="$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cell() { # name, area, function, inputs
    echo "  cell ($1) { area : $2;"
    for pin in $4; do echo "    pin ($pin) { direction : input; capacitance : 0.001; }"; done
    echo "    pin (Y) { direction : output; function : \"$3\";"
    for pin in $4; do
        echo "      timing () { related_pin : \"$pin\"; timing_sense : non_unate;"
        for table in cell_rise rise_transition cell_fall fall_transition; do
            echo "        $table (two) { index_1 (\"0.01, 1\"); index_2 (\"0.01, 1\"); values (\"0.1, 0.2\", \"0.1, 0.2\"); }"
        done
        echo "      }"
    done
    echo "    } }"
}
library() { # the cell of three inputs
    cat <<'L'
library (own) { delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
  pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW"; capacitive_load_unit (1, pf);
  nom_process : 1; nom_temperature : 25; nom_voltage : 1; default_max_transition : 1;
  lu_table_template (two) { variable_1 : input_net_transition; index_1 ("0.01, 1");
    variable_2 : total_output_net_capacitance; index_2 ("0.01, 1"); }
L
    cell BUF 15 A A
    cell INV 10 '!A' A
    cell NAND2 20 '!(A*B)' 'A B'
    cell "$1" 1 '(A*B)+C' 'A B C'
    echo '}'
}
cat >design.v <<'V'
module design_m (a, b, c, y);
  input a, b, c;
  output y;
  assign y = (a & b) | c;
endmodule
V
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
mapped() { # commands before
    PYTHONPATH=site python3 run.py "$1read_verilog design.v; synth -top design_m; abc -liberty cells.lib; \
write_verilog -noattr mapped.v" >log 2>&1 || { cat log; exit 1; }
    grep -o 'FIRST\|SECOND' mapped.v | head -1
}
library FIRST >first.lib
library SECOND >second.lib
touch -d '2020-01-01' second.lib
cp -p first.lib cells.lib
first=$(mapped '')
cp -p second.lib cells.lib
second=$(mapped '')
fresh=$(mapped 'libcache -scl -disable; ')
echo "pyosys 0.70"
echo "library of cell FIRST: $first is used"
echo "library of cell SECOND, older, in its place, new process: $second is used; with the cache disabled: $fresh"
[ "$first $second $fresh" = "FIRST FIRST SECOND" ] || { echo "the behaviour has changed"; exit 1; }
