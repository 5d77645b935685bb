#!/bin/sh
# Expected: an int4 array of ml_dtypes that numpy.save wrote comes back from numpy.load as int4, or at
#   least as something that .astype(numpy.int8) turns into its numbers.
# Happens: the file says `V1`, raw bytes; numpy.load gives those, even with ml_dtypes imported, and
#   .astype(numpy.int8) fails. int4, uint4 and float8 write the same header, so that no reader can tell
#   which it was. Only .view(ml_dtypes.int4) by someone who knows brings the numbers back.
# Why it matters: "convert it with x.astype(numpy.int8)" is the usual advice for arrays of a type that a
#   tool does not read, and it fails here; the advice has to name .view first.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m pip install --quiet --disable-pip-version-check --target lib \
    numpy==2.2.6 ml_dtypes==0.5.3 >/dev/null 2>&1
cat > try.py <<'PY'
import numpy, ml_dtypes
print("numpy", numpy.__version__, "ml_dtypes", ml_dtypes.__version__)
header = {}
for name in ("int4", "uint4", "float8_e4m3fn"):
    numpy.save("x.npy", numpy.array([1, 2, 3]).astype(getattr(ml_dtypes, name)))
    header[name] = open("x.npy", "rb").read()[10:60].split(b",")[0].decode()
    print(name, "is saved as", header[name])
assert len(set(header.values())) == 1, "the headers differ"
numpy.save("x.npy", numpy.array([1, -2, 7, -8]).astype(ml_dtypes.int4))
loaded = numpy.load("x.npy")
print("loaded as", loaded.dtype)
assert loaded.dtype.kind == "V", "it is loaded as numbers"
try:
    print("astype gives", loaded.astype(numpy.int8))
except (TypeError, ValueError) as error:
    print("astype fails:", error)
else:
    raise SystemExit("astype works")
back = loaded.view(ml_dtypes.int4).astype(numpy.int8)
print("view and astype give", back)
assert back.tolist() == [1, -2, 7, -8]
PY
PYTHONPATH=lib python3 try.py
