#!/usr/bin/env python3
"""Build models with layers of one's own, and what they compute.

    make_custom_models.py OUT [--legacy]

Writes OUT/layers.keras, .h5, and .json with .weights.h5, OUT/transformer.keras,
OUT/operators.onnx, and the arrays `x` and `y` of each as .npz; with --legacy,
OUT/legacy.h5 by Keras 2.
The .json files there say what the layers compute. Needs requirements.txt, with
--legacy requirements-legacy.txt.
"""

import pathlib
import sys
import zipfile

import numpy as np

OUT = pathlib.Path(sys.argv[1])
LEGACY = "--legacy" in sys.argv
if LEGACY:
    import tensorflow as ops
    import tf_keras as keras

    def register(thing):
        return keras.utils.register_keras_serializable("beats")(thing)

    def add_up(x, axis):
        return ops.reduce_sum(x, axis)

    ops.softmax, ops.sum = ops.nn.softmax, add_up
else:
    import make_models  # noqa: F401  (chooses Keras's backend)
    import keras
    from keras import ops

    def register(thing):
        return keras.saving.register_keras_serializable("beats")(thing)


class Weighted(keras.layers.Layer):
    """A layer whose weights have the names and shapes of `SHAPES`."""

    SHAPES = {}

    def build(self, shape):
        for name, sizes in self.SHAPES.items():
            setattr(self, name, self.add_weight(shape=sizes, name=name))
        self.built = True


@register
class Scale(Weighted):
    """Channels times a weight, and all of it times a number of the config."""

    SHAPES = {"gamma": (4,)}

    def __init__(self, strength=1.0, **options):
        super().__init__(**options)
        self.strength = strength

    def call(self, x):
        return x * self.gamma * self.strength

    def get_config(self):
        return {**super().get_config(), "strength": self.strength}


@register
class AttentionPooling(Weighted):
    """The weighted mean of the steps, by weights that they have themselves."""

    SHAPES = {"W": (4, 1), "b": (6, 1)}

    def call(self, x):
        weights = ops.softmax(ops.tanh(ops.matmul(x, self.W) + self.b), axis=1)
        return ops.sum(x * weights, axis=1)


@register
class Gate(keras.layers.Layer):
    """Channels by a gate, which a layer within computes, and a weight of its own."""

    def __init__(self, units=4, **options):
        super().__init__(**options)
        self.units = units
        self.gate = keras.layers.Dense(units, activation="sigmoid", name="gate")

    def build(self, shape):
        self.shift = self.add_weight(shape=(self.units,), name="shift")
        self.gate.build(shape)
        self.built = True

    def call(self, x):
        return x * self.gate(x) + self.shift

    def get_config(self):
        return {**super().get_config(), "units": self.units}


@register
class Halves(keras.layers.Layer):
    """The channels in two parts."""

    def call(self, x):
        return x[..., :2], x[..., 2:]

    def compute_output_shape(self, shape):
        return [(*shape[:-1], 2)] * 2


@register
class Blend(Weighted):
    """Between two values, of which one is passed by keyword."""

    SHAPES = {"share": (1,)}

    def call(self, x, other):
        return self.share * x + (1 - self.share) * other


class Unregistered(keras.layers.Layer):
    """A function of single elements."""

    def call(self, x):
        return x / (1 + ops.abs(x))


@register
class Tokens(keras.layers.Layer):
    """Words and their places, as vectors."""

    def __init__(self, steps, words, channels, **options):
        super().__init__(**options)
        self.sizes = {"steps": steps, "words": words, "channels": channels}
        self.words = keras.layers.Embedding(words, channels)
        self.places = keras.layers.Embedding(steps, channels)

    def call(self, x):
        return self.words(x) + self.places(ops.arange(self.sizes["steps"]))

    def get_config(self):
        return {**super().get_config(), **self.sizes}


@register
class TransformerBlock(keras.layers.Layer):
    """Attention and a network for each step, each added to what it sees."""

    def __init__(self, channels, heads, hidden, rate=0.1, **options):
        super().__init__(**options)
        self.sizes = {"channels": channels, "heads": heads, "hidden": hidden, "rate": rate}
        self.attention = keras.layers.MultiHeadAttention(heads, key_dim=channels)
        self.network = keras.Sequential([keras.layers.Dense(hidden, activation="relu"),
                                         keras.layers.Dense(channels)])
        self.first_norm = keras.layers.LayerNormalization(epsilon=1e-6)
        self.second_norm = keras.layers.LayerNormalization(epsilon=1e-6)
        self.dropout = keras.layers.Dropout(rate)

    def call(self, x):
        x = self.first_norm(x + self.dropout(self.attention(x, x)))
        return self.second_norm(x + self.dropout(self.network(x)))

    def get_config(self):
        return {**super().get_config(), **self.sizes}


@register
def bent(x):
    """A function as an activation."""
    return x + x * x / (1 + x * x)


def build_layers():
    """Every way in which a file can have a layer of one's own."""
    x = keras.Input((6, 4), name="x")
    twice = keras.layers.Lambda(lambda t: t * 2, name="twice")
    first = Scale(1.5, name="first")(x)
    second = twice(Scale(0.5, name="second")(x))
    distance = keras.layers.Lambda(lambda pair: ops.abs(pair[0] - pair[1]), name="distance")
    near = distance([first, second])
    blended = Blend(name="blend")(near, other=Unregistered(name="soft")(twice(x)))
    inner = keras.Sequential([keras.Input((6, 4)), Gate(name="gate"), Scale(name="first")],
                             name="inner")
    high, low = Halves(name="halves")(AttentionPooling(name="pool")(inner(blended)))
    joined = keras.layers.Concatenate(name="joined")([low, high])
    return keras.Model(x, keras.layers.Dense(3, activation=bent, name="scores")(joined))


def save(name, inputs, outputs):
    np.savez(OUT / f"{name}.npz", x=inputs, y=np.asarray(outputs, np.float32))


def make_layers(random):
    net = build_layers()
    for weight in net.weights:
        weight.assign(random.normal(size=weight.shape).astype(np.float32))
    x = random.normal(size=(4, 6, 4)).astype(np.float32)
    y = net.predict(x, verbose=0)
    if LEGACY:
        net.save(OUT / "legacy.h5")
        save("legacy", x, y)
        return
    net.save(OUT / "layers.keras")
    net.save(OUT / "layers.h5")
    (OUT / "layers.architecture.json").write_text(net.to_json() + "\n")
    net.save_weights(OUT / "layers.weights.h5")
    save("layers", x, y)


def make_transformer(random):
    x = keras.Input((8,), name="x")
    y = TransformerBlock(12, 2, 16, name="block")(Tokens(8, 20, 12, name="tokens")(x))
    y = keras.layers.GlobalAveragePooling1D(name="mean")(y)
    net = keras.Model(x, keras.layers.Dense(2, activation="softmax", name="scores")(y))
    for weight in net.trainable_weights:
        weight.assign(random.normal(size=weight.shape, scale=0.5).astype(np.float32))
    words = random.integers(0, 20, (4, 8)).astype(np.float32)
    net.save(OUT / "transformer.keras")
    save("transformer", words, net.predict(words, verbose=0))
    # A tenth of the size.
    with zipfile.ZipFile(OUT / "transformer.keras") as file:
        members = {name: file.read(name) for name in file.namelist()}
    with zipfile.ZipFile(OUT / "transformer.keras", "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in members.items():
            file.writestr(name, data)


def make_operators(random):
    """ONNX Runtime computes the operators as functions that the file lacks."""
    import onnx
    import onnxruntime
    from onnx import helper

    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("beats", 1)]
    weights = {
        "gain": random.normal(size=(4, 1)).astype(np.float32),
        "mix": random.normal(size=(4, 4)).astype(np.float32),
    }
    graph = helper.make_graph(
        [
            helper.make_node("Amplify", ["x", "gain"], ["a"], "amplify", domain="beats", power=1.5),
            helper.make_node("Relu", ["a"], ["r"], "relu"),
            helper.make_node("Amplify", ["r", "gain"], ["c"], "again", domain="beats", power=0.5),
            helper.make_node("Mixed", ["c", "mix", "x"], ["y", "z"], "mixed", domain="beats",
                             axes=[2], kind="max", offset=onnx.numpy_helper.from_array(
                                 np.array([[0.5], [1], [-1], [0]], np.float32))),
        ],
        "operators",
        [helper.make_tensor_value_info("x", 1, ["batch", 4, 6])],
        [helper.make_tensor_value_info("y", 1, ["batch", 4, 6]),
         helper.make_tensor_value_info("z", 1, ["batch", 4, 1])],
        [onnx.numpy_helper.from_array(value, name) for name, value in weights.items()],
    )
    power, offset = (helper.make_node("Constant", [], [name]) for name in ("p", "o"))
    power.attribute.add(name="value_float", ref_attr_name="power", type=onnx.AttributeProto.FLOAT)
    offset.attribute.add(name="value", ref_attr_name="offset", type=onnx.AttributeProto.TENSOR)
    largest = helper.make_node("ReduceMax", ["y"], ["z"])
    largest.attribute.add(name="axes", ref_attr_name="axes", type=onnx.AttributeProto.INTS)
    functions = [
        helper.make_function(
            "beats", "Amplify", ["x", "g"], ["y"],
            [power, helper.make_node("Mul", ["x", "g"], ["s"]),
             helper.make_node("Mul", ["s", "p"], ["y"])], opsets[:1], ["power"]),
        helper.make_function(
            "beats", "Mixed", ["x", "m", "other"], ["y", "z"],
            [offset, helper.make_node("MatMul", ["m", "x"], ["p"]),
             helper.make_node("Sum", ["p", "other", "o"], ["y"]), largest],
            opsets[:1], ["axes", "kind", "offset"]),
    ]
    net = helper.make_model(graph, opset_imports=opsets, ir_version=8, functions=functions)
    session = onnxruntime.InferenceSession(net.SerializeToString())
    x = random.normal(size=(4, 4, 6)).astype(np.float32)
    y, z = session.run(None, {"x": x})
    del net.functions[:]
    onnx.save(net, OUT / "operators.onnx")
    np.savez(OUT / "operators.npz", **{"x": x, "y:y": y, "y:z": z})


make_layers(np.random.default_rng(5))
if not LEGACY:
    make_operators(np.random.default_rng(6))
    make_transformer(np.random.default_rng(7))
