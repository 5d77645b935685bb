#!/bin/sh
# One would expect: in x * 0.5 with a fixed-point x of APyTypes, whose results otherwise grow so that nothing is lost, the
#   number 0.5 is 0.5; or a number without a format is refused.
# What happens: APyTypes 0.5.1 first puts the number into the format of x, rounds it there and wraps it: for four integer bits
#   x * 0.5 is x * 1, x * 0.25 is 0, and x - 100 is x - 4. The format of the result is that of two x, so that it looks as
#   exact as any other. No warning.
# Why it matters: scale factors and zero points of a golden model are such numbers. Integer activations times a scale below
#   one half are all 0, and from there up they are not scaled at all. Give every constant its own format, with fx().
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site apytypes==0.5.1 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import apytypes
from apytypes import APyFixed, APyFixedArray

print("APyTypes", apytypes.__version__)
x = APyFixedArray.from_float([-3, 1, 2, 7], int_bits=4, frac_bits=0)
found = {}
for text in ("x * 0.5", "x * 0.25", "x * 2.5", "x + 100", "x - 100"):
    result = eval(text)
    found[text] = [float(value) for value in result]
    print(f"x = -3 1 2 7, 4 integer bits: {text:8} =", *found[text], f"({result.int_bits}.{result.frac_bits} bits)")
half = APyFixed.from_float(0.5, int_bits=1, frac_bits=1)
exact = [float(value) for value in x * half]
print("with 0.5 in a format of its own:          ", *exact)
assert exact == [-1.5, 0.5, 1, 3.5]
assert found == {
    "x * 0.5": [-3, 1, 2, 7], "x * 0.25": [0, 0, 0, 0], "x * 2.5": [-9, 3, 6, 21],
    "x + 100": [1, 5, 6, 11], "x - 100": [-7, -3, -2, 3],
}, "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
