#!/bin/sh
# One would expect: a comma at the end of a row of a CSV file is optional; without it the last column is still read.
# What happens: SCALE-Sim 3.0.0 throws away what stands behind the last comma. A topology whose rows end with their
#   sparsity, 2:4, is simulated as dense, 1:1, without a word; a row without that column is refused by an assertion.
# Why it matters: spreadsheets, pandas and csv.writer write no such comma. The cycles of "the sparse network" are then
#   those of the dense one. Whoever writes topologies for a comparison has to end every row with a comma.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site scalesim==3.0.0 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
from scalesim.topology_utils import topologies

print("scalesim 3.0.0")


def ratio(row):
    with open("topology.csv", "w") as out:
        out.write(f"Layer,M,N,K,Sparsity,\n{row}\n")
    read = topologies()
    read.load_arrays("topology.csv", mnk_inputs=True)
    return "{}:{}".format(*read.topo_arrays[0][-2:])


with_comma, without = ratio("G1,16,16,32,2:4,"), ratio("G1,16,16,32,2:4")
print("G1,16,16,32,2:4, is read as sparsity", with_comma)
print("G1,16,16,32,2:4  is read as sparsity", without)
assert (with_comma, without) == ("2:4", "1:1"), "the behaviour has changed"
try:
    ratio("G1,16,16,32")
except AssertionError as error:
    print("G1,16,16,32: refused:", error)
else:
    raise SystemExit("the behaviour has changed")
PY
PYTHONPATH=site python3 try.py
