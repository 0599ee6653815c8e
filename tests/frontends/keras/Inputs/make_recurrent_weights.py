#!/usr/bin/env python3
"""Write recurrent.h5: weights under the names that Keras 2 gave them."""

import pathlib

import h5py
import numpy as np

rng = np.random.default_rng(0)


def draw(*shape):
    """Weights of a size that states remember."""
    return rng.uniform(-0.7, 0.7, shape).astype("f4")


def recurrent(prefix, channels, units, gates, bias):
    """Kernel, recurrent kernel and bias of shape `bias` under `prefix`."""
    return {
        f"{prefix}/kernel:0": draw(channels, gates * units),
        f"{prefix}/recurrent_kernel:0": draw(units, gates * units),
        f"{prefix}/bias:0": draw(*bias),
    }


def from_cudnn(weights, gates, both):
    """The same for the layers that are not cuDNN's, as Keras converts them."""
    kernel, state, bias = weights
    blocks = [block.T.reshape(block.shape, order="F") for block in np.hsplit(kernel, gates)]
    states = [block.T for block in np.hsplit(state, gates)]
    bias = bias.reshape(2, -1)
    return np.hstack(blocks), np.hstack(states), bias if both else bias.sum(axis=0)


groups = {
    # The names say neither the wrapped layer nor, in older files, its cell.
    "bidirectional": recurrent("bidirectional/forward_gru/gru_cell", 3, 4, 3, (12,))
    | recurrent("bidirectional/backward_lstm/lstm_cell_2", 3, 5, 4, (20,)),
    "time_distributed": {
        "time_distributed/kernel:0": draw(2, 3, 4),
        "time_distributed/bias:0": draw(4),
    },
    "net": recurrent("both/forward_lstm_1", 3, 2, 4, (8,))
    | recurrent("both/backward_lstm_1", 3, 2, 4, (8,))
    | {"each/kernel:0": draw(4, 3), "each/bias:0": draw(3)},
    "cudnn_gru": recurrent("cudnn_gru", 3, 4, 3, (24,)),
    "cudnn_lstm": recurrent("cudnn_lstm", 4, 2, 4, (16,)),
}
for kind, gates in (("gru", 3), ("lstm", 4)):
    converted = from_cudnn(groups[f"cudnn_{kind}"].values(), gates, both=kind == "gru")
    names = ("kernel", "recurrent_kernel", "bias")
    groups[kind] = {f"{kind}/{kind}_cell/{name}:0": w for name, w in zip(names, converted)}

path = pathlib.Path(__file__).with_name("recurrent.h5")
with h5py.File(path, "w", libver="latest") as file:
    file.attrs["layer_names"] = [name.encode() for name in groups]
    for name, weights in groups.items():
        group = file.create_group(name)
        group.attrs["weight_names"] = [weight.encode() for weight in weights]
        for weight, values in weights.items():
            group[weight] = values
