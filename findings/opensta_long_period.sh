#!/bin/sh
# One would expect: a clock period that is longer than every path is a safe choice to learn the longest path of a
# netlist from OpenSTA, as period minus slack; a longer period changes nothing but the slack.
# What happens: OpenSTA 2.0.17 takes times that differ by less than a millionth of themselves for equal, required times
# among them. At a period of 10,000 ns that is 0.01 ns: of two paths of 0.100 and 0.109 ns it reports either one as the
# worst, and worst_slack with it. At 1 ns it reports the longer one.
# Why it matters: delays of small blocks come out some per cent too short, without a warning, and netlists are chosen
# by them. Use a period near the delay.
set -eu
version=0~20191111gitc018cb2+dfsg-1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q "opensta=$version" >download.log 2>&1 || { cat download.log; echo "cannot download opensta $version"; exit 2; }
dpkg-deb -x opensta_*.deb .
sta=$folder/usr/bin/sta

cell() { # name, delay
    echo "cell ($1) { area : 1; pin (A) { direction : input; capacitance : 0; }
      pin (Y) { direction : output; function : \"A\"; timing () { related_pin : \"A\"; timing_sense : positive_unate;
        cell_rise (one) { values (\"$2, $2\"); } rise_transition (one) { values (\"0, 0\"); }
        cell_fall (one) { values (\"$2, $2\"); } fall_transition (one) { values (\"0, 0\"); } } } }"
}
{
    echo 'library (own) { delay_model : table_lookup; time_unit : "1ns"; voltage_unit : "1V"; current_unit : "1mA";
      pulling_resistance_unit : "1kohm"; leakage_power_unit : "1nW"; capacitive_load_unit (1, pf);
      input_threshold_pct_rise : 50; input_threshold_pct_fall : 50;
      output_threshold_pct_rise : 50; output_threshold_pct_fall : 50;
      slew_lower_threshold_pct_rise : 20; slew_lower_threshold_pct_fall : 20;
      slew_upper_threshold_pct_rise : 80; slew_upper_threshold_pct_fall : 80;
      nom_process : 1; nom_temperature : 25; nom_voltage : 1;
      lu_table_template (one) { variable_1 : input_net_transition; index_1 ("0, 1"); }'
    cell SHORT 0.100
    cell LONG 0.109
    echo '}'
} >own.lib
cat >two.v <<'V'
module two (clk, a, b, x, y);
  input clk, a, b;
  output x, y;
  SHORT s (.A(a), .Y(x));
  LONG l (.A(b), .Y(y));
endmodule
V
delay() { # period
    cat >ask.tcl <<T
read_liberty own.lib
read_verilog two.v
link_design two
create_clock -name clock -period $1 [get_ports clk]
set_input_delay 0 -clock clock [get_ports {a b}]
set_output_delay 0 -clock clock [get_ports {x y}]
report_checks -path_delay max -digits 6
T
    "$sta" -no_splash -no_init -exit ask.tcl | awk -v period="$1" '/slack/ { printf "%.3f\n", period - $1 }'
}
near=$(delay 1)
far=$(delay 10000)
"$sta" -version
echo "paths of 0.100 and 0.109 ns; the worst one at a period of 1 ns: $near ns, at 10000 ns: $far ns"
[ "$near" = 0.109 ] && [ "$far" = 0.100 ] || { echo "the behaviour has changed"; exit 1; }
