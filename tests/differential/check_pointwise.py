"""Compiles random pointwise layers and reductions, and compares their bits.

    python3 check_pointwise.py FOLDER [--count N] [--seed N]

Operands of one to four axes, some of size 1, which are repeated; sizes that do
not fill vectors; reductions over any axes. Otherwise as check_convolutions.py.
"""
import sys

import check_convolutions
from check_convolutions import BATCH, tensor


class Graph(check_convolutions.Graph):
    """One function, with an output for each layer."""

    def add_input(self, shape):
        self.inputs.append(shape)
        return f"%x{len(self.inputs) - 1}"

    def pick_shape(self):
        sizes = [self.random.choice([1, 2, 3, 5, 8, 17, 35]) for _ in range(self.random.randint(1, 3))]
        return [BATCH, *sizes]

    def finish(self, text, shape):
        value = self.append(text, shape)
        if len(shape) > 1 and self.chance(0.5):
            value = self.add_pointwise(value, shape)
        self.outputs.append((value, shape))

    def add_binary(self):
        shape = self.pick_shape()
        operands, types = [], []
        for _ in range(2):
            sizes = [1 if axis and self.chance(0.3) else size for axis, size in enumerate(shape)]
            if operands and self.chance(0.3):
                sizes[0] = 1
                self.lines.append(f"  %{len(self.lines)} = nn.constant "
                                  f"value({self.weights(*sizes)}) : {tensor(sizes)}")
                operands.append(f"%{len(self.lines) - 1}")
            else:
                operands.append(self.add_input(sizes))
            types.append(sizes)
        result = [max(sizes) for sizes in zip(*types)]
        kind = self.random.choice(["add", "sub", "mul", "div", "maximum", "minimum"])
        self.finish(f"nn.{kind} {', '.join(operands)} : {', '.join(map(tensor, types))}", result)

    def pick_axes(self, shape):
        return [axis for axis in range(1, len(shape)) if self.chance(0.5)]

    def add_reduction(self):
        shape = self.pick_shape()
        axes, keeps = self.pick_axes(shape), self.chance(0.5)
        result = [1 if axis in axes else size for axis, size in enumerate(shape)
                  if keeps or axis not in axes]
        kind = self.random.choice(["mean", "sum", "max", "min"])
        self.finish(f"nn.reduce {kind} {self.add_input(shape)} axes = {axes} "
                    f"{'keep_dims' if keeps else ''} : {tensor(shape)}", result)


def main():
    arguments = check_convolutions.parse_arguments(__doc__, 60)
    graph = Graph(arguments.seed)
    for _ in range(arguments.count):
        graph.random.choice([graph.add_binary, graph.add_reduction])()
    problems = check_convolutions.compare(graph, arguments.folder)
    print(f"{arguments.count} layers, {problems} differ")
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
