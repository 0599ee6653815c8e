"""Objects of Keras, ONNX and PyTorch: compiled, and compared layer by layer.

Needs Keras and ONNX, as check_frameworks.py installs them; the part of PyTorch is
skipped without it.
"""
import importlib.util
import os
import unittest

import numpy as np

import frieze
from support import ECG, MODELS, has_equal_bits, make_windows, read_inputs

os.environ.setdefault("KERAS_BACKEND", "tensorflow")


class KerasTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        import keras

        cls.keras = keras.models.load_model(ECG)
        cls.model = frieze.compile(cls.keras)

    def test_object(self):
        """A Keras object is its file."""
        self.assertEqual(self.model.name, self.keras.name)
        self.assertTrue(has_equal_bits(self.model(make_windows()),
                                       frieze.compile(ECG)(make_windows())))

    def test_layers(self):
        """Every layer is compared, and none is out of tolerance."""
        result = frieze.compare(self.model, self.keras, make_windows()[:, :, np.newaxis])
        self.assertTrue(result.is_within)
        self.assertEqual(result.reason, "")
        self.assertIn("conv2", [layer.name for layer in result.layers])
        self.assertIsNone(result.start)

    def test_other_weights(self):
        """A model of other weights is told, whose layers are right each."""
        import keras

        changed = keras.models.clone_model(self.keras)
        changed.set_weights([weight * 1.5 for weight in self.keras.get_weights()])
        result = frieze.compare(self.model, changed, make_windows()[:, :, np.newaxis])
        self.assertFalse(result.is_within)
        self.assertIsNone(result.start)
        self.assertIn("of other weights", str(result))


class ONNXTest(unittest.TestCase):
    def test_object_and_layers(self):
        """A ModelProto is its file, and its tensors are compared."""
        import onnx

        path = MODELS / "torch_ecg_convnet_torchscript.onnx"
        inputs = read_inputs(path)
        proto = onnx.load(path)
        model = frieze.compile(proto)
        self.assertTrue(has_equal_bits(model(inputs), frieze.compile(path)(inputs)))
        for reference in (proto, path):
            result = frieze.compare(model, reference, inputs)
            self.assertTrue(result.is_within, str(result))
            self.assertEqual(result.reason, "")
            self.assertGreater(len(result.layers), 5)
            self.assertIsNone(result.start)


@unittest.skipUnless(importlib.util.find_spec("torch"), "torch is not installed")
class TorchTest(unittest.TestCase):
    def test_module(self):
        """A module is compiled with example inputs, in the mode for inference."""
        import torch

        torch.manual_seed(0)
        module = torch.nn.Sequential(torch.nn.Conv1d(2, 4, 3), torch.nn.BatchNorm1d(4),
                                     torch.nn.ReLU(), torch.nn.Flatten(),
                                     torch.nn.Linear(32, 3))
        x = torch.randn(7, 2, 10)
        with self.assertRaisesRegex(TypeError, "expects example_inputs"):
            frieze.compile(module)
        model = frieze.compile(module, x[:1])
        self.assertTrue(module.training)
        # A tensor is taken where it is.
        self.assertEqual(model(x).shape, (7, 3))
        result = frieze.compare(model, module, x.numpy())
        self.assertTrue(result.is_within, str(result))
        self.assertEqual([layer.name for layer in result.layers], ["0", "1", "2", "3", "4"])
        self.assertIsNone(result.start)


if __name__ == "__main__":
    unittest.main()
