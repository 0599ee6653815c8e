#!/usr/bin/env python3
"""Damage good model files, to test what a reader says about bad ones.

    make_bad_models.py [MODELS [OUT]]

MODELS holds what make_models.py wrote (by default this folder), OUT is where
the bad files go (by default MODELS/bad). All are made from mlp_bn_after: (2) ->
`dense` 50 -> `batch_normalization` -> `dense_1` 1.
"""

import io
import json
import pathlib
import sys
import zipfile

import h5py
import numpy as np

HERE = pathlib.Path(__file__).parent
WEIGHTS = "model.weights.h5"


def read(path):
    """The members of a .keras archive: {name: bytes}."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write(path, members):
    """A .keras archive, the same bytes each time."""
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data)


def edited(weights, edit):
    """The HDF5 file `weights` after `edit` has changed it in place."""
    buffer = io.BytesIO(weights)
    with h5py.File(buffer, "r+") as file:
        edit(file)
    return buffer.getvalue()


def add_unknown_layer(members):
    """A layer that is not Keras's, before the last one; it has no weights."""
    config = json.loads(members["config.json"])
    fancy = {
        "module": "fancy_layers",
        "class_name": "FancyLayer",
        "config": {"name": "fancy_1", "trainable": True, "dtype": "float32"},
        "registered_name": "fancy_layers>FancyLayer",
        "build_config": {"input_shape": [None, 50]},
    }
    config["config"]["layers"].insert(-1, fancy)
    return {**members, "config.json": json.dumps(config).encode()}


def reshape_kernel(file):
    """Kernel of `dense`: (3, 50), not (2, 50)."""
    layer = file["layers/dense/vars"]
    del layer["0"]
    layer["0"] = np.full((3, 50), 0.5, np.float32)


def remove_layer(file):
    """No weights for `dense_1`."""
    del file["layers/dense_1"]


def make_not_finite(file):
    """NaN in the kernel of `dense`, infinity in the bias of `dense_1`."""
    file["layers/dense/vars/0"][1, 7] = np.nan
    file["layers/dense_1/vars/1"][0] = np.inf


def make_negative(file):
    """Moving variance -0.5 in channel 3; epsilon is 0.001."""
    file["layers/batch_normalization/vars/3"][3] = -0.5


def main():
    """Write every bad file."""
    models = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else HERE
    out = pathlib.Path(sys.argv[2]) if len(sys.argv) > 2 else models / "bad"
    out.mkdir(parents=True, exist_ok=True)

    good = models / "mlp_bn_after.keras"
    members = read(good)
    without_weights = {name: data for name, data in members.items() if name != WEIGHTS}

    (out / "not_a_zip.keras").write_text("This is no archive.\n")
    (out / "truncated.keras").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    write(out / "unknown_layer.keras", add_unknown_layer(members))
    write(out / "missing_weights.keras", without_weights)
    for name, edit in {
        "missing_layer_weights": remove_layer,
        "wrong_shape": reshape_kernel,
        "nan_weights": make_not_finite,
        "negative_variance": make_negative,
    }.items():
        write(out / f"{name}.keras", {**members, WEIGHTS: edited(members[WEIGHTS], edit)})

    legacy = good.with_suffix(".h5").read_bytes()
    (out / "truncated.h5").write_bytes(legacy[: len(legacy) // 2])
    no_config = edited(legacy, lambda file: file.attrs.__delitem__("model_config"))
    (out / "no_config.h5").write_bytes(no_config)


if __name__ == "__main__":
    main()
