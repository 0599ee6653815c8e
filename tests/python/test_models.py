"""Every stored model gives the bits of the command line."""
import concurrent.futures
import os
import pathlib
import tempfile
import unittest

import numpy as np

import frieze
from support import MODELS, has_equal_bits, read_inputs, run_tool


def compare_with_tool(path):
    """What differs, or nothing."""
    inputs = read_inputs(path)
    model = frieze.compile(path)
    outputs = model(inputs if isinstance(inputs, dict) else {model.inputs[0].name: inputs})
    with tempfile.TemporaryDirectory() as folder:
        files = pathlib.Path(folder)
        if isinstance(inputs, dict):
            np.savez(files / "x.npz", **inputs)
        else:
            np.savez(files / "x.npz", **{model.inputs[0].name: inputs})
        result = run_tool("frieze-run", path, "--input", files / "x.npz", "--output",
                          files / "y.npz")
        if result.returncode:
            return f"{path.name}: {result.stderr}"
        with np.load(files / "y.npz") as wanted:
            for name, output in outputs.items():
                if not has_equal_bits(output, wanted[name]):
                    return f"{path.name}: output '{name}' differs"
    return None


class ModelsTest(unittest.TestCase):
    def test_bits(self):
        paths = [path for path in sorted(MODELS.iterdir())
                 if path.suffix in (".keras", ".onnx", ".h5") and
                 path.with_suffix(".npz").exists() and
                 (path.suffix != ".h5" or not path.with_suffix(".keras").exists())]
        self.assertGreater(len(paths), 100)
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
            problems = list(filter(None, pool.map(compare_with_tool, paths)))
        self.assertEqual(problems, [])


if __name__ == "__main__":
    unittest.main()
