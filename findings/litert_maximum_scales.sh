#!/bin/sh
# One would expect: operators of two int8 tensors treat different scales alike: they rescale, as ADD and GREATER do, or
#   they refuse, as CONCATENATION does ("t->params.scale != output->params.scale").
# What happens: MAXIMUM in ai-edge-litert 2.3.0 compares the codes as they are, in all kernels: the larger of 4.0 (code
#   40 at 0.1) and 6.0 (code 30 at 0.2) comes out as 4.0. No word at loading, none when it runs.
# Why it matters: an importer that trusts "it loads, so it is well formed" computes what the file says, and the runtime
#   something else. It has to check that scales and zero points are equal by itself, operator by operator.
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
RESULT = {"MAXIMUM": "INT8", "GREATER": "BOOL"}


def two(operator, options):
    output = ([1, 2], RESULT.get(operator, "INT8"), 0.1, 0, None)
    content = model(operator, 2, [([1, 2], "INT8", 0.1, 0, None), ([1, 2], "INT8", 0.2, 0, None), output], options)
    return {kernel: run(content, kernel, a, b)[0].tolist() for kernel in KERNELS}


a, b = numpy.array([[40, 10]], numpy.int8), numpy.array([[30, 7]], numpy.int8)
print("a:", (a[0] * 0.1).round(1).tolist(), "at 0.1, b:", (b[0] * 0.2).round(1).tolist(), "at 0.2")
greater = two("GREATER", schema.GreaterOptionsT())
largest = two("MAXIMUM", schema.MaximumMinimumOptionsT())
for kernel in KERNELS:
    real = [round(0.1 * code, 1) for code in largest[kernel]]
    print(f"{kernel}: a > b {greater[kernel]}, MAXIMUM {real}; right: [6.0, 1.4]")
try:
    joined = schema.ConcatenationOptionsT()
    joined.axis = 0
    two("CONCATENATION", joined)
except (RuntimeError, ValueError) as error:
    print("CONCATENATION is refused:", "failed to prepare" in str(error))
else:
    raise SystemExit("CONCATENATION has changed")
assert all(x == [False, False] for x in greater.values()), "GREATER has changed"
assert all(x == [40, 10] for x in largest.values()), "MAXIMUM has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
