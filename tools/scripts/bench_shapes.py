#!/usr/bin/env python3
"""Measure single layers of many shapes and print a table for each kind.

    bench_shapes.py [--bench FRIEZE_BENCH] [--min-time SECONDS] [--runs N] [KIND...]

Each layer becomes a model of the nn dialect with random weights, which
`frieze-bench --benchmark_format=json` compiles and measures, several times; the
fastest run counts. Prints Markdown: shape, the least time in µs, the
multiply-adds of the layer's definition, the share of the peak of the core that
they are at, and spills and reloads of vector registers. The tables of
docs/Performance.md come from here. Use an idle machine, and pin to one core.
"""
import argparse
import json
import os
import random
import struct
import subprocess
import sys
import tempfile

KINDS = ("conv1d", "conv2d", "grouped", "dense", "lstm", "pooling")

# Input positions and channels, filters, window, strides.
CONV1D = [
    (1024, 1, 16, 5, 1), (1024, 8, 8, 5, 1), (145, 1, 32, 2, 1), (144, 32, 32, 2, 1),
    (512, 16, 32, 3, 1), (256, 32, 64, 3, 1), (128, 64, 64, 3, 1), (128, 256, 64, 3, 1),
    (512, 32, 32, 7, 2), (64, 64, 20, 5, 1),
]
CONV2D = [
    ((28, 28), 1, 32, (3, 3), 1), ((32, 32), 1, 6, (5, 5), 1), ((32, 32), 3, 6, (5, 5), 1),
    ((14, 14), 6, 16, (5, 5), 1), ((26, 26), 32, 32, (3, 3), 1), ((32, 32), 16, 16, (3, 3), 1),
    ((16, 16), 64, 64, (3, 3), 1), ((28, 28), 32, 64, (1, 1), 1), ((32, 32), 16, 32, (3, 3), 2),
    ((14, 14), 32, 32, (5, 5), 1),
]
# Also groups; as many as channels are a depthwise convolution.
GROUPED = [
    ((256,), 32, 32, (3,), 1, 32), ((256,), 64, 64, (5,), 1, 64), ((1024,), 8, 8, (7,), 1, 8),
    ((32, 32), 16, 16, (3, 3), 1, 16), ((28, 28), 32, 32, (3, 3), 1, 32),
    ((16, 16), 64, 64, (3, 3), 1, 64), ((28, 28), 32, 32, (5, 5), 2, 32),
    ((28, 28), 32, 32, (3, 3), 1, 2), ((16, 16), 64, 64, (3, 3), 1, 4),
    ((256,), 64, 64, (3,), 1, 8),
]
# Rows, features, units.
DENSE = [
    (1, 16, 16), (1, 64, 10), (1, 128, 64), (1, 256, 1), (1, 400, 120), (1, 1504, 32),
    (1, 1024, 256), (1, 4608, 64), (32, 64, 64), (128, 128, 128),
]
# Steps, features, units.
LSTM = [
    (60, 8, 32), (60, 8, 16), (100, 1, 8), (100, 16, 20), (50, 32, 64), (50, 64, 64),
    (30, 40, 100), (20, 64, 128), (200, 4, 32), (20, 128, 256),
]
# Kind, input positions and channels, window, strides.
POOLING = [
    ("max", (144,), 32, (2,), (2,)), ("max", (1024,), 16, (4,), (4,)),
    ("avg", (1024,), 16, (4,), (2,)), ("max", (24, 24), 32, (2, 2), (2, 2)),
    ("avg", (28, 28), 6, (2, 2), (2, 2)), ("max", (28, 28), 6, (2, 2), (2, 2)),
    ("max", (32, 32), 16, (3, 3), (2, 2)), ("avg", (16, 16), 64, (2, 2), (2, 2)),
    ("global avg", (1024,), 32, None, None), ("global max", (16, 16), 64, None, None),
]


def tensor(shape):
    return f"tensor<{'x'.join(map(str, shape))}xf32>"


def weights(shape):
    """Random numbers: equal ones could become immediates."""
    count = 1
    for size in shape:
        count *= size
    data = struct.pack(f"<{count}f", *(random.uniform(-0.1, 0.1) for _ in range(count)))
    return f'dense<"0x{data.hex().upper()}"> : {tensor(shape)}'


def model(x, y, op):
    """A function of one layer; `op` has %x for its input."""
    return (f"func.func @model(%x: {tensor(x)}) -> {tensor(y)} {{\n"
            f"  %0 = {op} : {tensor(x)} -> {tensor(y)}\n  return %0 : {tensor(y)}\n}}\n")


def sizes(values):
    return "×".join(map(str, values))


def conv(positions, channels, filters, window, stride, groups=1):
    strides = (stride,) * len(window)
    outputs = [(n - k) // s + 1 for n, k, s in zip(positions, window, strides)]
    kernel = (*window, channels // groups, filters)
    op = (f"nn.conv %x kernel({weights(kernel)}) bias({weights((filters,))}) "
          f"strides = {list(strides)} groups = {groups} epilogue(relu)")
    description = f"{sizes(positions)}×{channels} → {filters}, window {sizes(window)}"
    if stride > 1:
        description += f", stride {stride}"
    if groups > 1:
        description += ", depthwise" if groups == channels else f", {groups} groups"
    return description, model((1, *positions, channels), (1, *outputs, filters), op)


def dense(rows, features, units):
    x, y = ((1, features), (1, units)) if rows == 1 else ((1, rows, features), (1, rows, units))
    op = f"nn.dense %x kernel({weights((features, units))}) bias({weights((units,))})"
    return f"{rows} × {features} → {units}", model(x, y, op)


def lstm(steps, features, units):
    op = (f"nn.lstm %x kernel({weights((features, 4 * units))}) "
          f"recurrent({weights((units, 4 * units))}) bias({weights((4 * units,))}) "
          "activation(tanh) recurrent_activation(sigmoid)")
    return (f"{steps} steps × {features} → {units}",
            model((1, steps, features), (1, units), op))


def pooling(kind, positions, channels, window, strides):
    x = (1, *positions, channels)
    if window is None:
        return f"{kind}, {sizes(x[1:])}", model(x, (1, channels), f"nn.global_pool {kind[7:]} %x")
    outputs = [(n - k) // s + 1 for n, k, s in zip(positions, window, strides)]
    op = f"nn.{kind}_pool %x window = {list(window)} strides = {list(strides)}"
    return (f"{kind}, {sizes(x[1:])}, window {sizes(window)}, stride {sizes(strides)}",
            model(x, (1, *outputs, channels), op))


def layers_of(kind):
    if kind == "conv1d":
        return [conv((n,), c, f, (k,), s) for n, c, f, k, s in CONV1D]
    shapes, make = {"conv2d": (CONV2D, conv), "grouped": (GROUPED, conv),
                    "dense": (DENSE, dense), "lstm": (LSTM, lstm),
                    "pooling": (POOLING, pooling)}[kind]
    return [make(*shape) for shape in shapes]


def measure(text, folder, arguments):
    """The counters of frieze-bench in the fastest of several runs."""
    path = os.path.join(folder, "model.mlir")
    with open(path, "w") as file:
        file.write(text)
    command = [arguments.bench, path, "--benchmark_format=json",
               f"--benchmark_min_time={arguments.min_time}"]
    runs = [json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
            for _ in range(arguments.runs)]
    peak = max(float(run["context"]["peak_gflops"]) for run in runs)
    fastest = min((run["benchmarks"][0] for run in runs), key=lambda run: run["min_us"])
    return {**fastest, "%peak": 100 * fastest["GFLOP/s"] / peak}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--bench", default="build/release/bin/frieze-bench")
    parser.add_argument("--min-time", type=float, default=0.2, help="seconds of one run")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("kinds", nargs="*", metavar="KIND", help=", ".join(KINDS))
    arguments = parser.parse_args()
    if unknown := set(arguments.kinds) - set(KINDS):
        parser.error(f"expects {', '.join(KINDS)}, but got {', '.join(sorted(unknown))}")
    random.seed(1)
    with tempfile.TemporaryDirectory() as folder:
        for kind in arguments.kinds or KINDS:
            print(f"\n| {kind} | µs | MACs | % of peak | spills | reloads |\n|---|--:|--:|--:|--:|--:|")
            for description, text in layers_of(kind):
                counters = measure(text, folder, arguments)
                macs = int(counters["MACs"])
                share = f"{counters['%peak']:.0f}" if macs else "–"
                print(f"| {description} | {counters['min_us']:.3g} | {macs:,} | {share} "
                      f"| {counters['spills']:.0f} | {counters['reloads']:.0f} |", flush=True)


if __name__ == "__main__":
    sys.exit(main())
