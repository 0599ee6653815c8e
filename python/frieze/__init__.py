"""Frieze compiles small trained models to machine code.

    import frieze
    model = frieze.compile("ecg.keras")
    scores = model(windows)

`compile` takes a file or an object of Keras, PyTorch or ONNX, and gives a `Model`.
"""
from ._diagnostics import CompileError, CompileWarning, Diagnostic, Error
from ._frieze import Stream, version as __version__
from ._model import Costs, Layer, Model, Tensor, compile, load  # pylint: disable=redefined-builtin
from ._profile import LayerTime, Profile

__all__ = [
    "CompileError", "CompileWarning", "Costs", "Diagnostic", "Error", "Layer", "LayerTime",
    "Model", "Profile", "Stream", "Tensor", "archive", "compare", "compile", "ecg", "load",
]


def __getattr__(name):
    # They are loaded when they are used: importing frieze has to be quick.
    if name in ("archive", "ecg"):
        import importlib

        return importlib.import_module(f".{name}", __name__)
    if name == "compare":
        from ._compare import compare

        return compare
    raise AttributeError(f"module 'frieze' has no attribute '{name}'")
