#!/bin/sh
# One would expect: CAST to int8 has one rule for what does not fit, that of C: the low eight bits; or one that clamps.
# What happens: ai-edge-litert 2.3.0 clamps where it comes from float32 (200.7 is 127) and keeps the low eight bits where it
#   comes from int32 (300 is 44, -129 is 127), in all kernels. ONNX Runtime's Cast keeps the low bits in both.
# Why it matters: a network that leaves its integers for a step, in int32 or in float32, clips or wraps by the type it came
#   from; hardware with one narrowing step for both is wrong in one of them.
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
options = schema.CastOptionsT()
numbers = [200.7, 300, -129, -1.9, 5]
seen = {}
for kind, dtype in (("FLOAT32", numpy.float32), ("INT32", numpy.int32)):
    x = numpy.array([numbers], dtype)
    content = model("CAST", 1, [([1, 5], kind, None, 0, None), ([1, 5], "INT8", None, 0, None)], options)
    seen[kind] = [run(content, kernel, x)[0].tolist() for kernel in KERNELS]
    print(f"{x[0].tolist()} from {kind.lower()} to int8: {seen[kind][0]}")
assert all(codes == [127, 127, -128, -1, 5] for codes in seen["FLOAT32"]), "the behaviour has changed"
assert all(codes == [-56, 44, 127, -1, 5] for codes in seen["INT32"]), "the behaviour has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
