"""The beats of one recording, found by frieze-ecg in a process of its own."""
import os
import signal
import subprocess
import tempfile
from typing import Any, List, NamedTuple, Optional, Tuple

from .. import ecg
from .._diagnostics import Error
from ._recordings import MILLIVOLTS, Recording

# A process that something else ends is started again, so many times in all.
ATTEMPTS = 3


class Options(NamedTuple):
    """Those of frieze-ecg scan."""

    lead: Optional[str] = None
    rate: Optional[float] = None
    unit: Optional[str] = None
    gain: Optional[float] = None
    baseline: Optional[float] = None
    hop: int = 1
    level: str = "auto"
    place: str = "r-wave"
    logits: bool = False
    ignore_checksum: bool = False

    def complete(self, recording: Recording) -> Recording:
        """With the lead and the rate that it does not tell."""
        return recording._replace(
            lead=self.lead if recording.lead is None else recording.lead,
            rate=self.rate if recording.rate is None else recording.rate)

    def list_arguments(self, recording: Recording) -> List[str]:
        options = self._replace(lead=recording.lead, rate=recording.rate)
        if recording.samples is not None:
            # Samples of a table are written in millivolts.
            options = options._replace(unit="mV", gain=None, baseline=None)
        return ecg.list_arguments(options._asdict())


def make_schema() -> Any:
    """That of a row for each recording. The first columns are its own, and the others what
    frieze-ecg tells, in its names."""
    import pyarrow

    beat = pyarrow.struct([("sample", pyarrow.int64()), ("time_s", pyarrow.float64()),
                           ("score", pyarrow.float64())])
    gap = pyarrow.struct([("sample", pyarrow.int64()), ("samples", pyarrow.int64())])
    return pyarrow.schema([
        ("path", pyarrow.string()), ("error", pyarrow.string()),
        ("notes", pyarrow.list_(pyarrow.string())), ("record", pyarrow.string()),
        ("lead", pyarrow.string()), ("rate", pyarrow.float64()), ("samples", pyarrow.int64()),
        ("gaps", pyarrow.list_(gap)), ("beats", pyarrow.list_(beat))])


def read_beats(path: str) -> Any:
    """What frieze-ecg has written of one record, as a struct array."""
    import pyarrow
    import pyarrow.json

    fields = list(make_schema())[3:]
    schema = pyarrow.schema([("records", pyarrow.list_(pyarrow.struct(fields)))])
    # One object is one block.
    options = pyarrow.json.ReadOptions(use_threads=False, block_size=os.path.getsize(path) + 1)
    table = pyarrow.json.read_json(path, options, pyarrow.json.ParseOptions(
        schema, newlines_in_values=True, unexpected_field_behavior="error"))
    return table["records"].combine_chunks().flatten()


def write_samples(recording: Recording, path: str) -> None:
    """Writes the samples of a row as millivolts, which frieze-ecg reads; a null is a
    missing sample. Raises Error where the row lacks something."""
    import numpy as np
    import pyarrow

    if recording.rate is None or recording.unit not in MILLIVOLTS:
        raise Error(f"{recording.path}: error: expects a rate and one of the units "
                    f"{', '.join(MILLIVOLTS)}, but got {recording.rate} and "
                    f"{recording.unit!r}")
    samples = recording.samples.values
    if samples is None:
        raise Error(f"{recording.path}: error: expects samples, but got null")
    if not (pyarrow.types.is_integer(samples.type) or pyarrow.types.is_floating(samples.type)):
        raise Error(f"{recording.path}: error: expects samples that are numbers, but got "
                    f"{samples.type}")
    factor = MILLIVOLTS[recording.unit]
    if samples.null_count or factor != 1:
        samples = samples.cast(pyarrow.float64(), safe=False)
    values = samples.to_numpy(zero_copy_only=False)
    np.save(path, values if factor == 1 else (values * factor).astype(np.float32))


def run(command: List[str], folder: str) -> "Tuple[subprocess.CompletedProcess[str], str]":
    """Runs frieze-ecg with an output in a folder, again if something ends it. Each time has
    an output of its own, as it goes on with none that was cut off."""
    for attempt in range(ATTEMPTS):
        output = os.path.join(folder, f"beats-{attempt}.json")
        result = subprocess.run([*command[:2], "-o", output, *command[2:]],
                                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, errors="replace",
                                check=False)
        if result.returncode >= 0:
            break
    return result, output


def choose_errors(said: str) -> str:
    """The lines that are errors, among warnings and notes."""
    errors = [line for line in said.splitlines() if "error: " in line]
    return "\n".join(errors) or said


class Scanner:
    """Finds the beats of recordings, one after the other."""

    def __init__(self, model: str, options: Options):
        self.program = ecg.find_program()
        self.model = model
        self.options = options

    def scan(self, recording: Recording) -> Any:
        """A record batch with one row for the recording. What is wrong with it is its
        error."""
        import pyarrow

        schema = make_schema()
        recording = self.options.complete(recording)
        try:
            found, notes = self.find_beats(recording)
        except Error as error:
            return pyarrow.RecordBatch.from_pylist(
                [{"path": recording.path, "error": str(error)}], schema)
        # A row of a table is not called as the file that was written for it.
        name = found.field(0)[0].as_py() if recording.samples is None else recording.path
        own = pyarrow.RecordBatch.from_pylist(
            [{"path": recording.path, "notes": notes, "record": name}], schema)
        return pyarrow.RecordBatch.from_arrays(own.columns[:4] + found.flatten()[1:],
                                               schema=schema)

    def find_beats(self, recording: Recording) -> Tuple[Any, List[str]]:
        """What frieze-ecg writes of a recording, and the lines that it says."""
        with tempfile.TemporaryDirectory(prefix="frieze-") as folder:
            path = recording.path
            if recording.samples is not None:
                path = os.path.join(folder, "samples.npy")
                write_samples(recording, path)
            result, output = run([self.program, "scan", "--model", self.model, "--threads=1",
                                  *self.options.list_arguments(recording), "--", path], folder)
            said = result.stderr.strip()
            if recording.samples is not None:
                said = said.replace(path, recording.path)
            if result.returncode < 0:
                name = signal.Signals(-result.returncode).name
                raise Error(f"{recording.path}: error: frieze-ecg was ended by {name} "
                            f"{ATTEMPTS} times")
            if result.returncode:
                raise Error(choose_errors(said))
            return read_beats(output), said.splitlines()


def check(model: str, options: Options) -> None:
    """Raises Error where no recording could be scanned with these options: they or the
    classifier are wrong."""
    import numpy as np

    rate = 360 if options.rate is None else options.rate
    if options.unit is None and options.gain is None:
        options = options._replace(unit="mV")
    with tempfile.TemporaryDirectory(prefix="frieze-") as folder:
        path = os.path.join(folder, "trial.npy")
        # Of any rate that can be read, longer than a window.
        count = int(10 * rate) if 0 < rate < 1e6 else 100
        np.save(path, np.random.default_rng(1).standard_normal(count).astype(np.float32))
        try:
            Scanner(model, options).find_beats(Recording(path, rate=rate))
        except Error as error:
            # Of files that the caller knows nothing of.
            raise Error(str(error).replace(path, "trial").replace(model, "model")) from None
