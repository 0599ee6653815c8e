#!/usr/bin/env python3
"""Build the layer matrix with Keras 2 and store what it computes.

    make_legacy_models.py OUT [--only FAMILY ...]
    make_legacy_models.py --list

Each FAMILY of layer_matrix.py and tensorflow_matrix.py becomes OUT/legacy_FAMILY.h5, in the format of
Keras 2, and OUT/legacy_FAMILY.npz, as in make_models.py. Needs
requirements-legacy.txt.
"""

import argparse
import pathlib
import sys
import zlib

import h5py
import numpy as np
import tf_keras

# What layer_matrix.py and make_models.py use is the same in both versions.
sys.modules["keras"] = tf_keras

import layer_matrix  # noqa: E402
import tensorflow_matrix  # noqa: E402, F401  (adds to its families)

import make_models  # noqa: E402  isort: skip

# Those with functions or layers that Keras 2 lacks.
NEWER = {
    *("matrix_activations", "matrix_adaptive_pool", "matrix_categories", "matrix_dense"),
    *("matrix_images", "matrix_normalizations"),
}
FAMILIES = {
    name.removeprefix("matrix_"): make_models.MODELS[name]
    for name in layer_matrix.FAMILIES
    if name not in NEWER
}
# The others are as large as all of these together.
STORED = [
    *("attentions", "channels_first1d", "channels_first2d", "embedding"),
    *("locally_connected1d", "locally_connected2d", "lstm", "merges", "separable1d", "shapes1d"),
    *("shapes2d", "simple_rnn"),
    "tensorflow_operations",
]


def drop_empty_groups(path):
    """Write a file again without the groups of layers that have no weights, which are most
    of one that has none."""
    with h5py.File(path) as file:
        attributes, weights = dict(file.attrs), file["model_weights"]
        if any(len(group) for group in weights.values()):
            return
        own = dict(weights.attrs)
    with h5py.File(path, "w") as file:
        file.attrs.update(attributes)
        file.create_group("model_weights").attrs.update({**own, "layer_names": []})


def save(family, out):
    """Build a model, and write it and its outputs."""
    tf_keras.backend.clear_session()  # layer names count from zero in each file
    spec, path = FAMILIES[family], f"{out}/legacy_{family}"
    rng = np.random.default_rng(zlib.crc32(family.encode()))
    net = spec.build()
    make_models.fill(net, rng)
    x = make_models.draw_inputs(net, spec, spec.samples, rng)
    y = make_models.predict(net, x)
    arrays = make_models.name_arrays("x", net.input_names, x)
    arrays |= make_models.name_arrays("y", net.output_names, y)
    np.savez_compressed(f"{path}.npz", **arrays)
    net.save(f"{path}.h5")
    drop_empty_groups(f"{path}.h5")


def main():
    """Read the command line and build what it asks for."""
    parser = argparse.ArgumentParser(description="Build reference models of Keras 2.")
    parser.add_argument("out", nargs="?", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--only", nargs="+", metavar="FAMILY", choices=FAMILIES)
    parser.add_argument("--list", action="store_true", help="print the families and stop")
    args = parser.parse_args()
    if args.list:
        for family in FAMILIES:
            print(f"{family}{'' if family in STORED else ' [on demand]'}")
        return
    if args.out is None:
        parser.error("the folder OUT is needed")
    args.out.mkdir(parents=True, exist_ok=True)
    for family in args.only or STORED:
        save(family, args.out)
        print(family, flush=True)


if __name__ == "__main__":
    main()
