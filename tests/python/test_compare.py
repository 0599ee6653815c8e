"""Comparing a model with a function; frameworks are in frameworks.py."""
import unittest

import numpy as np

import frieze
from support import MODELS, ScoredWindows, read_inputs


class CompareTest(ScoredWindows):
    def test_equal(self):
        result = frieze.compare(self.model, self.model, self.windows)
        self.assertTrue(result.is_within)
        self.assertEqual(result.outputs[0].largest, 0)
        self.assertIsNone(result.start)
        self.assertIn("shows no layers", str(result))

    def test_where(self):
        """The largest difference is told with its place and both values."""
        def reference(windows):
            scores = self.model(windows).astype(np.float64)
            scores[3] += 2e-5
            scores[7] += 0.25
            return scores

        result = frieze.compare(self.model, reference, self.windows, layers=False)
        output = result.outputs[0]
        self.assertFalse(result.is_within)
        self.assertEqual(output.place, (7, 0))
        self.assertAlmostEqual(output.largest, 0.25)
        self.assertAlmostEqual(output.expected - output.got, 0.25)
        self.assertIn("out of tolerance", str(result))
        self.assertIn("(7, 0)", result._repr_html_())  # pylint: disable=protected-access

    def test_tolerance(self):
        """Within 1e-5 + 1e-5 |y|, and not beyond."""
        for change, is_within in ((0.9e-5, True), (2.5e-5, False)):
            result = frieze.compare(self.model, lambda x, c=change: self.model(x) + np.float64(c),
                                    self.windows)
            self.assertEqual(result.is_within, is_within)

    def test_not_finite(self):
        """NaN agrees with NaN alone."""
        result = frieze.compare(self.model, lambda x: self.model(x) * np.nan, self.windows)
        self.assertFalse(result.is_within)
        bad = self.windows * np.float32(np.nan)
        self.assertTrue(frieze.compare(self.model, self.model, bad).is_within)

    def test_several(self):
        model = frieze.compile(MODELS / "two_outputs.keras")
        inputs = read_inputs(MODELS / "two_outputs.keras")
        result = frieze.compare(model, model, {model.inputs[0].name: inputs})
        self.assertEqual([output.name for output in result.outputs],
                         [tensor.name for tensor in model.outputs])
        with self.assertRaisesRegex(frieze.Error, "expects 2 outputs .* but got 1"):
            frieze.compare(model, lambda x: model(x)[0], inputs)
        with self.assertRaisesRegex(frieze.Error, "expects shape"):
            frieze.compare(self.model, lambda x: self.scores[:, 0], self.windows)
        with self.assertRaisesRegex(TypeError, "expects a keras.Model, .* but got int"):
            frieze.compare(self.model, 3, self.windows)


if __name__ == "__main__":
    unittest.main()
