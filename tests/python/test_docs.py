"""The reference is what the docstrings say, and the examples run."""
import contextlib
import importlib
import io
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np

import api_reference
from frieze._compare import Comparison, find_difference
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
        self.assertRegex(printed, "^500 beats, ")

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

    def import_module(self, name):
        """What examples share."""
        sys.path.insert(0, str(SOURCE / "python" / "examples"))
        self.addCleanup(sys.path.pop, 0)
        return importlib.import_module(name)

    def test_recording(self):
        """Samples have the checksum of their header; what the reader does not know, it refuses."""
        recording = self.import_module("recording")
        record = SOURCE / "tools" / "ecg" / "208"
        header = record.with_suffix(".hea").read_text(encoding="utf-8")
        samples = np.rint(recording.read(record) * 200 + 1024).astype(int)
        self.assertIn(f" 11 1024 {samples[0]} {samples.sum() % 65536} ", header)
        with tempfile.TemporaryDirectory() as folder:
            copy = pathlib.Path(folder, "208")
            copy.with_suffix(".dat").write_bytes(record.with_suffix(".dat").read_bytes()[:-1])
            for text, error in ((header.replace(" 360 ", " 250 "), "hea: error: expects one lead"),
                                (header, "dat: error: expects 162000 bytes, but got 161999")):
                copy.with_suffix(".hea").write_text(text, encoding="utf-8")
                with self.assertRaisesRegex(SystemExit, error):
                    recording.read(copy)

    def test_report(self):
        """Examples that train end with an error where they have to; training.py runs them."""
        report = self.import_module("report")
        equal = find_difference("y", np.zeros(3), np.zeros(3))
        other = find_difference("y", np.zeros(3), np.ones(3))
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            report.finish(Comparison([equal], [equal], ""), 0.9, 0.9)
            for comparison in (Comparison([other], [], ""), Comparison([equal], [other], ""),
                               Comparison([equal], [], "a function shows no layers")):
                with self.assertRaisesRegex(SystemExit, "^error: expects outputs and layers"):
                    report.finish(comparison, 0.9, 0.9)
            with self.assertRaisesRegex(SystemExit, "to be right, but got 89.0%"):
                report.finish(Comparison([equal], [equal], ""), 0.89, 0.9)
            report.print_times(np.zeros((4, 2)), Frieze=len, Other=len)
        self.assertRegex(printed.getvalue(), r"(?m)^Frieze +[0-9.]+ \(1\.0\) +[0-9.]+ \(1\.0\)$")


if __name__ == "__main__":
    unittest.main()
