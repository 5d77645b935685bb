#!/bin/sh
# One would expect: rounding="trunc", the default of fxpmath, drops the low bits, as AP_TRN of HLS tools and a slice in Verilog
#   do: -0.75 becomes -1. Or else it drops the fraction, towards zero, everywhere that one object loses bits.
# What happens: with fxpmath 0.4.10 one format, signed with 8 bits and rounding="trunc", does both: the number -3.5 and the
#   number with fraction bits that is converted to it become -3; -7 >> 1 in it (shifting="trunc") becomes -4, and so does -7 // 2.
#   "floor" is the name for dropping bits.
# Why it matters: a golden model that requantises by converting, and one that requantises by shifting, differ by one for every
#   negative number that is not exact; only the latter is what `>>>` and a slice give. Set rounding="floor" on every object.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site fxpmath==0.4.10 numpy==2.2.6 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import fxpmath
from fxpmath import Fxp

print("fxpmath", fxpmath.__version__, "default rounding:", Fxp(0, True, 8, 0).config.rounding)


def ways(rounding):
    target = dict(signed=True, n_word=8, n_frac=0, rounding=rounding, shifting="trunc")
    number = Fxp(-3.5, **target)
    converted = Fxp(Fxp(-3.5, signed=True, n_word=9, n_frac=1), **target)
    shifted = Fxp(-7, **target) >> 1
    divided = Fxp(-7, **target) // Fxp(2, **target)
    return [float(way()) for way in (number, converted, shifted, divided)]


found = {rounding: ways(rounding) for rounding in ("trunc", "floor")}
for rounding, values in found.items():
    print(f"{rounding}: number -3.5, converted -3.5, -7 >> 1, -7 // 2:", *values)
assert found == {"trunc": [-3, -3, -4, -4], "floor": [-4, -4, -4, -4]}, "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
