"""What `frieze.compile` takes: files, bytes, and objects of other libraries.

An object is told by the names of its classes, so that its library is imported only
where it is there already.
"""
import inspect
import io
import os
import tempfile
from typing import Any, List, NamedTuple, Optional, Union

from ._diagnostics import Error


class Source(NamedTuple):
    """A model file: its path, or else its bytes and what to call it."""

    path: Optional[str]
    data: Optional[bytes]
    file: str


def is_a(value: Any, package: str, name: str) -> bool:
    """Whether a class of this name, of a package, is among those of `value`."""
    return any(kind.__name__ == name and kind.__module__.split(".")[0] == package
               for kind in type(value).__mro__)


def read(model: Any, example_inputs: Any = None) -> Source:
    """The model file that `model` is, or that its library writes of it."""
    if isinstance(model, (str, os.PathLike)):
        path = os.fspath(model)
        return Source(path, None, path)
    if isinstance(model, (bytes, bytearray, memoryview)):
        return Source(None, bytes(model), "model")
    if is_a(model, "onnx", "ModelProto"):
        return Source(None, model.SerializeToString(), model.graph.name or "model")
    if is_a(model, "torch", "ONNXProgram"):
        return read(model.model_proto)
    if is_a(model, "keras", "Model") or is_a(model, "tf_keras", "Model"):
        return Source(None, export_keras(model), model.name)
    if is_a(model, "torch", "Module"):
        module = unwrap_torch(model)
        return Source(None, export_torch(module, example_inputs), type(module).__name__)
    raise TypeError("expects a path, the bytes of a model file, a keras.Model, an "
                    "onnx.ModelProto, a torch.nn.Module or a torch.onnx.ONNXProgram, "
                    f"but got {type(model).__name__}")


def export_keras(model: Any) -> bytes:
    # Keras writes to names that end in .keras alone.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        with open(path, "rb") as file:
            return file.read()


def unwrap_torch(module: Any) -> Any:
    """The module that torch.compile was given, which can be traced, or itself."""
    return getattr(module, "_orig_mod", module)


def list_arguments(module: Any) -> List[str]:
    """Names of what a torch.nn.Module takes, without itself."""
    if hasattr(module.forward, "schema"):
        # A module of TorchScript has no signature of Python.
        return [argument.name for argument in module.forward.schema.arguments[1:]]
    return [item.name for item in inspect.signature(module.forward).parameters.values()
            if item.kind is item.POSITIONAL_OR_KEYWORD]


def export_torch(module: Any, example_inputs: Union[tuple, Any]) -> bytes:
    import torch

    if example_inputs is None:
        raise TypeError("expects example_inputs for a torch.nn.Module: a tensor, or a tuple "
                        "with one for each input")
    if not isinstance(example_inputs, tuple):
        example_inputs = (example_inputs,)
    names = list_arguments(module)[:len(example_inputs)]
    if len(names) < len(example_inputs):
        names = [f"input_{index}" for index in range(len(example_inputs))]
    options: dict = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        # TorchScript's exporter takes no seconds, and needs no package beside onnx.
        options["dynamo"] = False
    was_training = module.training
    module.eval()
    try:
        buffer = io.BytesIO()
        torch.onnx.export(module, example_inputs, buffer, input_names=names,
                          dynamic_axes={name: {0: "batch"} for name in names}, **options)
        return buffer.getvalue()
    except Exception as error:
        # PyTorch tells of a missing package with an error of its own.
        cause = error if isinstance(error, ImportError) else error.__cause__
        if not isinstance(cause, ImportError) or not cause.name:
            raise
        raise Error(f"expects the package {cause.name} for PyTorch's exporter, but it is not "
                    f"installed: pip install {cause.name}") from error
    finally:
        module.train(was_training)
