"""Scores of a recording while its samples come, a tenth of a second at a time.

    python3 stream.py MODEL
"""
import sys

import numpy as np

import frieze

model = frieze.compile(sys.argv[1])
stream = model.stream(hop=1)
print(f"a window of {stream.window} samples, every {stream.hop}")

rng = np.random.default_rng(1)
count, highest = 0, 0.0
for _ in range(100):
    samples = rng.standard_normal(36).astype(np.float32)
    for score in stream.push(samples):
        count += 1
        highest = max(highest, float(score[0]))
print(f"{count} windows, the highest score {highest:.2f}")
