"""Models: compiled from files and objects, called, looked at and saved."""
import os
import re
import time
import warnings
from typing import Any, Callable, Dict, List, Mapping, NamedTuple, Optional, Tuple, Union

import numpy

from . import _batches, _frieze, _html, _progress, _sources
from ._diagnostics import (ERROR, REMARK, WARNING, CompileError, CompileWarning, Diagnostic,
                           Error)
from ._profile import LayerTime, Profile

# What a file's extension asks for; the other names are stages, too.
STAGES = {".o": "obj", ".a": "static", ".so": "shared", ".wasm": "wasm", ".ptx": "ptx",
          ".spv": "spirv", ".s": "asm", ".ll": "llvm-ir", ".mlir": "nn-opt", ".h": "header",
          "": "exe"}
# What is written beside an artefact, by extension.
BESIDE = {"static": {".h": "header"},
          "wasm": {".mjs": "js", ".d.mts": "types", ".d.ts": "types"}}
# Seconds of compiling up to which the kernels of a model are measured when it is shown.
LONGEST_COMPILATION = 5.0


class Tensor(NamedTuple):
    """An input or output of a model: its name, and its shape with the batch as axis 0."""

    name: str
    shape: Tuple[int, ...]


class Layer(NamedTuple):
    """A layer: its name in the model file, its op, the shape of its result, its
    multiply-adds in a call, and the bytes of its parameters."""

    name: str
    op: str
    shape: Tuple[int, ...]
    macs: int
    parameter_bytes: int


class Costs(NamedTuple):
    """What a model costs: layers and multiply-adds as imported and those that are
    left, and bytes. `instructions` of a call are 0 where they are unknown."""

    layers: int
    macs: int
    kernels: int
    live_macs: int
    weights_bytes: int
    arena_bytes: int
    code_bytes: int
    constant_bytes: int
    stack_bytes: int
    instructions: int


class Compilation:
    """A compilation of a source under options, whose errors are exceptions."""

    def __init__(self, source: _sources.Source, options: Mapping[str, Any],
                 progress: Union[_progress.Progress, str, None]):
        self.source = source
        self.options = dict(options)
        self.progress = progress
        self.teller = _progress.choose(progress, os.path.basename(source.file))
        self.seen = 0
        pairs = list_options(self.options)
        try:
            if source.path is not None:
                self.native = _frieze.Compilation(source.path, pairs, self.teller)
            else:
                self.native = _frieze.Compilation(source.data or b"", source.file, pairs,
                                                  self.teller)
            self.check(self.native.succeeded)
        except BaseException:
            self.end_progress()
            raise

    @property
    def diagnostics(self) -> List[Diagnostic]:
        return [Diagnostic(*fields) for fields in self.native.diagnostics()]

    def check(self, success: Any) -> Any:
        """Warns of what is new, and raises its errors where there is no success."""
        diagnostics = self.diagnostics
        new, self.seen = diagnostics[self.seen:], len(diagnostics)
        for diagnostic in new:
            if diagnostic.severity == WARNING:
                warnings.warn(str(diagnostic), CompileWarning, stacklevel=4)
        if success is None or success is False:
            raise CompileError([item for item in new if item.severity == ERROR])
        return success

    def end_progress(self) -> None:
        if isinstance(self.teller, _progress.Bar):
            self.teller.close()

    def make(self, function: Callable[..., Any], *arguments: Any) -> Any:
        """The result of a function that makes something, and so goes on with the progress."""
        try:
            return function(*arguments)
        finally:
            self.end_progress()

    def emit(self, stage: str) -> bytes:
        return self.check(self.make(self.native.emit, stage))

    def load(self) -> _frieze.Library:
        return self.check(self.make(self.native.load))

    def again(self, **options: Any) -> "Compilation":
        """The same source under more options."""
        return Compilation(self.source, {**self.options, **options}, self.progress)


def list_options(options: Mapping[str, Any]) -> List[Tuple[str, str]]:
    """Options of the library or a tool, of those of a function."""
    pairs = []
    for name, value in options.items():
        name = name.replace("_", "-")
        if value is None or value is False:
            continue
        if name == "dim":
            pairs += [(name, f"{dimension}={size}") for dimension, size in value.items()]
        elif name == "replace-layers":
            pairs += [("replace-layer", f"{layer}={os.fspath(path)}")
                      for layer, path in value.items()]
        elif value is True:
            pairs.append((name, "true"))
        elif isinstance(value, (list, tuple)):
            pairs.append((name, ",".join(map(str, value))))
        else:
            # Formatted, a float32 of NumPy has all its digits.
            pairs.append((name, os.fspath(value) if isinstance(value, os.PathLike)
                          else f"{value}"))
    return pairs


class Model(_frieze.CompiledModel):
    """A compiled model, which is called with arrays.

    `model(x)` takes the samples along axis 0, or one sample without that axis; axes
    of size 1 at the end may be left out. Several inputs are arguments in the model's
    order, or one dict by name. The result is an array with the samples along axis 0,
    a tuple of several in the model's order, and for a dict a dict by name.

    Inputs are float32: row-major NumPy arrays and DLPack objects of the CPU are read
    where they are. Others are converted where that changes no number, and are else a
    TypeError. A model compiled for a batch takes multiples of it. The GIL is released
    in calls that take longer than some microseconds, and any number of threads may
    call one model. A model whose inputs and outputs begin with different sizes takes
    arrays of the shapes of one call; `run` takes samples along another axis.
    """

    def __init__(self, library: Optional[_frieze.Library],
                 compilation: Optional[Compilation] = None, reason: str = ""):
        super().__init__(library, reason)
        self._library = library
        self._compilation = compilation
        self._reason = reason
        self._costs: Optional[Costs] = None
        self._profile: Optional[Profile] = None
        # What compiling took.
        self._seconds = 0.0
        self._streams: Dict[Tuple[int, Optional[int], bool], _frieze.Library] = {}

    def _get_library(self) -> _frieze.Library:
        if self._library is None:
            raise RuntimeError(self._reason)
        return self._library

    def _get_compilation(self) -> Compilation:
        if self._compilation is None:
            raise Error("expects a model that was compiled here, but this one was loaded")
        return self._compilation

    @property
    def name(self) -> str:
        """Prefix of the model's symbols."""
        return self._get_library().name

    @property
    def target(self) -> str:
        """What the model was compiled for."""
        return self._get_library().target

    @property
    def inputs(self) -> List[Tensor]:
        """The inputs, in the model's order."""
        return [Tensor(*fields) for fields in self._get_library().inputs]

    @property
    def outputs(self) -> List[Tensor]:
        """The outputs, in the model's order."""
        return [Tensor(*fields) for fields in self._get_library().outputs]

    def run(self, *inputs: Any, batch_axis: Union[int, Mapping[str, int]]) -> Any:
        """Calls the model with samples along another axis than 0, as sequences have them
        whose steps come first: `batch_axis` is that of all inputs and outputs, or a dict
        with that of each by name, 0 for those that are not in it. Arguments and result are
        those of `model(x)` otherwise. Raises ValueError where an output has several axes of
        the batch's size and is not in a dict."""
        by_name = len(inputs) == 1 and isinstance(inputs[0], Mapping)
        values = _batches.order(self, inputs[0]) if by_name else inputs
        results = _batches.run(self, [numpy.asarray(value) for value in values], batch_axis)
        if by_name:
            return dict(zip((tensor.name for tensor in self.outputs), results))
        return results[0] if len(results) == 1 else tuple(results)

    @property
    def diagnostics(self) -> List[Diagnostic]:
        """All that the compiler said: warnings, notes and remarks."""
        return self._get_compilation().diagnostics

    @property
    def remarks(self) -> List[Diagnostic]:
        """The decisions of the compiler: what became of which layer, and why."""
        return [item for item in self.diagnostics if item.severity == REMARK]

    @property
    def layers(self) -> List[Layer]:
        """The layers as they were imported, in order."""
        native = self._get_compilation().native
        return [Layer(*fields) for fields in native.layers(_frieze.IMPORTED)]

    @property
    def kernels(self) -> List[Layer]:
        """The layers that are left, each of which is one kernel, in order."""
        native = self._get_compilation().native
        return [Layer(*fields) for fields in native.layers(_frieze.OPTIMISED)]

    @property
    def costs(self) -> Costs:
        """Work, memory and code of a call."""
        if self._costs is None:
            compilation = self._get_compilation()
            self._costs = Costs(**compilation.check(compilation.make(compilation.native.costs)))
        return self._costs

    def profile(self, max_seconds: float = 0.4) -> Profile:
        """Measures how long a call takes, and the kernels one after the other as in a call,
        on random numbers: medians over `max_seconds`, or over a few calls where these take
        longer. Before, each kernel is compiled by itself for the instructions of this
        processor. In a notebook, the model shows the last profile.

        Raises CompileError for a model of another processor, or a device."""
        compilation = self._get_compilation()
        seconds, kernels = compilation.check(
            compilation.make(compilation.native.profile, max_seconds))
        together = sum(kernels) or 1.0
        self._profile = Profile(seconds, [
            LayerTime(layer.name, layer.op, time * 1e6, time / together)
            for layer, time in zip(self.kernels, kernels)])
        return self._profile

    def _find_profile(self) -> Tuple[Optional[Profile], str]:
        """The last profile, or a quick one; or none, and why."""
        if self._library is None:
            return None, self._reason
        if self._profile is None and self._seconds > LONGEST_COMPILATION:
            return None, (f"the model took {self._seconds:.0f} s to compile, and its kernels take "
                          "about as long; model.profile() measures them")
        try:
            return self._profile or self.profile(0.2), ""
        except CompileError as error:
            return None, str(error)

    def emit(self, stage: str) -> bytes:
        """The bytes that `frieze-compile --emit=STAGE` writes."""
        return self._get_compilation().emit(stage)

    def ir(self, stage: str = "nn-opt") -> str:
        """The text of a stage, such as nn, nn-opt, loops, llvm, llvm-ir or asm, without
        the data of weights."""
        text = self.emit(stage)
        try:
            # MLIR has the data of weights last.
            return re.sub(r"\n\{-#.*#-\}\s*\Z", "", text.decode(), flags=re.DOTALL)
        except UnicodeDecodeError:
            raise ValueError(f"expects a stage of text, but got '{stage}'; "
                             "emit() gives its bytes") from None

    def save(self, path: Union[str, "os.PathLike[str]"]) -> None:
        """Writes an artefact, whose kind is told by the extension as for frieze-compile:
        .o .a .so .wasm .ptx .spv .s .ll .mlir .h, or none for an executable. A static
        library has its header beside it, and a module of WebAssembly what loads it."""
        base, extension = os.path.splitext(os.fspath(path))
        if extension not in STAGES:
            raise ValueError(f"expects one of the extensions {' '.join(filter(None, STAGES))} "
                             f"or none, but got '{extension}'")
        stage = STAGES[extension]
        compilation = self._get_compilation()
        if stage == "wasm":
            # Its JavaScript looks for the module under this name.
            compilation = compilation.again(name=os.path.basename(base))
        files = {os.fspath(path): compilation.emit(stage)}
        for suffix, other in BESIDE.get(stage, {}).items():
            files[base + suffix] = compilation.emit(other)
        for name, data in files.items():
            write_whole(name, data, is_program=stage in ("exe", "shared"))

    def stream(self, hop: int = 1, block: Optional[int] = None,
               steps: bool = False) -> _frieze.Stream:
        """A recording in progress, of which each window of the model begins `hop` samples
        after the one before. Overlapping windows share their work, `block` of them
        together where so many samples come at once. The model is compiled for it once.

        With `steps`, a sequence in progress, without an end: every sample is the next step
        of a recurrent model, whose outputs are those of all steps so far.

        `stream.push(samples)` gives the outputs of the windows that the samples
        complete, or of the steps, along axis 0, and `stream.flush()` ends the recording."""
        key = (hop, block, steps)
        if steps and hop != 1:
            raise ValueError(f"expects a hop of 1 with steps, but got {hop}")
        if key not in self._streams:
            compilation = self._get_compilation().again(
                stream_hop=None if steps else hop, stream_steps=steps, stream_block=block)
            self._streams[key] = compilation.load()
        return _frieze.Stream(self._streams[key])

    def __repr__(self) -> str:
        if self._library is None:
            return "<frieze.Model of another processor>"

        def tell(tensors: List[Tensor]) -> str:
            return ", ".join(f"{tensor.name} {tensor.shape}" for tensor in tensors)

        return (f"<frieze.Model '{self.name}' for {self.target}: {tell(self.inputs)} -> "
                f"{tell(self.outputs)}>")

    def _repr_html_(self) -> str:
        return _html.describe(self)


def write_whole(path: str, data: bytes, is_program: bool) -> None:
    """Writes a file that appears whole or not at all."""
    part = f"{path}.part{os.getpid()}"
    try:
        with open(part, "wb") as file:
            file.write(data)
            if is_program:
                mode = os.stat(part).st_mode
                os.chmod(part, mode | (mode & 0o444) >> 2)
        os.replace(part, path)
    except BaseException:
        if os.path.exists(part):
            os.remove(part)
        raise


def compile(model: Any, example_inputs: Any = None, *,  # pylint: disable=redefined-builtin
            name: Optional[str] = None, target: Optional[str] = None,
            weights: Union[str, "os.PathLike[str]", None] = None, batch: Optional[int] = None,
            dim: Optional[Mapping[str, int]] = None,
            output_layer: Union[str, List[str], None] = None,
            replace_layers: Optional[Mapping[str, Union[str, "os.PathLike[str]"]]] = None,
            exact: bool = False,
            ram: Union[int, str, None] = None, weights_section: Optional[str] = None,
            cubin: Optional[List[str]] = None,
            progress: Union[Callable[[str, float], object], str, None] = "auto") -> Model:
    """Compiles a model for this process.

    `model` is the path of a model file (.keras, .h5, .onnx, .pt2, .tflite, .json, .mlir), the
    bytes of one, a keras.Model, an onnx.ModelProto, a torch.onnx.ONNXProgram, or a
    torch.nn.Module with `example_inputs`, a tensor or a tuple of them. Options are those
    of frieze-compile: `name` of the symbols, `target`, file of `weights`, samples of a
    `batch`, sizes of open dimensions (`dim={"time": 1000}`), names of layers that give
    the outputs (`output_layer=["features"]`), files that say what layers of one's own
    compute (`replace_layers={"Scale": "scale.json"}`), `exact` sums, bytes of `ram`,
    `weights_section`, GPUs of `cubin`. For another processor, the model is saved and not
    called. A file is read again where a stream is asked for, or a module of WebAssembly
    is saved.

    `progress` is a function that is called with what is made, such as "nn-opt" or "obj",
    and the share of the way to machine code that is done, from 0 to 1, also of streams,
    artefacts and profiles of the model later on. An exception that it raises cancels what
    is made, and comes out here, as does KeyboardInterrupt. "auto" shows a bar where
    something takes longer than a second, on a terminal or in a notebook.

    Raises CompileError with all problems of the model.
    """
    options = {"name": name, "target": target, "weights": weights, "batch": batch, "dim": dim,
               "output_layer": output_layer, "replace_layers": replace_layers, "exact": exact,
               "ram": ram, "weights_section": weights_section, "cubin": cubin}
    source = _sources.read(model, example_inputs)
    start = time.monotonic()
    compilation = Compilation(source, {key: value for key, value in options.items()
                                       if value is not None and value is not False},
                              progress)
    try:
        compiled = Model(compilation.load(), compilation)
        compiled._seconds = time.monotonic() - start  # pylint: disable=protected-access
        return compiled
    except CompileError as error:
        # Of a target that was asked for, this processor need not be.
        if target is None:
            raise
        return Model(None, compilation, str(error))


def load(artefact: Union[str, "os.PathLike[str]", bytes]) -> Model:
    """Loads an object or a shared library that Frieze wrote for this processor, from a
    path or from bytes. Code in it is run: give only what is trusted."""
    file = "artefact"
    if not isinstance(artefact, bytes):
        file = os.fspath(artefact)
        with open(file, "rb") as opened:
            artefact = opened.read()
    library = _frieze.load(artefact)
    if isinstance(library, str):
        raise Error(f"{file}: error: {library}")
    return Model(library)
