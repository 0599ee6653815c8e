"""Compares run_batch of a compiled model with single runs, in every bit.

Usage: run_batch.py MODEL SCRATCH [FLAG...]: compiles MODEL with the flags for
every variant that this processor runs, to files that begin with SCRATCH.
"""
import ctypes
import subprocess
import sys

import numpy as np

from model_abi import Memory, Model, list_targets, pointers

COUNTS = (0, 1, 7, 8, 9, 20)
CANARY = np.float32(12345.0)

def check(path):
    library = ctypes.CDLL(path)
    model = Model.in_dll(library, "frieze_model_entry")
    assert model.struct_size == ctypes.sizeof(Model), model.struct_size
    random = np.random.default_rng(1)
    memory = Memory(model.arena_bytes, model.arena_alignment)
    arena = memory.address
    most = max(COUNTS)
    inputs = [random.normal(size=(most, model.inputs[i].elements)).astype(np.float32)
              for i in range(model.input_count)]

    def make_outputs():
        return [np.full((most + 1, model.outputs[i].elements), CANARY)
                for i in range(model.output_count)]

    single = make_outputs()
    for call in range(most):
        model.run(pointers([array[call:] for array in inputs]),
                  pointers([array[call:] for array in single]), arena)
    assert all(np.isfinite(array).all() for array in single)
    for count in COUNTS:
        expected = [np.where(np.arange(most + 1)[:, None] < count, array, CANARY)
                    for array in single]
        described, direct = make_outputs(), make_outputs()
        model.run_batch(count, pointers(inputs), pointers(described), arena)
        function = library[model.name.decode() + "_run_batch"]
        function.argtypes = ([ctypes.c_uint64] +
                             [ctypes.c_void_p] * (len(inputs) + len(direct) + 1))
        function(count, *(array.ctypes.data for array in inputs + direct), arena)
        for actual in (described, direct):
            for number, (a, e) in enumerate(zip(actual, expected)):
                assert (a.view(np.uint32) == e.view(np.uint32)).all(), (
                    f"{path}: output {number} of run_batch({count}) differs from single runs")
    assert memory.is_guarded(), f"{path}: writes beyond the arena"


def main():
    model, scratch, *flags = sys.argv[1:]
    for target in list_targets():
        path = f"{scratch}.{target}.so"
        subprocess.run(["frieze-compile", model, "-o", path, "--name=net",
                        f"--target={target}", *flags], check=True)
        check(path)


if __name__ == "__main__":
    main()
