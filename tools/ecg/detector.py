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

# Where the R wave of a beat is, see deflection().
DEFLECTION_BOX = 9  # 25 ms
DEFLECTION_SPAN = 12  # 33 ms
DEFLECTION_STEP = 2.0**-16
REACH = 18  # 50 ms: the R wave is at most this far from the peak of the scores

SMOOTH = 29  # box mean over the scores, 81 ms
THRESHOLD = 0.08  # smallest smoothed score of a beat ...
EARLY_THRESHOLD = 0.2  # ... and of one up to 350 ms after another; between ...
PAUSE = 360  # ... that and 1 s it falls linearly
REFRACTORY = 72  # 200 ms: of two peaks closer than this the stronger stays
T_WAVE = 126  # 350 ms: a peak this soon after a beat may be its T wave ...
T_WAVE_RATIO = 0.4  # ... and must reach this part of that beat's strength; and a beat
P_WAVE_RATIO = 0.2  # below this part of a peak this soon after was its P wave
DOUBTFUL = 0.5  # a beat with a lower smoothed score must not split an even interval
EVENNESS = 8  # intervals that differ by up to one part in so many are even
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
    exact = (signal.astype(np.float64) - found.offset) / found.scale
    return exact.astype(np.float32)


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


def box_mean(values, width):
    """The mean of the width values around each: (samples,) to (samples,) float64.
    Beyond the ends, the end values count."""
    padded = np.pad(values.astype(np.float64), width // 2, mode="edge")
    total = np.zeros(len(values))
    for offset in range(width):
        total += padded[offset : offset + len(values)]
    return total / width


def deflection(signal):
    """How far each sample stands out from its neighbourhood, up or down.

    (samples,) as normalize() makes them, to (samples,). With b the box mean of
    DEFLECTION_BOX samples and k = DEFLECTION_SPAN, |b[t] - (b[t - k] + b[t + k]) / 2|:
    the R wave of a QRS complex, or the S wave if that is larger, is where this is
    largest. Slow waves and noise have little of it. It is rounded down, so that of
    samples that are equally high rounding errors do not choose one.
    """
    k = DEFLECTION_SPAN
    box = box_mean(np.pad(signal, k, mode="edge"), DEFLECTION_BOX)
    exact = np.abs(box[k:-k] - (box[: -2 * k] + box[2 * k :]) / 2)
    return np.floor(exact / DEFLECTION_STEP) * DEFLECTION_STEP


def find_maxima(smooth):
    """The maxima that reach THRESHOLD: runs of equal values, higher than both
    neighbours. Their first positions and their last."""
    starts = np.flatnonzero(np.r_[True, np.diff(smooth) != 0])
    ends = np.r_[starts[1:], len(smooth)] - 1
    level = np.r_[-np.inf, smooth[starts], -np.inf]
    is_peak = (level[1:-1] > level[:-2]) & (level[1:-1] > level[2:])
    is_peak &= level[1:-1] >= THRESHOLD
    return starts[is_peak], ends[is_peak]


@dataclass
class Peak:
    """A maximum of the smoothed scores: the position of its R wave, the smoothed
    score, and its strength, that times the deflection of the R wave."""

    position: int
    score: float
    strength: float


def pick(scores, signal):
    """The beats in a row of scores: (samples,) probability and (samples,) as
    normalize() makes them, to (beats,) int64, the positions of their R waves.

    One pass from the left compares each peak with the last beat kept; a second one
    leaves out doubtful beats that split an even interval.
    """
    smooth = box_mean(scores, SMOOTH)
    deflections = deflection(signal)
    beats = []
    for start, end in zip(*find_maxima(smooth)):
        first = max(start - REACH, 0)
        at = first + np.argmax(deflections[first : end + REACH + 1])
        score = smooth[start]
        peak = Peak(at, score, score * deflections[at])
        if not beats:
            beats.append(peak)
            continue
        last = beats[-1]
        distance = at - last.position
        soon = distance < T_WAVE
        was_p_wave = soon and last.strength < P_WAVE_RATIO * peak.strength
        if distance < REFRACTORY or was_p_wave:
            if peak.strength > last.strength:
                beats[-1] = peak
        elif score >= threshold_after(distance) and (
            not soon or peak.strength >= T_WAVE_RATIO * last.strength
        ):
            beats.append(peak)
    return np.array([beat.position for beat in leave_out_splitting(beats)], np.int64)


def threshold_after(distance):
    """The smallest smoothed score of a beat, by samples since the beat before it."""
    part = min(max((distance - T_WAVE) / (PAUSE - T_WAVE), 0), 1)
    return EARLY_THRESHOLD + (THRESHOLD - EARLY_THRESHOLD) * part


def leave_out_splitting(beats):
    """The beats but for those below DOUBTFUL without which the rhythm is even: the
    interval across it is as long as the one before and the one behind."""

    def is_even(across, other):
        return EVENNESS * abs(across - other) <= other

    kept = []
    for i, beat in enumerate(beats):
        if beat.score < DOUBTFUL and len(kept) > 1 and i + 2 < len(beats):
            across = beats[i + 1].position - kept[-1].position
            before = kept[-1].position - kept[-2].position
            behind = beats[i + 2].position - beats[i + 1].position
            if is_even(across, before) and is_even(across, behind):
                continue
        kept.append(beat)
    return kept


def detect(twin, signal):
    """The beats of one lead: (samples,) float32 millivolts to (beats,) int64."""
    normalized = normalize(signal)
    return pick(score(twin, normalized), normalized)


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
