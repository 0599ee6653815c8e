"""Heart beats in an ECG by a convolutional network in PyTorch.

    python3 ecg_pytorch.py RECORD BEATS

They are those of tools/ecg: 208, five minutes, and 208_beats.csv with the sample of each
beat. The network learns from four minutes whether a beat is within 40 ms of a position,
and is tried on the fifth.
"""
import sys

import numpy as np
import torch
from torch import nn

import frieze
import recording
import report

BEFORE, WINDOW, NEAR, TRAINED = 36, 145, 14.4, 4 * 60 * 360


class BeatNet(nn.Module):
    """Three convolutions over a window of 145 samples, and two linear layers."""

    def __init__(self, mean, deviation):
        super().__init__()
        self.register_buffer("mean", torch.tensor(mean))
        self.register_buffer("deviation", torch.tensor(deviation))
        self.convolutions = nn.ModuleList(nn.Conv1d(count, 32, 2) for count in (1, 32, 32))
        self.norms = nn.ModuleList(nn.BatchNorm1d(32) for _ in range(3))
        self.dropout, self.pool = nn.Dropout(0.1), nn.MaxPool1d(2, 3)
        self.fc1, self.fc2 = nn.Linear(1504, 32), nn.Linear(32, 1)

    def forward(self, x):
        y = ((x - self.mean) / self.deviation).view(x.size(0), 1, -1)
        for index, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
            y = torch.relu(self.dropout(norm(convolution(y))))
            y = self.pool(y) if index == 1 else y
        return self.fc2(self.fc1(y.view(x.size(0), 1, -1)))


record, beats_path = sys.argv[1:]
signal = recording.read(record)
beats = np.loadtxt(beats_path, int, delimiter=",", skiprows=1, usecols=1)
windows = np.lib.stride_tricks.sliding_window_view(signal, WINDOW)
positions = np.arange(len(windows)) + BEFORE
labels = np.abs(positions[:, np.newaxis] - beats).min(axis=1) < NEAR
is_trained = positions < TRAINED

torch.manual_seed(1)
torch.set_num_threads(1)  # as Frieze has; small layers gain nothing by more
rng = np.random.default_rng(1)
network = BeatNet(signal[:TRAINED].mean(), signal[:TRAINED].std())
optimizer = torch.optim.Adam(network.parameters(), 1e-3)
groups = [np.flatnonzero(is_trained & (labels == label)) for label in (False, True)]
for step in range(400):
    chosen = np.concatenate([rng.choice(group, 64) for group in groups])
    scores = network(torch.tensor(windows[chosen]))[:, 0, 0]
    wanted = torch.tensor(labels[chosen], dtype=torch.float32)
    loss = nn.functional.binary_cross_entropy_with_logits(scores, wanted)
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
network.eval()

windows, labels = windows[~is_trained], labels[~is_trained]
model = frieze.compile(network, torch.tensor(windows[:1]))
batch = windows[:1000].copy()
with torch.inference_mode():
    report.print_times(batch, Frieze=model, PyTorch=lambda x: network(torch.from_numpy(x)))
is_right = (model(windows)[:, 0, 0] > 0) == labels
# Beats are rare: the mean of both kinds.
accuracy = (is_right[labels].mean() + is_right[~labels].mean()) / 2
report.finish(frieze.compare(model, network, batch), accuracy, at_least=0.95)
