"""Every layer with every option: models of one input and many outputs.

Each model holds one kind of layer, once for each combination of options; a
combination is an output, named after it. Layers with weights have a batch norm
behind, so that every combination is folded too.
"""

import itertools
import re

import keras
from keras import layers as L

# By name, a function that builds the model, and how to draw its inputs.
FAMILIES = {}


def family(*shape, **inputs):
    """Register a generator of (combination, layer or function) for an input of `shape`."""

    def register(branches):
        def build():
            x = keras.Input(shape, name="x")
            outputs = []
            for combination, layer in branches():
                name = re.sub(r"[^\w]+", "_", combination).strip("_").lower()
                y = layer(x)
                if getattr(layer, "weights", None) and not isinstance(layer, L.BatchNormalization):
                    y = L.BatchNormalization(name=f"{name}_bn")(y)
                outputs.append(L.Activation("linear", name=f"{name}_out")(y))
            return keras.Model(x, outputs)

        build.__doc__ = f"{shape}: {branches.__doc__}"
        FAMILIES[f"matrix_{branches.__name__}"] = (build, inputs)
        return branches

    return register


def options(**lists):
    """Each combination of the listed options: its name and the options as a dictionary."""
    for values in itertools.product(*lists.values()):
        chosen = dict(zip(lists, values, strict=True))
        yield " ".join(f"{key} {value}" for key, value in chosen.items()), chosen


STEPS = [(1, 1), (2, 1), (3, 1), (1, 2), (1, 3)]


def convolutions(layer, kernels, paddings, steps, **fixed):
    """A layer class for all kernels, paddings and (stride, dilation) pairs."""
    for kernel, padding, (stride, dilation) in itertools.product(kernels, paddings, steps):
        yield (
            f"k {kernel} {padding} s {stride} d {dilation}",
            layer(
                kernel_size=kernel,
                padding=padding,
                strides=stride,
                dilation_rate=dilation,
                **fixed,
            ),
        )


# --- Convolutions ------------------------------------------------------------


@family(23, 6)
def conv1d():
    """Kernel, padding, stride, dilation; groups; bias; an activation of its own."""
    yield from convolutions(L.Conv1D, [1, 2, 3, 5], ["valid", "same", "causal"], STEPS, filters=5)
    for name, chosen in options(groups=[2, 3, 6], padding=["valid", "same"], use_bias=[True, False]):
        yield name, L.Conv1D(6, 3, activation="relu", **chosen)


@family(141, 2)
def conv1d_long():
    """Long kernels."""
    for name, chosen in options(kernel_size=[9, 16, 31, 32, 63, 64], padding=["valid", "same"]):
        yield name, L.Conv1D(4, strides=3, **chosen)
    yield "causal 64", L.Conv1D(4, 64, padding="causal", strides=2)


@family(11, 9, 4)
def conv2d():
    """Kernel, padding, stride, dilation; groups."""
    kernels = [1, 2, 3, (3, 2), (1, 5)]
    steps = [(1, 1), (2, 1), ((2, 1), 1), (1, 2), (1, (1, 2))]
    yield from convolutions(L.Conv2D, kernels, ["valid", "same"], steps, filters=3)
    for name, chosen in options(groups=[2, 4], padding=["valid", "same"], use_bias=[True, False]):
        yield name, L.Conv2D(8, 3, activation="tanh", **chosen)


@family(10, 8, 3)
def depthwise2d():
    """Kernel, padding, stride or dilation, multiplier."""
    for name, chosen in options(
        kernel_size=[2, 3, (1, 4)], padding=["valid", "same"], depth_multiplier=[1, 2]
    ):
        yield name, L.DepthwiseConv2D(**chosen)
        yield f"{name} strides", L.DepthwiseConv2D(strides=2, **chosen)
        yield f"{name} dilation", L.DepthwiseConv2D(dilation_rate=2, **chosen)


@family(19, 5)
def depthwise1d():
    """Kernel, padding, stride or dilation, multiplier."""
    for name, chosen in options(
        kernel_size=[2, 5], padding=["valid", "same"], depth_multiplier=[1, 3]
    ):
        yield name, L.DepthwiseConv1D(**chosen)
        yield f"{name} strides", L.DepthwiseConv1D(strides=3, **chosen)
        yield f"{name} dilation", L.DepthwiseConv1D(dilation_rate=2, **chosen)


@family(17, 4)
def separable1d():
    """Kernel, padding, stride, multiplier."""
    for name, chosen in options(
        kernel_size=[1, 4], padding=["valid", "same"], strides=[1, 2], depth_multiplier=[1, 2]
    ):
        yield name, L.SeparableConv1D(6, **chosen)


@family(9, 10, 3)
def separable2d():
    """Kernel, padding, stride, multiplier."""
    for name, chosen in options(
        kernel_size=[2, (3, 1)], padding=["valid", "same"], strides=[1, 2], depth_multiplier=[1, 2]
    ):
        yield name, L.SeparableConv2D(5, **chosen)


@family(8, 4)
def transpose1d():
    """Kernel, padding, stride; a dilation."""
    for name, chosen in options(
        kernel_size=[1, 2, 3, 5], padding=["valid", "same"], strides=[1, 2, 3]
    ):
        yield name, L.Conv1DTranspose(5, **chosen)
    yield "dilation", L.Conv1DTranspose(5, 3, dilation_rate=2)
    yield "output padding", L.Conv1DTranspose(5, 3, strides=3, padding="same", output_padding=1)


@family(5, 6, 3)
def transpose2d():
    """Kernel, padding, stride."""
    for name, chosen in options(
        kernel_size=[2, 3, (4, 1)], padding=["valid", "same"], strides=[1, 2, (1, 3)]
    ):
        yield name, L.Conv2DTranspose(4, **chosen)


@family(4, 5, 3, 4)
def conv3d():
    """Kernel, padding, stride, dilation; bias; an activation of its own."""
    kernels = [1, 2, 3, (3, 1, 2), (1, 3, 3)]
    steps = [(1, 1), (2, 1), ((2, 1, 3), 1), (1, (2, 2, 1))]
    for kernel, padding, (stride, dilation) in itertools.product(kernels, ["valid", "same"], steps):
        # A dilated kernel of 3 leaves nothing of an axis of 4.
        if padding == "valid" and dilation != 1 and kernel in (3, (3, 1, 2)):
            continue
        yield (
            f"k {kernel} {padding} s {stride} d {dilation}",
            L.Conv3D(3, kernel, padding=padding, strides=stride, dilation_rate=dilation),
        )
    for name, chosen in options(groups=[1, 2], padding=["valid", "same"], use_bias=[True, False]):
        yield name, L.Conv3D(4, 2, activation="relu", **chosen)


@family(3, 4, 3, 3)
def transpose3d():
    """Kernel, padding, stride."""
    for name, chosen in options(
        kernel_size=[1, 2, 3, (4, 1, 2)], padding=["valid", "same"], strides=[1, 2, (3, 1, 2)]
    ):
        yield name, L.Conv3DTranspose(2, **chosen)
    yield "no bias", L.Conv3DTranspose(2, 3, use_bias=False, activation="relu")


@family(4, 7, 3)
def conv_lstm1d():
    """Kernel, padding, stride, dilation; functions, sequences, direction, bias."""
    for name, chosen in options(kernel_size=[1, 3], padding=["valid", "same"], strides=[1, 2]):
        yield name, L.ConvLSTM1D(4, **chosen)
    for name, chosen in options(
        return_sequences=[False, True], go_backwards=[False, True], use_bias=[True, False]
    ):
        yield name, L.ConvLSTM1D(4, 2, padding="same", **chosen)
    for name, chosen in options(
        activation=["tanh", "relu"], recurrent_activation=["sigmoid", "hard_sigmoid"]
    ):
        yield name, L.ConvLSTM1D(4, 3, **chosen)
    yield "dilation", L.ConvLSTM1D(4, 3, dilation_rate=2)
    state = L.ConvLSTM1D(4, 3, return_state=True)
    yield "state", lambda x: L.Concatenate()(state(x))


@family(3, 5, 4, 2)
def conv_lstm2d():
    """Kernel, padding, stride; sequences."""
    for name, chosen in options(kernel_size=[2, (3, 1)], padding=["valid", "same"], strides=[1, 2]):
        yield name, L.ConvLSTM2D(3, **chosen)
    yield "sequences", L.ConvLSTM2D(3, 3, padding="same", return_sequences=True)
    yield "3d", lambda x: L.ConvLSTM3D(2, 2)(L.Reshape((3, 5, 2, 2, 2))(x))


if hasattr(L, "LocallyConnected1D"):  # which Keras 3 has no more

    @family(9, 3)
    def locally_connected1d():
        """Kernel, stride, bias; an activation of its own."""
        for name, chosen in options(kernel_size=[1, 3], strides=[1, 2], use_bias=[True, False]):
            yield name, L.LocallyConnected1D(4, activation="relu", **chosen)

    @family(5, 6, 2)
    def locally_connected2d():
        """Kernel, stride, bias."""
        for name, chosen in options(
            kernel_size=[(1, 2), 3], strides=[1, (2, 3)], use_bias=[True, False]
        ):
            yield name, L.LocallyConnected2D(3, **chosen)


# --- Dense layers, activations -----------------------------------------------

FUNCTIONS = [
    *("celu", "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_tanh"),
    *("leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu"),
    *("sigmoid", "silu", "softmax", "softplus", "softsign", "tanh"),
]


@family(7)
def dense():
    """Functions as an argument; no bias; one unit."""
    for function in FUNCTIONS:
        yield function, L.Dense(9, activation=function)
    yield "no bias", L.Dense(5, use_bias=False)
    yield "one unit", L.Dense(1, "sigmoid")


@family(6, 5, scale=2.0)
def activations():
    """Functions as layers, with their options."""
    for function in FUNCTIONS:
        yield f"layer {function}", L.Activation(function)
    for slope in (0.0, 0.1, 0.5):
        yield f"leaky relu {slope}", L.LeakyReLU(negative_slope=slope)
    for alpha in (0.5, 1.0, 2.0):
        yield f"elu {alpha}", L.ELU(alpha=alpha)
    for name, chosen in options(max_value=[None, 1.5], negative_slope=[0.0, 0.2], threshold=[0.0, 0.5]):
        yield f"relu {name}", L.ReLU(**chosen)
    for axes in (None, [1], [2]):
        yield f"prelu {axes}", L.PReLU(shared_axes=axes)
    for axis in (1, 2, -1, -2):
        yield f"softmax axis {'minus ' * (axis < 0)}{abs(axis)}", L.Softmax(axis=axis)
    yield "softmax axes", L.Softmax(axis=[1, 2])


# --- Pooling, shapes ---------------------------------------------------------


def pools(classes, sizes, strides):
    """Pool classes with all sizes, strides and paddings."""
    for layer, size, stride, padding in itertools.product(
        classes, sizes, strides, ["valid", "same"]
    ):
        yield (
            f"{layer.__name__[:3]} {size} s {stride} {padding}",
            layer(pool_size=size, strides=stride, padding=padding),
        )


@family(14, 3)
def pool1d():
    """Size, stride, padding; global ones."""
    yield from pools([L.MaxPooling1D, L.AveragePooling1D], [2, 3, 5], [None, 1, 2, 4])
    for layer, keepdims in itertools.product(
        [L.GlobalMaxPooling1D, L.GlobalAveragePooling1D], [False, True]
    ):
        yield f"{layer.__name__} {keepdims}", layer(keepdims=keepdims)


@family(9, 7, 3)
def pool2d():
    """Size, stride, padding; global ones."""
    yield from pools([L.MaxPooling2D, L.AveragePooling2D], [2, (3, 1), 3], [None, 1, (2, 3)])
    for layer, keepdims in itertools.product(
        [L.GlobalMaxPooling2D, L.GlobalAveragePooling2D], [False, True]
    ):
        yield f"{layer.__name__} {keepdims}", layer(keepdims=keepdims)


@family(4, 5, 3, 2)
def pool3d():
    """Size, stride, padding; global ones."""
    yield from pools([L.MaxPooling3D, L.AveragePooling3D], [2, (3, 1, 2), (1, 3, 3)], [None, 1, (1, 2, 3)])
    for layer, keepdims in itertools.product(
        [L.GlobalMaxPooling3D, L.GlobalAveragePooling3D], [False, True]
    ):
        yield f"{layer.__name__} {keepdims}", layer(keepdims=keepdims)


@family(12, 10, 2)
def adaptive_pool():
    """Sizes that divide those of the input, and others; all ranks."""
    for sizes in ((3, 5), (5, 3), (4, 10), (12, 7), 1, 2):
        yield f"max {sizes}", L.AdaptiveMaxPooling2D(sizes)
        yield f"average {sizes}", L.AdaptiveAveragePooling2D(sizes)
    # Not 7, for which Keras 3.15 reads beyond the last window.
    for size in (1, 4, 5, 6):
        for layer in (L.AdaptiveMaxPooling1D, L.AdaptiveAveragePooling1D):
            yield (
                f"{layer.__name__} {size}",
                lambda x, layer=layer(size): layer(L.Reshape((12, 20))(x)),
            )
    for sizes in ((2, 3, 5), (5, 2, 1)):
        for layer in (L.AdaptiveMaxPooling3D, L.AdaptiveAveragePooling3D):
            yield (
                f"{layer.__name__} {sizes}",
                lambda x, layer=layer(sizes): layer(L.Reshape((6, 2, 10, 2))(x)),
            )


@family(4, 5, 3, 2)
def shapes3d():
    """Layers that move elements of volumes."""
    for padding in (1, (2, 0, 1), ((0, 2), (1, 3), (1, 0))):
        yield f"pad {padding}", L.ZeroPadding3D(padding)
    for cropping in (1, (1, 2, 0), ((0, 2), (1, 0), (0, 1))):
        yield f"crop {cropping}", L.Cropping3D(cropping)
    for size in (2, (1, 3, 2)):
        yield f"upsampling {size}", L.UpSampling3D(size)
    yield "permute", L.Permute((3, 1, 4, 2))
    yield "flatten", L.Flatten()


@family(9, 8, 3)
def images():
    """Resizing and cropping; a normalised kernel."""
    for name, chosen in options(
        size=[(5, 5), (12, 16), (9, 3)],
        interpolation=["bilinear", "nearest"],
        crop_to_aspect_ratio=[False, True],
    ):
        height, width = chosen.pop("size")
        yield name, L.Resizing(height, width, **chosen)
    for height, width in ((5, 4), (4, 7), (9, 8), (12, 4), (10, 12)):
        yield f"crop {height} {width}", L.CenterCrop(height, width)
    for layer in (L.RandomFlip(), L.RandomRotation(0.2), L.RandomContrast(0.5)):
        yield layer.name, layer
    yield "spectral conv", L.SpectralNormalization(L.Conv2D(4, 3))
    yield "spectral dense", L.SpectralNormalization(L.Dense(4))


@family(6, indices=6)
def categories():
    """Numbers as classes, one of many, or how many there are of each."""
    bins = L.Discretization([0.5, 1.0, 3.0, 4.2])
    yield "bins", lambda x: keras.ops.cast(bins(x), "float32")
    for mode in ("one_hot", "multi_hot", "count"):
        yield f"bins {mode}", L.Discretization([0.5, 1.0, 3.0, 4.2], output_mode=mode)
        yield f"encoding {mode}", L.CategoryEncoding(6, output_mode=mode)
    yield "one number", lambda x: L.CategoryEncoding(6, output_mode="one_hot")(x[:, :1])


@family(6, 5)
def merges():
    """Two branches of one shape, and with axes of size 1 to be repeated."""
    classes = [L.Add, L.Subtract, L.Multiply, L.Average, L.Maximum, L.Minimum]
    for layer in classes:
        name = layer.__name__
        merge, repeat = layer(name=f"merge_{name}"), layer(name=f"repeat_{name}")
        yield name, lambda x, merge=merge: merge([x, L.Activation("tanh")(x)])
        yield (
            f"{name} steps",
            lambda x, repeat=repeat: repeat([x, L.GlobalMaxPooling1D(keepdims=True)(x)]),
        )
    for axis in (1, 2, -1):
        yield (
            f"concat {'minus ' * (axis < 0)}{abs(axis)}",
            lambda x, axis=axis: L.Concatenate(axis=axis)([x, L.ReLU()(x), x]),
        )
    for axes in (1, 2):
        yield f"product {axes}", lambda x, axes=axes: L.Dot(axes=axes)([x, x])
    yield "product 1 2", lambda x: L.Dot(axes=(1, 2))([x, L.Permute((2, 1))(x)])


# --- Normalisation, attention ------------------------------------------------


@family(6, 5, 4)
def normalizations():
    """Axes, epsilon, center and scale."""
    for axis in (1, 2, 3, -1, -2):
        yield f"batch {'minus ' * (axis < 0)}{abs(axis)}", L.BatchNormalization(axis=axis)
    for name, chosen in options(center=[True, False], scale=[True, False], epsilon=[1e-3, 0.1]):
        yield f"batch {name}", L.BatchNormalization(**chosen)
    for axis in (-1, [2, 3], [1, 2, 3]):
        yield f"layer {len(str(axis))}", L.LayerNormalization(axis=axis)
    yield "layer center", L.LayerNormalization(scale=False, epsilon=1e-5)
    yield "layer scale", L.LayerNormalization(center=False)
    for groups in (1, 2, 4, -1):
        yield f"group {groups % 7}", L.GroupNormalization(groups)
    for axis in (-1, 1):
        yield f"unit {axis % 5}", L.UnitNormalization(axis=axis)
    yield "rms", L.RMSNormalization()
    yield "rescaling", L.Rescaling(0.5, -1.0)
    yield "normalization", L.Normalization(mean=[1.0, 0.0, -1.0, 2.0], variance=[1.0, 2.0, 0.5, 3.0])


@family(7, 6)
def attentions():
    """Self-attention of all kinds."""
    for name, chosen in options(num_heads=[1, 3], output_shape=[None, 5], use_bias=[True, False]):
        layer = L.MultiHeadAttention(key_dim=4, **chosen)
        yield name, lambda x, layer=layer: layer(x, x)
    for name, chosen in options(score_mode=["dot", "concat"]):
        layer = L.Attention(**chosen)
        yield name, lambda x, layer=layer: layer([x, L.Activation("tanh")(x)])
    layer = L.AdditiveAttention(use_scale=False)
    yield "additive", lambda x: layer([x, x])


# --- Recurrent layers --------------------------------------------------------


@family(6, 4)
def lstm():
    """Activations, sequences, direction, bias."""
    for name, chosen in options(
        activation=["tanh", "relu"],
        recurrent_activation=["sigmoid", "hard_sigmoid"],
        return_sequences=[False, True],
        go_backwards=[False, True],
    ):
        yield name, L.LSTM(5, **chosen)
    yield "no bias", L.LSTM(5, use_bias=False)
    yield "units 17", L.LSTM(17)


@family(6, 4)
def gru():
    """Activations, sequences, direction, the place of the reset gate, bias."""
    for name, chosen in options(
        activation=["tanh", "relu"],
        recurrent_activation=["sigmoid", "hard_sigmoid"],
        return_sequences=[False, True],
        go_backwards=[False, True],
        reset_after=[False, True],
    ):
        yield name, L.GRU(5, **chosen)
    yield "no bias", L.GRU(5, use_bias=False)
    yield "units 17", L.GRU(17)


@family(6, 4)
def simple_rnn():
    """Activations, sequences, direction, bias."""
    for name, chosen in options(
        activation=["tanh", "relu"], return_sequences=[False, True], go_backwards=[False, True]
    ):
        yield name, L.SimpleRNN(5, **chosen)
    yield "no bias", L.SimpleRNN(5, use_bias=False)


@family(6, 4)
def wrappers():
    """Both directions with every way to merge; layers over steps."""
    for layer, mode, sequences in itertools.product(
        [L.LSTM, L.GRU, L.SimpleRNN], ["concat", "sum", "ave", "mul"], [False, True]
    ):
        yield (
            f"{layer.__name__} {mode} {sequences}",
            L.Bidirectional(layer(3, return_sequences=sequences), merge_mode=mode),
        )
    yield "dense over steps", L.TimeDistributed(L.Dense(3))
    yield "batch norm over steps", L.TimeDistributed(L.BatchNormalization())


@family(7, indices=11)
def embedding():
    """Indices to vectors."""
    yield "plain", L.Embedding(11, 5)
    yield "one", L.Embedding(11, 1)


@family(7, indices=4)
def masks():
    """Steps that do not count, which Embedding and Masking say, and what reads that."""

    def embedded(*layers):
        return keras.Sequential([L.Embedding(4, 5, mask_zero=True), *layers])

    def masked(value, *layers):
        return keras.Sequential([L.Reshape((7, 1)), L.Masking(value), *layers])

    for layer, sequences, backwards in itertools.product(
        [L.LSTM, L.GRU, L.SimpleRNN], [False, True], [False, True]
    ):
        name = f"{layer.__name__} {sequences} {backwards}"
        chosen = {"return_sequences": sequences, "go_backwards": backwards}
        yield name, embedded(layer(6, **chosen))
        yield f"of 2 {name}", masked(2.0, layer(6, **chosen))
    yield "reset before", embedded(L.GRU(6, reset_after=False))
    yield "zeros", embedded(L.LSTM(6, return_sequences=True, zero_output_for_mask=True))
    yield "cell", embedded(L.RNN(L.GRUCell(3)))
    for layer, mode, sequences in itertools.product(
        [L.LSTM, L.GRU, L.SimpleRNN], ["concat", "sum"], [False, True]
    ):
        wrapped = L.Bidirectional(layer(3, return_sequences=sequences), merge_mode=mode)
        yield f"both {layer.__name__} {mode} {sequences}", embedded(wrapped)
    for keep in (False, True):
        yield f"average {keep}", embedded(L.GlobalAveragePooling1D(keepdims=keep))
    yield "average of 1", masked(1.0, L.Dense(3), L.GlobalAveragePooling1D())
    yield "one after the other", embedded(
        L.Dense(4, activation="tanh"),
        L.LSTM(5, return_sequences=True),
        L.Dropout(0.2),
        L.LayerNormalization(),
        L.TimeDistributed(L.Dense(3)),
        L.GRU(4),
    )
    yield "ignored", embedded(L.Conv1D(3, 2), L.LSTM(4))

    def functional(x):
        y = L.Embedding(4, 5, mask_zero=True)(x)
        z = L.Bidirectional(L.GRU(3, return_sequences=True))(y)
        z = L.Add()([z, L.Dense(6)(y)])
        return L.GlobalAveragePooling1D()(L.Concatenate()([y, z]))

    def passed(x):
        known = keras.ops.logical_and(keras.ops.not_equal(x, 1), keras.ops.less(x, 3))
        some = keras.ops.logical_or(keras.ops.logical_not(known), keras.ops.greater_equal(x, 2))
        y = L.Embedding(4, 5)(x)
        return L.LSTM(3)(L.LSTM(4, return_sequences=True)(y, mask=known), mask=some)

    yield "functional", functional
    yield "passed", passed


# --- Channels first ----------------------------------------------------------


@family(4, 9, 8)
def channels_first2d():
    """Layers on images whose channels come first."""
    layers = {
        "conv": L.Conv2D(5, 3, padding="same", data_format="channels_first"),
        "conv strides": L.Conv2D(5, 2, strides=2, data_format="channels_first"),
        # These go along the last axis, which is the width.
        "conv softmax": L.Conv2D(5, 3, activation="softmax", data_format="channels_first"),
        "transpose log softmax": L.Conv2DTranspose(
            3, 2, activation="log_softmax", data_format="channels_first"),
        "depthwise": L.DepthwiseConv2D(3, data_format="channels_first"),
        "max pool": L.MaxPooling2D(2, data_format="channels_first"),
        "average pool": L.AveragePooling2D(3, 2, data_format="channels_first"),
        "global": L.GlobalAveragePooling2D(data_format="channels_first"),
        "flatten": L.Flatten(data_format="channels_first"),
        "pad": L.ZeroPadding2D((1, 2), data_format="channels_first"),
        "crop": L.Cropping2D((1, 2), data_format="channels_first"),
        "upsampling": L.UpSampling2D(2, data_format="channels_first"),
        "batch norm": L.BatchNormalization(axis=1),
    }
    yield from layers.items()


@family(3, 16)
def channels_first1d():
    """Layers on sequences whose channels come first."""
    layers = {
        "conv": L.Conv1D(5, 3, padding="same", data_format="channels_first"),
        "max pool": L.MaxPooling1D(2, data_format="channels_first"),
        "average pool": L.AveragePooling1D(3, 2, data_format="channels_first"),
        "global": L.GlobalMaxPooling1D(data_format="channels_first"),
    }
    yield from layers.items()
