#!/usr/bin/env python3
"""Compile a model with many weights and check the memory that it takes.

    compile_memory.py MODEL TIMES

Writes models MODEL_KIND.json with MODEL_KIND.safetensors, chains of dense layers and of
convolutions with batch norm, which is folded in double. Kernels of the convolutions grow by
minimal filtering. Compiles them to MODEL_KIND.o, .a and .so. Exit status 1 if any takes more
than TIMES the weights beyond what a small model takes.
"""
import json
import math
import os
import struct
import subprocess
import sys

LAYERS = 12
UNITS = {"dense": 1024, "conv": 448}
WINDOW, POSITIONS = 5, 64


def write_model(path, kind, layers, units):
    """Bytes of its weights."""
    shape, attributes = {
        "dense": ([], {"units": units}),
        "conv": ([WINDOW], {"filters": units, "window": [WINDOW]}),
    }[kind]
    shape = shape + [units, units]
    inputs = [units] if kind == "dense" else [POSITIONS, units]
    data, header, entries = bytearray(), {}, []

    def add(name, shape, value):
        begin = len(data)
        data.extend(struct.pack("<f", value) * math.prod(shape))
        header[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, len(data)]}
        return name

    for number in range(layers):
        ones = add(f"ones{number}", [units], 1.5)
        entries += [
            {"type": kind, "name": f"{kind}{number}", **attributes,
             "kernel": add(f"kernel{number}", shape, 0.001 + number)},
            {"type": "batch_norm", "name": f"norm{number}", "epsilon": 0.001,
             "gamma": ones, "beta": ones, "mean": ones, "variance": ones},
            {"type": "activation", "name": f"relu{number}", "function": "relu"}]
    with open(path + ".safetensors", "wb") as file:
        text = json.dumps(header).encode()
        file.write(struct.pack("<Q", len(text)) + text + data)
    with open(path + ".json", "w") as file:
        json.dump({"format": "frieze-model", "version": 1, "input": {"shape": inputs},
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
    failed = False
    for kind, units in UNITS.items():
        small, large = f"{path}_{kind}_small", f"{path}_{kind}"
        write_model(small, kind, 1, 8)
        least = compile_model(small, small + ".o")
        weights = write_model(large, kind, LAYERS, units)
        for extension in ("o", "a", "so"):
            taken = (compile_model(large, f"{large}.{extension}") - least) / weights
            print(f"{large}.{extension} takes {taken:.1f} times the weights", end="")
            print(f", more than {times}" if taken > times else "")
            failed |= taken > times
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], float(sys.argv[2])))
