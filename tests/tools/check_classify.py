"""Classifies beats, and compares what NumPy makes of the same windows:
python3 check_classify.py FRIEZE-ECG FOLDER

The record has 360 samples a second, beats of five shapes, and a gap. A model whose outputs
are samples of its window, or RR intervals, shows what it was given as its scores."""
import csv
import json
import os
import subprocess
import sys

import numpy as np

from recordings import write_annotations

RATE, SECONDS, CLASSES = 360, 120, "NSVFQ"
BEFORE, WINDOW = 36, 145
GAP = (20000, 20400)
# Codes of WFDB for kinds of beats of each class.
CODES = {"N": (1, 2, 3), "S": (8, 9), "V": (5, 10), "F": (6,), "Q": (12, 13)}

RNG = np.random.default_rng(1)


def make_beats():
    """Positions, and the true class of each."""
    steps = RNG.integers(200, 340, 150)
    beats = 250 + np.concatenate([[0], np.cumsum(steps)])
    beats = beats[beats < RATE * SECONDS - 200]
    beats = beats[(beats < GAP[0] - 200) | (beats > GAP[1] + 50)]
    # One that has the gap in its window, and neighbours on both sides.
    beats = np.sort(np.append(beats, GAP[0] - 20))
    return beats, RNG.choice(5, len(beats), p=[0.5, 0.15, 0.15, 0.1, 0.1])


def get_shape(own, x):
    return [1, 0.8, -1.2, 1.4, 0.5][own] * np.exp(-(x / [6, 9, 20, 12, 3][own])**2)


def make_signal(beats, classes):
    """Counts of 1000 for 1 mV."""
    signal = RNG.normal(0, 60, RATE * SECONDS)
    for beat, own in zip(beats, classes):
        signal[beat - 60:beat + 61] += 1000 * get_shape(own, np.arange(-60, 61))
    signal = np.round(signal).astype(np.int64)
    signal[GAP[0]:GAP[1]] = -32768
    return signal


def write_record(path, counts):
    os.makedirs(os.path.dirname(path) or ".", exist_ok=True)
    name = os.path.basename(path)
    with open(path + ".dat", "wb") as file:
        file.write(counts.astype("<i2").tobytes())
    with open(path + ".hea", "w") as file:
        file.write(f"{name} 1 {RATE} {len(counts)}\n"
                   f"{name}.dat 16 1000/mV 16 0 0 {int(counts.sum()) % 65536} 0 ECG\n")


def write_beats(path, record, beats, labels=None):
    with open(path, "w") as file:
        file.write("record,sample,time_s" + (",label\n" if labels is not None else "\n"))
        for i, beat in enumerate(beats):
            file.write(f"{record},{beat},{beat / RATE:.4f}"
                       + (f",{labels[i]}\n" if labels is not None else "\n"))


def write_json_model(path, shape, layers):
    with open(path, "w") as file:
        json.dump({"format": "frieze-model", "version": 1,
                   "input": {"name": "ecg", "shape": shape}, "layers": layers}, file)


def write_models(kernel, bias):
    dense = {"type": "dense", "name": "fc", "units": 5, "kernel": kernel.tolist(),
             "bias": bias.tolist()}
    softmax = {"type": "softmax", "name": "classes"}
    write_json_model("classes.json", [WINDOW], [dense, softmax])
    write_json_model("logits.json", [WINDOW], [dense])
    write_json_model("window.json", [187, 1], [
        {"type": "flatten", "name": "flat"},
        {"type": "slice", "name": "samples", "begin": [0], "size": [5], "strides": [40]}])
    write_json_model("two-leads.json", [WINDOW, 2], [{"type": "flatten", "name": "flat"},
                     {"type": "slice", "name": "samples", "begin": [0], "size": [5]}])
    with open("rr.mlir", "w") as file:
        file.write("""
func.func @model(%ecg: tensor<1x2xf32> {nn.name = "ecg"}, %rr: tensor<1x3xf32> {nn.name = "rr"})
    -> (tensor<1x5xf32> {nn.name = "y"}) {
  %0 = nn.concat %rr, %ecg axis = 1 : tensor<1x3xf32>, tensor<1x2xf32> -> tensor<1x5xf32>
  return %0 : tensor<1x5xf32>
}
""")


class Tool:
    def __init__(self, program):
        self.program = program

    def run(self, *arguments, status=0):
        result = subprocess.run([self.program, *arguments], stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, check=False)
        assert result.returncode == status, (arguments, result.stderr)
        return result

    def classify(self, model, *options, record="r", beats="beats.csv"):
        """The labels and the scores of the beats, and what was said."""
        result = self.run("classify", "--model", model, f"--beats={beats}", "--classes=N,S,V,F,Q",
                          *options, record, "-o", "labels.csv")
        with open("labels.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        scores = np.array([[float(row[f"score_{name}"] or "nan") for name in CLASSES]
                           for row in rows])
        return [row["label"] for row in rows], scores, result


def softmax(logits):
    e = np.exp(logits - logits.max(axis=1, keepdims=True))
    return e / e.sum(axis=1, keepdims=True)


def check_labels(tool, signal, beats, kernel, bias):
    """Labels and scores are those that NumPy computes; returns the labels."""
    millivolts = np.where(signal == -32768, np.nan, signal / 1000).astype(np.float32)
    windows = np.stack([millivolts[beat - BEFORE:beat - BEFORE + WINDOW] for beat in beats])
    known = ~np.isnan(windows).any(axis=1)
    assert (~known).sum() == 1
    least, most = (f(windows, axis=1, keepdims=True) for f in (np.min, np.max))
    mean, deviation = (f(windows.astype(float), axis=1, keepdims=True) for f in (np.mean, np.std))
    whole = millivolts[~np.isnan(millivolts)].astype(float)
    for name, scaled in (("none", windows), ("min-max", (windows - least) / (most - least)),
                         ("z-score", (windows - mean) / deviation),
                         ("record", (windows - whole.mean()) / whole.std())):
        scaling = (["--normalise=z-score", "--normalise-over=record"] if name == "record"
                   else [f"--normalise={name}"])
        expected = softmax(scaled @ kernel + bias)
        for model, options in (("classes.json", []), ("logits.json", ["--logits"])):
            labels, scores, result = tool.classify(
                model, "--rate=360", "--before=0.1", "--after=0.3", *scaling, *options)
            np.testing.assert_allclose(scores, np.where(known[:, None], expected, np.nan),
                                       atol=1e-4)
            own = [CLASSES[i] if k else "" for i, k in zip(expected.argmax(axis=1), known)]
            assert labels == own, (labels, own)
            assert "r: warning: 1 of" in result.stderr, result.stderr
        if name == "none":
            first = own
    assert len(set(first)) == 6, first
    return first


def check_rr(tool, beats):
    """RR intervals are seconds, and the window is what is asked for."""
    _, scores, _ = tool.classify("rr.mlir", "--rate=360", "--before=0", "--after=0.0028",
                                 "--input=rr=previous,next,mean", "--normalise=min-max")
    intervals = np.diff(beats) / RATE
    broken = np.flatnonzero((beats[:-1] < GAP[0]) & (beats[1:] >= GAP[1]))
    intervals[broken] = np.nan
    for i in range(len(beats)):
        mean = np.nanmean(intervals[max(i - 5, 0):i + 5])
        previous = intervals[i - 1] if i > 0 else np.nan
        following = intervals[i] if i < len(intervals) else np.nan
        expected = [mean if np.isnan(value) else value for value in (previous, following, mean)]
        np.testing.assert_allclose(scores[i, :3], expected, atol=1e-4)
    assert {tuple(row) for row in scores[:, 3:].tolist()} <= {(0.0, 1.0), (1.0, 0.0), (0.0, 0.0)}


def check_resampled(tool):
    """A window of 187 samples at 125 Hz, from the beat on, scaled over 10 s and 0 from 1.2
    RR intervals on: the convention of a public set of such windows."""
    curve = lambda t: 0.5 * np.sin(2 * np.pi * 0.7 * t) + 0.3 * np.sin(2 * np.pi * 5 * t)
    write_record("curve", np.round(1000 * curve(np.arange(RATE * 60) / RATE)).astype(int))
    # Not on the other grid, 0.8 s apart and then 1.25 s.
    beats = np.concatenate([np.arange(3000, 9000, 288), np.arange(9001, 18000, 450)])
    write_beats("curve.csv", "curve", beats)
    _, scores, _ = tool.classify(
        "window.json", "--rate=125", "--before=0", "--after=1.488", "--normalise=min-max",
        "--normalise-over=10", "--until-rr=1.2", record="curve", beats="curve.csv")
    positions = np.round(beats / RATE * 125)
    stretches = np.floor(positions / 1250)
    for beat, stretch, found in zip(positions, stretches, scores):
        whole = curve((stretch * 1250 + np.arange(1250)) / 125)
        same = beats[stretches == stretch]
        rr = np.median(np.diff(same)) / RATE
        offsets = np.arange(0, 200, 40)
        expected = (curve((beat + offsets) / 125) - whole.min()) / (whole.max() - whole.min())
        expected[offsets >= round(1.2 * rr * 125)] = 0
        np.testing.assert_allclose(found, expected, atol=3e-3)
    assert (scores[0, 3:] == 0).all() and (scores[-1] != 0).all()


def count(truth, found):
    """The matrix of two lists of (position, class): the last row and column for none."""
    matrix = np.zeros((6, 6), int)
    left = dict(found)
    for beat, own in truth:
        near = [other for other in left if abs(other - beat) <= 54]
        assert len(near) <= 1
        matrix[own, left.pop(near[0]) if near else 5] += 1
    for own in left.values():
        matrix[5, own] += 1
    return matrix


def check_confusion(tool, beats, classes, labels):
    """The matrix is NumPy's, with beats that are missed, moved and too many."""
    codes = [RNG.choice(CODES[CLASSES[own]]) for own in classes]
    write_annotations("r.atr", beats, codes)
    kept = RNG.random(len(beats)) > 0.1
    found = [(beat + RNG.integers(-40, 41), label) for beat, label, keep
             in zip(beats, labels, kept) if keep]
    middles = (beats[:-1] + beats[1:]) // 2
    extra = [(beat, CLASSES[RNG.integers(5)]) for beat, after in zip(middles[::7], beats[1::7])
             if after - beat > 100]
    found = sorted(found + extra)
    write_beats("found.csv", "r", [beat for beat, _ in found], [label for _, label in found])
    expected = count(list(zip(beats, classes)),
                     [(beat, CLASSES.index(label or "Q")) for beat, label in found])
    assert (expected.sum(axis=1) > 0).all() and (expected.sum(axis=0) > 0).all(), expected
    result = json.loads(tool.run("compare", "r", "found.csv", "--json").stdout)["gross"]
    assert result["confusion"] == expected.tolist(), (result["confusion"], expected)
    for i, name in enumerate(CLASSES):
        # EC57: what is no error of ectopic beats.
        rows = [j for j in range(6) if j >= 5 or (CLASSES[j], name) not in
                (("Q", "S"), ("Q", "V"), ("F", "V"))]
        right = expected[i, i]
        own = result["classes"][name]
        assert abs(own["sensitivity"] - right / expected[i].sum()) < 1e-12, name
        assert abs(own["positive_predictivity"] - right / expected[rows, i].sum()) < 1e-12, name
    table = tool.run("compare", "r", "found.csv").stdout.splitlines()[-7:]
    assert table[0].split() == "reference n s v f q missed Se % +P %".split(), table
    for line, name, row in zip(table[1:], [*CLASSES, "extra"], expected.tolist()):
        words = line.split()
        assert words[0] == name and [int(word) for word in words[1:]
                                     if "." not in word] == row[:6 if name != "extra" else 5], line
    # Beats without classes, and lists in which all are N, have no matrix.
    assert "missed    Se" not in tool.run("compare", "r", "beats.csv").stdout
    write_annotations("n.atr", beats, [1] * len(beats))
    assert "confusion" not in tool.run("compare", "r", "n.atr", "--rate=360", "--json").stdout
    return expected


def check_outputs(tool, expected_labels):
    """Annotations and JSON say the same, for several records in a folder too."""
    for name in "a/r", "b/r":
        os.makedirs(os.path.dirname(name), exist_ok=True)
        for extension in ".dat", ".hea", ".atr":
            with open("r" + extension, "rb") as source, open(name + extension, "wb") as target:
                target.write(source.read())
    options = ["--classes=N,S,V,F,Q", "--rate=360", "--before=0.1", "--after=0.3"]
    both = ["classify", "--model=classes.json", "--beats=a/r.atr", "--beats=b/r.atr", *options,
            "a/r", "b/r"]
    tool.run(*both, "-o", "out/", "--output-format=atr")
    tool.run(*both, "-o", "out.json")
    lists = [json.loads(tool.run("compare", *pair, "--json").stdout) for pair in (
        ("--reference=a", "--reference=b", "out"), ("--reference=a", "--reference=b", "out.json"))]
    assert lists[0]["gross"] == lists[1]["gross"]
    assert [record["record"] for record in lists[0]["records"]] == ["a/r", "b/r"]
    matrix = np.array(lists[0]["gross"]["confusion"])
    for i, name in enumerate([*CLASSES[:4], ("Q", "")]):
        expected = sum(label in name if isinstance(name, tuple) else label == name
                       for label in expected_labels)
        assert matrix[:, i].sum() == 2 * expected, (name, matrix)
    with open("out.json") as file:
        record = json.load(file)["records"][0]
    assert record["classes"] == list(CLASSES) and record["path"] == "a/r"
    assert [beat["label"] or "" for beat in record["beats"]] == expected_labels


def check_refused(tool):
    """What is not told is not guessed."""
    base = {"--model": "classes.json", "--beats": "beats.csv", "--classes": "N,S,V,F,Q",
            "--rate": "360", "--before": "0.1", "--after": "0.3"}
    with open("names.txt", "w") as file:
        file.write("N\nS\nV\nF\nQ\n")
    for changes, message in (
            ({"--classes": "N,V"}, "expects --classes with 5 names, one for each output of the "
             "model, but got 2"),
            ({"--classes": "N,N,V,F,Q"}, "expects different names, but got 'N' twice"),
            ({"--classes": "N,,V,F,Q"}, "expects names without commas"),
            ({"--classes": "@none.txt"}, "none.txt: error: cannot be read"),
            ({"--classes": None}, "--classes"),
            ({"--after": "0.31"}, "expects windows of 145 samples, but from 0.1 s before a beat"),
            ({"--rate": "250"}, "expects windows of 145 samples"),
            ({"--rate": "-1"}, "--rate: error: expects a positive number"),
            ({"--before": "nan"}, "--before: error: expects a number from 0"),
            ({"--detector": "classes.json"}, "--detector: error: expects no --beats"),
            ({"--input": "rr=previous"}, "has no input 'rr' for --input, but 'ecg' (145)"),
            ({"--model": "rr.mlir"}, "expects one input for the window and --input for each of "
             "the others, but it has 'ecg' (2), 'rr' (3)"),
            ({"--model": "rr.mlir", "--input": "rr=next"}, "expects --input with 3 RR intervals "
             "for 'rr' (3), but got 1"),
            ({"--input": "rr=before"}, "expects previous, next or mean, but got 'before'"),
            ({"--input": "previous"}, "expects NAME=previous,next,mean"),
            ({"--model": "two-leads.json"}, "expects windows of one lead, but got the input 'ecg' "
             "(145x2)"),
            ({"--model": "logits.json"}, "expects the model's outputs to be between 0 and 1"),
            ({"--normalise-over": "10"}, "--normalise-over: error: expects --normalise=min-max"),
            ({"--normalise-over": "0.001"}, "expects 'record', or seconds of several samples and "
             "at most 600, but got '0.001'"),
            ({"--normalise-over": "1e9"}, "but got '1e9'"),
            ({"--normalise-over": "beat"}, "but got 'beat'"),
            ({"--beats": "curve.csv"}, "no reference beats for record 'r'"),
            ({"--o": "labels.atr", "--classes": "N,S,V,F,other"}, "expects signs of WFDB's beats")):
        options = [f"{name}={value}" for name, value in {**base, **changes}.items()
                   if value is not None]
        errors = tool.run("classify", *options, "r", status=1).stderr
        assert message in errors, (message, errors)
    tool.run("classify", *(f"{name}={value}" for name, value in
                           {**base, "--classes": "@names.txt"}.items()), "r")
    errors = tool.run("scan", "--model=classes.json", "r", status=1).stderr
    assert ("expects the model's output to have 1 element, but got 5: frieze-ecg classify is for "
            "models that tell classes of beats") in errors, errors


def main():
    program, folder = sys.argv[1:]
    os.chdir(folder)
    beats, classes = make_beats()
    signal = make_signal(beats, classes)
    write_record("r", signal)
    write_beats("beats.csv", "r", beats)
    # Nearly that of the shape which is closest.
    shapes = np.stack([get_shape(own, np.arange(WINDOW) - BEFORE) for own in range(5)], axis=1)
    kernel = (shapes + RNG.normal(0, 0.1, shapes.shape)).astype(np.float32)
    bias = (-0.5 * (shapes**2).sum(axis=0)).astype(np.float32)
    write_models(kernel, bias)
    tool = Tool(program)
    labels = check_labels(tool, signal, beats, kernel, bias)
    check_rr(tool, beats)
    check_resampled(tool)
    check_confusion(tool, beats, classes, labels)
    check_outputs(tool, labels)
    check_refused(tool)


main()
