#!/usr/bin/env python3
"""Write the same two arrays in every format that Frieze's JSON can refer to.

    pip install numpy h5py
    make_weights.py        # writes beside itself
"""

import json
import pathlib
import struct

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
KERNEL = np.arange(1, 7, dtype=np.float32).reshape(2, 3)
BIAS = np.array([0.5, -0.5, 0.25], dtype=np.float32)


def write_safetensors(path, arrays):
    """The format is an eight-byte size, a JSON header and the data."""
    header, data = {}, b""
    for name, array in arrays.items():
        start = len(data)
        data += array.tobytes()
        header[name] = {
            "dtype": "F32",
            "shape": array.shape,
            "data_offsets": [start, len(data)],
        }
    text = json.dumps(header).encode()
    path.write_bytes(struct.pack("<Q", len(text)) + text + data)


def main():
    """Write all files."""
    arrays = {"fc.kernel": KERNEL, "fc.bias": BIAS}
    np.savez(HERE / "stored.npz", **arrays)
    # Deflated, column by column, in other types and byte orders.
    np.savez_compressed(
        HERE / "deflated.npz",
        **{"fc.kernel": np.asfortranarray(KERNEL.astype(">f8")), "fc.bias": BIAS.astype("<f2")},
    )
    write_safetensors(HERE / "plain.safetensors", arrays)
    with h5py.File(HERE / "plain.h5", "w") as file:
        for name, array in arrays.items():
            file[name] = array
    with h5py.File(HERE / "chunked.h5", "w") as file:
        options = {"compression": "gzip", "shuffle": True, "fletcher32": True}
        file.create_dataset("fc.kernel", data=KERNEL.astype(">f8"), chunks=(2, 2), **options)
        file.create_dataset("fc.bias", data=BIAS, chunks=(8,), maxshape=(None,))


if __name__ == "__main__":
    main()
