"""Stands in for ONNX Runtime, so that frieze-bench is tested without it.

A model file is JSON: {"shape": SHAPE, "factor": F, "small": D, "calls": N}. It computes
F (c + 1) max(x, 0), where c counts along axis 1, as ONNX has its channels, and adds D
where all inputs are below 0.1; after N calls it fails. With {"rows": N} it takes int64,
and gives the rows (n, -n) of N.
"""
import json

import numpy as np

__version__ = "1.2"


class SessionOptions:
    pass


class OrtValue:
    def __init__(self, array):
        self.array = array

    @staticmethod
    def ortvalue_from_numpy(array):
        return OrtValue(array)

    def numpy(self):
        return self.array


class Tensor:
    def __init__(self, name, shape, type):
        self.name = name
        self.shape = shape
        self.type = type


class IOBinding:
    def __init__(self):
        self._iobinding = self

    def bind_ortvalue_input(self, name, value):
        self.input = value

    def bind_ortvalue_output(self, name, value):
        self.output = value


class InferenceSession:
    def __init__(self, path, options, providers):
        if options.intra_op_num_threads != 1 or options.inter_op_num_threads != 1:
            raise ValueError("expects one thread")
        with open(path, encoding="utf-8") as file:
            model = json.load(file)
        self.shape = model["shape"]
        self.factor = np.float32(model.get("factor", 1))
        self.small = np.float32(model.get("small", 0))
        self.calls = model.get("calls", float("inf"))
        self.rows = model.get("rows")
        self._sess = self

    def get_inputs(self):
        return [Tensor("any", self.shape, "tensor(int64)" if self.rows else "tensor(float)")]

    def get_outputs(self):
        return [Tensor("other", self.shape, "tensor(float)")]

    def run(self, names, feeds):
        x = feeds["any"]
        if self.rows:
            assert x.dtype == np.int64 and 0 <= x.min() and x.max() < self.rows
            return [np.stack([x, -x], -1).astype(np.float32)]
        channels = np.arange(1, x.shape[1] + 1, dtype=np.float32)
        offset = self.small * (np.max(np.abs(x)) < 0.1)
        return [offset + self.factor * np.maximum(x, 0)
                * channels.reshape(1, -1, *[1] * (x.ndim - 2))]

    def io_binding(self):
        return IOBinding()

    def run_with_iobinding(self, binding, options):
        self.calls -= 1
        if self.calls < 0:
            raise RuntimeError("no calls\nleft")
        binding.output.array[:] = self.run(None, {"any": binding.input.array})[0]
