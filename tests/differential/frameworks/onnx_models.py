"""Random ONNX models, and what ONNX Runtime and the reference of ONNX compute.

The truth is what ONNX's reference computes in float64, where that is what ONNX
Runtime, without its optimisations, computes in float32. Where the two disagree,
or the reference cannot evaluate a model, it is ONNX Runtime's.
"""
import logging
import os
import random as stdlib_random

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

import onnx_operators
import onnx_shapes

logging.disable(logging.WARNING)
onnxruntime.set_default_logger_severity(4)
np.seterr(all="ignore")

MAKERS = onnx_operators.MAKERS + onnx_shapes.MAKERS
SIZES = onnx_operators.SIZES

OPSETS = range(7, 27)
MOST_ELEMENTS = 3000
LARGEST = 1e4  # a node whose results are larger is not kept
SAMPLES = 4


def evaluate(proto, arrays):
    """What ONNX Runtime computes; raises whatever it does."""
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options,
                                           providers=["CPUExecutionProvider"])
    return session.run(None, arrays)


def widen(proto):
    """The model in float64; scales of Resize stay as they are. The reference has
    no batch norm of most versions: here it is the product and the sum it is."""
    wide = onnx.ModelProto()
    wide.CopyFrom(proto)
    for node in list(wide.graph.node):
        if node.op_type == "Constant":
            wide.graph.initializer.append(node.attribute[0].t)
            wide.graph.node.remove(node)
    kept = {node.input[index] for node in wide.graph.node if node.op_type in ("Resize", "Upsample")
            for index in (1, 2) if index < len(node.input)}
    constants = {tensor.name: tensor for tensor in wide.graph.initializer}
    for node in list(wide.graph.node):
        if node.op_type == "BatchNormalization":
            spell_batch_norm(wide.graph, node, constants)
    for tensor in wide.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT and tensor.name not in kept:
            array = numpy_helper.to_array(tensor).astype("float64")
            tensor.CopyFrom(numpy_helper.from_array(array, tensor.name))
    for value in [*wide.graph.input, *wide.graph.output]:
        value.type.tensor_type.elem_type = TensorProto.DOUBLE
    for node in wide.graph.node:
        for attribute in node.attribute:
            if node.op_type == "Cast" and attribute.name == "to":
                attribute.i = TensorProto.DOUBLE
    return wide


def spell_batch_norm(graph, node, constants):
    """Replaces a batch norm over axis 1 by Flatten to (batch, channels, rest), and
    back, around Mul and Add."""
    gamma, beta, mean, variance = (numpy_helper.to_array(constants[name]).astype("float64")
                                   for name in node.input[1:])
    epsilon = next((item.f for item in node.attribute if item.name == "epsilon"), 1e-5)
    scale = gamma / np.sqrt(variance + epsilon)
    result = node.output[0]
    numbers = {"scale": scale[:, None], "shift": (beta - mean * scale)[:, None],
               "flat": np.array([0, len(gamma), -1])}
    name = {key: f"{result}_{key}" for key in (*numbers, "shape", "in", "product", "out")}
    graph.initializer.extend(numpy_helper.from_array(array, name[key])
                             for key, array in numbers.items())
    index = list(graph.node).index(node)
    graph.node.remove(node)
    for operator, inputs, output in [
            ("Shape", [node.input[0]], "shape"), ("Reshape", [node.input[0], name["flat"]], "in"),
            ("Mul", [name["in"], name["scale"]], "product"),
            ("Add", [name["product"], name["shift"]], "out")]:
        graph.node.insert(index, helper.make_node(operator, inputs, [name[output]]))
        index += 1
    graph.node.insert(index, helper.make_node("Reshape", [name["out"], name["shape"]], [result]))


def is_close(wide, single):
    """Whether two results are the same but for the rounding of the second, which
    may be that of numbers around 100 that cancel."""
    if wide.shape != single.shape or not np.isfinite(wide).all():
        return False
    return (np.abs(wide - single) <= 1e-3 * (np.abs(wide).max(initial=0.0) + 0.1)).all()


class Model:
    """A model and its inputs, as Model of keras_models.py. A recipe holds the
    opset, constants, nodes and the arrays of all values by name, and the names of
    inputs and outputs."""

    def __init__(self, recipe):
        self.recipe = recipe
        self.is_open = recipe["batch"] != SAMPLES
        self.proto = self.build()
        self.arrays = {name: recipe["values"][name] for name in recipe["inputs"]}
        self.computed = evaluate(self.proto, self.arrays)
        self.wide, self.is_strict = self.evaluate_wide()

    def build(self):
        recipe = self.recipe
        used = {name for node in recipe["nodes"] for name in node.input}
        declare = lambda name: helper.make_tensor_value_info(
            name, TensorProto.FLOAT, [recipe["batch"], *recipe["values"][name].shape[1:]])
        constants = [numpy_helper.from_array(array, name)
                     for name, array in recipe["constants"].items() if name in used]
        nodes = [] if recipe["has_initializers"] else [
            helper.make_node("Constant", [], [tensor.name], value=tensor) for tensor in constants]
        graph = helper.make_graph(
            nodes + recipe["nodes"], "graph", list(map(declare, recipe["inputs"])),
            list(map(declare, recipe["outputs"])), [] if nodes else constants)
        return helper.make_model(graph, ir_version=8 if recipe["opset"] < 20 else 10,
                                 opset_imports=[helper.make_opsetid("", recipe["opset"])])

    def evaluate_wide(self):
        """The truth, and whether it is known in float64."""
        try:
            arrays = {name: array.astype("float64") for name, array in self.arrays.items()}
            wide = ReferenceEvaluator(widen(self.proto)).run(None, arrays)
            if all(map(is_close, wide, self.computed)):
                return wide, True
        except Exception:  # pylint: disable=broad-except; much of it is missing there
            pass
        return [array.astype("float64") for array in self.computed], False

    def single(self):
        return self.computed

    def truth(self):
        return self.wide

    def save(self, folder):
        path = os.path.join(folder, "model.onnx")
        onnx.save(self.proto, path)
        return path, []

    def describe(self):
        """One line for each node."""
        return "\n".join([f"opset {self.recipe['opset']}"] + [
            f"{helper.printable_node(node)} {self.recipe['values'][node.output[0]].shape}"
            for node in self.recipe["nodes"]])

    def smaller(self):
        """Recipes of parts of this one, the smallest first."""
        recipe = self.recipe
        is_value = lambda name: recipe["values"][name].dtype == np.float32 and \
            recipe["values"][name].ndim > 0 and len(recipe["values"][name]) == SAMPLES
        names = [name for node in recipe["nodes"] for name in node.output if is_value(name)]
        for name in names:
            if [name] != recipe["outputs"]:
                yield keep(recipe, [name])
        for name in reversed(names):
            if name not in recipe["outputs"]:
                yield keep(recipe, recipe["outputs"], recipe["inputs"] + [name])


def keep(recipe, outputs, inputs=()):
    """The part of a recipe that these outputs depend on, up to these inputs."""
    inputs = list(inputs or recipe["inputs"])
    nodes, waiting = [], set(outputs)
    for node in reversed(recipe["nodes"]):
        wanted = waiting & (set(node.output) - set(inputs))
        if wanted:
            nodes.insert(0, node)
            waiting |= set(node.input)
    inputs = [name for name in inputs if name in waiting]
    return recipe | {"nodes": nodes, "inputs": inputs, "outputs": list(outputs)}


class Graph:
    """A recipe as it grows. Every node is evaluated as it comes, for its shapes,
    and left out if ONNX Runtime refuses it."""

    def __init__(self, seed):
        self.random = stdlib_random.Random(f"onnx {seed}")
        self.generator = np.random.default_rng(seed)
        self.opset = self.random.choice(OPSETS)
        self.is_open = self.chance(0.5)
        self.values, self.constants, self.nodes, self.inputs = {}, {}, [], []
        self.results = []

    def chance(self, probability):
        return self.random.random() < probability

    def shape(self, name):
        return list(self.values[name].shape)

    # What operators read.

    def constant(self, array):
        name = f"c{len(self.constants)}"
        self.constants[name] = np.asarray(array)
        return name

    def weights(self, shape, terms=0, is_positive=False, is_awkward=False):
        """A constant of random numbers, small enough for sums of so many terms."""
        values = self.generator.normal(size=shape)
        if terms:
            values = values / np.sqrt(terms)
        if is_positive:
            values = np.abs(values) + 0.3
        if is_awkward:
            special = 0.0 if is_positive else self.generator.choice([0.0, 1e-30, -1e-8], size=shape)
            values = np.where(self.generator.random(shape) < 0.1, special, values)
        return self.constant(values.astype("float32"))

    def pick_broadcast(self, name):
        """A shape of a constant that is repeated to that of the value, or extends it."""
        shape = [1 if self.is_open else SAMPLES, *self.shape(name)[1:]]
        sizes = [1 if self.chance(0.4) else size for size in shape]
        if self.chance(0.1):
            sizes = [3 if size == 1 and axis and self.chance(0.5) else chosen
                     for axis, (size, chosen) in enumerate(zip(shape, sizes))]
        return sizes[self.random.randint(1, len(sizes)):] if self.chance(0.5) else sizes

    def find_partner(self, name):
        """Another value that can be combined with this one."""
        shape = self.shape(name)
        fits = [other for other in self.results if len(self.shape(other)) == len(shape)
                and all(a == b or 1 in (a, b) for a, b in zip(shape, self.shape(other)))]
        return self.random.choice(fits or [name])

    def find_like(self, name, axis):
        """A value of the same shape but along an axis."""
        cut = lambda shape: shape[:axis] + shape[axis + 1:]
        fits = [other for other in self.results if len(self.shape(other)) == len(self.shape(name))
                and cut(self.shape(other)) == cut(self.shape(name))]
        return self.random.choice(fits)

    # What operators append.

    def append_many(self, name, inputs, count, **attributes):
        """The names of the results; None if ONNX Runtime refuses the node, or an input is None."""
        if None in inputs:
            return None
        outputs = [f"v{len(self.values) + index}" for index in range(count)]
        node = helper.make_node(name, inputs, outputs, f"{name.lower()}_{len(self.nodes)}",
                                **attributes)
        arrays = {key: self.values[key] for key in inputs if key in self.values}
        constants = [numpy_helper.from_array(self.constants[key], key)
                     for key in dict.fromkeys(inputs) if key in self.constants]
        kind = lambda array: helper.np_dtype_to_tensor_dtype(array.dtype)
        declared = [helper.make_tensor_value_info(key, kind(array), array.shape)
                    for key, array in arrays.items()]
        graph = helper.make_graph([node], "graph", declared,
                                  [onnx.ValueInfoProto(name=key) for key in outputs], constants)
        proto = helper.make_model(graph, ir_version=8 if self.opset < 20 else 10,
                                  opset_imports=[helper.make_opsetid("", self.opset)])
        try:
            results = evaluate(proto, arrays)
        except Exception:  # pylint: disable=broad-except; whatever does not fit
            return None
        for result in results:
            if 0 in result.shape or result.size > MOST_ELEMENTS or result.ndim > 6 or \
                    not (np.abs(result) < LARGEST).all():
                return None
        self.values.update(zip(outputs, results))
        self.nodes.append(node)
        return outputs

    def append(self, name, inputs, **attributes):
        results = self.append_many(name, inputs, 1, **attributes)
        return results and results[0]

    def add_input(self):
        pick = self.random.choice
        rank = pick([1, 2, 2, 3, 3])
        sizes = [pick(SIZES) for _ in range(rank)] if rank < 3 else \
            [pick(SIZES[:10]), *(pick([size for size in SIZES if size < 18]) for _ in range(2))]
        name = f"x{len(self.inputs)}"
        self.inputs.append(name)
        self.values[name] = self.generator.normal(size=(SAMPLES, *sizes)).astype("float32")
        self.results.append(name)
        return name

    def make(self):
        """A recipe of one to about eight operators."""
        value, steps = self.add_input(), 0
        length = self.random.choice([1, 2, 3, 4, 6, 8])
        for _ in range(60):
            if steps == length:
                break
            if self.chance(0.2):
                value = self.random.choice(self.results)
            if self.chance(0.08):
                value = self.add_input()
            result = self.random.choice(MAKERS)(self, value)
            if result is not None:
                self.results.append(result)
                value, steps = result, steps + 1
        read = {source for node in self.nodes for source in node.input}
        outputs = [name for name in self.results if name not in read and name not in self.inputs]
        recipe = {"opset": self.opset, "batch": "N" if self.is_open else SAMPLES,
                  "constants": self.constants, "nodes": self.nodes, "values": self.values,
                  "inputs": self.inputs, "has_initializers": self.chance(0.8)}
        return keep(recipe, outputs or [value])


def generate(seed):
    return Model(Graph(seed).make())
