"""Compares the result of rounded.onnx with what NumPy rounds to."""
import sys

import numpy as np

f = np.float32([1.2345678, -2.7, 70000.3, 1e-9, 65519])
with np.errstate(over="ignore"):
    half = np.clip(f.astype(np.float16), -65504, 65504)
# The upper 16 bits, to the nearest and ties to even.
bits = f.view(np.uint32)
bfloat = ((bits + 0x7FFF + (bits >> 16 & 1)) & np.uint32(0xFFFF0000)).view(np.float32)
wide = np.int64([200, -129, 511, 256, 1])
rows = [half, bfloat, wide.astype(np.int8), wide.astype(np.uint8), np.ones(5),
        np.full(5, int(wide.sum() / 5)), np.int32([-1, 1, 2, 3, 4]).astype(np.uint64)]
result = np.load(sys.argv[1])[0]
assert np.array_equal(result, np.float32(rows)), result
