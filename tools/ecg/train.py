"""Trains the ECG beat classifier on MIT-BIH records and saves it as ecg.keras.

    python train.py --records mitdb --output ecg.keras

Input: a folder of WFDB records with .atr annotations at 360 Hz (the MIT-BIH
Arrhythmia Database, https://physionet.org/content/mitdb/, ODC-By). Record 208 is
always left out: a part of it ships beside the model and the tests score it.

It trains on stretches of consecutive positions, whose windows share their
convolutions, in a training step of its own: Keras needs twice the time for it. The
weights begin and end in the Keras model.
"""

import argparse
import math
import time

import detector
import jax
import keras
import numpy as np
from detector import AFTER, BEFORE, FS, HOP, POOLED, WINDOW
from jax import numpy as jnp

NEVER_TRAINED = "208"
STRETCHES = 64  # in a batch
POSITIONS = 96  # in a stretch, 3 samples apart
LABEL = 14.4  # samples (40 ms): a position this close to a beat is labelled 1
POSITIVE_WEIGHT = 2.0
PEAK_RATE = 3e-3
WEIGHT_DECAY = 0.01
DROPOUT = 26  # of 256, about 0.1
SECOND_LEAD = 0.3  # part of the stretches
INVERTED = 0.2  # part of the stretches
TEMPO = 0.08  # standard deviation of the logarithm of the change of tempo


def distance_to_beat(record):
    """The distance of every sample to the nearest annotated beat, in samples."""
    positions = np.arange(len(record.signal))
    i = np.searchsorted(record.beats, positions)
    far = np.r_[-1e6, record.beats, 1e7]
    return np.minimum(positions - far[i], far[i + 1] - positions).astype(np.float32)


def augment(signal, rng):
    """Changes gain and offset, adds wander, mains and noise: (batch, n) samples."""
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
    signal = signal + draw(0, 0.08) * rng.standard_normal(signal.shape, np.float32)
    return add_artefacts(signal, rng)


def add_artefacts(signal, rng):
    """Adds to some of the stretches what muscles and electrodes do: bursts of noise,
    jumps of the baseline that decay, and bumps of the width of a wave."""
    batch, length = signal.shape
    t = np.arange(length, dtype=np.float32)

    def draw(low, high):
        return rng.uniform(low, high, (batch, 1)).astype(np.float32)

    def normal(scale):
        return scale * rng.standard_normal((batch, 1), np.float32)

    def some(part):
        return (rng.random((batch, 1)) < part).astype(np.float32)

    def bell(narrow, wide):
        return np.exp(-(((t - draw(0, length)) / draw(narrow, wide)) ** 2))

    envelope = bell(20, 200)
    noise = rng.standard_normal((batch, length + 1), np.float32)
    high = (noise[:, 1:] - noise[:, :-1]) * np.float32(0.7)
    noise = np.where(rng.random((batch, 1)) < 0.5, noise[:, 1:], high)
    signal = signal + some(0.3) * draw(0, 0.25) * envelope * noise
    at, decay = draw(0, length), np.exp(draw(math.log(10), math.log(400)))
    jump = (t >= at) * np.exp(-np.maximum(t - at, 0) / decay)
    signal = signal + some(0.15) * normal(1) * jump
    for _ in range(2):
        bump = bell(10, 70)
        signal = signal + some(0.15) * normal(0.4) * bump
    return signal.astype(np.float32)


def draw_stretch(record, signal, distance, rng):
    """Draws one stretch at a changed tempo: x (430,) samples, y (96,) labels.

    signal is the record's, normalized, distance is distance_to_beat(record). The stretch may come from either lead and
    may be upside down; it never touches what the record leaves out.
    """
    length = HOP * (POSITIONS - 1) + WINDOW
    tempo = np.exp(np.clip(TEMPO * rng.standard_normal(), -0.35, 0.35))
    at = tempo * np.arange(length)
    span = int(at[-1]) + 2
    while True:
        start = rng.integers(len(signal) - span)
        if all(start > b or start + span < a for a, b in record.left_out):
            break
    lead = int(signal.shape[1] > 1 and rng.random() < SECOND_LEAD)
    x = np.interp(at, np.arange(span), signal[start : start + span, lead])
    positions = start + np.rint(at[BEFORE:-AFTER:HOP]).astype(np.int64)
    return (-x if rng.random() < INVERTED else x), distance[positions] <= LABEL


def batches(records, seed):
    """Yields (x, y) forever: x (64, 430) normalized samples; y (64, 96), 1 near a
    beat. The records are drawn equally, whatever their length and number of beats."""
    rng = np.random.default_rng(seed)
    signals = [np.apply_along_axis(detector.normalize, 0, r.signal) for r in records]
    distances = [distance_to_beat(r) for r in records]
    while True:
        drawn = rng.integers(len(records), size=STRETCHES)
        x, y = zip(
            *(draw_stretch(records[i], signals[i], distances[i], rng) for i in drawn)
        )
        yield augment(np.array(x, np.float32), rng), np.array(y, np.float32)


def conv(x, kernel):
    """(..., n + 1, c) with kernel (2, c, d) to (..., n, d)."""
    return x[..., :-1, :] @ kernel[0] + x[..., 1:, :] @ kernel[1]


def forward(weights, x, masks):
    """The classifier in training: x (batch, 430) to logits (batch, 96), and the mean
    and variance at each batch norm.

    masks: uint8 for the three dropouts. What the pooling skips is not computed. The
    biases of the convolutions stay 0, as batch norm follows.
    """
    moments = {}

    def batch_norm(x, name):
        axes = tuple(range(x.ndim - 1))
        mean, variance = moments[name] = x.mean(axes), x.var(axes)
        gamma, beta = weights[name]
        return (x - mean) * (gamma * jax.lax.rsqrt(variance + 1e-3)) + beta

    def drop(x, mask):
        return jnp.where(mask >= DROPOUT, x * (256 / (256 - DROPOUT)), 0)

    x = batch_norm(x[..., None], "input_norm")
    x = batch_norm(conv(x, weights["conv1"][0]), "bn1")
    x = jax.nn.relu(drop(x, masks[0]))
    x = x.reshape(len(x), -1, 3, x.shape[-1])  # what each window of the pooling reads
    x = batch_norm(conv(x, weights["conv2"][0]), "bn2")
    x = jax.nn.relu(drop(x, masks[1])).max(2)
    x = batch_norm(conv(x, weights["conv3"][0]), "bn3")
    x = jax.nn.relu(drop(x, masks[2]))
    (first, first_bias), (second, second_bias) = weights["fc1"], weights["fc2"]
    head = (first @ second).reshape(POOLED - 1, -1, 1)
    x = jax.lax.conv_general_dilated(
        x, head, (1,), "VALID", dimension_numbers=("NWC", "WIO", "NWC")
    )
    return (x + first_bias @ second + second_bias)[..., 0], moments


def loss(weights, x, y, masks):
    """Binary cross-entropy, with what the batch norms saw."""
    logits, moments = forward(weights, x, masks)
    entropy = jax.nn.softplus(logits) - y * logits
    return (entropy * (1 + (POSITIVE_WEIGHT - 1) * y)).mean(), moments


def one_cycle(t):
    """Learning rate at part t of the training: cosine from peak / 25 up to the peak
    over 30 % of it, then down to 0."""
    up = 0.04 + 0.96 * 0.5 * (1 - jnp.cos(math.pi * t / 0.3))
    down = 0.5 * (1 + jnp.cos(math.pi * (t - 0.3) / 0.7))
    return PEAK_RATE * jnp.where(t < 0.3, up, down)


@jax.jit
def update(state, step, steps, x, y, masks):
    """One step of AdamW; decay is for kernels only. Returns the state and the loss."""
    weights, statistics, first, second = state
    (value, moments), gradient = jax.value_and_grad(loss, has_aux=True)(
        weights, x, y, masks
    )

    def average(factor):
        return lambda old, new: factor * old + (1 - factor) * new

    first = jax.tree.map(average(0.9), first, gradient)
    second = jax.tree.map(lambda v, g: average(0.999)(v, g * g), second, gradient)
    statistics = jax.tree.map(average(0.99), statistics, moments)
    rate = one_cycle(step / steps)

    def move(w, m, v):
        m = m / (1 - 0.9 ** (step + 1))
        v = v / (1 - 0.999 ** (step + 1))
        decay = WEIGHT_DECAY * w if w.ndim > 1 else 0
        return w - rate * (m / (jnp.sqrt(v) + 1e-7) + decay)

    weights = jax.tree.map(move, weights, first, second)
    return (weights, statistics, first, second), value


def train(records, steps, seed):
    """Trains on the records; returns the classifier."""
    keras.utils.set_random_seed(seed)
    model = detector.build_model()
    # Batch norms hold gamma, beta, mean and variance, the others kernel and bias.
    start = {a.name: a.get_weights() for a in model.layers if a.weights}
    weights = {name: values[:2] for name, values in start.items()}
    statistics = {name: tuple(v[2:]) for name, v in start.items() if len(v) == 4}
    zero = jax.tree.map(jnp.zeros_like, weights)
    state = (weights, statistics, zero, zero)

    rng = np.random.default_rng([seed, 1])
    length = HOP * (POSITIONS - 1) + WINDOW - 1  # behind conv1
    shapes = [
        (STRETCHES, length, 32),
        (STRETCHES, length // HOP, 2, 32),
        (STRETCHES, length // HOP - 1, 32),
    ]
    total = 0.0
    for step, (x, y) in zip(range(steps), batches(records, seed)):
        masks = [
            np.frombuffer(rng.bytes(math.prod(s)), np.uint8).reshape(s) for s in shapes
        ]
        state, value = update(state, jnp.float32(step), float(steps), x, y, masks)
        total += float(value)
        if (step + 1) % 100 == 0:
            print(f"step {step + 1}: loss {total / 100:.4f}", flush=True)
            total = 0.0
    weights, statistics = state[:2]
    for name, values in weights.items():
        model.get_layer(name).set_weights([*values, *statistics.get(name, ())])
    return model


def check_twin(model, twin, record):
    """Fails unless the model scores windows of the record as the twin does."""
    signal = detector.normalize(record.signal[:1000, 0])
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
    parser.add_argument("--steps", type=int, default=6000)
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()

    records = [detector.read_record(p) for p in detector.find_records(args.records)]
    left_out = [NEVER_TRAINED, *args.hold_out]
    trained = [r for r in records if r.name not in left_out]
    held_out = [r for r in records if r.name in left_out]
    print("training on", *(r.name for r in trained))

    began = time.monotonic()
    model = train(trained, args.steps, args.seed)
    print(f"trained {args.steps} steps in {time.monotonic() - began:.0f} s")
    twin = detector.build_twin(model)
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
