"""Recordings of known beats, and a classifier that looks at one sample."""
import array
import json
import os
import struct
import subprocess

# Samples of 208.dat, the recording that ships, and what is a millivolt in it.
BLOCK, ZERO, GAIN = 108000, 1024, 200


def write_model(compiler):
    """A classifier whose score is the sample at the position."""
    kernel = [[0.0]] * 145
    kernel[36] = [8.0]
    with open("model.json", "w") as file:
        json.dump({"format": "frieze-model", "version": 1,
                   "input": {"name": "ecg", "shape": [145]},
                   "layers": [{"type": "dense", "name": "fc", "units": 1, "kernel": kernel,
                               "bias": [-4.0]},
                              {"type": "activation", "name": "score", "function": "sigmoid"}]}, file)
    subprocess.run([compiler, "model.json", "-o", "model.so"], check=True)


def make_npy(kind, shape, data):
    """An NPY file, its numbers being `data`."""
    header = f"{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}".ljust(117) + "\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header.encode() + data


def write_samples(path, count, data, kind="<f4"):
    """An NPY file of so many numbers."""
    with open(path, "wb") as file:
        file.write(make_npy(kind, (count,), data))


def write_annotations(path, beats, codes, note=""):
    """A WFDB annotation file, which may begin with a note on its time resolution."""
    data, last = b"", 0
    if note:
        text = f"## time resolution: {note}".encode()
        data = struct.pack("<HH", 22 << 10, 63 << 10 | len(text)) + text + b"\0" * (len(text) % 2)
    for beat, code in zip(beats, codes):
        step = beat - last
        if step > 1023:
            data += struct.pack("<HHH", 59 << 10, step >> 16, step & 0xFFFF)
            step = 0
        data += struct.pack("<H", int(code) << 10 | int(step))
        last = beat
    with open(path, "wb") as file:
        file.write(data + b"\0\0")


def read_block(source):
    """The shipped recording, in format 212: two samples in three bytes."""
    with open(os.path.join(source, "tools/ecg/208.dat"), "rb") as file:
        data = file.read()
    samples = array.array("h", bytes(2 * BLOCK))
    for i in range(0, BLOCK, 2):
        low, shared, high = data[i // 2 * 3:i // 2 * 3 + 3]
        samples[i] = low | (shared & 15) << 8
        samples[i + 1] = high | shared >> 4 << 8
    return array.array("h", (value - 4096 if value > 2047 else value for value in samples))


def pack212(samples):
    packed = bytearray(len(samples) // 2 * 3)
    packed[0::3] = bytes(value & 255 for value in samples[0::2])
    packed[1::3] = bytes(a >> 8 & 15 | b >> 8 << 4 & 240
                         for a, b in zip(samples[0::2], samples[1::2]))
    packed[2::3] = bytes(value & 255 for value in samples[1::2])
    return packed


def make_samples(source, blocks, peaks):
    """The units of so many times the shipped recording, with other ones at `peaks`."""
    samples = read_block(source) * blocks
    for at, units in peaks.items():
        samples[at] = units
    return samples


def write_record(name, source, blocks, peaks, start=""):
    """A WFDB record of what make_samples makes, in little memory, as that of a program which is
    started next is measured."""
    block = read_block(source)
    checksum = sum(block) * blocks
    with open(f"{name}.dat", "wb") as file:
        packed = pack212(block)
        for _ in range(blocks):
            file.write(packed)
        for at, units in peaks.items():
            pair = [block[at // 2 * 2 % BLOCK], block[at // 2 * 2 % BLOCK + 1]]
            checksum += units - pair[at % 2]
            pair[at % 2] = units
            file.seek(at // 2 * 3)
            file.write(pack212(pair))
    with open(f"{name}.hea", "w") as file:
        file.write(f"{name} 1 360 {blocks * BLOCK} {start}\n{name}.dat 212 {GAIN}({ZERO})/mV 11 1024 "
                   f"{block[0]} {checksum & 65535} 0 MLII\n")
