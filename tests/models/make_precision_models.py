#!/usr/bin/env python3
"""Build models of half and double precision, and what they compute in float64.

    make_precision_models.py OUT

`precision_POLICY.keras`, and of a few `precision_few_POLICY.h5`, hold layers of Keras under a dtype policy,
`precision_TYPE.onnx` operators of ONNX on values of a type, each an output of
its own. The outputs in `NAME.npz` are those of the same net with the same
weights, rounded as the file has them, in float64 (ONNX: a copy of the file in
float32, by ONNX Runtime). Needs requirements.txt.
"""

import argparse
import pathlib
import zlib

import jax

jax.config.update("jax_enable_x64", True)

import make_models  # noqa: E402  (chooses Keras's backend)
import keras  # noqa: E402
import ml_dtypes  # noqa: E402
import numpy as np  # noqa: E402
import onnx  # noqa: E402
import onnxruntime  # noqa: E402
from keras import layers as L  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

POLICIES = ["float16", "bfloat16", "float64", "mixed_float16", "mixed_bfloat16"]

# JAX has no orthogonal matrices in half precision.
ZEROS = {"recurrent_initializer": "zeros"}

# By name, a layer on (12, 6), or several. Those of `FEW` are also in an `.h5`.
LAYERS = {
    "dense": lambda: [L.Dense(5, activation="relu")],
    "conv": lambda: [L.Conv1D(5, 3, padding="same")],
    "groups": lambda: [L.Conv1D(4, 2, groups=2, use_bias=False)],
    "conv2d": lambda: [L.Reshape((6, 4, 3)), L.Conv2D(4, 3, strides=2)],
    "depthwise": lambda: [L.DepthwiseConv1D(3)],
    "separable": lambda: [L.SeparableConv1D(4, 3)],
    "transposed": lambda: [L.Conv1DTranspose(3, 2, strides=2)],
    "batch_norm_first": lambda: [L.BatchNormalization(), L.Dense(3)],
    "layer_norm": lambda: [L.LayerNormalization()],
    "group_norm": lambda: [L.GroupNormalization(3)],
    "rms_norm": lambda: [L.RMSNormalization()],
    "prelu": lambda: [L.PReLU(shared_axes=[1])],
    "lstm": lambda: [L.LSTM(4, **ZEROS)],
    "gru": lambda: [L.GRU(4, return_sequences=True, **ZEROS)],
    "simple_rnn": lambda: [L.SimpleRNN(4, unroll=True, **ZEROS)],
    "both": lambda: [L.Bidirectional(L.LSTM(3, **ZEROS))],
    "steps": lambda: [L.TimeDistributed(L.Dense(3))],
    "einsum": lambda: [L.EinsumDense("abc,cd->abd", (12, 4), bias_axes="d")],
    "average": lambda: [L.AveragePooling1D(3), L.Flatten(), L.Dense(2)],
    "softmax": lambda: [L.Dense(4, activation="softmax")],
    "gelu": lambda: [L.Activation("gelu")],
    "rescaled": lambda: [L.Rescaling(0.3, 0.1)],
    "one_in_float32": lambda: [L.Conv1D(4, 2), L.Dense(3, dtype="float32")],
}


FEW = ["conv", "batch_norm_first"]


def build_keras(policy, names):
    """Layers under a policy, with a batch norm behind those with weights."""
    keras.utils.clear_session()
    keras.config.set_dtype_policy(policy)
    x = keras.Input((12, 6), name="x", dtype="float32")
    outputs = []
    for name in names:
        y = x
        for layer in (layers := LAYERS[name]()):
            y = layer(y)
        if layers[-1].weights:
            y = L.BatchNormalization(name=f"{name}_bn")(y)
        outputs.append(L.Activation("linear", name=f"{name}_out")(y))
    net = keras.Model(x, outputs)
    keras.config.set_dtype_policy("float32")
    return net


def save_keras(policy, names, path):
    """One model, with the outputs of its weights in float64."""
    rng = np.random.default_rng(zlib.crc32(path.name.encode()))
    net = build_keras(policy, names)
    make_models.fill(net, rng)
    net.save(path)
    if path.suffix == ".keras":
        make_models.compress(path)
    truth = build_keras("float64", names)
    truth.set_weights([np.asarray(w.value).astype("f8") for w in net.weights])
    x = rng.normal(size=(2, 12, 6)).astype("f4")
    arrays = {"x": x}
    for name, y in zip(net.output_names, truth(x.astype("f8")), strict=True):
        arrays[f"y:{name}"] = np.asarray(y).astype("f4")
    np.savez_compressed(path.with_suffix(".npz"), **arrays)


TYPES = {
    "half": (TensorProto.FLOAT16, np.float16),
    "bfloat": (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
    "double": (TensorProto.DOUBLE, np.float64),
}


class Graph:
    """Nodes on values of one type, by their names."""

    def __init__(self, rng, element, dtype):
        self.rng, self.element, self.dtype = rng, element, dtype
        self.nodes, self.initializers, self.outputs = [], [], []

    def tensor(self, values, name=""):
        """Some in raw data, some in the fields of their type."""
        values = np.asarray(values)
        if values.dtype.kind == "i":
            return onnx.numpy_helper.from_array(values, name)
        values = values.astype(self.dtype)
        if len(self.initializers) % 2:
            return helper.make_tensor(name, self.element, values.shape, values.tobytes(), raw=True)
        tensor = TensorProto(data_type=self.element, dims=values.shape, name=name)
        if self.dtype == np.float64:
            tensor.double_data.extend(values.ravel())
        else:
            tensor.int32_data.extend(values.ravel().view(np.uint16).tolist())
        return tensor

    def constant(self, values):
        """The name of a new initializer."""
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(self.tensor(values, name))
        return name

    def weights(self, *shape):
        """Random numbers, away from zero."""
        return self.rng.uniform(0.05, 0.5, shape) * self.rng.choice([-1, 1], shape)

    def add(self, operator, *inputs, **attributes):
        """The name of the result of a node on names and arrays."""
        names = [i if isinstance(i, str) else self.constant(i) for i in inputs]
        result = f"{operator}_{len(self.nodes)}"
        outputs = ["", result] if attributes.pop("second", False) else [result]
        self.nodes.append(helper.make_node(operator, names, outputs, result, **attributes))
        return result

    def out(self, value):
        """Make a value an output."""
        self.outputs.append(value)


def fill_graph(g):
    """Every family of operators, each an output."""
    w = g.weights
    conv = g.add("Conv", "x", w(5, 6, 3), w(5), pads=[1, 1])
    g.out(g.add("BatchNormalization", conv, abs(w(5)) + 0.5, w(5), w(5), abs(w(5)) + 0.3))
    g.out(g.add("Conv", "x", w(6, 2, 2), group=3, strides=[2]))
    g.out(g.add("ConvTranspose", "x", w(6, 3, 2), w(3), strides=[2]))
    flat = g.add("Flatten", "x")
    g.out(g.add("Gemm", flat, w(4, 72), w(4), transB=1, alpha=0.5))
    g.out(g.add("MatMul", "x", w(12, 5)))
    turned = g.add("Transpose", "x", perm=[0, 2, 1])
    g.out(g.add("MatMul", "x", turned))
    g.out(g.add("LayerNormalization", "x", w(12), w(12)))
    g.out(g.add("InstanceNormalization", "x", w(6), w(6)))
    steps = g.add("Transpose", "x", perm=[2, 0, 1])
    for operator, gates in (("LSTM", 4), ("GRU", 3), ("RNN", 1)):
        g.out(g.add(operator, steps, w(1, gates * 3, 6), w(1, gates * 3, 3), w(1, gates * 6),
                    hidden_size=3, second=True))
    g.out(g.add("Softmax", "x", axis=1))
    g.out(g.add("Add", "x", w(6, 1)))
    g.out(g.add("Mul", w(1), "x"))
    g.out(g.add("Div", "x", w(6, 12)))
    g.out(g.add("PRelu", "x", w(6, 1)))
    g.out(g.add("Clip", "x", np.float64(-0.3), np.float64(0.7)))
    g.out(g.add("Pad", "x", np.array([0, 0, 1, 0, 0, 2]), np.float64(0.3)))
    g.out(g.add("ReduceMean", "x", np.array([2])))
    g.out(g.add("GlobalAveragePool", "x"))
    g.out(g.add("AveragePool", "x", kernel_shape=[3], strides=[2]))
    for operator in ("Relu", "Sigmoid", "Tanh", "Erf", "HardSwish", "Softplus"):
        g.out(g.add(operator, "x"))
    g.out(g.add("Concat", "x", w(1, 6, 2), axis=2))
    size = g.tensor([0.3])
    filled = g.add("ConstantOfShape", np.array([6, 1]), value=size)
    g.out(g.add("Add", "x", filled))
    g.out(g.add("Sub", "x", g.add("Constant", value=g.tensor(w(12)))))
    single = g.add("Cast", "x", to=TensorProto.FLOAT)
    g.out(g.add("Cast", single, to=g.element))
    g.out(g.add("CastLike", g.add("Add", "bytes_as_numbers", w(1, 3)), "x"))
    g.out(g.add("Gather", w(9, 4), "bytes"))
    picked = g.add("Where", g.add("Cast", np.array([1, 0, 1]), to=TensorProto.BOOL), w(3), w(1))
    g.out(g.add("Add", "bytes_as_numbers", picked))


def to_float(model):
    """A copy of a model with float32 in place of other floating-point types."""
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    others = {element for element, _ in TYPES.values()}

    def convert(tensor):
        if tensor.data_type in others:
            values = onnx.numpy_helper.to_array(tensor).astype("f4")
            tensor.CopyFrom(onnx.numpy_helper.from_array(values, tensor.name))

    for tensor in copy.graph.initializer:
        convert(tensor)
    for node in copy.graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                convert(attribute.t)
            if attribute.name == "to" and attribute.i in others:
                attribute.i = TensorProto.FLOAT
    for info in (*copy.graph.input, *copy.graph.output):
        if info.type.tensor_type.elem_type in others:
            info.type.tensor_type.elem_type = TensorProto.FLOAT
    return copy


def save_onnx(name, element, dtype, out):
    """One model, with the outputs of its copy in float32."""
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    graph = Graph(rng, element, dtype)
    graph.add("Cast", "bytes", to=element)
    graph.nodes[-1].output[0] = "bytes_as_numbers"
    fill_graph(graph)
    # Of the type that the file computes in.
    x = rng.normal(size=(2, 6, 12)).astype(dtype).astype("f4")
    codes = rng.integers(0, 9, (2, 3)).astype("u1")
    inputs = [
        helper.make_tensor_value_info("x", element, ["batch", 6, 12]),
        helper.make_tensor_value_info("bytes", TensorProto.INT64, ["batch", 3]),
    ]
    results = [helper.make_tensor_value_info(y, element, None) for y in graph.outputs]
    proto = helper.make_graph(graph.nodes, "model", inputs, results, graph.initializers)
    model = helper.make_model(
        proto, opset_imports=[helper.make_opsetid("", 22)], ir_version=10)
    onnx.save(model, out / f"precision_{name}.onnx")
    session = onnxruntime.InferenceSession(to_float(model).SerializeToString())
    arrays = {"x:x": x, "x:bytes": codes.astype("f4")}
    parts = [session.run(None, {"x": x[i:i + 1], "bytes": codes[i:i + 1].astype("i8")})
             for i in range(len(x))]
    for y, values in zip(graph.outputs, zip(*parts, strict=True), strict=True):
        arrays[f"y:{y}"] = np.concatenate(values)
    np.savez_compressed(out / f"precision_{name}.npz", **arrays)


def main():
    """Read the command line and build all."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder to write to")
    arguments = parser.parse_args()
    for policy in POLICIES:
        save_keras(policy, LAYERS, arguments.out / f"precision_{policy}.keras")
    for policy in POLICIES[:3]:
        save_keras(policy, FEW, arguments.out / f"precision_few_{policy}.h5")
    for name, (element, dtype) in TYPES.items():
        save_onnx(name, element, dtype, arguments.out)


if __name__ == "__main__":
    main()
