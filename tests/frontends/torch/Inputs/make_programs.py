"""Writes exported programs that are to be refused, or that are odd, without PyTorch.

    python3 make_programs.py FOLDER
"""
import json
import pathlib
import pickle
import struct
import sys
import zipfile

FLOAT, LONG, BOOL = 7, 5, 12
CORE = "torch.ops.aten."


def argument(value):
    """A value as the schema of torch.export has it. Strings are names of tensors."""
    if value is None:
        return {"as_none": True}
    if isinstance(value, bool):
        return {"as_bool": value}
    if isinstance(value, dict):
        return value
    if isinstance(value, str):
        return {"as_tensor": {"name": value}}
    if isinstance(value, list):
        if value and isinstance(value[0], str):
            return {"as_tensors": [{"name": name} for name in value]}
        return {"as_ints": value}
    return {"as_float" if isinstance(value, float) else "as_int": value}


def node(output, target, outputs=1, **arguments):
    """A node; `target` without a dot has the default overload."""
    target = target if "." in target else target + ".default"
    names = [output] + [f"{output}_{i}" for i in range(1, outputs)]
    return {"target": target if target.startswith("_operator") else CORE + target,
            "inputs": [{"name": name, "arg": argument(value), "kind": 1}
                       for name, value in arguments.items()],
            "outputs": [{"as_tensor": {"name": name}} for name in names], "metadata": {}}


def meta(shape, dtype=FLOAT):
    strides = [1]
    for size in reversed(shape[1:]):
        strides.insert(0, strides[0] * size)
    return {"dtype": dtype, "sizes": [{"as_int": size} for size in shape],
            "strides": [{"as_int": stride} for stride in strides[:len(shape)]],
            "storage_offset": {"as_int": 0}, "layout": 7, "requires_grad": False}


class Program:
    """A program, grown node by node; each is an output."""

    def __init__(self, **inputs):
        self.nodes, self.values, self.specs, self.outputs = [], {}, [], []
        self.weights = {}
        self.version, self.outputs_specs = {"major": 8, "minor": 14}, []
        for name, shape in inputs.items():
            self.values[name] = meta(shape)
            self.specs.append({"user_input": {"arg": {"as_tensor": {"name": name}}}})

    def weight(self, name, shape, dtype=FLOAT, data=None, **fields):
        count = 1
        for size in shape:
            count *= size
        self.weights[name] = (meta(shape, dtype) | fields,
                              struct.pack(f"<{count}f", *[0.5] * count) if data is None else data)
        self.specs.append({"parameter": {"arg": {"name": "p_" + name}, "parameter_name": name}})
        return "p_" + name

    def add(program, output, target, outputs=1, **arguments):  # `self` is an argument
        program.nodes.append(node(output, target, outputs, **arguments))
        program.outputs.append(output)

    def build(self):
        outputs = [{"user_output": {"arg": {"as_tensor": {"name": name}}}}
                   for name in self.outputs]
        return {"graph_module": {"graph": {"nodes": self.nodes, "tensor_values": self.values},
                                 "signature": {"input_specs": self.specs,
                                               "output_specs": outputs + self.outputs_specs}},
                "schema_version": self.version}

    def write(self, path, byteorder="little"):
        with zipfile.ZipFile(path, "w") as file:
            file.writestr("net/archive_format", "pt2")
            file.writestr("net/byteorder", byteorder)
            file.writestr("net/models/model.json", json.dumps(self.build()))
            config = {}
            for number, (name, (tensor, data)) in enumerate(self.weights.items()):
                config[name] = {"path_name": f"weight_{number}", "use_pickle": False,
                                "tensor_meta": tensor}
                file.writestr(f"net/data/weights/weight_{number}", data)
            file.writestr("net/data/weights/model_weights_config.json",
                          json.dumps({"config": config}))


def operators(folder):
    """What is refused by name, all of it at once."""
    p = Program(x=[1, 4, 8], i=[1, 3])
    p.values["i"]["dtype"] = LONG
    w = p.weight("w", [4, 4, 3])
    p.add("sort", "sort", self="x", outputs=2)
    p.add("fft", "fft_rfft", self="x")
    p.add("fft_again", "fft_rfft", self="x")
    p.add("custom", "mylib.op", self="x")
    p.nodes[-1]["target"] = "torch.ops.mylib.op.default"
    p.add("norm", "batch_norm", input="x", running_mean=w, running_var=w, training=True)
    p.add("dropout", "dropout", input="x", p=0.5, train=True)
    p.add("unknown", "relu", self="x", fancy=1)
    p.add("padded", "max_pool1d", self="x", kernel_size=[2], padding=[2])
    p.add("divisor", "avg_pool2d", self="x", kernel_size=[2, 2], divisor_override=3)
    p.add("indices", "max_pool2d_with_indices", self="x", kernel_size=[2, 2], outputs=2)
    p.outputs.append("indices_1")
    p.add("conv", "conv1d", input="x", weight="x")
    p.add("shape", "view", self="x", size=[1, 5])
    p.add("axis", "softmax.int", self="x", dim=3)
    p.add("typed", "sum.dim_IntList", self="x", dim=[1], dtype={"as_scalar_type": 8})
    p.add("half", "_to_copy", self="x", dtype={"as_scalar_type": 6})
    p.add("integers", "relu", self="i")
    p.add("later", "relu", self="never")
    p.add("cut", "split.Tensor", self="x", split_size=3, dim=2, outputs=2)
    p.add("kind", "leaky_relu", self="x", negative_slope={"as_string": "much"})
    p.add("state", "gru.input", input="x", hx=w, params=[w, w], has_biases=False,
          num_layers=1, train=False)
    p.add("cell", "lstm.input", input="x", hx=["x"], params=[w, w], has_biases=False,
          num_layers=1, train=False)
    p.add("shifts", "roll", self="x", shifts=[1, 2], dims=[1])
    p.add("scattered", "slice_scatter", self="x", src="x", dim=1, start=1)
    p.add("selected", "select_scatter", self="x", src="x", dim=1, index=0)
    p.add("stepped", "slice_scatter", self="x", src="x", dim=1, step=2)
    p.add("order", "linalg_vector_norm", self="x", ord=3.0)
    p.add("strides", "as_strided", self="x", size=[1, 8, 4], stride=[32, 1, 8])
    p.add("filled", "fill.Tensor", self="x", value="x")
    p.add("copied", "copy", self="x", src="i")
    p.add("rest", "fmod.Scalar", self=w, other=0.0)
    p.add("masked", "scaled_dot_product_attention", query="x", key="x", value="x",
          dropout_p=0.1)
    p.add("bits", "__and__.Tensor", self="x", other="x")
    p.add("any", "any.dim", self="x", dim=1)
    p.add("most", "topk", self="x", k=9, outputs=2)
    p.add("quotient", "div.Tensor_mode", self="x", other=3.1,
          rounding_mode={"as_string": "floor"})
    p.add("odd", "glu", self="x", dim=0)
    p.add("windows", "unfold", self="x", dimension=2, size=9, step=1)
    p.add("columns", "im2col", self="x", kernel_size=[2, 2], dilation=[1, 1], padding=[0, 0],
          stride=[1, 1])
    p.add("times", "repeat_interleave.self_int", self="x", repeats=0)
    p.add("distance", "pairwise_distance", x1="x", x2="x", p=3.0)
    p.add("normed", "_weight_norm", v=w, g=w, dim=0)
    p.add("step", "gru_cell", input="x", hx="x", w_ih=w, w_hh=w)
    p.add("product", "mv", self="x", vec=w)
    p.add("around", "pad", self="x", pad=[9, 0], mode={"as_string": "circular"})
    p.add("bounds", "clamp", self="i", min=0.5)
    p.add("steep", "softplus", self="x", beta=0.0)
    p.write(folder / "operators.pt2")


def weights(folder):
    """Weights that cannot be read."""
    p = Program(x=[1, 4])
    for name, fields in {
            "short": {"data": bytes(4)}, "strange": {"dtype": 9},
            "far": {"storage_offset": {"as_int": 9}},
            "back": {"strides": [{"as_int": -1}]},
            "nan": {"data": struct.pack("<4f", float("nan"), 1, 2, 3)}}.items():
        p.add(name, "add.Tensor", self="x", other=p.weight(name, [4], **fields))
    p.add("lost", "add.Tensor", self="x", other="p_lost")
    p.specs.append({"parameter": {"arg": {"name": "p_lost"}, "parameter_name": "lost"}})
    kind = p.weights.pop("strange")
    p.write(folder / "weights.pt2")
    p = Program(x=[1, 4])
    p.weights["strange"] = kind
    p.add("y", "relu", self="x")
    p.write(folder / "strange.pt2")


def small(folder, name, change=lambda program: None, **options):
    """A small good program but for `change`."""
    p = Program(x=[1, 4])
    p.add("y", "relu", self="x")
    change(p)
    p.write(folder / f"{name}.pt2", **options)


def shared(p):
    p.add("view", "view", self="y", size=[2, 2])
    p.add("z", "add_.Tensor", self="y", other=1.0)


def through_view(p):
    """A change that reaches `y`, which is not a constant, by a name that nothing reads."""
    p.add("part", "slice.Tensor", self="y", dim=1, start=0, end=2)
    p.add("z", "fill_.Scalar", self="part", value=1.0)
    p.outputs[:] = ["y"]


def through_type(p):
    """The same, by a conversion to the type that `y` has."""
    p.add("same", "to.dtype", self="y", dtype={"as_scalar_type": FLOAT})
    p.add("z", "add_.Tensor", self="same", other=1.0)
    p.outputs[:] = ["y"]


def in_place(p):
    """What is read after a change is what it left."""
    p.outputs.clear()
    p.add("z", "mul_.Tensor", self="y", other=3.0)
    p.add("out", "add.Tensor", self="y", other="z")
    p.outputs.remove("z")


def non_finite(p):
    p.add("z", "clamp", self="x", min={"as_float": float("-inf")}, max=2.0)
    p.values["unread"] = {"limit": float("inf")}


def hostile_pickle(folder):
    """The older layout, with a pickle that would call a function."""
    class Call:
        def __reduce__(self):
            return print, ("called",)

    p = Program(x=[1, 4])
    p.add("y", "relu", self="x")
    for name, content in {
            "call": pickle.dumps({"w": Call()}, 2), "protocol": pickle.dumps({"w": 1}, 4),
            "list": pickle.dumps([1], 2), "cut": b"\x80\x02}q\x00X\xff\x00\x00\x00w"}.items():
        inner = folder / "inner.zip"
        with zipfile.ZipFile(inner, "w") as file:
            file.writestr("archive/data.pkl", content)
        with zipfile.ZipFile(folder / f"pickle_{name}.pt2", "w") as file:
            file.writestr("serialized_exported_program.json", json.dumps(p.build()))
            file.writestr("serialized_state_dict.pt", inner.read_bytes())


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    operators(folder)
    weights(folder)
    small(folder, "schema", lambda p: p.version.update(major=9))
    small(folder, "order", byteorder="big")
    small(folder, "shared", shared)
    small(folder, "in_place", in_place)
    small(folder, "through_view", through_view)
    small(folder, "through_type", through_type)
    small(folder, "non_finite", non_finite)
    small(folder, "mutation", lambda p: p.outputs_specs.append({"buffer_mutation": {}}))
    small(folder, "half_input", lambda p: p.values["x"].update(dtype=6))
    small(folder, "twice", lambda p: p.add("y", "tanh", self="x"))
    small(folder, "constant", lambda p: p.outputs.append(p.weight("w", [4])))
    small(folder, "dead", lambda p: (p.add("dead", "fancy", self="x"), p.outputs.pop()))
    hostile_pickle(folder)
    with zipfile.ZipFile(folder / "empty.pt2", "w") as file:
        file.writestr("net/archive_format", "pt2")
    with zipfile.ZipFile(folder / "json.pt2", "w") as file:
        file.writestr("serialized_exported_program.json", '{"graph_module": ')


main()
