#!/bin/sh
# One would expect: zero points of the shapes that the standard allows run in ONNX Runtime: one for each row of A in
#   MatMulInteger and QLinearMatMul, one for each output channel of W in ConvInteger; the more so as QLinearMatMul and
#   MatMulInteger take one for each column of B.
# What happens: ONNX Runtime 1.32.0 loads the three models and refuses them when they run ("must be a scalar", "not
#   supported now"). The reference evaluator of onnx 1.23.2 runs all of them, and B by columns runs in both.
# Why it matters: an importer that follows the standard meets models for which this runtime cannot give the golden
#   outputs; and an exporter that follows it writes files that load, and fail on the first inference.
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

TYPE = {"uint8": TensorProto.UINT8, "float32": TensorProto.FLOAT}
a = numpy.array([[1, 2], [3, 4]], numpy.uint8)
image, kernels = numpy.arange(9, dtype=numpy.uint8).reshape(1, 1, 3, 3), numpy.ones((2, 1, 2, 2), numpy.uint8)
zero, two = numpy.array(0, numpy.uint8), numpy.array([1, 2], numpy.uint8)
one = numpy.array(1, numpy.float32)
ones = numpy.ones(2, numpy.float32)
CASES = [
    ("MatMulInteger", "A by rows", TensorProto.INT32, [a, a, two], True),
    ("QLinearMatMul", "A by rows", TensorProto.UINT8, [a, ones, two, a, one, zero, one, zero], True),
    ("ConvInteger", "W by channels", TensorProto.INT32, [image, kernels, zero, two], True),
    ("MatMulInteger", "B by columns", TensorProto.INT32, [a, a, zero, two], False),
    ("QLinearMatMul", "B by columns", TensorProto.UINT8, [a, one, zero, a, ones, two, one, zero], False),
]
onnxruntime.set_default_logger_severity(4)
print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__)
for operator, shape, output, inputs, refused in CASES:
    names = [f"x{place}" for place in range(len(inputs))]
    values = [helper.make_tensor_value_info(name, TYPE[str(x.dtype)], x.shape) for name, x in zip(names, inputs)]
    graph = helper.make_graph([helper.make_node(operator, names, ["y"])], "one", values,
                              [helper.make_tensor_value_info("y", output, list("abcd")[:inputs[0].ndim])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    onnx.checker.check_model(model)
    feed = dict(zip(names, inputs))
    reference = ReferenceEvaluator(model).run(None, feed)[0].ravel().tolist()
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    try:
        runtime = session.run(None, feed)[0].ravel().tolist()
    except Exception as error:
        runtime = None
        why = str(error).split("was false. ")[-1].strip()
    print(f"{operator}, {shape}: reference {reference}, onnxruntime {runtime if runtime else why}")
    assert (runtime is None) == refused and (refused or runtime == reference), "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
