"""The beat detector around the classifier: model, records, scores, beats, matching.

Shared by train.py, evaluate.py and make_beats.py; not a program of its own.

Units: signals are in millivolts at 360 Hz; positions and times are in samples
unless a name ends in _S (seconds) or _MS (milliseconds).

The classifier sees 145 samples, from 36 before a position to 108 after it, in units
of the recording's level(), and answers with the probability that the position is a
beat.
"""

import os
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
import wfdb
from keras import layers

FS = 360
BEFORE = 36
AFTER = 108
WINDOW = BEFORE + 1 + AFTER
HOP = 3  # between the positions the twin scores: the stride of the pooling
POOLED = 48  # length behind the pooling

# How the level of a recording is estimated, see level().
LEVEL_PIECE = 720  # 2 s
LEVEL_PIECES = 150  # at most
LEVEL_SPAN = 18  # 50 ms, three periods of 60 Hz

SMOOTH = 29  # box mean over the scores, 81 ms
THRESHOLD = 0.12  # smallest smoothed score of a beat ...
EARLY_THRESHOLD = 0.3  # ... and of one up to 360 ms after another; between ...
PAUSE = 360  # ... that and 1 s it falls linearly
REFRACTORY = 72  # 200 ms: of two peaks closer than this the higher stays
T_WAVE = 130  # 360 ms (129.6): a peak this soon after a beat may be its T wave ...
T_WAVE_RATIO = 0.7  # ... and must reach this part of that beat's score; and a beat
P_WAVE_RATIO = 0.5  # below this part of a peak this soon after was its P wave
MATCH = 54  # 150 ms, the tolerance of ANSI/AAMI EC57
FLUTTER_MARGIN = 180  # 0.5 s left out on either side of ventricular flutter

# The annotation codes that stand for a beat
# (https://archive.physionet.org/physiobank/annotations.shtml).
BEAT_CODES = frozenset("NLRBAaJSVrFejnE/fQ?")


# The model


def build_model():
    """The classifier: (batch, 145, 1) normalized samples to (batch, 1) probability.

    Lengths: 145 -> conv1 144 -> conv2 143 -> pool 48 -> conv3 47 -> 47 * 32 = 1504.
    """
    return keras.Sequential(
        [
            keras.Input((WINDOW, 1), name="ecg"),
            layers.BatchNormalization(name="input_norm"),
            layers.Conv1D(32, 2, name="conv1"),
            layers.BatchNormalization(name="bn1"),
            layers.Dropout(0.1, name="drop1"),
            layers.ReLU(name="relu1"),
            layers.Conv1D(32, 2, name="conv2"),
            layers.BatchNormalization(name="bn2"),
            layers.Dropout(0.1, name="drop2"),
            layers.ReLU(name="relu2"),
            layers.MaxPooling1D(2, strides=3, name="pool"),
            layers.Conv1D(32, 2, name="conv3"),
            layers.BatchNormalization(name="bn3"),
            layers.Dropout(0.1, name="drop3"),
            layers.ReLU(name="relu3"),
            layers.Flatten(name="flatten"),
            layers.Dense(32, name="fc1"),
            layers.Dense(1, activation="sigmoid", name="fc2"),
        ],
        name="ecg_beat",
    )


def build_twin(model):
    """The classifier over a stretch: (batch, 3 n + 142, 1) to (batch, n, 1).

    Neighbouring windows share their convolutions. Output i is the classifier's on
    samples 3 i ... 3 i + 144: the pooling moves by 3, and so do the positions. The
    two dense layers, with nothing between them, are one.
    """
    names = [layer.name for layer in model.layers]
    shared = model.layers[: names.index("flatten")]
    fresh = [layer.__class__.from_config(layer.get_config()) for layer in shared]
    head = layers.Conv1D(1, POOLED - 1, activation="sigmoid", name="head")
    twin = keras.Sequential([keras.Input((None, 1), name="ecg"), *fresh, head])
    for layer, source in zip(fresh, shared):
        layer.set_weights(source.get_weights())
    first, first_bias = model.get_layer("fc1").get_weights()
    second, second_bias = model.get_layer("fc2").get_weights()
    kernel = (first @ second).reshape(head.kernel.shape)
    head.set_weights([kernel, first_bias @ second + second_bias])
    return twin


# Records


@dataclass
class Record:
    """One annotated recording.

    signal: (samples, leads) float32, millivolts, gaps as 0.
    beats: (beats,) int64, the annotated positions, ascending.
    left_out: list of (first, last) positions that are neither trained nor scored.
    """

    name: str
    signal: np.ndarray
    beats: np.ndarray
    left_out: list


def read_record(path):
    """Reads a WFDB record and its .atr annotations; path has no extension."""
    signal, fields = wfdb.rdsamp(str(path))
    if fields["fs"] != FS:
        raise ValueError(f"{path}: {fields['fs']} Hz, expected {FS}")
    annotation = wfdb.rdann(str(path), "atr")
    beats, left_out, start = [], [], None
    for sample, code in zip(annotation.sample, annotation.symbol):
        if code == "[":
            start = sample
        elif code == "]" and start is not None:
            left_out.append((start - FLUTTER_MARGIN, sample + FLUTTER_MARGIN))
            start = None
        elif code in BEAT_CODES:
            beats.append(sample)
    if start is not None:
        left_out.append((start - FLUTTER_MARGIN, len(signal)))
    return Record(
        Path(path).name,
        np.nan_to_num(signal).astype(np.float32),
        np.array(sorted(beats), np.int64),
        left_out,
    )


def find_records(folder):
    """The paths, without extension, of the annotated records in a folder."""
    return sorted(p.with_suffix("") for p in Path(folder).glob("*.atr"))


def keep(positions, left_out):
    """The positions outside every left-out stretch."""
    kept = np.ones(len(positions), bool)
    for first, last in left_out:
        kept &= (positions < first) | (positions > last)
    return positions[kept]


# The level of a recording


@dataclass
class Level:
    """What the classifier's input is made from: (samples - offset) / scale.

    offset: the baseline, millivolts.
    scale: the height of a QRS complex, millivolts; negative if it points down.
    """

    offset: float = 0.0
    scale: float = 1.0


def level(signal):
    """The level of one lead: (samples,) float32 millivolts to a Level.

    Looks at pieces of 2 s, spread evenly. With k = LEVEL_SPAN, the curvature of
    piece x is x[t] - (x[t - k] + x[t + k]) / 2; how far its maximum and its minimum
    are from 0 is how far the QRS complex stands out upwards and downwards. Medians
    over all pieces that are not flat give the offset (of the pieces' medians), the
    scale (of the larger of the two) and its sign (of maximum plus minimum).

    frieze-ecg does the same in tools/frieze-ecg/detection/SignalLevel.cpp.
    """
    count = min(-(-len(signal) // LEVEL_PIECE), LEVEL_PIECES)
    last = max(len(signal) - LEVEL_PIECE, 0)
    baselines, heights, asymmetries = [], [], []
    for i in range(count):
        start = i * last // max(count - 1, 1)
        x = signal[start : start + LEVEL_PIECE].astype(np.float64)
        around = x[: -2 * LEVEL_SPAN] + x[2 * LEVEL_SPAN :]
        curvature = x[LEVEL_SPAN:-LEVEL_SPAN] - around / 2
        up = curvature.max(initial=0)
        down = curvature.min(initial=0)
        if up > 0 or down < 0:
            baselines.append(np.median(x))
            heights.append(max(up, -down))
            asymmetries.append(up + down)
    if not heights:
        return Level()
    height = np.median(heights)
    return Level(
        float(np.median(baselines)),
        float(-height if np.median(asymmetries) < 0 else height),
    )


def normalize(signal):
    """One lead as the classifier sees it: (samples,) float32 millivolts to the same
    with its baseline at 0 and its QRS complexes upright and about 1 high."""
    found = level(signal)
    return ((signal - found.offset) / found.scale).astype(np.float32)


# From scores to beats


def score(twin, signal, stretch=8192):
    """The score of every sample: (samples,) as normalize() makes them, to (samples,)
    probability.

    The edges are padded with the first and the last sample, so that every position
    has a whole window. The twin answers for every third position of a stretch, so
    each stretch is scored from its first, second and third sample on.
    """
    hop = HOP * stretch
    count = -(-len(signal) // hop)
    padded = np.pad(
        signal.astype(np.float32),
        (BEFORE, AFTER + count * hop - len(signal)),
        mode="edge",
    )
    windows = np.lib.stride_tricks.sliding_window_view(
        padded, HOP * (stretch - 1) + WINDOW
    )
    scores = np.empty((count, stretch, HOP), np.float32)
    for phase in range(HOP):
        x = windows[phase::hop, :, None][:count]
        scores[..., phase] = twin.predict(x, batch_size=4, verbose=0)[..., 0]
    return scores.reshape(-1)[: len(signal)]


def pick(scores):
    """The beats in a row of scores: (samples,) probability to (beats,) int64.

    Peaks are the maxima of the box mean that reach THRESHOLD; of a level top its
    middle. One pass from the left then compares each with the last beat kept.
    """
    half = SMOOTH // 2
    total = np.cumsum(np.pad(scores.astype(np.float64), (half + 1, half), mode="edge"))
    smooth = (total[SMOOTH:] - total[:-SMOOTH]) / SMOOTH

    # Runs of equal values; a run higher than both its neighbours is a maximum.
    starts = np.flatnonzero(np.r_[True, np.diff(smooth) != 0])
    ends = np.r_[starts[1:], len(smooth)] - 1
    level = np.r_[-np.inf, smooth[starts], -np.inf]
    is_peak = (level[1:-1] > level[:-2]) & (level[1:-1] > level[2:])
    is_peak &= level[1:-1] >= THRESHOLD
    peaks = ((starts + ends) // 2)[is_peak]

    beats = []
    for peak, height in zip(peaks, smooth[peaks]):
        if not beats:
            beats.append(peak)
            continue
        distance = peak - beats[-1]
        before = smooth[beats[-1]]
        soon = distance < T_WAVE
        if distance < REFRACTORY or (soon and before < P_WAVE_RATIO * height):
            if height > before:
                beats[-1] = peak
        elif height >= threshold_after(distance) and (
            not soon or height >= T_WAVE_RATIO * before
        ):
            beats.append(peak)
    return np.array(beats, np.int64)


def threshold_after(distance):
    """The smallest smoothed score of a beat, by samples since the beat before it."""
    part = min(max((distance - T_WAVE) / (PAUSE - T_WAVE), 0), 1)
    return EARLY_THRESHOLD + (THRESHOLD - EARLY_THRESHOLD) * part


def detect(twin, signal):
    """The beats of one lead: (samples,) float32 millivolts to (beats,) int64."""
    return pick(score(twin, normalize(signal)))


# Agreement


@dataclass
class Agreement:
    """Counts of one comparison; they add up with +. error is summed, in samples."""

    matched: int = 0
    reference: int = 0
    detected: int = 0
    error: float = 0.0

    def __add__(self, other):
        return Agreement(
            self.matched + other.matched,
            self.reference + other.reference,
            self.detected + other.detected,
            self.error + other.error,
        )

    @property
    def sensitivity(self):
        """Percent of the reference beats that were found."""
        return 100 * self.matched / max(self.reference, 1)

    @property
    def predictivity(self):
        """Percent of the detected beats that are in the reference."""
        return 100 * self.matched / max(self.detected, 1)

    @property
    def f1(self):
        """Harmonic mean of the two, percent."""
        return 200 * self.matched / max(self.reference + self.detected, 1)

    @property
    def error_ms(self):
        """Mean absolute distance of the matched beats, milliseconds."""
        return 1000 / FS * self.error / max(self.matched, 1)


def match(reference, detected, tolerance=MATCH):
    """Matches two ascending rows of positions one to one, the closest pairs first."""
    pairs = []
    first = np.searchsorted(detected, reference - tolerance)
    last = np.searchsorted(detected, reference + tolerance, side="right")
    for i, (a, b) in enumerate(zip(first, last)):
        pairs += [(abs(detected[j] - reference[i]), i, j) for j in range(a, b)]
    used_reference, used_detected, error = set(), set(), 0
    for distance, i, j in sorted(pairs):
        if i not in used_reference and j not in used_detected:
            used_reference.add(i)
            used_detected.add(j)
            error += distance
    return Agreement(len(used_reference), len(reference), len(detected), float(error))


def compare(record, detected):
    """match() of a record's annotations, with its left-out stretches taken away."""
    return match(keep(record.beats, record.left_out), keep(detected, record.left_out))


def print_table(rows, total="gross"):
    """Prints (name, Agreement) rows and their sum; returns the sum."""
    print(f"{'record':>8} {'beats':>6} {'missed':>6} {'extra':>6}"
          f" {'Se %':>7} {'+P %':>7} {'F1 %':>7} {'error ms':>8}")
    gross = sum((a for _, a in rows), Agreement())
    for name, a in [*rows, (total, gross)]:
        print(f"{name:>8} {a.reference:6} {a.reference - a.matched:6}"
              f" {a.detected - a.matched:6} {a.sensitivity:7.2f}"
              f" {a.predictivity:7.2f} {a.f1:7.2f} {a.error_ms:8.2f}")
    return gross
