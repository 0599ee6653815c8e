"""What a source has of recordings: files of a folder, a list, or rows of a table."""
import os
import re
from typing import Any, Dict, Iterable, Iterator, List, NamedTuple, Optional, Set, Tuple

from .._diagnostics import Error

# Files that are recordings by their names. Any other of a folder is none, as .dat and .atr
# of WFDB records, and notes; a list may name them.
EXTENSIONS = (".hea", ".edf", ".bdf", ".csv", ".npy", ".ecg", ".atc")
# The columns of a table of paths, and of one that has the samples itself.
PATHS = {"path", "lead", "rate"}
SAMPLES = {"record", "rate", "unit", "samples"}
MILLIVOLTS = {"V": 1e3, "mV": 1.0, "uV": 1e-3}


class Recording(NamedTuple):
    """A file, or a row of a table, which has samples (an Arrow list, or null) and a unit.
    `lead` and `rate` are those that its row tells."""

    path: str
    lead: Optional[str] = None
    rate: Optional[float] = None
    unit: Optional[str] = None
    samples: Any = None


def read_segments(header: str) -> List[str]:
    """The segments of a WFDB header with several, whose own headers are no recordings."""
    # Names are in any encoding.
    with open(header, encoding="latin-1") as file:
        lines = [line.split() for line in file if not line.startswith("#")]
    lines = [words for words in lines if words]
    match = re.fullmatch(r"[^/]+/(\d+)", lines[0][0]) if lines else None
    return [words[0] for words in lines[1:1 + int(match[1])]] if match else []


def is_parquet(name: str) -> bool:
    return name.lower().endswith(".parquet")


def is_recording(name: str) -> bool:
    """Whether a file of a folder is one by its name, packed or not."""
    return name.lower().removesuffix(".gz").endswith(EXTENSIONS)


def list_folder(folder: str) -> List[str]:
    """The recordings below a folder, sorted. A WFDB record is its header."""
    paths: List[str] = []
    segments: Set[str] = set()

    def fail(error: OSError) -> None:
        raise error

    for place, _, names in os.walk(folder, onerror=fail, followlinks=True):
        for name in names:
            path = os.path.join(place, name)
            if is_parquet(name):
                raise Error(f"{path}: error: expects a folder of recordings, but got Parquet "
                            "in it; name the folder of the table")
            if not is_recording(name):
                continue
            paths.append(path)
            if name.lower().endswith(".hea"):
                segments.update(os.path.join(place, f"{segment}.hea")
                                for segment in read_segments(path))
    return sorted(path for path in paths if path not in segments)


def is_table(source: Any) -> bool:
    """Whether a source is Parquet: by its name, or a folder with such files."""
    if not isinstance(source, str):
        return False
    if is_parquet(source.rstrip("/")) or not os.path.isdir(source):
        return is_parquet(source.rstrip("/"))
    names = os.listdir(source)
    if not any(map(is_parquet, names)):
        return False
    files = list(filter(is_recording, names))
    if files:
        raise Error(f"{source}: error: expects a folder of recordings or of Parquet, but got "
                    f"{min(files)} and {min(filter(is_parquet, names))}")
    return True


def has_samples(source: str, names: Iterable[str]) -> bool:
    """Whether a table has samples, and not paths."""
    names = set(names)
    if "path" in names and "samples" not in names:
        return False
    missing = sorted(SAMPLES - names)
    if "path" in names or missing:
        raise Error(f"{source}: error: expects the column path, or the columns record, rate, "
                    f"unit and samples, but got {', '.join(sorted(names)) or 'none'}")
    return True


def choose_columns(source: str, names: Iterable[str]) -> List[str]:
    """Those of a table that are read."""
    names = set(names)
    return sorted((SAMPLES if has_samples(source, names) else PATHS) & names)


def choose_key(columns: Iterable[str]) -> str:
    """The column that names recordings."""
    return "record" if "samples" in columns else "path"


def read_rows(batch: Any) -> Iterator[Recording]:
    """The recordings of a record batch of a table, whose samples stay in Arrow's memory."""
    names = batch.schema.names
    for index in range(batch.num_rows):
        row = {name: batch.column(name)[index] for name in names}
        samples = row.pop("samples", None)
        told = {name: value.as_py() for name, value in row.items()}
        rate = told.get("rate")
        yield Recording(told["path" if samples is None else "record"], told.get("lead"),
                        None if rate is None else float(rate), told.get("unit"), samples)


def check_names(names: Iterable[Optional[str]]) -> List[str]:
    """Refuses recordings without a name, and what would be scanned twice."""
    # In their order, which a dict keeps.
    seen: Dict[str, None] = {}
    for name in names:
        if name is None:
            raise Error("expects a name for every recording, but got null")
        if name in seen:
            raise Error(f"{name}: error: expects each recording once, but got it again")
        try:
            name.encode()
        except UnicodeEncodeError:
            raise Error(f"{name!r}: error: expects a name in UTF-8") from None
        seen[name] = None
    if not seen:
        raise Error("expects recordings, but got none")
    return list(seen)


def open_table(source: str) -> Tuple[Any, List[str]]:
    """A table as a pyarrow Dataset, and its columns that are read."""
    import pyarrow.dataset

    table = pyarrow.dataset.dataset(source, format="parquet")
    columns = choose_columns(source, table.schema.names)
    key = choose_key(columns)
    check_names(table.to_table(columns=[key])[key].to_pylist())
    return table, columns


def list_files(source: Any) -> List[str]:
    """The paths that a source other than a table lists."""
    if not isinstance(source, str):
        return check_names([os.fspath(path) for path in source])
    if not os.path.exists(source):
        raise Error(f"{source}: error: no such file or folder")
    if not os.path.isdir(source):
        return check_names([source])
    paths = list_folder(source)
    if not paths:
        raise Error(f"{source}: error: expects a folder with recordings "
                    f"({' '.join(EXTENSIONS)}) or Parquet files, but got none")
    return check_names(paths)
