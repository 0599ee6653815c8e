"""Operators of ONNX with their options: models of one input and many outputs.

Each family is a model of its own, and yields an output's name and the tensor, of a
graph with the input `x`. make_onnx_models.py stores them.
"""

import itertools

import numpy as np
from onnx import TensorProto, helper, numpy_helper

FLOAT, INT32, INT64, BOOL = (TensorProto.FLOAT, TensorProto.INT32, TensorProto.INT64,
                             TensorProto.BOOL)
# By name, the shape of the input, ONNX's version and the function that yields.
FAMILIES = {}


def family(*shape, opset=20):
    """Register a generator of (name, tensor) for a graph with an input of `shape`."""

    def register(branches):
        FAMILIES[f"onnx_matrix_{branches.__name__}"] = (shape, opset, branches)
        return branches

    return register


def halves(graph, tensor="x"):
    """`tensor` to the next half, so that numbers meet."""
    rounded = graph.add("Round", [graph.add("Mul", [tensor, np.float32(2)])])
    return graph.add("Mul", [rounded, np.float32(0.5)])


def numbers(rng, *shape):
    return rng.normal(size=shape).astype(np.float32)


def behind_batch(graph, tensor):
    """`tensor` with an axis in front that no layer moves: the batch."""
    return graph.add("Unsqueeze", [tensor, np.array([0])])


# --- Truth -------------------------------------------------------------------


@family(4, 6)
def logic(graph):
    """Comparisons, truth values, choices and conversions."""
    a = halves(graph)
    b = halves(graph, graph.add("Transpose", [graph.add("Reshape", ["x", np.array([0, 6, 4])])],
                                perm=[0, 2, 1]))
    row = (np.round(numbers(graph.rng, 6) * 2) / 2).astype(np.float32)
    column = graph.add("ReduceMax", [a, np.array([2])])
    for operator in ["Equal", "Less", "LessOrEqual", "Greater", "GreaterOrEqual"]:
        for kind, operands in {"values": [a, b], "number": [a, np.float32(0.5)],
                               "first": [np.float32(-0.5), a], "row": [a, row],
                               "column": [column, a]}.items():
            yield f"{operator}_{kind}", graph.add(operator, operands)
    p, q = graph.add("Less", [a, b]), graph.add("Greater", [a, np.float32(0)])
    few = graph.add("Less", [column, np.float32(1)])
    for operator in ["And", "Or", "Xor"]:
        for kind, operands in {"values": [p, q], "constant": [p, row > 0],
                               "column": [few, q]}.items():
            yield f"{operator}_{kind}", graph.add(operator, operands)
    yield "Not", graph.add("Not", [p])
    for kind, operands in {
            "values": [p, a, b], "condition": [row > 0, a, b], "first": [p, np.float32(3), a],
            "second": [q, b, np.float32(-2)], "both": [q, np.float32(1), row],
            "column": [few, a, b], "broadcast": [p, column, row]}.items():
        yield f"Where_{kind}", graph.add("Where", operands)
    masked = graph.add("Where", [p, np.float32(-np.inf), a])
    every = graph.add("Concat", [masked, np.zeros((1, 4, 1), np.float32)], axis=2)
    yield "Where_softmax", graph.add("Softmax", [every], axis=-1)
    mask = np.triu(np.full((4, 6), -np.inf, np.float32), 1)
    yield "Add_softmax", graph.add("Softmax", [graph.add("Add", [a, mask])], axis=-1)
    infinite = graph.add("Log", [graph.add("Relu", [a])])
    both = graph.add("Concat", [infinite, graph.add("Neg", [infinite])], axis=1)
    yield "IsNaN", graph.add("IsNaN", [graph.add("Sqrt", [a])])
    for negative, positive in itertools.product([0, 1], repeat=2):
        for kind, tensor in {"log": infinite, "both": both}.items():
            yield (f"IsInf_{kind}_{negative}_{positive}",
                   graph.add("IsInf", [tensor], detect_negative=negative,
                             detect_positive=positive))
    whole = graph.add("Cast", [graph.add("Mul", [a, np.float32(3)])], to=INT64)
    yield "Cast_whole", whole
    for name, element_type in {"float": FLOAT, "int32": INT32, "int64": INT64}.items():
        yield f"Cast_truth_{name}", graph.add("Cast", [p], to=element_type)
    yield "Cast_int32", graph.add("Cast", [graph.add("Mul", ["x", np.float32(9)])], to=INT32)
    yield "Cast_float_bool", graph.add("Cast", [a], to=BOOL)
    yield "Cast_whole_bool", graph.add("Cast", [whole], to=BOOL)
    yield "CastLike", graph.add("CastLike", [a, p])


# --- Single elements ---------------------------------------------------------


@family(3, 7)
def numbers_of_one(graph):
    """Whole numbers, rests, signs and powers."""
    a = halves(graph)
    ten = graph.add("Mul", ["x", np.float32(10)])
    for operator in ["Sign", "Round", "Floor", "Ceil"]:
        for kind, tensor in {"plain": "x", "halves": a, "ten": ten}.items():
            yield f"{operator}_{kind}", graph.add(operator, [tensor])
    for operator in ["Sin", "Cos"]:
        for kind, factor in {"plain": 1, "eight": 8, "far": 16384}.items():
            yield f"{operator}_{kind}", graph.add(
                operator, [graph.add("Mul", ["x", np.float32(factor)])])
    whole = graph.add("Cast", [ten], to=INT64)
    divisor = np.array([3, -3, 7, 1, -1, 5, -2])
    other = graph.add("Add", [graph.add("Mul", [graph.add("Abs", [whole]), np.int64(2)]),
                              np.int64(1)])
    for fmod in [0, 1]:
        for kind, operands in {"row": [whole, divisor], "values": [whole, other],
                               "first": [np.int64(17), other],
                               "number": [whole, np.int64(4)]}.items():
            yield f"Mod_{kind}_{fmod}", graph.add("Mod", operands, fmod=fmod)
    for kind, operands in {"row": [whole, divisor], "values": [whole, other],
                           "first": [np.int64(99), other]}.items():
        yield f"Div_{kind}", graph.add("Div", operands)
    yield "Sign_whole", graph.add("Sign", [whole])
    positive = graph.add("Add", [graph.add("Abs", ["x"]), np.float32(0.1)])
    for exponent in [0, 1, 2, 3, 4, 5, 7, -1, -2, -3, 0.5, -0.5, 0.3, 1.7, 2.5, -1.25]:
        name = str(exponent).replace("-", "minus_").replace(".", "_")
        yield f"Pow_{name}", graph.add("Pow", [positive, np.float32(exponent)])
        if exponent == int(exponent) and exponent >= 0:
            yield f"Pow_signed_{name}", graph.add("Pow", ["x", np.float32(exponent)])
    row = np.array([0, 1, -1, 2, 3, -2, 4], np.float32)
    yield "Pow_row", graph.add("Pow", [positive, row])
    yield "Pow_whole", graph.add("Pow", [graph.add("Sub", [positive, np.float32(3)]), row])
    yield "Pow_integer", graph.add("Pow", ["x", np.int64(3)])
    yield "Pow_values", graph.add("Pow", [positive, "x"])
    yield "Pow_base", graph.add("Pow", [np.float32(2.5), "x"])
    yield "Pow_bases", graph.add("Pow", [np.abs(row) + np.float32(0.5), "x"])
    for bias, bound in itertools.product([0.0, 0.3], [0.5, 1.0]):
        yield (f"Shrink_{int(bias * 10)}_{int(bound * 10)}",
               graph.add("Shrink", ["x"], bias=bias, lambd=bound))
    yield "Mish", graph.add("Mish", ["x"])


# --- Axes --------------------------------------------------------------------


@family(4, 5, 3)
def reductions(graph):
    """Every reduction, over an inner, the last and several axes."""
    positive = graph.add("Add", [graph.add("Abs", ["x"]), np.float32(0.1)])
    for operator in ["L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "Sum",
                     "SumSquare"]:
        source = positive if operator == "LogSum" else "x"
        for name, axes in {"last": [-1], "inner": [2], "two": [1, 3], "three": [1, 2, 3]}.items():
            for keepdims in [0, 1]:
                yield (f"{operator}_{name}_{keepdims}",
                       graph.add(f"Reduce{operator}", [source, np.array(axes)],
                                 keepdims=keepdims))
    for axis, power in itertools.product([1, 2, -1], [1, 2]):
        yield (f"LpNormalization_{axis % 4}_{power}",
               graph.add("LpNormalization", ["x"], axis=axis, p=power))


@family(5, 6)
def positions(graph):
    """Where the largest are, and what depends on the position."""
    a = halves(graph)
    for operator, axis, keepdims, last in itertools.product(["ArgMax", "ArgMin"], [1, -1],
                                                            [0, 1], [0, 1]):
        yield (f"{operator}_{axis % 3}_{keepdims}_{last}",
               graph.add(operator, [a], axis=axis, keepdims=keepdims, select_last_index=last))
    for axis, count, largest in itertools.product([1, 2], [1, 2, 5], [0, 1]):
        values, indices = graph.add("TopK", ["x", np.array([count])], 2, axis=axis,
                                    largest=largest)
        yield f"TopK_{axis}_{count}_{largest}", values
        yield f"TopK_indices_{axis}_{count}_{largest}", indices
    for axis in [1, 2]:
        yield f"Hardmax_{axis}", graph.add("Hardmax", [a], axis=axis)
    index = graph.add("ArgMax", [a], axis=2, keepdims=0)
    shifted = graph.add("Sub", [index, np.int64(4)])
    for axis, (kind, values) in itertools.product(
            [-1, 1], {"one": [0, 1], "other": [-0.5, 2.5]}.items()):
        yield (f"OneHot_{axis % 3}_{kind}",
               graph.add("OneHot", [shifted, np.array(4), np.array(values, np.float32)],
                         axis=axis))
    yield "OneHot_float", graph.add("OneHot", [graph.add("Abs", [a]), np.float32(3),
                                               np.array([0, 1], np.float32)])
    table = numbers(graph.rng, 6, 3)
    yield "Gather_index", graph.add("Gather", [table, index])
    for axis, exclusive, reverse in itertools.product([1, 2], [0, 1], [0, 1]):
        yield (f"CumSum_{axis}_{exclusive}_{reverse}",
               graph.add("CumSum", ["x", np.array(axis)], exclusive=exclusive, reverse=reverse))
    yield "CumSum_last", graph.add("CumSum", ["x", np.array(-1, np.int32)])
    for upper, diagonal in itertools.product([0, 1], [-2, -1, 0, 1, 3]):
        yield (f"Trilu_{upper}_{diagonal + 2}",
               graph.add("Trilu", ["x", np.array(diagonal)], upper=upper))
    ones = graph.add("Trilu", [np.ones((6, 6), np.float32)], upper=0)
    yield "Trilu_constant", graph.add("MatMul", ["x", ones])


@family(5, 12, opset=23)
def attention(graph):
    """Heads on an axis of their own and side by side, with masks and without."""
    keys = graph.add("Tanh", [graph.add("MatMul", ["x", numbers(graph.rng, 12, 12)])])
    values = graph.add("Slice", [keys, np.array([0]), np.array([8]), np.array([2])])
    bias = numbers(graph.rng, 5, 5)
    allowed = np.tri(5, 5, 2).astype(bool)
    heads = {"q_num_heads": 4, "kv_num_heads": 4}
    yield "plain", graph.add("Attention", ["x", keys, values], **heads)
    yield "causal", graph.add("Attention", ["x", keys, values], is_causal=1, **heads)
    yield "scale", graph.add("Attention", ["x", keys, values], scale=0.7, **heads)
    yield "bias", graph.add("Attention", ["x", keys, values, bias], **heads)
    yield "allowed", graph.add("Attention", ["x", keys, values, allowed], **heads)
    yield "computed", graph.add("Attention", [
        "x", keys, values, graph.add("MatMul", ["x", numbers(graph.rng, 12, 5)])],
        q_num_heads=1, kv_num_heads=1)
    split = [graph.add("Transpose", [graph.add("Reshape", [tensor, np.array([0, 0, 4, -1])])],
                       perm=[0, 2, 1, 3]) for tensor in ("x", keys, values)]
    yield "split", graph.add("Attention", split)
    yield "split_causal", graph.add("Attention", split, is_causal=1)


@family(4, 5, 6)
def gathers(graph):
    """Constant indices of single elements and of slices."""
    rng = graph.rng
    for axis in [1, 2, 3]:
        shape = [1, 4, 5, 6]
        index = rng.integers(-shape[axis], shape[axis], size=(1, 2, 3, 2))
        yield f"GatherElements_{axis}", graph.add("GatherElements", ["x", index], axis=axis)
    yield "GatherElements_all", graph.add(
        "GatherElements", ["x", rng.integers(0, 6, size=(1, 4, 5, 6))], axis=-1)
    for name, index, batch in [
            ("rows", [[[0, 1], [0, -1]], [[0, 0], [0, 3]]], 0),
            ("slices", [[0, 3, 2], [0, 0, 1], [0, 1, -1]], 0),
            ("elements", [[0, 3, 2, 5], [0, 0, 1, 0]], 0),
            ("batch", [[[3], [1]]], 1),
            ("batch_elements", [[[3, 1, 2], [1, 4, 0], [0, 0, 0]]], 1)]:
        yield (f"GatherND_{name}",
               behind_batch(graph, graph.add("GatherND", ["x", np.array(index)],
                                             batch_dims=batch)))
    few = graph.add("Slice", ["x", np.array([0, 0]), np.array([2, 3]), np.array([2, 3])])
    for axis in [2, 3]:
        size = [1, 4, 5, 6][axis]
        index = np.stack([rng.permutation(size)[:2 if axis == 2 else 3]
                          for _ in range(4 * (3 if axis == 2 else 2))])
        index = (index.reshape(1, 4, 3, 2).transpose(0, 1, 3, 2) if axis == 2
                 else index.reshape(1, 4, 2, 3))
        yield (f"ScatterElements_{axis}",
               graph.add("ScatterElements", ["x", index, few], axis=axis))
        yield (f"ScatterElements_constant_{axis}",
               graph.add("ScatterElements", ["x", index, numbers(rng, 1, 4, 2, 3)], axis=axis))
    row = graph.add("Slice", ["x", np.array([1]), np.array([2]), np.array([1])])
    for name, index, updates in [
            ("row", [[[0, 2]]], row), ("end", [[[0, -1]]], row),
            ("constant", [[0, 1, 2], [0, 3, 0]], numbers(rng, 2, 6)),
            ("elements", [[0, 1, 2, 3], [0, 3, 0, 5]], numbers(rng, 2))]:
        yield f"ScatterND_{name}", graph.add("ScatterND", ["x", np.array(index), updates])
    data = numbers(rng, 1, 4, 5, 6)
    yield "ScatterND_data", graph.add("ScatterND", [data, np.array([[[0, 2]]]), row])


@family(3, 4, 5)
def einsum(graph):
    """Sums of products of values and constants by their letters."""
    rng = graph.rng
    y = graph.add("Transpose", ["x"], perm=[0, 1, 3, 2])
    flat = graph.add("Flatten", ["x"])
    v = graph.add("ReduceMean", ["x", np.array([1, 2])], keepdims=0)
    equations = [
        ("bhij->bhji", ["x"]), ("bhij->bij", ["x"]), ("bhij->bj", ["x"]), ("bhij->b", ["x"]),
        ("bhij->jbih", ["x"]), ("bhij,bhjk->bhik", ["x", y]), ("bhij,bhkj->bhik", ["x", "x"]),
        ("bhij,bhij->bhij", ["x", "x"]), ("bhij,bhij->b", ["x", "x"]), ("bhij,bj->bhi", ["x", v]),
        ("bj,bhij->bih", [v, "x"]), ("bi,bj->bij", [flat, v]), ("bhij,bhjk->bikh", ["x", y]),
        ("bhij,jk->bhik", ["x", numbers(rng, 5, 2)]), ("bhij,kj->bhik", ["x", numbers(rng, 2, 5)]),
        ("bhij,hjk->bik", ["x", numbers(rng, 3, 5, 2)]), ("jk,bhij->bkhi", [numbers(rng, 5, 2), "x"]),
        ("bhij,hjk->bhik", ["x", numbers(rng, 3, 5, 2)]), ("bhij,h->bij", ["x", numbers(rng, 3)]),
        ("bhij,hij->b", ["x", numbers(rng, 3, 4, 5)]), ("...j,jk->...k", ["x", numbers(rng, 5, 2)]),
        ("...ij,...jk->...ik", ["x", y]), ("...ij->...ji", ["x"]), ("bhij , bhjk", ["x", y]),
        ("bhij,bhkj,bhkl->bhil", ["x", "x", "x"]), ("bj,jk,kl->bl", [v, numbers(rng, 5, 3), numbers(rng, 3, 2)]),
        ("bhij,b->bhij", ["x", graph.add("ReduceMax", ["x", np.array([1, 2, 3])], keepdims=0)]),
    ]
    for number, (equation, operands) in enumerate(equations):
        yield (f"einsum_{number}",
               behind_batch(graph, graph.add("Einsum", operands, equation=equation)))


@family(2, 24)
def spectra(graph):
    """Fourier transforms of frames and of axes, and their windows."""
    small = graph.add("Mul", ["x", np.float32(0.25)])
    signal = graph.add("Reshape", [small, np.array([1, 48, 1])])
    for name, window in {"none": "", "hann": graph.add("HannWindow", [np.int64(16)]),
                         "hamming": graph.add("HammingWindow", [np.int64(16)], periodic=0),
                         "blackman": graph.add("BlackmanWindow", [np.int64(16)])}.items():
        for onesided in [0, 1]:
            yield f"STFT_{name}_{onesided}", graph.add(
                "STFT", [signal, np.int64(6), window, np.int64(16)], onesided=onesided)
    yield "STFT_window", graph.add("STFT", [signal, np.int64(15), numbers(graph.rng, 18)])
    real = graph.add("Unsqueeze", [small, np.array([3])])
    pairs = graph.add("Reshape", [small, np.array([1, 2, 12, 2])])
    for inverse, (kind, tensor) in itertools.product([0, 1], {"real": real,
                                                              "complex": pairs}.items()):
        for axis in [1, 2, -2]:
            yield f"DFT_{kind}_{inverse}_{axis % 4}_{axis < 0}", graph.add(
                "DFT", [tensor, "", np.int64(axis)], inverse=inverse)
        for length in [7, 27]:
            yield f"DFT_{kind}_{inverse}_length_{length}", graph.add(
                "DFT", [tensor, np.int64(length)], inverse=inverse)
    for length in [24, 21, 32]:
        half = graph.add("DFT", [real, np.int64(length), np.int64(2)], onesided=1)
        yield f"DFT_half_{length}", half
        yield f"DFT_back_{length}", graph.add("DFT", [half, np.int64(length), np.int64(2)],
                                              inverse=1, onesided=1)


@family(6, 4)
def sequences(graph):
    """Parts of an axis backwards, norms of computed statistics, and numbers without an axis."""
    for name, (batch, time, count) in {"all": (0, 1, 6), "some": (0, 1, 4), "one": (0, 1, 1)}.items():
        yield f"ReverseSequence_{name}", graph.add(
            "ReverseSequence", ["x", np.array([count])], batch_axis=batch, time_axis=time)
    mean = graph.add("ReduceMean", ["x", np.array([0, 2])], keepdims=0)
    square = graph.add("ReduceMean", [graph.add("Mul", ["x", "x"]), np.array([0, 2])], keepdims=0)
    variance = graph.add("Sub", [square, graph.add("Mul", [mean, mean])])
    gamma, beta = numbers(graph.rng, 6), numbers(graph.rng, 6)
    yield "BatchNormalization_computed", graph.add(
        "BatchNormalization", ["x", gamma, beta, mean, variance], epsilon=0.01)
    yield "BatchNormalization_scale", graph.add(
        "BatchNormalization", ["x", mean, beta, gamma, np.abs(beta)], epsilon=0.1)
    middle = graph.add("ReduceMean", ["x"], keepdims=0)
    spread = graph.add("Add", [graph.add("Sqrt", [graph.add("ReduceMean", [graph.add(
        "Mul", ["x", "x"])], keepdims=0)]), np.float32(0.1)])
    yield "standard", graph.add("Div", [graph.add("Sub", ["x", middle]), spread])
    for operator, number in {"Add": 2.0, "Sub": 1.5, "Mul": -3.0, "Div": 7.0, "Max": 0.3,
                             "Min": 0.1, "Pow": 3.0}.items():
        yield f"{operator}_number", graph.add("Unsqueeze", [graph.add(
            operator, [middle, np.float32(number)]), np.array([0, 1])])
        yield f"{operator}_number_first", graph.add("Unsqueeze", [graph.add(
            operator, [np.float32(number), graph.add("Exp", [middle])]), np.array([0, 1])])
    parts = graph.add("Split", [graph.add("Shape", ["x"]), np.array([1, 2, 0])], 3)
    size = graph.add("Concat", [parts[1], parts[0], parts[2]], axis=0)
    yield "Split_shape", graph.add("Reshape", ["x", graph.add("Concat", [
        np.array([-1]), size], axis=0)])
    yield "Split_empty", graph.add("Split", ["x", np.array([2, 0, 4])], 3, axis=1)[2]
    infinite = graph.add("Log", [graph.add("Relu", ["x"])])
    yield "Equal_infinity", graph.add("Equal", [infinite, np.float32(-np.inf)])
    yield "Equal_other_infinity", graph.add("Equal", [np.float32(np.inf), infinite])


@family(7)
def learning(graph):
    """What skl2onnx writes of linear models and of what prepares their features."""
    def add(operator, inputs, count=1, **attributes):
        return graph.add(operator, inputs, count, domain="ai.onnx.ml", **attributes)

    rng = graph.rng
    drawn = lambda count: rng.normal(size=count).tolist()
    yield "Scaler", add("Scaler", ["x"], offset=drawn(7), scale=drawn(7))
    yield "Scaler_one", add("Scaler", ["x"], offset=[0.5], scale=[3.0])
    zero = graph.add("Mul", ["x", np.float32(0)])
    for norm in ["L1", "L2", "MAX"]:
        yield f"Normalizer_{norm}", add("Normalizer", ["x"], norm=norm)
        yield f"Normalizer_zero_{norm}", add("Normalizer", [zero], norm=norm)
    yield "Binarizer", add("Binarizer", ["x"], threshold=0.2)
    missing = graph.add("Sqrt", ["x"])
    for name, number in {"nan": np.nan, "zero": 0.0, "infinite": -np.inf}.items():
        source = {"nan": missing, "zero": graph.add("Relu", ["x"]),
                  "infinite": graph.add("Log", [graph.add("Relu", ["x"])])}[name]
        yield f"Imputer_{name}", add("Imputer", [source], replaced_value_float=number,
                                     imputed_value_floats=drawn(7))
    yield "Imputer_one", add("Imputer", [missing], replaced_value_float=np.nan,
                             imputed_value_floats=[1.5])
    yield "columns", add("ArrayFeatureExtractor", ["x", np.array([[4, 0, 3]])])
    position = graph.add("ArgMax", ["x"], axis=1, keepdims=0)
    yield "labels", add("ArrayFeatureExtractor", [np.arange(7) * 3 - 5, position])
    yield "Gather_numbers", graph.add("Gather", [np.arange(7, dtype=np.float32) ** 2, position])
    yield "Gather_matrices", graph.add("Gather", [numbers(rng, 7, 2, 3), position])
    for targets in [1, 3]:
        yield f"LinearRegressor_{targets}", add(
            "LinearRegressor", ["x"], targets=targets, coefficients=drawn(7 * targets),
            intercepts=drawn(targets))
    yield "LinearRegressor_through_zero", add("LinearRegressor", ["x"], coefficients=drawn(7))
    for transform in ["NONE", "LOGISTIC", "SOFTMAX"]:
        for classes in [[0, 1, 2], [7, -3, 4, 9]]:
            label, scores = add("LinearClassifier", ["x"], 2, coefficients=drawn(7 * len(classes)),
                                intercepts=drawn(len(classes)), classlabels_ints=classes,
                                post_transform=transform, multi_class=1)
            yield f"label_{transform}_{len(classes)}", label
            yield f"scores_{transform}_{len(classes)}", scores


# --- Windows and borders -----------------------------------------------------


@family(2, 9, 7)
def windows(graph):
    """Poolings with gaps, of powers, borders, and neighbouring channels."""
    steps = {"plain": {}, "strides": {"strides": [2, 3]}, "pads": {"pads": [1, 0, 2, 1]},
             "both": {"strides": [2, 2], "pads": [1, 1, 1, 1]},
             "same": {"auto_pad": "SAME_UPPER", "strides": [2, 2]},
             "lower": {"auto_pad": "SAME_LOWER"}}
    for name, attributes in steps.items():
        if "auto_pad" not in attributes:
            yield (f"MaxPool_{name}", graph.add("MaxPool", ["x"], kernel_shape=[3, 2],
                                                dilations=[2, 3], **attributes))
        for counts in [0, 1]:
            if "auto_pad" not in attributes:
                yield (f"AveragePool_{name}_{counts}",
                       graph.add("AveragePool", ["x"], kernel_shape=[3, 2], dilations=[2, 3],
                                 count_include_pad=counts, **attributes))
        if "auto_pad" not in attributes:
            yield (f"MaxPool_ceil_{name}",
                   graph.add("MaxPool", ["x"], kernel_shape=[3, 2], dilations=[2, 2],
                             ceil_mode=1, **attributes))
        for power in [1, 2, 3]:
            yield (f"LpPool_{name}_{power}",
                   graph.add("LpPool", ["x"], kernel_shape=[3, 2], p=power, **attributes))
    yield "LpPool_gaps", graph.add("LpPool", ["x"], kernel_shape=[2, 2], dilations=[3, 2],
                                   pads=[1, 0, 0, 1])
    for power in [1, 2, 3]:
        yield f"GlobalLpPool_{power}", graph.add("GlobalLpPool", ["x"], p=power)
    kernel, bias = numbers(graph.rng, 2, 3, 2, 1), numbers(graph.rng, 3)
    for name, shape in {"less": [17, 12], "more": [18, 14]}.items():
        yield f"ConvTranspose_{name}", graph.add(
            "ConvTranspose", ["x", kernel, bias], strides=[2, 2], output_shape=shape)
    many = graph.add("Concat", ["x", "x", graph.add("Neg", ["x"])], axis=1)
    for size, (name, attributes) in itertools.product([1, 3, 5], {
            "plain": {}, "strong": {"alpha": 0.9, "beta": 0.6, "bias": 2.0},
            "root": {"alpha": 0.5, "beta": 0.5, "bias": 1.0}}.items()):
        yield f"LRN_{size}_{name}", graph.add("LRN", [many], size=size, **attributes)
    for mode, (name, pads) in itertools.product(["edge", "reflect", "wrap"], {
            "low": [0, 0, 2, 3, 0, 0, 0, 0], "high": [0, 0, 0, 0, 0, 0, 4, 1],
            "both": [0, 1, 2, 3, 0, 1, 3, 2], "crop": [0, 0, -1, 2, 0, 0, 2, -2]}.items()):
        if mode == "reflect" and name == "crop":
            continue
        yield f"Pad_{mode}_{name}", graph.add("Pad", ["x", np.array(pads)], mode=mode)
    yield "Pad_wrap_often", graph.add("Pad", ["x", np.array([0, 4, 0, 0, 0, 7, 0, 0])],
                                      mode="wrap")


@family(2, 6, 5)
def cubic(graph):
    """Cubic interpolation between and beyond positions."""
    for coordinates in ["half_pixel", "pytorch_half_pixel", "asymmetric", "align_corners"]:
        for name, (scales, sizes) in {
                "twice": ([1, 1, 2, 2], None), "half": ([1, 1, 0.5, 1], None),
                "sizes": (None, [1, 2, 9, 7]), "one": (None, [1, 2, 6, 1])}.items():
            inputs = ["x", ""]
            inputs += [np.array(scales, np.float32)] if scales else ["", np.array(sizes)]
            yield (f"Resize_{coordinates}_{name}",
                   graph.add("Resize", inputs, mode="cubic",
                             coordinate_transformation_mode=coordinates))
    for name, attributes in {"outside": {"exclude_outside": 1},
                             "half": {"cubic_coeff_a": -0.5}}.items():
        yield (f"Resize_{name}", graph.add("Resize", ["x", "", np.array([1, 1, 2, 1.5], np.float32)],
                                           mode="cubic", **attributes))


# --- Graphs within -----------------------------------------------------------


def value(name, element_type=FLOAT, shape=None):
    return helper.make_tensor_value_info(name, element_type, shape)


def constant(name, array):
    return helper.make_node("Constant", [], [name], value=numpy_helper.from_array(np.asarray(array)))


@family(6, 4)
def graphs(graph):
    """Branches and loops that are known once shapes are."""
    size = graph.add("Gather", [graph.add("Shape", ["x"]), np.int64(1)])
    then_branch = helper.make_graph([helper.make_node("Relu", ["x"], ["then"])], "then", [],
                                    [value("then")])
    else_branch = helper.make_graph([helper.make_node("Neg", ["x"], ["else"])], "else", [],
                                    [value("else")])
    for name, bound in {"then": 5, "else": 7}.items():
        condition = graph.add("Greater", [size, np.int64(bound)])
        yield f"If_{name}", graph.add("If", [condition], then_branch=then_branch,
                                      else_branch=else_branch)
    body = helper.make_graph(
        [helper.make_node("Cast", ["round"], ["number"], to=FLOAT),
         helper.make_node("Mul", ["state", "half"], ["less"]),
         helper.make_node("Add", ["less", "number"], ["next"]),
         helper.make_node("Identity", ["condition"], ["still"]),
         helper.make_node("ReduceSum", ["next", "axes"], ["sum"], keepdims=0)],
        "body", [value("round", INT64, []), value("condition", BOOL, []), value("state")],
        [value("still", BOOL, []), value("next"), value("sum")],
        [numpy_helper.from_array(np.float32(0.5), "half"),
         numpy_helper.from_array(np.array([2]), "axes")])
    for rounds in [1, 3]:
        state, sums = graph.add("Loop", [np.int64(rounds), np.array(True), "x"], 2, body=body)
        yield f"Loop_{rounds}", state
        yield f"Loop_sums_{rounds}", graph.add("Transpose", [sums], perm=[1, 0, 2])
    whiles = helper.make_graph(
        [constant("one", np.int64(1)), constant("limit", np.int64(4)),
         helper.make_node("Add", ["count", "one"], ["more"]),
         helper.make_node("Less", ["more", "limit"], ["again"]),
         helper.make_node("Tanh", ["state"], ["next"])],
        "while", [value("round", INT64, []), value("condition", BOOL, []),
                  value("count", INT64, []), value("state")],
        [value("again", BOOL, []), value("more", INT64, []), value("next")])
    _, state = graph.add("Loop", ["", np.array(True), np.int64(0), "x"], 2, body=whiles)
    yield "Loop_while", state
    step = helper.make_graph(
        [helper.make_node("Add", ["sum", "part"], ["next"]),
         helper.make_node("Tanh", ["next"], ["shown"])],
        "step", [value("sum"), value("part")], [value("next"), value("shown")])
    start = graph.add("ReduceMax", ["x", np.array([1])], keepdims=0)
    for backwards, last in itertools.product([0, 1], repeat=2):
        sums, shown = graph.add("Scan", [start, "x"], 2, body=step, num_scan_inputs=1,
                                scan_input_axes=[1], scan_input_directions=[backwards],
                                scan_output_axes=[2 if last else 1],
                                scan_output_directions=[backwards])
        yield f"Scan_{backwards}_{last}", sums
        yield f"Scan_shown_{backwards}_{last}", shown
    yield "Function", graph.add("Blend", ["x", start], domain="test", factor=0.25)
    yield "Function_default", graph.add("Blend", ["x", start], domain="test")


def make_functions():
    """The functions of the models: `Blend`, which calls `Spread`."""
    version = [helper.make_opsetid("", 20), helper.make_opsetid("test", 1)]
    factor = helper.make_node("Constant", [], ["f"])
    factor.attribute.add(name="value_float", ref_attr_name="factor", type=1)
    blend = helper.make_function(
        "test", "Blend", ["a", "b"], ["y"],
        [factor, helper.make_node("Spread", ["b"], ["s"], domain="test"),
         helper.make_node("Mul", ["s", "f"], ["t"]), helper.make_node("Add", ["a", "t"], ["y"])],
        version, [], [helper.make_attribute("factor", 0.75)])
    spread = helper.make_function(
        "test", "Spread", ["v"], ["y"],
        [constant("axes", np.array([1])), helper.make_node("Unsqueeze", ["v", "axes"], ["y"])],
        version, [])
    return [blend, spread]
