"""Keras models from recipes, and what Keras computes with them in float64.

A recipe is a dictionary: `layers`, each as keras_layers.py has it; `nodes`, each
an input, a layer, one of its results or an operation, with the nodes that it
reads; `batch`, which may be open; and `outputs`.
From one recipe a model is built twice: in float32 for the file, and with the
same weights in float64 for the truth. Everything random in layer or input i
depends on `seed` and i alone, so that a part of a recipe keeps its numbers.
"""
import logging
import os
import random as stdlib_random
import warnings

import keras
import numpy as np
from keras import layers

warnings.filterwarnings("ignore")
logging.disable(logging.WARNING)

# No likely size of an axis: Keras on TensorFlow takes what is summed with a value
# for its bias if only the batch is larger than 1, and as large as an axis.
SAMPLES = 22


# --- From a recipe to a model ------------------------------------------------


def make_layer(spec, name=None):
    """The layer of a [class, arguments] pair; lists of that form among the arguments too."""
    kind, options = spec
    if kind == "Sequential":
        return keras.Sequential([make_layer(layer) for layer in options["layers"]], name=name)
    if kind == "Residual":
        start = keras.Input(options["shape"])
        value = start
        for layer in options["layers"]:
            value = make_layer(layer)(value)
        return keras.Model(start, layers.Add()([start, value]), name=name)
    is_spec = lambda value: (isinstance(value, list) and len(value) == 2
                             and isinstance(value[1], dict))
    made = {key: make_layer(value) if is_spec(value) else value for key, value in options.items()}
    return getattr(layers, kind)(**made, **({"name": name} if name else {}))


def make_index(index):
    """Slices from the lists that stand for them; `...` from its text."""
    return tuple(slice(*entry) if isinstance(entry, list) else
                 Ellipsis if entry == "..." else entry for entry in index)


def apply_operation(name, values, arguments):
    if name == "getitem":
        return values[0][make_index(arguments["index"])]
    function = getattr(keras.ops, name)
    return function(values, **arguments) if name in ("concatenate", "stack") else \
        function(*values, **arguments)


class Builder:
    """Makes the tensors of a recipe, node by node, in one type."""

    def __init__(self, dtype):
        keras.utils.clear_session(free_memory=False)
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        self.layers, self.values = {}, {}

    def add(self, recipe, index):
        node = recipe["nodes"][index]
        values = [self.values[source] for source in node.get("inputs", [])]
        if "shape" in node:
            self.values[index] = keras.Input(node["shape"], recipe["batch"], name=f"x{index}")
        elif "part" in node:  # of a layer with several results
            self.values[index] = values[0][node["part"]]
        elif "layer" in node:
            number = node["layer"]
            if number not in self.layers:
                self.layers[number] = make_layer(recipe["layers"][number], f"layer_{number}")
            many = len(values) > 1 and recipe["layers"][number][0] != "MultiHeadAttention"
            self.values[index] = self.layers[number](values) if many else \
                self.layers[number](*values)
        else:
            self.values[index] = apply_operation(node["op"], values, node["arguments"])
        return self.values[index]

    def finish(self, recipe):
        """A keras.Model; Sequential where the recipe says so."""
        if recipe["is_sequential"]:
            first, *rest = sorted(recipe["nodes"])
            start = keras.Input(recipe["nodes"][first]["shape"], recipe["batch"],
                                name=f"x{first}")
            return keras.Sequential([start, *(self.layers[recipe["nodes"][node]["layer"]]
                                              for node in rest)])
        inputs = [self.values[index] for index in sorted(recipe["nodes"])
                  if "shape" in recipe["nodes"][index]]
        return keras.Model(inputs, [self.values[index] for index in recipe["outputs"]])


def draw_weight(name, shape, generator):
    """Numbers that tell one weight from another, awkward ones among those of normalisations."""
    values = generator.normal(size=shape)
    if name == "moving_variance" or name == "variance":
        values = np.exp(values)
        return np.where(generator.random(shape) < 0.05, 0.0, values)
    if name in ("gamma", "scale"):
        special = generator.choice([0.0, 1e-30, -1e-8, 1.0], size=shape)
        return np.where(generator.random(shape) < 0.15, special, values)
    if name == "embeddings":
        return values
    if name in ("kernel", "recurrent_kernel", "depthwise_kernel", "pointwise_kernel"):
        return values / np.sqrt(max(1, np.prod(shape[:-1])))
    return values / 2


def set_weights(built, recipe):
    for number, layer in built.items():
        generator = np.random.default_rng([recipe["seed"], number])
        for weight in layer.weights:
            if "float" in str(weight.dtype):
                weight.assign(draw_weight(weight.name, tuple(weight.shape), generator)
                              .astype("float32"))


def draw_input(seed, index, node):
    generator = np.random.default_rng([seed, 1000 + index])
    shape = (SAMPLES, *node["shape"])
    if node.get("is_index"):
        return generator.integers(0, 11, shape).astype("float32")
    return generator.normal(size=shape).astype("float32")


class Model:
    """A model and its inputs. `single` and `truth` are what Keras gives in
    float32 and float64, arrays of (samples, ...) in the order of the outputs."""

    def __init__(self, recipe):
        self.recipe = recipe
        self.arrays = {f"x{index}": draw_input(recipe["seed"], index, node)
                       for index, node in sorted(recipe["nodes"].items()) if "shape" in node}
        self.built = self.build("float32")
        self.is_open, self.results = recipe["batch"] is None, {}
        # TensorFlow computes where bilinear sampling reads in float32.
        self.is_strict = "bilinear" not in str(recipe["layers"])

    def build(self, dtype):
        builder = Builder(dtype)
        for index in sorted(self.recipe["nodes"]):
            builder.add(self.recipe, index)
        model = builder.finish(self.recipe)
        set_weights(builder.layers, self.recipe)
        return model

    def evaluate(self, dtype):
        """The outputs of the model in a type, computed once."""
        if dtype not in self.results:
            model = self.build(dtype)
            values = [array.astype(dtype) for array in self.arrays.values()]
            results = model(values[0] if self.recipe["is_sequential"] else values, training=False)
            results = results if isinstance(results, (list, tuple)) else [results]
            self.results[dtype] = [keras.ops.convert_to_numpy(result) for result in results]
        return self.results[dtype]

    def single(self):
        return self.evaluate("float32")

    def truth(self):
        return self.evaluate("float64")

    def save(self, folder):
        """Writes the model; the file, and the flags to read it with."""
        path = lambda name: os.path.join(folder, name)
        form = stdlib_random.Random(self.recipe["seed"]).choice(["keras"] * 4 + ["h5", "json"])
        if form == "json":
            with open(path("model.json"), "w", encoding="utf-8") as file:
                file.write(self.built.to_json())
            self.built.save_weights(path("model.weights.h5"))
            return path("model.json"), [f"--weights={path('model.weights.h5')}"]
        self.built.save(path(f"model.{form}"))
        return path(f"model.{form}"), []

    def describe(self):
        """One line for each node."""
        lines = []
        for index, node in sorted(self.recipe["nodes"].items()):
            spec = self.recipe["layers"][node["layer"]] if "layer" in node else \
                {key: value for key, value in node.items() if key != "inputs"}
            lines.append(f"{index}: {spec} of {node.get('inputs', [])}")
        return "\n".join([*lines, f"outputs: {self.recipe['outputs']}"])

    def smaller(self):
        """Recipes of parts of this one, the smallest first."""
        recipe = self.recipe
        computed = [index for index, node in sorted(recipe["nodes"].items())
                    if "shape" not in node and index in recipe["shapes"]]
        for index in computed:
            if [index] != recipe["outputs"]:
                yield keep(recipe, [index])
        for index in reversed(computed):
            if index not in recipe["outputs"]:
                shape = recipe["shapes"][index]
                nodes = recipe["nodes"] | {index: {"shape": list(shape)}}
                yield keep(recipe | {"nodes": nodes}, recipe["outputs"])


def keep(recipe, outputs):
    """The part of a recipe that these outputs depend on."""
    nodes, waiting = {}, list(outputs)
    while waiting:
        index = waiting.pop()
        if index not in nodes:
            nodes[index] = recipe["nodes"][index]
            waiting += nodes[index].get("inputs", [])
    return recipe | {"nodes": nodes, "outputs": list(outputs)}
