"""Operations of TensorFlow between the layers of Keras 2, as layer_matrix.py has layers."""

import itertools

import numpy as np
import tensorflow as tf
from layer_matrix import family


def halves(x):
    """To the next half, so that numbers meet."""
    return tf.round(x * 2.0) * 0.5


def as_float(y):
    return tf.cast(y, tf.float32)


def as_image(x):
    return tf.reshape(x, [-1, 2, 3, 4])


@family(4, 6)
def tensorflow_operations():
    """Functions, comparisons, choices, reductions, places and products."""
    positive = lambda x: tf.abs(x) + 0.1  # noqa: E731
    for name in ["abs", "exp", "expm1", "negative", "reciprocal", "round", "sigmoid", "sign",
                 "square", "tanh", "floor", "ceil", "erf", "softplus"]:
        yield name, lambda x, f=getattr(tf.math, name): f(x * 3.0)
    for name in ["log", "log1p", "sqrt", "rsqrt"]:
        yield name, lambda x, f=getattr(tf.math, name): f(positive(x))
    for name in ["relu", "relu6", "elu", "selu", "silu", "softsign", "gelu", "leaky_relu",
                 "softmax", "log_softmax"]:
        yield f"nn {name}", lambda x, f=getattr(tf.nn, name): f(x * 3.0)
    for exponent in [2, 0.5, 0.3, -1.25]:
        yield f"pow {exponent}".replace("-", "minus "), lambda x, e=exponent: positive(x) ** e
    for name in ["add", "subtract", "multiply", "divide", "maximum", "minimum"]:
        yield name, lambda x, f=getattr(tf.math, name): f(x, halves(x) + 4.0)
        yield f"{name} number", lambda x, f=getattr(tf.math, name): f(x, 1.5)
    yield "floor mod", lambda x: tf.math.floormod(x * 10.0, 3.0)
    yield "floor divide", lambda x: tf.math.floordiv(x * 10.0, 3.0)
    for name in ["equal", "not_equal", "less", "less_equal", "greater", "greater_equal"]:
        yield name, lambda x, f=getattr(tf.math, name): as_float(f(halves(x), 0.5))
    yield "and", lambda x: as_float(tf.math.logical_and(x > 0.0, x < 1.0))
    yield "or", lambda x: as_float(tf.math.logical_or(x < 0.0, x > 1.0))
    yield "not", lambda x: as_float(tf.math.logical_not(x < 0.0))
    yield "where", lambda x: tf.where(x > 0.0, x, halves(x))
    yield "where number", lambda x: tf.where(x > 0.0, x, 0.5)
    yield "is nan", lambda x: as_float(tf.math.is_nan(tf.sqrt(x)))
    yield "cast", lambda x: as_float(tf.cast(x * 3.0, tf.int32))
    yield "clip", lambda x: tf.clip_by_value(x, -0.5, 0.5)
    for axis, keepdims in itertools.product([1, -1, [1, 2]], [False, True]):
        name = f"{axis} {keepdims}".replace("-1", "last")
        for function in ["sum", "mean", "max", "min", "prod", "std", "variance", "logsumexp"]:
            yield (f"{function} {name}",
                   lambda x, f=getattr(tf.math, f"reduce_{function}"), a=axis, k=keepdims:
                   f(x, axis=a, keepdims=k))
    yield "any", lambda x: as_float(tf.reduce_any(x > 1.0, axis=1))
    yield "all", lambda x: as_float(tf.reduce_all(x > -1.0, axis=1))
    yield "argmax", lambda x: as_float(tf.argmax(halves(x) + 0.25, axis=1))
    yield "argmin", lambda x: as_float(tf.math.argmin(halves(x) + 0.25, axis=2))
    for exclusive, reverse in itertools.product([False, True], repeat=2):
        yield (f"cumsum {exclusive} {reverse}",
               lambda x, e=exclusive, r=reverse: tf.cumsum(x, axis=1, exclusive=e, reverse=r))
    yield "l2 normalize", lambda x: tf.nn.l2_normalize(x, axis=-1)
    yield "one hot", lambda x: tf.one_hot(tf.argmax(x, axis=2), 6)
    yield "one hot values", lambda x: tf.one_hot(tf.argmax(x, axis=2), 6, on_value=2.0, off_value=-1.0)
    yield "concat", lambda x: tf.concat([x, halves(x)], axis=1)
    yield "stack", lambda x: tf.stack([x, halves(x)], axis=1)
    yield "unstack", lambda x: tf.unstack(x, axis=1)[2]
    yield "split", lambda x: tf.split(x, 2, axis=2)[1]
    yield "gather", lambda x: tf.gather(x, [3, 0, 0], axis=2)
    yield "tile", lambda x: tf.tile(x, [1, 2, 3])
    yield "repeat", lambda x: tf.repeat(x, 2, axis=1)
    yield "roll", lambda x: tf.roll(x, 2, axis=1)
    yield "reverse", lambda x: tf.reverse(x, axis=[1])
    yield "pad", lambda x: tf.pad(x, [[0, 0], [1, 0], [0, 2]], constant_values=0.5)
    yield "transpose", lambda x: tf.transpose(x, perm=[0, 2, 1])
    yield "reshape", lambda x: tf.reshape(x, [-1, 3, 8])
    yield "expand", lambda x: tf.squeeze(tf.expand_dims(x, 1), axis=1)
    yield "slice", lambda x: x[:, 1:, ::2]
    for method in ["bilinear", "nearest"]:
        yield (f"resize {method}",
               lambda x, m=method: tf.image.resize(as_image(x), [5, 4], method=m))
    for name in ["max_pool2d", "avg_pool2d"]:
        yield (name.replace("_", " "), lambda x, f=getattr(tf.nn, name):
               f(as_image(x), ksize=2, strides=[1, 2], padding="SAME"))
    yield "depth to space", lambda x: tf.nn.depth_to_space(as_image(x), 2)
    yield "space to depth", lambda x: tf.nn.space_to_depth(tf.reshape(x, [-1, 2, 6, 2]), 2)
    yield "zeros", lambda x: tf.zeros_like(x) + tf.ones_like(x)
    matrix = (np.arange(12, dtype="float32") / 8 - 0.5).reshape(6, 2)
    yield "matmul", lambda x: tf.matmul(x, x, transpose_b=True)
    yield "matmul left", lambda x: tf.matmul(x, x, transpose_a=True)
    yield "matmul constant", lambda x: tf.matmul(x, matrix)
