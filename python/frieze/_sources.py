"""What `frieze.compile` takes: files, bytes, and objects of other libraries.

An object is told by the names of its classes, so that its library is imported only
where it is there already.
"""
import inspect
import io
import os
import tempfile
from typing import Any, NamedTuple, Optional, Union


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
    if is_a(model, "keras", "Model") or is_a(model, "tf_keras", "Model"):
        return Source(None, export_keras(model), model.name)
    if is_a(model, "torch", "Module"):
        return Source(None, export_torch(model, example_inputs), type(model).__name__)
    raise TypeError("expects a path, the bytes of a model file, a keras.Model, an "
                    f"onnx.ModelProto or a torch.nn.Module, but got {type(model).__name__}")


def export_keras(model: Any) -> bytes:
    # Keras writes to names that end in .keras alone.
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.keras")
        model.save(path)
        with open(path, "rb") as file:
            return file.read()


def export_torch(module: Any, example_inputs: Union[tuple, Any]) -> bytes:
    import torch

    if example_inputs is None:
        raise TypeError("expects example_inputs for a torch.nn.Module: a tensor, or a tuple "
                        "with one for each input")
    if not isinstance(example_inputs, tuple):
        example_inputs = (example_inputs,)
    names = [item.name for item in inspect.signature(module.forward).parameters.values()
             if item.kind is item.POSITIONAL_OR_KEYWORD][:len(example_inputs)]
    if len(names) < len(example_inputs):
        names = [f"input_{index}" for index in range(len(example_inputs))]
    options: dict = {}
    if "dynamo" in inspect.signature(torch.onnx.export).parameters:
        # TorchScript's exporter needs no package beside torch.
        options["dynamo"] = False
    was_training = module.training
    module.eval()
    try:
        buffer = io.BytesIO()
        torch.onnx.export(module, example_inputs, buffer, input_names=names,
                          dynamic_axes={name: {0: "batch"} for name in names}, **options)
        return buffer.getvalue()
    finally:
        module.train(was_training)
