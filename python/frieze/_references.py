"""Models of other libraries as functions, with the values between their layers."""
import os
import sys
from typing import Any, Callable, List, NamedTuple, Optional, Tuple

import numpy as np

from ._diagnostics import Error
from ._sources import is_a, unwrap_torch

Function = Callable[[Tuple[np.ndarray, ...]], List[np.ndarray]]


class Probe(NamedTuple):
    """A model whose outputs are the results of all layers: what `compile` takes, the names
    of the layers, and what the library computes."""

    source: Any
    example_inputs: Any
    layers: List[str]
    evaluate: Function


class Reference(NamedTuple):
    """What a library computes with a model, and how its layers are seen, if they are."""

    evaluate: Function
    make_probe: Optional[Callable[[Tuple[np.ndarray, ...]], Probe]]


def find(reference: Any) -> Reference:
    """The reference that an object, a file or a function is."""
    if is_a(reference, "keras", "Model") or is_a(reference, "tf_keras", "Model"):
        return Reference(evaluate_keras(reference), lambda inputs: probe_keras(reference))
    if is_a(reference, "torch", "Module"):
        reference = unwrap_torch(reference)
        return Reference(evaluate_torch(reference), lambda inputs: probe_torch(reference, inputs))
    if isinstance(reference, (str, os.PathLike)) or is_a(reference, "onnx", "ModelProto"):
        return Reference(evaluate_onnx(reference), lambda inputs: probe_onnx(reference))
    if callable(reference):
        return Reference(lambda inputs: as_list(reference(*inputs)), None)
    raise TypeError("expects a keras.Model, a torch.nn.Module, an onnx.ModelProto, the path of "
                    f"an ONNX file or a function, but got {type(reference).__name__}")


def as_list(outputs: Any) -> List[np.ndarray]:
    if isinstance(outputs, dict):
        outputs = list(outputs.values())
    if not isinstance(outputs, (list, tuple)):
        outputs = [outputs]
    return [np.asarray(output) for output in outputs]


# --- Keras -------------------------------------------------------------------


def evaluate_keras(model: Any) -> Function:
    return lambda inputs: as_list(model.predict(list(inputs) if len(inputs) > 1 else inputs[0],
                                                verbose=0))


def probe_keras(model: Any) -> Probe:
    keras = sys.modules[next(kind.__module__ for kind in type(model).__mro__
                             if kind.__name__ == "Model").split(".")[0]]
    layers = [layer for layer in model.layers if type(layer).__name__ != "InputLayer"]
    probe = keras.Model(model.inputs, [layer.output for layer in layers])
    return Probe(probe, None, [layer.name for layer in layers], evaluate_keras(probe))


# --- PyTorch -----------------------------------------------------------------


def evaluate_torch(module: Any) -> Function:
    import torch

    def evaluate(inputs: Tuple[np.ndarray, ...]) -> List[np.ndarray]:
        was_training = module.training
        module.eval()
        try:
            with torch.no_grad():
                return as_list(module(*map(torch.from_numpy, inputs)))
        finally:
            module.train(was_training)

    return evaluate


def probe_torch(module: Any, inputs: Tuple[np.ndarray, ...]) -> Probe:
    import torch

    leaves = [(name, leaf) for name, leaf in module.named_modules()
              if not any(leaf.children()) and leaf is not module]
    layers: List[str] = []

    class AllLayers(torch.nn.Module):
        """Gives the result of each layer, in the order in which they run."""

        def __init__(self) -> None:
            super().__init__()
            self.module = module

        def forward(self, *arguments: Any) -> tuple:
            layers.clear()
            results = []

            def note(name: str) -> Callable:
                def hook(_module: Any, _inputs: Any, output: Any) -> None:
                    if isinstance(output, torch.Tensor):
                        layers.append(name)
                        results.append(output)

                return hook

            handles = [leaf.register_forward_hook(note(name)) for name, leaf in leaves]
            try:
                self.module(*arguments)
            finally:
                for handle in handles:
                    handle.remove()
            return tuple(results)

    probe = AllLayers()
    evaluate = evaluate_torch(probe)
    evaluate(inputs)
    return Probe(probe, tuple(torch.from_numpy(array[:1]) for array in inputs), list(layers),
                 evaluate)


# --- ONNX --------------------------------------------------------------------


def evaluate_onnx(model: Any) -> Function:
    try:
        import onnxruntime
    except ImportError:
        raise Error("expects the package onnxruntime to compare with ONNX models, but it is "
                    "not installed") from None
    source = os.fspath(model) if isinstance(model, (str, os.PathLike)) \
        else model.SerializeToString()
    session = onnxruntime.InferenceSession(source, providers=["CPUExecutionProvider"])
    places = session.get_inputs()
    batch = places[0].shape[0] if places and places[0].shape else None

    def evaluate(inputs: Tuple[np.ndarray, ...]) -> List[np.ndarray]:
        step = batch if isinstance(batch, int) else max(1, len(inputs[0]))
        pieces = [session.run(None, {place.name: array[first:first + step]
                                     for place, array in zip(places, inputs)})
                  for first in range(0, len(inputs[0]), step)]
        return [np.concatenate(parts) for parts in zip(*pieces)]

    return evaluate


def probe_onnx(model: Any) -> Probe:
    try:
        import onnx
    except ImportError:
        raise Error("expects the package onnx to see the layers of ONNX models, but it is not "
                    "installed") from None
    proto = onnx.ModelProto()
    if isinstance(model, (str, os.PathLike)):
        proto = onnx.load(os.fspath(model))
    else:
        proto.CopyFrom(model)
    proto = onnx.shape_inference.infer_shapes(proto)
    known = {info.name: info for info in [*proto.graph.value_info, *proto.graph.output]
             if info.type.tensor_type.elem_type == onnx.TensorProto.FLOAT}
    constants = {name for node in proto.graph.node if node.op_type == "Constant"
                 for name in node.output}
    tensors = [name for node in proto.graph.node for name in node.output
               if name in known and name not in constants]
    outputs = [known[name] for name in tensors]
    del proto.graph.output[:]
    proto.graph.output.extend(outputs)
    return Probe(proto, None, tensors, evaluate_onnx(proto))
