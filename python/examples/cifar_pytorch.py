"""Ten kinds of coloured stripes by the CIFAR-10 network of PyTorch's tutorial, with batch norm.

    python3 cifar_pytorch.py

The images are made here, of CIFAR-10's shape: stripes at one of ten angles, of random
width, place and colours, in noise.
"""
import numpy as np
import torch
from torch import nn

import frieze
import report


def make_images(labels, rng):
    """Images (samples, 3, 32, 32) of stripes whose angle is the label times 18°."""
    def draw(low, high):
        return rng.uniform(low, high, (len(labels), 1, 1))

    rows, columns = np.mgrid[:32, :32]
    angle = labels.reshape(-1, 1, 1) * np.pi / 10
    across = rows * np.cos(angle) + columns * np.sin(angle)
    stripes = np.sin(across * draw(0.6, 1) + draw(0, 2 * np.pi))[:, np.newaxis]
    images = stripes * rng.uniform(0.3, 1, (len(labels), 3, 1, 1))
    return (images + 0.3 * rng.standard_normal(images.shape)).astype(np.float32)


torch.manual_seed(1)
torch.set_num_threads(1)  # as Frieze has; small layers gain nothing by more
rng = np.random.default_rng(1)
labels = rng.integers(0, 10, 5000)
images = make_images(labels, rng)

network = nn.Sequential(
    nn.Conv2d(3, 6, 5), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
    nn.Conv2d(6, 16, 5), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(),
    nn.Linear(400, 120), nn.ReLU(), nn.Linear(120, 84), nn.BatchNorm1d(84), nn.ReLU(),
    nn.Linear(84, 10))
optimizer = torch.optim.Adam(network.parameters(), 2e-3)
for epoch in range(3):
    for chosen in np.split(rng.permutation(4000), 4000 // 50):
        scores = network(torch.tensor(images[chosen]))
        loss = nn.functional.cross_entropy(scores, torch.tensor(labels[chosen]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
network.eval()

images, labels = images[4000:], labels[4000:]
model = frieze.compile(network, torch.tensor(images[:1]))
with torch.inference_mode():
    report.print_times(images, Frieze=model, PyTorch=lambda x: network(torch.from_numpy(x)))
accuracy = np.mean(model(images).argmax(axis=1) == labels)
report.finish(frieze.compare(model, network, images), accuracy, at_least=0.95)
