#!/usr/bin/env python3
"""Build the Keras reference models and store what Keras computes with them.

    make_models.py OUT [--only NAME ...] [--all] [--samples N]
    make_models.py --list

Each model NAME becomes OUT/NAME.keras (for some also NAME.h5 and NAME.json +
NAME.weights.h5, with the same weights) and OUT/NAME.npz with two float32
arrays, samples first: the inputs `x` and Keras's outputs `y`. Weights and
inputs depend on the name alone, so `--only` and the order change nothing.
"""

import argparse
import os
import pathlib
import warnings
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

os.environ.setdefault("KERAS_BACKEND", "jax")

import absl.logging  # noqa: E402
import keras  # noqa: E402  (reads KERAS_BACKEND)
import numpy as np  # noqa: E402
from keras import layers as L  # noqa: E402

BN = L.BatchNormalization


@dataclass
class Spec:
    """How to build one model, and what to store of it."""

    build: Callable[[], keras.Model]
    samples: int = 8
    mean: float = 0.0  # of the inputs
    scale: float = 1.0  # their standard deviation
    every_format: bool = False  # also as .h5 and as .json + .weights.h5
    on_demand: bool = False  # too large for the repository

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


# --- Weights, files ----------------------------------------------------------


def fill(net, rng):
    """Draw every weight: no bias is zero, every third gamma negative, variance 0.3 to 2."""

    def away_from_zero(shape):
        return rng.uniform(0.05, 0.5, shape) * rng.choice([-1.0, 1.0], shape)

    def gamma(shape):
        value = rng.uniform(0.5, 1.5, shape)
        value[::3] *= -1
        return value

    draw = {
        "kernel": lambda shape: rng.normal(0, (1.5 / np.prod(shape[:-1])) ** 0.5, shape),
        "bias": away_from_zero,
        "gamma": gamma,
        "beta": away_from_zero,
        "moving_mean": away_from_zero,
        "moving_variance": lambda shape: rng.uniform(0.3, 2.0, shape),
    }
    for weight in net.weights:
        weight.assign(draw[weight.name](tuple(weight.shape)))


def save(name, spec, out, samples):
    """Build a model, write its files, read each back and expect the same outputs."""
    keras.utils.clear_session()  # layer names count from zero in each file
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    net = spec.build()
    fill(net, rng)
    x = rng.normal(spec.mean, spec.scale, (samples, *net.input_shape[1:])).astype(np.float32)
    y = net.predict(x, batch_size=samples, verbose=0)
    assert y.dtype == np.float32 and np.isfinite(y).all(), name

    path = out / name
    np.savez_compressed(f"{path}.npz", x=x, y=y)
    net.save(f"{path}.keras")
    copies = [keras.models.load_model(f"{path}.keras")]
    if spec.every_format:
        net.save(f"{path}.h5")
        pathlib.Path(f"{path}.json").write_text(net.to_json())
        net.save_weights(f"{path}.weights.h5")
        from_json = keras.models.model_from_json(pathlib.Path(f"{path}.json").read_text())
        from_json.load_weights(f"{path}.weights.h5")
        copies += [keras.models.load_model(f"{path}.h5"), from_json]
    for copy in copies:
        np.testing.assert_array_equal(copy.predict(x, batch_size=samples, verbose=0), y, name)


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
