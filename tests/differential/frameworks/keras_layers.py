"""Random Keras layers, as text: [class, arguments], with layers in layers likewise.

Each function that is listed in MAKERS gets a `random.Random` and the shape of a
sample, and returns such a pair, or None where the layer has no meaning there.
Combinations that Keras refuses are for the caller to drop.
"""

SIZES = [1, 1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 32, 33]
FUNCTIONS = [
    *("celu", "elu", "exponential", "gelu", "hard_sigmoid", "hard_silu", "hard_tanh"),
    *("leaky_relu", "linear", "log_sigmoid", "log_softmax", "mish", "relu", "relu6", "selu"),
    *("sigmoid", "silu", "soft_shrink", "softmax", "softplus", "softsign", "sparse_sigmoid"),
    *("tanh", "tanh_shrink"),
]
GATES = ["sigmoid", "hard_sigmoid", "softsign", "tanh"]


def chance(random, probability):
    return random.random() < probability


def pick_activation(random):
    """Mostly none; a function's name, or a layer."""
    if chance(random, 0.5):
        return None
    if chance(random, 0.1):
        return ["LeakyReLU", {"negative_slope": random.choice([0.0, 0.1, 0.7])}]
    return random.choice(FUNCTIONS)


def pick_window(random, lengths, most=5):
    return [random.randint(1, min(most, max(length, 1))) for length in lengths]


def pick_data_format(random):
    """Channels first is what not every backend computes on CPUs."""
    return "channels_first" if chance(random, random.channels_first) else "channels_last"


def split_shape(shape, data_format):
    """The spatial sizes and the channels."""
    if data_format == "channels_first":
        return shape[1:], shape[0]
    return shape[:-1], shape[-1]


def is_image(shape, ranks=(1, 2)):
    return len(shape) - 1 in ranks


def add_steps(random, options, lengths):
    """Strides or dilation, either for all axes or for each."""
    key = random.choice(["strides", "strides", "dilation_rate", ""])
    if key:
        rate = random.randint(1, 3)
        options[key] = rate if chance(random, 0.6) else [rate] * len(lengths)


# --- Layers with kernels -----------------------------------------------------


def convolution(random, shape):
    if not is_image(shape):
        return None
    options = {"data_format": pick_data_format(random)}
    lengths, channels = split_shape(shape, options["data_format"])
    rank = len(lengths)
    kind = random.choice(["Conv"] * 4 + ["Separable", "Depthwise", "Transpose", "Transpose"])
    options |= {"kernel_size": pick_window(random, lengths), "use_bias": chance(random, 0.8),
                "padding": random.choice(["valid", "same"]), "activation": pick_activation(random)}
    if kind == "Transpose":
        if chance(random, 0.7):
            options["strides"] = random.randint(1, 3)
            if chance(random, 0.3) and options["strides"] > 1:
                options["output_padding"] = random.randint(0, options["strides"] - 1)
        else:
            options["dilation_rate"] = random.randint(1, 2)
        return [f"Conv{rank}DTranspose", options | {"filters": random.choice(SIZES)}]
    add_steps(random, options, lengths)
    if kind == "Depthwise":
        options["depth_multiplier"] = random.choice([1, 1, 2, 3])
        return [f"DepthwiseConv{rank}D", options]
    options["filters"] = random.choice(SIZES)
    if rank == 1 and options["data_format"] == "channels_last" and chance(random, 0.3):
        options["padding"] = "causal"
    if kind == "Separable":
        return [f"SeparableConv{rank}D", options | {"depth_multiplier": random.choice([1, 1, 2])}]
    groups = [group for group in range(2, channels + 1) if channels % group == 0]
    if groups and chance(random, 0.3):
        options["groups"] = random.choice(groups)
        options["filters"] = options["groups"] * random.randint(1, 4)
    return [f"Conv{rank}D", options]


def dense(random, shape):
    return ["Dense", {"units": random.choice(SIZES), "use_bias": chance(random, 0.8),
                      "activation": pick_activation(random)}]


def einsum_dense(random, shape):
    units, more = random.choice(SIZES), random.choice(SIZES[:8])
    equations = {
        1: [("ab,bc->ac", units, "c"), ("ab,bcd->acd", [units, more], "cd"),
            ("ab,bcd->acd", [units, more], "d")],
        2: [("abc,cd->abd", [None, units], "d"), ("abc,bcd->ad", units, None),
            ("abc,cde->abde", [None, units, more], "de"), ("abc,cd->abd", [None, units], None)],
        3: [("abcd,cde->abe", [None, units], "e"), ("abcd,de->abce", [None, None, units], "e")],
    }
    if len(shape) not in equations:
        return None
    equation, output, bias = random.choice(equations[len(shape)])
    return ["EinsumDense", {"equation": equation, "output_shape": output, "bias_axes": bias}]


def embedding(random, shape):
    """For inputs that are indices."""
    return ["Embedding", {"input_dim": 11, "output_dim": random.choice(SIZES),
                          "mask_zero": chance(random, 0.2)}]


# --- Normalisation -----------------------------------------------------------


def batch_normalization(random, shape):
    axis = random.randint(1, len(shape)) if chance(random, 0.2) else -1
    return ["BatchNormalization", {
        "axis": axis, "center": chance(random, 0.85), "scale": chance(random, 0.85),
        "epsilon": random.choice([1e-3, 1e-3, 1e-5, 0.1])}]


def pick_axes(random, shape):
    """Most are the last; some several, some counted from the end."""
    axes = sorted(random.sample(range(1, len(shape) + 1), random.randint(1, len(shape))))
    axes = random.choice([[len(shape)], axes])
    if chance(random, 0.5):
        axes = [axis - len(shape) - 1 for axis in axes]
    return axes[0] if len(axes) == 1 else axes


def layer_normalization(random, shape):
    return ["LayerNormalization", {
        "axis": pick_axes(random, shape), "epsilon": random.choice([1e-3, 1e-5, 0.1]),
        "center": chance(random, 0.8), "scale": chance(random, 0.8)}]


def other_normalization(random, shape):
    kind = random.choice(["Group", "RMS", "Unit", "Rescaling", "Normalization"])
    if kind == "Group":
        groups = [group for group in range(1, shape[-1] + 1) if shape[-1] % group == 0]
        return ["GroupNormalization", {"groups": random.choice([*groups, -1]),
                                       "center": chance(random, 0.8), "scale": chance(random, 0.8)}]
    if kind == "RMS":
        axis = -1 if chance(random, 0.6) else pick_axes(random, shape)
        return ["RMSNormalization", {"axis": axis}]
    if kind == "Unit":
        return ["UnitNormalization", {"axis": pick_axes(random, shape)}]
    if kind == "Rescaling":
        return ["Rescaling", {"scale": random.choice([0.5, -2.0, 0.1]),
                              "offset": random.choice([0.0, 1.0, -0.3])}]
    return ["Normalization", {
        "axis": -1, "invert": chance(random, 0.3),
        "mean": [random.uniform(-1, 1) for _ in range(shape[-1])],
        "variance": [random.uniform(0.1, 3) for _ in range(shape[-1])]}]


# --- Activations, pooling, shapes --------------------------------------------


def activation(random, shape):
    kind = random.choice(["Activation"] * 4 + ["ReLU", "LeakyReLU", "ELU", "PReLU", "Softmax"])
    options = {}
    if kind == "Activation":
        options = {"activation": random.choice(FUNCTIONS)}
    elif kind == "ReLU":
        options = {"max_value": random.choice([None, 6.0, 0.5]),
                   "negative_slope": random.choice([0.0, 0.2]),
                   "threshold": random.choice([0.0, 0.0, 0.4])}
    elif kind == "LeakyReLU":
        options = {"negative_slope": random.choice([0.0, 0.3, 1.0, 1.5])}
    elif kind == "ELU":
        options = {"alpha": random.choice([0.5, 1.0, 2.0])}
    elif kind == "PReLU":
        shared = [axis for axis in range(1, len(shape)) if chance(random, 0.5)]
        options = {"shared_axes": shared or None}
    elif kind == "Softmax":
        options = {"axis": pick_axes(random, shape)}
    return [kind, options]


def pooling(random, shape):
    if not is_image(shape):
        return None
    data_format = pick_data_format(random)
    lengths, _ = split_shape(shape, data_format)
    kind = random.choice(["Max", "Average"])
    if chance(random, 0.25):
        return [f"Global{kind}Pooling{len(lengths)}D",
                {"keepdims": chance(random, 0.4), "data_format": data_format}]
    strides = random.choice([None, 1, 2, 3])
    return [f"{kind}Pooling{len(lengths)}D", {
        "pool_size": pick_window(random, lengths, 4), "strides": strides,
        "padding": random.choice(["valid", "same"]), "data_format": data_format}]


def resampling(random, shape):
    if not is_image(shape):
        return None
    rank = len(shape) - 1
    kind = random.choice(["UpSampling", "ZeroPadding", "Cropping"])
    if kind == "UpSampling":
        if rank == 1:
            return ["UpSampling1D", {"size": random.randint(1, 3)}]
        return ["UpSampling2D", {"size": [random.randint(1, 3) for _ in range(2)],
                                 "interpolation": random.choice(["nearest", "bilinear"])}]
    margins = [[random.randint(0, 2) for _ in range(2)] for _ in range(rank)]
    if kind == "Cropping" and any(sum(margin) >= size for margin, size in zip(margins, shape)):
        return None
    margins = margins[0] if rank == 1 else margins
    return [f"{kind}{rank}D", {"cropping" if kind == "Cropping" else "padding": margins}]


def factor(random, count):
    """Two or three sizes whose product is `count`."""
    sizes = []
    for _ in range(random.randint(1, 2)):
        divisor = random.choice([d for d in range(1, count + 1) if count % d == 0])
        sizes.append(divisor)
        count //= divisor
    return [*sizes, count]


def count(shape):
    product = 1
    for size in shape:
        product *= size
    return product


def shape_layer(random, shape):
    kind = random.choice(["Flatten", "Reshape", "Reshape", "Permute", "RepeatVector"])
    if kind == "Reshape":
        sizes = factor(random, count(shape))
        if chance(random, 0.3):
            sizes[random.randrange(len(sizes))] = -1
        return ["Reshape", {"target_shape": sizes}]
    if kind == "Permute":
        return ["Permute", {"dims": random.sample(range(1, len(shape) + 1), len(shape))}]
    if kind == "RepeatVector":
        return ["RepeatVector", {"n": random.randint(1, 7)}] if len(shape) == 1 else None
    return ["Flatten", {}]


def no_operation(random, shape):
    return random.choice([
        ["Dropout", {"rate": 0.3}], ["GaussianNoise", {"stddev": 0.1}], ["Identity", {}],
        ["AlphaDropout", {"rate": 0.2}], ["GaussianDropout", {"rate": 0.2}],
        ["ActivityRegularization", {"l2": 0.1}]])


# --- Sequences ---------------------------------------------------------------


def recurrent(random, shape):
    if len(shape) != 2:
        return None
    kind = random.choice(["LSTM", "GRU", "SimpleRNN"])
    options = {"units": random.choice(SIZES), "return_sequences": chance(random, 0.6),
               "go_backwards": chance(random, 0.3), "use_bias": chance(random, 0.8),
               "activation": random.choice(["tanh"] * 3 + GATES + ["relu", "elu", "linear"])}
    if kind != "SimpleRNN":
        options["recurrent_activation"] = random.choice(["sigmoid"] * 3 + GATES)
    if kind == "GRU":
        options["reset_after"] = chance(random, 0.6)
    if chance(random, 0.1):
        cell = {key: value for key, value in options.items()
                if key not in ("return_sequences", "go_backwards")}
        return ["RNN", {"cell": [f"{kind}Cell", cell],
                        "return_sequences": options["return_sequences"],
                        "go_backwards": options["go_backwards"]}]
    return [kind, options]


def stateful(random, shape):
    """Returns its state too, as the second of two results."""
    layer = recurrent(random, shape)
    if not layer or layer[0] not in ("GRU", "SimpleRNN"):
        return None
    return [layer[0], layer[1] | {"return_state": True}]


def bidirectional(random, shape):
    layer = recurrent(random, shape)
    if not layer or layer[0] == "RNN":
        return None
    options = {"layer": layer, "merge_mode": random.choice(["concat", "sum", "mul", "ave", None])}
    if chance(random, 0.2):
        backward = recurrent(random, shape)
        if backward[0] == "RNN":
            return None
        backward[1] |= {key: layer[1][key] for key in ("units", "return_sequences")}
        backward[1]["go_backwards"] = not layer[1]["go_backwards"]
        options["backward_layer"] = backward
    return ["Bidirectional", options]


def time_distributed(random, shape):
    if len(shape) < 2:
        return None
    makers = [dense, convolution, pooling, shape_layer, batch_normalization, recurrent, activation]
    layer = random.choice(makers)(random, shape[1:])
    return layer and ["TimeDistributed", {"layer": layer}]


def nested(random, shape):
    """A model in the model, of layers that keep or change the shape."""
    makers = [dense, activation, batch_normalization, layer_normalization, convolution,
              no_operation]
    if chance(random, 0.5):
        layers = [random.choice(makers)(random, shape) for _ in range(2)]
        return None if None in layers else ["Sequential", {"layers": layers}]
    layers = [["Dense", {"units": shape[-1]}], activation(random, shape),
              batch_normalization(random, shape)]
    if chance(random, 0.3):
        layers.append(["Residual", {"shape": shape, "layers": [activation(random, shape)]}])
    random.shuffle(layers)
    return ["Residual", {"shape": shape, "layers": layers[:2]}]


MAKERS = [
    *[convolution] * 6, *[dense] * 3, einsum_dense, *[batch_normalization] * 4,
    layer_normalization, *[other_normalization] * 2, *[activation] * 3, *[pooling] * 3,
    *[resampling] * 2, *[shape_layer] * 2, no_operation, *[recurrent] * 3, stateful, bidirectional,
    time_distributed, nested,
]
