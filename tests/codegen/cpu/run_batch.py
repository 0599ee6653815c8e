"""Compares run_batch of a compiled model with single runs, in every bit.

Usage: run_batch.py MODEL SCRATCH [FLAG...]: compiles MODEL with the flags for
every variant that this processor runs, to files that begin with SCRATCH.
"""
import ctypes
import subprocess
import sys

import numpy as np

TARGETS = {"x86-64": set(), "x86-64-v2": set(), "x86-64-v3": {"avx2", "fma"},
           "x86-64-v4": {"avx512f", "avx512vl"}}
COUNTS = (0, 1, 7, 8, 9, 20)
CANARY = np.float32(12345.0)
SIZES = ctypes.POINTER(ctypes.c_uint64)


class Tensor(ctypes.Structure):
    _fields_ = [("name", ctypes.c_char_p), ("rank", ctypes.c_uint64),
                ("shape", SIZES), ("elements", ctypes.c_uint64)]


class Model(ctypes.Structure):
    """frieze_model of runtime/include/frieze/model.h."""
    _fields_ = [
        ("abi_version", ctypes.c_uint32), ("struct_size", ctypes.c_uint32),
        ("name", ctypes.c_char_p), ("compiler", ctypes.c_char_p),
        ("target", ctypes.c_char_p), ("source_sha256", ctypes.c_char_p),
        ("input_count", ctypes.c_uint64), ("output_count", ctypes.c_uint64),
        ("inputs", ctypes.POINTER(Tensor)), ("outputs", ctypes.POINTER(Tensor)),
        ("arena_bytes", ctypes.c_uint64), ("arena_alignment", ctypes.c_uint64),
        ("weights_bytes", ctypes.c_uint64), ("macs", ctypes.c_uint64),
        ("run", ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p)),
        ("run_batch", ctypes.CFUNCTYPE(None, ctypes.c_uint64, ctypes.c_void_p,
                                       ctypes.c_void_p, ctypes.c_void_p))]


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def check(path):
    library = ctypes.CDLL(path)
    model = Model.in_dll(library, "frieze_model_entry")
    assert model.struct_size == ctypes.sizeof(Model), model.struct_size
    random = np.random.default_rng(1)
    # Guards behind the arena and the outputs show what is written beyond them.
    memory = np.zeros(model.arena_bytes + 2 * model.arena_alignment, np.uint8)
    start = -memory.ctypes.data % model.arena_alignment
    guard = memory[start + model.arena_bytes:]
    guard[:] = 0xA5
    arena = ctypes.c_void_p(memory.ctypes.data + start)
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
    assert (guard == 0xA5).all(), f"{path}: writes beyond the arena"


def main():
    model, scratch, *flags = sys.argv[1:]
    with open("/proc/cpuinfo") as file:
        present = set(file.read().split("flags", 1)[-1].split("\n", 1)[0].split())
    for target in (name for name, needed in TARGETS.items() if needed <= present):
        path = f"{scratch}.{target}.so"
        subprocess.run(["frieze-compile", model, "-o", path, "--name=net",
                        f"--target={target}", *flags], check=True)
        check(path)


if __name__ == "__main__":
    main()
