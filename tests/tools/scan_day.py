"""Scans a day of ECG, 2 leads at 360 Hz: python3 scan_day.py FRIEZE-ECG FRIEZE-COMPILE FOLDER

Memory must stay under 100 MB, and every beat must be found whatever the number of
threads. The classifier only looks at the sample at the position, as this is not
about time.
"""
import os
import subprocess
import sys

from recordings import write_model

PERIOD, SAMPLES = 300, 24 * 3600 * 360
MAX_MEGABYTES = 100


def pack212(frames):
    """Two leads: each frame fills three bytes."""
    return b"".join(
        bytes([a & 0xFF, (a >> 8 & 0xF) | (b >> 8 & 0xF) << 4, b & 0xFF]) for a, b in frames)


def main():
    scan, compiler, folder = sys.argv[1:]
    os.makedirs(folder, exist_ok=True)
    os.chdir(folder)
    write_model(compiler)

    # A pulse of 31 samples and 1 mV in the second lead, its middle at 115.
    one = pack212([(0, 200 if 100 <= i <= 130 else 0) for i in range(PERIOD)])
    with open("day.dat", "wb") as file:
        for _ in range(SAMPLES // PERIOD // 1000):
            file.write(one * 1000)
        file.write(one * (SAMPLES // PERIOD % 1000))
    checksum = SAMPLES // PERIOD * 31 * 200 % 65536
    with open("day.hea", "w") as file:
        file.write(f"day 2 360 {SAMPLES}\nday.dat 212 200 12 0 0 0 0 A\n"
                   f"day.dat 212 200 12 0 0 {checksum} 0 B\n")

    expected = [f"day,{i * PERIOD + 115}" for i in range(SAMPLES // PERIOD)]
    megabytes = 0
    for threads in (1, 2, 5):
        process = subprocess.Popen(
            [scan, "scan", "--model", "model.so", "--place=score", "day", "--lead=B",
             f"--threads={threads}", "-o", "beats.csv"], stdout=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        if status:
            sys.exit(f"the scan failed: {status}")
        megabytes = max(megabytes, usage.ru_maxrss * 1024 / 1e6)
        with open("beats.csv") as file:
            found = [",".join(line.split(",")[:2]) for line in file.read().splitlines()[1:]]
        if found != expected:
            sys.exit(f"expected {len(expected)} beats at the pulses, found {len(found)}")
    os.remove("day.dat")

    # The sanitizer's own memory is not ours.
    with open(scan, "rb") as file:
        if b"__asan_init" in file.read():
            return
    if megabytes > MAX_MEGABYTES:
        sys.exit(f"expected at most {MAX_MEGABYTES} MB of memory, found {megabytes:.1f}")


main()
