#!/usr/bin/env python3
"""Write the small ONNX files that the tests in this folder read.

    make_inputs.py [OUT]

OUT is `Inputs` beside this script unless given. Needs onnx and NumPy.
"""

import pathlib
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT


def node(operator, inputs, outputs, name="", **attributes):
    """A node, of the arguments that helper.make_node takes."""
    return helper.make_node(operator, inputs.split(), outputs.split(), name, **attributes)


def model(nodes, shape, constants=None, opset=17, output="y", element_type=FLOAT, domains=(),
          output_shape=None):
    """A model with the input `x` of `shape`, whose first axis is open, and `output`."""
    constants = [numpy_helper.from_array(np.asarray(value), name)
                 for name, value in (constants or {}).items()]
    graph = helper.make_graph(
        nodes, "model", [helper.make_tensor_value_info("x", element_type, ["batch", *shape])],
        [helper.make_tensor_value_info(output, FLOAT, output_shape)], constants)
    opsets = [helper.make_opsetid("", opset), *(helper.make_opsetid(d, 1) for d in domains)]
    return helper.make_model(graph, opset_imports=opsets, ir_version=8)


def ramp(*shape):
    """0, 1/8, 2/8, ... in a shape: numbers that print exactly."""
    return (np.arange(np.prod(shape)) / 8).reshape(shape).astype(np.float32)


def external(proto, location, offset=0, length=None):
    """`proto` with its first constant outside of the file."""
    tensor = proto.graph.initializer[0]
    length = len(tensor.raw_data) if length is None else length
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        tensor.external_data.add(key=key, value=str(value))
    return proto


def dense(name="w"):
    """A matrix product with the constant `name` of shape (4, 2)."""
    return model([node("MatMul", f"x {name}", "y", "fc")], [4], {name: ramp(4, 2)})


def typed():
    """A sum of constants in each of the fields that hold them."""
    half = np.array([1.5, -2], np.float16).view(np.uint16)
    tensors = [
        helper.make_tensor("floats", FLOAT, [2], [1.5, -2]),
        helper.make_tensor("doubles", TensorProto.DOUBLE, [2], [1.5, -2]),
        helper.make_tensor("halves", TensorProto.FLOAT16, [2], half.tobytes(), raw=True),
        helper.make_tensor("bfloats", TensorProto.BFLOAT16, [2], b"\xc0\x3f\x00\xc0", raw=True),
        helper.make_tensor("ints", TensorProto.INT32, [2], [1, -2]),
        helper.make_tensor("bytes", TensorProto.INT8, [2], b"\x01\xfe", raw=True),
        helper.make_tensor("unsigned", TensorProto.UINT64, [2], [1, 2]),
        helper.make_tensor("bools", TensorProto.BOOL, [2], [True, False])]
    nodes, total = [], "x"
    for index, tensor in enumerate(tensors):
        nodes += [node("Cast", tensor.name, f"cast_{index}", to=FLOAT),
                  node("Add", f"{total} cast_{index}", f"sum_{index}", tensor.name)]
        total = f"sum_{index}"
    proto = model(nodes, [2], output=total)
    proto.graph.initializer.extend(tensors)
    return proto


def models():
    """Every file: its name and its model."""
    image = ramp(2, 1, 3)
    yield "dense", dense()
    yield "typed", typed()
    yield "external", external(dense(), "weights/external.bin", 4)
    yield "external_missing", external(dense(), "no-such-file.bin")
    yield "external_outside", external(dense(), "../formats.test")
    yield "external_absolute", external(dense(), "/dev/zero")
    yield "external_short", external(dense(), "weights/external.bin", 8)
    yield "external_length", external(dense(), "weights/external.bin", 0, 31)
    yield "opset6", model([node("Relu", "x", "y")], [4], opset=6)
    yield "opset99", model([node("Relu", "x", "y")], [4], opset=99)
    yield "half", model([node("Relu", "x", "y")], [4], element_type=TensorProto.FLOAT16)
    yield "open_length", model([node("Relu", "x", "y")], ["length", 4])
    yield "long", model([node("Neg", "x", "y")], [1 << 28])
    yield "fixed_batch", fixed_batch()
    yield "folded", folded()
    # Every kind of problem that a graph can have, and every problem at once.
    yield "unsupported", model(
        [node("Det", "x", "a", "first"), node("Conv", "x k", "b", "conv", shiny=1),
         node("Relu", "b", "c", "after_conv"), node("Det", "c", "d", "second"),
         node("Fancy", "d", "e", "custom", domain="com.example"),
         node("If", "e", "f", "branch"), node("Sum3", "f a", "y")],
        [1, 5], {"k": image}, domains=["com.example"])
    yield "dead", model([node("Det", "x", "unread", "dead"), node("Relu", "x", "y")], [4])
    yield "attributes", model(
        [node("Conv", "x k", "a", "strides", strides=[0]),
         node("Conv", "x k", "b", "kind", strides=1.5),
         node("MaxPool", "x", "c", "dilated", kernel_shape=[2], dilations=[2]),
         node("LeakyRelu", "x", "d", "alpha", alpha=1),
         node("Softmax", "x", "e", "axis", axis=3),
         node("Conv", "x k", "f", "auto_pad", auto_pad="FANCY"),
         node("BatchNormalization", "x one one one one", "g", "training", training_mode=1),
         node("Concat", "a b c d e f g", "y", axis=1)],
        [1, 5], {"k": image, "one": ramp(1) + 1})
    yield "operands", model(
        [node("Conv", "x x", "a", "kernel"), node("Reshape", "x shape", "b", "reshape"),
         node("Gemm", "x k", "c", "gemm"), node("MatMul", "x missing", "d", "order"),
         node("Relu", "x x", "e", "count"), node("Relu", "x", "e", "twice"),
         node("Conv", "x flat", "f", "rank"), node("Conv", "x nan", "g", "nan"),
         node("Concat", "a b c d e f g", "y", axis=1)],
        [1, 5], {"k": image, "shape": np.array([7, 3]), "flat": ramp(4, 1),
                 "nan": image * np.float32("nan")})
    yield "constants", model(
        [node("ConstantOfShape", "huge", "a", "huge"), node("Range", "zero k one", "b", "range"),
         node("Div", "one zero", "c", "divide"), node("Expand", "k many", "d", "expand"),
         node("Gather", "k one", "e", "gather"),
         node("Concat", "a b c d e x", "y", axis=0)],
        [1, 5], {"huge": np.array([1 << 20, 1 << 20]), "k": image, "zero": np.int64(0),
                 "one": np.int64(2), "many": np.array([1 << 30, 1, 3])})
    yield "string", model([node("Relu", "words", "y", "relu")], [4], {"words": np.array(["a"])})
    yield "constant_output", model([node("Relu", "x", "unread")], [4], {"y": ramp(4)})
    yield from recurrent()
    yield "functions", functions()
    yield "normalizations", model(
        [node("LayerNormalization", "x g b", "a", "layer", epsilon=0.25),
         node("InstanceNormalization", "a g3 b3", "c", "instance"),
         node("GroupNormalization", "c g3 b3", "d", "group", num_groups=1),
         node("LpNormalization", "d", "y", "lp", axis=1)],
        [3, 4], {"g": ramp(4), "b": ramp(4), "g3": ramp(3), "b3": ramp(3)}, opset=21)
    yield "quantized", model(
        [node("QuantizeLinear", "x scale", "a", "quantize"),
         node("DequantizeLinear", "a scale", "y", "dequantize")], [4], {"scale": np.float32(0.5)})
    yield "dequantized", model(
        [node("DequantizeLinear", "w scale zero", "f", axis=1), node("MatMul", "x f", "y", "fc")],
        [2], {"w": np.array([[3, 4], [-1, 8]], np.int8),
              "scale": np.array([0.5, 1], np.float32), "zero": np.array([1, 0], np.int8)})


def recurrent():
    """Every recurrent operator in both layouts, and what is refused."""
    state = {"w": ramp(1, 8, 4), "r": ramp(1, 8, 2), "b": ramp(1, 16), "h": ramp(1, 1, 2),
             "wz": ramp(2, 6, 4), "rz": ramp(2, 6, 2), "bz": ramp(2, 12),
             "w1": ramp(1, 2, 4), "r1": ramp(1, 2, 2), "none": np.zeros((1, 1, 2), np.float32)}
    yield "lstm", model([node("LSTM", "x w r b", "a y", "lstm", hidden_size=2)], [3, 4], state)
    yield "gru", model(
        [node("GRU", "x wz rz bz", "y", "gru", direction="bidirectional", layout=1,
              linear_before_reset=1)], [3, 4], state)
    yield "rnn", model(
        [helper.make_node("RNN", ["x", "w1", "r1", "", "", "none"], ["y"], "rnn",
                          direction="reverse", activations=["Relu"], layout=1)], [3, 4], state)
    yield "recurrent_options", model(
        [node("LSTM", "x w r b", "a b1", "clip", hidden_size=2, clip=1.0),
         helper.make_node("LSTM", ["x", "w", "r", "b", "", "h"], ["", "b2"], "state"),
         node("LSTM", "x w r", "a3 b3 c3", "cell"),
         node("LSTM", "x w r", "a4 b4", "units", hidden_size=3),
         node("LSTM", "x r w", "a5 b5", "shape"),
         node("LSTM", "x w r", "a6 b6", "function", activations=["Affine", "Tanh", "Tanh"]),
         node("LSTM", "x w r", "a7 b7", "direction", direction="sideways"),
         node("Concat", "b1 b2 b3 c3 b4 b5 b6 b7", "y", axis=0)],
        [3, 4], state)


def functions():
    """Functions that exporters write as several nodes, and other spellings."""
    nodes = [
        # GELU as TorchScript's exporter has it, and as others do.
        node("Div", "x root", "a1"), node("Erf", "a1", "a2"), node("Add", "a2 one", "a3"),
        node("Mul", "x a3", "a4"), node("Mul", "a4 half", "a5", "gelu"),
        node("Mul", "x half", "b1"), node("Mul", "x inverse", "b2"), node("Erf", "b2", "b3"),
        node("Add", "one b3", "b4"), node("Mul", "b1 b4", "b5", "gelu_2"),
        # Not GELU: must not fire.
        node("Mul", "x half", "c1"), node("Erf", "c1", "c2"), node("Add", "c2 one", "c3"),
        node("Mul", "x c3", "c4", "no_gelu"),
        node("Sigmoid", "x", "d1"), node("Mul", "d1 x", "d2", "silu"),
        node("HardSigmoid", "x", "e1", alpha=1 / 6), node("Mul", "x e1", "e2", "hard_swish"),
        node("HardSigmoid", "x", "f1"), node("Mul", "x f1", "f2", "no_hard_swish"),
        node("Pow", "x two", "g1", "square"), node("LogSoftmax", "x", "h1", "log_softmax"),
        node("PRelu", "x slope", "i1", "prelu"), node("Clip", "x  six", "j1", "clip"),
        node("Concat", "a5 b5 c4 d2 e2 f2 g1 h1 i1 j1", "y", axis=1)]
    nodes[-2].input[:] = ["x", "", "six"]
    scalars = {"one": 1, "half": 0.5, "two": 2, "six": 6, "root": 2 ** 0.5, "inverse": 0.5 ** 0.5}
    return model(nodes, [4], {name: np.float32(value) for name, value in scalars.items()} |
                 {"slope": ramp(4)})


def fixed_batch():
    """An input whose batch is in the file."""
    proto = dense()
    proto.graph.input[0].type.tensor_type.shape.dim[0].dim_value = 3
    return proto


def folded():
    """A shape that is computed by every operator on constants."""
    nodes = [
        node("Shape", "x", "shape"), node("Gather", "shape axis", "size"),
        node("Cast", "size", "float", to=FLOAT), node("Mul", "float half", "scaled"),
        node("Floor", "scaled", "floor"), node("Cast", "floor", "int", to=TensorProto.INT64),
        node("Equal", "int two", "equal"), node("Where", "equal two int", "chosen"),
        node("Unsqueeze", "chosen axes", "row"), node("Range", "zero two one", "range"),
        node("ReduceProd", "range", "product", keepdims=0),
        node("Slice", "shape first last", "batch"),
        node("ConstantOfShape", "ones", "minus", value=helper.make_tensor(
            "value", TensorProto.INT64, [1], [-1])),
        node("Concat", "batch row minus", "target", axis=0), node("Reshape", "x target", "y")]
    return model(nodes, [4], {
        "axis": np.int64(1), "half": np.float32(0.5), "two": np.int64(2), "zero": np.int64(0),
        "one": np.int64(1), "axes": np.array([0]), "first": np.array([0]),
        "last": np.array([1]), "ones": np.array([1])})


def field(number, data):
    """A field of a protobuf message that holds a message."""
    size, length = bytearray(), len(data)
    while length > 127:
        size.append(length & 127 | 128)
        length >>= 7
    return bytes([number << 3 | 2, *size, length]) + data


def deep(levels):
    """A graph in an attribute of a node of a graph, and so on."""
    data = b""
    for _ in range(levels):
        data = field(1, field(5, field(6, data)))
    return field(7, data)


def main():
    """Write every file."""
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1
                       else pathlib.Path(__file__).parent / "Inputs")
    (out / "weights").mkdir(parents=True, exist_ok=True)
    (out / "weights" / "external.bin").write_bytes(b"skip" + ramp(4, 2).tobytes())
    for name, proto in models():
        onnx.save(proto, out / f"{name}.onnx")
    np.save(out / "typed.npy", np.zeros((1, 2), np.float32))
    whole = (out / "dense.onnx").read_bytes()
    (out / "truncated.onnx").write_bytes(whole[:len(whole) // 2])
    (out / "text.onnx").write_text("not an ONNX file\n")
    (out / "deep.onnx").write_bytes(deep(500))


if __name__ == "__main__":
    main()
