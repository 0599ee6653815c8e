#!/usr/bin/env python3
"""Build the Keras reference models and store what Keras computes with them.

    make_models.py OUT [--only NAME ...] [--all] [--samples N]
    make_models.py --list

Each model NAME becomes OUT/NAME.keras (for some also NAME.h5 and NAME.json +
NAME.weights.h5, with the same weights) and OUT/NAME.npz with float32 arrays,
samples first: the inputs `x` and Keras's outputs `y`; with several inputs or
outputs, `x:INPUT` and `y:OUTPUT` for each. Weights and inputs depend on the
name alone, so `--only` and the order change nothing.
"""

import argparse
import os
import pathlib
import warnings
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

os.environ.setdefault("KERAS_BACKEND", "jax")

import absl.logging  # noqa: E402
import keras  # noqa: E402  (reads KERAS_BACKEND)
import keras1_file  # noqa: E402
import layer_matrix  # noqa: E402
import numpy as np  # noqa: E402
import sequence_matrix  # noqa: E402, F401  (adds its families)
from keras import layers as L  # noqa: E402

if hasattr(keras, "ops"):  # not in Keras 2
    import operation_matrix  # noqa: F401  (adds to the families of layer_matrix)

BN = L.BatchNormalization


@dataclass
class Spec:
    """How to build one model, and what to store of it."""

    build: Callable[[], keras.Model]
    samples: int = 8
    mean: float = 0.0  # of the inputs
    scale: float = 1.0  # their standard deviation
    indices: int = 0  # inputs are whole numbers from 0, this many
    h5: bool = False  # also as .h5
    every_format: bool = False  # also as .h5 and as .json + .weights.h5
    keras1: str = ""  # only as an .h5 of Keras 1 with this backend
    on_demand: bool = False  # too large for the repository
    compress: bool = False  # the members of the .keras file, many and small

    def summary(self):
        """The first line of the builder's docstring."""
        return getattr(self.build, "func", self.build).__doc__.partition("\n")[0]


MODELS: dict[str, Spec] = {}


def model(name=None, **options):
    """Register a builder under `name`, or else under its own."""

    def register(build):
        MODELS[name or build.__name__] = Spec(build, **options)
        return build

    return register


def stack(shape, *layers):
    """A Sequential model on inputs of `shape`, without the batch."""
    return keras.Sequential([keras.Input(shape), *layers])


# --- Batch norm around dense layers ------------------------------------------


@model(samples=20, every_format=True)
def mlp_bn_after():
    """(2) -> 50 relu, batch norm -> 1: after the activation."""
    return stack((2,), L.Dense(50, activation="relu"), BN(), L.Dense(1, activation="sigmoid"))


@model(samples=20)
def mlp_bn_before():
    """(2) -> 50, batch norm, relu -> 1: before the activation."""
    return stack((2,), L.Dense(50), BN(), L.Activation("relu"), L.Dense(1, activation="sigmoid"))


@model(samples=20)
def mlp_bn_first():
    """(2) batch norm -> 50 relu -> 1: on the input."""
    return stack((2,), BN(), L.Dense(50, activation="relu"), L.Dense(1, activation="sigmoid"))


@model(samples=20)
def mlp_bn_no_center_scale():
    """(2) -> 16 -> 16 -> 16 -> 1: batch norms without beta, without gamma, without both."""
    return stack(
        (2,),
        L.Dense(16, activation="relu"),
        BN(center=False, momentum=0.0),
        L.Dense(16, activation="relu"),
        BN(scale=False, momentum=0.0),
        L.Dense(16, activation="relu"),
        BN(center=False, scale=False, momentum=0.0),
        L.Dense(1, activation="sigmoid"),
    )


@model(samples=20, every_format=True)
def mlp_compiled():
    """(2) -> 50 relu, batch norm -> 1, compiled and fitted: optimizer state in the files."""
    net = mlp_bn_after()
    net.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    net.fit(np.zeros((4, 2), "f"), np.zeros((4, 1), "f"), verbose=0)
    return net


@model(samples=20, every_format=True)
def mlp_layer_names():
    """(4) -> 4, batch norm -> 4: names that cross those the weights are stored under."""
    first, second = L.Dense(4, "tanh", name="dense_1"), L.Dense(4, name="dense")
    return stack((4,), first, BN(name="norm"), second)


@model(samples=2)
def batch_norm_only():
    """(22, 102) -> (22, 102): a batch norm is the whole model."""
    return stack((22, 102), BN())


# --- ECG beats and other 1-D nets --------------------------------------------


def ecg(norm):
    """145 -> 144 -> 143, pool 48 -> 47 positions of 32 channels -> 32 -> 1."""

    def block():
        return [L.Conv1D(32, 2), *([BN()] if norm else []), L.Dropout(0.1), L.ReLU()]

    return stack(
        (145, 1),
        *block(),
        *block(),
        L.MaxPooling1D(2, strides=3),
        *block(),
        L.Flatten(),
        L.Dense(32),
        L.Dense(1),
    )


@model(samples=20, every_format=True)
def ecg_convnet():
    """(145, 1) -> 1: the ECG net, batch norm after each convolution."""
    return ecg(norm=True)


@model(samples=20)
def ecg_convnet_plain():
    """(145, 1) -> 1: the ECG net without batch norm."""
    return ecg(norm=False)


@model()
def cnn1d():
    """(100, 3) -> 98x16, pool 49 -> 47x32, pool 23 -> 5: conv, batch norm, relu, pool, twice."""

    def block(filters):
        return [L.Conv1D(filters, 3), BN(), L.ReLU(), L.MaxPooling1D(2)]

    return stack((100, 3), *block(16), *block(32), L.Flatten(), L.Dense(5))


@model(samples=1)
def conv1d_block():
    """(128, 256) -> (126, 64): conv, batch norm, relu."""
    return stack((128, 256), L.Conv1D(64, 3), BN(), L.ReLU())


# --- Images ------------------------------------------------------------------


@model(samples=4, on_demand=True)
def cnn2d():
    """(28, 28, 1) -> 28x28x32 -> 10: conv same, batch norm, relu, dense."""
    return stack(
        (28, 28, 1), L.Conv2D(32, 3, padding="same"), BN(), L.ReLU(), L.Flatten(), L.Dense(10)
    )


@model()
def cnn2d_blocks():
    """(28, 28, 1) -> 13x13x16 -> 5x5x32 -> 64 -> 10: batch norm before every relu."""

    def block(filters):
        return [L.Conv2D(filters, 3), BN(), L.ReLU(), L.MaxPooling2D(2)]

    return stack(
        (28, 28, 1),
        *block(16),
        *block(32),
        L.Flatten(),
        L.Dense(64),
        BN(),
        L.ReLU(),
        L.Dense(10, activation="softmax"),
    )


@model()
def cnn_bn_pool():
    """(28, 28, 1) -> 24x24x32, batch norm, pool 12 -> 10: between relu and pool."""
    return stack(
        (28, 28, 1),
        L.Conv2D(32, 3, activation="relu"),
        L.Conv2D(32, 3, activation="relu"),
        BN(),
        L.MaxPooling2D(2),
        L.Flatten(),
        L.Dense(10, activation="softmax"),
    )


@model(samples=2)
def cnn_bn_dense_on_map():
    """(28, 28, 1) -> 24x24x32, batch norm, pool 12 -> (12, 12, 10): dense on the feature map."""
    return stack(
        (28, 28, 1),
        L.Conv2D(32, 3, activation="relu"),
        L.Conv2D(32, 3, activation="relu"),
        BN(),
        L.MaxPooling2D(2),
        L.Dense(10, activation="softmax"),
    )


def lenet(norm):
    """32 -> conv 28x6, pool 14 -> conv 10x16, pool 5 -> 400 -> 120 -> 84 -> 10."""

    def block(filters):
        conv = L.Conv2D(filters, 5, activation="tanh")
        return [conv, *([BN()] if norm else []), L.AveragePooling2D(2)]

    return stack(
        (32, 32, 1),
        *block(6),
        *block(16),
        L.Flatten(),
        L.Dense(120, activation="tanh"),
        L.Dense(84, activation="tanh"),
        L.Dense(10, activation="softmax"),
    )


@model(on_demand=True)
def lenet5():
    """(32, 32, 1) -> 10: LeNet-5."""
    return lenet(norm=False)


@model(every_format=True)
def lenet5_bn():
    """(32, 32, 1) -> 10: LeNet-5, batch norm between tanh and pool."""
    return lenet(norm=True)


def cifar_net(norm):
    """32 -> conv 28x6, pool 14 -> conv 10x16, pool 5 -> 400 -> 120 -> 84 -> 10."""

    def maybe():
        return [BN(epsilon=1e-5)] if norm else []

    return stack(
        (32, 32, 3),
        L.Conv2D(6, 5),
        *maybe(),
        L.ReLU(),
        L.MaxPooling2D(2),
        L.Conv2D(16, 5, activation="relu"),
        L.MaxPooling2D(2),
        L.Flatten(),
        L.Dense(120, activation="relu"),
        L.Dense(84),
        *maybe(),
        L.ReLU(),
        L.Dense(10),
    )


@model(samples=4, on_demand=True)
def cifar():
    """(32, 32, 3) -> 10: two convolutions, three dense layers."""
    return cifar_net(norm=False)


@model(samples=4)
def cifar_bn():
    """(32, 32, 3) -> 10: the same, batch norm after the first conv and before the last relu."""
    return cifar_net(norm=True)


# --- Sequences ---------------------------------------------------------------


@model()
def lstm_bn():
    """(60, 8) -> LSTM 32, batch norm -> 1."""
    return stack((60, 8), L.LSTM(32), BN(), L.Dense(1))


@model()
def lstm_options():
    """(12, 5) batch norm -> 12x6 -> 4: backwards, without bias, other activations."""
    return stack(
        (12, 5),
        BN(),
        L.LSTM(6, return_sequences=True, go_backwards=True, recurrent_activation="hard_sigmoid"),
        L.LSTM(4, use_bias=False, activation="softsign"),
    )


@model(samples=4)
def lstm_tiles():
    """(6, 3) -> 6x20 -> 6x65, batch norm: units that fill no register, and two blocks of them."""
    return stack(
        (6, 3), L.LSTM(20, return_sequences=True), L.LSTM(65, return_sequences=True), BN()
    )


@model()
def gru_options():
    """(12, 5) batch norm -> 12x6 -> 12x7 -> 12x5 -> 4: both places of the reset gate, and none."""
    return stack(
        (12, 5),
        BN(),
        L.GRU(6, return_sequences=True, go_backwards=True, recurrent_activation="hard_sigmoid"),
        L.GRU(7, return_sequences=True, reset_after=False),
        BN(),
        L.SimpleRNN(5, return_sequences=True, use_bias=False),
        L.GRU(4, use_bias=False, activation="softsign"),
    )


@model(samples=4)
def gru_tiles():
    """(6, 3) -> 6x20 -> 6x65, batch norm -> 6x39: units that fill no register, or two blocks."""
    return stack(
        (6, 3),
        L.GRU(20, return_sequences=True, reset_after=False),
        L.GRU(65, return_sequences=True),
        BN(),
        L.SimpleRNN(39, return_sequences=True),
    )


@model(h5=True)
def bidirectional():
    """(9, 4) -> 9x10, batch norm -> 9x3 -> 9x4 -> 9x2 -> 4: every way to merge the directions."""
    return stack(
        (9, 4),
        L.Bidirectional(L.LSTM(5, return_sequences=True)),
        BN(),
        L.TimeDistributed(L.Dense(3, activation="tanh")),
        L.Bidirectional(L.GRU(4, return_sequences=True), merge_mode="mul"),
        L.Bidirectional(L.SimpleRNN(2, return_sequences=True), merge_mode="ave"),
        L.Bidirectional(L.LSTM(4), backward_layer=L.GRU(4, go_backwards=True), merge_mode="sum"),
    )


@model(h5=True)
def spatial_dropout():
    """(12, 3) -> 12x4 -> 4: layers whose config does not say whether they are trainable."""
    return stack(
        (12, 3), L.SpatialDropout1D(0.2), L.Conv1D(4, 3, activation="relu"), L.SpatialDropout1D(0.1),
        L.GlobalMaxPooling1D(),
    )


@model(h5=True)
def time_distributed():
    """(5, 9, 3) -> 5x16 -> 5x4x2 -> 5x4 -> 4x3 -> 2: each step a sample of a net, and states."""
    beat = stack(
        (9, 3), L.Conv1D(4, 2), BN(), L.ReLU(), L.MaxPooling1D(2), L.Flatten(), L.BatchNormalization()
    )
    return stack(
        (5, 9, 3),
        L.TimeDistributed(beat),
        L.TimeDistributed(L.Reshape((4, 4))),
        L.TimeDistributed(L.Bidirectional(L.LSTM(2))),
        L.GRU(3),
        L.RepeatVector(4),
        L.Bidirectional(L.RNN(L.GRUCell(2), return_sequences=True)),
        L.Flatten(),
        L.Dense(2),
    )


@model(indices=50)
def embedding_lstm():
    """(10) indices -> 10x8, batch norm -> LSTM 10x16 -> 160, batch norm -> 20 classes."""
    return keras.Sequential(
        [
            keras.Input((10,), dtype="int32"),
            L.Embedding(50, 8),
            BN(),
            L.SpatialDropout1D(0.2),
            L.LSTM(16, return_sequences=True),
            L.Flatten(),
            BN(),
            L.Dense(20, activation="softmax"),
        ]
    )


# --- Branches ----------------------------------------------------------------


@model(samples=4)
def inception():
    """(12, 12, 3) -> four branches, 12x12x28, batch norm, relu -> 28 -> 5: Concatenate."""
    x = keras.Input((12, 12, 3))

    def conv(y, filters, size):
        return L.Conv2D(filters, size, padding="same", activation="relu")(y)

    branches = [
        conv(x, 8, 1),
        conv(conv(x, 4, 1), 8, 3),
        conv(conv(x, 2, 1), 4, 5),
        conv(L.MaxPooling2D(3, strides=1, padding="same")(x), 8, 1),
    ]
    y = L.ReLU()(BN()(L.Concatenate()(branches)))
    return keras.Model(x, L.Dense(5, activation="softmax")(L.GlobalAveragePooling2D()(y)))


@model(h5=True)
def channels_first():
    """(3, 11, 9): conv, batch norm, pool, depthwise, pad, and two poolings over all, channels first."""
    first = {"data_format": "channels_first"}
    x = keras.Input((3, 11, 9))
    y = BN(axis=1)(L.Conv2D(5, 3, strides=2, activation="relu", **first)(x))
    y = L.AveragePooling2D(2, padding="same", **first)(y)
    y = L.DepthwiseConv2D(2, depth_multiplier=2, **first)(y)
    y = L.ZeroPadding2D(((1, 2), (0, 1)), **first)(y)
    flat = L.Dense(3)(L.Flatten(**first)(y))
    return keras.Model(x, [flat, L.GlobalMaxPooling2D(keepdims=True, **first)(y)])


@model(keras1="tensorflow")
def keras1_recurrent():
    """(21, 3) -> 21x8 -> 10x8 -> 10x7 -> (10, 6) -> 4: layers under the names of Keras 1."""
    return stack(
        (21, 3),
        L.Conv1D(8, 4, padding="same", activation="relu"),
        L.MaxPooling1D(3, strides=2),
        BN(),
        L.Conv1D(7, 2, dilation_rate=2, padding="same", use_bias=False),
        L.Dropout(0.3),
        L.LSTM(6, return_sequences=True),
        L.Bidirectional(L.GRU(3, return_sequences=True, reset_after=False)),
        L.AveragePooling1D(2),
        L.Flatten(),
        L.Dense(4, activation="softmax"),
    )


@model(keras1="theano")
def keras1_theano():
    """(3, 12, 10): windows that move backwards, channels first, merges of Keras 1."""
    first = {"data_format": "channels_first"}
    x = keras.Input((3, 12, 10))
    y = L.ZeroPadding2D(((1, 0), (2, 1)), **first)(x)
    y = BN(axis=1)(L.Conv2D(4, (3, 2), strides=2, activation="relu", **first)(y))
    wide = L.Conv2D(4, (3, 2), padding="same", dilation_rate=2, **first)(y)
    y = L.Concatenate(axis=1)([L.Add()([y, wide]), L.Maximum()([y, wide])])
    y = L.SeparableConv2D(5, 2, depth_multiplier=2, activation="tanh", **first)(y)
    flat = L.Flatten()(L.MaxPooling2D(2, padding="same", **first)(y))
    signal = L.Conv1D(3, 5, strides=2)(L.Reshape((-1, 3))(flat))
    mean = L.GlobalAveragePooling2D(**first)(y)
    return keras.Model(x, [L.Dense(3)(L.Flatten()(signal)), L.Multiply()([mean, L.Dense(5)(mean)])])


@model()
def tensor_operations():
    """(9, 5): arithmetic, slices, reductions and reshaping between layers."""
    x = keras.Input((9, 5))
    y = (2.0 - L.Conv1D(7, 3)(x) * 0.5) / 3.0 + np.linspace(-1, 1, 7, dtype="float32")
    y = y * y[:, ::-1] - keras.ops.maximum(y, 0.25)
    left, right = keras.ops.split(y, [3], axis=1)
    y = keras.ops.concatenate([left[:, -1], keras.ops.mean(right, axis=1)], axis=-1)
    y = L.Dense(6)(keras.ops.relu(y) + keras.ops.sum(x, axis=(1, 2))[:, None] ** 2)
    return keras.Model(x, [y, keras.ops.squeeze(x[..., 1:2], -1)])


@model(h5=True)
def two_inputs():
    """(30, 2) -> 28x8 -> 8 and (10) -> 6: 14, batch norm -> 3: Concatenate of two branches."""
    beat, features = keras.Input((30, 2), name="beat"), keras.Input((10,), name="features")
    left = L.GlobalMaxPooling1D()(L.Conv1D(8, 3, activation="relu")(beat))
    right = L.Dense(6, activation="relu")(features)
    y = BN()(L.Concatenate(axis=1)([left, right]))
    return keras.Model([beat, features], L.Dense(3, activation="softmax")(y))


@model()
def two_outputs():
    """(7) -> 8, batch norm, relu -> 3 classes and 1 number."""
    x = keras.Input((7,))
    y = L.ReLU()(BN()(L.Dense(8)(x)))
    classes = L.Dense(3, activation="softmax", name="classes")(y)
    return keras.Model(x, [classes, L.Dense(1, name="rate")(y)])


@model(h5=True)
def resnet_block():
    """(40, 3) -> conv, batch norm, relu, conv, batch norm + conv -> 20x8 -> 4: norm before Add."""
    x = keras.Input((40, 3))
    y = L.ReLU()(BN()(L.Conv1D(8, 3, strides=2, padding="same", use_bias=False)(x)))
    y = BN()(L.Conv1D(8, 3, padding="same", use_bias=False)(y))
    skip = BN()(L.Conv1D(8, 1, strides=2)(x))
    y = L.ReLU()(L.Add()([skip, y]))
    return keras.Model(x, L.Dense(4, activation="softmax")(L.GlobalAveragePooling1D()(y)))


@model()
def resnet_block_preactivation():
    """(40, 3) -> 40x8 -> 4: Add, batch norm, relu, conv; each sum goes on to the next Add too."""
    x = keras.Input((40, 3))
    y = L.Conv1D(8, 3, padding="same")(x)
    for _ in range(2):
        y = L.Add()([y, L.Conv1D(8, 3, padding="same")(L.ReLU()(BN()(y)))])
    return keras.Model(x, L.Dense(4)(L.GlobalMaxPooling1D()(L.ReLU()(BN()(y)))))


@model()
def add_three():
    """(6) -> 5, 5, 5 -> 5: an Add of three, of which one is the sum of another."""
    x = keras.Input((6,))
    a, b = L.Dense(5, activation="relu")(x), L.Dense(5, activation="tanh")(x)
    return keras.Model(x, BN()(L.Add()([a, b, a + b])))


@model()
def merge_layers():
    """(7, 5), (7, 5), (5) -> each elementwise merge layer; sizes of 1 are repeated -> 5."""
    x, y, z = keras.Input((7, 5), name="a"), keras.Input((7, 5), name="b"), keras.Input((5,), name="c")
    gate = L.Conv1D(1, 1, activation="sigmoid")(x)
    merged = L.Subtract()([L.Multiply()([x, gate]), L.Average()([x, y, z])])
    merged = L.Add()([BN()(L.Multiply()([merged, z, gate])), L.Dense(5)(z)])
    merged = L.ReLU()(L.Maximum()([L.Minimum()([merged, y]), x, gate]))
    return keras.Model([x, y, z], L.GlobalAveragePooling1D()(merged))


@model()
def squeeze_excite():
    """(9, 7, 3) -> two convs, batch norms around the weighing of channels -> 4."""
    x = keras.Input((9, 7, 3))
    y = L.ReLU()(BN()(L.Conv2D(19, 3, padding="same", use_bias=False)(x)))
    scale = L.Reshape((1, 1, 19))(L.GlobalAveragePooling2D()(y))
    scale = L.Dense(19, activation="sigmoid")(L.Dense(5, activation="relu")(scale))
    y = BN()(L.Conv2D(6, 3, activation="relu")(BN()(L.Multiply()([y, scale]))))
    scale = L.GlobalAveragePooling2D(keepdims=True)(y)
    y = L.Multiply()([L.Conv2D(6, 1, activation="hard_sigmoid")(scale), y])
    return keras.Model(x, L.Dense(4)(BN()(L.Flatten()(y))))


@model()
def normalizations():
    """(3, 4, 5) -> each normalisation by the input's own statistics, batch norm and dense 2."""
    return stack(
        (3, 4, 5),
        L.LayerNormalization(),
        L.LayerNormalization(axis=[1, 3], rms_scaling=True, center=False),
        L.GroupNormalization(2, axis=2),
        BN(),
        L.RMSNormalization(),
        L.UnitNormalization(axis=[1, 2]),
        L.Dense(2),
    )


@model()
def attention():
    """(7, 6) -> heads, Luong's and Bahdanau's attention, einsum, dot product -> 1."""
    x = keras.Input((7, 6))
    y = L.MultiHeadAttention(2, 3)(x, x)
    y = L.Attention(use_scale=True)([y, x])
    y = L.AdditiveAttention()([y, x])
    z = L.EinsumDense("abc,cde->abde", output_shape=(7, 2, 3), bias_axes="de")(y)
    return keras.Model(x, L.Dot(1, normalize=True)([L.Flatten()(z), L.Flatten()(y)]))


@model()
def encoder():
    """(19, 6) -> two heads of 3, sum, layer norm, dense 7 with GELU, dense 6, sum -> 2."""
    x = keras.Input((19, 6))
    y = L.LayerNormalization()(L.Add()([x, L.MultiHeadAttention(2, 3)(x, x)]))
    z = L.Dense(6)(L.Dense(7, activation="gelu")(y))
    return keras.Model(x, L.Dense(2)(L.GlobalAveragePooling1D()(L.Add()([y, z]))))


@model()
def conv2d_columns():
    """(21, 1, 3) -> conv (3, 1), depthwise, pool, conv 1x1; (9, 5, 2) -> columns, rows -> 3."""
    x = keras.Input((21, 1, 3), name="column")
    y = L.Conv2D(17, (3, 1), activation="relu")(x)
    y = L.DepthwiseConv2D((3, 1), padding="same")(y)
    y = L.Conv2D(5, 1, activation="relu")(L.MaxPooling2D((2, 1))(y))
    u = keras.Input((9, 5, 2), name="image")
    v = L.Conv2D(6, (3, 1), padding="same", activation="relu")(u)
    v = L.Conv2D(5, (2, 5), activation="relu")(L.Conv2D(7, 1)(v))
    return keras.Model([x, u], L.Dense(3)(L.Concatenate()([L.Flatten()(y), L.Flatten()(v)])))


@model()
def prelu():
    """(5, 4, 3) -> conv 6, slopes by channel, conv 4, slopes by element, batch norm -> 2."""
    return stack(
        (5, 4, 3),
        L.Conv2D(6, 2),
        L.PReLU(shared_axes=[1, 2]),
        BN(),
        L.Conv2D(4, 2),
        L.PReLU(),
        BN(),
        L.Flatten(),
        L.Dense(2),
    )


@model()
def shared_layer():
    """(9, 4) and (9, 4) -> one conv, batch norm, relu, dense 6 for both -> 12 -> 2."""
    a, b = keras.Input((9, 4), name="a"), keras.Input((9, 4), name="b")
    layers = [L.Conv1D(5, 3), BN(), L.ReLU(), L.Flatten(), L.Dense(6)]

    def branch(y):
        for layer in layers:
            y = layer(y)
        return y

    return keras.Model([a, b], L.Dense(2)(L.Concatenate()([branch(b), branch(a)])))


@model(h5=True)
def nested_models():
    """(8, 3) -> two models, one called twice, with layers of the same names -> 2 and 4."""
    x = keras.Input((8, 3))
    conv = keras.Sequential(
        [keras.Input((8, 3)), L.Conv1D(3, 3, padding="same", name="dense"), BN(name="norm")],
        name="conv",
    )
    z = keras.Input((8, 3))
    y = L.Dense(3, activation="relu", name="dense")(z)
    two = keras.Model(z, [L.Dense(3, name="second")(y), L.Add(name="sum")([y, z])], name="two")
    first, second = two(conv(conv(x)))
    y = BN(name="norm")(L.Concatenate(axis=-2)([first, second]))
    y = L.Flatten()(y)
    return keras.Model(x, [L.Dense(2, name="dense")(y), L.Dense(4, name="other")(y)])


# --- Options of layers -------------------------------------------------------


@model()
def conv1d_options():
    """(60, 4) -> 60 -> 60 -> 30 -> 15 -> 11 -> 9 -> 9 -> 9 -> (7, 6): options of Conv1D."""
    return stack(
        (60, 4),
        L.Conv1D(8, 4, padding="same", activation="relu"),
        L.Conv1D(8, 3, padding="causal", activation="tanh"),
        L.Conv1D(8, 2, padding="causal", strides=2, activation="relu"),
        L.Conv1D(8, 4, padding="same", strides=2, activation="tanh"),
        L.Conv1D(8, 3, dilation_rate=2, activation="relu"),
        L.Conv1D(8, 3, groups=2, activation="tanh"),
        L.Conv1D(8, 3, padding="causal", dilation_rate=2, use_bias=False),
        L.Conv1D(4, 3, padding="same", dilation_rate=3, groups=4, activation="relu"),
        L.Conv1D(6, 3),
    )


@model(samples=4, every_format=True)
def conv2d_options():
    """(17, 22, 3) -> 9x11 -> 5x11 -> 3x11 (thrice) -> 3x6 -> (2, 4, 6): options of Conv2D."""
    return stack(
        (17, 22, 3),
        L.Conv2D(8, 2, strides=2, padding="same", activation="relu"),
        L.Conv2D(8, (4, 3), strides=(2, 1), padding="same", activation="tanh"),
        L.Conv2D(8, (3, 1), dilation_rate=(1, 2), activation="relu"),
        L.Conv2D(12, (1, 4), padding="same", groups=4, activation="tanh"),
        L.Conv2D(8, (2, 2), padding="same", dilation_rate=2, use_bias=False),
        L.Conv2D(8, 4, strides=(1, 2), padding="same", groups=2, activation="relu"),
        L.Conv2D(6, (2, 3)),
    )


@model(samples=4)
def separable_conv():
    """(20, 3) -> 10 -> 10x6 -> 10x6x1 -> 10x4 -> (8, 3, 5): options of SeparableConv."""
    return stack(
        (20, 3),
        L.SeparableConv1D(7, 5, strides=2, padding="same", depth_multiplier=2, activation="relu"),
        L.SeparableConv1D(6, 3, padding="same", dilation_rate=2),
        BN(),
        L.Reshape((10, 6, 1)),
        L.Conv2D(4, (1, 3)),
        L.SeparableConv2D(5, (3, 2), use_bias=False, activation="tanh"),
    )


@model(samples=4)
def conv_transpose_1d():
    """(9, 5) -> 18 -> 20 -> 60 -> (60, 1), batch norms around: options of Conv1DTranspose."""
    return stack(
        (9, 5),
        BN(),
        L.Conv1DTranspose(17, 3, strides=2, padding="same", activation="relu"),
        L.Conv1DTranspose(6, 3, use_bias=False),
        BN(),
        L.Conv1DTranspose(4, 7, strides=3, padding="same", activation="tanh"),
        BN(),
        L.Conv1DTranspose(1, 5, padding="same"),
    )


@model(samples=4)
def conv_transpose_phases():
    """(32, 3) -> 16 -> 32 -> 128 -> (128, 2): transposed convolutions for minimal filtering."""
    return stack(
        (32, 3),
        L.Conv1D(24, 5, strides=2, padding="same"),
        BN(),
        L.ReLU(),
        L.Conv1DTranspose(20, 7, strides=2, padding="same", activation="relu"),
        BN(),
        L.Conv1DTranspose(16, 15, strides=4, padding="same"),
        BN(),
        L.ReLU(),
        L.Conv1D(2, 3, padding="same"),
    )


@model(samples=4)
def conv_transpose_2d():
    """(4, 5, 3) -> 8x10 -> 24x12 -> (48, 24, 4): options of Conv2DTranspose."""
    return stack(
        (4, 5, 3),
        L.Conv2DTranspose(6, (4, 3), strides=2, padding="same", activation="relu"),
        L.Conv2DTranspose(5, (2, 3), strides=(3, 1)),
        L.Conv2DTranspose(4, 3, strides=2, padding="same", output_padding=1),
    )


@model()
def bn_before_same_conv():
    """(9, 9, 2) -> 9x9x6, batch norm -> 5x5x4 -> 3: the norm meets zero padding."""
    return stack(
        (9, 9, 2),
        L.Conv2D(6, 3, padding="same", activation="relu"),
        BN(),
        L.Conv2D(4, 3, strides=2, padding="same", activation="relu"),
        L.Flatten(),
        L.Dense(3),
    )


@model(mean=-1.0)  # so that a border padded with 0 would show
def pool_options_1d():
    """(50, 3) -> max 25 -> average 13 -> max 4 -> average 2 -> (2, 3): same, overlap, gaps."""
    return stack(
        (50, 3),
        L.MaxPooling1D(4, strides=2, padding="same"),
        L.AveragePooling1D(4, strides=2, padding="same"),
        L.MaxPooling1D(2, strides=3),
        L.AveragePooling1D(3, strides=1),
        L.AveragePooling1D(2, strides=1, padding="same"),
    )


@model(samples=4, mean=-1.0)
def pool_options_2d():
    """(21, 30, 3) -> max 11x10 -> average 6x10 -> max 5x9 -> average 2x3 -> (2, 3, 3)."""
    return stack(
        (21, 30, 3),
        L.MaxPooling2D((3, 4), strides=(2, 3), padding="same"),
        L.AveragePooling2D((4, 3), strides=(2, 1), padding="same"),
        L.MaxPooling2D(2, strides=1),
        L.AveragePooling2D((2, 3), strides=(3, 3)),
        L.AveragePooling2D(2, strides=1, padding="same"),
    )


def global_pool(shape, conv, pool, **options):
    """(11, 3) or (7, 6, 3) -> conv to 5 channels -> pool over all positions -> 5."""
    return stack(shape, conv(5, 2), pool(**options))


for name, *arguments in (
    ("global_max_pool_1d", (11, 3), L.Conv1D, L.GlobalMaxPooling1D),
    ("global_average_pool_1d", (11, 3), L.Conv1D, L.GlobalAveragePooling1D),
    ("global_max_pool_2d", (7, 6, 3), L.Conv2D, L.GlobalMaxPooling2D),
    ("global_average_pool_2d", (7, 6, 3), L.Conv2D, L.GlobalAveragePooling2D),
):
    model(name)(partial(global_pool, *arguments))
    model(f"{name}_keepdims")(partial(global_pool, *arguments, keepdims=True))


@model()
def padding_reshape():
    """(12, 3) -> pad 15 -> 13x4 -> 13x4x1 -> pad 14x7 -> 13x5x3 -> 13x15 -> 195 -> 4."""
    return stack(
        (12, 3),
        L.ZeroPadding1D((1, 2)),
        L.Conv1D(4, 3, activation="relu"),
        L.Reshape((13, 4, 1)),
        L.ZeroPadding2D(((1, 0), (2, 1))),
        L.Conv2D(3, (2, 3), activation="relu"),
        L.Reshape((-1, 15)),
        L.Flatten(),
        L.Dense(4),
    )


@model(samples=4)
def crop_upsampling_1d():
    """(14, 3) -> 28x17 -> crop, batch norm 23x17 -> 69x17 -> crop (65, 5)."""
    return stack(
        (14, 3),
        L.UpSampling1D(2),
        L.Conv1D(17, 3, padding="same", activation="relu"),
        L.Cropping1D((2, 3)),
        BN(),
        L.UpSampling1D(3),
        L.Conv1D(5, 3),
        L.Cropping1D(1),
    )


@model(samples=4)
def crop_upsampling_2d():
    """(5, 6, 3) -> 10x18 -> 8x13, batch norm -> 16x26 bilinear -> crop (10, 21, 4)."""
    return stack(
        (5, 6, 3),
        L.UpSampling2D((2, 3)),
        L.Cropping2D(((0, 2), (2, 3))),
        L.Conv2D(4, 3, padding="same", activation="relu"),
        BN(),
        L.UpSampling2D(2, interpolation="bilinear"),
        L.Cropping2D((3, 2)),
        L.Conv2D(4, (1, 2), activation="tanh"),
    )


@model()
def noise_layers():
    """(20, 4) -> 18x6 -> 3: layers that do nothing once trained."""
    return stack(
        (20, 4),
        L.GaussianNoise(0.2),
        L.Conv1D(6, 3, activation="relu"),
        L.SpatialDropout1D(0.3),
        L.Dropout(0.3),
        L.GaussianDropout(0.3),
        L.AlphaDropout(0.3),
        L.ActivityRegularization(l2=0.01),
        L.Identity(),
        L.Activation("linear"),
        L.Flatten(),
        L.Dense(3),
    )


@model()
def dense_on_sequence():
    """(9, 4) -> (9, 6) -> (9, 3): dense layers at each position."""
    return stack((9, 4), L.Dense(6, activation="relu"), L.Dense(3))


@model()
def softmax_layer_rank2():
    """(7) -> 5: Softmax of (batch, 5)."""
    return stack((7,), L.Dense(5), L.Softmax())


@model()
def softmax_layer_rank3():
    """(6, 7) -> (6, 5): Softmax of (batch, 6, 5), over the last axis."""
    return stack((6, 7), L.Dense(5), L.Softmax(axis=-1))


# --- Activations -------------------------------------------------------------


def activation(function):
    """(6) -> 8, f -> 8, f: as an argument of Dense, then as a layer."""
    return stack((6,), L.Dense(8, activation=function), L.Dense(8), L.Activation(function))


def activation_layer(layer, **options):
    """(6) -> 8, f -> 8, f: as a layer class of its own."""
    return stack((6,), L.Dense(8), layer(**options), L.Dense(8), layer(**options))


for name in (
    *("relu", "relu6", "leaky_relu", "elu", "selu", "silu", "swish", "gelu", "tanh", "sigmoid"),
    *("hard_sigmoid", "hard_silu", "softplus", "softsign", "exponential", "linear", "softmax"),
):
    scale = 0.5 if name == "exponential" else 3.0
    model(f"activation_{name}", scale=scale)(partial(activation, name))

for name, layer, options in (
    ("relu_layer", L.ReLU, {"max_value": 6.0, "negative_slope": 0.1, "threshold": 0.5}),
    ("relu_layer_threshold", L.ReLU, {"threshold": 1.0}),
    ("leaky_relu_layer", L.LeakyReLU, {"negative_slope": 0.2}),
    ("elu_layer", L.ELU, {"alpha": 0.7}),
):
    model(f"activation_{name}", scale=3.0)(partial(activation_layer, layer, **options))


@model(scale=3.0)
def activation_gelu_tanh():
    """(6) -> 8, f -> 8, f: gelu by tanh. No layer has it, only an operation: a functional model."""
    x = keras.Input((6,))
    y = keras.ops.gelu(L.Dense(8)(x), approximate=True)
    return keras.Model(x, keras.ops.gelu(L.Dense(8)(y), approximate=True))


@model()
def applications():
    """(6, 4) dense, and the layers of keras.applications that are no others'."""
    from keras.src.applications.convnext import LayerScale, StochasticDepth
    from keras.src.applications.inception_resnet_v2 import CustomScaleLayer

    x = keras.Input((6, 4))
    y = StochasticDepth(0.3)(LayerScale(1e-6, 4)(L.Dense(4)(x)))
    return keras.Model(x, L.Dense(2)(CustomScaleLayer(0.17)([x, y])))


# --- Every option of every layer ---------------------------------------------

for name, (build, inputs) in layer_matrix.FAMILIES.items():
    model(name, samples=2, compress=True, **inputs)(build)


# --- Weights, files ----------------------------------------------------------


def fill(net, rng):
    """Draw every weight: no bias is zero, every third gamma negative, variance 0.3 to 2."""

    def away_from_zero(shape):
        return rng.uniform(0.05, 0.5, shape) * rng.choice([-1.0, 1.0], shape)

    def gamma(shape):
        value = rng.uniform(0.5, 1.5, shape)
        value[::3] *= -1
        return value

    def kernel(shape):
        return rng.normal(0, (1.5 / np.prod(shape[:-1])) ** 0.5, shape)

    draw = {
        "kernel": kernel,
        "depthwise_kernel": kernel,
        "pointwise_kernel": kernel,
        "concat_score_weight": kernel,
        "recurrent_kernel": kernel,
        "depthwise_kernel": kernel,
        "pointwise_kernel": kernel,
        "vector_u": kernel,
        "embeddings": lambda shape: rng.normal(0, 1, shape),
        "bias": away_from_zero,
        "gamma": gamma,
        "beta": away_from_zero,
        "alpha": lambda shape: rng.uniform(0.05, 0.5, shape),
        "scale": lambda shape: rng.uniform(0.5, 1.5, shape),
        "variable": lambda shape: rng.uniform(0.5, 1.5, shape),
        "moving_mean": away_from_zero,
        "moving_variance": lambda shape: rng.uniform(0.3, 2.0, shape),
    }
    for weight in net.weights:
        # Keras 2 has the layer in front and an output number behind.
        name = weight.name.split("/")[-1].partition(":")[0]
        weight.assign(draw[name](tuple(weight.shape)))


def draw_inputs(net, spec, samples, rng):
    """One array for each input of the model."""
    shapes = [(samples, *tensor.shape[1:]) for tensor in net.inputs]
    if spec.indices:
        return [rng.integers(0, spec.indices, shape).astype(np.float32) for shape in shapes]
    return [rng.normal(spec.mean, spec.scale, shape).astype(np.float32) for shape in shapes]


def predict(net, x):
    """One array for each output of the model."""
    y = net.predict(x if len(x) > 1 else x[0], batch_size=len(x[0]), verbose=0)
    return y if isinstance(y, list) else [y]


def name_arrays(kind, names, arrays):
    """`x`, or `x:NAME` for each of several."""
    if len(arrays) == 1:
        return {kind: arrays[0]}
    return {f"{kind}:{name}": array for name, array in zip(names, arrays, strict=True)}


def compress(path):
    """Write a zip archive again, its members compressed."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


def save(name, spec, out, samples):
    """Build a model, write its files, read each back and expect the same outputs."""
    keras.utils.clear_session()  # layer names count from zero in each file
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    net = spec.build()
    fill(net, rng)
    x = draw_inputs(net, spec, samples, rng)
    y = predict(net, x)
    assert all(array.dtype == np.float32 and np.isfinite(array).all() for array in y), name

    path = out / name
    arrays = name_arrays("x", [tensor.name for tensor in net.inputs], x)
    arrays |= name_arrays("y", getattr(net, "output_names", None), y)  # Sequential has none
    np.savez_compressed(f"{path}.npz", **arrays)
    if spec.keras1:
        keras1_file.write(net, f"{path}.h5", spec.keras1 == "theano")
        return  # Keras 3 can't read it back
    net.save(f"{path}.keras")
    if spec.compress:
        compress(f"{path}.keras")
    copies = [keras.models.load_model(f"{path}.keras")]
    if spec.h5 or spec.every_format:
        net.save(f"{path}.h5")
        copies.append(keras.models.load_model(f"{path}.h5"))
    if spec.every_format:
        pathlib.Path(f"{path}.json").write_text(net.to_json())
        net.save_weights(f"{path}.weights.h5")
        from_json = keras.models.model_from_json(pathlib.Path(f"{path}.json").read_text())
        from_json.load_weights(f"{path}.weights.h5")
        copies.append(from_json)
    for copy in copies:
        for expected, actual in zip(y, predict(copy, x), strict=True):
            np.testing.assert_array_equal(actual, expected, name)


def main():
    """Read the command line and build what it asks for."""
    parser = argparse.ArgumentParser(description="Build the Keras reference models.")
    parser.add_argument("out", nargs="?", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=MODELS, help="these alone")
    parser.add_argument("--all", action="store_true", help="those made on demand as well")
    parser.add_argument("--samples", type=int, metavar="N", help="inputs for each model")
    parser.add_argument("--list", action="store_true", help="print the models and stop")
    args = parser.parse_args()
    if args.list:
        for name, spec in MODELS.items():
            print(f"{name:32} {spec.summary()}{' [on demand]' * spec.on_demand}")
        return
    if args.out is None:
        parser.error("the folder OUT is needed")

    # Saving .h5 and reloading what was never compiled are both intended.
    absl.logging.set_verbosity(absl.logging.ERROR)
    warnings.filterwarnings("ignore", "Skipping variable loading for optimizer")
    args.out.mkdir(parents=True, exist_ok=True)
    for name in args.only or MODELS:
        if args.only or args.all or not MODELS[name].on_demand:
            save(name, MODELS[name], args.out, args.samples or MODELS[name].samples)
            print(name, flush=True)


if __name__ == "__main__":
    main()
