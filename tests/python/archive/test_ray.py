"""Archives and tables on the workers of Ray."""
import os
import pathlib
import shutil
import tempfile
import unittest

import pyarrow
import pyarrow.parquet
import ray
import ray.data

import frieze
from frieze import archive
from support import ECG, make_windows
import recordings
from test_score import make_lists


class RayTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        ray.init(num_cpus=2, object_store_memory=200 << 20, include_dashboard=False,
                 log_to_driver=False, logging_level="error",
                 runtime_env={"env_vars": {"PYTHONPATH": os.environ["PYTHONPATH"]}})
        cls.addClassCleanup(ray.shutdown)
        ray.data.DataContext.get_current().enable_progress_bars = False
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.model = frieze.compile(ECG)

    def test_scan(self):
        """The output is that of the local engine, byte for byte."""
        recordings.make_archive(self.folder / "in", 20)
        samples = recordings.read_shipped()[:20_000]
        table = pyarrow.table({"record": ["a", "b"], "rate": [360.0, 250.0],
                               "unit": ["mV", "mV"], "samples": [samples, samples]})
        pyarrow.parquet.write_table(table, self.folder / "samples.parquet")
        pyarrow.parquet.write_table(
            pyarrow.table({"path": sorted(map(str, (self.folder / "in").rglob("*.hea")))}),
            self.folder / "paths.parquet")
        for source, count, failed in (("in", 20, 1), ("samples.parquet", 2, 0),
                                      ("paths.parquet", 20, 1)):
            outputs = []
            for engine in ("local", "ray"):
                out = self.folder / "out"
                scanned = archive.scan(self.folder / source, out, self.model, engine=engine)
                self.assertEqual(scanned[:2], (count, failed))
                outputs.append([path.read_bytes() for path in sorted(out.rglob("*.parquet"))])
                shutil.rmtree(out)
            self.assertEqual(outputs[0], outputs[1])

    def test_score(self):
        """Columns of lists, and tensors of Ray's own."""
        windows = make_windows(3000)
        wanted = self.model(windows)[:, 0].tolist()
        data = ray.data.from_arrow(pyarrow.table({"id": range(3000), "w": make_lists(windows)}))
        rows = archive.score(data.repartition(5), self.model, column="w").take_all()
        self.assertEqual([row["fc2"] for row in sorted(rows, key=lambda row: row["id"])], wanted)
        rows = archive.score(ray.data.from_numpy(windows), self.model, column="data").take_all()
        self.assertEqual(sorted(row["fc2"] for row in rows), sorted(wanted))
        with self.assertRaisesRegex(ValueError, "expects threads for data of this process"):
            archive.score(data, self.model, column="w", threads=2)


if __name__ == "__main__":
    unittest.main()
