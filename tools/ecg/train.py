"""Trains the ECG beat classifier on MIT-BIH records and saves it as ecg.keras.

    python train.py --records mitdb --output ecg.keras

Input: a folder of WFDB records with .atr annotations at 360 Hz (the MIT-BIH
Arrhythmia Database, https://physionet.org/content/mitdb/, ODC-By). Record 208 is
always left out: a part of it ships beside the model and the tests score it.

The twin of the classifier (detector.build_twin) is trained on stretches of
consecutive positions, whose windows share their convolutions; its weights are then
copied into the model that is saved, and the two are checked against each other.
"""

import argparse
import math
import time

import detector
import keras
import numpy as np
from detector import AFTER, BEFORE, FS, HOP, WINDOW
from keras import ops

NEVER_TRAINED = "208"
STRETCHES = 64  # in a batch
POSITIONS = 96  # in a stretch, 3 samples apart
LABEL = 14.4  # samples (40 ms): a position this close to a beat is labelled 1
POSITIVE_WEIGHT = 2.0
PEAK_RATE = 3e-3
SECOND_LEAD = 0.3  # part of the stretches
INVERTED = 0.1  # part of the stretches
TEMPO = 0.08  # standard deviation of the logarithm of the change of tempo


@keras.saving.register_keras_serializable("frieze")
class OneCycle(keras.optimizers.schedules.LearningRateSchedule):
    """Cosine from peak / 25 up to the peak over 30 % of the steps, then down to 0."""

    def __init__(self, peak, steps):
        self.peak = peak
        self.steps = steps

    def __call__(self, step):
        t = ops.cast(step, "float32") / self.steps
        up = 0.04 + 0.96 * 0.5 * (1 - ops.cos(math.pi * t / 0.3))
        down = 0.5 * (1 + ops.cos(math.pi * ops.minimum((t - 0.3) / 0.7, 1.0)))
        return self.peak * ops.where(t < 0.3, up, down)

    def get_config(self):
        return {"peak": self.peak, "steps": self.steps}


def distance_to_beat(record):
    """The distance of every sample to the nearest annotated beat, in samples."""
    positions = np.arange(len(record.signal))
    i = np.searchsorted(record.beats, positions)
    far = np.r_[-1e6, record.beats, 1e7]
    return np.minimum(positions - far[i], far[i + 1] - positions).astype(np.float32)


def augment(signal, rng):
    """Changes gain and offset, adds wander, mains and noise: (batch, n) millivolts."""
    batch, length = signal.shape
    t = np.arange(length, dtype=np.float32) / FS

    def draw(low, high):
        return rng.uniform(low, high, (batch, 1)).astype(np.float32)

    def normal(scale):
        return scale * rng.standard_normal((batch, 1), np.float32)

    def sine(frequency):
        return np.sin(2 * np.pi * (frequency * t + draw(0, 1)))

    mains = np.where(draw(0, 1) < 0.5, np.float32(50), np.float32(60))
    signal = signal * np.exp(normal(0.35))
    signal = signal + normal(0.3) + normal(0.3) * sine(draw(0.1, 0.7))
    signal = signal + draw(0, 0.05) * sine(mains)
    return signal + draw(0, 0.08) * rng.standard_normal(signal.shape, np.float32)


def draw_stretch(record, distance, rng):
    """Draws one stretch at a changed tempo: x (430,) millivolts, y (96,) labels.

    distance is distance_to_beat(record). The stretch may come from either lead and
    may be upside down; it never touches what the record leaves out.
    """
    length = HOP * (POSITIONS - 1) + WINDOW
    tempo = np.exp(np.clip(TEMPO * rng.standard_normal(), -0.35, 0.35))
    at = tempo * np.arange(length)
    span = int(at[-1]) + 2
    while True:
        start = rng.integers(len(record.signal) - span)
        if all(start > b or start + span < a for a, b in record.left_out):
            break
    lead = int(record.signal.shape[1] > 1 and rng.random() < SECOND_LEAD)
    signal = record.signal[start : start + span, lead]
    x = np.interp(at, np.arange(span), signal)
    positions = start + np.rint(at[BEFORE:-AFTER:HOP]).astype(np.int64)
    return (-x if rng.random() < INVERTED else x), distance[positions] <= LABEL


def batches(records, seed):
    """Yields (x, y, weight) forever.

    x: (64, 430, 1) millivolts; y: (64, 96, 1), 1 near a beat; weight like y. The
    records are drawn equally, whatever their length and number of beats.
    """
    rng = np.random.default_rng(seed)
    distances = [distance_to_beat(r) for r in records]
    while True:
        drawn = rng.integers(len(records), size=STRETCHES)
        x, y = zip(*(draw_stretch(records[i], distances[i], rng) for i in drawn))
        y = np.array(y, np.float32)[..., None]
        x = augment(np.array(x, np.float32), rng)[..., None]
        yield x, y, 1 + (POSITIVE_WEIGHT - 1) * y


def train(records, steps, seed):
    """Trains on the records; returns the classifier."""
    keras.utils.set_random_seed(seed)
    twin = detector.build_twin()
    twin.compile(
        keras.optimizers.AdamW(OneCycle(PEAK_RATE, steps), weight_decay=0.01),
        keras.losses.BinaryCrossentropy(),
    )
    epochs = max(steps // 100, 1)
    twin.fit(
        batches(records, seed),
        steps_per_epoch=steps // epochs,
        epochs=epochs,
        verbose=2,
    )
    model = detector.build_model()
    detector.copy_weights(twin, model)
    return model, twin


def check_twin(model, twin, record):
    """Fails unless the model scores windows of the record as the twin does."""
    signal = record.signal[:1000, 0]
    windows = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)
    scores = model.predict(windows[..., None], verbose=0)[:, 0]
    expected = detector.score(twin, signal)[BEFORE:-AFTER]
    np.testing.assert_allclose(scores, expected, atol=1e-4)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", required=True, help="folder of WFDB records")
    parser.add_argument("--output", default="ecg.keras", help="the model to write")
    parser.add_argument("--hold-out", nargs="*", default=[], metavar="RECORD",
                        help="records to score instead of training on them")
    parser.add_argument("--steps", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    records = [detector.read_record(p) for p in detector.find_records(args.records)]
    left_out = [NEVER_TRAINED, *args.hold_out]
    trained = [r for r in records if r.name not in left_out]
    held_out = [r for r in records if r.name in left_out]
    print("training on", *(r.name for r in trained))

    began = time.monotonic()
    model, twin = train(trained, args.steps, args.seed)
    print(f"trained {args.steps} steps in {time.monotonic() - began:.0f} s")
    check_twin(model, twin, trained[0])
    model.save(args.output)
    print("saved", args.output)

    for title, group in (("trained on", trained), ("held out", held_out)):
        if group:
            print(f"\n{title}")
            detector.print_table(
                [
                    (r.name, detector.compare(r, detector.detect(twin, r.signal[:, 0])))
                    for r in group
                ]
            )


if __name__ == "__main__":
    main()
