"""Scans recordings as devices write them: python3 check_devices.py FRIEZE-ECG FRIEZE-COMPILE FOLDER

Each row of RECORDINGS is a recording with its right answer, which is its lead, rate and unit in
the summary and a beat at each pulse, or with the lines that say why it is refused. The
classifier only looks at the sample at the position and wants half a millivolt, so that with a
wrong unit, gain or baseline there are other beats. Then all files are damaged in many ways: nothing may crash,
and no message may be other than UTF-8.
"""
import gzip
import os
import random
import subprocess
import sys

from device_files import apple, atc, edf, ishne, npy, text, wfdb
from recordings import write_model

SECONDS, FIRST, PERIOD = 20, 1.0, 0.8
MISSING_UNIT = ("expects a unit, which the file does not tell{}: give --unit=mV, uV or V, or "
                "--gain=N, the converter's units in 1 mV")
MISSING_RATE = "expects a sampling rate, which the file does not tell: give --rate=HZ"


def get_beats(rate, seconds=SECONDS):
    count = int((seconds - 0.2 - FIRST) / PERIOD) + 1
    return [round((FIRST + PERIOD * i) * rate) for i in range(count)]


def pulses(rate):
    """A pulse of 80 ms and 1 mV at each beat, and one of 0.3 mV behind it, which is no beat
    unless it is taken for twice as much."""
    samples = [0.0] * (rate * SECONDS)
    half = round(0.04 * rate)
    for beat in get_beats(rate):
        for middle, height in (beat, 1.0), (beat + round(0.4 * rate), 0.3):
            samples[middle - half:middle + half + 1] = [height] * (2 * half + 1)
    return samples[:rate * SECONDS]


def noise(rate):
    """What is no ECG: a wave of 3 mV, which would give other beats."""
    return [3.0 * (i // (rate // 5) % 2) for i in range(rate * SECONDS)]


def rows(rate, form, scale=1.0, digits=4, start=0.0):
    """Lines with a time and a sample."""
    return [form.format(t=start + i / rate, ms=1000 * (start + i / rate), i=i,
                        v=f"{scale * v:.{digits}f}")
            for i, v in enumerate(pulses(rate))]


def stamps(rate, form, first=0.0, gap_at=None):
    """Lines with the time of day, from `first` seconds on, as {h}:{m}:{s}."""
    lines = []
    for i, v in enumerate(pulses(rate)):
        time = round(first + (i + (gap_at is not None and i >= gap_at)) / rate, 4) % 86400
        lines.append(form.format(h=int(time // 3600), m=int(time // 60 % 60), s=time % 60, v=v))
    return lines


def packed(files):
    return {name + ".gz": gzip.compress(data) for name, data in files.items()}


def renamed(files, name):
    (data,) = files.values()
    return {name: data}


def stored(rate, gain, baseline):
    return [round(v * gain + baseline) for v in pulses(rate)]


EEG = ((b"EEG Fpz-Cz", b"uV"), noise(250))
ECG = ((b"ECG", b"uV"), pulses(250))
TWO = [EEG, ((b"ECG I", b"mV"), noise(250)), ((b"ECG V5", b"mV"), pulses(250))]
THREE_LISTED = "0 'EEG Fpz-Cz' (uV), 1 'ECG I' (mV), 2 'ECG V5' (mV)"
SECOND = ("note: scans lead 1 'ECG' (uV), as 0 'EEG Fpz-Cz' (uV) is no ECG by its label; --lead "
          "chooses another")
POLAR = ["Phone timestamp;sensor timestamp [ns];timestamp [ms];ecg [uV]"] + [
    f"2024-05-31T12:34:{20 + i // 73:02d}.331;{599616000000000000 + i * 10**9 // 130};"
    f"{i * 1000 / 130:.6f};{round(1000 * v)}" for i, v in enumerate(pulses(130))]


class Good:
    """A recording that is scanned."""

    def __init__(self, files, lead, rate, unit, *options, notes=(), stdin=None, name=None,
                 seconds=SECONDS):
        self.files, self.lead, self.rate, self.unit = files, lead, rate, unit
        self.options, self.notes, self.stdin = options, notes, stdin
        self.name, self.seconds = name or next(iter(files)), seconds


class Bad:
    """A recording that is refused."""

    def __init__(self, files, error, *options, stdin=None, name=None):
        self.files, self.error, self.options, self.stdin = files, error, options, stdin
        self.name = name or next(iter(files))


CSV = [
    Good(text("named.csv", ["time_s,MLII (mV)", *rows(360, "{t:.5f},{v}")]), "MLII (mV)", 360,
         "mV"),
    Good(text("micro.csv", ["time_ms;II [uV]", *rows(250, "{ms:.0f};{v}", 1000)]),
         "II [uV]", 250, "uV"),
    Good(text("volts.txt", ["time (ms)\tecg (V)", *rows(500, "{ms:.0f}\t{v}", 1e-3, 7)]),
         "ecg (V)", 500, "V"),
    Good(text("latin.csv", ["time_ms;II (\u00b5V)", *rows(250, "{ms:.0f};{v}", 1000)], "latin-1"),
         "II (\u00b5V)", 250, "uV"),
    Bad(text("unitless.csv", ["time_s,MLII", *rows(360, "{t:.5f},{v}")]),
        MISSING_UNIT.format(" for lead 'MLII'")),
    Good(text("unitless.csv", ["time_s,MLII", *rows(360, "{t:.5f},{v}", 1000)]), "MLII", 360, "uV",
         "--unit=uV"),
    Good(text("counts.csv", [str(v) for v in stored(360, 200, 1024)]), "0", 360, "200 units/mV",
         "--rate=360", "--gain=200", "--baseline=1024"),
    Bad(text("counts.csv", [str(v) for v in stored(360, 200, 1024)]),
        "expects samples in millivolts, but got 1024 at sample 0", "--rate=360", "--unit=mV"),
    Bad(text("told.csv", ["time_s,MLII (mV)", *rows(360, "{t:.5f},{v}")]),
        "expects the unit of lead 'MLII (mV)' to be mV, as the file tells, but got --unit=uV",
        "--unit=uV"),
    Bad(text("told.csv", ["time_s,MLII (mV)", *rows(360, "{t:.5f},{v}")]),
        "expects the unit of lead 'MLII (mV)' to be mV, as the file tells, but got --gain=200",
        "--gain=200"),
    Bad(text("timeless.csv", ["MLII (mV)", *rows(360, "{v}")]), MISSING_RATE),
    Bad(text("nothing.csv", rows(360, "{v}")),
        MISSING_UNIT.format("") + "\n{path}: error: " + MISSING_RATE),
    Good(text("zone.csv", ["timestamp,II_mV",
                           *stamps(250, "2024-02-29T{h:02d}:{m:02d}:{s:06.3f}+01:00,{v}", 40000)]),
         "II_mV", 250, "mV"),
    Good(text("comma.csv", ["time;II (mV)",
                            *(line.replace(".", ",", 1) for line in
                              stamps(200, "2024-05-31 {h:02d}:{m:02d}:{s:06.3f};{v}", 3600))]),
         "II (mV)", 200, "mV"),
    Good(text("clock.csv", ["Time,II (mV)",
                            *stamps(250, "{h:02d}:{m:02d}:{s:06.3f},{v}", 86390)]),
         "II (mV)", 250, "mV"),
    Bad(text("jumps.csv", ["time,II (mV)",
                           *stamps(250, "2024-05-31T{h:02d}:{m:02d}:{s:06.3f}Z,{v}", 7, 2000)]),
        "line 2002: the time has a gap, or uneven steps: 8.004 s follows 7.996 s, counted from "
        "the first row"),
    Bad(text("mixed.csv", ["time,II (mV)", "2024-05-31T00:00:00Z,0", "0.004,0"]),
        "line 3: expects the time to be written as in the first row, but got '0.004'"),
    Bad(text("noday.csv", ["time,II (mV)", "2023-02-29T00:00:00Z,0"]),
        "line 2: expects the time in numbers, as a clock (12:34:56.789) or by ISO 8601, but got "
        "'2023-02-29T00:00:00Z'"),
    Good({"torn.csv": "\n".join(["time_s,II (mV),V1 (mV)", *rows(360, "{t:.5f},{v},0"),
                                 "20.00"]).encode()},
         "II (mV)", 360, "mV", notes=["warning: line 7202, the last, is cut off and left out"]),
    Good(text("rdsamp.txt", ["'Elapsed time','MLII','V5'", "'hh:mm:ss.mmm','mV','mV'",
                             *(f"'{i // 15000}:{i % 15000 / 250:06.3f}',{v},0"
                               for i, v in enumerate(pulses(250)))]), "MLII", 250, "mV"),
    Bad({"wide.csv": "time_s,II (mV)\n0,0\n".encode("utf-16")},
        "expects text in UTF-8, but got UTF-16"),
    Good(text("polar.txt", POLAR), "ecg [uV]", 130, "uV"),
    Good(apple("ecg_2024-05-31.csv", pulses(512)), "Lead I", 512, "uV"),
    Bad(apple("ecg_2024-05-30.csv", pulses(512), ["Name,Jo", "Geburtsdatum,1980",
                                                   "Aufgezeichnet am,2024"],
              rate="Messrate,512 Hertz", unit="Einheit,\u00b5V"),
        "looks like an ECG that Apple's Health exported in another language: expects the lines "
        "'Sample Rate', 'Lead' and 'Unit', as an iPhone set to English writes them"),
    Bad(apple("ecg_2024-05-29.csv", pulses(512), point=","),
        "line 14: expects a number with a decimal point, as an iPhone set to English writes it, "
        "but got one with a comma"),
]

BINARY = [
    Bad(npy("bare.npy", "f4", pulses(360)),
        MISSING_UNIT.format("") + "\n{path}: error: " + MISSING_RATE),
    Good(npy("volts.npy", "f8", [v / 1000 for v in pulses(360)]), "0", 360, "V", "--rate=360",
         "--unit=V"),
    Good(packed(npy("counts.npy", "i2", stored(250, 400, 0))), "0", 250, "400 units/mV",
         "--rate=250", "--gain=400"),
    Good(edf("night.edf", 250, [EEG, ECG]), "ECG", 250, "uV",
         notes=[SECOND]),
    Good(edf("latin.edf", 250, [((b"II", b"\xb5V"), pulses(250))]), "II", 250, "uV"),
    Good(edf("odd.edf", 250, [EEG, ECG], odd="n/a"), "ECG", 250, "uV",
         notes=["warning: lead 'EEG Fpz-Cz': expects the physical minimum to be a number, but got "
                "'n/a'; it is not scanned", SECOND]),
    Bad(edf("odd.edf", 250, [ECG], odd=b"\xb5"),
        "lead 'ECG': expects the physical minimum to be a number, but got '\\xB5'"),
    Good(edf("torn.edf", 250, [EEG, ECG], torn=300), "ECG", 250, "uV", seconds=SECONDS - 1,
         notes=["warning: ends within record 19, which is left out", SECOND]),
    Bad(edf("half.edf", 250, [EEG, ECG], torn=3000), "truncated: expects 20 records of 1000 bytes"),
    Good(edf("part.edf", 250, TWO), "ECG V5", 250, "mV", "--lead=v5"),
    Bad(edf("both.edf", 250, TWO), f"expects one of the leads {THREE_LISTED}, but got 'ECG', which "
        "2 of them have in their names", "--lead=ECG"),
    Bad(edf("none.edf", 250, TWO), f"expects one of the leads {THREE_LISTED}, but got 'V'",
        "--lead=V"),
    Bad(edf("sleep.edf", 250, [EEG, ((b"Resp \xe9t\xe9", b"mV"), noise(250))]),
        "expects a signal that can be told to be an ECG in V, mV or uV, but got 0 'EEG Fpz-Cz' "
        "(uV), 1 'Resp \u00e9t\u00e9' (mV): choose one with --lead"),
    Bad(edf("plain.edf", 250, [((b"ECG", b""), pulses(250))]),
        MISSING_UNIT.format(" for lead 'ECG'")),
    Good(edf("plain.edf", 250, [((b"ECG", b""), pulses(250))]), "ECG", 250, "mV", "--unit=mV"),
    Good(packed(edf("night.edf", 250, [ECG])), "ECG", 250, "uV"),
    Good(renamed(edf("x", 250, [ECG]), "misnamed.csv"), "ECG", 250, "uV"),
    Good(wfdb("101", 360, ["200(1024)/mV 11 1024 0 0 0 MLII"], [stored(360, 200, 1024)]), "MLII",
         360, "mV", name="101.dat"),
    Good(wfdb("challenge", 500, ["1000/mV 16 0 0 0 0 I"], [stored(500, 1000, 0)],
              "challenge.mat", 24), "I", 500, "mV", name="challenge.mat"),
    Good(packed(wfdb("103", 360, ["200/mV 11 0 0 0 0 II"], [stored(360, 200, 0)])), "II", 360,
         "mV", name="103.hea.gz"),
    Bad({"lost.dat": b"\0\0"}, "expects its header lost.hea beside it, which tells rate and gain, "
        "but found none: give the header (.hea) of its record"),
    Good(wfdb("bare", 360, ["0 12 0 0 0 0 ECG"], [stored(360, 100, 50)]), "ECG", 360,
         "100 units/mV", "--gain=100", "--baseline=50", name="bare"),
    Good(wfdb("oddity", 360, ["x/l 12 0 0 0 0 Resp", "200/mV 12 0 0 0 0 II"],
              [stored(360, 1, 0), stored(360, 200, 0)]), "II", 360, "mV", name="oddity",
         notes=["note: scans lead 1 'II' (mV), as 0 'Resp' (mV) is no ECG by its label; --lead "
                "chooses another", "warning: line 2: expects the gain to be a positive number, but "
                "got 'x/l'; the signal is not scanned"]),
    Good(ishne("holter.ecg", 200, [("V1", noise(200)), ("V5", pulses(200))]), "V5", 200,
         "400 units/mV", "--lead=V5"),
    Good(ishne("total.ecg", 1000, [("", pulses(1000))] * 2, counts_all=True), "ECG", 1000,
         "400 units/mV"),
    Bad(ishne("broken.ecg", 200, [("II", pulses(200))], damaged=True),
        "checksum of the header does not match: it is damaged (--ignore-checksum reads the file "
        "all the same)"),
    Good(ishne("broken.ecg", 200, [("II", pulses(200))], damaged=True), "II", 200, "400 units/mV",
         "--ignore-checksum"),
    Good(ishne("torn.ecg", 200, [("II", pulses(200)), ("V1", noise(200))], torn=3), "II", 200,
         "400 units/mV",
         notes=["warning: ends within sample 3999 of its leads, which is left out"]),
    Bad(ishne("half.ecg", 200, [("II", pulses(200))], torn=100), "truncated: expects 4000 samples"),
    Good(atc("kardia.atc", [("I", pulses(300))]), "I", 300, "2000 units/mV"),
    Good(atc("six.atc", [("I", noise(300)), ("II", pulses(300)), ("III", noise(300))]), "II", 300,
         "2000 units/mV", "--lead=II"),
    Bad(atc("broken.atc", [("I", pulses(300))], damaged=True),
        "checksum of block 'info' does not match: it is damaged (--ignore-checksum reads the file "
        "all the same)"),
    Bad(atc("torn.atc", [("I", pulses(300))], torn=100),
        "truncated: the block at byte 308 ends behind the file"),
    Bad(atc("new.atc", [("I", pulses(300))], other=b"new!"),
        "expects the blocks of version 1.7 of the format, but got 'new!'"),
]

NAMED = text("named.csv", ["time_s,MLII (mV)", *rows(360, "{t:.5f},{v}")])["named.csv"]
PIPES = [
    Good({}, "MLII (mV)", 360, "mV", stdin=NAMED, name="-"),
    Good({}, "MLII (mV)", 360, "mV", "--format=csv", stdin=gzip.compress(NAMED), name="-"),
    Good({}, "MLII (mV)", 360, "mV",
         stdin=gzip.compress(NAMED[:999]) + gzip.compress(NAMED[999:]) + bytes(512), name="-"),
    Good({}, "ECG", 250, "uV", stdin=edf("x", 250, [ECG])["x"], name="-"),
    Bad({}, "expects a recording in EDF, BDF, CSV, NPY, ISHNE or ATC, but got no bytes (--format "
        "tells which it is)", stdin=b"", name="-"),
    Bad({}, "expects a recording in EDF, BDF, CSV, NPY, ISHNE or ATC, but got something else "
        "(--format tells which it is)", stdin=b"\1\2\3", name="-"),
    Bad({"half.csv.gz": gzip.compress(NAMED)[:-500]}, "truncated: the gzip data ends early"),
    Bad({"bits.csv.gz": gzip.compress(NAMED)[:99] + b"damaged!" + gzip.compress(NAMED)[107:]},
        "damaged gzip data: "),
    Bad({"more.csv.gz": gzip.compress(NAMED) + b"\0more"}, "expects nothing behind the gzip data"),
    Bad({"packed.csv": gzip.compress(NAMED)},
        "is packed by gzip: give it a name that ends in .gz"),
]


class Checker:
    def __init__(self, scan):
        self.scan, self.count = scan, 0

    def run(self, names, *options, stdin=None):
        """Exit status, beats, and standard error, which must be UTF-8."""
        result = subprocess.run([self.scan, "scan", "--model=model.so", "--level=off", "--place=score",
                                 "--threads=1", *options, "-o", "-", "--", *names],
                                input=stdin or b"", stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, check=False)
        beats = [int(line.split(",")[1]) for line in result.stdout.decode().splitlines()[1:]]
        return result.returncode, beats, result.stderr.decode("utf-8", "strict")

    def write(self, files):
        for name, data in files.items():
            with open(name, "wb") as file:
                file.write(data)

    def check(self, case):
        self.write(case.files)
        status, beats, errors = self.run([case.name], *case.options, stdin=case.stdin)
        self.count += 1
        if isinstance(case, Bad):
            line = f"{case.name}: error: " + case.error.replace("{path}", case.name)
            assert status == 1 and not beats and errors.startswith(line), (case.name, line, errors)
            assert errors.count("\n") == 1 + case.error.count("\n"), errors
            return
        assert status == 0, (case.name, errors)
        summary = f", lead {case.lead} at {case.rate} Hz in {case.unit}\n"
        assert summary in errors, (case.name, summary, errors)
        told = [line.split(": ", 1)[1] for line in errors.splitlines()
                if ": note: " in line or ": warning: " in line]
        assert told == list(case.notes), (case.name, told)
        expected = get_beats(case.rate, case.seconds)
        slack = max(2, case.rate // 100)
        assert len(beats) == len(expected), (case.name, beats, expected)
        assert all(abs(a - b) <= slack for a, b in zip(beats, expected)), (case.name, beats)

    def damage(self, case, source):
        """Damages a file, or cuts it off."""
        data = bytearray(case.files[case.name])
        if source.random() < 0.3:
            del data[source.randrange(len(data)):]
        for _ in range(source.choice((0, 1, 3, 30))):
            if data:
                # Headers are more worth than samples.
                data[source.randrange(source.choice((len(data), min(len(data), 600))))] = \
                    source.choice((source.randrange(256), 0, 0xFF, 0x20, 0x39, 0x2D, 0x0A))
        self.write({"damaged-" + case.name: bytes(data)})
        status, _, errors = self.run(["damaged-" + case.name], *case.options)
        self.count += 1
        assert status in (0, 1), (case.name, status, errors)
        assert status == 0 or ": error: " in errors, (case.name, errors)


def main():
    scan, compiler, folder = sys.argv[1:]
    os.chdir(folder)
    write_model(compiler)
    checker = Checker(scan)
    cases = CSV + BINARY + PIPES
    for case in cases:
        checker.check(case)
    source = random.Random(1)
    for case in cases:
        if case.name in case.files:
            for _ in range(4):
                checker.damage(case, source)
    print(f"{len(cases)} recordings, {checker.count} scans")


main()
