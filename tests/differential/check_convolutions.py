"""Compiles random convolutions, and compares them with the reference in every bit.

    python3 check_convolutions.py FOLDER [--count N] [--seed N]

Most shapes are such that vectors do not fit: 1 to 40 channels, widths of 3 to 70,
with strides, dilation, padding with a border, groups, epilogues and pooling;
some are for minimal filtering.
All of them are one model, which is written to FOLDER and runs there on every
variant that this processor has and that has fused multiply-add. NaN is one
value. Exit status 1 if any differs.
"""
import argparse
import math
import os
import random
import subprocess
import sys
import zipfile

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "tools"))
import arrays

TARGETS = {"x86-64-v4": "avx512f", "x86-64-v3": "fma"}
BATCH = 2


class Graph:
    """One function, with an input and an output for each convolution."""

    def __init__(self, seed):
        self.random = random.Random(seed)
        self.lines, self.inputs, self.outputs = [], [], []

    def chance(self, probability):
        return self.random.random() < probability

    def numbers(self, shape):
        """A nested list of random numbers, as text."""
        if not shape:
            return f"{self.random.gauss(0, 1):.5f}"
        return f"[{', '.join(self.numbers(shape[1:]) for _ in range(shape[0]))}]"

    def weights(self, *shape):
        return f"dense<{self.numbers(shape)}> : {tensor(shape)}"

    def append(self, text, shape):
        self.lines.append(f"  %{len(self.lines)} = {text} -> {tensor(shape)}")
        return f"%{len(self.lines) - 1}"

    def add_pointwise(self, value, shape):
        kind = self.random.choice(["relu", "tanh", "affine"])
        if kind == "affine":
            channels = shape[-1]
            text = (f"nn.affine {value} axis = {len(shape) - 1} scale({self.weights(channels)}) "
                    f"shift({self.weights(channels)}) : {tensor(shape)}")
        else:
            text = f"nn.activation {kind} {value} : {tensor(shape)}"
        self.lines.append(f"  %{len(self.lines)} = {text}")
        return f"%{len(self.lines) - 1}"

    def add_pool(self, value, shape):
        window = [self.random.randint(1, 3) for _ in shape[1:-1]]
        strides = [size + self.random.choice([0, 0, 1]) for size in window]
        if any(size > length for size, length in zip(window, shape[1:-1])):
            return value, shape
        pooled = [shape[0], *((length - size) // stride + 1 for length, size, stride in
                              zip(shape[1:-1], window, strides)), shape[-1]]
        kind = self.random.choice(["max", "avg"])
        return self.append(f"nn.{kind}_pool {value} window = {window} strides = {strides} : "
                           + tensor(shape), pooled), pooled

    def add_winograd_conv(self):
        """As nn-opt chooses it, with a range that it need not know."""
        if self.chance(0.6):
            taps = [self.random.choice([2, 3, 4, 5, 6, 7, 8, 9, 11, 16, 19, 25, 39])]
        else:
            taps = self.random.choice([[2, 2], [3, 3], [3, 3], [5, 5], [1, 5], [7, 1]])
        axes = len(taps)
        channels = self.random.choice([16, 20, 33, 64, 70])
        filters = self.random.choice([16, 17, 24, 40])
        dilations = [self.random.choice([1, 1, 1, 2, 3]) for _ in range(axes)]
        stride = self.random.choice([1, 1, 2, 3]) if dilations == [1] else 1
        padding = [self.random.randint(0, 1) for _ in range(2 * axes)]
        spans = [(k - 1) * d for k, d in zip(taps, dilations)]
        # Positions are joined where a stride divides their number.
        size = [span + stride * self.random.randint(6, 60 if axes == 1 else 16)
                + -span % stride for span in spans]
        convolved = [BATCH, *((n + padding[2 * i] + padding[2 * i + 1] - span - 1) // stride + 1
                              for i, (n, span) in enumerate(zip(size, spans))), filters]
        self.inputs.append([BATCH, *size, channels])
        text = (f"nn.conv %x{len(self.inputs) - 1} "
                f"kernel({self.weights(*taps, channels, filters)}) "
                f"bias({self.weights(filters)}) strides = {[stride] * axes} "
                f"padding = {padding} dilations = {dilations} "
                f"{{nn.amplification = {self.random.choice([1.0, 9.0])} : f64}} "
                f": {tensor(self.inputs[-1])}")
        value, shape = self.append(text, convolved), convolved
        value = self.add_pointwise(value, shape)
        value, shape = self.add_pool(value, shape)
        self.outputs.append((value, shape))

    def add_conv(self):
        pick, axes = self.random.randint, self.random.randint(1, 2)
        groups = self.random.choice([1, 1, 1, 1, 2, 3])
        channels = groups * (pick(1, 5) if self.chance(0.7) else pick(6, 40))
        filters = groups * (pick(1, 40) if groups == 1 else pick(1, 7))
        if self.chance(0.15):
            groups, filters = channels, channels
        kernel = [pick(1, 7) if self.chance(0.4) else pick(1, 3) for _ in range(axes)]
        strides = [pick(1, 3) if self.chance(0.3) else 1 for _ in range(axes)]
        dilations = [pick(1, 2) if self.chance(0.3) else 1 for _ in range(axes)]
        is_padded = self.chance(0.5)
        padding = [pick(0, 3) if is_padded else 0 for _ in range(2 * axes)]
        spans = [(k - 1) * d + 1 for k, d in zip(kernel, dilations)]
        size = [max(span, pick(3, 12)) for span in spans[:-1]] + [max(spans[-1], pick(3, 70))]
        convolved = [BATCH, *((n + padding[2 * i] + padding[2 * i + 1] - span) // stride + 1
                              for i, (n, span, stride) in enumerate(zip(size, spans, strides))),
                     filters]
        text = (f"nn.conv %x{len(self.inputs)} "
                f"kernel({self.weights(*kernel, channels // groups, filters)}) "
                f"bias({self.weights(filters)}) strides = {strides} padding = {padding} ")
        if self.chance(0.5):
            text += f"border({self.weights(channels)}) "
        text += f"dilations = {dilations} groups = {groups} : "
        self.inputs.append([BATCH, *size, channels])
        value, shape = self.append(text + tensor(self.inputs[-1]), convolved), convolved
        if self.chance(0.5):
            value = self.add_pointwise(value, shape)
        if self.chance(0.6):
            value, shape = self.add_pool(value, shape)
            if self.chance(0.5):
                value = self.add_pointwise(value, shape)
        self.outputs.append((value, shape))

    def __str__(self):
        inputs = ", ".join(f'%x{i}: {tensor(shape)} {{nn.name = "x{i}"}}'
                           for i, shape in enumerate(self.inputs))
        results = ", ".join(f'{tensor(shape)} {{nn.name = "y{i}"}}'
                            for i, (_, shape) in enumerate(self.outputs))
        types = ", ".join(tensor(shape) for _, shape in self.outputs)
        values = ", ".join(value for value, _ in self.outputs)
        return "\n".join([f"func.func @model({inputs}) -> ({results}) {{", *self.lines,
                          f"  return {values} : {types}", "}", ""])


def tensor(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def is_same(a, b):
    """Whether two numbers have the same bits, or are both NaN."""
    return (a == b and math.copysign(1, a) == math.copysign(1, b)) or (a != a and b != b)


def parse_arguments(description, count):
    parser = argparse.ArgumentParser(description=description.split("\n", maxsplit=1)[0])
    parser.add_argument("folder")
    parser.add_argument("--count", type=int, default=count)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def compare(graph, folder):
    """Prints which outputs differ between reference and targets; how many do."""
    path = lambda name: os.path.join(folder, name)
    os.makedirs(folder, exist_ok=True)
    with open(path("model.mlir"), "w", encoding="utf-8") as file:
        file.write(str(graph))
    with zipfile.ZipFile(path("x.npz"), "w") as archive:
        for i, shape in enumerate(graph.inputs):
            archive.writestr(f"x{i}.npy", arrays.encode(graph.numbers(shape)))

    def run(model, output, *flags):
        subprocess.run(["frieze-run", path(model), "--input", path("x.npz"), "--output",
                        path(output), *flags], check=True)
        with zipfile.ZipFile(path(output)) as archive:
            return [arrays.decode(archive.read(f"y{i}.npy"))[1]
                    for i in range(len(graph.outputs))]

    expected = run("model.mlir", "bits.npz", "--reference=bits")
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        flags = set(file.read().split())
    problems = 0
    for target in (target for target, flag in TARGETS.items() if flag in flags):
        for i, (e, a) in enumerate(zip(expected, run("model.mlir", "y.npz", f"--target={target}"))):
            different = sum(not is_same(*pair) for pair in zip(e, a, strict=True))
            if different:
                problems += 1
                print(f"error: {target}: output {i}, {different} of {len(e)} elements "
                      f"differ, of {graph.outputs[i][0]}")
    return problems


def main():
    arguments = parse_arguments(__doc__, 40)
    graph = Graph(arguments.seed)
    for _ in range(arguments.count):
        if graph.chance(0.25):
            graph.add_winograd_conv()
        else:
            graph.add_conv()
    problems = compare(graph, arguments.folder)
    print(f"{arguments.count} convolutions, {problems} differ")
    return min(problems, 1)


if __name__ == "__main__":
    sys.exit(main())
