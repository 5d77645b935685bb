#!/bin/sh
# One would expect: a zero point of the weights that is not 0 is treated alike by the kernels of one format: honoured, or
#   refused, since the format's rules for int8 weights ask for 0.
# What happens: FULLY_CONNECTED honours it, in LiteRT 2.3.0 and in tflite-micro. CONV_2D is refused by LiteRT when the tensors
#   are allocated, and tflite-micro runs it as if the zero point were 0.
# Why it matters: a file that LiteRT has run may have such weights, so that an importer needs the term; and one that
#   tflite-micro has run may mean something else than it says. Refuse it by the operator's name in convolutions.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 ai-edge-litert==2.3.0 \
    flatbuffers==25.12.19 tflite-micro==0.dev20261023182759 \
    pyyaml==6.0.3 >pip.log 2>&1 || { cat pip.log; exit 2; }
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


def micro(content, *inputs):
    from tflite_micro.python.tflite_micro import runtime

    interpreter = runtime.Interpreter.from_bytes(content)
    for place, values in enumerate(inputs):
        interpreter.set_input(values, place)
    interpreter.invoke()
    return interpreter.get_output(0)


print("ai-edge-litert 2.3.0, tflite-micro 0.dev20261023182759")
x, weight, bias = numpy.array([40], numpy.int8), numpy.array([7], numpy.int8), numpy.array([0], numpy.int32)
convolution = schema.Conv2DOptionsT()
convolution.padding, convolution.strideH, convolution.strideW = schema.Padding.VALID, 1, 1
convolution.dilationHFactor = convolution.dilationWFactor = 1
shapes = {"FULLY_CONNECTED": ([1, 1], [1, 1], schema.FullyConnectedOptionsT(), 4),
          "CONV_2D": ([1, 1, 1, 1], [1, 1, 1, 1], convolution, 3)}
print("40 x (7 - 5) = 80, and 40 x 7 = 280, both at a scale of 10:")
seen = {}
for operator, (data, kernels, options, version) in shapes.items():
    content = model(operator, version, [(data, "INT8", 1, 0, None), (kernels, "INT8", 1, 5, weight), ([1], "INT32", 1, 0, bias),
                                        (data, "INT8", 10, 0, None)], options)
    lite = []
    for kernel in KERNELS:
        try:
            lite.append(int(run(content, kernel, x.reshape(data)).ravel()[0]))
        except RuntimeError:
            lite.append("refused")
    seen[operator] = lite, int(micro(content, x.reshape(data)).ravel()[0])
    print(f"{operator}: LiteRT {seen[operator][0]}, tflite-micro {seen[operator][1]}")
assert seen["FULLY_CONNECTED"] == ([8, 8, 8], 8), "FULLY_CONNECTED has changed"
assert seen["CONV_2D"] == (["refused"] * 3, 28), "CONV_2D has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
