#!/usr/bin/env python3
"""What a call from Python takes, beside a call from C and other libraries.

    measure_calls.py MODEL [--bench FRIEZE_BENCH] [--peer FILE.onnx|FILE.tflite ...]

By hand, pinned to a core (taskset -c 1). Needs the package, for peers onnxruntime or
ai_edge_litert, and for the call from C the program frieze-bench. All are measured in
turns; of each the fastest round counts. Prints microseconds a call, of one window and of a
batch of 10,000 divided by that.
"""
import argparse
import json
import subprocess
import time

import numpy as np

import frieze

ROUNDS, BATCH = 15, 10000


def measure(function, count):
    start = time.perf_counter()
    for _ in range(count):
        function()
    return (time.perf_counter() - start) / count * 1e6


def open_onnx(path):
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})


def open_tflite(path):
    from ai_edge_litert.interpreter import Interpreter

    interpreter = Interpreter(path, num_threads=1)
    interpreter.allocate_tensors()
    source = interpreter.get_input_details()[0]["index"]
    result = interpreter.get_output_details()[0]["index"]

    def call(x):
        interpreter.set_tensor(source, x)
        interpreter.invoke()
        return interpreter.get_tensor(result)

    return call


def measure_c(bench, model):
    """Microseconds of a call from C; what frieze-bench measures."""
    result = subprocess.run([bench, model, "--benchmark_format=json",
                             "--benchmark_min_time=0.1"], capture_output=True, check=True)
    entry = json.loads(result.stdout)["benchmarks"][0]
    return entry["real_time"] * {"ns": 1e-3, "us": 1}[entry["time_unit"]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("model")
    parser.add_argument("--bench")
    parser.add_argument("--peer", action="append", default=[])
    arguments = parser.parse_args()
    model = frieze.compile(arguments.model)
    shape = model.inputs[0].shape
    batch = np.random.default_rng(1).standard_normal((BATCH, *shape[1:])).astype(np.float32)
    one = batch[:1]
    functions = {"Frieze from Python, a window": (lambda: model(one), 5000, 1),
                 "Frieze from Python, in a batch": (lambda: model(batch), 1, BATCH)}
    for path in arguments.peer:
        call = (open_onnx if path.endswith(".onnx") else open_tflite)(path)
        functions[f"{path}, a window"] = (lambda call=call: call(one), 2000, 1)
    best = {}
    for _ in range(ROUNDS):
        for name, (function, count, samples) in functions.items():
            best[name] = min(best.get(name, 1e9), measure(function, count) / samples)
        if arguments.bench:
            name = "Frieze from C, a window"
            best[name] = min(best.get(name, 1e9), measure_c(arguments.bench, arguments.model))
    for name, microseconds in best.items():
        print(f"{microseconds:8.3f}  {name}")


main()
