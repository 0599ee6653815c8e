"""Archives scanned by processes of this machine."""
import os
import pathlib
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
import unittest
from unittest import mock

import numpy as np
import pyarrow
import pyarrow.parquet

import frieze
from frieze import archive
from support import ECG, MODELS
from processes import list_processes
import recordings


def find_children(name):
    """Processes of this program, below this one."""
    return [process for process, (program, _) in list_processes().items() if program == name]


class ScanTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory()
        cls.addClassCleanup(folder.cleanup)
        cls.folder = pathlib.Path(folder.name)
        cls.cut = recordings.make_archive(cls.folder / "in", 12)
        cls.model = frieze.compile(ECG)
        cls.wanted, cls.errors = recordings.scan_by_tool(frieze.ecg.find_program(),
                                                         cls.folder / "in")

    def scan(self, source, out="out", **options):
        """The tables of beats and recordings, and what was returned."""
        out = self.folder / out
        shutil.rmtree(out, ignore_errors=True)
        scanned = archive.scan(source, out, self.model, **options)
        self.assertEqual(sorted(os.listdir(out)), ["beats", "recordings"])
        return (*recordings.read(out), scanned)

    def test_folder(self):
        """Beats are those of frieze-ecg, and the recording that is cut has its error."""
        beats, rows, scanned = self.scan(self.folder / "in")
        self.assertEqual(recordings.list_beats(beats), self.wanted)
        self.assertGreater(len(self.wanted), 1000)
        self.assertEqual(scanned, (12, 1, len(self.wanted)))
        paths = sorted(str(path) for path in (self.folder / "in").rglob("*.hea"))
        self.assertEqual(rows["path"].to_pylist(), paths)
        by_path = {row["path"]: row for row in rows.to_pylist()}
        cut = by_path.pop(str(self.cut))
        self.assertIn(cut["error"], self.errors)
        self.assertTrue(cut["error"].startswith(str(self.cut.with_suffix(""))))
        self.assertIsNone(cut["beats"])
        for path, row in by_path.items():
            self.assertEqual((row["error"], row["record"], row["rate"], row["samples"],
                              row["gaps"], row["notes"]),
                             (None, pathlib.Path(path).stem, 360, recordings.LENGTH, [], []))
            self.assertEqual(row["beats"], beats["path"].to_pylist().count(path))

    def test_again(self):
        """The same again, byte for byte, with any number of processes."""
        files = []
        for out, processes in (("first", 1), ("second", 7)):
            self.scan(self.folder / "in", out, processes=processes)
            files.append([path.read_bytes() for path in
                          sorted((self.folder / out).rglob("*.parquet"))])
        self.assertEqual(files[0], files[1])
        self.assertEqual(len(files[0]), 2)

    def test_artefact(self):
        """A shared library is a classifier; what is none is told before the work."""
        library = self.folder / "ecg.so"
        self.model.save(library)
        archive.scan([self.cut.parent / "r001"], self.folder / "single", library)
        beats, _ = recordings.read(self.folder / "single")
        self.assertEqual(recordings.list_beats(beats),
                         [row for row in self.wanted if row[0] == "r001"])
        frieze.compile(MODELS / "lenet5_bn.keras").save(library)
        with self.assertRaisesRegex(frieze.Error, "^model: error: expects"):
            archive.scan(self.folder / "in", self.folder / "none", library)
        with self.assertRaisesRegex(frieze.Error, "^trial: error: expects the sampling rate"):
            archive.scan(self.folder / "in", self.folder / "none", self.model, rate=5)

    def test_killed(self):
        """A process that something ends is started again."""
        long = self.folder / "long.npy"
        np.save(long, np.tile(recordings.read_shipped(), 100).astype(np.float32))
        wanted, _, _ = self.scan([long], rate=360, unit="mV")
        killed = []

        def kill():
            deadline = time.monotonic() + 60
            while not killed and time.monotonic() < deadline:
                # Not the trial of the options, which is short.
                killed.extend(find_children("frieze-ecg")[:1])
                time.sleep(0.005)
            os.kill(killed[0], signal.SIGKILL)

        with mock.patch("frieze.archive._beats.check"):
            thread = threading.Thread(target=kill)
            thread.start()
            beats, rows, _ = self.scan([long], rate=360, unit="mV")
            thread.join()
        self.assertEqual(len(killed), 1)
        self.assertEqual(rows["error"].to_pylist(), [None])
        self.assertEqual(beats, wanted)

    def test_always_killed(self):
        """A recording that ends each process is a row, and the others are scanned."""
        program = self.folder / "program"
        program.write_text('#!/bin/sh\ncase "$*" in *r003.hea) kill -SEGV $$;; esac\n'
                           f'exec {frieze.ecg.find_program()} "$@"\n', encoding="utf-8")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        with mock.patch("frieze.ecg.find_program", return_value=str(program)):
            beats, rows, scanned = self.scan(self.folder / "in")
        self.assertEqual(scanned[:2], (12, 2))
        self.assertRegex([error for error in rows["error"].to_pylist() if error][0],
                         "/r003.hea: error: frieze-ecg was ended by SIGSEGV 3 times$")
        self.assertEqual(recordings.list_beats(beats),
                         [row for row in self.wanted if row[0] != "r003"])

    def test_formats(self):
        """What frieze-ecg reads, with what it says of it; other files of a folder are none."""
        folder = self.folder / "formats" / "deep"
        folder.mkdir(parents=True)
        samples = recordings.read_shipped()[:20_000]
        np.save(folder / "b.npy", samples)
        header = "time_s,II\n"
        (folder / "a.CSV").write_text(
            header + "".join(f"{index / 250:.3f},{value:.3f}\n"
                             for index, value in enumerate(samples)), encoding="utf-8")
        samples[5000:5400] = np.nan
        np.save(folder / "gap.npy", samples)
        for name in ("notes.txt", "a.atr", "README"):
            (folder / name).write_text("nothing", encoding="utf-8")
        _, rows, scanned = self.scan(self.folder / "formats", rate=360, unit="mV", hop=4,
                                     level="off")
        self.assertEqual(scanned[:2], (3, 1))
        found = {row["record"] or pathlib.Path(row["path"]).stem: row for row in rows.to_pylist()}
        self.assertEqual(sorted(found), ["a", "b", "gap"])
        self.assertRegex(found["a"]["error"], "a.CSV: error: .*not fit a sampling rate of 360 Hz")
        self.assertEqual(found["gap"]["gaps"], [{"sample": 5000, "samples": 400}])
        self.assertRegex(" ".join(found["gap"]["notes"]), "gap")
        self.assertGreater(found["b"]["beats"], found["gap"]["beats"])

    def test_segments(self):
        """Segments are a part of their record, and no recordings."""
        folder = self.folder / "segments"
        for name in ("night_0001", "night_0002", "alone"):
            recordings.write_wfdb(folder / name, recordings.read_shipped()[:20_000])
        (folder / "night.hea").write_text(
            "# A night\nnight/3 1 360 40100\nnight_0001 20000\n~ 100\nnight_0002 20000\n",
            encoding="utf-8")
        _, rows, _ = self.scan(folder)
        self.assertEqual(rows["record"].to_pylist(), ["alone", "night"])
        self.assertEqual(rows["samples"].to_pylist(), [20_000, 40_100])

    def test_table_of_paths(self):
        """Rows of a table tell path, lead and rate."""
        folder = self.folder / "table.parquet"
        folder.mkdir()
        samples = recordings.read_shipped()[:20_000]
        np.save(self.folder / "two.npy", np.stack([np.zeros(20_000), samples], axis=1))
        np.save(self.folder / "one.npy", samples)
        paths = [str(self.folder / "two.npy"), str(self.folder / "one.npy"),
                 str(self.folder / "in" / "00" / "r001")]
        table = pyarrow.table({"path": paths, "lead": ["1", None, None],
                               "rate": [360.0, None, None], "patient": [1, 2, 3]})
        pyarrow.parquet.write_table(table, folder / "part-0.parquet")
        beats, rows, scanned = self.scan(folder, rate=360, unit="mV")
        self.assertEqual(scanned[:2], (3, 0))
        self.assertEqual(rows["path"].to_pylist(), paths)
        by_record = {name: [row[1:] for row in recordings.list_beats(beats) if row[0] == name]
                     for name in ("one", "two", "r001")}
        self.assertEqual(by_record["one"], by_record["two"])
        self.assertEqual(by_record["r001"], [row[1:] for row in self.wanted if row[0] == "r001"])
        self.assertGreater(len(by_record["one"]), 50)

    def test_table_of_samples(self):
        """Recordings in rows, in any unit and type, are those in files."""
        samples = recordings.read_shipped()[:20_000].astype(np.float32)
        holes = samples.copy()
        holes[5000:5400] = np.nan
        np.save(self.folder / "file.npy", holes)
        units = [("mV", 1), ("uV", 1e3), ("V", 1e-3)]
        table = pyarrow.concat_tables(
            [pyarrow.table({"record": [f"night 1, {unit}"], "rate": [360.0], "unit": [unit],
                            "samples": pyarrow.array([samples.astype(np.float64) * factor],
                                                     pyarrow.list_(pyarrow.float64()))})
             for unit, factor in units]
            + [pyarrow.table({"record": ["holes", "no unit", "no rate", "none", "empty"],
                              "rate": [360.0, 360, None, 360, 360],
                              "unit": ["mV", "mmHg", "mV", "mV", "mV"],
                              "samples": pyarrow.array(
                                  [[None if np.isnan(value) else value for value in holes],
                                   samples, samples, None, []],
                                                       pyarrow.list_(pyarrow.float64()))})])
        pyarrow.parquet.write_table(table, self.folder / "samples.parquet", row_group_size=2)
        beats, rows, scanned = self.scan(self.folder / "samples.parquet")
        errors = dict(zip(rows["path"].to_pylist(), rows["error"].to_pylist()))
        self.assertEqual(errors.pop("no unit"), "no unit: error: expects a rate and one of the "
                         "units V, mV, uV, but got 360.0 and 'mmHg'")
        self.assertRegex(errors.pop("no rate"), "expects a rate .* but got None and 'mV'$")
        self.assertEqual(errors.pop("none"), "none: error: expects samples, but got null")
        self.assertEqual(errors.pop("empty"), "empty: error: the recording has no samples")
        self.assertEqual(set(errors.values()), {None})
        self.assertEqual(scanned[:2], (8, 4))
        by_record = {name: [row[1:] for row in recordings.list_beats(beats) if row[0] == name]
                     for name in errors}
        self.assertEqual(by_record["night 1, uV"], by_record["night 1, mV"])
        self.assertEqual(by_record["night 1, V"], by_record["night 1, mV"])
        wanted = frieze.ecg.scan(self.folder / "file.npy", self.model, rate=360, unit="mV")
        self.assertEqual(by_record["holes"],
                         [tuple(row) for row in wanted[["sample", "time_s", "score"]].tolist()])

    def test_refused(self):
        """What concerns no single recording is an error, and nothing is written."""
        def check(pattern, source, kind=frieze.Error, **options):
            with self.assertRaisesRegex(kind, pattern):
                self.scan(source, "refused", **options)
            self.assertEqual([name for name in os.listdir(self.folder) if "refused" in name], [])

        source = self.folder / "in"
        check("--hop: error: expects a number", source, hop=1000)
        check("--level", source, level="loud")
        check("--rate: error: expects a positive number", source, rate=-1)
        check("--unit: error: expects mV, uV or V, but got 'kg'", source, unit="kg")
        check("--baseline: error: expects --gain beside it", source, baseline=5)
        check("expects processes to be 1 or more", source, ValueError, processes=0)
        check("expects engine to be 'local', 'ray' or a SparkSession, but got 'dask'", source,
              ValueError, engine="dask")
        check("expects processes for the engine 'local' alone", source, ValueError, engine="ray",
              processes=2)
        check("nowhere: error: no such file or folder", self.folder / "nowhere")
        check("expects each recording once, but got it again", [source / "a", source / "a"])
        check("expects recordings, but got none", [])
        empty = self.folder / "empty"
        empty.mkdir()
        check("empty: error: expects a folder with recordings", empty)
        both = self.folder / "both"
        recordings.write_wfdb(both / "r", np.zeros(1000))
        (both / "t.parquet").touch()
        check("both: error: expects a folder of recordings or of Parquet, but got r.hea and "
              "t.parquet", both)
        (both / "deep").mkdir()
        (both / "t.parquet").rename(both / "deep" / "t.parquet")
        check("deep/t.parquet: error: expects a folder of recordings, but got Parquet", both)
        odd = self.folder / "odd"
        odd.mkdir()
        os.close(os.open(os.fsencode(odd) + b"/\xff.npy", os.O_CREAT))
        check(r"odd/.udcff.npy': error: expects a name in UTF-8", odd)
        for columns in (["path", "record", "rate", "unit", "samples"], ["record", "samples"],
                        ["name"]):
            path = self.folder / "columns.parquet"
            pyarrow.parquet.write_table(pyarrow.table({name: [] for name in columns}), path)
            check(f"columns.parquet: error: expects the column path, or the columns record, "
                  f"rate, unit and samples, but got {', '.join(sorted(columns))}", path)
        pyarrow.parquet.write_table(pyarrow.table({"path": pyarrow.array([None], "string")}),
                                    path)
        check("expects a name for every recording, but got null", path)

    def test_existing_output(self):
        """Nothing is written over, and what breaks off leaves nothing."""
        with self.assertRaisesRegex(frieze.Error, "in: error: expects a name that is free"):
            archive.scan(self.folder / "in", self.folder / "in", self.model)
        out = self.folder / "broken"
        with mock.patch("frieze.archive._beats.read_beats", side_effect=[RuntimeError("full")]), \
                mock.patch("frieze.archive._beats.check"), self.assertRaises(RuntimeError):
            archive.scan(self.folder / "in", out, self.model)
        self.assertEqual([name for name in os.listdir(self.folder) if "broken" in name], [])


class ImportTest(unittest.TestCase):
    def test_nothing_is_imported(self):
        """Engines and pyarrow stay where they are."""
        code = ("import sys, frieze.archive; print(*(name for name in "
                "('pyarrow', 'pyspark', 'ray', 'pandas') if name in sys.modules))")
        printed = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True,
                                 check=True).stdout
        self.assertEqual(printed, "\n")


if __name__ == "__main__":
    unittest.main()
