"""Windows of a table to scores, in this process or by an engine."""
import functools
import os
from typing import Any, Dict, Iterator, Optional, Tuple, Union

from .. import _model
from .._diagnostics import Error
from .._sources import is_a
from . import _packages, _pool, _worker
from ._artefact import make_artefact

# Rows that a thread scores at once.
CHUNK = 8192


def find_scorer() -> str:
    """The library that scores record batches, of the package."""
    path = os.path.join(os.path.dirname(os.path.dirname(__file__)), "libfrieze_arrow.so")
    if not os.path.exists(path):
        raise Error("expects libfrieze_arrow.so in the package, but found none; it is built "
                    "and installed with it")
    return path


def choose_columns(model: _model.Model,
                   column: Union[str, Dict[str, str], None]) -> Dict[str, str]:
    """The column of each input."""
    inputs = [tensor.name for tensor in model.inputs]
    if column is None:
        return {name: name for name in inputs}
    if isinstance(column, str):
        if len(inputs) != 1:
            raise ValueError(f"expects a dict with a column for each of the inputs "
                             f"{', '.join(map(repr, inputs))}, but got '{column}'")
        return {inputs[0]: column}
    if sorted(column) != sorted(inputs):
        raise ValueError(f"expects a column for each of the inputs "
                         f"{', '.join(map(repr, inputs))}, but got {sorted(column)}")
    return dict(column)


def slice_batches(batches: Any) -> Iterator[Tuple[int, Any]]:
    """Batches of few rows, each with the row of all that it begins with."""
    before = 0
    for batch in batches:
        for first in range(0, batch.num_rows, CHUNK):
            yield before + first, batch.slice(first, CHUNK)
        before += batch.num_rows


def score_batches(scorer: _worker.Scorer, batches: Any, threads: int) -> Iterator[Any]:
    """Scores batches in their order, on several threads."""
    def work(row: int, batch: Any) -> Any:
        try:
            return scorer(batch)
        except ValueError as error:
            raise ValueError(f"from row {row} on: {error}") from None

    return _pool.run((functools.partial(work, row, batch)
                      for row, batch in slice_batches(batches)), threads)


def score_here(data: Any, scorer: _worker.Scorer, threads: int) -> Any:
    import pyarrow
    import pyarrow.dataset

    if isinstance(data, (str, os.PathLike)):
        data = pyarrow.dataset.dataset(os.fspath(data), format="parquet")
    if isinstance(data, pyarrow.RecordBatch):
        data = pyarrow.Table.from_batches([data])
    # Types that do not fit are told before anything is computed.
    schema = scorer(_worker.make_empty(data.schema)).schema
    batches = data if isinstance(data, pyarrow.RecordBatchReader) else data.to_batches()
    scored = score_batches(scorer, batches, threads)
    if isinstance(data, pyarrow.Table):
        return pyarrow.Table.from_batches(scored, schema)
    return pyarrow.RecordBatchReader.from_batches(schema, scored)


def score(data: Any, model: Any, *, column: Union[str, Dict[str, str], None] = None,
          threads: Optional[int] = None) -> Any:
    """Scores every row of a table with a model.

    `data` tells where that happens. A pyarrow Table or RecordBatch gives a Table, and a
    pyarrow Dataset, a RecordBatchReader or the path of Parquet files a RecordBatchReader,
    which scores while it is read: in this process, on `threads`, by default as many as it
    may use. A Spark DataFrame gives a DataFrame (mapInArrow) and a Ray Dataset a Dataset
    (map_batches): on their workers, which need pyarrow and nothing of frieze.

    `model` is a Model that was compiled here, a model file, or a shared library that Frieze
    wrote. Its input is the `column` of that name, or with several a dict of them by input;
    without `column`, inputs have columns of their names. Columns are float32, or lists of
    float32 with the numbers of a sample, flat in row-major order or nested; other types
    are an error, as nothing is rounded. A null row has null scores.

    The result has the other columns, and one for each output: float32, or a list where it
    has several numbers. Raises ValueError for columns that do not fit.
    """
    _packages.require("pyarrow", "archive")
    library = make_artefact(model)
    columns = choose_columns(_model.load(library), column)
    is_spark, is_ray = is_a(data, "pyspark", "DataFrame"), is_a(data, "ray", "Dataset")
    if threads is not None and (is_spark or is_ray):
        raise ValueError("expects threads for data of this process alone; engines have as many "
                         "as their workers have cores")
    if is_spark:
        from . import _spark

        return _spark.score(data, find_scorer(), library, columns)
    if is_ray:
        from . import _ray

        return _ray.score(data, find_scorer(), library, columns)
    kinds = ("Table", "RecordBatch", "RecordBatchReader", "Dataset")
    if not isinstance(data, (str, os.PathLike)) and \
            not any(is_a(data, "pyarrow", kind) for kind in kinds):
        raise TypeError("expects a table, batch, reader or dataset of pyarrow, a path of "
                        "Parquet files, a DataFrame of Spark or a Dataset of Ray, but got "
                        f"{type(data).__name__}")
    return score_here(data, _worker.Scorer(find_scorer(), library, columns),
                      _pool.count_threads(threads, "threads"))
