#!/usr/bin/env python3
"""What a call from Python takes, beside a call from C and other libraries.

    measure_calls.py MODEL [--bench FRIEZE_BENCH] [--peer FILE.onnx|FILE.tflite ...]

By hand, pinned to a core (taskset -c 1). Needs the package, for peers onnxruntime or
ai_edge_litert, and for the call from C the program frieze-bench; tools/scripts/export_peers.py
writes the peers' files. Each peer's results are held against Frieze's, and one that
differs ends it with an error. Then all are measured in turns, on one thread; of each the
fastest of 15 rounds counts. Prints microseconds of processor time a window, alone and in a
batch of 10,000, and how many times those of Frieze from Python.
"""
import argparse
import json
import os
import subprocess
import sys
import time

import numpy as np

import frieze

ROUNDS, BATCH, CALLS = 15, 10000, 2000


def measure(function, count):
    """Microseconds of the processor, which other programs on it do not change."""
    start = time.process_time()
    for _ in range(count):
        function()
    return (time.process_time() - start) / count * 1e6


def open_onnx(path, _batch):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})[0]


def open_tflite(path, batch):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path, num_threads=1)
    place = interpreter.get_input_details()[0]
    interpreter.resize_tensor_input(place["index"], [batch, *place["shape"][1:]])
    interpreter.allocate_tensors()
    source = place["index"]
    result = interpreter.get_output_details()[0]["index"]

    def call(x):
        interpreter.set_tensor(source, x)
        interpreter.invoke()
        return interpreter.get_tensor(result)

    return call


def open_peer(path, x, expected):
    """A function that takes x, whose results are Frieze's."""
    call = (open_onnx if path.endswith(".onnx") else open_tflite)(path, len(x))
    largest = np.abs(call(x).reshape(expected.shape) - expected).max()
    if not largest <= 1e-6 + 1e-4 * np.abs(expected).max():
        sys.exit(f"{path}: error: expects the results of Frieze, but got a difference of "
                 f"{largest:.3g}")
    return call


def measure_c(bench, model):
    """Microseconds of a call from C; what frieze-bench measures."""
    result = subprocess.run([bench, model, "--benchmark_format=json",
                             "--benchmark_min_time=0.1"], capture_output=True, check=True)
    entry = json.loads(result.stdout)["benchmarks"][0]
    return entry["cpu_time"] * {"ns": 1e-3, "us": 1}[entry["time_unit"]]


def read_processor():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        names = [line.split(":")[1].strip() for line in file if line.startswith("model name")]
    return names[0] if names else "unknown processor"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("model")
    parser.add_argument("--bench")
    parser.add_argument("--peer", action="append", default=[])
    arguments = parser.parse_args()
    model = frieze.compile(arguments.model)
    shape = model.inputs[0].shape
    batch = np.random.default_rng(1).standard_normal((BATCH, *shape[1:])).astype(np.float32)
    # Of a column: the name, the inputs, and how many calls a round has.
    columns = (("alone", batch[:1], CALLS), ("in a batch", batch, 1))
    rows = {"Frieze from Python": {column: model for column, _, _ in columns}}
    for path in arguments.peer:
        rows[os.path.basename(path)] = {column: open_peer(path, x, model(x))
                                        for column, x, _ in columns}
    best = {}
    for _ in range(ROUNDS):
        for name, calls in rows.items():
            for column, x, count in columns:
                call = calls[column]
                took = measure(lambda call=call, x=x: call(x), count) / len(x)
                best[name, column] = min(best.get((name, column), took), took)
        if arguments.bench:
            place = "Frieze from C", "alone"
            best[place] = min(best.get(place, 1e9), measure_c(arguments.bench, arguments.model))
    load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
    print(f"{read_processor()}; load {load}")
    for (name, column), microseconds in best.items():
        ratio = microseconds / best["Frieze from Python", column]
        print(f"{microseconds:9.3f} µs {ratio:8.2f}  {name}, a window {column}")


main()
