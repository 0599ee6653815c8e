"""Reads the recording of the examples: one lead at 360 Hz, in WFDB format 212."""
import re
import sys

import numpy as np


def read(record):
    """Millivolts (samples,) of RECORD.hea and RECORD.dat, as float32."""
    with open(f"{record}.hea", encoding="utf-8") as file:
        found = re.match(r"\S+ 1 360 (\d+)\n\S+ 212 ([\d.]+)\((\d+)\)/mV ", file.read())
    if not found:
        sys.exit(f"{record}.hea: error: expects one lead in format 212 at 360 Hz, with its gain "
                 "and zero")
    count, gain, zero = int(found[1]), float(found[2]), int(found[3])
    packed = np.fromfile(f"{record}.dat", np.uint8)
    if 2 * packed.size != 3 * count or count % 2:
        sys.exit(f"{record}.dat: error: expects {3 * count // 2} bytes, but got {packed.size}")
    # Of three bytes, the one in the middle has the upper bits of two samples of 12 bits.
    first, middle, last = packed.reshape(-1, 3).astype(np.int16).T
    samples = np.stack([first | middle << 8, last | middle << 4 & 0xF00], axis=1).ravel()
    return ((samples << 4 >> 4) - zero).astype(np.float32) / np.float32(gain)
