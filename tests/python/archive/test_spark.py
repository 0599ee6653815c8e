"""Archives and tables on the workers of a Spark cluster: two executors, each a process."""
import os
import pathlib
import signal
import sys
import tempfile
import threading
import time
import unittest

import numpy as np
import pyarrow
import pyarrow.parquet

import frieze
from frieze import archive
from support import ECG, make_windows
from processes import list_processes
import recordings
from test_score import make_lists

COUNT = 200


def make_session(workers=2):
    import pyspark
    from pyspark.sql import SparkSession

    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    os.environ["SPARK_HOME"] = os.path.dirname(pyspark.__file__)
    os.environ["PYSPARK_PYTHON"] = sys.executable
    settings = {"spark.driver.host": "127.0.0.1", "spark.ui.enabled": "false",
                "spark.ui.showConsoleProgress": "false", "spark.executor.memory": "512m",
                "spark.sql.shuffle.partitions": "2",
                # Of an executor that is dead, nothing comes any more.
                "spark.shuffle.io.maxRetries": "1", "spark.shuffle.io.retryWait": "1s",
                "spark.executorEnv.PYTHONPATH": os.environ["PYTHONPATH"]}
    builder = SparkSession.builder.master(f"local-cluster[{workers},1,1024]")
    for name, value in settings.items():
        builder = builder.config(name, value)
    session = builder.getOrCreate()
    session.sparkContext.setLogLevel("OFF")
    return session


def find_executors():
    """The processes of executors, below this one."""
    found = []
    for process in list_processes():
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                if b"CoarseGrainedExecutorBackend" in file.read():
                    found.append(process)
        except OSError:
            continue
    return sorted(found)


class SparkTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.session = make_session()
        cls.addClassCleanup(cls.session.stop)
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.model = frieze.compile(ECG)

    def kill_executor(self, tasks):
        """Kills one executor, once so many of the tasks of a recording each are done."""
        tracker = self.session.sparkContext.statusTracker()
        deadline = time.monotonic() + 120
        while time.monotonic() < deadline:
            for stage in map(tracker.getStageInfo, tracker.getActiveStageIds()):
                if stage and stage.numTasks == COUNT and stage.numCompletedTasks >= tasks:
                    self.killed = (find_executors()[0], stage.numCompletedTasks)
                    os.kill(self.killed[0], signal.SIGKILL)
                    return
            time.sleep(0.02)

    def test_scan_while_a_worker_dies(self):
        """All beats are there once, and those of frieze-ecg, whatever an executor lost."""
        cut = recordings.make_archive(self.folder / "in", COUNT)
        wanted, errors = recordings.scan_by_tool(frieze.ecg.find_program(), self.folder / "in")
        self.killed = None
        killer = threading.Thread(target=self.kill_executor, args=[COUNT // 8])
        killer.start()
        # The workers are in other folders.
        scanned = archive.scan(os.path.relpath(self.folder / "in"), self.folder / "out",
                               self.model, engine=self.session)
        killer.join()
        self.assertLess(len(list((self.folder / "out" / "beats").glob("*.parquet"))), 4)
        self.assertIsNotNone(self.killed)
        self.assertLess(self.killed[1], COUNT)
        self.assertNotIn(self.killed[0], find_executors())
        beats, rows = recordings.read(self.folder / "out")
        self.assertEqual(sorted(recordings.list_beats(beats)), sorted(wanted))
        self.assertEqual(scanned, (COUNT, 1, len(wanted)))
        self.assertEqual(sorted(rows["path"].to_pylist()),
                         sorted(str(path) for path in (self.folder / "in").rglob("*.hea")))
        failed, = [row for row in rows.to_pylist() if row["error"]]
        self.assertEqual(failed["path"], str(cut))
        self.assertIn(failed["error"], errors)
        with self.assertRaisesRegex(frieze.Error, "out: error: expects a name that is free"):
            archive.scan(self.folder / "in", self.folder / "out", self.model,
                         engine=self.session)

    def test_scan_tables(self):
        """A table and a DataFrame are what they are for the local engine."""
        samples = recordings.read_shipped()[:20_000].astype(np.float32)
        table = pyarrow.table({"record": ["a", "b"], "rate": [360.0, 250.0],
                               "unit": ["mV", "mV"], "samples": [samples, samples]})
        path = self.folder / "samples.parquet"
        pyarrow.parquet.write_table(table, path)
        setting = "spark.sql.execution.arrow.maxRecordsPerBatch"
        before = self.session.conf.get(setting)
        tables = []
        for out, source, engine in (
                ("here", path, "local"), ("there", path, self.session),
                ("frame", self.session.read.parquet(str(path)), self.session)):
            archive.scan(source, self.folder / out, self.model, engine=engine)
            tables.append([table.sort_by([(name, "ascending") for name in table.schema.names
                                          if name in ("path", "sample")])
                           for table in recordings.read(self.folder / out)])
        self.assertGreater(len(tables[0][0]), 100)
        for other in tables[1:]:
            for first, second in zip(tables[0], other):
                self.assertEqual(first.to_pylist(), second.to_pylist())
        self.assertEqual(self.session.conf.get(setting), before)
        frame = self.session.read.parquet(str(path))
        with self.assertRaisesRegex(frieze.Error, "a: error: expects each recording once"):
            archive.scan(frame.union(frame).where("record = 'a'"), self.folder / "twice",
                         self.model, engine=self.session)
        with self.assertRaisesRegex(ValueError, "expects a SparkSession as the engine"):
            archive.scan(frame, self.folder / "twice", self.model)
        self.assertFalse((self.folder / "twice").exists())

    def test_score(self):
        """A DataFrame gives one with the scores beside the other columns."""
        windows = make_windows(3000)
        table = pyarrow.table({"id": range(3000), "window": make_lists(windows).cast(
            pyarrow.list_(pyarrow.float32()))})
        frame = self.session.createDataFrame(table).repartition(4)
        for _ in range(2):
            scored = archive.score(frame, self.model, column="window")
            self.assertEqual(scored.columns, ["id", "fc2"])
            scores = scored.toArrow().sort_by("id")
            self.assertEqual(scores["id"].to_pylist(), list(range(3000)))
            self.assertEqual(scores["fc2"].to_numpy().tolist(), self.model(windows)[:, 0].tolist())
        with self.assertRaisesRegex(ValueError, "got list<float64>; cast it to float32"):
            archive.score(frame.selectExpr("cast(window as array<double>) as ecg"), self.model)

    def test_score_lists(self):
        """Several numbers of an output are an array."""
        from support import MODELS, read_inputs

        model = frieze.compile(MODELS / "lenet5_bn.keras")
        inputs = read_inputs(MODELS / "lenet5_bn.keras")
        lists = make_lists(inputs).cast(pyarrow.list_(pyarrow.float32()))
        frame = self.session.createDataFrame(pyarrow.table({"image": lists})).coalesce(1)
        scores = archive.score(frame, model, column="image").toArrow()
        self.assertEqual(np.array(scores[model.outputs[0].name].to_pylist(),
                                  np.float32).tobytes(), model(inputs).tobytes())


if __name__ == "__main__":
    unittest.main()
