"""Reads tools/ecg/208.dat, a WFDB signal file of format 212 with one lead."""


def read_millivolts(path):
    with open(path, "rb") as file:
        data = file.read()
    samples = []
    for a, b, c in zip(data[0::3], data[1::3], data[2::3]):
        samples += [a | (b & 0xF) << 8, c | (b >> 4) << 8]
    return [(sample - 1024) / 200 for sample in samples]
