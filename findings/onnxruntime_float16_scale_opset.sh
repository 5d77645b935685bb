#!/bin/sh
# One would expect: raising the opset of a model from 21 to 23 leaves its QuantizeLinear as it is: the same x, the same
#   scale, the same codes, since nothing in the node changed.
# What happens: with x and scale in float16, ONNX Runtime 1.32.0 divides in float32 up to opset 21 and in float16 from
#   opset 23 on: of the 64 multiples of 0.25 from -8 to 7.75 at a scale of 0.1, 16 change their code by one. The
#   reference evaluator of onnx 1.23.2 divides in float16 in both.
# Why it matters: codes of activations quantised from float16 depend on a number at the top of the file; whoever compares
#   hardware with a runtime has to name the opset, and an importer that computes such a node has to know both rules.
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

half = numpy.float16
feed = {"x": numpy.arange(-8, 8, 0.25).astype(half), "scale": numpy.array(0.1, half), "zero": numpy.array(0, numpy.int8)}


def codes(opset, ir):
    shapes = [("x", TensorProto.FLOAT16, [64]), ("scale", TensorProto.FLOAT16, []), ("zero", TensorProto.INT8, [])]
    graph = helper.make_graph([helper.make_node("QuantizeLinear", [name for name, _, _ in shapes], ["y"])], "quantise",
                              [helper.make_tensor_value_info(*shape) for shape in shapes],
                              [helper.make_tensor_value_info("y", TensorProto.INT8, [64])])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=ir)
    session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(None, feed)[0], ReferenceEvaluator(model).run(None, feed)[0]


print("onnxruntime", onnxruntime.__version__, "onnx", onnx.__version__)
(old, reference_old), (new, reference_new) = codes(21, 10), codes(23, 11)
single = numpy.rint(feed["x"].astype(numpy.float32) / numpy.float32(feed["scale"]))
narrow = numpy.rint(feed["x"] / feed["scale"])
changed = numpy.flatnonzero(old != new)
print(f"onnxruntime, opset 21 against 23: {len(changed)} of 64 codes differ")
first = changed[0]
print(f"  x = {feed['x'][first]}: {old[first]} in opset 21, {new[first]} in 23")
print("opset 21 is division in float32:", bool((old == single).all()), " opset 23 in float16:", bool((new == narrow).all()))
print("the reference evaluator is float16 in both:", bool((reference_old == narrow).all() and (reference_new == narrow).all()))
assert len(changed) == 16 and (old == single).all() and (new == narrow).all() and (reference_old == narrow).all(), "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
