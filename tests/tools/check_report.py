"""Looks at pages of frieze-ecg in Chromium:
python3 check_report.py FRIEZE-ECG FRIEZE-COMPILE SOURCE FOLDER"""
import json
import os
import re
import struct
import subprocess
import sys

from png import read_rows


def browse(page, *options):
    """Standard output of the browser on a page; it may use no network."""
    run = subprocess.run(
        ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--force-device-scale-factor=1",
         "--window-size=1200,900", "--virtual-time-budget=5000", "--host-resolver-rules=MAP * ~NOTFOUND",
         f"--user-data-dir={os.path.abspath('profile')}", *options,
         "file://" + os.path.abspath(page.split("#")[0]) + "".join(page.partition("#")[1:])],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=True, timeout=300)
    return run.stdout.decode()


def count_beats(dom):
    return len(re.findall(r'class="beat"', dom)), int(re.search(r'data-beats="(\d+)"', dom)[1])


def is_reduced(dom):
    return '<p id="note">Reduced: ' in dom


def check_record(scan, source):
    """The recording that ships: every beat is an element, every curve is drawn."""
    subprocess.run([scan, "scan", "--model", os.path.join(source, "tools/ecg/ecg.keras"), "--hop=4",
                    os.path.join(source, "tools/ecg/208"), "-o", "beats.csv", "--report", "208.html"],
                   check=True, stdout=subprocess.DEVNULL)
    with open("beats.csv") as file:
        lines = file.read().splitlines()[1:]
    with open("208.html", encoding="utf-8") as file:
        assert not re.search(r'(src|href)=|https?:', file.read()), "the page needs other files"
    dom = browse("208.html", "--dump-dom")
    assert count_beats(dom) == (len(lines), len(lines)), count_beats(dom)
    samples = re.findall(r'data-sample="(\d+)"', dom)
    assert samples == [line.split(",")[1] for line in lines]
    assert not is_reduced(dom)
    assert "208, lead MLII" in dom and "5:00.00 at 360 Hz" in dom
    browse("208.html#t=10,12", "--screenshot=208.png")
    counts = {"dark": 0, "blue": 0, "green": 0}
    for red, green, blue in (pixel for row in read_rows("208.png") for pixel in row):
        counts["dark"] += max(red, green, blue) < 100
        counts["blue"] += blue > red + 60
        counts["green"] += green > max(red, blue) + 40
    # Trace, score and heart rate are lines across the window.
    assert min(counts.values()) > 500, counts


def write_model(compiler):
    """A classifier whose score is the sample at the position."""
    kernel = [[0.0]] * 145
    kernel[36] = [8.0]
    with open("model.json", "w") as file:
        json.dump({"format": "frieze-model", "version": 1,
                   "input": {"name": "ecg", "shape": [145]},
                   "layers": [{"type": "dense", "name": "fc", "units": 1, "kernel": kernel,
                               "bias": [-4.0]},
                              {"type": "activation", "name": "score", "function": "sigmoid"}]}, file)
    subprocess.run([compiler, "model.json", "-o", "model.so"], check=True)


def write_samples(path, count, data):
    """An NPY file of so many float32."""
    header = ("{'descr': '<f4', 'fortran_order': False, 'shape': (%d,), }\n" % count).encode()
    with open(path, "wb") as file:
        file.write(b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + data)


def check_long(scan):
    """More beats than elements, more samples than the page holds, and a gap: a pulse of 31
    samples every 100."""
    pulses = 22000
    period = struct.pack("<100f", *[1 if 40 <= i <= 70 else 0 for i in range(100)])
    write_samples("<script>.npy", pulses * 100,
                  period * (pulses - 10) + struct.pack("<f", float("nan")) * 1000)
    subprocess.run([scan, "scan", "--model", "model.so", "--rate=360", "--unit=mV",
                    "<script>.npy", "-o", "long.csv", "--report", "long.html"], check=True,
                   stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    # Within a window of the gap there are no beats.
    beats = pulses - 10 - 2
    dom = browse("long.html", "--dump-dom")
    assert count_beats(dom) == (0, beats), count_beats(dom)
    assert re.search('id="status">[^<]*zoom in', dom) and is_reduced(dom) and "1 gap" in dom
    assert "<h1>&lt;script&gt;</h1>" in dom
    dom = browse("long.html#t=100,200", "--dump-dom")
    assert count_beats(dom) == (360, beats), count_beats(dom)


def find_top(path, at):
    """Millivolts of the highest grey pixel of the trace within 2 pixels of a place, 0 to 1."""
    top, heights = None, (300 - 34) / (HIGH - LOW)
    for number, row in enumerate(read_rows(path)):
        if top is None:
            border = [x for x, pixel in enumerate(row) if pixel == (0xCC, 0xCC, 0xCC)]
            if len(border) > len(row) * .9:
                top, left, right = number + 1, border[0] + 1, border[-1]
            continue
        centre = left + round(at * (right - left))
        if any(max(pixel) < 190 and max(pixel) - min(pixel) < 40
               for pixel in row[centre - 2:centre + 3]):
            return LOW + (300 - 14 - (number - top)) / heights
    raise AssertionError("no trace")


LOW, HIGH = -0.5, 2.0


def check_heights(scan):
    """R waves of one sample keep their height at every zoom, in more samples than the page
    holds: 1 and 2 mV in turns, once a second, each before an S wave of -0.5 mV."""
    rate, samples = 400, 2400000
    period = [.1 if i % 80 < 40 else -.1 for i in range(2 * rate)]
    for at, height in (205, 1), (605, HIGH):
        period[at:at + 2] = height, LOW
    write_samples("waves.npy", samples, struct.pack(f"<{2 * rate}f", *period) * (samples // 2 // rate))
    subprocess.run([scan, "scan", "--model", "model.so", f"--rate={rate}", "--unit=mV",
                    "waves.npy", "-o", "waves.csv", "--report", "waves.html"], check=True,
                   stdout=subprocess.DEVNULL)
    # The page does not grow with the recording.
    assert os.path.getsize("waves.html") < 8000000
    # Away from the names of the grid's lines, on the left.
    middle = samples // rate // 4 * 2
    waves = [(middle + 205 / rate, 1), (middle + 605 / rate, HIGH)]
    for span, shown in (middle, waves), (60, waves), (8, waves), (.6, waves[:1]):
        begin = (shown[0][0] + shown[-1][0] - span) / 2
        browse(f"waves.html#t={begin:.6f},{begin + span:.6f}", "--screenshot=waves.png",
               "--window-size=700,460")
        for at, height in shown:
            found = find_top("waves.png", (at - begin) / span)
            # A pixel of the whole recording holds several waves.
            expected = height if span < 100 else HIGH
            assert abs(found - expected) < .04, (span, found, expected)


def main():
    scan, compiler, source, folder = sys.argv[1:]
    os.chdir(folder)
    check_record(scan, source)
    write_model(compiler)
    check_long(scan)
    check_heights(scan)


main()
