#!/bin/sh
# One would expect: a net whose name OpenSTA itself prints as w[0] is called w[0] in a SPEF file.
# What happens: in OpenSTA 2.0.17 that holds for bit 0 of a bus w. A net of its own that is named \w[0] in the Verilog, as
#   Yosys's splitnets and flatten leave them, has to be w\[0\] in the SPEF, and the other way round neither is found;
#   get_full_name prints w[0] for both. What is not found is a warning: the net has no wire, and read_spef returns 1.
# Why it matters: wires are silently left out of the delay for all buses of one kind. Whoever writes SPEF from Yosys's JSON
#   has to know how the netlist was written; after a run, count the warnings "net ... not found", and take one for an error.
set -eu
version=0~20191111gitc018cb2+dfsg-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q "opensta=$version" >download.log 2>&1 || { cat download.log; echo "cannot download opensta $version"; exit 2; }
dpkg-deb -x opensta_*.deb .
sta=$folder/usr/bin/sta
# One buffer: 0.1 ns, and 1 ns for each pF that it drives; its input has 0.001 pF.
cat >own.lib <<'L'
library (own) { delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
  pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW"; capacitive_load_unit (1, pf);
  input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;
  output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
  slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
  slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
  nom_process : 1; nom_temperature : 25; nom_voltage : 1;
  lu_table_template (two) { variable_1 : input_net_transition; index_1 ("0, 1");
    variable_2 : total_output_net_capacitance; index_2 ("0, 10"); }
  cell (BUF) { area : 1; pin (A) { direction : input; capacitance : 0.001; }
    pin (Y) { direction : output; function : "A"; timing () { related_pin : "A"; timing_sense : positive_unate;
      cell_rise (two) { values ("0.1, 10.1", "0.1, 10.1"); } rise_transition (two) { values ("0, 0", "0, 0"); }
      cell_fall (two) { values ("0.1, 10.1", "0.1, 10.1"); } fall_transition (two) { values ("0, 0", "0, 0"); } } } }
}
L
cat >bus.v <<'V'
module two (a, y);
  input a;
  output y;
  wire [0:0] w;
  BUF first (.A(a), .Y(w[0]));
  BUF last (.A(w[0]), .Y(y));
endmodule
V
cat >single.v <<'V'
module two (a, y);
  input a;
  output y;
  wire \w[0] ;
  BUF first (.A(a), .Y(\w[0] ));
  BUF last (.A(\w[0] ), .Y(y));
endmodule
V
cat >head.spef <<'S'
*SPEF "IEEE 1481-1998"
*DESIGN "two"
*DATE "today"
*VENDOR "none"
*PROGRAM "none"
*VERSION "1"
*DESIGN_FLOW "none"
*DIVIDER /
*DELIMITER :
*BUS_DELIMITER [ ]
*T_UNIT 1 NS
*C_UNIT 1 FF
*R_UNIT 1 OHM
*L_UNIT 1 HENRY

S
arrival() { # netlist, name in SPEF
    {
        cat head.spef
        printf '*D_NET %s 1000\n*CONN\n*I first:Y O\n*I last:A I\n*CAP\n1 first:Y 500\n2 last:A 500\n' "$2"
        printf '*RES\n1 first:Y last:A 1000\n*END\n'
    } >wires.spef
    cat >ask.tcl <<T
read_liberty own.lib
read_verilog $1
link_design two
create_clock -name clock -period 10
set_input_delay 0 -clock clock [get_ports a]
set_output_delay 0 -clock clock [get_ports y]
read_spef wires.spef
report_checks -path_delay max -digits 3
T
    "$sta" -no_splash -no_init -exit ask.tcl >out 2>&1 || :
    awk '/not found/ { missed = " (not found)" } /data arrival time/ && !seen { print $1 missed; seen = 1 }' out
}
"$sta" -version
seen=
for netlist in bus.v single.v; do
    for name in 'w[0]' 'w\[0\]'; do
        time=$(arrival $netlist "$name")
        echo "$netlist, $name in SPEF: arrival at $time"
        seen="$seen $time,"
    done
done
[ "$seen" = " 1.702, 0.201 (not found), 0.201 (not found), 1.702," ] || { echo "the behaviour has changed"; exit 1; }
