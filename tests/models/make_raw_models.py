#!/usr/bin/env python3
"""Build a model of TensorFlow's operations between layers, as Keras 2.1 to 2.3 wrote them.

    make_raw_models.py OUT

OUT/raw_operations.h5 has an output for each of `OPERATIONS`, of layers of the class
TensorFlowOpLayer, in the words of TensorFlow 2.3; OUT/raw_operations.npz has what
TensorFlow computes. Needs requirements-legacy.txt: Keras 2 still writes such layers
where TensorFlow builds graphs.
"""

import json
import pathlib
import sys

import h5py
import numpy as np
import tensorflow as tf
import tf_keras

tf.compat.v1.disable_eager_execution()
raw = tf.raw_ops


def halves(x):
    """To the next half, so that numbers meet."""
    return tf.round(x * 2.0) * 0.5


def as_float(y):
    return raw.Cast(x=y, DstT=tf.float32)


def get_operations(x):
    """By name, what is computed of `x`, of shape (4, 6)."""
    near, positive = halves(x), tf.abs(x) + 0.1
    for name in ["Exp", "Expm1", "Neg", "Reciprocal", "Inv", "Round", "Sigmoid", "Sign", "Square",
                 "Tanh", "Floor", "Ceil", "Erf", "Erfc", "Abs"]:
        yield name, getattr(raw, name)(x=x * 3.0)
    for name in ["Relu", "Relu6", "Elu", "Selu", "Softplus", "Softsign"]:
        yield name, getattr(raw, name)(features=x * 3.0)
    for name in ["Log", "Log1p", "Sqrt", "Rsqrt"]:
        yield name, getattr(raw, name)(x=positive)
    for name in ["AddV2", "Add", "Sub", "Mul", "RealDiv", "Div", "Maximum", "Minimum",
                 "SquaredDifference"]:
        yield name, getattr(raw, name)(x=x, y=near + 4.0)
        yield f"{name} number", getattr(raw, name)(x=1.5, y=positive)
    yield "Pow", raw.Pow(x=positive, y=0.3)
    yield "FloorMod", raw.FloorMod(x=x * 10.0, y=3.0)
    yield "FloorDiv", raw.FloorDiv(x=x * 10.0, y=3.0)
    yield "BiasAdd", raw.BiasAdd(value=x, bias=[1.0, 2, 3, 4, 5, 6])
    yield "AddN", raw.AddN(inputs=[x, near, positive])
    yield "LeakyRelu", raw.LeakyRelu(features=x, alpha=0.3)
    yield "Softmax", raw.Softmax(logits=x)
    yield "LogSoftmax", raw.LogSoftmax(logits=x)
    yield "ClipByValue", raw.ClipByValue(t=x, clip_value_min=-0.5, clip_value_max=0.5)
    for name in ["Equal", "NotEqual", "Less", "LessEqual", "Greater", "GreaterEqual"]:
        yield name, as_float(getattr(raw, name)(x=near, y=0.5))
    high, low = x > 0.5, x < -0.5
    yield "LogicalOr", as_float(raw.LogicalOr(x=high, y=low))
    yield "LogicalAnd", as_float(raw.LogicalAnd(x=high, y=raw.LogicalNot(x=low)))
    yield "SelectV2", raw.SelectV2(condition=high, t=x, e=near)
    yield "Select", raw.Select(condition=high, x=x, y=near)
    yield "IsNan", as_float(raw.IsNan(x=tf.sqrt(x)))
    yield "Cast", as_float(raw.Cast(x=x * 3.0, DstT=tf.int32))
    for name in ["Sum", "Mean", "Max", "Min", "Prod"]:
        yield name, getattr(raw, name)(input=x, axis=[1, 2])
        yield f"{name} kept", getattr(raw, name)(input=x, axis=-1, keep_dims=True)
    yield "Any", as_float(raw.Any(input=high, axis=1))
    yield "All", as_float(raw.All(input=high, axis=[2], keep_dims=True))
    yield "ArgMax", as_float(raw.ArgMax(input=x, dimension=1))
    yield "ArgMin", as_float(raw.ArgMin(input=x, dimension=2))
    yield "Cumsum", raw.Cumsum(x=x, axis=1, exclusive=True, reverse=True)
    yield "Cumprod", raw.Cumprod(x=x, axis=2)
    yield "OneHot", raw.OneHot(indices=raw.ArgMax(input=x, dimension=2), depth=6, on_value=2.0,
                               off_value=-1.0)
    matrix = (np.arange(12, dtype="float32") / 8 - 0.5).reshape(6, 2)
    yield "BatchMatMulV2", raw.BatchMatMulV2(x=x, y=near, adj_y=True)
    yield "BatchMatMul", raw.BatchMatMul(x=x, y=near, adj_x=True)
    flat = raw.Reshape(tensor=x, shape=[-1, 24])
    yield "Reshape", flat
    yield "MatMul", raw.MatMul(a=raw.Slice(input=flat, begin=[0, 2], size=[-1, 2]), b=matrix,
                               transpose_b=True)
    yield "ExpandDims", raw.ExpandDims(input=x, axis=1)
    yield "Squeeze", raw.Squeeze(input=raw.ExpandDims(input=x, axis=-1), axis=[-1])
    yield "Transpose", raw.Transpose(x=x, perm=[0, 2, 1])
    yield "ConcatV2", raw.ConcatV2(values=[x, near, positive], axis=-1)
    yield "Pack", raw.Pack(values=[x, near], axis=1)
    yield "Unpack", raw.Unpack(value=x, num=4, axis=1)[2]
    yield "Split", raw.Split(axis=2, value=x, num_split=2)[1]
    yield "SplitV", raw.SplitV(value=x, size_splits=[1, 5], axis=2, num_split=2)[1]
    yield "Pad", raw.Pad(input=x, paddings=[[0, 0], [1, 0], [0, 2]])
    yield "PadV2", raw.PadV2(input=x, paddings=[[0, 0], [1, 0], [0, 2]], constant_values=0.5)
    yield "Tile", raw.Tile(input=x, multiples=[1, 2, 3])
    yield "GatherV2", raw.GatherV2(params=x, indices=[3, 0, 0], axis=2)
    yield "ReverseV2", raw.ReverseV2(tensor=x, axis=[1])
    yield "Roll", raw.Roll(input=x, shift=2, axis=1)
    image = raw.Reshape(tensor=x, shape=[-1, 2, 3, 4])
    for padding in ["VALID", "SAME"]:
        window = {"ksize": [1, 2, 2, 1], "strides": [1, 1, 2, 1], "padding": padding}
        yield f"MaxPool {padding}", raw.MaxPool(input=image, **window)
        yield f"AvgPool {padding}", raw.AvgPool(value=image, **window)
    yield "DepthToSpace", raw.DepthToSpace(input=image, block_size=2)
    yield "SpaceToDepth", raw.SpaceToDepth(input=raw.Reshape(tensor=x, shape=[-1, 2, 6, 2]),
                                           block_size=2)
    for corners, half in [(False, False), (True, False), (False, True)]:
        options = {"size": [5, 4], "align_corners": corners, "half_pixel_centers": half}
        yield f"ResizeBilinear {corners} {half}", raw.ResizeBilinear(images=image, **options)
        yield (f"ResizeNearestNeighbor {corners} {half}",
               raw.ResizeNearestNeighbor(images=image, **options))
    yield "Slice", raw.Slice(input=x, begin=[0, 1, 2], size=[-1, 2, -1])
    yield "StridedSlice", x[:, 1:, ::2]
    yield "StridedSlice last", x[..., -1]
    yield "StridedSlice back", x[:, tf.newaxis, 3, ::-1]
    yield "IdentityN", tf.nn.silu(x)
    yield "ZerosLike", raw.ZerosLike(x=x) + raw.OnesLike(x=near)
    yield "StopGradient", raw.StopGradient(input=raw.Identity(input=x))


def write_as_before(value):
    """What the versions up to TensorFlow 2.3 left out, and the arrays as lists."""
    if isinstance(value, list):
        return [write_as_before(element) for element in value]
    if not isinstance(value, dict):
        return value
    if value.get("class_name") == "__numpy__":
        return value["config"]["value"]
    return {key: write_as_before(member) for key, member in value.items()
            if key not in ("module", "registered_name", "optional")}


def main(out):
    x = tf_keras.Input((4, 6), name="x")
    outputs = [y for _, y in get_operations(x)]
    net = tf_keras.Model(x, outputs)
    inputs = np.random.default_rng(7).normal(size=(4, 4, 6)).astype(np.float32)
    results = net.predict(inputs)
    arrays = {f"y:{name}": result for name, result in zip(net.output_names, results)}
    np.savez_compressed(out / "raw_operations.npz", x=inputs, **arrays)
    config = {"class_name": "Functional",
              "config": write_as_before(json.loads(net.to_json())["config"])}
    with h5py.File(out / "raw_operations.h5", "w") as file:
        file.attrs["keras_version"] = "2.4.0"
        file.attrs["backend"] = "tensorflow"
        file.attrs["model_config"] = np.bytes_(json.dumps(config, separators=(",", ":")))
        file.create_group("model_weights").attrs["layer_names"] = []


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
