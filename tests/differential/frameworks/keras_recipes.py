"""Random recipes of Keras models, for keras_models.py."""
import random as stdlib_random

import keras

import keras_layers
from keras_layers import MAKERS, SIZES, chance
from keras_models import SAMPLES, Builder, Model, keep

MOST_ELEMENTS = 4000
MERGES = ["Add", "Subtract", "Multiply", "Average", "Maximum", "Minimum", "Concatenate"]
UNARY = ["tanh", "sigmoid", "relu", "square", "negative", "absolute", "softplus", "silu", "erf",
         "exp", "elu", "gelu", "leaky_relu", "selu", "hard_sigmoid", "relu6", "softsign"]
BINARY = ["add", "subtract", "multiply", "maximum", "minimum"]
REDUCTIONS = ["mean", "sum", "max", "min"]


class Generator:
    """Builds a recipe and, along with it, the tensors, for their shapes."""

    def __init__(self, seed):
        self.random = stdlib_random.Random(f"keras {seed}")
        self.random.channels_first = 0.15 if keras.backend.backend() != "tensorflow" else 0.0
        self.recipe = {"seed": seed, "layers": [], "nodes": {}, "outputs": [], "shapes": {},
                       "is_sequential": False, "batch": SAMPLES if self.chance(0.15) else None}
        self.builder = Builder("float32")

    def chance(self, probability):
        return chance(self.random, probability)

    def shape(self, index):
        return self.recipe["shapes"][index]

    def append(self, node):
        """The number of the new node; None if Keras refuses it or it is too large."""
        index = len(self.recipe["nodes"])
        self.recipe["nodes"][index] = node
        try:
            value = self.builder.add(self.recipe, index)
            if isinstance(value, (list, tuple)):
                return index
            shape = [int(size) for size in value.shape[1:]]
            if not shape or 0 in shape or keras_layers.count(shape) > MOST_ELEMENTS:
                raise ValueError
        except Exception:  # whatever Keras says of arguments that do not fit
            del self.recipe["nodes"][index]
            self.builder.values.pop(index, None)
            return None
        self.recipe["shapes"][index] = shape
        return index

    def append_layer(self, spec, inputs):
        if spec is None:
            return None
        self.recipe["layers"].append(spec)
        number = len(self.recipe["layers"]) - 1
        index = self.append({"layer": number, "inputs": inputs})
        if index is None:
            self.recipe["layers"].pop()
            self.builder.layers.pop(number, None)
        return index

    def add_input(self):
        pick = self.random.choice
        rank = pick([1, 2, 2, 2, 3, 3])
        if rank == 1:
            return self.append({"shape": [pick(SIZES)]})
        if rank == 2 and self.chance(0.12):
            index = self.append({"shape": [pick(SIZES)], "is_index": True})
            return self.append_layer(keras_layers.embedding(self.random, None), [index])
        sizes = SIZES if rank == 2 else [size for size in SIZES if size < 18]
        return self.append({"shape": [*(pick(sizes) for _ in range(rank - 1)), pick(SIZES[:10])]})

    def add_layer(self, value):
        spec = self.random.choice(MAKERS)(self.random, self.shape(value))
        index = self.append_layer(spec, [value])
        if index is None or index in self.recipe["shapes"]:
            return index
        return self.add_part(index)

    def add_part(self, index):
        """One of several results."""
        count = len(self.builder.values[index])
        return self.append({"part": self.random.randrange(count), "inputs": [index]})

    def add_shared(self, value):
        """A layer once more, on another value."""
        if not self.recipe["layers"]:
            return None
        number = self.random.randrange(len(self.recipe["layers"]))
        if self.recipe["layers"][number][0] in (*MERGES, "Embedding", "Dot"):
            return None
        index = self.append({"layer": number, "inputs": [value]})
        return index if index is None or index in self.recipe["shapes"] else self.add_part(index)

    def find_partner(self, value):
        """Another value that can be merged with this one, repeating axes of size 1 too."""
        shape = self.shape(value)
        fits = [index for index, other in self.recipe["shapes"].items()
                if len(other) <= len(shape) and self.recipe["nodes"][index].get("is_index") is None
                and all(a == b or 1 in (a, b) for a, b in zip(shape[::-1], other[::-1]))]
        return self.random.choice(fits)

    def add_merge(self, value):
        other = self.find_partner(value)
        kind = self.random.choice(MERGES)
        if kind == "Concatenate":
            axis = self.random.randint(1, len(self.shape(value)))
            return self.append_layer([kind, {"axis": self.random.choice([-1, axis])}],
                                     [value, other])
        many = [value, other]
        if kind != "Subtract" and self.chance(0.2):
            many.append(self.find_partner(value))
        self.random.shuffle(many)
        return self.append_layer([kind, {}], many)

    def add_attention(self, value):
        shape = self.shape(value)
        if len(shape) != 2:
            return None
        others = [index for index, other in self.recipe["shapes"].items()
                  if len(other) == 2 and other[1] == shape[1]]
        other = self.random.choice(others)
        kind = self.random.choice(["MultiHeadAttention", "Attention", "AdditiveAttention", "Dot"])
        options = {}
        if kind == "MultiHeadAttention":
            options = {"num_heads": self.random.randint(1, 3), "key_dim": self.random.choice(SIZES),
                       "use_bias": self.chance(0.7)}
            if self.chance(0.3):
                options["value_dim"] = self.random.choice(SIZES)
            if self.chance(0.3):
                options["output_shape"] = self.random.choice(SIZES)
        elif kind == "Attention":
            options = {"use_scale": self.chance(0.4),
                       "score_mode": self.random.choice(["dot", "dot", "concat"])}
        elif kind == "AdditiveAttention":
            options = {"use_scale": self.chance(0.5)}
        elif kind == "Dot":
            axes = self.random.choice([1, 2, -1, [1, 2], [2, 1]])
            options = {"axes": axes, "normalize": self.chance(0.3)}
        return self.append_layer([kind, options], [value, other])

    def add_operation(self, value):
        shape, pick = self.shape(value), self.random.choice
        kind = pick(["unary", "unary", "binary", "scalar", "reduce", "getitem", "transpose",
                     "reshape", "flip", "softmax", "concatenate", "pad", "clip", "expand_dims",
                     "squeeze", "stack", "power"])
        axis = self.random.randint(1, len(shape))
        axis = axis - len(shape) - 1 if self.chance(0.5) else axis
        inputs, arguments = [value], {}
        if kind == "unary":
            kind = pick(UNARY)
        elif kind == "binary":
            kind, inputs = pick(BINARY), [value, self.find_partner(value)]
        elif kind == "scalar":
            kind, arguments = pick(BINARY), {"x2": pick([0.5, -1.5, 2.0])}
        elif kind == "reduce":
            axis = axis if self.chance(0.7) else list(range(1, len(shape) + 1))[:2]
            kind, arguments = pick(REDUCTIONS), {"axis": axis, "keepdims": self.chance(0.5)}
        elif kind == "getitem":
            arguments = {"index": [[None], *(self.pick_slice(size) for size in shape)]}
            if self.chance(0.3):
                arguments["index"].insert(self.random.randint(1, len(shape) + 1), None)
            elif self.chance(0.3):
                arguments = {"index": ["...", self.pick_slice(shape[-1])]}
        elif kind == "transpose":
            order = self.random.sample(range(1, len(shape) + 1), len(shape))
            arguments = {"axes": [0, *order]}
        elif kind == "reshape":
            arguments = {"newshape": [-1, *keras_layers.factor(self.random,
                                                               keras_layers.count(shape))]}
        elif kind in ("concatenate", "stack"):
            inputs, arguments = [value, self.find_partner(value)], {"axis": axis}
        elif kind == "power":
            arguments = {"x2": pick([2.0, 3.0, 1.0])}
        elif kind in ("flip", "softmax", "expand_dims", "squeeze"):
            arguments = {"axis": axis}
        elif kind == "pad":
            arguments = {"pad_width": [[0, 0], *([self.random.randint(0, 2) for _ in range(2)]
                                                 for _ in shape)],
                         "mode": pick(["constant", "constant", "edge", "reflect"])}
        elif kind == "clip":
            arguments = {"x_min": pick([-1.0, 0.0]), "x_max": pick([0.5, 2.0])}
        return self.append({"op": kind, "inputs": inputs, "arguments": arguments})

    def pick_slice(self, size):
        if self.chance(0.4):
            return [None]
        if self.chance(0.2):
            return self.random.randint(-size, size - 1)
        start, stop = sorted(self.random.sample(range(size + 1), 2))
        step = self.random.choice([None, 2])
        if self.chance(0.3):
            start, stop = start - size or None, stop - size or None
        return [start, stop, step]

    def make(self):
        """A recipe of one to about eight layers."""
        random = self.random
        length = random.choice([1, 2, 3, 4, 5, 6, 8])
        is_chain = self.chance(0.3)
        while (value := self.add_input()) is None:
            pass
        steps = 0
        for _ in range(60):
            if steps == length:
                break
            if not is_chain and self.chance(0.25):
                value = random.choice([index for index in self.recipe["shapes"]
                                       if not self.recipe["nodes"][index].get("is_index")])
            if not is_chain and self.chance(0.08):
                value = self.add_input()
            add = self.add_layer if is_chain or self.chance(0.6) else random.choice(
                [self.add_merge, self.add_merge, self.add_attention, self.add_operation,
                 self.add_shared])
            result = add(value)
            if result is not None:
                value, steps = result, steps + 1
        nodes = self.recipe["nodes"]
        read = {source for node in nodes.values() for source in node.get("inputs", [])}
        unread = [index for index, node in nodes.items() if index not in read
                  and "shape" not in node and index in self.recipe["shapes"]]
        if not is_chain and self.chance(0.3):  # also values that other layers read
            unread += [index for index in random.sample(sorted(nodes), 1)
                       if "shape" not in nodes[index] and index not in unread
                       and index in self.recipe["shapes"]]
        if not unread:
            return self.make()
        recipe = keep(self.recipe, unread)
        recipe["is_sequential"] = is_chain and chance(random, 0.7) and all(
            "shape" in node or "layer" in node for node in recipe["nodes"].values())
        return recipe


def generate(seed):
    return Model(Generator(seed).make())
