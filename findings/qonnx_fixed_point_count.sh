#!/bin/sh
# One would expect: a data type of four bits has 16 possible values, and get_num_possible_values() of QONNX says so, be it
#   INT4 or FIXED<4,2>.
# What happens: qonnx 1.0.0 counts FIXED<4,2>, whose values go from -2 to 1.75 in quarters, as 4: it counts whole numbers
#   between the ends. FIXED<4,3> gives 8, FIXED<8,1> 2.
# Why it matters: the number of thresholds that an activation needs is this count less one. Taken from here, fifteen
#   thresholds become three. Use 2 ** bitwidth() for types with a fraction.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site qonnx==1.0.0 \
    numpy==2.4.6 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
from qonnx.core.datatype import DataType

print("qonnx 1.0.0")
counts = {}
for name in ("INT4", "FIXED<4,3>", "FIXED<4,2>", "FIXED<8,1>"):
    kind = DataType[name]
    counts[name] = kind.get_num_possible_values()
    print(f"{name}: {kind.bitwidth()} bits, {kind.min()} to {kind.max()}, {counts[name]} possible values")
assert counts == {"INT4": 16, "FIXED<4,3>": 8, "FIXED<4,2>": 4, "FIXED<8,1>": 2}, "the behaviour has changed"
PY
PYTHONPATH=site python3 -W ignore try.py
