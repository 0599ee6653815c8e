"""Random ONNX operators that move elements, as those of onnx_operators.py."""
import numpy as np

from onnx_operators import (batch_normalization, binary, function, gemm, pick_axes, pick_axis,
                            softmax, standardize)

# --- Shapes ------------------------------------------------------------------


def with_axes(graph, name, value, axes):
    """Squeeze or Unsqueeze."""
    if graph.opset >= 13:
        return graph.append(name, [value, graph.constant(np.array(axes, "int64"))])
    return graph.append(name, [value], axes=axes)


def reshape(graph, value):
    shape, random = graph.shape(value), graph.random
    rank = len(shape)
    kind = random.choice(["reshape", "reshape", "flatten", "squeeze", "unsqueeze", "shape"])
    if kind == "flatten":
        return graph.append("Flatten", [value], **({"axis": 1} if graph.chance(0.5) else {}))
    if kind == "squeeze":
        ones = [axis for axis in range(1, rank) if shape[axis] == 1]
        if not ones:
            return None
        return with_axes(graph, "Squeeze", value, random.sample(ones, random.randint(1, len(ones))))
    if kind == "unsqueeze":
        axis = random.randint(1, rank)
        axis = axis - rank - 1 if graph.opset >= 11 and graph.chance(0.4) else axis
        return with_axes(graph, "Unsqueeze", value, [axis]) if rank < 5 else None
    count = int(np.prod(shape[1:]))
    sizes = []
    for _ in range(random.randint(0, 2)):
        sizes.append(random.choice([d for d in range(1, count + 1) if count % d == 0]))
        count //= sizes[-1]
    sizes.append(count)
    if kind == "shape":  # the batch taken from the value's own shape
        batch = graph.append("Gather", [graph.append("Shape", [value]),
                                        graph.constant(np.array([0], "int64"))], axis=0)
        target = graph.append("Concat", [batch, graph.constant(np.array(sizes, "int64"))], axis=0)
        return graph.append("Reshape", [value, target])
    first = random.choice([0, -1])
    if first == 0 and graph.chance(0.5):
        sizes[random.randrange(len(sizes))] = -1
    return graph.append("Reshape", [value, graph.constant(np.array([first, *sizes], "int64"))])


def transpose(graph, value):
    rank = len(graph.shape(value))
    return graph.append("Transpose", [value],
                        perm=[0, *graph.random.sample(range(1, rank), rank - 1)])


def concat(graph, value):
    rank = len(graph.shape(value))
    if rank < 2:
        return None
    axis = graph.random.randint(1, rank - 1)
    others = [graph.find_like(value, axis) for _ in range(graph.random.randint(1, 2))]
    operands = [value, *others]
    graph.random.shuffle(operands)
    return graph.append("Concat", operands, axis=axis - rank if graph.chance(0.3) else axis)


def split(graph, value):
    shape = graph.shape(value)
    axes = [axis for axis in range(1, len(shape)) if shape[axis] > 1]
    if not axes:
        return None
    axis = graph.random.choice(axes)
    cut = graph.random.randint(1, shape[axis] - 1)
    sizes = [cut, shape[axis] - cut]
    if shape[axis] % 2 == 0 and graph.chance(0.3):
        more = {"num_outputs": 2} if graph.opset >= 18 else {}
        parts = graph.append_many("Split", [value], 2, axis=axis, **more)
    elif graph.opset >= 13:
        parts = graph.append_many("Split", [value, graph.constant(np.array(sizes, "int64"))], 2,
                                  axis=axis)
    else:
        parts = graph.append_many("Split", [value], 2, axis=axis, split=sizes)
    return parts and graph.random.choice(parts)


def slice_(graph, value):
    shape, random = graph.shape(value), graph.random
    axes = pick_axes(graph, len(shape))
    if axes is None:
        return None
    starts, ends, steps = [], [], []
    for axis in axes:
        size = shape[axis]
        low, high = sorted(random.sample(range(size + 1), 2))
        step = random.choice([1, 1, 2, -1, -2]) if graph.opset >= 10 else 1
        if step < 0:
            low, high = high - 1, low - 1 if low else -size - random.randint(1, 5)
        elif graph.chance(0.3):
            low, high = low - size, high - size if high < size else random.choice([size, 2**31])
        starts, ends, steps = [*starts, low], [*ends, high], [*steps, step]
    if graph.opset < 10:
        return graph.append("Slice", [value], starts=starts, ends=ends, axes=axes)
    return graph.append("Slice", [value, *(graph.constant(np.array(numbers, "int64"))
                                           for numbers in (starts, ends, axes, steps))])


def gather(graph, value):
    shape = graph.shape(value)
    if len(shape) < 2:
        return None
    axis = pick_axis(graph, len(shape))
    low = -shape[axis] if graph.opset >= 11 else 0
    pick = lambda *_: graph.random.randint(low, shape[axis] - 1)
    indices = graph.random.choice([pick(), [pick(), pick(), pick()], [pick()], [[pick(), pick()]]])
    return graph.append("Gather", [value, graph.constant(np.array(indices, "int64"))], axis=axis)


def pad(graph, value):
    rank, random = len(graph.shape(value)), graph.random
    mode = random.choice(["constant", "constant", "edge", "reflect"])
    low = [0, *(random.randint(0, 2) for _ in range(rank - 1))]
    high = [0, *(random.randint(0, 2) for _ in range(rank - 1))]
    longer = [axis for axis in range(1, rank) if graph.shape(value)[axis] > 1]
    if mode == "constant" and longer and graph.chance(0.2):
        low[random.choice(longer)] = -1
    number = random.choice([0.0, 0.0, 1.5])
    if graph.opset < 11:
        return graph.append("Pad", [value], mode=mode, pads=low + high, value=number)
    inputs = [value, graph.constant(np.array(low + high, "int64"))]
    if mode == "constant" and graph.chance(0.6):
        inputs.append(graph.constant(np.float32(number)))
    return graph.append("Pad", inputs, mode=mode)


def repeat(graph, value):
    shape, random = graph.shape(value), graph.random
    if graph.chance(0.5):
        repeats = [1, *(random.randint(1, 3) for _ in shape[1:])]
        return graph.append("Tile", [value, graph.constant(np.array(repeats, "int64"))])
    if graph.opset < 8:
        return None
    sizes = [1, *(random.choice([1, size]) if size > 1 else random.randint(1, 4)
                  for size in shape[1:])]
    return graph.append("Expand", [value, graph.constant(np.array(sizes, "int64"))])


def blocks(graph, value):
    shape = graph.shape(value)
    if len(shape) != 4:
        return None
    if shape[1] % 4 == 0 and graph.chance(0.6):
        mode = {"mode": graph.random.choice(["DCR", "CRD"])} if graph.opset >= 11 else {}
        return graph.append("DepthToSpace", [value], blocksize=2, **mode)
    if shape[2] % 2 or shape[3] % 2:
        return None
    return graph.append("SpaceToDepth", [value], blocksize=2)


def resize(graph, value):
    shape, random = graph.shape(value), graph.random
    if len(shape) not in (3, 4):
        return None
    mode = random.choice(["nearest", "linear"])
    scales = [1.0, 1.0, *(random.choice([1.0, 2.0, 3.0, 0.5, 1.5]) for _ in shape[2:])]
    if graph.opset < 11:
        scales = [max(1.0, scale) for scale in scales] if graph.opset < 10 else scales
        name = "Resize" if graph.opset == 10 else "Upsample"
        if graph.opset < 9:
            return graph.append(name, [value], mode=mode, scales=scales)
        return graph.append(name, [value, graph.constant(np.array(scales, "float32"))], mode=mode)
    coordinates = ["half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"]
    attributes = {"mode": mode, "coordinate_transformation_mode": random.choice(coordinates)}
    if mode == "nearest":
        attributes["nearest_mode"] = random.choice(
            ["floor", "ceil", "round_prefer_floor", "round_prefer_ceil"])
    empty = "" if graph.opset >= 13 else graph.constant(np.array([], "float32"))
    if graph.chance(0.5):
        return graph.append("Resize", [value, empty, graph.constant(np.array(scales, "float32"))],
                            **attributes)
    # Between whole positions ONNX Runtime rounds as float32 falls, and with it the nearest.
    sizes = [size * scale for size, scale in zip(shape, scales)]
    if graph.is_open or any(size != int(size) for size in sizes):
        return None
    no_scales = "" if graph.opset >= 13 else graph.constant(np.array([], "float32"))
    return graph.append("Resize", [value, empty, no_scales,
                                   graph.constant(np.array(sizes).astype("int64"))], **attributes)


def as_rows(graph, value):
    """Samples and steps as rows of one matrix, and back."""
    shape = graph.shape(value)
    if len(shape) < 3:
        return None
    sizes = lambda *numbers: graph.constant(np.array(numbers, "int64"))
    rows = graph.append("Reshape", [value, sizes(-1, shape[-1])])
    if rows is None:
        return None
    maker = graph.random.choice([gemm, softmax, batch_normalization, function, binary])
    result = maker(graph, rows)
    if result is None or graph.shape(result)[0] != graph.shape(rows)[0]:
        return None
    return graph.append("Reshape", [result, sizes(-1, *shape[1:-1], graph.shape(result)[-1])])


def turn(graph, value):
    """With the batch among the other axes, and back; where its size is fixed."""
    rank = len(graph.shape(value))
    if graph.is_open or rank < 3:
        return None
    order = graph.random.sample(range(rank), rank)
    result = graph.append("Transpose", [value], perm=order)
    if result is None:
        return None
    result = graph.random.choice([softmax, function, standardize])(graph, result)
    return graph.append("Transpose", [result], perm=[order.index(axis) for axis in range(rank)])


def no_operation(graph, value):
    name = graph.random.choice(["Dropout", "Cast", "Identity"])
    return graph.append(name, [value], **({"to": 1} if name == "Cast" else {}))


MAKERS = [
    *[reshape] * 3, *[transpose] * 2, *[concat] * 2, split, *[slice_] * 2, gather, pad, repeat,
    blocks, *[resize] * 2, *[as_rows] * 2, turn, no_operation,
]
