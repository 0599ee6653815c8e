#!/usr/bin/env python3
"""What an archive takes beside frieze-ecg scan, for the same recordings.

    measure.py [--hours H] [--count N] [--turns N] [--spark]

Makes N recordings of H hours of the shipped one, and scans them in turns by one
frieze-ecg with one thread and by frieze.archive.scan with one process, and then on a
Spark cluster of one worker with one core. Prints the processor's seconds and those that passed
for each, of the turn that took the least, and the hours of recording a second.
FRIEZE_SOURCE and FRIEZE_BIN are as for the tests.
"""
import argparse
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import numpy as np

import frieze
from frieze import archive
from support import ECG
import processes
import recordings


def count_seconds():
    """Of the processor, taken by this process and all below it, also those that have ended."""
    ticks = sum(sum(map(int, fields[11:15])) for _, fields in processes.list_processes().values())
    return ticks / os.sysconf("SC_CLK_TCK")


def measure(function):
    """Seconds of the processor, and seconds that passed."""
    used, passed = count_seconds(), time.perf_counter()
    function()
    return count_seconds() - used, time.perf_counter() - passed


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24)
    parser.add_argument("--count", type=int, default=4)
    parser.add_argument("--turns", type=int, default=3)
    parser.add_argument("--spark", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        samples = recordings.read_shipped()
        night = np.resize(samples, int(args.hours * 3600 * recordings.RATE))
        for index in range(args.count):
            recordings.write_wfdb(folder / "in" / f"r{index}", night)
        library = folder / "ecg.so"
        library.write_bytes(frieze.ecg.make_library(ECG, 1))
        headers = sorted(map(str, (folder / "in").glob("*.hea")))
        out = folder / "out"
        ways = {
            "frieze-ecg scan --threads=1": lambda: subprocess.run(
                [frieze.ecg.find_program(), "scan", "--model", library, "--threads=1", *headers,
                 "-o", folder / "beats.csv"], check=True, stdout=subprocess.DEVNULL),
            "frieze.archive.scan, 1 process": lambda: archive.scan(
                folder / "in", out, library, processes=1)}
        best = {}

        def take_turns():
            for _ in range(args.turns):
                for way, function in ways.items():
                    taken = measure(function)
                    best[way] = [min(pair) for pair in zip(best.get(way, taken), taken)]
                    shutil.rmtree(out, ignore_errors=True)

        take_turns()
        if args.spark:
            from test_spark import make_session

            # Alone, as what its idle workers took is gone when they end.
            session = make_session(workers=1)
            # Starts what stays: executor, Python and its modules.
            archive.scan(headers[:1], folder / "first", library, engine=session)
            ways = {"frieze.archive.scan, Spark, 1 core": lambda: archive.scan(
                folder / "in", out, library, engine=session)}
            take_turns()
        for way, (used, passed) in best.items():
            print(f"{way:36} {used:8.2f} s of the processor {passed:8.2f} s passed "
                  f"{args.hours * args.count / passed:8.1f} hours a second")


if __name__ == "__main__":
    main()
