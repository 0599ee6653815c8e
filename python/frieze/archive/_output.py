"""Rows of recordings to datasets of beats and recordings, which appear whole."""
import os
import shutil
import uuid
from typing import Any, Dict, Iterable, List, NamedTuple

from .._diagnostics import Error
from ._beats import make_schema

# Rows of a row group.
GROUP = 1 << 20


class Scanned(NamedTuple):
    """What was found: recordings, how many of them failed, and beats."""

    recordings: int
    failed: int
    beats: int


def check_free(out: str) -> None:
    if os.path.lexists(out):
        raise Error(f"{out}: error: expects a name that is free, but there is one already")


def take_beats(rows: Any) -> Any:
    """A table with a row for each beat, of one with a row for each recording."""
    import pyarrow
    import pyarrow.compute

    beats = rows["beats"].combine_chunks()
    places = pyarrow.compute.list_parent_indices(beats)
    columns = {name: rows[name].take(places) for name in ("path", "record")}
    values = pyarrow.compute.list_flatten(beats)
    return pyarrow.table({**columns, **{field.name: values.field(field.name)
                                        for field in values.type}})


def take_recordings(rows: Any) -> Any:
    """The same table with the number of beats in their place."""
    import pyarrow
    import pyarrow.compute

    count = pyarrow.compute.list_value_length(rows["beats"]).cast(pyarrow.int64())
    return rows.set_column(rows.schema.get_field_index("beats"), "beats", count)


class Dataset:
    """A folder with one Parquet file, written in row groups."""

    def __init__(self, folder: str):
        self.path = os.path.join(folder, "part-00000.parquet")
        self.waiting: List[Any] = []
        self.waiting_rows = 0
        self.writer: Any = None
        self.rows = 0
        os.makedirs(folder)

    def add(self, table: Any) -> None:
        self.waiting.append(table)
        self.waiting_rows += table.num_rows
        self.rows += table.num_rows
        if self.waiting_rows >= GROUP:
            self.flush()

    def flush(self) -> None:
        import pyarrow
        import pyarrow.parquet

        table = pyarrow.concat_tables(self.waiting)
        if not self.writer:
            self.writer = pyarrow.parquet.ParquetWriter(self.path, table.schema)
        self.writer.write_table(table)
        self.waiting, self.waiting_rows = [], 0

    def close(self) -> None:
        if self.waiting:
            self.flush()
        if self.writer:
            self.writer.close()


def write(out: str, batches: Iterable[Any]) -> Scanned:
    """Writes record batches with a row for each recording to OUT/beats and OUT/recordings.
    OUT appears when all of them are there."""
    import pyarrow

    part = f"{os.path.normpath(out)}.part-{uuid.uuid4().hex}"
    try:
        os.makedirs(part)
        datasets: Dict[str, Dataset] = {name: Dataset(os.path.join(part, name))
                                        for name in ("beats", "recordings")}
        failed = 0
        for batch in batches:
            rows = pyarrow.Table.from_batches([batch], make_schema())
            failed += rows.num_rows - rows["error"].null_count
            datasets["beats"].add(take_beats(rows))
            datasets["recordings"].add(take_recordings(rows))
        for dataset in datasets.values():
            dataset.close()
        check_free(out)
        os.rename(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return Scanned(datasets["recordings"].rows, failed, datasets["beats"].rows)
