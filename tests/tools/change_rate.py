"""Writes tools/ecg/208 at another rate as CSV, on the lines between its samples.

Usage: change_rate.py 208.dat OUT.csv RATE, in Hz; there are 360 samples a second.
"""
import sys

from wfdb212 import read_millivolts

source, output, rate = sys.argv[1:]
samples = read_millivolts(source)
count = (len(samples) - 1) * int(rate) // 360 + 1
with open(output, "w") as file:
    for i in range(count):
        first, rest = divmod(i * 360, int(rate))
        value = samples[first]
        if rest:
            value += (samples[first + 1] - value) * rest / int(rate)
        file.write(f"{value}\n")
