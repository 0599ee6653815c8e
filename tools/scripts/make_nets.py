#!/usr/bin/env python3
"""Writes nets of middle size, and single layers, with random weights.

    make_nets.py [--batch=N] FOLDER [NAME ...]

Each is FOLDER/NAME.keras and, where the packages are there, NAME.onnx (tf2onnx) and
NAME.tflite (TensorFlow): the same weights for every library that is measured. Needs
Keras on TensorFlow. They are the nets and layers of docs/Performance.md; without names,
all of them. Weights are random from a fixed seed, batch norms have statistics as after
training, and the batch is N, or 1.
"""
import argparse
import os

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("CUDA_VISIBLE_DEVICES", "")

import keras
import numpy as np
from keras import layers

from net_blocks import attend, classify, conv, depthwise, feed
from small_nets import SMALL_NETS


# --- Nets ----------------------------------------------------------------------


def transformer(x):
    """Encoder of 4 heads and 2 layers on 187 steps of 32 channels."""
    for _ in range(2):
        x = feed(attend(x, 4, 8), 128)
    return classify(x, 5)


def ecg_resnet34(x):
    """The 1-D residual net of 34 layers for arrhythmia: 16 taps, every second block
    halves the length (Rajpurkar et al., 2017, with 64 to 512 filters)."""
    x = conv(x, 64, 16)
    for block in range(16):
        filters, stride = 64 * 2 ** (block // 4), 1 + block % 2
        shortcut = layers.MaxPooling1D(stride)(x) if stride > 1 else x
        if x.shape[-1] != filters:
            shortcut = layers.Conv1D(filters, 1)(shortcut)
        x = layers.ReLU()(layers.BatchNormalization()(x))
        x = conv(x, filters, 16, strides=stride)
        x = layers.Add()([layers.Conv1D(filters, 16, padding="same")(x), shortcut])
    x = layers.ReLU()(layers.BatchNormalization()(x))
    return classify(x, 12)


def inception_time(x):
    """Six modules of filters of 9, 19 and 39 taps (Ismail Fawaz et al., 2020)."""
    rest = x
    for module in range(6):
        narrow = layers.Conv1D(32, 1, use_bias=False)(x) if x.shape[-1] > 1 else x
        branches = [layers.Conv1D(32, taps, padding="same", use_bias=False)(narrow)
                    for taps in (9, 19, 39)]
        pooled = layers.MaxPooling1D(3, strides=1, padding="same")(x)
        branches.append(layers.Conv1D(32, 1, use_bias=False)(pooled))
        x = layers.ReLU()(layers.BatchNormalization()(layers.Concatenate()(branches)))
        if module % 3 == 2:
            shortcut = layers.BatchNormalization()(layers.Conv1D(128, 1, use_bias=False)(rest))
            rest = x = layers.ReLU()(layers.Add()([x, shortcut]))
    return classify(x, 5)


def unet1d(x):
    """A U-Net of 9 taps on 1024 samples, three levels, one label for each sample."""
    skips = []
    for filters in (16, 32, 64):
        x = conv(conv(x, filters, 9), filters, 9)
        skips.append(x)
        x = layers.MaxPooling1D(2)(x)
    x = conv(conv(x, 128, 9), 128, 9)
    for filters, skip in zip((64, 32, 16), reversed(skips)):
        x = layers.Concatenate()([layers.UpSampling1D(2)(x), skip])
        x = conv(conv(x, filters, 9), filters, 9)
    return layers.Conv1D(4, 1, activation="softmax")(x)


def tcn(x):
    """Dilated causal convolutions of 3 taps, 64 filters, dilations up to 128."""
    for dilation in (1, 2, 4, 8, 16, 32, 64, 128):
        y = conv(x, 64, 3, padding="causal", dilation_rate=dilation)
        y = conv(y, 64, 3, padding="causal", dilation_rate=dilation)
        x = layers.Add()([y, x if x.shape[-1] == 64 else layers.Conv1D(64, 1)(x)])
    return classify(x, 5)


def bilstm2(x):
    x = layers.Bidirectional(layers.LSTM(64, return_sequences=True))(x)
    return layers.Dense(5, activation="softmax")(layers.Bidirectional(layers.LSTM(64))(x))


def gru128(x):
    return layers.Dense(5, activation="softmax")(layers.GRU(128)(x))


def separable(x, filters, stride=1):
    """A depthwise convolution and a pointwise one, each with batch norm and ReLU."""
    return conv(depthwise(x, 3, strides=stride), filters, 1)


def kws_dscnn(x):
    """DS-CNN for keywords on 49×10 coefficients (Zhang et al., 2018; MLPerf Tiny)."""
    x = conv(x, 64, (10, 4), strides=2)
    for _ in range(4):
        x = separable(x, 64)
    return classify(x, 12)


def vww(x):
    """MobileNet of a quarter of the width on 96×96 (Visual Wake Words, MLPerf Tiny)."""
    x = conv(x, 8, 3, strides=2)
    for filters, stride in ((16, 1), (32, 2), (32, 1), (64, 2), (64, 1), (128, 2), (128, 1),
                            (128, 1), (128, 1), (128, 1), (128, 1), (256, 2), (256, 1)):
        x = separable(x, filters, stride)
    return classify(x, 2)


def resnet8(x):
    """The residual net of MLPerf Tiny on 32×32×3."""
    x = conv(x, 16, 3)
    for filters, stride in ((16, 1), (32, 2), (64, 2)):
        y = conv(x, filters, 3, strides=stride)
        y = layers.BatchNormalization()(layers.Conv2D(filters, 3, padding="same")(y))
        if stride > 1:
            x = layers.Conv2D(filters, 1, strides=stride)(x)
        x = layers.ReLU()(layers.Add()([x, y]))
    return classify(x, 10)


NETS = {
    "transformer": ((187, 32), transformer),
    "ecg_resnet34": ((2560, 1), ecg_resnet34),
    "inception_time": ((1000, 12), inception_time),
    "unet1d": ((1024, 1), unet1d),
    "tcn": ((1024, 12), tcn),
    "bilstm2": ((187, 1), bilstm2),
    "gru128": ((100, 12), gru128),
    "kws_dscnn": ((49, 10, 1), kws_dscnn),
    "vww": ((96, 96, 3), vww),
    "resnet8": ((32, 32, 3), resnet8),
    **SMALL_NETS,
    # Single layers; statistics of a batch norm tell minimal filtering of the range.
    **{f"conv1d_{taps}": ((256, 64), lambda x, taps=taps: conv(x, 64, taps, padding="valid"))
       for taps in (3, 5, 7, 9, 16)},
    "conv1d_dilated": ((256, 64), lambda x: conv(x, 64, 3, padding="valid", dilation_rate=4)),
    "conv2d_48": ((48, 48, 64), lambda x: conv(x, 64, 3, padding="valid")),
    "softmax": ((748, 187), layers.Softmax()),
    "attention": ((187, 32), lambda x: layers.MultiHeadAttention(4, 8)(x, x)),
    "lstm64_wide": ((187, 128), layers.LSTM(64)),
    "lstm64_narrow": ((187, 1), layers.LSTM(64)),
    "conv1d_chain": ((32, 512), keras.Sequential([layers.Conv1D(512, 5, padding="same")
                                                  for _ in range(16)])),
}

# Those that come with Keras.
APPLICATIONS = {"resnet50": keras.applications.ResNet50,
                "mobilenet_v2": keras.applications.MobileNetV2,
                "efficientnet_b0": keras.applications.EfficientNetB0}


def settle(model, seed):
    """Gives batch norms statistics, so that they compute something."""
    random = np.random.default_rng(seed)
    for layer in model._flatten_layers():
        if isinstance(layer, layers.BatchNormalization):
            size = layer.gamma.shape[0]
            layer.set_weights([random.uniform(0.5, 1.5, size), random.normal(0, 0.1, size),
                               random.normal(0, 0.1, size), random.uniform(0.5, 2, size)])


def build(name, batch):
    keras.utils.set_random_seed(1)
    if name in APPLICATIONS:
        inputs = keras.Input((224, 224, 3), batch_size=batch, name="x")
        model = APPLICATIONS[name](weights=None, input_tensor=inputs)
    else:
        shape, body = NETS[name]
        inputs = keras.Input(shape, batch_size=batch, name="x")
        model = keras.Model(inputs, body(inputs), name=name)
    settle(model, seed=2)
    return model


def main():
    known = [*NETS, *APPLICATIONS]
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", type=int, default=1, metavar="N")
    parser.add_argument("folder", metavar="FOLDER")
    parser.add_argument("names", nargs="*", metavar="NAME")
    options = parser.parse_args()
    if options.batch < 1:
        parser.error(f"expects a positive batch, but got {options.batch}")
    for name in options.names:
        if name not in known:
            parser.error(f"no net {name}; there are {' '.join(known)}")
    os.makedirs(options.folder, exist_ok=True)
    for name in options.names or known:
        model = build(name, options.batch)
        path = os.path.join(options.folder, name)
        model.save(path + ".keras")
        print(f"{path}.keras: {model.count_params():,} parameters", flush=True)
        try:
            import export_peers
        except ImportError as missing:
            print(f"{path}.onnx, .tflite: skipped, as there is no {missing.name}", flush=True)
            continue
        export_peers.export(model, path, options.batch)


main()
