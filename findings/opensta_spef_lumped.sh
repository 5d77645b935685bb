#!/bin/sh
# One would expect: a SPEF net with only its total capacitance (*D_NET name total) loads its driver with that total; and
#   capacitances without resistors between them are lumped at the driver. That is what an estimate without routing has.
# What happens: OpenSTA 2.0.17 ignores the total: the net has no wire at all. Of capacitances at two pins without a
#   resistor between them it takes the one at the driver's, and loses the pin capacitance of the load too. No warning.
# Why it matters: a simple writer of wire loads makes designs look faster than they are. Write a *RES for every
#   pin, 0 ohm if need be, and a *CAP for every capacitance.
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
cat >two.v <<'V'
module two (a, y);
  input a;
  output y;
  wire w;
  BUF first (.A(a), .Y(w));
  BUF last (.A(w), .Y(y));
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
arrival() { # what stands between *CONN and *END
    { cat head.spef; printf '*D_NET w 1000\n*CONN\n*I first:Y O\n*I last:A I\n%b*END\n' "$1"; } >wires.spef
    cat >ask.tcl <<T
read_liberty own.lib
read_verilog two.v
link_design two
create_clock -name clock -period 10
set_input_delay 0 -clock clock [get_ports a]
set_output_delay 0 -clock clock [get_ports y]
read_spef wires.spef
report_checks -path_delay max -digits 3
T
    "$sta" -no_splash -no_init -exit ask.tcl >out 2>&1 || :
    awk '/arning/ { print; exit } /data arrival time/ { print $1; exit }' out
}
halves='*CAP\n1 first:Y 500\n2 last:A 500\n'
total=$(arrival '')
halved=$(arrival "$halves")
whole=$(arrival "$halves"'*RES\n1 first:Y last:A 0\n')
"$sta" -version
echo "a wire of 1 pF that makes the driver 1 ns slower; arrival without it 0.201 ns"
echo "total alone: $total; 0.5 pF at each pin: $halved; the same and 0 ohm between them: $whole"
[ "$total $halved $whole" = "0.201 0.700 1.201" ] || { echo "the behaviour has changed"; exit 1; }
