#!/usr/bin/env python3
"""Write and print .npy and .npz files, without NumPy.

    arrays.py write OUT.npy VALUE
    arrays.py write OUT.npz NAME=VALUE...
    arrays.py print FILE

VALUE is a nested list of numbers, `[[1, 2], [3, 4]]`. Arrays are float32; each
prints as `NAME SHAPE: VALUE VALUE ...`, in the order of the file.
"""
import ast
import io
import math
import struct
import sys
import zipfile


def flatten(value):
    """The numbers of a nested list, and its shape."""
    if not isinstance(value, list):
        return [value], ()
    parts = [flatten(part) for part in value]
    return [x for numbers, _ in parts for x in numbers], (len(parts), *parts[0][1])


def encode(text):
    numbers, shape = flatten(ast.literal_eval(text))
    header = repr({"descr": "<f4", "fortran_order": False, "shape": shape}).ljust(117) + "\n"
    return (b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode()
            + struct.pack(f"<{len(numbers)}f", *numbers))


def decode(data):
    size, = struct.unpack("<H", data[8:10])
    shape = ast.literal_eval(data[10:10 + size].decode())["shape"]
    return shape, struct.unpack(f"<{math.prod(shape)}f", data[10 + size:])


def main(command, path, *values):
    if command == "print":
        with open(path, "rb") as file:
            data = file.read()
        members = {"array": data}
        if data.startswith(b"PK"):
            with zipfile.ZipFile(io.BytesIO(data)) as archive:
                members = {name: archive.read(name) for name in archive.namelist()}
        for name, member in members.items():
            shape, numbers = decode(member)
            print(f"{name.removesuffix('.npy')} {shape}:", *(f"{x:g}" for x in numbers))
    elif path.endswith(".npy"):
        with open(path, "wb") as file:
            file.write(encode(values[0]))
    else:
        with zipfile.ZipFile(path, "w") as archive:
            for name, value in (entry.split("=", 1) for entry in values):
                archive.writestr(name + ".npy", encode(value))


if __name__ == "__main__":
    main(*sys.argv[1:])
