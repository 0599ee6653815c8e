"""The beats of a recording, and the heart rate between them.

    python3 beats.py RECORD MODEL
"""
import sys

import numpy as np

import frieze

record, path = sys.argv[1:]
model = frieze.compile(path)
beats = frieze.ecg.scan(record, model=model)
rate = 60 / np.median(np.diff(beats["time_s"]))
print(f"{len(beats)} beats, {rate:.0f} bpm; the first one at {beats['time_s'][0]:.2f} s")
