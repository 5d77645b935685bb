#!/bin/sh
# One would expect: total_macs of qonnx's inference_cost is the number of multiplications of the layers' shapes, and
#   total_mem_w_bits what the weights take in memory.
# What happens: qonnx 1.0.0 leaves out every weight that is zero, from both, unless it is told discount_sparsity=False: a
#   ternary matrix of 64 x 64 with half its weights zero "has" half the multiplications and half the bits.
# Why it matters: cycles and memories of an array that does not skip zeros are by shape. Set beside these figures it looks
#   half as good as it is, and memories sized by them are too small: the zeros have to be stored.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --target site qonnx==1.0.0 onnx==1.23.2 onnxruntime==1.32.0 \
    numpy==2.4.6 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import numpy
from onnx import TensorProto, helper, numpy_helper
from qonnx.core.datatype import DataType
from qonnx.core.modelwrapper import ModelWrapper
from qonnx.util.inference_cost import inference_cost

weights = numpy.resize([0, 1, 0, -1], (64, 64)).astype(numpy.float32)
graph = helper.make_graph([helper.make_node("MatMul", ["x", "W"], ["y"])], "one",
                          [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 64])],
                          [numpy_helper.from_array(weights, "W")])
model = ModelWrapper(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)]))
model.set_tensor_datatype("x", DataType["INT4"])
model.set_tensor_datatype("W", DataType["TERNARY"])
model.save("model.onnx")
print("qonnx 1.0.0; 64 x 64 ternary weights, zeros:", int((weights == 0).sum()))
seen = []
for arguments in ({}, {"discount_sparsity": False}):
    cost = inference_cost("model.onnx", preprocess=False, **arguments)["total_cost"]
    seen.append((cost["total_macs"], cost["total_mem_w_bits"]))
    print(arguments or "as it comes", "total_macs {:.0f}, total_mem_w_bits {:.0f}".format(*seen[-1]))
assert seen == [(2048, 4096), (4096, 8192)], "the behaviour has changed"
PY
PYTHONPATH=site python3 -W ignore try.py
