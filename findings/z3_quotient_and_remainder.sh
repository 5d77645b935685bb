#!/bin/sh
# One would expect: x / y and x % y of bit vectors in z3's Python belong together, as in Verilog, C and Python: x is
#   x / y * y + x % y, whatever the rounding. They are the signed operations, as < and >> are.
# What happens: in z3-solver 5.4.1.0 x / y is bvsdiv, which rounds towards zero, and x % y is bvsmod, which takes the sign of the
#   divisor: -7 / 4 is -1 and -7 % 4 is 1, together -3. Verilog's % is SRem(x, y). For Int, / and % do belong together.
# Why it matters: a proof that a generated divider or modulo equals "a / b and a % b" fails for a correct one, and succeeds
#   for one that mixes two conventions. Write SRem for Verilog's signed %, URem and UDiv for the unsigned operators.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site z3-solver==5.4.1.0 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import z3

print("z3", z3.get_version_string())
x, y = z3.BitVecs("x y", 8)
print("operators:", *(term.sexpr() for term in (x / y, x % y, x < y, x >> y)))


def value(term):
    return z3.simplify(term).as_signed_long()


minus_seven, four = z3.BitVecVal(-7, 8), z3.BitVecVal(4, 8)
found = value(minus_seven / four), value(minus_seven % four), value(z3.SRem(minus_seven, four))
print("-7 / 4, -7 % 4, SRem(-7, 4):", *found)
for name, remainder in (("x % y", x % y), ("SRem(x, y)", z3.SRem(x, y))):
    solver = z3.Solver()
    solver.add(y == 4, x / y * y + remainder != x)
    result = solver.check()
    print(f"x == x / 4 * 4 + {name}:", "always" if result == z3.unsat else f"not for {solver.model()}")
    assert (result == z3.unsat) == (name != "x % y"), "the behaviour has changed"
n, four = z3.Int("n"), z3.IntVal(4)
print("Int -7 / 4, -7 % 4:", z3.simplify(z3.IntVal(-7) / four), z3.simplify(z3.IntVal(-7) % four))
assert found == (-1, 1, -3), "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
