#!/bin/sh
# One would expect: fxpmath chooses the format of a sum or a difference so that no result is lost (`op_sizing` is "optimal"):
#   the difference of two unsigned numbers of four bits needs a sign, and goes from -15 to 15 in five bits.
# What happens: fxpmath 0.4.10 gives an unsigned format of five bits, and every negative difference is 0. The spare bit is never
#   used. If one of the two is signed, so is the result, and it is exact. Only .status tells ("underflow"), nothing is raised.
# Why it matters: "activation minus zero point" of uint8 becomes a rectifier, in a golden model that is trusted not to
#   overflow. Hardware that computes the sign looks wrong. Make one operand signed, and one bit wider, before subtracting.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site fxpmath==0.4.10 numpy==2.2.6 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import warnings

import fxpmath
from fxpmath import Fxp

warnings.simplefilter("ignore")
print("fxpmath", fxpmath.__version__, "op_sizing:", Fxp(0, False, 4, 0).config.op_sizing)
three = Fxp(3, signed=False, n_word=4, n_frac=0)
nine = Fxp(9, signed=False, n_word=4, n_frac=0)
nine_signed = Fxp(9, signed=True, n_word=5, n_frac=0)
results = [(text, eval(text)) for text in ("nine - three", "three - nine", "three - nine_signed")]
for text, result in results:
    print(f"{text:20} = {float(result()):4} in {result.dtype}, underflow: {result.status['underflow']}")
found = [(float(result()), result.dtype) for _, result in results]
assert found[:2] == [(6, "fxp-u5/0"), (0, "fxp-u5/0")] and found[2][0] == -6, "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
