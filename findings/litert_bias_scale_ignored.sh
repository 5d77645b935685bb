#!/bin/sh
# One would expect: the scale of a bias is part of its number; where it is not the product of the scales of input and
#   weights, the runtime converts the bias, or refuses the model.
# What happens: ai-edge-litert 2.3.0 adds the stored integer to the accumulator whatever its scale says. CONV_2D never
#   looks at it; FULLY_CONNECTED refuses the model only where the two scales are more than 2 % of the *output's* scale
#   apart: a bias of 1000 at a scale of 0.01, that is 10.0, counts as 1000 at 0.0005, that is 0.5, without a word.
# Why it matters: an importer that computes with real numbers, bias times its scale, is right by the file and differs
#   from every kernel by twenty codes. Take the integer, and compare the scales only to warn.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
# tflite-micro is here for its classes of the file format.
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 ai-edge-litert==2.3.0 \
    flatbuffers==25.12.19 tflite-micro==0.dev20261023182759 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import flatbuffers, numpy, schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType

KERNELS = {"default (XNNPACK)": OpResolverType.BUILTIN, "built-in": OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES,
           "reference": OpResolverType.BUILTIN_REF}


def model(operator, version, tensors, options=None):
    """A model of one operator; tensors: (shape, type, scale, zero point, constant or None), the last is the output."""
    whole, graph, step, code = schema.ModelT(), schema.SubGraphT(), schema.OperatorT(), schema.OperatorCodeT()
    whole.version, whole.buffers, whole.subgraphs, whole.operatorCodes = 3, [schema.BufferT()], [graph], [code]
    code.builtinCode = code.deprecatedBuiltinCode = getattr(schema.BuiltinOperator, operator)
    code.version, graph.tensors, graph.operators = version, [], [step]
    for shape, kind, scale, zero, constant in tensors:
        tensor = schema.TensorT()
        tensor.shape, tensor.type, tensor.buffer = shape, getattr(schema.TensorType, kind), 0
        if scale is not None:
            tensor.quantization = schema.QuantizationParametersT()
            tensor.quantization.scale, tensor.quantization.zeroPoint = [scale], [zero]
        if constant is not None:
            whole.buffers.append(schema.BufferT())
            whole.buffers[-1].data, tensor.buffer = numpy.frombuffer(constant.tobytes(), numpy.uint8), len(whole.buffers) - 1
        graph.tensors.append(tensor)
    last = len(tensors) - 1
    step.opcodeIndex, step.inputs, step.outputs = 0, list(range(last)), [last]
    graph.inputs, graph.outputs = [place for place in range(last) if tensors[place][4] is None], [last]
    if options is not None:
        step.builtinOptions = options
        step.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
    builder = flatbuffers.Builder(1024)
    builder.Finish(whole.Pack(builder), b"TFL3")
    return bytes(builder.Output())


def run(content, kernel, *inputs):
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=KERNELS[kernel], num_threads=1)
    interpreter.allocate_tensors()
    for detail, values in zip(interpreter.get_input_details(), inputs):
        interpreter.set_tensor(detail["index"], values)
    interpreter.invoke()
    return interpreter.get_tensor(interpreter.get_output_details()[0]["index"])


print("ai-edge-litert 2.3.0")
x = numpy.array([4, -4, 40], numpy.int8)
weight, bias = numpy.array([20], numpy.int8), numpy.array([1000], numpy.int32)
convolution = schema.Conv2DOptionsT()
convolution.padding, convolution.strideH, convolution.strideW = schema.Padding.VALID, 1, 1
convolution.dilationHFactor = convolution.dilationWFactor = 1
shapes = {"FULLY_CONNECTED": ([3, 1], [1, 1], schema.FullyConnectedOptionsT(), 4),
          "CONV_2D": ([1, 3, 1, 1], [1, 1, 1, 1], convolution, 3)}
INPUT, WEIGHT, OUTPUT = 0.05, 0.01, 0.5
print("by the file, a scale of 0.01:", numpy.rint((x * 20 * INPUT * WEIGHT + 1000 * 0.01) / OUTPUT).astype(int).tolist())
for operator, (data, kernels, options, version) in shapes.items():
    results = {}
    for bias_scale in (INPUT * WEIGHT, 0.01, 0.02):
        content = model(operator, version, [(data, "INT8", INPUT, 0, None), (kernels, "INT8", WEIGHT, 0, weight),
                                            ([1], "INT32", bias_scale, 0, bias), (data, "INT8", OUTPUT, 0, None)], options)
        try:
            results[bias_scale] = [run(content, kernel, x.reshape(data)).ravel().tolist() for kernel in KERNELS]
            print(f"{operator}, bias scale {bias_scale:.4f}: {results[bias_scale][0]}")
        except RuntimeError as error:
            print(f"{operator}, bias scale {bias_scale:.4f}: refused, {str(error).split('was not')[0].split(' ', 1)[1]}")
    accepted = [INPUT * WEIGHT, 0.01] + ([0.02] if operator == "CONV_2D" else [])
    assert results == dict.fromkeys(accepted, [[1, 1, 2]] * 3), "the behaviour has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
