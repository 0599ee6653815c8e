"""Scoring and scanning on the workers of Ray."""
import os
import tempfile
from typing import Any, Dict, Iterator

from . import _recordings, _worker
from ._beats import Options, Scanner

# Recordings are a task each, up to so many.
MOST_TASKS = 10_000


def score(data: Any, scorer: str, model: bytes, columns: Dict[str, str]) -> Any:
    from ray import cloudpickle
    from ray.data import ActorPoolStrategy

    # Workers get the module itself, and need not have the package.
    cloudpickle.register_pickle_by_value(_worker)
    with open(scorer, "rb") as file:
        library = file.read()
    return data.map_batches(_worker.RayScorer, batch_format="pyarrow", zero_copy_batch=True,
                            fn_constructor_args=(library, model, columns),
                            # As many as there are cores for; more than one to begin with
                            # could take those of the tasks that they wait for.
                            compute=ActorPoolStrategy(min_size=1))


def scan_block(table: Any, model: bytes, options: Options) -> Any:
    """Scans the recordings of a block."""
    import pyarrow

    with tempfile.TemporaryDirectory(prefix="frieze-") as folder:
        path = os.path.join(folder, "model.so")
        with open(path, "wb") as file:
            file.write(model)
        scanner = Scanner(path, options)
        return pyarrow.Table.from_batches(
            [scanner.scan(recording) for batch in table.to_batches()
             for recording in _recordings.read_rows(batch)])


def scan(source: Any, model: bytes, options: Options) -> Iterator[Any]:
    """Record batches with a row for each recording, in their order."""
    import pyarrow
    import ray.data

    if _recordings.is_table(source):
        table, columns = _recordings.open_table(source)
        if "samples" in columns:
            rows = ray.data.read_parquet(source).select_columns(columns)
        else:
            rows = ray.data.from_arrow(table.to_table(columns=columns))
        count = table.count_rows()
    else:
        # Workers have folders of their own.
        paths = [os.path.abspath(path) for path in _recordings.list_files(source)]
        rows = ray.data.from_arrow(pyarrow.table({"path": paths}))
        count = len(paths)
    rows = rows.repartition(min(count, MOST_TASKS)).map_batches(
        scan_block, batch_size=None, batch_format="pyarrow", zero_copy_batch=True,
        fn_kwargs={"model": model, "options": options})
    rows.context.execution_options.preserve_order = True
    for block in rows.iter_batches(batch_size=None, batch_format="pyarrow"):
        yield from block.to_batches()
