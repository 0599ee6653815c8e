"""Trains a classifier of beats in the convention of a public set of windows.

    python train_classes.py --records mitdb --output classes.keras --hold-out 119 203 215

Input: a folder of WFDB records with .atr annotations (the MIT-BIH Arrhythmia Database,
https://physionet.org/content/mitdb/, ODC-By). The windows are made as Kachuee, Fazeli and
Sarrafzadeh made theirs (ECG Heartbeat Classification: A Deep Transferable Representation,
2018), which many models of the web are trained on: 187 samples at 125 Hz from the beat on,
scaled from 0 to 1 over stretches of 10 s, and 0 from 1.2 median RR intervals on. The
classes are those of ANSI/AAMI EC57. `frieze-ecg classify` makes the same windows:

    frieze-ecg classify --model classes.keras --beats 119.atr --rate 125 --before 0 \\
      --after 1.488 --normalise min-max --normalise-over 10 --until-rr 1.2 \\
      --classes N,S,V,F,Q 119

Prints the confusion matrix of the records that are held out.
"""

import argparse
import os
from pathlib import Path

os.environ.setdefault("KERAS_BACKEND", "jax")

import keras
import numpy as np
import wfdb
from keras import layers

RATE = 125
WINDOW = 187
STRETCH = 10  # seconds
UNTIL = 1.2  # median RR intervals
CLASSES = "NSVFQ"
# The signs of WFDB, by class (frieze-ecg has them in BeatCodes.cpp).
SIGNS = {"N": "NLRBejn", "S": "AaJS", "V": "VEr", "F": "F", "Q": "/fQ?"}
CLASS_OF = {sign: i for i, name in enumerate(CLASSES) for sign in SIGNS[name]}


def resample(signal, rate):
    """One lead, (samples,) at `rate` Hz, to (samples,) at RATE: without what is above half
    of it, and by the line between samples."""
    spectrum = np.fft.rfft(signal)
    spectrum[np.fft.rfftfreq(len(signal), 1 / rate) > RATE / 2] = 0
    smooth = np.fft.irfft(spectrum, len(signal))
    count = int((len(signal) - 1) * RATE / rate) + 1
    return np.interp(np.arange(count) * rate / RATE, np.arange(len(signal)), smooth)


def read_windows(path):
    """The windows and classes of a record: (beats, 187) float32, (beats,) int64."""
    signal, fields = wfdb.rdsamp(str(path), channels=[0])
    annotation = wfdb.rdann(str(path), "atr")
    beats = [(sample, CLASS_OF[sign]) for sample, sign
             in zip(annotation.sample, annotation.symbol) if sign in CLASS_OF]
    positions = np.rint(np.array([beat for beat, _ in beats]) / fields["fs"] * RATE).astype(int)
    lead = resample(np.nan_to_num(signal[:, 0]), fields["fs"])
    padded = np.pad(lead, (0, WINDOW), mode="edge")
    length = STRETCH * RATE
    windows = np.zeros((len(beats), WINDOW), np.float32)
    for number in np.unique(positions // length):
        stretch = lead[number * length:(number + 1) * length]
        own = np.flatnonzero(positions // length == number)
        rr = np.median(np.diff(positions[own])) if len(own) > 1 else np.median(np.diff(positions))
        count = min(round(UNTIL * rr), WINDOW)
        for i in own:
            window = padded[positions[i]:positions[i] + count]
            windows[i, :count] = (window - stretch.min()) / max(np.ptp(stretch), 1e-9)
    return windows, np.array([own for _, own in beats])


def build_model():
    """(batch, 187, 1) windows to (batch, 5) probabilities."""
    blocks = []
    for filters in (16, 32, 64):
        blocks += [layers.Conv1D(filters, 5, padding="same"), layers.BatchNormalization(),
                   layers.ReLU(), layers.MaxPooling1D(3)]
    return keras.Sequential([keras.Input((WINDOW, 1), name="beat"), *blocks, layers.Flatten(),
                             layers.Dropout(0.3), layers.Dense(32, activation="relu"),
                             layers.Dense(len(CLASSES), activation="softmax", name="classes")])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=Path, required=True, help="folder of WFDB records")
    parser.add_argument("--output", type=Path, required=True, help="the .keras file to write")
    parser.add_argument("--hold-out", nargs="*", default=[], metavar="RECORD",
                        help="records to score and not to train on")
    parser.add_argument("--epochs", type=int, default=5)
    args = parser.parse_args()
    keras.utils.set_random_seed(1)
    paths = sorted(path.with_suffix("") for path in args.records.glob("*.atr"))
    sets = {path.name: read_windows(path) for path in paths}
    kept = [windows for name, windows in sets.items() if name not in args.hold_out]
    x, y = (np.concatenate(parts) for parts in zip(*kept))
    model = build_model()
    model.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(x[..., None], y, batch_size=256, epochs=args.epochs, verbose=2)
    model.save(args.output)
    matrix = np.zeros((len(CLASSES), len(CLASSES)), int)
    for name in args.hold_out:
        windows, truth = sets[name]
        found = model.predict(windows[..., None], verbose=0).argmax(axis=1)
        np.add.at(matrix, (truth, found), 1)
    print("held out, rows are the annotations:")
    for name, row in zip(CLASSES, matrix):
        print(name, *(f"{count:6}" for count in row))


main()
