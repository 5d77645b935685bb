#!/bin/sh
# One would expect: `chparam -set N VALUE` of Yosys takes the numbers that Verilog takes, and that Verilator's -G and
#   Icarus's -P take: -1 for a parameter, 2^40 for a parameter without a range; or it says that it does not.
# What happens: in Yosys 0.23 and 0.70 -1 is refused ("Can't decode value"), 32'sd-1 is accepted and means 1, 32'shffffffff
#   loses its sign (0x00ffffffff in 40 bits), and 1099511627776 is accepted and means 0, with 40'd before it too: decimals
#   are cut to 32 bits.
# Why it matters: scripts that set the parameters of a core, such as those of edalize, pass plain decimals; a threshold
#   beyond 32 bits is synthesised as 0 without a word. Write 40'h..., at the full width, for negative numbers too.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site pyosys==0.70 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
apt-get download -q yosys=0.23-6 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x yosys_*.deb .
cat >threshold.v <<'V'
module threshold (y);
  parameter N = 5;
  output [39:0] y;
  assign y = N;
endmodule
V
cat >run.py <<'PY'
import sys
from pyosys import libyosys
design = libyosys.Design()
for command in sys.argv[1].split("; "):
    libyosys.run_pass(command, design)
PY
value() { # program, number
    commands="read_verilog threshold.v; chparam -set N $2 threshold; hierarchy -top threshold; proc; eval -show y"
    if [ "$1" = new ]; then
        PYTHONPATH=site python3 run.py "$commands" >out 2>&1 || :
    else
        usr/bin/yosys -p "$commands" >out 2>&1 || :
    fi
    if grep -q "Can't decode value" out; then
        echo refused
    else
        python3 -c 'import re; print(hex(int(re.search(r"40.([01]+)", open("out").read().split("Eval result:")[1]).group(1), 2)))'
    fi
}
usr/bin/yosys -V
echo "pyosys 0.70"
seen=
for number in -1 "32'sd-1" "32'shffffffff" 1099511627776 "40'd1099511627776" "40'hffffffffff"; do
    old=$(value old "$number")
    new=$(value new "$number")
    echo "N = $number: $old in 0.23, $new in 0.70"
    seen="$seen $old $new"
done
[ "$seen" = " refused refused 0x1 0x1 0xffffffff 0xffffffff 0x0 0x0 0x0 0x0 0xffffffffff 0xffffffffff" ] ||
    { echo "the behaviour has changed"; exit 1; }
