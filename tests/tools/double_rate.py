"""Writes tools/ecg/208 at 720 Hz as CSV: python3 double_rate.py 208.dat OUT.csv"""
import sys

with open(sys.argv[1], "rb") as file:
    data = file.read()
samples = []
for a, b, c in zip(data[0::3], data[1::3], data[2::3]):
    samples += [a | (b & 0xF) << 8, c | (b >> 4) << 8]
millivolts = [(sample - 1024) / 200 for sample in samples]
with open(sys.argv[2], "w") as file:
    for this, following in zip(millivolts, millivolts[1:] + millivolts[-1:]):
        file.write(f"{this}\n{(this + following) / 2}\n")
