#!/usr/bin/env python3
"""Build the TensorFlow Lite reference models and store what LiteRT computes with them.

    make_tflite_models.py OUT [--only NAME ...]
    make_tflite_models.py --list

Each model NAME becomes OUT/NAME.tflite and OUT/NAME.npz, as in make_models.py.
Those that begin with `tflite_matrix_` hold one combination of an operator and
its options in each output. Needs requirements-tflite.txt.
"""

import argparse
import os
import pathlib
import re
import tempfile
import zlib

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"

import keras
import numpy as np
import tensorflow as tf
from ai_edge_litert.interpreter import Interpreter
from keras import layers as L

MODELS = {}


def generator(name):
    return np.random.default_rng(zlib.crc32(name.encode()))


def model(build):
    """Register a function that returns the bytes of a file and its inputs by name."""
    MODELS["tflite_" + build.__name__] = build
    return build


def matrix(**shapes):
    """Register a generator of (combination, function of the inputs), for inputs of `shapes`
    without the batch. Each becomes an output, named after it."""

    def register(branches):
        def build(rng):
            functions = {re.sub(r"[^\w]+", "_", name).strip("_").lower(): function
                         for name, function in branches(rng)}
            specs = [tf.TensorSpec([None, *shape], tf.float32, name)
                     for name, shape in shapes.items()]

            class Module(tf.Module):
                @tf.function(input_signature=specs)
                def __call__(self, *args):
                    return {name: function(*args) for name, function in functions.items()}

            module = Module()
            converter = tf.lite.TFLiteConverter.from_concrete_functions(
                [module.__call__.get_concrete_function()], module)
            inputs = {name: rng.standard_normal((1, *shape)).astype("f4")
                      for name, shape in shapes.items()}
            return converter.convert(), inputs

        MODELS["tflite_matrix_" + branches.__name__] = build
        return branches

    return register


def weights(rng, *shape):
    return tf.constant((rng.standard_normal(shape) / np.sqrt(np.prod(shape[:-1])))
                       .astype("f4"))


# --- Operators and their options ------------------------------------------------


@matrix(x=(9, 11, 3))
def conv_2d(rng):
    for padding in ["SAME", "VALID"]:
        for stride, dilation in [(1, 1), (2, 1), (3, 1), (1, 2)]:
            kernel, bias = weights(rng, 3, 2, 3, 4), weights(rng, 4)
            yield (f"{padding} stride {stride} dilation {dilation}",
                   lambda x, k=kernel, b=bias, s=stride, d=dilation, p=padding:
                   tf.nn.bias_add(tf.nn.conv2d(x, k, s, p, dilations=d), b))
    for name, function in {"relu": tf.nn.relu, "relu6": tf.nn.relu6, "tanh": tf.tanh,
                           "relu_n1_to_1": lambda x: tf.clip_by_value(x, -1.0, 1.0)}.items():
        kernel = weights(rng, 1, 1, 3, 4)
        yield name, lambda x, k=kernel, f=function: f(tf.nn.conv2d(x, k, 1, "SAME"))
    kernel = weights(rng, 3, 3, 3, 4)
    yield "strides 2 1", lambda x: tf.nn.conv2d(x, kernel, [1, 2, 1, 1], "SAME")
    yield "batch to space", lambda x: tf.batch_to_space(tf.nn.conv2d(tf.space_to_batch(
        x, [2, 2], [[2, 3], [2, 3]]), kernel, 1, "VALID"), [2, 2], [[0, 1], [0, 1]])


@matrix(x=(9, 11, 4))
def depthwise_conv_2d(rng):
    for padding in ["SAME", "VALID"]:
        for stride, dilation, times in [(1, 1, 1), (2, 1, 1), (1, 2, 1), (1, 1, 2), (2, 1, 3)]:
            kernel, bias = weights(rng, 3, 2, 4, times), weights(rng, 4 * times)
            yield (f"{padding} stride {stride} dilation {dilation} times {times}",
                   lambda x, k=kernel, b=bias, s=stride, d=dilation, p=padding:
                   tf.nn.relu(tf.nn.bias_add(tf.nn.depthwise_conv2d(
                       x, k, [1, s, s, 1], p, dilations=[d, d]), b)))
    for groups in [2, 4]:
        kernel = weights(rng, 3, 3, 4 // groups, 8)
        yield f"groups {groups}", lambda x, k=kernel: tf.nn.conv2d(x, k, 1, "SAME")


@matrix(x=(4, 5, 3))
def transpose_conv(rng):
    for padding in ["SAME", "VALID"]:
        for stride in [1, 2, 3]:
            for window in [2, 3]:
                kernel, bias = weights(rng, window, window, 4, 3), weights(rng, 4)
                sizes = [size * stride if padding == "SAME" else
                         size * stride + max(window - stride, 0) for size in (4, 5)]
                yield (f"{padding} stride {stride} window {window}",
                       lambda x, k=kernel, b=bias, n=sizes, s=stride, p=padding:
                       tf.nn.relu(tf.nn.bias_add(tf.nn.conv2d_transpose(
                           x, k, [tf.shape(x)[0], *n, 4], s, p), b)))


@matrix(x=(9, 11, 3))
def pools(rng):
    for name, pool in {"max": tf.nn.max_pool2d, "average": tf.nn.avg_pool2d}.items():
        for padding in ["SAME", "VALID"]:
            for window, stride in [(2, 2), (3, 2), (2, 3), ([3, 2], [1, 2])]:
                yield (f"{name} {padding} {window} {stride}",
                       lambda x, f=pool, w=window, s=stride, p=padding: f(x, w, s, p))


@matrix(x=(5, 6, 4))
def functions(rng):
    slopes = weights(rng, 4)
    yield from {
        "relu": tf.nn.relu, "relu6": tf.nn.relu6, "elu": tf.nn.elu, "tanh": tf.tanh,
        "relu_0_to_1": lambda x: tf.clip_by_value(x, 0.0, 1.0),
        "relu_n1_to_1": lambda x: tf.clip_by_value(x, -1.0, 1.0),
        "leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.3),
        "logistic": tf.sigmoid,
        "gelu_tanh": lambda x: tf.nn.gelu(x, approximate=True),
        "hard_swish": lambda x: x * tf.nn.relu6(x + 3.0) / 6.0,
        "swish": tf.nn.silu, "prelu": lambda x: tf.nn.relu(x) - slopes * tf.nn.relu(-x),
        "softplus": lambda x: tf.math.log(1.0 + tf.exp(x)),
        "softmax": tf.nn.softmax, "softmax_axis": lambda x: tf.nn.softmax(x, 1),
        "log_softmax": tf.nn.log_softmax, "exp": tf.exp, "abs": tf.abs, "neg": tf.negative,
        "square": tf.square, "sqrt": lambda x: tf.sqrt(tf.abs(x)),
        "rsqrt": lambda x: tf.math.rsqrt(tf.abs(x) + 0.1),
        "log": lambda x: tf.math.log(tf.abs(x) + 0.1),
        "l2_normalize": lambda x: tf.nn.l2_normalize(x, -1),
        "pow_2": lambda x: tf.pow(x, 2.0), "pow_3": lambda x: tf.pow(x, 3.0),
        "pow_half": lambda x: tf.pow(tf.abs(x), 0.5),
    }.items()


@matrix(x=(3, 4, 4), z=(3, 4, 4), row=(1, 4, 1))
def arithmetic(rng):
    operations = {"add": tf.add, "sub": tf.subtract, "mul": tf.multiply, "max": tf.maximum,
                  "min": tf.minimum, "squared_difference": tf.math.squared_difference}
    for name, f in operations.items():
        yield f"{name} values", lambda x, z, row, f=f: f(x, z)
        yield f"{name} repeated", lambda x, z, row, f=f: f(x, row)
        yield f"{name} repeated first", lambda x, z, row, f=f: f(row, x)
        for shape in [(4,), (4, 1), (3, 1, 4), ()]:
            c = weights(rng, *shape, 1)[..., 0]
            yield f"{name} constant {shape}", lambda x, z, row, f=f, c=c: f(x, c)
        c = weights(rng, 4)
        yield f"{name} constant first", lambda x, z, row, f=f, c=c: f(c, x)
    yield "div values", lambda x, z, row: x / (tf.abs(z) + 0.5)
    yield "div constant", lambda x, z, row: x / 3.0
    yield "div constant first", lambda x, z, row: 2.0 / (tf.abs(x) + 0.5)
    yield "add relu", lambda x, z, row: tf.nn.relu(x + z)
    yield "mul relu6", lambda x, z, row: tf.nn.relu6(x * z)
    yield "sub tanh", lambda x, z, row: tf.tanh(x - z)
    yield "add_n", lambda x, z, row: tf.add_n([x, z, x])


@matrix(x=(5, 6, 4))
def reductions(rng):
    for name, f in {"mean": tf.reduce_mean, "sum": tf.reduce_sum, "max": tf.reduce_max,
                    "min": tf.reduce_min}.items():
        for axes in [[1], [2], [3], [1, 2], [2, 3], [1, 2, 3], [-1]]:
            for keep in [False, True]:
                yield (f"{name} {axes} {keep}",
                       lambda x, f=f, a=axes, k=keep: f(x, a, keepdims=k))


@matrix(x=(3, 5, 4))
def logic(rng):
    """Truth values, positions and whole numbers."""
    row = tf.constant([True, False, True, True])
    whole = lambda x: tf.cast(tf.argmax(x, 2), tf.int32)
    yield from {
        "and": lambda x: tf.where((x > -1.0) & (x < 0.5), x, 2.0),
        "or": lambda x: tf.where((x < -1.0) | row, x, 2.0),
        "not": lambda x: tf.where(tf.logical_not(x > 0.0), x, 2.0),
        "any": lambda x: tf.cast(tf.reduce_any(x > 1.0, 3), tf.float32),
        "all": lambda x: tf.cast(tf.reduce_all(x > -1.0, [1, 2], keepdims=True), tf.float32),
        "select": lambda x: tf.raw_ops.Select(condition=x > 0.0, x=x, y=x * 2.0),
        "selu": tf.nn.selu, "argmax": lambda x: tf.cast(tf.argmax(x, 2), tf.float32),
        "argmin": lambda x: tf.cast(tf.argmin(x, -1), tf.float32),
        "cumsum": lambda x: tf.cumsum(x, 2),
        "cumsum_back": lambda x: tf.cumsum(x, 1, exclusive=True, reverse=True),
        "floor": lambda x: tf.floor(x * 3.0), "ceil": lambda x: tf.math.ceil(x * 3.0),
        "round": lambda x: tf.round(x * 2.5), "sign": tf.sign,
        "floor_div": lambda x: tf.cast((whole(x) - 2) // 2, tf.float32),
        "floor_mod": lambda x: tf.cast((whole(x) - 2) % 3, tf.float32),
        "cast": lambda x: tf.cast(tf.cast(x * 3.0, tf.int32), tf.float32),
        "cast_bool": lambda x: tf.cast(tf.cast(tf.nn.relu(x), tf.bool), tf.float32),
        "cast_long": lambda x: tf.cast(tf.cast(x * 5.0, tf.int64), tf.float32) / 2.0,
        "sin": lambda x: tf.sin(x * 4.0), "cos": lambda x: tf.cos(x * 512.0),
        "zeros": lambda x: x + tf.raw_ops.ZerosLike(x=x * 2.0),
        "broadcast": lambda x: tf.broadcast_to(x[:, :1, :1], tf.broadcast_dynamic_shape(
            tf.shape(x), tf.shape(x[:, :1]))),
    }.items()


@matrix(x=(6, 8, 4))
def shapes(rng):
    yield from {
        "flatten": lambda x: tf.reshape(x, [tf.shape(x)[0], 192]),
        "flatten_open": lambda x: tf.reshape(x, [-1, 192]),
        "split_rows": lambda x: tf.reshape(x, [-1, 3, 2, 32]),
        "expand_dims": lambda x: tf.expand_dims(x, 2),
        "expand_last": lambda x: tf.expand_dims(x, -1),
        "squeeze": lambda x: tf.squeeze(x[:, :1, :, :], [1]),
        "transpose": lambda x: tf.transpose(x, [0, 2, 3, 1]),
        "transpose_matrix": lambda x: tf.transpose(x, [0, 1, 3, 2]),
        "stack": lambda x: tf.stack([x, -x], 1), "stack_last": lambda x: tf.stack([x, -x], -1),
        "unstack": lambda x: tf.unstack(x, axis=1)[2],
        "concat_rows": lambda x: tf.concat([x, x * 2.0], 1),
        "concat_channels": lambda x: tf.concat([x, x * 2.0, tf.ones_like(x)], -1),
        "split": lambda x: tf.split(x, 2, 1)[1], "split_sizes": lambda x: tf.split(
            x, [1, 5, 2], 2)[1],
        "slice": lambda x: tf.slice(x, [0, 1, 2, 0], [-1, 3, -1, 2]),
        "strided": lambda x: x[:, 1:6:2, ::-1, 1:], "strided_end": lambda x: x[:, -3:, :-2, :],
        "strided_one": lambda x: x[:, 2, :, -1], "strided_ellipsis": lambda x: x[..., 1:3],
        "strided_new": lambda x: x[:, tf.newaxis, 1:4],
        "pad": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3], [0, 0]]),
        "padv2": lambda x: tf.pad(x, [[0, 0], [1, 2], [0, 3], [1, 0]], constant_values=2.5),
        "reflect": lambda x: tf.pad(x, [[0, 0], [2, 1], [0, 3], [0, 0]], "REFLECT"),
        "symmetric": lambda x: tf.pad(x, [[0, 0], [2, 1], [0, 3], [0, 0]], "SYMMETRIC"),
        "depth_to_space": lambda x: tf.nn.depth_to_space(x, 2),
        "space_to_depth": lambda x: tf.nn.space_to_depth(x, 2),
        "reverse": lambda x: tf.reverse(x, [1, 2]), "reverse_last": lambda x: tf.reverse(x, [3]),
        "tile": lambda x: tf.tile(x, [1, 2, 1, 3]),
        "broadcast_to": lambda x: tf.broadcast_to(x[:, :1], [1, 5, 8, 4]),
        "gather": lambda x: tf.gather(x, [4, 0, 2], axis=1),
        "gather_even": lambda x: tf.gather(x, [1, 3, 5], axis=2),
        "space_to_batch": lambda x: tf.reduce_sum(tf.reshape(tf.space_to_batch(
            x, [2, 2], [[0, 0], [1, 1]]), [4, -1, 3, 5, 4]), 0),
    }.items()


@matrix(x=(5, 7, 3))
def resizes(rng):
    for sizes in [(10, 14), (9, 4), (5, 21)]:
        for name, options in {"asymmetric": {}, "align_corners": {"align_corners": True},
                              "half_pixel": {"half_pixel_centers": True}}.items():
            yield (f"bilinear {sizes} {name}", lambda x, s=sizes, o=options:
                   tf.raw_ops.ResizeBilinear(images=x, size=s, **o))
            yield (f"nearest {sizes} {name}", lambda x, s=sizes, o=options:
                   tf.raw_ops.ResizeNearestNeighbor(images=x, size=s, **o))


@matrix(x=(5, 6), z=(5, 6))
def products(rng):
    kernel, bias, small = weights(rng, 6, 4), weights(rng, 4), weights(rng, 3, 5)
    yield from {
        "dense": lambda x, z: tf.matmul(x, kernel) + bias,
        "dense_relu": lambda x, z: tf.nn.relu(tf.matmul(x, kernel) + bias),
        "dense_flat": lambda x, z: tf.matmul(tf.reshape(x, [-1, 30]), weights(rng, 30, 4)),
        "values": lambda x, z: tf.matmul(x, z, transpose_b=True),
        "values_first": lambda x, z: tf.matmul(x, z, transpose_a=True),
        "constant_first": lambda x, z: tf.matmul(small, x),
        "attention": lambda x, z: tf.matmul(tf.nn.softmax(tf.matmul(
            x, z, transpose_b=True) / 2.5), x),
    }.items()


# --- Models of Keras ------------------------------------------------------------


def convert(net, half=False):
    """The bytes of a Keras model, with random batch norms."""
    rng = generator("norms")
    for layer in net.layers:
        if isinstance(layer, L.BatchNormalization):
            count = layer.gamma.shape[0]
            gamma = rng.random(count) + 0.5
            gamma[::3] *= -1
            layer.set_weights([gamma, rng.standard_normal(count) / 2,
                               rng.standard_normal(count) / 2, rng.random(count) * 1.7 + 0.3])
    with tempfile.TemporaryDirectory() as folder:
        net.export(folder, verbose=False)
        converter = tf.lite.TFLiteConverter.from_saved_model(folder)
        if half:
            converter.optimizations = [tf.lite.Optimize.DEFAULT]
            converter.target_spec.supported_types = [tf.float16]
        return converter.convert()


def ecg_net():
    keras.utils.set_random_seed(1)
    x = keras.Input((145, 1), name="x")
    y = x
    for _ in range(3):
        y = L.Conv1D(8, 2, bias_initializer="normal")(y)
        y = L.ReLU()(L.BatchNormalization()(y))
    y = L.Flatten()(L.MaxPool1D(2, 3)(y))
    return keras.Model(x, L.Dense(1, "sigmoid")(L.Dense(8, "relu")(y)))


@model
def ecg_convnet(rng):
    """The ECG classifier."""
    return convert(ecg_net()), {"x": rng.standard_normal((2, 145, 1))}


@model
def half_weights(rng):
    """Weights in float16."""
    return convert(ecg_net(), half=True), {"x": rng.standard_normal((2, 145, 1))}


@model
def lstm(rng):
    """A recurrent layer, as one operator."""
    # Keras 3 writes a loop in its place.
    import tf_keras

    tf_keras.utils.set_random_seed(2)
    x = tf_keras.Input((10, 3), 1, name="x")
    y = tf_keras.layers.LSTM(6, return_sequences=True, bias_initializer="normal")(x)
    net = tf_keras.Model(x, tf_keras.layers.LSTM(5)(tf_keras.layers.Dense(4)(y)))
    return tf.lite.TFLiteConverter.from_keras_model(net).convert(), {"x": rng.standard_normal((2, 10, 3))}


@model
def lstm_long(rng):
    """Cells that grow beyond 10, where the converter cuts them off, in both directions and with
    the steps first."""
    import tf_keras

    tf_keras.utils.set_random_seed(6)
    x = tf_keras.Input((24, 3), 1, name="x")
    layer = lambda **options: tf_keras.layers.LSTM(
        4, kernel_initializer="he_normal", bias_initializer=tf_keras.initializers.RandomUniform(1, 4),
        return_sequences=True, **options)
    turned = tf_keras.layers.Permute((2, 1))
    steps = tf.transpose(layer(time_major=True)(tf.transpose(x, [1, 0, 2])), [1, 0, 2])
    net = tf_keras.Model(x, {"forward": layer()(x), "steps": steps,
                             "both": tf_keras.layers.Bidirectional(layer())(x),
                             "turned": turned(layer(go_backwards=True)(x))})
    return (tf.lite.TFLiteConverter.from_keras_model(net).convert(),
            # They shrink again, from where they were cut off.
            {"x": rng.standard_normal((2, 24, 3)) + np.repeat([[2.0], [-2.0]], [15, 9], 0)})


@model
def loops(rng):
    """Recurrent layers as loops over graphs of their own, and written out."""
    import tf_keras

    tf_keras.utils.set_random_seed(7)
    x = tf_keras.Input((6, 3), 1, name="x")
    layers = tf_keras.layers
    net = tf_keras.Model(x, {
        "gru": layers.Bidirectional(layers.GRU(4, return_sequences=True,
                                               bias_initializer="normal"))(x),
        "before": layers.GRU(4, reset_after=False)(x),
        "rnn": layers.SimpleRNN(4, return_sequences=True)(x),
        "relu": layers.LSTM(4, activation="relu", bias_initializer="normal")(x),
        "unrolled": layers.LSTM(4, unroll=True, return_sequences=True)(x)})
    return (tf.lite.TFLiteConverter.from_keras_model(net).convert(),
            {"x": rng.standard_normal((2, 6, 3))})


def write_bidirectional(rng, steps, channels, units, is_merged, is_time_major):
    """A model of the operator that holds both directions, with peepholes, which converters of
    today do not write."""
    from ai_edge_litert import schema_py_generated as schema
    import flatbuffers

    graph, buffers = schema.SubGraphT(), [schema.BufferT()]
    graph.tensors = []

    def tensor(name, shape, values=None, **fields):
        made = schema.TensorT()
        made.name, made.shape, made.type = name, list(shape), schema.TensorType.FLOAT32
        if values is not None:
            made.buffer = len(buffers)
            buffers.append(schema.BufferT())
            buffers[-1].data = list(values.astype("f4").tobytes())
        for key, value in fields.items():
            setattr(made, key, value)
        graph.tensors.append(made)
        return len(graph.tensors) - 1

    def drawn(*shape, mean=0.0):
        return tensor("", shape, rng.standard_normal(shape) / 2 + mean)

    order = (lambda batch, time: (time, batch)) if is_time_major else (lambda *axes: axes)
    graph.inputs = [tensor("x", (*order(1, steps), channels))]
    inputs = list(graph.inputs)
    for _ in range(2):
        inputs += [drawn(units, channels) for _ in range(4)]
        inputs += [drawn(units, units) for _ in range(4)]
        inputs += [drawn(units) for _ in range(3)]
        inputs += [drawn(units, mean=2.0) for _ in range(4)] + [-1, -1]
    inputs += [tensor(f"state{i}", (1, units), isVariable=True) for i in range(4)] + [-1] * 9
    op = schema.OperatorT()
    op.inputs = inputs
    op.outputs = graph.outputs = [
        tensor(name, (*order(1, steps), units * (2 if is_merged else 1)))
        for name in (["y"] if is_merged else ["forward", "backward"])]
    op.builtinOptionsType = schema.BuiltinOptions.BidirectionalSequenceLSTMOptions
    op.builtinOptions = schema.BidirectionalSequenceLSTMOptionsT()
    op.builtinOptions.fusedActivationFunction = schema.ActivationFunctionType.TANH
    op.builtinOptions.cellClip = 3.0
    op.builtinOptions.mergeOutputs, op.builtinOptions.timeMajor = is_merged, is_time_major
    graph.operators = [op]
    code = schema.OperatorCodeT()
    code.builtinCode = code.deprecatedBuiltinCode = \
        schema.BuiltinOperator.BIDIRECTIONAL_SEQUENCE_LSTM
    signature = schema.SignatureDefT()
    signature.signatureKey = "serving_default"
    signature.inputs, signature.outputs = [], []
    for maps, indices in [(signature.inputs, graph.inputs), (signature.outputs, graph.outputs)]:
        for index in indices:
            entry = schema.TensorMapT()
            entry.name, entry.tensorIndex = graph.tensors[index].name, index
            maps.append(entry)
    net = schema.ModelT()
    net.version, net.operatorCodes, net.subgraphs, net.buffers = 3, [code], [graph], buffers
    net.signatureDefs = [signature]
    builder = flatbuffers.Builder(1024)
    builder.Finish(net.Pack(builder), b"TFL3")
    return bytes(builder.Output())


@model
def lstm_bidirectional(rng):
    """Both directions in one operator, side by side in one output."""
    return write_bidirectional(rng, 9, 3, 5, True, False), {"x": rng.standard_normal((2, 9, 3))}


@model
def lstm_bidirectional_steps(rng):
    """Both directions in outputs of their own, with the steps first."""
    return (write_bidirectional(rng, 9, 3, 5, False, True),
            {"x": rng.standard_normal((9, 1, 3))})


@model
def embedding(rng):
    """Rows of a table by integers."""
    keras.utils.set_random_seed(3)
    x = keras.Input((7,), name="x", dtype="int32")
    net = keras.Model(x, L.GlobalAveragePooling1D()(L.Embedding(11, 6)(x)))
    return convert(net), {"x": rng.integers(0, 11, (2, 7)).astype("i4")}


@model
def residual(rng):
    """Blocks of separable and dilated convolutions, with attention over channels."""
    keras.utils.set_random_seed(4)
    x = keras.Input((16, 16, 3), name="x")
    y = L.Conv2D(8, 3, 2, "same", activation="relu6")(x)
    z = L.BatchNormalization()(L.SeparableConv2D(8, 3, padding="same")(y))
    s = L.Dense(8, "hard_sigmoid")(L.Dense(2, "relu")(L.GlobalAveragePooling2D()(z)))
    y = L.Add()([y, L.Multiply()([z, L.Reshape((1, 1, 8))(s)])])
    y = L.LeakyReLU(0.2)(L.Conv2D(6, 3, dilation_rate=2, padding="same")(y))
    y = L.Concatenate()([L.AveragePooling2D(2)(y), L.MaxPooling2D(2)(y)])
    return (convert(keras.Model(x, L.Softmax()(L.Dense(5)(L.Flatten()(y))))),
            {"x": rng.standard_normal((2, 16, 16, 3))})


@model
def transformer(rng):
    """Attention with layer norms."""
    keras.utils.set_random_seed(5)
    x = keras.Input((10, 8), name="x")
    y = L.LayerNormalization()(x + L.MultiHeadAttention(2, 4)(x, x))
    y = L.LayerNormalization()(y + L.Dense(8)(L.Dense(16, "gelu")(y)))
    return (convert(keras.Model(x, L.Dense(3)(L.GlobalAveragePooling1D()(y)))),
            {"x": rng.standard_normal((2, 10, 8))})


def run(content, inputs):
    """What LiteRT computes, one sample after the other, by output name."""
    results = {}
    count = len(next(iter(inputs.values())))
    details = Interpreter(model_content=content).get_signature_runner().get_input_details()
    if all(tuple(details[name]["shape"]) == value.shape for name, value in inputs.items()):
        # One call, whose first axis may not be the batch.
        return Interpreter(model_content=content).get_signature_runner()(**inputs)
    for index in range(count):
        # A fresh one begins with states of zero.
        interpreter = Interpreter(model_content=content)
        runner = interpreter.get_signature_runner()
        for name, value in runner(**{name: value[index:index + 1]
                                     for name, value in inputs.items()}).items():
            results.setdefault(name, []).append(value)
    return {name: np.stack(values) if values[0].shape[:1] != (1,) else np.concatenate(values)
            for name, values in results.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=list(MODELS))
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        for name, build in MODELS.items():
            print(name, build.__doc__ or "")
        return
    for name in args.only:
        content, inputs = MODELS[name](generator(name))
        inputs = {key: value if value.dtype.kind == "i" else value.astype("f4")
                  for key, value in inputs.items()}
        results = run(content, inputs)
        (args.out / f"{name}.tflite").write_bytes(content)
        stored = {f"x:{key}": value.astype("f4") for key, value in inputs.items()}
        stored |= {f"y:{key}": value for key, value in results.items()}
        if len(inputs) == 1 and len(results) == 1:
            stored = {key[0]: value for key, value in stored.items()}
        np.savez_compressed(args.out / f"{name}.npz", **stored)
        print(f"{name}: {len(content)} bytes, {len(results)} outputs", flush=True)


if __name__ == "__main__":
    main()
