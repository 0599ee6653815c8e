"""Writes the shipped recording as CSV in ways that the page of tools/web must read, and
in some that it must refuse: python3 make_csv.py SOURCE FOLDER"""
import os
import sys

GAPS = [(0, 5), (3000, 3001), (3100, 3102), (40000, 40360), (107990, 108000)]


def read_samples(path):
    """Converter units of a file of format 212."""
    with open(path, "rb") as file:
        data = file.read()
    for a, b, c in zip(data[::3], data[1::3], data[2::3]):
        for value in a | (b & 15) << 8, c | (b >> 4) << 8:
            yield value - 4096 if value > 2047 else value


def make_pulses(count):
    """Peaks of any height at any distance, for the rules that a heart seldom needs."""
    samples, seed, at = [0.0] * count, 1, 50

    def draw(most):
        nonlocal seed
        seed = (seed * 1103515245 + 12345) % 2**31
        return (seed >> 8) % most

    while at < count - 20:
        height = draw(100) / 80
        for shift in range(-9, 10):
            samples[at + shift] += height * (1 - abs(shift) / 10)
        at += 30 + draw(150)
    return samples


def write(name, header, rows):
    with open(name, "w") as file:
        file.write(header)
        file.writelines(rows)


def main():
    source, folder = sys.argv[1:]
    millivolts = [(value - 1024) / 200 for value in
                  read_samples(os.path.join(source, "tools/ecg/208.dat"))]
    os.chdir(folder)
    missing = {i for first, end in GAPS for i in range(first, end)}
    write("gaps.csv", "time_ms;MLII (uV)\n",
          (f"{i / .36:.1f};{'' if i in missing else f'{-1000 * value:.1f}'}\n"
           for i, value in enumerate(millivolts)))
    write("plain.csv", "", (f"{value}\n" for value in millivolts))
    write("pulses.csv", "time_s,II_mV\n",
          (f"{i / 360:.4f},{value:.3f}\n" for i, value in enumerate(make_pulses(108000))))
    write("short.csv", "time_s,II_mV\n", (f"{i / 360:.4f},{millivolts[i]}\n" for i in range(300)))
    write("slow.csv", "time_s,II_mV\n", (f"{i / 250},{millivolts[i]}\n" for i in range(5000)))
    write("jumps.csv", "time_s,II_mV\n",
          (f"{(i + (i > 2000)) / 360:.4f},{millivolts[i]}\n" for i in range(4000)))
    write("counts.csv", "time_s,II (mV)\n",
          (f"{i / 360:.4f},{1000 + millivolts[i]}\n" for i in range(4000)))
    write("word.csv", "time_s,II (mV)\n0,0.5\n0.0028,high\n", [])
    write("leads.csv", "sample,II (mV),V5 (mV)\n",
          (f"{i},0,{value}\n" for i, value in enumerate(millivolts)))
    write("bare.hea", "bare 1 360 4\nbare.dat 16 0 12 0 0 0 0 II\n", [])
    write("damaged.hea", "damaged 1 360 4\ndamaged.dat 16 200 12 0 1 11 0 II\n", [])
    with open("damaged.dat", "wb") as file:
        file.write(bytes([1, 0, 2, 0, 3, 0, 4, 0]))


main()
