"""Scoring and scanning on the workers of Spark."""
import atexit
import functools
import hashlib
import os
import shutil
import tempfile
from typing import Any, Dict, Iterable, Iterator, Tuple

from .._diagnostics import Error
from .._sources import is_a
from . import _recordings, _worker
from ._beats import Options, Scanner, make_schema
from ._output import Scanned

# Recordings are a task each, up to so many: a driver keeps an eye on every task.
MOST_TASKS = 10_000
# Tasks whose beats are one file.
TASKS_OF_A_FILE = 100


@functools.lru_cache(maxsize=None)
def make_folder() -> str:
    """A folder of this process, which is there as long: workers that start later ask for
    what is in it, too."""
    folder = tempfile.mkdtemp(prefix="frieze-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def ship(session: Any, data: bytes) -> str:
    """Has Spark bring a library to its workers; SparkFiles.get finds it there by its name,
    which tells what is in it."""
    path = os.path.join(make_folder(), f"frieze-{hashlib.sha256(data).hexdigest()[:24]}.so")
    with open(path, "wb") as file:
        file.write(data)
    session.addArtifacts(path, file=True)
    return os.path.basename(path)


def score(data: Any, scorer: str, model: bytes, columns: Dict[str, str]) -> Any:
    import pyarrow
    from pyspark import cloudpickle
    from pyspark.sql import types

    # Columns that do not fit are told before anything is computed.
    here = _worker.Scorer(scorer, model, columns)
    scored = here(_worker.make_empty(data.limit(0).toArrow().schema))
    # Workers get the module itself, and need not have the package.
    cloudpickle.register_pickle_by_value(_worker)
    with open(scorer, "rb") as file:
        names = [ship(data.sparkSession, library) for library in (file.read(), model)]
    fields = [field for field in data.schema.fields if field.name not in columns.values()]
    for output in list(scored.schema)[len(fields):]:
        is_list = pyarrow.types.is_fixed_size_list(output.type)
        kind = types.ArrayType(types.FloatType()) if is_list else types.FloatType()
        fields.append(types.StructField(output.name, kind))
    return data.mapInArrow(_worker.SparkScorer(*names, columns), types.StructType(fields))


class SparkScanner:
    """Scans the recordings of a partition, with a classifier that Spark has brought along."""

    def __init__(self, model: str, options: Options):
        self.model = model
        self.options = options

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        from pyspark import SparkFiles

        scanner = Scanner(SparkFiles.get(self.model), self.options)
        for batch in batches:
            for recording in _recordings.read_rows(batch):
                yield scanner.scan(recording)


def describe(kind: Any) -> str:
    """A type of Arrow as Spark spells it."""
    import pyarrow

    if pyarrow.types.is_list(kind):
        return f"array<{describe(kind.value_type)}>"
    if pyarrow.types.is_struct(kind):
        return f"struct<{','.join(f'{field.name}:{describe(field.type)}' for field in kind)}>"
    return {pyarrow.int64(): "bigint", pyarrow.float64(): "double",
            pyarrow.string(): "string"}[kind]


def check_free(session: Any, out: str) -> None:
    from pyspark.errors import AnalysisException

    # As a pattern: of a name that it does not find, Spark logs a page of warnings.
    path = out.rstrip("/")
    pattern = f"{path[:-1]}[{path[-1]}]" if path[-1:].isalnum() else path
    try:
        session.read.text(pattern)
    except AnalysisException as error:
        if error.getCondition() == "PATH_NOT_FOUND":
            return
        raise
    raise Error(f"{out}: error: expects a name that is free, but there is one already")


def check_table(table: Any, key: str) -> int:
    """The rows of a table, each of which has another name."""
    from pyspark.sql import functions

    count, most, name, unnamed = table.groupBy(key).count().agg(
        functions.sum("count"), functions.max("count"), functions.max_by(key, "count"),
        functions.count_if(functions.col(key).isNull())).first()
    if not count:
        raise Error("expects recordings, but got none")
    if unnamed:
        raise Error("expects a name for every recording, but got null")
    if most > 1:
        raise Error(f"{name}: error: expects each recording once, but got it {most} times")
    return count


def read(session: Any, source: Any) -> Tuple[Any, int]:
    """A DataFrame with a row for each recording, in partitions that are a task each, and how
    many these are."""
    if _recordings.is_table(source):
        source = session.read.parquet(source)
    if is_a(source, "pyspark", "DataFrame"):
        columns = _recordings.choose_columns("table", source.columns)
        table = source.select(*columns)
        count = check_table(table, _recordings.choose_key(columns))
    else:
        # Workers have folders of their own.
        paths = [os.path.abspath(path) for path in _recordings.list_files(source)]
        table = session.createDataFrame([(path,) for path in paths], "path string")
        count = len(paths)
    tasks = min(count, MOST_TASKS)
    return table.repartition(tasks), tasks


def scan(session: Any, source: Any, out: str, model: bytes, options: Options) -> Scanned:
    from pyspark import StorageLevel
    from pyspark.sql import functions

    check_free(session, out)
    recordings, tasks = read(session, source)
    schema = ", ".join(f"{field.name} {describe(field.type)}" for field in make_schema())
    rows = recordings.mapInArrow(SparkScanner(ship(session, model), options), schema)
    setting = "spark.sql.execution.arrow.maxRecordsPerBatch"
    before = session.conf.get(setting)
    if "samples" in recordings.columns:
        # A batch is one recording, as a day of samples is large.
        session.conf.set(setting, "1")
    rows = rows.persist(StorageLevel.DISK_ONLY)
    try:
        # All is computed here, as many recordings at once as there are cores; what is written
        # of it then need not be as many files.
        size = functions.size("beats").cast("bigint")
        total = rows.agg(functions.count("*"), functions.count("error"),
                         functions.sum(functions.when(functions.col("error").isNull(),
                                                      size))).first()
        few = rows.coalesce(-(-tasks // TASKS_OF_A_FILE))
        beats = few.select("path", "record", functions.inline("beats"))
        beats.write.parquet(f"{out}/beats")
        # Written last: it is there when all is.
        few.withColumn("beats", functions.when(functions.col("error").isNull(), size)) \
            .write.parquet(f"{out}/recordings")
    finally:
        rows.unpersist()
        session.conf.set(setting, before)
    return Scanned(total[0], total[1], total[2] or 0)
