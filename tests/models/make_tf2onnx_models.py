#!/usr/bin/env python3
"""Build models in ONNX by tf2onnx, and store what TensorFlow computes with them.

    make_tf2onnx_models.py OUT [--only NAME ...]

`tf2onnx_NAME.onnx` is what `tf2onnx.convert` makes of a Keras model, which is
also what `model.export(format="onnx")` does, and `tf2onnx_NAME.npz` has inputs
and outputs. Needs requirements-tf2onnx.txt.
"""

import argparse
import os
import pathlib
import zlib

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ["CUDA_VISIBLE_DEVICES"] = ""

import make_models  # noqa: E402  (after the choice of a backend)
import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402
import tf2onnx  # noqa: E402
from keras import layers as L  # noqa: E402

ACTIVATIONS = ("relu", "silu", "softplus", "elu", "selu", "tanh", "softsign", "hard_sigmoid",
               "gelu", "hard_silu", "mish")

# By name, the shape of a sample and the layers.
MODELS = {
    "cnn": ((16, 16, 3), lambda: [
        L.Conv2D(8, 3, padding="same", activation="relu"), L.BatchNormalization(),
        L.MaxPooling2D(), L.DepthwiseConv2D(3, padding="same"),
        L.SeparableConv2D(8, 3, strides=2, padding="same"), L.GlobalAveragePooling2D(),
        L.Dense(4, activation="softmax")]),
    "conv1d": ((40, 3), lambda: [
        L.Conv1D(8, 3, padding="causal", dilation_rate=2), L.BatchNormalization(), L.LeakyReLU(),
        L.MaxPooling1D(2), L.Conv1D(4, 3, strides=2, padding="same", activation="gelu"),
        L.Flatten(), L.Dense(3)]),
    "lstm": ((10, 4), lambda: [L.LSTM(6, return_sequences=True), L.LSTM(5)]),
    "bilstm": ((10, 4), lambda: [L.Bidirectional(L.LSTM(6))]),
    "norms": ((8, 8, 4), lambda: [L.LayerNormalization(), L.GroupNormalization(2), L.Dense(3)]),
    "resize": ((6, 6, 4), lambda: [
        L.UpSampling2D(2, interpolation="bilinear"), L.UpSampling2D(2)]),
    "transposed": ((8, 8, 4), lambda: [
        L.Conv2DTranspose(3, 3, strides=2, padding="same"), L.Cropping2D(1), L.ZeroPadding2D(1)]),
    "activations": ((8, 4), lambda: [L.Activation(name) for name in ACTIVATIONS]),
}


def save(name, out):
    """One model, its inputs and outputs."""
    shape, layers = MODELS[name]
    rng = np.random.default_rng(zlib.crc32(name.encode()))
    net = make_models.stack(shape, *layers())
    make_models.fill(net, rng)
    x = rng.normal(size=(4, *shape)).astype("f4")
    signature = [tf.TensorSpec((None, *shape), tf.float32, name="x")]
    path = out / f"tf2onnx_{name}"
    tf2onnx.convert.from_function(tf.function(lambda x: net(x), input_signature=signature),
                                  input_signature=signature, opset=18,
                                  output_path=f"{path}.onnx")
    np.savez_compressed(f"{path}.npz", x=x, y=np.asarray(net(x)))


def main():
    """Read the command line and build what it asks for."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=MODELS, help="these alone")
    arguments = parser.parse_args()
    for name in arguments.only or MODELS:
        save(name, arguments.out)
        print(name, flush=True)


if __name__ == "__main__":
    main()
