#!/bin/sh
# One would expect: quantize_static writes models whose accumulators fit their 32 bits; a channel that training has nearly
#   switched off, of tiny weights and a plain bias, gives its bias.
# What happens: ONNX Runtime 1.32.0, with per_channel=True, makes the scale of such a channel as small as its weights allow,
#   down to where the bias takes 0.9999 of 2^31; a sum of 576 products then overflows. A bias of +1.0 comes out as -1.0 in
#   every pixel, from QLinearConv and from the fused QDQ model alike. No warning, neither then nor when it runs.
# Why it matters: bit-exact hardware with 32 bits reproduces the wrong sign, and wider hardware is right and differs. An
#   importer has to compare bias plus reachable sum with 2^31 for every channel, and say which channels overflow.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 onnx==1.23.2 \
    onnxruntime==1.32.0 protobuf==7.36.2 ml_dtypes==0.6.0 typing_extensions==4.16.0 flatbuffers==25.12.19 \
    packaging==26.4 sympy==1.14.0 mpmath==1.3.0 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import logging
import numpy, onnx, onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static

logging.disable(logging.WARNING)
random = numpy.random.default_rng(0)
weights = random.normal(0, 0.05, (2, 64, 3, 3)).astype(numpy.float32)
weights[0] = 2e-6
tensors = [numpy_helper.from_array(weights, "W"), numpy_helper.from_array(numpy.array([1, -0.5], numpy.float32), "B")]
graph = helper.make_graph([helper.make_node("Conv", ["x", "W", "B"], ["y"], name="conv")], "one",
                          [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 64, 8, 8])],
                          [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2, 6, 6])], tensors)
onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10), "float.onnx")
images = [numpy.abs(random.normal(0, 1, (1, 64, 8, 8))).astype(numpy.float32) for _ in range(4)]


class Reader(CalibrationDataReader):
    def __init__(self):
        self.rest = iter([{"x": image} for image in images])

    def get_next(self):
        return next(self.rest, None)


def outputs(name):
    session = onnxruntime.InferenceSession(name, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": images[0]})[0][0]


print("onnxruntime", onnxruntime.__version__)
plain = outputs("float.onnx")
print(f"float: channel 0 {plain[0].min():.3f} to {plain[0].max():.3f}, channel 1 {plain[1].min():.2f} to {plain[1].max():.2f}")
for form in (QuantFormat.QOperator, QuantFormat.QDQ):
    quantize_static("float.onnx", "quantised.onnx", Reader(), quant_format=form, per_channel=True)
    y = outputs("quantised.onnx")
    values = {t.name: numpy_helper.to_array(t) for t in onnx.load("quantised.onnx").graph.initializer}
    bias, scale = int(values["B_quantized"][0]), float(values["W_scale"][0])
    print(f"{form.name}: channel 0 {y[0].min():.3f} to {y[0].max():.3f}, channel 1 {y[1].min():.2f} to {y[1].max():.2f}; "
          f"bias of channel 0: {bias} = {bias / 2**31:.5f} x 2^31, scale of its weights {scale:.2g}")
    assert bias > 0.9998 * 2**31 and numpy.abs(y[1] - plain[1]).max() < 0.1, "the behaviour has changed"
    assert y[0].max() < -0.9 and plain[0].min() > 0.9, "the behaviour has changed"
PY
PYTHONPATH=site python3 try.py
