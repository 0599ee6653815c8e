"""Scores record batches with nothing but pyarrow and two shared libraries.

Engines hand what is here to their workers as it is: it uses nothing else of frieze, which
need not be installed there.
"""
import ctypes
import os
import weakref
from typing import Any, Dict, Iterable, Iterator, Optional, Tuple, Union

# A shared library: its path, or its bytes.
Library = Union[str, bytes]


# The structs of frieze/arrow.h, of so many words of 64 bits. Classes of ctypes would not go
# to workers.
SCHEMA_WORDS, ARRAY_WORDS = 9, 10


def load(library: Library) -> Tuple[ctypes.CDLL, Optional[int]]:
    """Loads a library, and opens a file in memory for one of bytes, which has to stay open as
    long: the loader tells libraries apart by their paths."""
    if isinstance(library, str):
        return ctypes.CDLL(library), None
    file = os.memfd_create("frieze")
    with open(file, "wb", closefd=False) as stream:
        stream.write(library)
    return ctypes.CDLL(f"/proc/self/fd/{file}"), file


def unload(handle: int, file: int) -> None:
    import _ctypes

    _ctypes.dlclose(handle)
    os.close(file)


def take_storage(array: Any) -> Any:
    """The numbers of a tensor type, where they are in the order of its axes."""
    kind = array.type
    name = getattr(kind, "extension_name", "")
    if name == "arrow.fixed_shape_tensor":
        is_tensor = not kind.permutation or kind.permutation == sorted(kind.permutation)
    else:
        is_tensor = name.startswith("ray.data.arrow_tensor")
    return array.storage if is_tensor else array


def make_empty(schema: Any) -> Any:
    """A batch of no rows."""
    import pyarrow

    return pyarrow.RecordBatch.from_arrays(
        [pyarrow.nulls(0, field.type) for field in schema], schema=schema)


class Scorer:
    """Scores record batches by the column of each input. Libraries are loaded with the
    first batch, wherever that is."""

    def __init__(self, scorer: Library, model: Library, columns: Dict[str, str]):
        self.scorer = scorer
        self.model = model
        self.columns = columns
        self.loaded: Tuple[Any, ...] = ()

    def __getstate__(self) -> Dict[str, Any]:
        return {**self.__dict__, "loaded": ()}

    def run(self, batch: Any) -> Any:
        """The outputs of a batch with a column for each input."""
        import pyarrow

        if not self.loaded:
            # Stays, as what it makes is released by its functions.
            function = load(self.scorer)[0].frieze_score_arrow
            library, file = load(self.model)
            if file is not None:
                handle = library._handle  # pylint: disable=protected-access
                weakref.finalize(self, unload, handle, file).atexit = False
            model = ctypes.addressof(ctypes.c_char.in_dll(library, "frieze_model_entry"))
            self.loaded = (function, model)
        function, model = self.loaded
        get_pointer = ctypes.pythonapi.PyCapsule_GetPointer
        get_pointer.restype = ctypes.c_void_p
        get_pointer.argtypes = [ctypes.py_object, ctypes.c_char_p]
        # They release the batch when they go.
        schema, array = batch.__arrow_c_array__()
        scores_schema = (ctypes.c_int64 * SCHEMA_WORDS)()
        scores = (ctypes.c_int64 * ARRAY_WORDS)()
        error = ctypes.create_string_buffer(512)
        # Other threads of Python run meanwhile.
        status = function(ctypes.c_void_p(model),
                          ctypes.c_void_p(get_pointer(schema, b"arrow_schema")),
                          ctypes.c_void_p(get_pointer(array, b"arrow_array")), None,
                          ctypes.byref(scores_schema), ctypes.byref(scores), error)
        if status:
            raise ValueError(error.value.decode("utf-8", "replace"))
        return pyarrow.RecordBatch._import_from_c(  # pylint: disable=protected-access
            ctypes.addressof(scores), ctypes.addressof(scores_schema))

    def __call__(self, batch: Any) -> Any:
        """The batch without the columns of inputs, and with one for each output."""
        import pyarrow

        missing = [name for name in self.columns.values() if name not in batch.schema.names]
        if missing:
            raise ValueError(f"expects the column '{missing[0]}', but got "
                             f"{', '.join(map(repr, batch.schema.names)) or 'none'}")
        inputs = [take_storage(batch.column(name)) for name in self.columns.values()]
        scores = self.run(pyarrow.RecordBatch.from_arrays(inputs, list(self.columns)))
        kept = [name for name in batch.schema.names if name not in self.columns.values()]
        clash = [name for name in scores.schema.names if name in kept]
        if clash:
            raise ValueError(f"expects no column '{clash[0]}' beside the output of this name; "
                             "rename it")
        return pyarrow.RecordBatch.from_arrays(
            [batch.column(name) for name in kept] + scores.columns,
            schema=pyarrow.schema([batch.schema.field(name) for name in kept]
                                  + list(scores.schema), batch.schema.metadata))


class SparkScorer:
    """Scores the batches of a partition, with libraries that Spark has brought along."""

    def __init__(self, scorer: str, model: str, columns: Dict[str, str]):
        self.names = (scorer, model)
        self.columns = columns

    def __call__(self, batches: Iterable[Any]) -> Iterator[Any]:
        import pyarrow
        from pyspark import SparkFiles

        scorer, model = map(SparkFiles.get, self.names)
        score = Scorer(scorer, model, self.columns)
        for batch in batches:
            scored = score(batch)
            # Spark has lists of any length alone.
            schema = pyarrow.schema([
                pyarrow.field(field.name, pyarrow.list_(field.type.value_type))
                if pyarrow.types.is_fixed_size_list(field.type) else field
                for field in scored.schema])
            yield scored.cast(schema)


class RayScorer:
    """Scores the blocks of an actor of Ray's."""

    def __init__(self, scorer: bytes, model: bytes, columns: Dict[str, str]):
        self.score = Scorer(scorer, model, columns)

    def __call__(self, table: Any) -> Any:
        import pyarrow

        batches = table.to_batches() or [make_empty(table.schema)]
        return pyarrow.Table.from_batches([self.score(batch) for batch in batches])
