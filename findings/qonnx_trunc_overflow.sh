#!/bin/sh
# One would expect: Trunc of QONNX from 5 to 3 bits gives numbers of 3 bits, 0..7 times the scale, whatever the rounding
#   mode: the width is an input of the node.
# What happens: Trunc of opset 1 in qonnx 1.0.0 does not clip: with rounding_mode ROUND the code 31 becomes 8, which needs 4
#   bits. FLOOR, the mode that the operator is named for, stays inside. Opset 2 of the same operator clips, and has an
#   output scale; in opset 1 the scale stays, so that the value shrinks to a quarter.
# Why it matters: an importer that takes the width from the node builds a layer of 3 bits, and 8 wraps to 0 in hardware
#   while the golden model says 8. Take the version of the operator into account, and 1 + the width for ROUND and CEIL.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site qonnx==1.0.0 onnx==1.23.2 onnxruntime==1.32.0 \
    numpy==2.4.6 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import numpy
from onnx import TensorProto, helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx

DOMAIN = "qonnx.custom_op.general"
x = numpy.array([3, 13, 14, 27, 30, 31], numpy.float32)


def trunc(version, mode):
    values = {"x": x, "scale": 1, "zero": 0, "from": 5}
    if version == 2:
        values["new"] = 4
    values["to"] = 3
    values = {name: numpy.array(value, numpy.float32) for name, value in values.items()}
    options = {"rounding_mode": mode} | ({"signed": 0, "narrow": 0} if version == 2 else {})
    node = helper.make_node("Trunc", list(values), ["y"], domain=DOMAIN, **options)
    shapes = [helper.make_tensor_value_info(name, TensorProto.FLOAT, value.shape) for name, value in values.items()]
    graph = helper.make_graph([node], "trunc", shapes, [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)])
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(DOMAIN, version)]
    y = execute_onnx(ModelWrapper(helper.make_model(graph, opset_imports=opsets)), values)["y"]
    return (y / (4 if version == 2 else 1)).tolist()


print("qonnx 1.0.0, codes of 5 bits:", x.tolist())
seen = {(version, mode): trunc(version, mode) for version in (1, 2) for mode in ("FLOOR", "ROUND")}
for (version, mode), codes in seen.items():
    print(f"opset {version}, {mode}: codes {codes}")
assert seen[1, "ROUND"] == [1, 3, 4, 7, 8, 8] and max(seen[1, "FLOOR"]) == 7, "the behaviour has changed"
assert max(seen[2, "ROUND"]) == max(seen[2, "FLOOR"]) == 7, "opset 2 has changed"
PY
PYTHONPATH=site python3 -W ignore try.py
