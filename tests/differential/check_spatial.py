"""Compiles random layers that resize, move or spread elements, and compares their bits.

    python3 check_spatial.py FOLDER [--count N] [--seed N]

Transposed convolutions, and slices, resizes and padding by the input itself, one
behind the other; shapes do not fit vectors. Otherwise as check_convolutions.py.
"""
import sys

import check_convolutions
from check_convolutions import BATCH, tensor


class Graph(check_convolutions.Graph):
    """One function, with an output for each transposed convolution or row of layers."""

    def add_transposed_conv(self):
        pick, axes = self.random.randint, self.random.randint(1, 2)
        groups = self.random.choice([1, 1, 1, 2, 3])
        channels, filters = groups * pick(1, 9), groups * pick(1, 20)
        if self.chance(0.2):
            groups, filters = channels, channels
        kernel, size = [pick(1, 5) for _ in range(axes)], [pick(1, 9) for _ in range(axes)]
        strides = [pick(1, 4) for _ in range(axes)]
        dilations = [pick(1, 3) if self.chance(0.3) else 1 for _ in range(axes)]
        full = [(n - 1) * stride + (k - 1) * dilation + 1
                for n, k, stride, dilation in zip(size, kernel, strides, dilations)]
        padding = []
        for length in full:
            low = pick(-1, min(3, length - 1))
            padding += [low, pick(-2, min(3, length - 1 - max(low, 0)))]
        shape = [BATCH, *(length - padding[2 * i] - padding[2 * i + 1]
                          for i, length in enumerate(full)), filters]
        self.inputs.append([BATCH, *size, channels])
        value = self.append(
            f"nn.conv_transpose %x{len(self.inputs) - 1} "
            f"kernel({self.weights(*kernel, channels // groups, filters)}) "
            f"bias({self.weights(filters)}) strides = {strides} padding = {padding} "
            f"dilations = {dilations} groups = {groups} : {tensor(self.inputs[-1])}", shape)
        if self.chance(0.5):
            value = self.add_pointwise(value, shape)
        self.outputs.append((value, shape))

    def add_move(self, value, shape):
        """Part of the elements, or more of them: a layer, its value and shape."""
        pick = self.random.randint
        kind = self.random.choice(["slice", "nearest", "linear", "edge", "reflect"])
        if kind == "slice":
            size, begin, strides = shape[:], [0] * len(shape), [1] * len(shape)
            for axis in range(1, len(shape)):
                if self.chance(0.6):
                    stride = pick(1, 2)
                    size[axis] = pick(1, (shape[axis] - 1) // stride + 1)
                    reach = (size[axis] - 1) * stride
                    begin[axis] = pick(0, shape[axis] - 1 - reach)
                    strides[axis] = stride
                    if self.chance(0.3):
                        begin[axis], strides[axis] = begin[axis] + reach, -stride
            text, moved = f"nn.slice {value} begin = {begin} size = {size} strides = {strides}", size
        elif kind in ("nearest", "linear"):
            sizes = [n * pick(1, 3) if self.chance(0.5) else pick(1, 20) for n in shape[1:-1]]
            rule = self.random.choice(["half_pixel", "asymmetric", "align_corners"])
            text = f"nn.resize {kind} {value} sizes = {sizes} coordinates = {rule}"
            if kind == "nearest":
                text += " rounding = " + self.random.choice(["floor", "ceil", "round_prefer_ceil"])
            moved = [shape[0], *sizes, shape[-1]]
        else:
            low = [0] + [pick(0, min(3, n - 1)) for n in shape[1:]]
            high = [0] + [pick(0, min(3, n - 1)) for n in shape[1:]]
            text = f"nn.pad {value} low = {low} high = {high} mode = {kind}"
            moved = [sum(sizes) for sizes in zip(shape, low, high)]
        value = self.append(f"{text} : {tensor(shape)}", moved)
        return (self.add_pointwise(value, moved) if self.chance(0.5) else value), moved

    def add_moves(self):
        pick = self.random.randint
        self.inputs.append([BATCH, *(pick(1, 12) for _ in range(pick(1, 2))), pick(1, 40)])
        value, shape = f"%x{len(self.inputs) - 1}", self.inputs[-1]
        for _ in range(pick(1, 3)):
            value, shape = self.add_move(value, shape)
        self.outputs.append((value, shape))


def main():
    arguments = check_convolutions.parse_arguments(__doc__, 40)
    graph = Graph(arguments.seed)
    for _ in range(arguments.count):
        graph.random.choice([graph.add_transposed_conv, graph.add_moves])()
    problems = check_convolutions.compare(graph, arguments.folder)
    print(f"{arguments.count} graphs, {problems} differ")
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
