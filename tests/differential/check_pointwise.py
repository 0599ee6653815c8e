"""Compiles random pointwise layers and reductions, and compares their bits.

    python3 check_pointwise.py FOLDER [--count N] [--seed N]

Operands of one to four axes, some of size 1, which are repeated; sizes that do
not fill vectors; reductions and normalisations over any axes; matrix products.
Otherwise as check_convolutions.py.
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

    def finish(self, text, shape, has_one_type=False):
        if has_one_type:
            self.lines.append(f"  %{len(self.lines)} = {text} : {tensor(shape)}")
            value = f"%{len(self.lines) - 1}"
        else:
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

    def add_normalization(self):
        shape = self.pick_shape()
        axes = self.pick_axes(shape) or [self.random.randint(1, len(shape) - 1)]
        kind = self.random.choice(["standard", "deviation", "rms", "l2"])
        self.finish(f"nn.normalize {kind} {self.add_input(shape)} axes = {axes} "
                    "epsilon = 1.0e-3", shape, has_one_type=True)

    def add_prelu(self):
        shape = self.pick_shape()
        slope = [1 if axis == 0 or self.chance(0.4) else size for axis, size in enumerate(shape)]
        self.finish(f"nn.prelu {self.add_input(shape)} slope({self.weights(*slope)})",
                    shape, has_one_type=True)

    def add_function(self):
        shape = self.pick_shape()
        function = self.random.choice([
            "thresholded_relu(0.5, 0.25)", "thresholded_relu(0.0, 0.5)", "celu(0.5)", "mish",
            "abs", "square", "sqrt", "reciprocal", "log", "erf"])
        self.finish(f"nn.activation {function} {self.add_input(shape)}", shape, has_one_type=True)

    def add_matmul(self):
        pick = lambda: self.random.choice([1, 2, 3, 8, 17, 33])
        rows, terms, columns = pick(), pick(), pick()
        leading = [BATCH, *(self.random.randint(1, 3) for _ in range(self.random.randint(0, 2)))]
        types = []
        for matrix in ([rows, terms], [terms, columns]):
            types.append([1 if axis and self.chance(0.3) else size
                          for axis, size in enumerate(leading)] + matrix)
        result = [max(sizes) for sizes in zip(*types)][:-2] + [rows, columns]
        operands = ", ".join(map(self.add_input, types))
        self.finish(f"nn.matmul {operands} : {', '.join(map(tensor, types))}", result)


def main():
    arguments = check_convolutions.parse_arguments(__doc__, 120)
    graph = Graph(arguments.seed)
    for _ in range(arguments.count):
        graph.random.choice([graph.add_binary, graph.add_reduction, graph.add_normalization,
                             graph.add_prelu, graph.add_function, graph.add_matmul])()
    problems = check_convolutions.compare(graph, arguments.folder)
    print(f"{arguments.count} layers, {problems} differ")
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
