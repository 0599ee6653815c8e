"""Beats of recordings."""
import csv
import os
import pathlib
import tempfile
import unittest
from unittest import mock

import numpy as np

import frieze
from support import BIN, ECG, SOURCE, run_tool

RECORD = SOURCE / "tools" / "ecg" / "208"


class ScanTest(unittest.TestCase):
    def setUp(self):
        path = mock.patch.dict(os.environ, PATH=f"{BIN}:{os.environ['PATH']}")
        path.start()
        self.addCleanup(path.stop)

    def test_beats(self):
        """Each beat that frieze-ecg writes is a row."""
        beats = frieze.ecg.scan(RECORD, model=frieze.compile(ECG))
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "beats.csv"
            run_tool("frieze-ecg", "scan", "--model", ECG, RECORD, "-o", path)
            with open(path, encoding="utf-8") as file:
                rows = list(csv.DictReader(file))
        self.assertEqual(len(beats), 500)
        self.assertEqual([[str(value) for value in row] for row in beats[["record", "sample"]]],
                         [[row["record"], row["sample"]] for row in rows])
        np.testing.assert_array_equal(beats["score"], [float(row["score"]) for row in rows])

    def test_place(self):
        """The same beats, on their R waves or where the classifier has them."""
        beats = frieze.ecg.scan(RECORD, ECG)
        scored = frieze.ecg.scan(RECORD, ECG, place="score")
        np.testing.assert_array_equal(beats["score"], scored["score"])
        moved = np.abs(beats["sample"] - scored["sample"])
        self.assertTrue(0 < moved.max() <= 18, moved.max())
        with self.assertRaisesRegex(frieze.Error, "place"):
            frieze.ecg.scan(RECORD, ECG, place="p-wave")

    def test_own_classifier(self):
        """Without a model, frieze-ecg has one."""
        np.testing.assert_array_equal(frieze.ecg.scan(RECORD), frieze.ecg.scan(RECORD, ECG))

    def test_program(self):
        """The package has a frieze-ecg of its own."""
        folder = pathlib.Path(frieze.__file__).parent
        self.assertEqual(pathlib.Path(frieze.ecg.find_program()), folder / "bin" / "frieze-ecg")

    def test_options(self):
        """A file of counts needs rate and gain, and several records keep their names."""
        with tempfile.TemporaryDirectory() as folder:
            samples = np.fromfile(RECORD.with_suffix(".dat"), "<i2")[:20000]
            paths = [os.path.join(folder, name) for name in ("a.npy", "longer.npy")]
            for path in paths:
                np.save(path, samples)
            with self.assertRaisesRegex(frieze.Error, "--rate"):
                frieze.ecg.scan(paths, ECG)
            with self.assertRaisesRegex(frieze.Error, "--unit"):
                frieze.ecg.scan(paths, ECG, rate=360)
            beats = frieze.ecg.scan(paths, ECG, rate=360, gain=200, baseline=100, hop=2, threads=1)
        self.assertEqual(set(beats["record"]), {"a", "longer"})

    def test_errors(self):
        """An error is the line of the command."""
        with self.assertRaisesRegex(frieze.Error, "nowhere.*error: "):
            frieze.ecg.scan("nowhere", ECG)
        with mock.patch.dict(os.environ, PATH="/nowhere"), \
                mock.patch("frieze.ecg.os.access", return_value=False), \
                self.assertRaisesRegex(frieze.Error, "expects frieze-ecg"):
            frieze.ecg.scan(RECORD, ECG)


if __name__ == "__main__":
    unittest.main()
