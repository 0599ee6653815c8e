"""Scores of tables in this process."""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import pyarrow
import pyarrow.dataset
import pyarrow.parquet
from pyspark import cloudpickle

import frieze
from frieze import archive
from support import MODELS, ScoredWindows, read_inputs


def make_lists(windows):
    return pyarrow.FixedSizeListArray.from_arrays(windows.ravel(), windows[0].size)


class ScoreTest(ScoredWindows):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        # More rows than a thread takes at once.
        cls.windows = np.tile(cls.windows, (1000, 1)) * np.linspace(
            0.5, 2, 20_000, dtype=np.float32)[:, np.newaxis]
        cls.scores = cls.model(cls.windows)[:, 0]
        cls.lists = make_lists(cls.windows)

    def check(self, scored, first=0, name="fc2"):
        got = scored[name].to_numpy()
        self.assertEqual(got.dtype, np.float32)
        np.testing.assert_array_equal(got, self.scores[first:first + len(got)])

    def test_table(self):
        """The other columns stay, and their order."""
        table = pyarrow.table({"id": range(20_000), "window": self.lists,
                               "patient": ["p"] * 20_000})
        scored = archive.score(table, self.model, column="window")
        self.assertEqual(scored.schema.names, ["id", "patient", "fc2"])
        self.assertEqual(scored["id"].to_pylist(), list(range(20_000)))
        self.check(scored)
        self.check(archive.score(table.to_batches()[0], self.model, column="window", threads=1))

    def test_lists(self):
        """Lists of every kind, nested and sliced; the column has the input's name."""
        flat = pyarrow.list_(pyarrow.float32())
        nested = pyarrow.FixedSizeListArray.from_arrays(
            pyarrow.FixedSizeListArray.from_arrays(self.windows.ravel(), 1), 145)
        tensors = pyarrow.FixedShapeTensorArray.from_numpy_ndarray(self.windows)
        for lists in (self.lists, self.lists.cast(flat), nested, tensors,
                      self.lists.cast(pyarrow.large_list(pyarrow.float32()))):
            for first in (0, 7, 12_345):
                with self.subTest(type=lists.type, first=first):
                    table = pyarrow.table({"ecg": lists.slice(first)})
                    scored = archive.score(table, self.model)
                    self.assertEqual(len(scored), 20_000 - first)
                    self.check(scored, first)
        table = pyarrow.table({"ecg": self.lists}).slice(50, 10_000)
        self.check(archive.score(table, self.model), 50)

    def test_chunks(self):
        """Chunks of any length."""
        chunked = pyarrow.chunked_array([self.lists.slice(0, 3), self.lists.slice(3, 0),
                                         self.lists.slice(3, 9000), self.lists.slice(9003)])
        self.check(archive.score(pyarrow.table({"ecg": chunked}), self.model))
        empty = archive.score(pyarrow.table({"ecg": self.lists.slice(0, 0)}), self.model)
        self.assertEqual((empty.schema.names, len(empty)), (["fc2"], 0))

    def test_files(self):
        """Parquet is read as it is scored, and so are datasets and readers."""
        with tempfile.TemporaryDirectory() as folder:
            table = pyarrow.table({"ecg": self.lists, "id": range(20_000)})
            for part in range(4):
                pyarrow.parquet.write_table(table.slice(5000 * part, 5000),
                                            f"{folder}/part-{part}.parquet")
            for data in (folder, pathlib.Path(folder), pyarrow.dataset.dataset(folder),
                         table.to_reader(777)):
                reader = archive.score(data, self.model)
                self.assertIsInstance(reader, pyarrow.RecordBatchReader)
                self.check(reader.read_all())

    def test_nulls(self):
        """A null row has a null score."""
        lists = pyarrow.array([None if index % 3 == 0 else window.tolist()
                               for index, window in enumerate(self.windows[:500])],
                              pyarrow.list_(pyarrow.float32()))
        scores = archive.score(pyarrow.table({"ecg": lists}), self.model)["fc2"].to_pylist()
        self.assertEqual(scores, [None if index % 3 == 0 else score
                                  for index, score in enumerate(self.scores[:500].tolist())])

    def test_several(self):
        """Several inputs and outputs have a column each."""
        model = frieze.compile(MODELS / "two_inputs.keras")
        inputs = read_inputs(MODELS / "two_inputs.keras")
        table = pyarrow.table({f"c_{name}": make_lists(array) for name, array in inputs.items()})
        scored = archive.score(table, model, column={name: f"c_{name}" for name in inputs})
        wanted = model(inputs)
        self.assertEqual(scored.schema.names, list(wanted))
        for name, array in wanted.items():
            got = np.array(scored[name].to_pylist(), np.float32)
            self.assertEqual(got.tobytes(), array.tobytes())
        model = frieze.compile(MODELS / "two_outputs.keras")
        inputs = read_inputs(MODELS / "two_outputs.keras")
        name = model.inputs[0].name
        scored = archive.score(pyarrow.table({name: make_lists(inputs)}), model)
        for name, array in model({name: inputs}).items():
            self.assertEqual(np.array(scored[name].to_pylist(), np.float32).tobytes(),
                             array.tobytes())

    def test_artefact(self):
        """A shared library is a model, without the compiler."""
        with tempfile.TemporaryDirectory() as folder:
            self.model.save(f"{folder}/ecg.so")
            self.check(archive.score(pyarrow.table({"ecg": self.lists}), f"{folder}/ecg.so"))

    def test_nothing_is_left(self):
        """A model that has scored is closed, and its scores stay."""
        table = pyarrow.table({"ecg": self.lists.slice(0, 100)})
        model = frieze.compile(MODELS / "two_outputs.keras")
        inputs = read_inputs(MODELS / "two_outputs.keras")
        other = pyarrow.table({model.inputs[0].name: make_lists(inputs)})
        kept, others, files = [], [], set()
        for _ in range(10):
            kept.append(archive.score(table, self.model))
            others.append(archive.score(other, model))
            files.add(len(os.listdir("/proc/self/fd")))
        self.assertLess(len(files), 3)
        for scored in kept:
            self.check(scored)
        for scored in others:
            self.assertEqual(scored, others[0])
        self.assertEqual(others[0].schema.names, [tensor.name for tensor in model.outputs])

    def test_refused(self):
        """What does not fit is told before anything is scored."""
        def check(pattern, lists, **options):
            with self.assertRaisesRegex(ValueError, pattern):
                archive.score(pyarrow.table({"ecg": lists}), self.model, **options)

        check(r"'ecg': expects lists of float32 with 145 elements, but got "
              r"fixed_size_list\[145\]<float64>; cast it to float32",
              self.lists.cast(pyarrow.list_(pyarrow.float64(), 145)))
        check("expects the column 'other', but got 'ecg'", self.lists, column="other")
        check("expects threads to be 1 or more, but got 0", self.lists, threads=0)
        ragged = pyarrow.chunked_array([
            self.lists.slice(0, 9000).cast(pyarrow.list_(pyarrow.float32())),
            pyarrow.array([[1.0]], pyarrow.list_(pyarrow.float32()))])
        check("from row 9000 on: column 'ecg': expects 145 elements in row 0, but got 1", ragged)
        holes = pyarrow.array([[None] * 145], pyarrow.list_(pyarrow.float32(), 145))
        check("expects numbers in row 0, but got a null among them", holes)
        tensors = pyarrow.ExtensionArray.from_storage(
            pyarrow.fixed_shape_tensor(pyarrow.float32(), [5, 29], permutation=[1, 0]),
            self.lists)
        check("the extension type arrow.fixed_shape_tensor; take its storage", tensors)
        with self.assertRaisesRegex(ValueError, "expects no column 'fc2' beside the output"):
            archive.score(pyarrow.table({"ecg": self.lists, "fc2": range(20_000)}), self.model)
        with self.assertRaisesRegex(TypeError, "expects a table, .* but got ndarray"):
            archive.score(self.windows, self.model)
        model = frieze.compile(MODELS / "two_inputs.keras")
        for column in ("a", {"a": "b"}):
            with self.assertRaisesRegex(ValueError, "for each of the inputs"):
                archive.score(pyarrow.table({"a": self.lists}), model, column=column)

    def test_workers_need_no_frieze(self):
        """What goes to workers runs where there are pyarrow and two libraries."""
        from frieze.archive import _artefact, _score, _worker

        cloudpickle.register_pickle_by_value(_worker)
        self.addCleanup(cloudpickle.unregister_pickle_by_value, _worker)
        scorer = _worker.Scorer(pathlib.Path(_score.find_scorer()).read_bytes(),
                                _artefact.make_artefact(self.model), {"ecg": "window"})
        # As it is after a batch.
        scorer(pyarrow.record_batch({"window": self.lists.slice(0, 2)}))
        program = ("import importlib.util, pickle, pyarrow, sys\n"
                   "scorer, batch = pickle.load(sys.stdin.buffer)\n"
                   "assert importlib.util.find_spec('frieze') is None\n"
                   "print(*scorer(batch)['fc2'].to_pylist())")
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
        batch = pyarrow.record_batch({"window": self.lists.slice(3, 5)})
        printed = subprocess.run([sys.executable, "-c", program], env=environment, check=True,
                                 input=cloudpickle.dumps((scorer, batch)),
                                 stdout=subprocess.PIPE).stdout
        self.assertEqual([float(text) for text in printed.split()], self.scores[3:8].tolist())


if __name__ == "__main__":
    unittest.main()
