#!/bin/sh
# One would expect: a reader of Liberty that turns 2.5 into a float and 4 into an integer turns true and false, two words of
#   the format, into booleans.
# What happens: liberty-parser 0.0.29 gives the string 'false', which Python takes for true; an attribute that is not there is
#   None. `.5`, without a zero before the point, is a string too.
# Why it matters: `if cell["dont_use"]` throws out the cells that say `dont_use : false`, and keeps those that say nothing; in
#   libraries that state it for every cell none is left. A script that picks cells compares with the word: == "true".
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site liberty-parser==0.0.29 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
from importlib.metadata import version

from liberty.parser import parse_liberty

print("liberty-parser", version("liberty-parser"))
library = parse_liberty("""
library (small) {
  cell (INV) { dont_use : false; area : 2.5; drive_strength : 4; cell_leakage_power : .5; }
  cell (DLY) { dont_use : true; area : 9; }
  cell (NAND) { area : 3; }
}
""")
cells = {group.args[0]: group for group in library.get_groups("cell")}
for name, cell in cells.items():
    print(name, {key: cell[key] for key in ("dont_use", "area", "drive_strength", "cell_leakage_power")})
kept = [name for name, cell in cells.items() if not cell["dont_use"]]
print("cells of which dont_use is not true in Python:", kept)
inverter = cells["INV"]
assert kept == ["NAND"] and inverter["dont_use"] == "false", "the behaviour has changed"
assert [type(inverter[key]) for key in ("area", "drive_strength", "cell_leakage_power")] == [float, int, str], "changed"
PY
PYTHONPATH=site python3 try.py
