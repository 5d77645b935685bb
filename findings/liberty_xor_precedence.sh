#!/bin/sh
# One would expect: the function "A ^ B * C" of a Liberty cell is one function in one synthesis: Liberty says that inversion
#   binds first, then exclusive or, then and, then or: (A ^ B) * C.
# What happens: Yosys 0.23 and 0.70 read it so. ABC, which maps for them, reads A ^ (B * C), and uses the cell for that. Read
#   with the same library, the mapped netlist is not equal to the design; cec within ABC finds no fault.
# Why it matters: one cell of a library written without parentheses makes netlists wrong that every step reports as right.
#   Look for ^ beside * or & without parentheses in a library; check netlists by a reader other than the mapper.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
export TMPDIR="$folder" # Yosys keeps libraries that it has read in the temporary directory
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 berkeley-abc=1.01+20221019git70cb339+dfsg-4 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
export PATH="$folder/usr/bin:$PATH"
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
library() { # function of the cell of three inputs
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
    cell THREE 1 "$1" 'A B C'
    echo '}'
}
cat >design.v <<'V'
module design_m (a, b, c, y);
  input a, b, c;
  output y;
  assign y = a ^ (b & c);
endmodule
V
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
yosys_of() { # version, commands
    if [ "$1" = 0.23 ]; then usr/bin/yosys -p "$2"; else PYTHONPATH=site python3 run.py "$2"; fi
}
seen=
turn=0
for version in 0.23 0.70; do
    for function in "A ^ B * C" "(A ^ B) * C"; do
        turn=$((turn + 1))
        library "$function" >own$turn.lib
        yosys_of $version 'read_verilog design.v; synth -top design_m; abc -liberty own'$turn'.lib; write_verilog -noattr mapped.v' \
            >log 2>&1 || { cat log; exit 1; }
        used=$(grep -c 'THREE ' mapped.v || :)
        yosys_of $version "read_liberty own$turn.lib; read_verilog mapped.v; flatten; rename design_m gate; \
read_verilog design.v; rename design_m gold; miter -equiv -flatten gold gate pair; hierarchy -top pair; flatten; \
sat -prove trigger 0 pair" >log 2>&1 || { cat log; exit 1; }
        if grep -q 'no model found: SUCCESS' log; then verdict=equal; else verdict=different; fi
        grep -q 'SAT proof finished' log || { cat log; exit 1; }
        echo "Yosys $version, cell of \"$function\", design a ^ (b & c): cell used $used time(s), netlist and design are $verdict"
        seen="$seen $used $verdict"
    done
done
[ "$seen" = " 1 different 0 equal 1 different 0 equal" ] || { echo "the behaviour has changed"; exit 1; }
