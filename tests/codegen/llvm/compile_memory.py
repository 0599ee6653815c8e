#!/usr/bin/env python3
"""Compile a model with many weights and check the memory that it takes.

    compile_memory.py MODEL TIMES

Writes MODEL.json and MODEL.safetensors, a chain of dense layers with batch norm, which is
folded in double, and compiles them to MODEL.o and MODEL.a. Exit status 1 if either
takes more than TIMES the weights beyond what a small model takes.
"""
import json
import math
import os
import struct
import subprocess
import sys

LAYERS, UNITS = 12, 1024


def write_model(path, layers, units):
    """Bytes of its weights."""
    data, header, entries = bytearray(), {}, []

    def add(name, shape, value):
        begin = len(data)
        data.extend(struct.pack("<f", value) * math.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
        return name

    for number in range(layers):
        ones = add(f"ones{number}", [units], 1.5)
        entries += [
            {"type": "dense", "name": f"dense{number}", "units": units,
             "kernel": add(f"kernel{number}", [units, units], 0.001 + number)},
            {"type": "batch_norm", "name": f"norm{number}", "epsilon": 0.001,
             "gamma": ones, "beta": ones, "mean": ones, "variance": ones},
            {"type": "activation", "name": f"relu{number}", "function": "relu"}]
    with open(path + ".safetensors", "wb") as file:
        text = json.dumps(header).encode()
        file.write(struct.pack("<Q", len(text)) + text + data)
    with open(path + ".json", "w") as file:
        json.dump({"format": "frieze-model", "version": 1, "input": {"shape": [units]},
                   "weights": os.path.basename(path) + ".safetensors", "layers": entries}, file)
    return len(data)


def compile_model(path, output):
    """The peak of the compiler's memory, in bytes."""
    process = subprocess.Popen(["frieze-compile", path + ".json", "-o", output])
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        sys.exit("cannot be compiled")
    return usage.ru_maxrss * 1024


def main(path, times):
    write_model(path + "_small", 1, 8)
    small = compile_model(path + "_small", path + "_small.o")
    weights = write_model(path, LAYERS, UNITS)
    failed = False
    for extension in ("o", "a"):
        taken = (compile_model(path, f"{path}.{extension}") - small) / weights
        print(f"{path}.{extension} takes {taken:.1f} times the weights", end="")
        print(f", more than {times}" if taken > times else "")
        failed |= taken > times
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
