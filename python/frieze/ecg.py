"""Beats of ECG recordings, found by frieze-ecg with a compiled classifier."""
import csv
import io
import os
import shutil
import subprocess
import tempfile
import warnings
from typing import Any, Iterable, List, Mapping, Optional, Union

import numpy as np

from ._diagnostics import CompileError, Error
from ._model import Model, compile, list_options  # pylint: disable=redefined-builtin

Path = Union[str, "os.PathLike[str]"]


def find_program() -> str:
    """The frieze-ecg of the package, or else that of the search path."""
    packaged = os.path.join(os.path.dirname(__file__), "bin", "frieze-ecg")
    program = packaged if os.access(packaged, os.X_OK) else shutil.which("frieze-ecg")
    if not program:
        raise Error("expects frieze-ecg in the package or on PATH, but found none; it is "
                    "built and installed with Frieze's tools")
    return program


def make_library(model: Union[Model, Path], hop: int) -> bytes:
    """The classifier as a shared library, whose windows share their work if they can."""
    if not isinstance(model, Model):
        model = compile(model)
    compilation = model._get_compilation()  # pylint: disable=protected-access
    try:
        return compilation.again(stream_hop=hop).emit("shared")
    except CompileError:
        return compilation.emit("shared")


def list_arguments(options: Mapping[str, Any]) -> List[str]:
    """The arguments of frieze-ecg scan, of options of `scan`."""
    return [f"--{name}={value}" for name, value in list_options(options)]


def scan(records: Union[Path, Iterable[Path]], model: Union[Model, Path, None] = None, *,
         lead: Union[str, int, None] = None, rate: Optional[float] = None,
         unit: Optional[str] = None, gain: Optional[float] = None,
         baseline: Optional[float] = None, hop: int = 1, level: str = "auto",
         place: str = "r-wave", logits: bool = False, ignore_checksum: bool = False,
         threads: Optional[int] = None) -> np.ndarray:
    """Finds the beats of recordings, which are one path or several: the name or the header
    of a WFDB record, EDF, EDF+, BDF, CSV, NPY, ISHNE, ATC, or a folder of these.

    `model` is the classifier, compiled or a file; without it, the one that comes with
    frieze-ecg. Options are those of frieze-ecg scan:
    the `lead` by name or number; of recordings that do not tell them, the sampling `rate`
    in Hz and the `unit` ("mV", "uV" or "V"), or the `gain` of a converter in units a
    millivolt and its `baseline`, the number at 0 mV; the `hop` of scores, the `level` taken
    out of a recording ("auto" or "off"), whether a beat's place is its "r-wave" or where the
    classifier's "score" is highest, whether the classifier gives `logits`,
    `ignore_checksum`, and `threads`.

    Returns an array with a row for each beat and the fields `record`, `sample`, `time_s`
    and `score`. What frieze-ecg warns of becomes a warning, and its error an Error.
    """
    paths: List[Path] = ([records] if isinstance(records, (str, os.PathLike)) else list(records))
    arguments = list_arguments({
        "lead": lead, "rate": rate, "unit": unit, "gain": gain, "baseline": baseline, "hop": hop,
        "level": level, "place": place, "logits": logits, "ignore_checksum": ignore_checksum,
        "threads": threads})
    program = find_program()
    with tempfile.TemporaryDirectory() as folder:
        if model is not None:
            library = os.path.join(folder, "model.so")
            with open(library, "wb") as file:
                file.write(make_library(model, hop))
            arguments.append(f"--model={library}")
        result = subprocess.run(
            [program, "scan", *arguments, "--",
             *(os.fspath(path) for path in paths)],
            stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
    if result.returncode:
        raise Error(result.stderr.strip())
    for line in result.stderr.splitlines():
        if "warning: " in line:
            warnings.warn(line, stacklevel=2)
    rows = [(row["record"], int(row["sample"]), float(row["time_s"]), float(row["score"]))
            for row in csv.DictReader(io.StringIO(result.stdout))]
    width = max((len(row[0]) for row in rows), default=1)
    return np.array(rows, dtype=[("record", f"U{width}"), ("sample", np.int64),
                                 ("time_s", np.float64), ("score", np.float64)])
