"""Compares what an example prints with what frieze-run computes, in every bit.

Usage: check_example.py [--stream-hop=N] MODEL SCRATCH COMMAND...: COMMAND reads
windows for MODEL as text from standard input and prints a score for each, or with
--stream-hop reads a recording and prints a score for each window of it; SCRATCH
begins the names of files to write.
"""
import argparse
import subprocess

import numpy as np

# More than the examples take at once.
WINDOWS = 131
WIDTH = 145


def make_windows(count):
    """Walks, about as smooth and as large as an ECG in millivolts."""
    steps = np.random.default_rng(1).normal(scale=0.1, size=(count, WIDTH, 1))
    return np.cumsum(steps, axis=1).astype(np.float32)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--stream-hop", type=int)
    parser.add_argument("model")
    parser.add_argument("scratch")
    parser.add_argument("command", nargs=argparse.REMAINDER)
    arguments = parser.parse_args()

    samples = windows = make_windows(WINDOWS)
    flags = []
    if arguments.stream_hop:
        # The last samples complete no window.
        samples = make_windows(20).reshape(-1, 1)[:-7]
        starts = range(0, len(samples) - WIDTH + 1, arguments.stream_hop)
        windows = np.stack([samples[start:start + WIDTH] for start in starts])
        flags = [f"--stream-hop={arguments.stream_hop}"]
    np.save(arguments.scratch + ".windows.npy", windows)
    subprocess.run(["frieze-run", arguments.model, *flags,
                    "--input", arguments.scratch + ".windows.npy",
                    "--output", arguments.scratch + ".scores.npy"], check=True)
    expected = np.load(arguments.scratch + ".scores.npy").ravel()
    assert len(set(expected)) > len(windows) / 2, "expects scores that differ"

    text = "\n".join(f"{x:.9g}" for x in samples.ravel())
    printed = subprocess.run(arguments.command, input=text, text=True, check=True,
                             stdout=subprocess.PIPE).stdout
    actual = np.array(printed.split(), np.float32)
    assert actual.shape == expected.shape, f"{len(actual)} scores of {len(expected)}"
    assert (actual.view(np.uint32) == expected.view(np.uint32)).all(), "scores differ"


if __name__ == "__main__":
    main()
