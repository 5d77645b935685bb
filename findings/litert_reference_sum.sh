#!/bin/sh
# One would expect: LiteRT's reference kernels (BUILTIN_REF) are slow and right; they are what others are held against.
# What happens: in ai-edge-litert 2.3.0 the reference SUM of int8 takes the codes for unsigned bytes: -1 counts as 255,
#   and what is above 255 is held there and handed out as -1. Rows without a negative code are right, and so are the
#   built-in and the default kernels.
# Why it matters: hardware that is compared with the reference kernels, as one does for the rounding of convolutions,
#   seems to be wrong in every network that has a SUM. Take the built-in kernels for this operator.
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
options = schema.ReducerOptionsT()
axis = numpy.array([1], numpy.int32)
x = numpy.array([[9, 7, 3], [5, -1, 0], [-9, -7, -3], [40, -30, 2]], numpy.int8)
content = model("SUM", 2, [([4, 3], "INT8", 0.1, 0, None), ([1], "INT32", None, 0, axis), ([4], "INT8", 0.1, 0, None)], options)
print("rows:", x.tolist())
results = {kernel: run(content, kernel, x) for kernel in KERNELS}
for kernel, y in results.items():
    print(f"{kernel}: {y.tolist()}")
unsigned = numpy.minimum(x.view(numpy.uint8).astype(int).sum(1), 255).astype(numpy.uint8).view(numpy.int8)
reference = results.pop("reference")
assert all((y == x.sum(1)).all() for y in results.values()), "the other kernels have changed"
assert (reference == unsigned).all() and (reference != x.sum(1)).sum() == 3, "the behaviour has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
