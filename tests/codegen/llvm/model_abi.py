"""runtime/include/frieze/model.h for Python, and what tests of it share."""
import ctypes
import json
import subprocess

import numpy as np

SIZES = ctypes.POINTER(ctypes.c_uint64)
# What a processor must have to be a machine, among those that not all are.
FLAGS = {"x86-64-v3": {"avx2", "fma"}, "x86-64-v4": {"avx512f", "avx512vl"}}


class Tensor(ctypes.Structure):
    """frieze_tensor."""
    _fields_ = [("name", ctypes.c_char_p), ("rank", ctypes.c_uint64),
                ("shape", SIZES), ("elements", ctypes.c_uint64),
                ("type", ctypes.c_int32), ("zero_point", ctypes.c_int32),
                ("scale", ctypes.c_double)]


class Stream(ctypes.Structure):
    """frieze_stream."""
    _fields_ = [
        ("window", ctypes.c_uint64), ("hop", ctypes.c_uint64), ("channels", ctypes.c_uint64),
        ("block", ctypes.c_uint64), ("state_bytes", ctypes.c_uint64),
        ("state_alignment", ctypes.c_uint64),
        ("init", ctypes.CFUNCTYPE(None, ctypes.c_void_p)),
        ("push", ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p,
                                  ctypes.c_uint64, ctypes.c_void_p)),
        ("flush", ctypes.CFUNCTYPE(ctypes.c_uint64, ctypes.c_void_p, ctypes.c_void_p))]


class Model(ctypes.Structure):
    """frieze_model."""
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
                                       ctypes.c_void_p, ctypes.c_void_p)),
        ("stream", ctypes.POINTER(Stream)), ("device", ctypes.c_void_p)]


class Memory:
    """Aligned memory of arbitrary contents, with a guard behind that shows what is
    written beyond it."""

    def __init__(self, size, alignment):
        self.bytes = np.full(size + 2 * alignment, 0xA5, np.uint8)
        start = -self.bytes.ctypes.data % alignment
        self.guard = self.bytes[start + size:]
        self.address = ctypes.c_void_p(self.bytes.ctypes.data + start)

    def is_guarded(self):
        return (self.guard == 0xA5).all()


def pointers(arrays):
    return (ctypes.c_void_p * len(arrays))(*(array.ctypes.data for array in arrays))


def list_targets():
    """The targets whose code this processor runs."""
    with open("/proc/cpuinfo") as file:
        present = set(file.read().split("flags", 1)[-1].split("\n", 1)[0].split())
    listed = subprocess.run(["frieze-compile", "--print-targets=json"], check=True,
                            capture_output=True).stdout
    return [target["name"] for target in json.loads(listed)
            if target["triple"].startswith("x86_64-unknown-linux")
            and FLAGS.get(target["machines"][-1]["name"], set()) <= present]
