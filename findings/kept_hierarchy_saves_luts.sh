#!/bin/sh
# One expects: boundaries of modules cost area, since a mapper cannot optimise across them; so a
# popcount is flattened before it is mapped to look-up tables, and a newer mapper does it better.
#
# What happens: `synth_xilinx` of Yosys 0.70 (ABC9) maps a tree of XNORs, 3:2 and 6:3 counters for
# 64 terms, flattened, to a third more look-up tables than the same tree whose counters are modules
# with `keep_hierarchy`, each written as plain functions of six inputs: 128 and 92. ABC9 moves logic
# between the counters to shorten paths and loses the cuts of six inputs. Yosys 0.23 without `-abc9`
# finds them: with an accumulator behind the tree 107 and 106, with `-abc9` 143 and 106.
#
# Why it matters: a count of look-up tables says as much of the mapper as of the design. Counters
# that are kept count the same in all of them.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
python3 -m pip install --quiet --no-deps --target "$work/site" pyosys==0.70 2>/dev/null

cat > "$work/tree.py" <<'PYTHON'
import sys

TERMS = 64
kept = sys.argv[1] == "kept"
nets, text = 0, []


def net():
    global nets
    nets += 1
    return f"n{nets}"


def instance(module, inputs, outputs):
    names = [net() for _ in outputs]
    ports = [f".{p}({x})" for p, x in inputs] + [f".{p}({x})" for p, x in zip(outputs, names)]
    text.append(f"wire {', '.join(names)}; {module} i{names[0]} ({', '.join(ports)});")
    return names


columns = [[] for _ in range(10)]
for low in range(0, TERMS - 2, 3):
    s, c = instance("three", [("a", f"a[{low}+:3]"), ("b", f"b[{low}+:3]")], "sc")
    columns[0].append(s)
    columns[1].append(c)
columns[0].append(f"~(a[{TERMS - 1}] ^ b[{TERMS - 1}])")
while any(len(bits) > 2 for bits in columns):
    rest = [[] for _ in columns]
    for place, bits in enumerate(columns):
        while len(bits) >= 3:
            size = 6 if len(bits) >= 6 else 3
            outputs = "stf" if size == 6 else "sc"
            names = instance("six" if size == 6 else "full", [("x", "{" + ", ".join(bits[:size]) + "}")], outputs)
            for weight, name in enumerate(names):
                rest[place + weight].append(name)
            bits = bits[size:]
        rest[place] += bits
    columns = rest
rows = ["{" + ", ".join(bits[row] if len(bits) > row else "1'b0" for bits in reversed(columns)) + "}" for row in (0, 1)]
mark = "(* keep_hierarchy *) " if kept else ""
print(f"""{mark}module full(input [2:0] x, output s, c);
  assign s = ^x;
  assign c = (x[0] & x[1]) | (x[2] & (x[0] ^ x[1]));
endmodule
{mark}module three(input [2:0] a, b, output s, c);
  wire [2:0] x = ~(a ^ b);
  assign s = ^x;
  assign c = (x[0] & x[1]) | (x[2] & (x[0] ^ x[1]));
endmodule
{mark}module six(input [5:0] x, output s, t, f);
  wire p = (x[0] & x[1]) | (x[2] & (x[0] ^ x[1])), q = (x[3] & x[4]) | (x[5] & (x[3] ^ x[4]));
  wire g = ^x[2:0], h = ^x[5:3], r = g & h;
  assign s = g ^ h;
  assign t = p ^ q ^ r;
  assign f = (p & q) | (r & (p ^ q));
endmodule
module top(input clk, input [{TERMS - 1}:0] a, b, output reg [9:0] sum);
  {chr(10).join(text)}
  always @(posedge clk) sum <= {rows[0]} + {rows[1]};
endmodule""")
PYTHON

cat > "$work/map.py" <<'PYTHON'
import json
import sys

from pyosys import libyosys

design = libyosys.Design()
out = sys.argv[2]
for command in [
    f"read_verilog {sys.argv[1]}",
    "synth_xilinx -flatten -noiopad -noclkbuf -top top",
    "setattr -mod -unset keep_hierarchy *",
    "flatten",
    "opt_clean -purge",
    f"write_json {out}",
]:
    libyosys.run_pass(command, design)
cells = json.load(open(out))["modules"]["top"]["cells"].values()
print(sum(cell["type"].startswith("LUT") for cell in cells), file=sys.stderr)
PYTHON

echo "pyosys 0.70, synth_xilinx, popcount of 64 XNORs:"
for kind in flat kept; do
  python3 "$work/tree.py" $kind > "$work/$kind.v"
  PYTHONPATH="$work/site" python3 "$work/map.py" "$work/$kind.v" "$work/$kind.json" \
    > "$work/log" 2> "$work/$kind.txt"
  echo "  $kind: $(tail -1 "$work/$kind.txt") look-up tables"
done
flat=$(tail -1 "$work/flat.txt")
kept=$(tail -1 "$work/kept.txt")
# The surprise is over when boundaries no longer save a fifth.
[ $((5 * flat)) -ge $((6 * kept)) ]
