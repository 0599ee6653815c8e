"""The reference is what the docstrings say, and the examples run."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import api_reference
from support import BIN, ECG, SOURCE


class DocsTest(unittest.TestCase):
    def test_reference(self):
        """To update it: tests/python/api_reference.py docs/Python.md."""
        text = (SOURCE / "docs" / "Python.md").read_text(encoding="utf-8")
        self.assertTrue(text == api_reference.update(text))
        self.assertIn("### compile\n", text)

    def test_docstrings(self):
        """Whatever is public says what it does."""
        for line in api_reference.make_reference().splitlines():
            self.assertNotRegex(line, r": $|^$\n^$")


class ExamplesTest(unittest.TestCase):
    def run_example(self, name, *arguments):
        environment = dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}")
        result = subprocess.run(
            [sys.executable, SOURCE / "python" / "examples" / name, *arguments],
            capture_output=True, text=True, check=False, env=environment)
        self.assertEqual(result.stderr, "")
        return result.stdout

    def test_beats(self):
        printed = self.run_example("beats.py", SOURCE / "tools" / "ecg" / "208", ECG)
        self.assertRegex(printed, "^499 beats, ")

    def test_stream(self):
        printed = self.run_example("stream.py", ECG)
        self.assertIn("a window of 145 samples, every 1\n3456 windows, ", printed)

    def test_deploy(self):
        with tempfile.TemporaryDirectory() as folder:
            printed = self.run_example("deploy.py", ECG, folder)
            files = sorted(path.relative_to(folder).as_posix()
                           for path in pathlib.Path(folder).rglob("*.*"))
        self.assertEqual(files, [f"{target}/classifier{extension}"
                                 for target in ("aarch64", "cortex-m4", "x86-64")
                                 for extension in (".a", ".h")])
        self.assertRegex(printed, "cortex-m4: [0-9]+ bytes of code")


if __name__ == "__main__":
    unittest.main()
