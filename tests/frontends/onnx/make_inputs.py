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
    yield "strings", model([node("Relu", "x", "y")], [4], element_type=TensorProto.STRING)
    yield "open_length", model([node("Relu", "x", "y")], ["length", 4])
    yield "long", model([node("Neg", "x", "y")], [1 << 28])
    yield "fixed_batch", fixed_batch()
    yield "folded", folded()
    # Every kind of problem that a graph can have, and every problem at once.
    yield "unsupported", model(
        [node("Det", "x", "a", "first"), node("Conv", "x k", "b", "conv", shiny=1),
         node("Relu", "b", "c", "after_conv"), node("Det", "c", "d", "second"),
         node("Fancy", "d", "e", "custom", domain="com.example"),
         node("GridSample", "e e", "f", "sample"), node("Sum3", "f a", "y")],
        [1, 5], {"k": image}, domains=["com.example"])
    # What quantizers and ONNX Runtime's layouts for one processor write.
    yield "quantizers", model(
        [node("QuantizeLinear", "x s z", "a", "quantize"),
         node("DequantizeLinear", "a s z", "b", "dequantize"),
         node("DynamicQuantizeLinear", "x", "c c1 c2", "dynamic"),
         node("ConvInteger", "c k8", "d", "conv"), node("MatMulInteger", "c m8", "e", "matmul"),
         node("QLinearConv", "a s z k8 s z s z", "f", "qlinear"),
         node("QLinearAdd", "a s z a s z s z", "g", "add", domain="com.microsoft"),
         node("Conv", "x k", "h", "reordered", domain="com.microsoft.nchwc"),
         node("EmbedLayerNormalization", "x", "i", "embed", domain="com.microsoft"),
         node("MatMulNBits", "x", "j", "bits", domain="com.microsoft"),
         node("Sum", "b d e f g h i j", "y", "sum")], [1, 5],
        {"k": image, "s": np.float32(0.5), "z": np.uint8(3), "k8": np.ones((2, 1, 3), np.int8),
         "m8": np.ones((5, 2), np.int8)}, domains=["com.microsoft", "com.microsoft.nchwc"])
    # What tf2onnx writes: TensorFlow's own rounding, and an operator that ONNX has not.
    scales = {"roi": np.float32([]), "s": np.float32([1, 1, 2.5])}
    yield "tf_nearest", model(
        [node("Resize", "x roi s", "y", "nearest", mode="nearest", nearest_mode="floor",
              coordinate_transformation_mode="tf_half_pixel_for_nn")], [1, 6], scales, opset=11)
    yield "tf_nearest_bad", model(
        [node("Resize", "x roi s", "a", "linear", mode="linear",
              coordinate_transformation_mode="tf_half_pixel_for_nn"),
         node("Resize", "x roi s", "b", "round", mode="nearest",
              coordinate_transformation_mode="tf_half_pixel_for_nn"),
         node("Concat", "a b", "y", axis=1)], [1, 6], scales, opset=11)
    yield "erfc", model([node("Erfc", "x", "y", "erfc")], [5])
    # Fused operators that are right in part.
    convolution = {"domain": "com.microsoft", "activation_params": [0.5]}
    yield "fused_bad", model(
        [node("FusedConv", "x k", "a", "function", activation="Fancy", domain="com.microsoft"),
         node("FusedConv", "x k", "b", "parameters", activation="Relu", **convolution),
         node("SkipLayerNormalization", "x x g", "c mean", "mean", domain="com.microsoft"),
         node("Concat", "a b c mean", "y", axis=1)], [1, 5],
        {"k": image, "g": np.ones(5, np.float32)}, domains=["com.microsoft"])
    yield "fused", model(
        [node("FusedConv", "x k none r", "a", "conv", activation="Relu", domain="com.microsoft"),
         node("SimplifiedLayerNormalization", "a g", "y", "norm", epsilon=0.25)], [1, 5],
        {"k": image, "none": np.zeros(2, np.float32), "r": ramp(1, 2, 3),
         "g": np.full(3, 2, np.float32)}, domains=["com.microsoft"])
    # What reads a node with an attribute too many is checked, what reads one that cannot be is not.
    yield "follow_on", model(
        [node("Conv", "x k", "a", "conv", shiny=1), node("MaxPool", "a", "b", "pool",
                                                         kernel_shape=[2], dilations=[2],
                                                         auto_pad="SAME_UPPER"),
         node("Det", "x", "c", "det"), node("Reshape", "c shape", "d", "reshape"),
         node("Gemm", "d k", "e", "gemm"), node("Flatten", "a", "f", "flatten"),
         node("Gemm", "f k", "g", "shapes"), node("Concat", "b e g", "y", "all", axis=1)],
        [1, 5], {"k": image, "shape": np.array([7, 3])})
    yield "dead", model([node("Det", "x", "unread", "dead"), node("Relu", "x", "y")], [4])
    yield "attributes", model(
        [node("Conv", "x k", "a", "strides", strides=[0]),
         node("Conv", "x k", "b", "kind", strides=1.5),
         node("MaxPool", "x", "c", "dilated", kernel_shape=[2], dilations=[2],
              auto_pad="SAME_LOWER"),
         node("LeakyRelu", "x", "d", "alpha", alpha=1),
         node("Softmax", "x", "e", "axis", axis=3),
         node("Conv", "x k", "f", "auto_pad", auto_pad="FANCY"),
         node("BatchNormalization", "x one one one one", "g", "training", training_mode=1),
         node("Conv", "x k", "h", "both_pads", auto_pad="VALID", pads=[1, 1]),
         node("ReduceMax", "x", "i", "list", axes="1"),
         helper.make_node("Resize", ["x", "", "scales", "sizes"], ["j"], "both_sizes"),
         node("Concat", "a b c d e f g h i j", "y", axis=1)],
        [1, 5], {"k": image, "one": ramp(1) + 1, "sizes": np.array([1, 1, 10]),
                 "scales": np.float32([1, 1, 2])})
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
    yield from batch_norms()
    yield from types()
    yield "names", names()
    yield "twice", twice()
    yield "versions", versions()
    yield "stash_type", model(
        [node("LayerNormalization", "x g", "y", "layer", stash_type=TensorProto.FLOAT16)],
        [3, 4], {"g": ramp(4)})
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


def batch_norms():
    """Batch norm of training and of inference, as older exporters write them."""
    ones = {"one": ramp(3) + 1}

    def norm(outputs, name, **attributes):
        result = node("BatchNormalization", "x one one one one", outputs[0], name, **attributes)
        result.output.extend(outputs[1:])
        return result

    yield "batch_norm_training", model(
        [norm(["a", "m", "v", "sm", "sv"], "five"), norm(["b", "m2", "v2"], "three"),
         norm(["c", "", "", "sm3"], "gap"), norm(["d"], "spatial", spatial=0),
         norm(["e"], "mode", training_mode=1), norm(["f", "", "", "", ""], "empty"),
         norm(["g"], "plain"), node("Concat", "a b c d e f g", "y", axis=1)], [3, 4], ones, opset=8)
    yield "batch_norm_inference", model(
        [norm(["a", "", "", "", ""], "empty", spatial=1), norm(["b"], "plain", momentum=0.1),
         node("Concat", "a b", "y", axis=1)], [3, 4], ones, opset=8)
    yield "batch_norm_unread", model(
        [norm(["y", "mean", "variance"], "unread", training_mode=0)], [3, 4], ones, opset=14)


def types():
    """Values of other types than float32, and conversions."""
    integers, double, half = TensorProto.INT64, TensorProto.DOUBLE, TensorProto.FLOAT16
    bfloat = TensorProto.BFLOAT16
    rows = ramp(4, 2)
    # Indices of an input, which count from the end where they are below zero.
    yield "gather_end", model([node("Gather", "rows x", "y", "gather")], [4], {"rows": rows},
                              element_type=integers)
    yield "gather_computed", model(
        [node("Cast", "x", "a", to=TensorProto.INT32), node("Add", "a one", "b"),
         node("Reshape", "b shape", "c"), node("Gather", "rows c", "y", "gather")], [4],
        {"rows": rows, "one": np.int32(1), "shape": np.array([1, 4])}, element_type=integers)
    # What no number is changed by: integers, and float64 and back.
    yield "casts", model(
        [node("Cast", "x", "a", to=double), node("Transpose", "a", "b", perm=[0, 2, 1]),
         node("Cast", "b", "c", to=FLOAT), node("Gather", "halves zero", "h"),
         node("Cast", "h", "i", to=FLOAT), node("Add", "c i", "y", "sum")], [2, 2],
        {"halves": np.array([0.5], np.float16), "zero": np.int64(0)})
    yield "casts_bad", model(
        [node("Cast", "x", "a", "half", to=half), node("Cast", "a", "a2", to=FLOAT),
         node("Cast", "x", "b", "bfloat", to=bfloat), node("CastLike", "x h", "c", "like"),
         node("Cast", "x", "d", "int", to=TensorProto.INT8),
         node("Cast", "x", "f1", to=double), node("Add", "f1 w", "f", "double"),
         node("Cast", "x", "g", "float8", to=TensorProto.FLOAT8E4M3FN),
         node("Cast", "big", "k", "range", to=TensorProto.INT8),
         node("Gather", "w x", "l", "indices"),
         node("Concat", "a2 b c d f g k l", "y", axis=1)], [2],
        {"h": np.float16(1), "w": ramp(2, 2), "big": np.array([300.0], np.float32)})
    # A kernel of float64 beyond float32, which a batch norm scales back.
    kernel = np.array([[[1e39], [0.1]], [[1 / 3], [-1e39]]])
    norm = {"s": np.array([1e-38, 1e-37]), "b": np.zeros(2), "m": np.zeros(2), "v": np.ones(2)}
    convolution = node("Conv", "x k", "a", "conv")
    yield "wide", model([convolution, node("BatchNormalization", "a s b m v", "y", "norm")],
                        [2, 4], norm | {"k": kernel}, element_type=double)
    yield "too_wide", model([convolution, node("Relu", "a", "y")], [2, 4], {"k": kernel},
                            element_type=double)
    yield "bytes", model(
        [node("Reshape", "x shape", "a"), node("Cast", "a", "b", to=integers),
         node("Gather", "rows b", "y", "gather")], [4],
        {"rows": rows, "shape": np.array([1, 4])}, element_type=TensorProto.UINT8)
    yield "bytes_bad", model(
        [node("Add", "x one", "a", "sum"), node("Cast", "a", "y", to=FLOAT)], [4],
        {"one": np.uint8(1)}, element_type=TensorProto.UINT8)
    # Integers, on which fewer operators are exact.
    yield "integers", model(
        [node("ReduceMean", "x", "a", "mean", axes=[1]), node("Sqrt", "x", "b", "root"),
         node("Add", "x two", "c"), node("Sqrt", "c", "d", "later"),
         node("Cast", "x", "e", "narrow", to=TensorProto.INT8),
         node("Concat", "a b d e", "y", axis=1)], [4], {"two": np.int64(2)},
        element_type=integers)
    # Rounded as their types say: a sum of numbers in the columns of `y`.
    constants = {"f": np.float32([1.2345678, -2.7, 70000.3, 1e-9, 65519]),
                 "wide": np.int64([200, -129, 511, 256, 1]), "negative": np.int32([-1, 1, 2, 3, 4]),
                 "thirds": np.float64([1, 2, 3, 4, 5]), "three": np.float64(3)}
    yield "rounded", model(
        [node("Cast", "f", "a1", to=half), node("Clip", "a1 low high", "a2"),
         node("Cast", "a2", "a", to=FLOAT), node("Cast", "f", "b1", to=bfloat),
         node("Cast", "b1", "b", to=FLOAT), node("Cast", "wide", "c1", to=TensorProto.INT8),
         node("Cast", "c1", "c", to=FLOAT), node("Cast", "wide", "d1", to=TensorProto.UINT8),
         node("Cast", "d1", "d", to=FLOAT), node("Div", "thirds three", "e1"),
         node("Mul", "e1 three", "e2"), node("Equal", "e2 thirds", "e3"),
         node("Cast", "e3", "e", to=FLOAT), node("ReduceMean", "wide", "m1", keepdims=1),
         node("Cast", "m1", "m2", to=FLOAT), node("Expand", "m2 five", "m"),
         node("Cast", "negative", "n1", to=TensorProto.UINT64), node("Cast", "n1", "n", to=FLOAT),
         node("Concat", "a b c d e m n", "all", axis=0), node("Reshape", "all shape", "table"),
         node("Add", "x table", "y", "sum")], [7, 5],
        constants | {"shape": np.array([1, 7, 5]), "five": np.array([5]),
                     "low": np.float16(-65504), "high": np.float16(65504)})
    yield "clips", model(
        [node("Clip", "x low high", "a"), node("Clip", "x high low", "b"),
         node("Concat", "a b", "y", axis=1)], [5],
        {"low": np.float32(-0.25), "high": np.float32(0.5)})
    yield "clip_nan", model([node("Clip", "x low", "y", "clip")], [5], {"low": np.float32("nan")})


def names():
    """Names that are defined twice, also where nothing reads them."""
    proto = model(
        [node("Relu", "x", "a", "first"), node("Neg", "x", "a", "second"),
         node("Neg", "x", "x", "input"), node("Neg", "x", "w", "constant"),
         node("Relu", "x", "u", "dead"), node("Neg", "x", "u", "dead_too"),
         node("Add", "a w", "y", "sum")], [4], {"w": ramp(4)})
    body = helper.make_graph(
        [node("Neg", "x", "a", "inner")], "body", [],
        [helper.make_tensor_value_info("a", FLOAT, None)])
    other = helper.make_graph(
        [node("Neg", "x", "own", "other")], "body", [],
        [helper.make_tensor_value_info("own", FLOAT, None)])
    proto.graph.node.append(node("If", "x", "dead_if", "branch", then_branch=body, else_branch=other))
    proto.graph.node.append(node("If", "x", "own", "after", then_branch=other, else_branch=other))
    proto.graph.initializer.append(numpy_helper.from_array(ramp(4), "w"))
    proto.graph.input.append(helper.make_tensor_value_info("x", FLOAT, ["batch", 4]))
    proto.graph.input.append(helper.make_tensor_value_info("w", FLOAT, [4]))
    return proto


def twice():
    """An attribute, and a version, that are there twice."""
    proto = model([node("LeakyRelu", "x", "y", "leaky", alpha=0.5)], [4])
    proto.graph.node[0].attribute.append(helper.make_attribute("alpha", 0.25))
    return proto


def versions():
    """Two versions of ONNX's operators."""
    proto = dense()
    proto.opset_import.append(helper.make_opsetid("ai.onnx", 13))
    return proto


def recurrent():
    """Every recurrent operator in both layouts, and what is refused."""
    state = {"w": ramp(1, 8, 4), "r": ramp(1, 8, 2), "b": ramp(1, 16), "h": ramp(1, 1, 2),
             "wz": ramp(2, 6, 4), "rz": ramp(2, 6, 2), "bz": ramp(2, 12),
             "w1": ramp(1, 2, 4), "r1": ramp(1, 2, 2), "none": np.zeros((1, 1, 2), np.float32)}
    yield "lstm", model([node("LSTM", "x w r b", "a y", "lstm", hidden_size=2)], [3, 4], state)
    # All steps, and the batch on the second axis of input and output.
    time_major = model([node("LSTM", "x w r b", "a", "lstm", hidden_size=2),
                        node("Squeeze", "a one", "y", "squeeze")], [3, 4],
                       state | {"one": np.array([1])})
    time_major.graph.input[0].CopyFrom(
        helper.make_tensor_value_info("x", FLOAT, ["steps", "sequences", 4]))
    yield "time_major", time_major
    yield "gru", model(
        [node("GRU", "x wz rz bz", "y", "gru", direction="bidirectional", layout=1,
              linear_before_reset=1)], [3, 4], state)
    yield "rnn", model(
        [helper.make_node("RNN", ["x", "w1", "r1", "", "", "none"], ["y"], "rnn",
                          direction="reverse", activations=["Relu"], layout=1)], [3, 4], state)
    yield "recurrent_options", model(
        [node("LSTM", "x w r b", "a b1", "clip", hidden_size=2, clip=-1.0),
         helper.make_node("LSTM", ["x", "w", "r", "b", "", "h"], ["", "b2"], "state"),
         node("LSTM", "x w r b long", "a3 b3 c3", "length"),
         helper.make_node("LSTM", ["x", "w", "r", "b", "", "", "", "p"], ["", "b8"], "peephole"),
         node("LSTM", "x w r", "a9 b9", "alpha", activation_alpha=[0.5]),
         node("LSTM", "x w r", "a10 b10", "forget", input_forget=1),
         node("LSTM", "x w r", "a11 b11", "threshold",
              activations=["Sigmoid", "ThresholdedRelu", "Tanh"]),
         node("LSTM", "x w r", "a4 b4", "units", hidden_size=3),
         node("LSTM", "x r w", "a5 b5", "shape"),
         node("LSTM", "x w r", "a6 b6", "function", activations=["Affine", "Tanh", "Tanh"]),
         node("LSTM", "x w r", "a7 b7", "direction", direction="sideways"),
         node("Concat", "b1 b2 b3 c3 b4 b5 b6 b7 b8 b9 b10 b11", "y", axis=0)],
        [3, 4], state | {"long": np.array([1, 2, 1], np.int32), "p": ramp(1, 4)})


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
