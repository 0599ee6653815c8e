"""Writes tools/ecg/208 with another gain and offset as CSV.

Usage: change_level.py 208.dat OUT.csv GAIN OFFSET, the offset in millivolts.
"""
import sys

from wfdb212 import read_millivolts

source, output, gain, offset = sys.argv[1:]
with open(output, "w") as file:
    for sample in read_millivolts(source):
        file.write(f"{sample * float(gain) + float(offset)}\n")
