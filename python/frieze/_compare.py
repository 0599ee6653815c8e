"""How a compiled model agrees with the library that it comes from."""
from typing import Any, List, NamedTuple, Optional, Tuple

import numpy as np

from . import _html, _references
from ._diagnostics import Error
from ._model import Model, compile  # pylint: disable=redefined-builtin

# The bound for float32 that Frieze's own tests hold: it grows with the value.
ABSOLUTE = RELATIVE = 1e-5


class Difference(NamedTuple):
    """How an output or the result of a layer differs at most: by how much, at which place,
    which value is expected there and which was got, and whether all values are within
    1e-5 + 1e-5 |expected|, for a layer with the largest value of its result, as what is
    left of large terms keeps their errors."""

    name: str
    largest: float
    place: Tuple[int, ...]
    expected: float
    got: float
    is_within: bool

    def __str__(self) -> str:
        return (f"{self.name}: {self.largest:.3g} at {self.place}, expects {self.expected:.9g}, "
                f"got {self.got:.9g}{'' if self.is_within else ', out of tolerance'}")


class Comparison(NamedTuple):
    """Differences of the outputs, and of the layers in the order of the library; without
    layers, `reason` says why."""

    outputs: List[Difference]
    layers: List[Difference]
    reason: str

    @property
    def is_within(self) -> bool:
        """Whether every output is within the tolerance."""
        return all(output.is_within for output in self.outputs)

    @property
    def start(self) -> Optional[str]:
        """The first layer that is out of tolerance, or None."""
        return next((layer.name for layer in self.layers if not layer.is_within), None)

    def __str__(self) -> str:
        lines = [f"output {output}" for output in self.outputs]
        lines += [f"layer {layer}" for layer in self.layers]
        if self.start:
            lines.append(f"it starts at layer '{self.start}'")
        elif self.layers and not self.is_within:
            lines.append("each layer of the reference is right when Frieze compiles it: the "
                         "model is of other weights")
        return "\n".join(lines + ([self.reason] if self.reason else []))

    def _repr_html_(self) -> str:
        rows = [[kind, item.name, f"{item.largest:.3g}", item.place, f"{item.expected:.9g}",
                 f"{item.got:.9g}", "" if item.is_within else "out of tolerance"]
                for kind, items in (("output", self.outputs), ("layer", self.layers))
                for item in items]
        return _html.make_table(["", "name", "difference", "at", "expected", "got", ""], rows)


def find_difference(name: str, expected: np.ndarray, got: np.ndarray,
                    is_layer: bool = False) -> Difference:
    if expected.shape != got.shape:
        raise Error(f"expects shape {expected.shape} for '{name}' as in the reference, but got "
                    f"{got.shape}")
    if not expected.size:
        return Difference(name, 0.0, (), 0.0, 0.0, True)
    wanted = expected.astype(np.float64)
    # Equal infinities and NaN in both are no difference, and NaN in one is the largest.
    is_same = (wanted == got) | (np.isnan(wanted) & np.isnan(got))
    with np.errstate(invalid="ignore"):
        distance = np.where(is_same, 0, np.nan_to_num(np.abs(wanted - got), nan=np.inf,
                                                      posinf=np.inf))
    sizes = np.where(np.isfinite(wanted), np.abs(wanted), 0)
    bound = ABSOLUTE + RELATIVE * (sizes.max() if is_layer else sizes)
    place = tuple(int(axis) for axis in np.unravel_index(np.argmax(distance), distance.shape))
    return Difference(name, float(distance[place]), place, float(wanted[place]),
                      float(got[place]), bool((distance <= bound).all()))


def list_differences(names: List[str], expected: List[np.ndarray],
                     got: List[np.ndarray], is_layer: bool = False) -> List[Difference]:
    if len(expected) != len(got):
        raise Error(f"expects {len(got)} outputs of the reference, but got {len(expected)}")
    return [find_difference(*fields, is_layer) for fields in zip(names, expected, got)]


def call(model: Model, inputs: Tuple[np.ndarray, ...]) -> List[np.ndarray]:
    outputs = model(*inputs)
    return list(outputs) if isinstance(outputs, tuple) else [outputs]


def compare(model: Model, reference: Any, inputs: Any, *, layers: bool = True) -> Comparison:
    """Compares a model with what it comes from, on samples along axis 0.

    `reference` is a keras.Model, a torch.nn.Module, an onnx.ModelProto, the path of an ONNX
    file (with ONNX Runtime), or a function that takes the inputs. `inputs` are an array, or
    a tuple or dict of several. Of the results between `layers` of a reference, Frieze
    compiles a model that gives all of them, which computes each layer on its own; the first
    one out of tolerance is where it starts.
    """
    if isinstance(inputs, dict):
        inputs = tuple(inputs[tensor.name] for tensor in model.inputs)
    elif not isinstance(inputs, tuple):
        inputs = (inputs,)
    found = _references.find(reference)
    outputs = list_differences([tensor.name for tensor in model.outputs],
                               found.evaluate(inputs), call(model, inputs))
    if not layers:
        return Comparison(outputs, [], "")
    if not found.make_probe:
        return Comparison(outputs, [], "a function shows no layers")
    try:
        probe = found.make_probe(inputs)
        probed = call(compile(probe.source, probe.example_inputs), inputs)
        found_layers = list_differences(probe.layers, probe.evaluate(inputs), probed, True)
        return Comparison(outputs, found_layers, "")
    except Exception as error:  # pylint: disable=broad-except; whatever a library may raise
        return Comparison(outputs, [], f"layers cannot be compared: {error}")
