"""Compares what an example prints with what frieze-run computes, in every bit.

Usage: check_example.py MODEL SCRATCH COMMAND...: COMMAND reads windows for MODEL
as text from standard input and prints a score for each; SCRATCH begins the names
of files to write.
"""
import subprocess
import sys

import numpy as np

# More than the examples take at once.
WINDOWS = 131
WIDTH = 145


def main():
    model, scratch, *command = sys.argv[1:]
    # Walks, about as smooth and as large as an ECG in millivolts.
    steps = np.random.default_rng(1).normal(scale=0.1, size=(WINDOWS, WIDTH, 1))
    windows = np.cumsum(steps, axis=1).astype(np.float32)
    np.save(scratch + ".windows.npy", windows)
    subprocess.run(["frieze-run", model, "--input", scratch + ".windows.npy",
                    "--output", scratch + ".scores.npy"], check=True)
    expected = np.load(scratch + ".scores.npy").ravel()
    assert len(set(expected)) > WINDOWS / 2, "expects scores that differ"

    text = "\n".join(" ".join(f"{x:.9g}" for x in window.ravel()) for window in windows)
    printed = subprocess.run(command, input=text, text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    actual = np.array(printed.split(), np.float32)
    assert actual.shape == expected.shape, f"{len(actual)} scores of {len(expected)}"
    assert (actual.view(np.uint32) == expected.view(np.uint32)).all(), "scores differ"


if __name__ == "__main__":
    main()
