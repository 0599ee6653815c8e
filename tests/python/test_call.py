"""Calls of a model: shapes, types, several inputs and outputs, threads."""
import array
import concurrent.futures
import unittest

import numpy as np

import frieze
from support import ECG, MODELS, ScoredWindows, has_equal_bits, read_inputs


# Two steps of one sample, and the last one.
STEPS = b"""
func.func @model(%x: tensor<2x1x2xf32> {nn.name = "x"}, %h: tensor<1x1x2xf32> {nn.name = "h"})
    -> (tensor<2x1x2xf32> {nn.name = "all"}, tensor<1x2xf32> {nn.name = "last"}) {
  %0 = nn.add %x, %h : tensor<2x1x2xf32>, tensor<1x1x2xf32> -> tensor<2x1x2xf32>
  %1 = nn.slice %0 begin = [1, 0, 0] size = [1, 1, 2] strides = [1, 1, 1]
       : tensor<2x1x2xf32> -> tensor<1x1x2xf32>
  %2 = nn.reshape %1 : tensor<1x1x2xf32> -> tensor<1x2xf32>
  return %0, %2 : tensor<2x1x2xf32>, tensor<1x2xf32>
}
"""
# Which axis of the output counts samples, none can tell.
SQUARE = b"""
func.func @model(%x: tensor<2x1x2xf32> {nn.name = "x"}) -> (tensor<1x1x4xf32> {nn.name = "y"}) {
  %0 = nn.reshape %x : tensor<2x1x2xf32> -> tensor<1x1x4xf32>
  return %0 : tensor<1x1x4xf32>
}
"""


class Foreign:
    """An array of another library, by DLPack alone."""

    def __init__(self, values):
        self.values = values

    def __dlpack__(self, **arguments):
        return self.values.__dlpack__(**arguments)

    def __dlpack_device__(self):
        return self.values.__dlpack_device__()


class OnDevice(Foreign):
    """One of a GPU."""

    def __dlpack__(self, **arguments):
        raise BufferError("memory of a device")

    def __dlpack_device__(self):
        return (2, 0)


class CallTest(ScoredWindows):
    def check_same(self, scores):
        self.assertTrue(has_equal_bits(scores, self.scores))

    def test_samples(self):
        """Samples along axis 0, with and without a last axis of size 1."""
        self.assertEqual(self.scores.shape, (20, 1))
        self.assertEqual(self.scores.dtype, np.float32)
        self.check_same(self.model(self.windows[:, :, np.newaxis]))
        self.assertEqual(self.model(self.windows[:0]).shape, (0, 1))

    def test_one_sample(self):
        """One sample has no axis of samples, and neither has its score."""
        for window in (self.windows[3], self.windows[3][:, np.newaxis]):
            self.assertTrue(has_equal_bits(self.model(window), self.scores[3]))

    def test_results_are_kept(self):
        """A later call does not write to the result of one before."""
        first = self.model(self.windows)
        self.model(self.windows[::-1].copy())
        self.check_same(first)

    def test_strides_and_types(self):
        """Strides, byte orders and types that float32 holds are converted."""
        wide = np.zeros((20, 290), np.float32)
        wide[:, ::2] = self.windows
        self.check_same(self.model(wide[:, ::2]))
        self.check_same(self.model(self.windows.astype(">f4")))
        self.check_same(self.model(np.asfortranarray(self.windows)))
        whole = np.rint(self.windows * 9)
        wanted = self.model(whole)
        for kind in (np.float16, np.int8, np.int16):
            self.assertTrue(has_equal_bits(self.model(whole.astype(kind)), wanted), kind)

    def test_rounding_is_refused(self):
        """No number changes without a word."""
        for kind in (np.float64, np.int32, np.int64, np.complex64):
            with self.assertRaisesRegex(TypeError, r"input '.*', but got .*astype\(np.float32\)"):
                self.model(self.windows.astype(kind))

    def test_other_arrays(self):
        """DLPack and the buffer protocol."""
        self.check_same(self.model(Foreign(self.windows)))
        window = array.array("f", self.windows[0])
        self.assertTrue(has_equal_bits(self.model(window), self.scores[0]))

    def test_what_is_no_array(self):
        for value in ([1.0], None, "text", OnDevice(self.windows)):
            with self.assertRaisesRegex(TypeError, "^expects an array"):
                self.model(value)

    def test_shapes(self):
        """What does not fit is told with the shape that does."""
        for shape in ((145, 2), (20, 144), (20, 145, 1, 1), (144,), ()):
            with self.assertRaises(ValueError) as caught:
                self.model(np.zeros(shape, np.float32))
            self.assertRegex(str(caught.exception), r"expects shape \(N, 145, 1\) or \(145, 1\) "
                             r"for input '\w+', but got \(")
            self.assertIn(str(shape), str(caught.exception))

    def test_several_inputs(self):
        """Arguments in order, or a dict that gives a dict."""
        model = frieze.compile(MODELS / "two_inputs.keras")
        inputs = read_inputs(MODELS / "two_inputs.keras")
        names = [tensor.name for tensor in model.inputs]
        self.assertEqual(sorted(names), sorted(inputs))
        results = model(*(inputs[name] for name in names))
        by_name = model(inputs)
        self.assertEqual(list(by_name), [model.outputs[0].name])
        self.assertTrue(has_equal_bits(by_name[model.outputs[0].name], results))
        with self.assertRaisesRegex(TypeError, "expects 2 inputs .* but got 1"):
            model(inputs[names[0]])
        with self.assertRaisesRegex(ValueError, "expects the inputs .*, but got .*'other'"):
            model({names[0]: inputs[names[0]], "other": inputs[names[1]]})
        with self.assertRaisesRegex(ValueError, "as many samples in every input"):
            model(inputs[names[0]], inputs[names[1]][:-1])

    def test_several_outputs(self):
        """A tuple in the model's order, or a dict."""
        model = frieze.compile(MODELS / "two_outputs.keras")
        inputs = read_inputs(MODELS / "two_outputs.keras")
        results = model(inputs)
        self.assertIsInstance(results, tuple)
        by_name = model({model.inputs[0].name: inputs})
        self.assertEqual(list(by_name), [tensor.name for tensor in model.outputs])
        for first, second in zip(results, by_name.values()):
            self.assertTrue(has_equal_bits(first, second))

    def test_batch(self):
        """A model of a batch takes multiples of it, with the same bits."""
        model = frieze.compile(ECG, batch=4)
        self.assertEqual(model.inputs[0].shape, (4, 145, 1))
        self.check_same(model(self.windows))
        with self.assertRaisesRegex(ValueError, "with N a multiple of 4"):
            model(self.windows[:6])

    def test_batch_axis(self):
        """Samples along axis 1, as sequences have them whose steps come first."""
        model = frieze.compile(STEPS)
        x = np.arange(16, dtype=np.float32).reshape(2, 4, 2)
        h = np.arange(4, dtype=np.float32).reshape(1, 4, 1).repeat(2, 2)
        axes = {"x": 1, "h": 1, "all": 1}
        steps, last = model.run(x, h, batch_axis=axes)
        np.testing.assert_array_equal(steps, x + h)
        np.testing.assert_array_equal(last, x[1] + h[0])
        by_name = model.run({"h": h, "x": x}, batch_axis=axes)
        self.assertTrue(has_equal_bits(by_name["last"], last))
        # One call, of arrays as the model has them.
        np.testing.assert_array_equal(model(x[:, 2:3], h[:, 2:3])[0], steps[:, 2:3])
        for arguments, batch_axis, problem in [
                ((x, h), 1, "of one size on the axes of batch_axis, but 'x' has shape"),
                ((x, h), 3, "to be an axis of 'x' of shape"),
                ((x, h), {"y": 1}, "to name inputs and outputs, but got 'y'"),
                ((x, h[:, :3]), axes, "as many samples in every input along axis 1"),
                (({"x": x},), axes, "expects the inputs")]:
            with self.assertRaisesRegex(ValueError, problem):
                model.run(*arguments, batch_axis=batch_axis)
        with self.assertRaisesRegex(ValueError, "whose first axes are no batch, but got"):
            model(x, h)
        with self.assertRaisesRegex(ValueError, "to name the axis of output 'y'"):
            frieze.compile(SQUARE).run(x[:, :1], batch_axis=1)

    def test_threads(self):
        """Threads share one model, each with memory of its own."""
        batch = np.tile(self.windows, (50, 1))
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for scores in pool.map(lambda _: self.model(batch), range(40)):
                self.assertTrue(has_equal_bits(scores[-20:], self.scores))


if __name__ == "__main__":
    unittest.main()
