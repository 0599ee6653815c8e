"""Objects of Keras, ONNX and PyTorch: compiled, and compared layer by layer.

Needs Keras and ONNX, as make_environment.sh installs them; the part of PyTorch is
skipped without it, and that of its newer exporter without onnxscript.
"""
import importlib.util
import unittest

import numpy as np

import frieze
from support import ECG, MODELS, has_equal_bits, make_windows, read_inputs


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
    def setUp(self):
        import torch

        torch.manual_seed(0)
        self.module = torch.nn.Sequential(torch.nn.Conv1d(2, 4, 3), torch.nn.BatchNorm1d(4),
                                          torch.nn.ReLU(), torch.nn.Flatten(),
                                          torch.nn.Linear(32, 3))
        self.x = torch.randn(7, 2, 10)

    def test_module(self):
        """A module is compiled with example inputs, in the mode for inference."""
        with self.assertRaisesRegex(TypeError, "expects example_inputs"):
            frieze.compile(self.module)
        model = frieze.compile(self.module, self.x[:1])
        self.assertTrue(self.module.training)
        # A tensor is taken where it is.
        self.assertEqual(model(self.x).shape, (7, 3))
        result = frieze.compare(model, self.module, self.x.numpy())
        self.assertTrue(result.is_within, str(result))
        self.assertEqual(result.reason, "")
        self.assertEqual([layer.name for layer in result.layers], ["0", "1", "2", "3", "4"])
        self.assertIsNone(result.start)

    def test_several(self):
        """A module of two inputs and two outputs, by the names of its arguments."""
        import torch

        class Pair(torch.nn.Module):
            def __init__(self):
                super().__init__()
                self.linear = torch.nn.Linear(10, 3)

            def forward(self, samples, features):
                y = self.linear(samples.mean(dim=1)) * features
                return y, torch.sigmoid(y)

        module, features = Pair(), torch.randn(7, 3)
        model = frieze.compile(module, (self.x[:1], features[:1]))
        self.assertEqual([tensor.name for tensor in model.inputs], ["samples", "features"])
        result = frieze.compare(model, module, (self.x.numpy(), features.numpy()))
        self.assertTrue(result.is_within, str(result))
        self.assertEqual(len(result.outputs), 2)

    def test_traced(self):
        """A module of TorchScript is one, too."""
        import torch

        traced = torch.jit.trace(self.module.eval(), self.x)
        model = frieze.compile(traced, self.x[:1])
        self.assertTrue(frieze.compare(model, self.module, self.x.numpy()).is_within)

    def test_compiled(self):
        """What torch.compile gives is the module that it was given."""
        import torch

        if not hasattr(torch, "compile"):
            self.skipTest("this PyTorch has no torch.compile")
        compiled = torch.compile(self.module, backend="eager")
        result = frieze.compare(frieze.compile(compiled, self.x[:1]), compiled, self.x.numpy())
        self.assertTrue(result.is_within, str(result))
        self.assertEqual([layer.name for layer in result.layers], ["0", "1", "2", "3", "4"])

    @unittest.skipUnless(importlib.util.find_spec("onnxscript"), "onnxscript is not installed")
    def test_program(self):
        """What the newer exporter gives."""
        import torch

        program = torch.onnx.export(self.module.eval(), (self.x[:1],), dynamo=True)
        model = frieze.compile(program)
        self.assertTrue(frieze.compare(model, self.module, self.x.numpy()).is_within)


if __name__ == "__main__":
    unittest.main()
