#!/bin/sh
# One would expect: a state variable that is read before it was written is 0, in every runtime of the format; or it is an
#   error in every one.
# What happens: tflite-micro starts an int8 variable at the zero point of its tensor, so that it stands for 0.0 (code -128
#   here), and goes back to that on reset(). The built-in and the reference kernels of LiteRT 2.3.0 refuse to run the
#   same file: READ_VARIABLE fails, "variable != nullptr".
# Why it matters: streaming networks (wake words) are made for the first and have no subgraph that fills their states. Golden
#   outputs for such a file come from tflite-micro, and hardware has to clear its state memories to the code of zero.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m pip install --quiet --disable-pip-version-check --no-deps --target site numpy==2.4.6 ai-edge-litert==2.3.0 \
    flatbuffers==25.12.19 tflite-micro==0.dev20261023182759 pyyaml==6.0.3 >pip.log 2>&1 || { cat pip.log; exit 2; }
cat >try.py <<'PY'
import flatbuffers, numpy, schema_py_generated as schema
from ai_edge_litert.interpreter import Interpreter, OpResolverType
from tflite_micro.python.tflite_micro import runtime

whole, graph = schema.ModelT(), schema.SubGraphT()
whole.version, whole.buffers, whole.subgraphs, whole.operatorCodes = 3, [schema.BufferT()], [graph], []
graph.tensors, graph.operators = [], []


def tensor(shape, kind, zero=None):
    new = schema.TensorT()
    new.shape, new.type, new.buffer, new.name = shape, kind, 0, f"t{len(graph.tensors)}"
    if zero is not None:
        new.quantization = schema.QuantizationParametersT()
        new.quantization.scale, new.quantization.zeroPoint = [0.1], [zero]
    graph.tensors.append(new)
    return len(graph.tensors) - 1


def operator(name, inputs, outputs, options):
    code, step = schema.OperatorCodeT(), schema.OperatorT()
    code.builtinCode, code.version = getattr(schema.BuiltinOperator, name), 1
    code.deprecatedBuiltinCode = min(code.builtinCode, 127)
    whole.operatorCodes.append(code)
    step.opcodeIndex, step.inputs, step.outputs = len(whole.operatorCodes) - 1, inputs, outputs
    step.builtinOptions = options
    step.builtinOptionsType = getattr(schema.BuiltinOptions, type(options).__name__[:-1])
    graph.operators.append(step)


x, state, y = tensor([1, 2], schema.TensorType.INT8, -128), tensor([], schema.TensorType.RESOURCE), tensor([1, 2], schema.TensorType.INT8, -128)
handle = schema.VarHandleOptionsT()
handle.container, handle.sharedName = "", "state"
operator("VAR_HANDLE", [], [state], handle)
operator("READ_VARIABLE", [state], [y], schema.ReadVariableOptionsT())
operator("ASSIGN_VARIABLE", [state, x], [], schema.AssignVariableOptionsT())
graph.inputs, graph.outputs = [x], [y]
builder = flatbuffers.Builder(1024)
builder.Finish(whole.Pack(builder), b"TFL3")
content = bytes(builder.Output())

print("ai-edge-litert 2.3.0, tflite-micro 0.dev20261023182759; a delay of one step, inputs 1 2, then 3 4")
micro = runtime.Interpreter.from_bytes(content)
steps = []
for values in ([1, 2], [3, 4], "reset", [5, 6]):
    if values == "reset":
        micro.reset()
        continue
    micro.set_input(numpy.array([values], numpy.int8), 0)
    micro.invoke()
    steps.append(micro.get_output(0)[0].tolist())
print("tflite-micro: {}, {}; after reset() {}".format(*steps))
refused = []
for name, kernels in (("built-in", OpResolverType.BUILTIN_WITHOUT_DEFAULT_DELEGATES), ("reference", OpResolverType.BUILTIN_REF)):
    interpreter = Interpreter(model_content=content, experimental_op_resolver_type=kernels)
    interpreter.allocate_tensors()
    interpreter.set_tensor(interpreter.get_input_details()[0]["index"], numpy.array([[1, 2]], numpy.int8))
    try:
        interpreter.invoke()
    except RuntimeError as error:
        refused.append(name)
        print(f"LiteRT, {name}: {error}")
assert steps == [[-128, -128], [1, 2], [-128, -128]], "tflite-micro has changed"
assert refused == ["built-in", "reference"], "LiteRT has changed"
PY
PYTHONPATH=site:site/tflite_micro/tensorflow/lite/micro/python python3 try.py 2>log || { cat log; exit 1; }
