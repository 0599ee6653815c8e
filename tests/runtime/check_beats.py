"""Compares what a firmware prints with the reference evaluator, in every bit.

Usage: check_beats.py MODEL SCRATCH: standard input has a line for each place of a
beat in the window of MODEL, as the examples for microcontrollers print them;
SCRATCH begins the names of files to write.
"""
import re
import subprocess
import sys

import numpy as np

BEAT = np.array([0.2, 0.6, 1.1, 1.5, 1.0, 0.3], np.float32)
WIDTH = 145
LINE = re.compile(r"beat at (\d+): (\d\.\d{3}) \(([0-9A-Fa-f]{8})\)( found)?\r?$", re.MULTILINE)


def main(model, scratch):
    places = range(0, WIDTH - len(BEAT) + 1, len(BEAT))
    windows = np.zeros((len(places), WIDTH, 1), np.float32)
    for window, first in zip(windows, places):
        window[first:first + len(BEAT), 0] = BEAT
    np.save(scratch + ".windows.npy", windows)
    subprocess.run(["frieze-run", model, "--reference=bits", "--input", scratch + ".windows.npy",
                    "--output", scratch + ".scores.npy"], check=True)
    scores = np.load(scratch + ".scores.npy").ravel()

    lines = LINE.findall(sys.stdin.read())
    assert [int(line[0]) for line in lines] == list(places), lines
    for score, (first, text, bits, found) in zip(scores, lines):
        assert int(bits, 16) == score.view(np.uint32), f"beat at {first}: bits differ"
        assert abs(float(text) - score) <= 0.001, f"beat at {first}: prints {text}"
        assert bool(found) == (score > 0.5), f"beat at {first}: found or not"


if __name__ == "__main__":
    main(*sys.argv[1:])
