"""What the tests of the Python package share: folders, stored models, and tools.

FRIEZE_SOURCE is the root of the repository, and FRIEZE_BIN the folder of the tools.
"""
import os
import pathlib
import subprocess
import unittest

import numpy as np

import frieze

SOURCE = pathlib.Path(os.environ["FRIEZE_SOURCE"])
BIN = pathlib.Path(os.environ["FRIEZE_BIN"])
MODELS = SOURCE / "tests" / "models"
ECG = SOURCE / "tools" / "ecg" / "ecg.keras"


def run_tool(name, *arguments):
    """The result of a tool, whatever its exit status."""
    return subprocess.run([BIN / name, *map(str, arguments)], capture_output=True, text=True,
                          check=False)


def read_inputs(model):
    """The stored inputs of a model file: an array, or several by name."""
    with np.load(model.with_suffix(".npz")) as stored:
        inputs = {key[2:]: stored[key] for key in stored.files if key[0] == "x"}
    return inputs.get("", inputs)


def has_equal_bits(first, second):
    return first.shape == second.shape and first.tobytes() == second.tobytes()


class ScoredWindows(unittest.TestCase):
    """Tests on the ECG classifier, some windows, and their scores."""

    @classmethod
    def setUpClass(cls):
        cls.model = frieze.compile(ECG)
        cls.windows = make_windows()
        cls.scores = cls.model(cls.windows)


def make_windows(count=20):
    """Windows of the ECG classifier, the same in every run."""
    return np.random.default_rng(1).standard_normal((count, 145)).astype(np.float32)
