"""Random ONNX operators that compute.

Each function that is listed in MAKERS gets a `Graph` of onnx_models.py and the
name of a value, and appends one or more nodes that read it. It returns the name
of a result, or None where the operator has no meaning for the value. Axis 0 of
every value is the batch, which no operator mixes.
"""
import numpy as np

SIZES = [1, 1, 2, 3, 4, 5, 7, 8, 13, 15, 16, 17, 31, 32, 33]


def pick_axis(graph, rank, first=1):
    """An axis other than that of the batch, counted from either end."""
    axis = graph.random.randint(first, rank - 1)
    return axis - rank if graph.opset >= 11 and graph.chance(0.4) else axis


def pick_axes(graph, rank):
    if rank < 2:
        return None
    axes = graph.random.sample(range(1, rank), graph.random.randint(1, rank - 1))
    return [axis - rank if graph.opset >= 11 and graph.chance(0.3) else axis for axis in axes]


# --- Pointwise ---------------------------------------------------------------

FUNCTIONS = {  # operator: first version, attributes with what they may be
    "Relu": (7, {}), "Sigmoid": (7, {}), "Tanh": (7, {}), "Softplus": (7, {}), "Softsign": (7, {}),
    "LeakyRelu": (7, {"alpha": [0.2, 1.3]}), "Elu": (7, {"alpha": [0.5, 2.0]}),
    "Selu": (7, {}), "Celu": (12, {"alpha": [0.5, 2.0]}),
    "HardSigmoid": (7, {"alpha": [0.3, -0.5], "beta": [0.4]}), "HardSwish": (14, {}),
    "ThresholdedRelu": (10, {"alpha": [0.5, 0.0]}), "Mish": (18, {}), "Erf": (9, {}),
    "Gelu": (20, {"approximate": ["none", "tanh"]}), "Swish": (24, {"alpha": [0.5, 2.0]}),
    "Abs": (7, {}), "Neg": (7, {}), "Exp": (7, {}), "Identity": (7, {}), "Sqrt": (7, {}),
    "Log": (7, {}), "Reciprocal": (7, {}), "LpNormalization": (7, {"p": [1, 2]}),
}


def function(graph, value):
    name = graph.random.choice(list(FUNCTIONS))
    first, attributes = FUNCTIONS[name]
    if graph.opset < first:
        return None
    if name in ("Sqrt", "Log", "Reciprocal"):  # away from 0
        value = graph.append("Abs", [value])
        value = graph.append("Add", [value, graph.constant(np.float32(0.25))])
    chosen = {key: graph.random.choice(values) for key, values in attributes.items()
              if graph.chance(0.7)}
    return graph.append(name, [value], **chosen)


def choice(graph, value):
    """The greater of two, by a comparison."""
    if graph.opset < 9:
        return None
    other = graph.find_partner(value)
    return graph.append("Where", [graph.append("Greater", [value, other]), value, other])


def cumulative_sum(graph, value):
    rank = len(graph.shape(value))
    if graph.opset < 11 or rank < 2:
        return None
    axis = graph.constant(np.int64(pick_axis(graph, rank)))
    return graph.append("CumSum", [value, axis], exclusive=graph.random.randint(0, 1),
                        reverse=graph.random.randint(0, 1))


def clip(graph, value):
    low, high = graph.random.choice([-1.0, 0.0, None]), graph.random.choice([0.5, 6.0, None])
    if graph.opset < 11:
        bounds = {"min": low, "max": high}
        return graph.append("Clip", [value], **{k: v for k, v in bounds.items() if v is not None})
    bounds = ["" if bound is None else graph.constant(np.float32(bound)) for bound in (low, high)]
    while bounds and not bounds[-1]:
        bounds.pop()
    return graph.append("Clip", [value, *bounds])


def prelu(graph, value):
    sizes = [1 if graph.chance(0.5) else size for size in graph.shape(value)[1:]]
    return graph.append("PRelu", [value, graph.weights(sizes)])


def softmax(graph, value):
    name, rank = graph.random.choice(["Softmax", "LogSoftmax"]), len(graph.shape(value))
    if rank < 2:
        return None
    default = {} if graph.chance(0.2) and (graph.opset >= 13 or rank > 1) else \
        {"axis": pick_axis(graph, rank)}
    return graph.append(name, [value], **default)


def binary(graph, value):
    name = graph.random.choice(["Add", "Sub", "Mul", "Div", "Max", "Min", "Sum", "Mean"])
    if name in ("Max", "Min", "Sum", "Mean") and graph.opset < 8:
        return None
    is_constant = graph.chance(0.5)
    if is_constant:
        shape = graph.pick_broadcast(value)
        other = graph.weights(shape, is_positive=name == "Div")
    else:
        other = graph.find_partner(value)
    operands = [value, other]
    if name != "Div":
        graph.random.shuffle(operands)
    elif not is_constant:
        operands[1] = graph.append("Add", [graph.append("Abs", [other]),
                                           graph.constant(np.float32(0.5))])
    if name in ("Max", "Min", "Sum", "Mean") and graph.chance(0.3):
        operands.append(graph.find_partner(value))
    return graph.append(name, operands)


def power(graph, value):
    exponent = graph.random.choice([1.0, 2.0, 3.0, 4.0, 0.5, -0.5, -1.0, 0.3, 1.7, -1.25])
    if exponent not in (1.0, 2.0, 3.0, 4.0):
        value = graph.append("Abs", [value])
        value = graph.append("Add", [value, graph.constant(np.float32(0.25))])
    kind = np.int64 if exponent == int(exponent) and exponent > 0 and graph.opset >= 12 and graph.chance(0.3) else np.float32
    return graph.append("Pow", [value, graph.constant(kind(exponent))])


# --- Matrices, convolutions, pooling -----------------------------------------


def gemm(graph, value):
    shape = graph.shape(value)
    if len(shape) != 2:
        return None
    columns, transposed = graph.random.choice(SIZES), graph.chance(0.5)
    inputs = [value, graph.weights([columns, shape[1]] if transposed else [shape[1], columns],
                                   terms=shape[1])]
    if graph.opset < 11 or graph.chance(0.7):
        shape = graph.random.choice([[columns], [1, columns], [1], [1, 1], []])
        inputs.append(graph.weights(shape))
    attributes = {"transB": int(transposed)}
    if graph.chance(0.3):
        attributes |= {"alpha": 0.5, "beta": graph.random.choice([2.0, 0.0, -1.0])}
    return graph.append("Gemm", inputs, **attributes)


def matmul(graph, value):
    shape, random = graph.shape(value), graph.random
    if len(shape) < 2:
        return None
    kind = random.choice(["right", "right", "left", "self", "vector"])
    terms = shape[-1]
    if kind == "right":
        leading = [1] * max(0, len(shape) - 2) if len(shape) > 2 and graph.chance(0.3) else []
        if leading and graph.chance(0.5):
            leading[-1] = shape[-3] if len(shape) > 3 else 1
        return graph.append("MatMul", [value, graph.weights([*leading, terms, random.choice(SIZES)],
                                                            terms=terms)])
    if kind == "left" and len(shape) > 2:
        return graph.append("MatMul", [graph.weights([random.choice(SIZES), shape[-2]],
                                                     terms=shape[-2]), value])
    if kind == "self" and len(shape) > 2:
        order = [*range(len(shape) - 2), len(shape) - 1, len(shape) - 2]
        other = graph.append("Transpose", [value], perm=order)
        return graph.append("MatMul", random.choice([[value, other], [other, value]]))
    return graph.append("MatMul", [value, graph.weights([terms], terms=terms)]) \
        if len(shape) > 2 else None


def add_padding(graph, attributes, window, dilations, may_ceil=False):
    """`auto_pad` or `pads`, smaller than the window."""
    kind = graph.random.choice(["none", "pads", "pads", "auto"])
    if kind == "pads":
        spans = [(size - 1) * rate + 1 for size, rate in zip(window, dilations)]
        low = [graph.random.randint(0, min(2, span - 1)) for span in spans]
        high = low if graph.chance(0.5) else [graph.random.randint(0, min(2, span - 1))
                                              for span in spans]
        attributes["pads"] = [*low, *high]
    elif kind == "auto" and all(rate == 1 for rate in dilations) and not may_ceil:
        attributes["auto_pad"] = graph.random.choice(["SAME_UPPER", "SAME_LOWER", "VALID"])


def convolution(graph, value):
    shape, random = graph.shape(value), graph.random
    rank = len(shape) - 2
    if rank not in (1, 2):
        return None
    channels = shape[1]
    window = [random.randint(1, min(5, size)) for size in shape[2:]]
    groups = random.choice([d for d in range(1, channels + 1) if channels % d == 0]) \
        if graph.chance(0.3) else 1
    attributes = {"group": groups} if groups > 1 or graph.chance(0.2) else {}
    if graph.chance(0.5):
        attributes["kernel_shape"] = window
    strides = [random.randint(1, 3) if graph.chance(0.4) else 1 for _ in window]
    dilations = [random.randint(1, 2) if graph.chance(0.2) else 1 for _ in window]
    if strides != [1] * rank or graph.chance(0.2):
        attributes["strides"] = strides
    if dilations != [1] * rank:
        attributes["dilations"] = dilations
    if graph.chance(0.3):
        return transposed_convolution(graph, value, window, groups, attributes)
    add_padding(graph, attributes, window, dilations)
    filters = groups * random.randint(1, 4) if groups > 1 else random.choice(SIZES)
    inputs = [value, graph.weights([filters, channels // groups, *window],
                                   terms=channels // groups * np.prod(window))]
    if graph.chance(0.7):
        inputs.append(graph.weights([filters]))
    return graph.append("Conv", inputs, **attributes)


def transposed_convolution(graph, value, window, groups, attributes):
    channels = graph.shape(value)[1]
    filters = graph.random.randint(1, 4) if groups > 1 else graph.random.choice(SIZES)
    strides = attributes.get("strides", [1] * len(window))
    add_padding(graph, attributes, window, attributes.get("dilations", [1] * len(window)))
    if graph.chance(0.3) and max(strides) > 1:
        attributes["output_padding"] = [graph.random.randint(0, stride - 1) for stride in strides]
    inputs = [value, graph.weights([channels, filters, *window],
                                   terms=channels // groups * np.prod(window))]
    if graph.chance(0.7):
        inputs.append(graph.weights([filters * groups]))
    return graph.append("ConvTranspose", inputs, **attributes)


def pooling(graph, value):
    shape, random = graph.shape(value), graph.random
    if len(shape) not in (3, 4):
        return None
    kind = random.choice(["MaxPool", "AveragePool"])
    if graph.chance(0.25):
        return graph.append("Global" + kind, [value])
    window = [random.randint(1, min(4, size)) for size in shape[2:]]
    attributes = {"kernel_shape": window}
    if graph.chance(0.6):
        attributes["strides"] = [random.randint(1, 3) for _ in window]
    may_ceil = graph.opset >= 10 and graph.chance(0.3)
    if may_ceil:
        attributes["ceil_mode"] = 1
    add_padding(graph, attributes, window, [1] * len(window), may_ceil)
    if kind == "AveragePool" and graph.chance(0.4):
        attributes["count_include_pad"] = 1
    return graph.append(kind, [value], **attributes)


# --- Normalisation, reductions -----------------------------------------------


def batch_normalization(graph, value):
    shape = graph.shape(value)
    if len(shape) < 2:
        return None
    channels = [shape[1]]
    inputs = [value, graph.weights(channels, is_awkward=True), graph.weights(channels),
              graph.weights(channels), graph.weights(channels, is_positive=True, is_awkward=True)]
    attributes = {"epsilon": graph.random.choice([1e-5, 1e-3])} if graph.chance(0.7) else {}
    if graph.chance(0.3):
        attributes["momentum"] = 0.8
    return graph.append("BatchNormalization", inputs, **attributes)


def normalization(graph, value):
    shape, opset = graph.shape(value), graph.opset
    rank = len(shape)
    kind = graph.random.choice(["Layer", "Instance", "Group", "RMS", "Lp"])
    epsilon = {"epsilon": 1e-3} if graph.chance(0.5) else {}
    if kind in ("Layer", "RMS") and opset >= (17 if kind == "Layer" else 23) and rank > 1:
        axis = pick_axis(graph, rank)
        scale = graph.weights(shape[axis:])
        inputs = [value, scale] + [graph.weights(shape[axis:])] * (kind == "Layer"
                                                                   and graph.chance(0.7))
        if axis != -1 or graph.chance(0.5):
            epsilon["axis"] = axis
        return graph.append(kind + "Normalization", inputs, **epsilon)
    if kind == "Instance" and rank > 2:
        return graph.append("InstanceNormalization", [value, graph.weights([shape[1]]),
                                                      graph.weights([shape[1]])], **epsilon)
    if kind == "Group" and rank > 2 and opset >= 21:
        groups = graph.random.choice([d for d in range(1, shape[1] + 1) if shape[1] % d == 0])
        return graph.append("GroupNormalization", [value, graph.weights([shape[1]]),
                                                   graph.weights([shape[1]])],
                            num_groups=groups, **epsilon)
    if kind == "Lp" and rank > 1:
        return graph.append("LpNormalization", [value], p=2, axis=pick_axis(graph, rank))
    return None


REDUCTIONS = ["Mean", "Sum", "Max", "Min", "L1", "L2", "LogSum", "SumSquare", "LogSumExp",
              "Prod"]


def reduction(graph, value):
    name, rank = graph.random.choice(REDUCTIONS), len(graph.shape(value))
    axes = pick_axes(graph, rank)
    if axes is None:
        return None
    if name == "LogSum":
        value = graph.append("Exp", [value])
    attributes = {"keepdims": graph.random.randint(0, 1)} if graph.chance(0.7) else {}
    inputs = [value]
    if graph.opset >= (13 if name == "Sum" else 18):
        inputs.append(graph.constant(np.array(axes, "int64")))
    else:
        attributes["axes"] = axes
    return graph.append("Reduce" + name, inputs, **attributes)


# --- Recurrent layers --------------------------------------------------------

GATES = {"LSTM": 4, "GRU": 3, "RNN": 1}


def recurrent(graph, value):
    """Of (batch, steps, channels), between transposes to steps first."""
    shape, random = graph.shape(value), graph.random
    if len(shape) != 3:
        return None
    name, hidden = random.choice(list(GATES)), random.choice(SIZES)
    direction = random.choice(["forward", "reverse", "bidirectional"])
    directions, columns = 1 + (direction == "bidirectional"), GATES[name] * hidden
    value = graph.append("Transpose", [value], perm=[1, 0, 2])
    inputs = [value, graph.weights([directions, columns, shape[2]], terms=shape[2]),
              graph.weights([directions, columns, hidden], terms=hidden)]
    if graph.chance(0.7):
        inputs.append(graph.weights([directions, 2 * columns]))
    attributes = {"hidden_size": hidden}
    if direction != "forward" or graph.chance(0.3):
        attributes["direction"] = direction
    if name == "GRU" and graph.chance(0.5):
        attributes["linear_before_reset"] = 1
    if graph.chance(0.3):
        functions = {"LSTM": ["Sigmoid", "Softsign", "Softsign"], "GRU": ["Sigmoid", "Relu"],
                     "RNN": [random.choice(["Relu", "Sigmoid", "Softsign"])]}[name]
        attributes["activations"] = functions * directions
    results = graph.append_many(name, inputs, 2, **attributes)
    if not results:
        return None
    if graph.chance(0.5):  # every step: (steps, directions, batch, hidden)
        result = graph.append("Transpose", [results[0]], perm=[2, 0, 1, 3])
        return graph.append("Reshape", [result, graph.constant(np.array([0, 0, -1], "int64"))])
    return graph.append("Transpose", [results[1]], perm=[1, 0, 2])


# --- Several operators that are one ------------------------------------------


def gate(graph, value):
    """A product with a function of one of its factors: SiLU, hard swish, GELU, and what is
    nearly one of them."""
    random = graph.random
    other = graph.find_partner(value) if graph.chance(0.25) else value
    kind = random.choice(["Sigmoid", "HardSigmoid", "Erf", "Tanh"])
    number = lambda *choices: graph.constant(np.float32(random.choice(choices)))
    if kind == "Sigmoid":
        inner = value if graph.chance(0.6) else graph.append("Mul", [value, number(1.702, 1.0)])
        return multiply(graph, other, graph.append("Sigmoid", [inner]))
    if kind == "HardSigmoid":
        return multiply(graph, other, graph.append(
            "HardSigmoid", [value], alpha=random.choice([1 / 6, 0.2]), beta=0.5))
    if kind == "Erf" and graph.opset >= 9:
        scaled = graph.append("Div", [value, number(2**0.5, 2**0.5, 1.5)])
    else:
        kind = "Tanh"
        cube = multiply(graph, graph.append("Pow", [value, number(3.0)]), number(0.044715, 0.05))
        scaled = multiply(graph, graph.append("Add", [value, cube]) if cube else None,
                          number((2 / np.pi)**0.5, 0.8))
    if scaled is None:
        return None
    bell = graph.append("Add", [graph.append(kind, [scaled]), number(1.0, 1.0, 0.9)])
    if graph.chance(0.5):
        return multiply(graph, multiply(graph, other, bell), number(0.5))
    return multiply(graph, multiply(graph, other, number(0.5, 0.5, 0.4)), bell)


def multiply(graph, *operands):
    """Their product, in either order."""
    return graph.append("Mul", graph.random.sample(operands, 2))


def standardize(graph, value):
    """Layer normalisation, operator by operator."""
    rank = len(graph.shape(value))
    if rank < 2:
        return None
    axis = pick_axis(graph, rank)
    mean = lambda name: graph.append(
        "ReduceMean", [name] + [graph.constant(np.array([axis]))] * (graph.opset >= 18),
        **({} if graph.opset >= 18 else {"axes": [axis]}))
    centred = graph.append("Sub", [value, mean(value)])
    square = graph.append("Pow", [centred, graph.constant(np.float32(2))])
    variance = graph.append("Add", [mean(square), graph.constant(np.float32(1e-2))])
    return graph.append("Div", [centred, graph.append("Sqrt", [variance])])


MAKERS = [
    *[gate] * 2, standardize, *[function] * 5, clip, prelu, softmax, *[binary] * 5, power,
    choice, cumulative_sum,
    *[gemm] * 2, *[matmul] * 3,
    *[convolution] * 6, *[pooling] * 3, *[batch_normalization] * 4, *[normalization] * 2,
    *[reduction] * 2, *[recurrent] * 2,
]
