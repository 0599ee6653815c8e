"""Writes the .tflite files in this folder, table by table. Needs requirements-tflite.txt of
tests/models.

    python3 make_inputs.py
"""
import pathlib

import flatbuffers
import numpy as np
from ai_edge_litert import schema_py_generated as schema

FOLDER = pathlib.Path(__file__).parent
FLOAT, HALF, INT, INT8, INT64 = (getattr(schema.TensorType, name) for name in (
    "FLOAT32", "FLOAT16", "INT32", "INT8", "INT64"))


class Model:
    """A model of one graph, grown operator by operator."""

    def __init__(self, **inputs):
        self.model = schema.ModelT()
        self.model.version = 3
        self.model.operatorCodes, self.model.buffers = [], [schema.BufferT()]
        self.graph = schema.SubGraphT()
        self.graph.tensors, self.graph.operators = [], []
        self.graph.inputs, self.graph.outputs = [], []
        self.model.subgraphs = [self.graph]
        for name, shape in inputs.items():
            self.graph.inputs.append(self.tensor(name, shape))

    def tensor(self, name, shape, kind=FLOAT, data=None, **fields):
        """The number of a new tensor, a constant where there is data."""
        tensor = schema.TensorT()
        tensor.name, tensor.shape, tensor.type = name, list(shape), kind
        if data is not None:
            buffer = schema.BufferT()
            buffer.data = list(data)
            tensor.buffer = len(self.model.buffers)
            self.model.buffers.append(buffer)
        for key, value in fields.items():
            setattr(tensor, key, value)
        self.graph.tensors.append(tensor)
        return len(self.graph.tensors) - 1

    def constant(self, values, dtype="f4"):
        array = np.array(values, dtype)
        kind = {"f4": FLOAT, "i4": INT, "f2": HALF, "i1": INT8}[dtype]
        return self.tensor(f"c{len(self.graph.tensors)}", array.shape, kind, array.tobytes())

    def op(self, name, operator, inputs, shape=(1, 2), options=None, kind=FLOAT, outputs=1,
           **fields):
        """The number of the first output of a new operator, which is an output."""
        code = schema.OperatorCodeT()
        number = getattr(schema.BuiltinOperator, operator, schema.BuiltinOperator.CUSTOM)
        code.builtinCode, code.deprecatedBuiltinCode = number, min(number, 127)
        if number == schema.BuiltinOperator.CUSTOM:
            code.customCode = operator
        self.model.operatorCodes.append(code)
        op = schema.OperatorT()
        op.opcodeIndex = len(self.model.operatorCodes) - 1
        op.inputs = list(inputs)
        op.outputs = [self.tensor(name if i == 0 else f"{name}{i}", shape, kind)
                      for i in range(outputs)]
        if options:
            op.builtinOptions = getattr(schema, options + "OptionsT")()
            op.builtinOptionsType = getattr(schema.BuiltinOptions, options + "Options")
            for key, value in fields.items():
                setattr(op.builtinOptions, key, value)
        self.graph.operators.append(op)
        self.graph.outputs.extend(op.outputs)
        return op.outputs[0]

    def pack(self):
        builder = flatbuffers.Builder(1024)
        builder.Finish(self.model.Pack(builder), b"TFL3")
        return bytes(builder.Output())

    def write(self, name):
        (FOLDER / f"{name}.tflite").write_bytes(self.pack())


def unsupported():
    """Operators that are refused by name."""
    m = Model(x=(1, 2))
    for name in ["once", "once_again"]:
        m.op(name, "CALL_ONCE", [0], options="CallOnce")
    m.op("erf", "FlexErf", [0])
    m.op("quantize", "QUANTIZE", [0])
    m.op("unique", "UNIQUE", [0], options="Unique")
    new = m.op("new", "ADD", [0, 0], options="Add")
    m.model.operatorCodes[m.graph.operators[-1].opcodeIndex].builtinCode = 999
    assert new
    m.write("unsupported")


def quantized():
    """Tensors of eight bits."""
    m = Model(x=(1, 2))
    scale = schema.QuantizationParametersT()
    scale.scale, scale.zeroPoint = [0.5], [0]
    kernel = m.constant([[1, 2], [3, 4]], "i1")
    m.graph.tensors[kernel].quantization = scale
    for name in ["dense", "dense_again"]:
        m.op(name, "FULLY_CONNECTED", [0, kernel], options="FullyConnected")
    bad = m.tensor("bytes", (1, 2), INT8)
    m.graph.inputs.append(bad)
    m.op("sum", "ADD", [bad, 0], options="Add")
    m.write("quantized")


def options():
    """Options with values that are refused."""
    m = Model(x=(1, 4, 4, 2), r=(1, 2))
    kernel, bias = m.constant(np.ones((3, 1, 1, 2))), m.constant([1, 2, 3])
    conv = dict(options="Conv2D", shape=(1, 4, 4, 3), strideW=1, strideH=1)
    m.op("padding", "CONV_2D", [0, kernel, bias], **conv | {"padding": 7})
    m.op("stride", "CONV_2D", [0, kernel, bias], **conv | {"strideH": 0})
    m.op("dilation", "CONV_2D", [0, kernel, bias], dilationWFactor=-1, **conv)
    m.op("sign", "CONV_2D", [0, kernel, bias], fusedActivationFunction=5, **conv)
    m.op("times", "DEPTHWISE_CONV_2D", [0, m.constant(np.ones((1, 1, 1, 4))), -1],
         options="DepthwiseConv2D", strideW=1, strideH=1, depthMultiplier=3)
    m.op("format", "FULLY_CONNECTED", [1, m.constant(np.ones((2, 2)))],
         options="FullyConnected", weightsFormat=1)
    begin = m.constant([0, 0], "i4")
    m.op("offset", "STRIDED_SLICE", [1, begin, m.constant([1, 1], "i4"),
                                     m.constant([1, 1], "i4")],
         options="StridedSlice", offset=True)
    m.op("step", "STRIDED_SLICE", [1, begin, m.constant([1, 1], "i4"), m.constant([1, 0], "i4")],
         options="StridedSlice")
    m.op("batch_dims", "GATHER", [1, m.constant([0], "i4")], options="Gather", axis=1,
         batchDims=1)
    m.op("both", "RESIZE_BILINEAR", [0, m.constant([3, 3], "i4")], options="ResizeBilinear",
         alignCorners=True, halfPixelCenters=True)
    m.op("mode", "MIRROR_PAD", [1, m.constant([[0, 0], [1, 1]], "i4")], options="MirrorPad",
         mode=2)
    m.op("axis", "CONCATENATION", [1, 1], options="Concatenation", axis=2)
    m.op("other", "ADD", [1, 1], options="Mul")
    m.write("options")


def operands():
    """Operands that do not fit."""
    m = Model(x=(1, 4, 4, 2), r=(1, 2))
    kernel, bias = m.constant(np.ones((3, 1, 1, 3))), m.constant([1, 2, 3])
    conv = dict(options="Conv2D", strideW=1, strideH=1)
    m.op("channels", "CONV_2D", [0, kernel, bias], **conv)
    m.op("rank", "CONV_2D", [1, kernel, bias], **conv)
    m.op("computed", "CONV_2D", [0, 0, bias], **conv)
    m.op("few", "FULLY_CONNECTED", [1], options="FullyConnected")
    m.op("many", "RELU", [1, 1])
    m.op("absent", "ADD", [1, -1], options="Add")
    m.op("columns", "FULLY_CONNECTED", [1, m.constant(np.ones((2, 3)))],
         options="FullyConnected")
    m.op("elements", "RESHAPE", [1, m.constant([1, 3], "i4")], options="Reshape")
    m.op("shapes", "ADD", [1, m.constant([1, 2, 3])], options="Add")
    m.op("past", "SLICE", [1, m.constant([0, 1], "i4"), m.constant([1, 2], "i4")],
         options="Slice")
    m.op("position", "STRIDED_SLICE", [1, m.constant([0, 2], "i4"), m.constant([1, 3], "i4"),
                                       m.constant([1, 1], "i4")],
         options="StridedSlice", shrinkAxisMask=2)
    m.op("parts", "SPLIT", [m.constant(1, "i4"), 1], options="Split", numSplits=3, outputs=3)
    m.op("blocks", "SPACE_TO_BATCH_ND", [0, m.constant([3, 1], "i4"),
                                         m.constant([[0, 0], [0, 0]], "i4")],
         options="SpaceToBatchND")
    m.op("padding", "PAD", [1, m.constant([[0, 0], [-1, 0]], "i4")], options="Pad")
    m.op("order", "TRANSPOSE", [1, m.constant([0, 0], "i4")], options="Transpose")
    m.op("size", "TRANSPOSE_CONV", [m.constant([1, 9, 4, 3], "i4"),
                                    m.constant(np.ones((3, 1, 1, 2))), 0],
         options="TransposeConv", strideW=1, strideH=1)
    later = m.tensor("never", (1, 2))
    m.op("early", "RELU", [later])
    m.write("operands")


def add_lstm(m, name, steps, changes=None, **fields):
    """A layer of 2 units on 3 channels, with other inputs where `changes` has some."""
    kernels = [m.constant(np.full((2, 3), 0.1 * (i + 1))) for i in range(4)]
    recurrent = [m.constant(np.full((2, 2), 0.2 * (i + 1))) for i in range(4)]
    biases = [m.constant([0.1, -0.1]) for _ in range(4)]
    states = [m.tensor(f"state{i}", (1, 2), isVariable=True) for i in range(2)]
    inputs = [0, *kernels, *recurrent, -1, -1, -1, *biases, -1, -1, *states, -1, -1, -1, -1]
    for index, tensor in (changes or {}).items():
        inputs[index] = tensor
    m.op(name, "UNIDIRECTIONAL_SEQUENCE_LSTM", inputs, (1, steps, 2),
         options="UnidirectionalSequenceLSTM", **{"fusedActivationFunction": 4} | fields)


def lstm(steps, **fields):
    """A model of one layer."""
    m = Model(x=(1, steps, 3))
    add_lstm(m, "lstm", steps, **fields)
    return m


def lstm_inputs():
    """Inputs that are refused, or are not there."""
    m = Model(x=(1, 3, 3))
    add_lstm(m, "gates", 3, {1: -1})
    add_lstm(m, "projection", 3, {16: m.constant(np.ones((2, 2)))})
    add_lstm(m, "peephole", 3, {10: m.constant([1, 2])})
    add_lstm(m, "units", 3, {6: m.constant(np.ones((3, 2)))})
    add_lstm(m, "start", 3, {18: m.constant([[1, 2]])})
    m.op("both", "BIDIRECTIONAL_SEQUENCE_LSTM", [0, *[-1] * 38, 0, *[-1] * 8], (1, 3, 2),
         options="BidirectionalSequenceLSTM", fusedActivationFunction=4, timeMajor=False,
         mergeOutputs=True, outputs=2)
    m.write("lstm_inputs")


def calls():
    """Graphs that call others in ways that are refused."""
    m = Model(x=(1, 2))
    yes, number = m.tensor("yes", (), schema.TensorType.BOOL, b"\1"), m.constant([3], "i4")
    m.op("none", "WHILE", [0], options="While", condSubgraphIndex=9)
    m.op("itself", "WHILE", [0], options="While", bodySubgraphIndex=0, condSubgraphIndex=1)
    m.op("endless", "WHILE", [0], options="While", condSubgraphIndex=1, bodySubgraphIndex=2)
    m.op("computed", "WHILE", [0], options="While", condSubgraphIndex=2, bodySubgraphIndex=2)
    m.op("count", "WHILE", [0, number], options="While", condSubgraphIndex=1)
    m.op("branch", "IF", [0, 0], options="If", thenSubgraphIndex=2, elseSubgraphIndex=2)
    m.op("open", "IF", [yes, 0], options="If", thenSubgraphIndex=3, elseSubgraphIndex=3)
    m.op("two", "IF", [yes, 0], options="If", thenSubgraphIndex=2, outputs=2)
    for name, operator in [("always", None), ("body", "RELU")]:
        inner = Model(x=(1, 2))
        inner.model = m.model
        inner.model.subgraphs.append(inner.graph)
        if operator:
            inner.op(name, operator, [0])
        else:
            inner.graph.outputs.append(inner.tensor("yes", (), schema.TensorType.BOOL, b"\1"))
    undefined = Model(x=(1, 2))
    undefined.graph.outputs.append(undefined.tensor("nothing", (1, 2)))
    m.model.subgraphs.append(undefined.graph)
    m.write("calls")


def constants():
    """Constants that are damaged or stored in another way."""
    m = Model(r=(1, 2))
    m.op("short", "ADD", [0, m.tensor("c", (1, 2), FLOAT, bytes(4))], options="Add")
    m.op("outside", "ADD", [0, m.tensor("o", (1, 2), buffer=99)], options="Add")
    sparse = m.constant([[1, 2]])
    m.graph.tensors[sparse].sparsity = schema.SparsityParametersT()
    m.op("sparse", "ADD", [0, sparse], options="Add")
    m.op("huge", "ADD", [0, m.tensor("h", (1 << 20, 1 << 20), FLOAT, bytes(4))], options="Add")
    m.op("nan", "ADD", [0, m.constant([np.nan, 1])], options="Add")
    m.write("constants")


def one(name, change):
    """A small good model but for `change`."""
    m = Model(r=(1, 2))
    m.op("y", "RELU", [0])
    change(m)
    m.write(name)


def signatures(m):
    for key in ["one", "two"]:
        signature = schema.SignatureDefT()
        signature.signatureKey = key
        m.model.signatureDefs = [*(m.model.signatureDefs or []), signature]


def twice(m):
    m.op("again", "TANH", [0])
    m.graph.operators[-1].outputs = m.graph.operators[0].outputs


def main():
    unsupported()
    quantized()
    options()
    operands()
    constants()
    lstm(12, cellClip=10.0).write("lstm_clip")
    lstm(3, fusedActivationFunction=1, diagonalRecurrentTensors=True, projClip=1.0,
         cellClip=-1.0).write("lstm_options")
    lstm_inputs()
    calls()
    lstm(3, timeMajor=True, cellClip=10.0).write("lstm_time_major")
    one("version", lambda m: setattr(m.model, "version", 2))
    one("signatures", signatures)
    one("twice", twice)
    one("index", lambda m: m.graph.outputs.append(99))
    one("scalar", lambda m: setattr(m.graph.tensors[0], "shape", []))
    one("constant_output", lambda m: m.graph.outputs.append(m.constant([1, 2])))
    one("no_graph", lambda m: setattr(m.model, "subgraphs", []))
    m = Model(r=(1, 2))
    m.op("y", "RELU", [0])
    (FOLDER / "truncated.tflite").write_bytes(m.pack()[:200])
    # What nothing reads may be of any kind.
    m.op("dead", "WHILE", [0], options="While")
    m.graph.outputs.pop()
    m.write("dead")


main()
