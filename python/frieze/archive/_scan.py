"""An archive of recordings to a dataset of beats."""
import functools
import os
import tempfile
from typing import Any, Iterator, Optional, Union

from .._sources import is_a
from . import _beats, _output, _packages, _pool, _recordings
from ._artefact import make_artefact


def scan_here(source: Any, scanner: _beats.Scanner, processes: int) -> Iterator[Any]:
    """Record batches with a row for each recording, in their order. A thread waits for each
    process of frieze-ecg."""
    recordings: Iterator[_recordings.Recording]
    ahead = 16
    if _recordings.is_table(source):
        table, columns = _recordings.open_table(source)
        # A day of samples is large, so few are read before they are scanned.
        size, ahead = (1, 2) if "samples" in columns else (1000, ahead)
        batches = table.to_batches(columns=columns, batch_size=size, batch_readahead=1,
                                   fragment_readahead=1)
        recordings = (recording for batch in batches
                      for recording in _recordings.read_rows(batch))
    else:
        recordings = map(_recordings.Recording, _recordings.list_files(source))
    return _pool.run((functools.partial(scanner.scan, recording) for recording in recordings),
                     processes, ahead)


def scan(source: Any, out: Union[str, "os.PathLike[str]"], model: Any, *, engine: Any = "local",
         processes: Optional[int] = None, lead: Union[str, int, None] = None,
         rate: Optional[float] = None, unit: Optional[str] = None, gain: Optional[float] = None,
         baseline: Optional[float] = None, hop: int = 1, level: str = "auto",
         place: str = "r-wave", logits: bool = False,
         ignore_checksum: bool = False) -> _output.Scanned:
    """Finds the beats of an archive of recordings, each in a task of its own.

    `source` is a folder, with all below it; a list of paths; the Parquet files of a table
    with the column `path`, and where it is told `lead` and `rate` (Hz); or those of a table
    with the recordings themselves: `record`, `rate`, `unit` (V, mV or uV), and `samples` (a
    list of numbers, null where one is missing). Files are those that frieze-ecg reads; of a
    folder, .hea, .edf, .bdf, .csv, .npy, .ecg and .atc, packed (.gz) or not.

    `model` is the classifier: compiled, a file, or a shared library that Frieze wrote; the
    other options are those of ecg.scan. `engine` is "local", with so many `processes` at
    once, by default as many as this process may run on; a SparkSession, for which `source`
    may be a DataFrame; or "ray". Workers of both need frieze and pyarrow, and see the same
    files.

    Writes Parquet to OUT/beats, with `path`, `record`, `sample`, `time_s` and `score` of each
    beat, and to OUT/recordings, with a row for each recording: `path`, `error`, `notes`,
    `record`, `lead`, `rate`, `samples`, `gaps` and how many `beats`. A recording that fails
    is a row with its error, and the others are scanned. OUT appears when it is complete;
    with Spark, OUT/recordings does, and is written last.

    Returns the numbers of recordings, failed ones and beats. Raises Error for what concerns
    no single recording: options, the classifier, the source, or an OUT that exists.
    """
    _packages.require("pyarrow", "archive")
    options = _beats.Options(None if lead is None else str(lead), rate, unit, gain, baseline, hop,
                             level, place, logits, ignore_checksum)
    is_spark = is_a(engine, "pyspark", "SparkSession")
    if not is_spark and engine not in ("local", "ray"):
        raise ValueError(f"expects engine to be 'local', 'ray' or a SparkSession, but got "
                         f"{engine!r}")
    if processes is not None and engine != "local":
        raise ValueError("expects processes for the engine 'local' alone; others have as many "
                         "as their workers have cores")
    if is_a(source, "pyspark", "DataFrame") and not is_spark:
        raise ValueError("expects a SparkSession as the engine of a DataFrame")
    if isinstance(source, os.PathLike):
        source = os.fspath(source)
    out = os.fspath(out)
    library = make_artefact(model, hop)
    with tempfile.TemporaryDirectory(prefix="frieze-") as folder:
        path = os.path.join(folder, "model.so")
        with open(path, "wb") as file:
            file.write(library)
        _beats.check(path, options)
        if is_spark:
            from . import _spark

            return _spark.scan(engine, source, out, library, options)
        _output.check_free(out)
        if engine == "ray":
            _packages.require("ray", "ray")
            from . import _ray

            return _output.write(out, _ray.scan(source, library, options))
        scanner = _beats.Scanner(path, options)
        return _output.write(out, scan_here(source, scanner,
                                            _pool.count_threads(processes, "processes")))
