"""The examples that train networks, and the notebook.

KerasTest and NotebookTest need what requirements-keras.txt lists, TorchTest PyTorch.
"""
import os
import subprocess
import sys
import unittest

from support import BIN, SOURCE

EXAMPLES = SOURCE / "python" / "examples"
RECORD = SOURCE / "tools" / "ecg" / "208"


class TrainingTest(unittest.TestCase):
    def run_example(self, name, *arguments):
        """An example compares and measures; that it is within its bounds is its exit status."""
        result = subprocess.run([sys.executable, EXAMPLES / name, *map(str, arguments)],
                                capture_output=True, text=True, check=False)
        self.assertEqual(result.returncode, 0, result.stdout + result.stderr)
        self.assertRegex(result.stdout, r"(?m)^Frieze +[0-9.]+ \(1\.0\)")
        self.assertRegex(result.stdout, r"(?m)^[0-9.]+% are right; [1-9][0-9]* layers agree; ")


class KerasTest(TrainingTest):
    def test_circles(self):
        self.run_example("circles_keras.py")

    def test_cnn(self):
        self.run_example("cnn_keras.py")

    def test_lenet(self):
        self.run_example("lenet_keras.py")


class TorchTest(TrainingTest):
    def test_ecg(self):
        self.run_example("ecg_pytorch.py", RECORD, RECORD.with_name("208_beats.csv"))

    def test_cifar(self):
        self.run_example("cifar_pytorch.py")


class NotebookTest(unittest.TestCase):
    def test_tour(self):
        """Every cell runs; the file has no outputs."""
        import nbclient
        import nbformat

        notebook = nbformat.read(EXAMPLES / "tour.ipynb", as_version=4)
        nbformat.validate(notebook)
        cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
        self.assertFalse(any(cell.outputs or cell.execution_count for cell in cells))
        os.environ["PATH"] = f"{BIN}{os.pathsep}{os.environ['PATH']}"
        nbclient.NotebookClient(notebook, timeout=120, resources={
            "metadata": {"path": str(EXAMPLES)}}).execute()
        shown = str([cell.outputs for cell in cells])
        for text in ("folded backward into &#x27;conv1&#x27;", "nn.conv", "500 beats, ",
                     "108000 samples, 107856 windows"):
            self.assertIn(text, shown)


if __name__ == "__main__":
    unittest.main()
