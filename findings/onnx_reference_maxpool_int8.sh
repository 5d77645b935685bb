#!/bin/sh
# One would expect: the reference evaluator of onnx, which is written from the standard to be compared with, runs MaxPool
#   on int8: it is in the standard since opset 12.
# What happens: onnx 1.23.2 runs it at a stride of 2, with and without padding; at a stride of 1, the default, it fails:
#   "cannot convert float NaN to integer" (it marks the places without a value with a NaN). uint8 gets through with a
#   warning of numpy. ONNX Runtime 1.32.0 is right in all cases.
# Why it matters: pools of stride 1 are in every inception-like network; a quantised one cannot be checked against the
#   reference evaluator, and a test that tries only stride 2 does not notice.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 protobuf==7.36.2 ml_dtypes==0.6.0 typing_extensions==4.16.0 flatbuffers==25.12.19 \
    packaging==26.4 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import numpy, onnx, onnxruntime
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

x = numpy.arange(-104, -95, dtype=numpy.int8).reshape(1, 1, 3, 3)


def pool(stride, pads):
    """The outputs of both evaluators, or the error of the second."""
    node = helper.make_node("MaxPool", ["x"], ["y"], kernel_shape=[2, 2], strides=[stride, stride], pads=pads)
    graph = helper.make_graph([node], "pool", [helper.make_tensor_value_info("x", TensorProto.INT8, x.shape)],
                              [helper.make_tensor_value_info("y", TensorProto.INT8, list("nchw"))])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    runtime = session.run(None, {"x": x})[0].ravel().tolist()
    try:
        return runtime, ReferenceEvaluator(model).run(None, {"x": x})[0].ravel().tolist()
    except ValueError as error:
        return runtime, str(error)


print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__)
padded, close = pool(2, [1, 1, 0, 0]), pool(1, [0, 0, 0, 0])
for name, (runtime, reference) in (("stride 2, padded", padded), ("stride 1", close)):
    print(f"{name}: onnxruntime {runtime}, reference {reference}")
assert padded[0] == padded[1] == [-104, -102, -98, -96], "the pool of stride 2 has changed"
assert close[0] == [-100, -99, -97, -96] and "NaN" in close[1], "the pool of stride 1 has changed"
PY
PYTHONPATH=site python3 try.py
