#!/bin/sh
# One would expect: BVAddNoOverflow(a, b, signed=True) of z3 is true just where the signed sum fits its width; likewise
#   BVMulNoOverflow and, for the difference, BVSubNoOverflow.
# What happens: in z3-solver 5.4.1.0 they look at one end only, the upper one: -100 + -100 in eight bits is said not to
#   overflow, nor is 16 * -16, which is 0 there. Beside them are BVAddNoUnderflow, BVMulNoUnderflow and BVSubNoUnderflow
#   for the other end, which the argument `signed` does not hint at.
# Why it matters: "this accumulator cannot overflow" is proven for one that wraps at its negative end, where networks with
#   signed weights are as often. Take both, or compare with the sum in one bit more.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site z3-solver==5.4.1.0 >pip.log 2>&1 \
    || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import z3

print("z3", z3.get_version_string())
a, b = z3.BitVecs("a b", 8)


def wide(value, bits):
    return z3.SignExt(bits, value)


cases = {
    "add": (z3.BVAddNoOverflow(a, b, True), z3.BVAddNoUnderflow(a, b), wide(a, 8) + wide(b, 8), wide(a + b, 8)),
    "sub": (z3.BVSubNoOverflow(a, b), z3.BVSubNoUnderflow(a, b, True), wide(a, 8) - wide(b, 8), wide(a - b, 8)),
    "mul": (z3.BVMulNoOverflow(a, b, True), z3.BVMulNoUnderflow(a, b), wide(a, 8) * wide(b, 8), wide(a * b, 8)),
}
for name, (no_overflow, no_underflow, exact, kept) in cases.items():
    missed, both = z3.Solver(), z3.Solver()
    missed.add(no_overflow, exact != kept)
    both.add(z3.And(no_overflow, no_underflow) != (exact == kept))
    found = missed.check(), both.check()
    print(f"{name}: is there an overflow that NoOverflow misses: {found[0] == z3.sat}")
    if found[0] == z3.sat:
        model = missed.model()
        print("   ", *(model.eval(v, True).as_signed_long() for v in (a, b)), "gives", model.eval(kept).as_signed_long())
    print(f"{name}: NoOverflow and NoUnderflow together are exact: {found[1] == z3.unsat}")
    assert found == (z3.sat, z3.unsat), "the behaviour has changed"
minus_hundred = z3.BitVecVal(-100, 8)
assert z3.is_true(z3.simplify(z3.BVAddNoOverflow(minus_hundred, minus_hundred, True))), "the behaviour has changed"
assert z3.is_true(z3.simplify(z3.BVMulNoOverflow(z3.BitVecVal(16, 8), z3.BitVecVal(-16, 8), True)))
PY
PYTHONPATH=site python3 try.py
