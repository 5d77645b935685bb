#!/bin/sh
# One would expect: onnx.helper.make_tensor refuses a value that the element type cannot hold. It does for int8, uint8 and
#   int16: OverflowError.
# What happens: for int4 and uint4 (onnx 1.23.2 with ml_dtypes 0.6.0) it keeps the lowest four bits without a word: 9
#   becomes -7, -1 becomes 15. So does .astype(ml_dtypes.int4), from integers and from floats.
# Why it matters: weights quantised with max/7 or with a rounding that reaches 8 change their sign on the way into the
#   file. Clip before you store, and let whoever writes or reads weights of few bits check the range itself.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 onnx==1.23.2 \
    protobuf==7.36.2 ml_dtypes==0.6.0 typing_extensions==4.16.0 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import ml_dtypes, numpy, onnx
from onnx import TensorProto, helper, numpy_helper

print("onnx", onnx.__version__, "ml_dtypes", ml_dtypes.__version__)
refused = []
for name, value in (("INT8", 200), ("UINT8", 256), ("INT16", 40000)):
    try:
        helper.make_tensor("t", getattr(TensorProto, name), [1], [value])
    except OverflowError as error:
        refused.append(name)
        print(f"{value} as {name}: {error}")
kept = []
for name, value in (("INT4", 9), ("UINT4", -1)):
    code = int(numpy_helper.to_array(helper.make_tensor("t", getattr(TensorProto, name), [1], [value]))[0])
    kept.append(code)
    print(f"{value} as {name}: {code}")
cast = numpy.array([7.5, 8.0, 9.0], numpy.float32).astype(ml_dtypes.int4).astype(int).tolist()
print("[7.5, 8.0, 9.0] cast to ml_dtypes.int4:", cast)
assert refused == ["INT8", "UINT8", "INT16"] and kept == [-7, 15] and cast == [7, -8, -7], "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
