#!/bin/sh
# One would expect: Cast from float32 to int4 follows Cast from float32 to int8, which drops the fraction (1.9 is 1),
#   and what lies outside -8..7 is held at the end, as QuantizeLinear does it.
# What happens: ONNX Runtime 1.32.0 rounds to the nearest integer, ties away from zero, and then keeps four bits: 1.9 is 2,
#   0.5 is 1, 7.5 is -8. The reference evaluator of onnx 1.23.2 drops the fraction (7.5 is 7), then keeps four bits too.
# Why it matters: weights of four bits are written with a Cast by some exporters; evaluated by the two they are different
#   networks, and a weight just above the range becomes the most negative one. An importer should take stored codes only.
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

x = numpy.array([0.5, 1.5, 1.9, -1.9, 6.6, 7.5, 9.0], numpy.float32)


def cast(target):
    """The codes of x in the target type, read back as int8, of both evaluators."""
    nodes = [helper.make_node("Cast", ["x"], ["code"], to=target), helper.make_node("Cast", ["code"], ["y"], to=TensorProto.INT8)]
    graph = helper.make_graph(nodes, "cast", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [len(x)])],
                              [helper.make_tensor_value_info("y", TensorProto.INT8, [len(x)])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0].tolist(), ReferenceEvaluator(model).run(None, {"x": x})[0].tolist()


print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__)
print("x                     ", x.tolist())
runtime8, reference8 = cast(TensorProto.INT8)
runtime4, reference4 = cast(TensorProto.INT4)
print("to int8, both         ", runtime8)
print("to int4, onnxruntime  ", runtime4)
print("to int4, onnx         ", reference4)
assert runtime8 == reference8 == [0, 1, 1, -1, 6, 7, 9], "the cast to int8 has changed"
assert runtime4 == [1, 2, 2, -2, 7, -8, -7], "onnxruntime has changed"
assert reference4 == [0, 1, 1, -1, 6, 7, -7], "onnx has changed"
PY
PYTHONPATH=site python3 try.py
