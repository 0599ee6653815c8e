"""Samples along any axis of the arrays of a model."""
from typing import Any, List, Mapping, Sequence, Union

import numpy


def _find_axes(tensors: Sequence[Any], batch_axis: Union[int, Mapping[str, int]]) -> List[int]:
    axes = []
    for tensor in tensors:
        axis = batch_axis if isinstance(batch_axis, int) else batch_axis.get(tensor.name, 0)
        if not 0 <= axis < len(tensor.shape):
            raise ValueError(f"expects batch_axis to be an axis of '{tensor.name}' of shape "
                             f"{tensor.shape}, but got {axis}")
        axes.append(axis)
    return axes


def _find_batch(model: Any, axes: Sequence[int], are_named: bool) -> int:
    """The size on these axes, which all inputs and outputs have."""
    tensors = [*model.inputs, *model.outputs]
    batch: int = tensors[0].shape[axes[0]]
    for tensor, axis in zip(tensors, axes):
        if tensor.shape[axis] != batch:
            raise ValueError(f"expects a batch of one size on the axes of batch_axis, but "
                             f"'{tensors[0].name}' has shape {tensors[0].shape} and "
                             f"'{tensor.name}' {tensor.shape}")
    for tensor, axis in zip(model.outputs, axes[len(model.inputs):]):
        # No array will tell whether it is another one.
        if axis > 0 and not are_named and tensor.shape.count(batch) > 1:
            raise ValueError(f"expects batch_axis to name the axis of output '{tensor.name}', "
                             f"as in {{'{tensor.name}': {axis}}}, as several have the size of "
                             f"the batch in its shape {tensor.shape}")
    return batch


def order(model: Any, arrays: Mapping[str, Any]) -> List[Any]:
    """The arrays by name in the order of the model's inputs."""
    names = [tensor.name for tensor in model.inputs]
    if sorted(names) != sorted(arrays):
        raise ValueError(f"expects the inputs {names}, but got {list(arrays)}")
    return [arrays[name] for name in names]


def run(model: Any, arrays: Sequence[Any],
        batch_axis: Union[int, Mapping[str, int]]) -> List[Any]:
    """The outputs of `model` for arrays with any number of samples along their axes."""
    inputs, outputs = model.inputs, model.outputs
    if isinstance(batch_axis, Mapping):
        names = {tensor.name for tensor in [*inputs, *outputs]}
        for name in batch_axis:
            if name not in names:
                raise ValueError(f"expects batch_axis to name inputs and outputs, but got "
                                 f"'{name}'")
    axes = _find_axes([*inputs, *outputs], batch_axis)
    batch = _find_batch(model, axes, isinstance(batch_axis, Mapping))
    if len(arrays) != len(inputs):
        raise TypeError(f"expects {len(inputs)} inputs, but got {len(arrays)}")
    samples = arrays[0].shape[axes[0]] if arrays[0].ndim > axes[0] else 0
    for tensor, axis, array in zip(inputs, axes, arrays):
        shape = list(tensor.shape)
        shape[axis] = samples
        if array.shape != tuple(shape) or samples < batch or samples % batch:
            raise ValueError(f"expects shape {tensor.shape} for input '{tensor.name}', with as "
                             f"many samples in every input along axis {axis}, a multiple of "
                             f"{batch}, but got {array.shape}")
    parts: List[List[Any]] = [[] for _ in outputs]
    for first in range(0, samples, batch):
        chosen = [numpy.take(array, range(first, first + batch), axis)
                  for axis, array in zip(axes, arrays)]
        results = model(*chosen)
        for part, result in zip(parts, results if len(outputs) > 1 else [results]):
            part.append(result)
    return [numpy.concatenate(part, axis) for axis, part in zip(axes[len(inputs):], parts)]
