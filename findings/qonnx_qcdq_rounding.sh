#!/bin/sh
# One would expect: QuantToQCDQ of qonnx, which turns Quant nodes into QuantizeLinear, Clip and DequantizeLinear, leaves a
#   Quant alone whose rounding these cannot express, as it leaves alone one with a zero point, of one bit or of twelve.
# What happens: qonnx 1.0.0 converts a Quant with rounding_mode FLOOR too, and the network rounds to nearest from then on: of
#   96 values between -12 and 12 a quarter comes out one step higher. No word.
# Why it matters: a network exported through QCDQ for another runtime is another network; hardware that was made from the
#   QONNX file differs from it. Look for rounding modes other than ROUND before the conversion.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site qonnx==1.0.0 onnx==1.23.2 onnxruntime==1.32.0 \
    numpy==2.4.6 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import numpy
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.core.onnx_exec import execute_onnx
from qonnx.transformation.infer_shapes import InferShapes
from qonnx.transformation.qonnx_to_qcdq import QuantToQCDQ

DOMAIN = "qonnx.custom_op.general"
x = numpy.arange(-12, 12, 0.25).astype(numpy.float32)


def convert(mode, zero, bits):
    """Operators after the conversion, and how many of the outputs it changed."""
    constants = [numpy_helper.from_array(numpy.array(value, numpy.float32), name)
                 for name, value in (("scale", 1), ("zero", zero), ("bits", bits))]
    node = helper.make_node("Quant", ["x", "scale", "zero", "bits"], ["y"], domain=DOMAIN, signed=1, narrow=0,
                            rounding_mode=mode)
    graph = helper.make_graph([node], "quant", [helper.make_tensor_value_info("x", TensorProto.FLOAT, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, x.shape)], constants)
    opsets = [helper.make_opsetid("", 13), helper.make_opsetid(DOMAIN, 1)]
    model = ModelWrapper(helper.make_model(graph, opset_imports=opsets))
    before = execute_onnx(model, {"x": x})["y"]
    model = model.transform(QuantToQCDQ()).transform(InferShapes())
    kinds = [node.op_type for node in model.graph.node if node.op_type != "Constant"]
    return kinds, int((execute_onnx(model, {"x": x})["y"] != before).sum())


print("qonnx 1.0.0, outputs that differ after the conversion, of", len(x))
seen = {}
for case in (("ROUND", 0, 4), ("FLOOR", 0, 4), ("ROUND", 3, 4), ("ROUND", 0, 12)):
    kinds, changed = seen[case] = convert(*case)
    print("rounding {}, zero point {}, {} bits:".format(*case), " ".join(kinds), changed)
assert seen["ROUND", 0, 4] == (["QuantizeLinear", "Clip", "DequantizeLinear"], 0), "ROUND has changed"
assert seen["FLOOR", 0, 4] == (["QuantizeLinear", "Clip", "DequantizeLinear"], 22), "FLOOR has changed"
assert seen["ROUND", 3, 4] == seen["ROUND", 0, 12] == (["Quant"], 0), "what is left alone has changed"
PY
PYTHONPATH=site python3 -W ignore try.py
