"""Reads screenshots of Chromium."""
import struct
import zlib


def read_rows(path):
    """The rows of a PNG of 8 bits, RGB or RGBA, each a list of (red, green, blue)."""
    with open(path, "rb") as file:
        data = file.read()
    at, packed = 8, b""
    while at < len(data):
        size, = struct.unpack(">I", data[at:at + 4])
        kind, body = data[at + 4:at + 8], data[at + 8:at + 8 + size]
        if kind == b"IHDR":
            width, height, depth, colours = struct.unpack(">IIBB", body[:10])
            assert depth == 8 and colours in (2, 6)
            channels = 3 if colours == 2 else 4
        packed += body if kind == b"IDAT" else b""
        at += size + 12
    raw, stride = zlib.decompress(packed), width * channels
    above = bytearray(stride)
    for row in range(height):
        method = raw[row * (stride + 1)]
        line = bytearray(raw[row * (stride + 1) + 1:(row + 1) * (stride + 1)])
        for i in range(stride):
            a = line[i - channels] if i >= channels else 0
            b, c = above[i], above[i - channels] if i >= channels else 0
            if method == 1:
                line[i] = line[i] + a & 255
            elif method == 2:
                line[i] = line[i] + b & 255
            elif method == 3:
                line[i] = line[i] + (a + b >> 1) & 255
            elif method == 4:
                p = a + b - c
                near = min((abs(p - a), 0, a), (abs(p - b), 1, b), (abs(p - c), 2, c))
                line[i] = line[i] + near[2] & 255
        above = line
        yield [tuple(line[i:i + 3]) for i in range(0, stride, channels)]
