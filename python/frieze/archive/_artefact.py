"""The shared library of a model, compiled once, for every processor of x86-64."""
import os
from typing import Any, Optional

from .. import ecg
from .._model import Model, compile  # pylint: disable=redefined-builtin


def make_artefact(model: Any, hop: Optional[int] = None) -> bytes:
    """The bytes of the library: those of a file that is one already, or compiled; with
    `hop`, for windows that move along a recording."""
    if isinstance(model, (str, os.PathLike)) and os.fspath(model).endswith(".so"):
        with open(model, "rb") as file:
            return file.read()
    if hop is not None:
        return ecg.make_library(model, hop)
    return (model if isinstance(model, Model) else compile(model)).emit("shared")
