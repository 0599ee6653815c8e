"""How long calls and kernels take, as values, tables and in notebooks."""
import unittest

import frieze
from support import ECG, MODELS


class ProfileTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.model = frieze.compile(ECG)
        cls.profile = cls.model.profile(0.1)

    def test_layers(self):
        """A time for each kernel, in their order, with shares of all."""
        self.assertEqual([layer[:2] for layer in self.profile.layers],
                         [kernel[:2] for kernel in self.model.kernels])
        self.assertAlmostEqual(sum(layer.share for layer in self.profile.layers), 1)
        together = sum(layer.microseconds for layer in self.profile.layers)
        for layer in self.profile.layers:
            self.assertAlmostEqual(layer.share, layer.microseconds / together)
        call = self.profile.seconds * 1e6
        self.assertGreater(call, 0.1)
        self.assertTrue(call / 4 < together < call * 4, (call, together))

    def test_tables(self):
        """As text and as HTML, with the same numbers."""
        lines = str(self.profile).splitlines()
        self.assertEqual(lines[0].split(), ["layer", "op", "µs", "share"])
        self.assertEqual(len(lines), len(self.profile.layers) + 2)
        self.assertEqual(lines[-1].split(), ["a", "call", f"{self.profile.seconds * 1e6:,.2f}"])
        html = self.profile._repr_html_()  # pylint: disable=protected-access
        for layer in self.profile.layers:
            self.assertIn(f">{layer.microseconds:,.2f}</td>", html)

    def test_errors(self):
        for model, message in ((frieze.compile(ECG, target="cortex-m4"),
                                "cannot run code for cortex-m4 here"),
                               (frieze.compile(ECG, target="cuda"), "expects a processor")):
            with self.assertRaisesRegex(frieze.CompileError, message):
                model.profile()
        with self.assertRaisesRegex(frieze.CompileError, "expects a positive time"):
            self.model.profile(0)


class NotebookTest(unittest.TestCase):
    @staticmethod
    def show(model):
        return model._repr_html_()  # pylint: disable=protected-access

    def test_measures(self):
        """A model that is shown has times without a call, always the same."""
        model = frieze.compile(ECG)
        html = self.show(model)
        self.assertRegex(html, r"<summary>4 kernels, [0-9.,]+ µs a call</summary>")
        self.assertIn("<th>µs</th>", html)
        self.assertEqual(self.show(model), html)

    def test_keeps_profiles(self):
        """The last profile is what is shown."""
        model = frieze.compile(ECG)
        profile = model.profile(0.05)
        html = self.show(model)
        for layer in profile.layers:
            self.assertIn(f">{layer.microseconds:,.2f}</td>", html)

    def test_other_processors(self):
        """What does not run here has no times, and says why."""
        html = self.show(frieze.compile(ECG, target="cortex-m4"))
        self.assertIn("<p>Not measured: ", html)
        self.assertIn("cannot run code for cortex-m4 here", html)
        self.assertNotIn("<th>µs</th>", html)
        self.assertIn("303,584", html)

    def test_long(self):
        """A model that took long to compile is measured where that is asked for."""
        model = frieze.compile(MODELS / "cnn1d.keras")
        model._seconds = 1000  # pylint: disable=protected-access
        html = self.show(model)
        self.assertIn("model.profile()", html)
        self.assertNotIn("<th>µs</th>", html)
        model.profile(0.01)
        self.assertIn("<th>µs</th>", self.show(model))


if __name__ == "__main__":
    unittest.main()
