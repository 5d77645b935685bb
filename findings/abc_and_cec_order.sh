#!/bin/sh
# One would expect: `&cec` of ABC, the newer form of `cec`, matches the inputs of two files as cec does: by their names, which
#   both AIGER files have in their symbol tables.
# What happens: in the ABC of Debian 12 (1.01, 2022) cec matches by name and &cec by position. "a and not b" with its ports
#   declared in another order is equal to itself in cec and not in &cec; "b and not a", declared so that position hides the
#   difference, is equal to it in &cec alone. Nothing is said of the names that do not match.
# Why it matters: generated modules get their ports sorted or regrouped by every second tool; a proof by &cec then is one of
#   another statement, in both directions. Read both files with the same order, or use cec.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
apt-get download -q berkeley-abc=1.01+20221019git70cb339+dfsg-4 >log 2>&1 || { cat log; exit 2; }
dpkg-deb -x berkeley-abc_*.deb .
# y = first and not second: "borrow" of a difference of one bit, as AIGER with symbols
borrow() { printf 'aag 3 2 0 1 1\n2\n4\n6\n6 %s\ni0 %s\ni1 %s\no0 y\n' "$1" "$2" "$3"; }
cat >binary.py <<'PY'
import sys

# the binary form of an AIGER file with two inputs and one and gate, which is the form that ABC reads
header, *lines = sys.stdin.read().splitlines()
gate, left, right = map(int, lines[3].split())
low, high = sorted((left, right))
sys.stdout.buffer.write(f"aig 3 2 0 1 1\n{lines[2]}\n".encode() + bytes((gate - high, high - low)))
sys.stdout.buffer.write("\n".join(lines[4:]).encode() + b"\n")
PY
borrow "2 5" a b | python3 binary.py >a_not_b.aig            # y = a and not b, ports a, b
borrow "4 3" b a | python3 binary.py >a_not_b_reordered.aig  # y = a and not b, ports b, a
borrow "2 5" b a | python3 binary.py >b_not_a_reordered.aig  # y = b and not a, ports b, a
check() { usr/bin/berkeley-abc -q "$*" 2>&1 | grep -i equivalent | sed 's/ *Time.*//'; }
for command in cec '&cec'; do
    for other in a_not_b_reordered b_not_a_reordered; do
        echo "$command a_not_b.aig $other.aig: $(check "$command" a_not_b.aig $other.aig)"
    done
done | tee found
sed 's/.*: //; s/after.*//' found | grep -c NOT | grep -qx 2 || { echo "the behaviour has changed"; exit 1; }
grep -q '^cec.*b_not_a.*NOT' found && grep -q '^&cec.* a_not_b_re.*NOT' found || { echo "the behaviour has changed"; exit 1; }
