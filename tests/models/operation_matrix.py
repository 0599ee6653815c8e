"""Operations of keras.ops with their options, as layer_matrix.py has layers."""

import itertools

import numpy as np
from keras import ops
from layer_matrix import family


def halves(x):
    """To the next half, so that numbers meet."""
    return ops.round(x * 2.0) * 0.5


def as_float(y):
    return ops.cast(y, "float32")


@family(4, 6)
def operations_of_numbers():
    """Functions of single elements, powers and rests."""
    positive = lambda x: ops.abs(x) + 0.1  # noqa: E731
    for name in ["sign", "round", "floor", "ceil", "trunc", "expm1", "exp2", "log_sigmoid",
                 "tanh_shrink", "sparse_sigmoid", "squareplus", "log_softmax", "sin", "cos"]:
        yield name, lambda x, f=getattr(ops, name): f(x * 3.0)
    for name in ["log1p", "log2", "log10"]:
        yield name, lambda x, f=getattr(ops, name): f(positive(x))
    for exponent in [0, 1, 2, 3, 4, 5, -1, -2, 0.5, -0.5, 0.3, 2.5, -1.25]:
        yield f"power {exponent}".replace("-", "minus "), lambda x, e=exponent: positive(x) ** e
    yield "power values", lambda x: ops.power(positive(x), x)
    yield "power of 2", lambda x: 2.0**x
    yield "power row", lambda x: ops.power(positive(x), np.float32([0, 1, -1, 2, -2, 0.5]))
    for divisor in [1, 2, 3, -3, 0.5, 7]:
        name = str(divisor).replace("-", "minus ")
        yield f"mod {name}", lambda x, d=divisor: ops.mod(x * 10.0, d)
        yield f"floor divide {name}", lambda x, d=divisor: ops.floor_divide(x * 10.0, d)
    for threshold in [0.5, 1.0]:
        for name in ["hard_shrink", "soft_shrink"]:
            yield (f"{name} {threshold}",
                   lambda x, f=getattr(ops, name), t=threshold: f(x, threshold=t))
        yield f"threshold {threshold}", lambda x, t=threshold: ops.threshold(x, t, 0.25)
    for alpha in [0.5, 1.0]:
        yield f"celu {alpha}", lambda x, a=alpha: ops.celu(x, alpha=a)
    yield "glu", lambda x: ops.glu(x, axis=-1)
    yield "glu of steps", lambda x: ops.glu(x, axis=1)


@family(4, 6)
def operations_of_truth():
    """Choices, questions and conversions."""
    yield "where", lambda x: ops.where(x > 0, x, halves(x))
    yield "where number", lambda x: ops.where(x > 0, x, 0.5)
    yield "where numbers", lambda x: ops.where(ops.equal(halves(x), 0.5), 1.0, -2.0)
    yield "where row", lambda x: ops.where(x < 0, np.float32([1, 2, 3, 4, 5, 6]), x)
    yield "where column", lambda x: ops.where(ops.max(x, axis=2, keepdims=True) > 1, x, 0.0)
    yield "xor", lambda x: as_float(ops.logical_xor(x > 0, x > 1))
    yield "isnan", lambda x: as_float(ops.isnan(ops.sqrt(x)))
    yield "isinf", lambda x: as_float(ops.isinf(ops.log(ops.relu(halves(x)))))
    yield "isfinite", lambda x: as_float(ops.isfinite(ops.log(halves(x))))
    yield "cast int", lambda x: as_float(ops.cast(x * 3.0, "int32"))
    yield "cast bool", lambda x: as_float(ops.cast(halves(x), "bool"))
    yield "count", lambda x: as_float(ops.count_nonzero(halves(x), axis=1))


@family(4, 3, 5)
def operations_over_axes():
    """Reductions, norms, and what goes along an axis."""
    for axis, keepdims in itertools.product([1, -1, (1, 2), (1, 2, 3)], [False, True]):
        name = f"{axis} {keepdims}".replace("-1", "last")
        chosen = {"axis": axis, "keepdims": keepdims}
        for function in ["prod", "std", "var", "logsumexp", "sum", "mean", "max", "min"]:
            yield (f"{function} {name}",
                   lambda x, f=getattr(ops, function), c=chosen: f(x, **c))
    for axis, keepdims in itertools.product([1, 2, -1], [False, True]):
        name = f"{axis} {keepdims}".replace("-1", "last")
        for function in ["argmax", "argmin"]:
            yield (f"{function} {name}",
                   lambda x, f=getattr(ops, function), a=axis, k=keepdims:
                   as_float(f(halves(x) + 0.25, axis=a, keepdims=k)))
    for axis, order in itertools.product([1, -1], [1, 2]):
        yield (f"normalize {axis % 4} {order}",
               lambda x, a=axis, o=order: ops.normalize(x, axis=a, order=o))
    for axis in [1, 2, -1]:
        for function in ["cumsum", "cumprod", "diff"]:
            yield (f"{function} {axis % 4}", lambda x, f=getattr(ops, function), a=axis: f(x, axis=a))
    yield "diff twice", lambda x: ops.diff(x, n=2, axis=1)
    yield "average", lambda x: ops.average(x, axis=2)
    yield "moments", lambda x: ops.moments(x, axes=[1, 2])[0]
    yield "moments variance", lambda x: ops.moments(x, axes=[1], keepdims=True)[1]
    for count in [1, 3]:
        yield f"top {count}", lambda x, k=count: ops.top_k(x, k)[0]
        yield f"top indices {count}", lambda x, k=count: as_float(ops.top_k(x, k)[1])


@family(4, 6)
def operations_of_places():
    """What moves, repeats and picks elements, and products of matrices."""
    yield "swapaxes", lambda x: ops.swapaxes(x, 1, 2)
    yield "moveaxis", lambda x: ops.moveaxis(ops.reshape(x, (-1, 4, 2, 3)), 3, 1)
    yield "moveaxes", lambda x: ops.moveaxis(ops.reshape(x, (-1, 4, 2, 3)), [3, 1], [1, -1])
    for shift, axis in itertools.product([1, -2, 7], [1, 2]):
        yield f"roll {shift} {axis}".replace("-", "minus "), lambda x, s=shift, a=axis: ops.roll(x, s, axis=a)
    for count, axis in itertools.product([2, 3], [1, 2]):
        yield f"repeat {count} {axis}", lambda x, c=count, a=axis: ops.repeat(x, c, axis=a)
    yield "tile", lambda x: ops.tile(x, [1, 2, 3])
    yield "tile last", lambda x: ops.tile(x, [2])
    yield "unstack", lambda x: ops.unstack(x, axis=1)[2]
    yield "unstack last", lambda x: ops.add(*ops.unstack(x[:, :, :2], axis=-1))
    for name, indices in {"one": 2, "even": [0, 2, 4], "odd": [3, 0, 0, -1],
                          "table": [[1, 2], [0, 5]]}.items():
        yield f"take {name}", lambda x, i=indices: ops.take(x, i, axis=2)
    for k in [-1, 0, 2]:
        yield f"tril {k}".replace("-", "minus "), lambda x, k=k: ops.tril(x, k=k)
        yield f"triu {k}".replace("-", "minus "), lambda x, k=k: ops.triu(x, k=k)
    for axis in [-1, 1]:
        yield (f"one hot {axis % 3}",
               lambda x, a=axis: ops.one_hot(ops.argmax(x, axis=2), 6, axis=a))
    for kind in ["bilinear", "nearest"]:
        yield (f"resize {kind}", lambda x, k=kind: ops.image.resize(
            ops.reshape(x, (-1, 2, 3, 4)), (5, 4), interpolation=k, data_format="channels_last"))
    turned = lambda x: ops.transpose(x, (0, 2, 1))  # noqa: E731
    matrix = (np.arange(12, dtype="float32") / 8 - 0.5).reshape(6, 2)
    yield "matmul", lambda x: ops.matmul(x, turned(x))
    yield "matmul constant", lambda x: ops.matmul(x, matrix)
    yield "dot", lambda x: ops.dot(x, matrix)
    for number, equation in enumerate(["bij,bkj->bik", "bij,bij->bi", "bij,bkj->bki"]):
        yield f"einsum {number}", lambda x, e=equation: ops.einsum(e, x, x)
    for number, equation in enumerate(["bij,jk->bik", "bij,jk->bki"]):
        yield f"einsum constant {number}", lambda x, e=equation: ops.einsum(e, x, matrix)
    yield "einsum one", lambda x: ops.einsum("bij->bji", x)
