"""Writes tools/ecg/208 at 720 Hz as CSV: python3 double_rate.py 208.dat OUT.csv"""
import sys

from wfdb212 import read_millivolts

millivolts = read_millivolts(sys.argv[1])
with open(sys.argv[2], "w") as file:
    for this, following in zip(millivolts, millivolts[1:] + millivolts[-1:]):
        file.write(f"{this}\n{(this + following) / 2}\n")
