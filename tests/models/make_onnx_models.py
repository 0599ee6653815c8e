#!/usr/bin/env python3
"""Build the ONNX reference models and store what ONNX Runtime computes with them.

    make_onnx_models.py OUT [--only NAME ...]
    make_onnx_models.py --list

Each model NAME becomes OUT/NAME.onnx and OUT/NAME.npz, as in make_models.py.
Those that begin with `torch_` are written by PyTorch's exporters, the others
node by node. Needs requirements-onnx.txt.
"""

import argparse
import pathlib
import zlib

import numpy as np
import onnx
import onnxruntime
import onnx_matrix
from onnx import TensorProto, helper, numpy_helper

FLOAT = TensorProto.FLOAT
MODELS = {}


def model(build):
    """Register a builder, which gets a generator, under its name."""
    MODELS[build.__name__] = build
    return build


# --- PyTorch -----------------------------------------------------------------


def export(net, shapes, dynamo):
    """The ONNX model of a PyTorch module with random batch norms, from inputs
    of `shapes` without the batch, by the exporter `dynamo` or TorchScript's."""
    import tempfile

    import torch

    generator = torch.Generator().manual_seed(1)
    for module in net.modules():
        if isinstance(module, (torch.nn.BatchNorm1d, torch.nn.BatchNorm2d)):
            count = module.num_features
            module.weight.data = torch.rand(count, generator=generator) + 0.5
            module.weight.data[::3] *= -1
            module.bias.data = torch.randn(count, generator=generator) / 2
            module.running_mean = torch.randn(count, generator=generator) / 2
            module.running_var = torch.rand(count, generator=generator) * 1.7 + 0.3
    inputs = tuple(torch.zeros(1, *shape) for shape in shapes)
    names = ["x", "features"][:len(inputs)]
    with tempfile.NamedTemporaryFile(suffix=".onnx") as file:
        options = {"opset_version": 17, "dynamic_axes": {name: {0: "batch"} for name in names}}
        torch.onnx.export(net.eval(), inputs, file.name, input_names=names, output_names=["y"],
                          dynamo=dynamo, **({} if dynamo else options))
        proto = onnx.load(file.name)
    # Where the Python code was that the nodes come from.
    for item in [*proto.graph.node, *proto.graph.input, *proto.graph.output,
                 *proto.graph.value_info, *proto.graph.initializer, proto.graph]:
        del item.metadata_props[:]
        item.doc_string = ""
    del proto.graph.value_info[:]
    return proto


def torch_ecg_convnet(dynamo):
    """The ECG classifier with batch norm: 3 Conv1d, max pool, 2 linear."""
    import torch
    from torch import nn

    class ConvNet(nn.Module):
        def __init__(self):
            super().__init__()
            self.convolutions = nn.ModuleList([nn.Conv1d(1, 8, 2), nn.Conv1d(8, 8, 2),
                                               nn.Conv1d(8, 8, 2)])
            self.norms = nn.ModuleList([nn.BatchNorm1d(8) for _ in range(3)])
            self.dropout, self.pool = nn.Dropout(0.1), nn.MaxPool1d(2, 3)
            self.fc1, self.fc2 = nn.Linear(376, 32), nn.Linear(32, 1)

        def forward(self, x):
            batch = x.size(0)
            y = x.view(batch, 1, -1)
            for index, (convolution, norm) in enumerate(zip(self.convolutions, self.norms)):
                y = torch.relu(self.dropout(norm(convolution(y))))
                y = self.pool(y) if index == 1 else y
            y = self.fc1(y.view(batch, -1))
            return self.fc2(y.view(batch, 1, -1))

    return export(ConvNet(), [(1, 145)], dynamo)


def torch_lstm(dynamo):
    """LSTM 12 on (17, 5), batch norm, linear, of the last step."""
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = nn.LSTM(5, 12, batch_first=True)
            self.norm, self.linear = nn.BatchNorm1d(12), nn.Linear(12, 3)

        def forward(self, x):
            return self.linear(self.norm(self.lstm(x)[0][:, -1, :]))

    return export(Net(), [(17, 5)], dynamo)


for exporter in ("torchscript", "dynamo"):
    for build in (torch_ecg_convnet, torch_lstm):
        MODELS[f"{build.__name__}_{exporter}"] = (
            lambda rng, build=build, exporter=exporter: build(exporter == "dynamo"))


@model
def torch_cnn2d(rng):
    """Images through both poolings, and batch norm before and after tanh and
    max pool, by the dynamo exporter."""
    from torch import nn

    return export(nn.Sequential(
        nn.Conv2d(3, 6, 3), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(6, 9, 3), nn.Tanh(), nn.BatchNorm2d(9), nn.AvgPool2d(2), nn.Flatten(),
        nn.Linear(36, 12), nn.BatchNorm1d(12), nn.ReLU(), nn.Linear(12, 5), nn.Softmax(1)),
        [(3, 14, 14)], True)


@model
def torch_resnet1d_two_inputs(rng):
    """Residual blocks with strides, squeeze-and-excitation, and features."""
    import torch
    from torch import nn

    class Net(nn.Module):
        def __init__(self):
            super().__init__()
            self.stem = nn.Sequential(nn.Conv1d(2, 10, 5, padding=2), nn.BatchNorm1d(10))
            self.block = nn.Sequential(
                nn.BatchNorm1d(10), nn.SiLU(), nn.Conv1d(10, 10, 3, padding=1, groups=2),
                nn.BatchNorm1d(10), nn.SiLU(), nn.Conv1d(10, 10, 3, padding=1))
            self.gate = nn.Sequential(nn.Linear(10, 3), nn.ReLU(), nn.Linear(3, 10), nn.Sigmoid())
            self.skip = nn.Conv1d(10, 14, 1, stride=2)
            self.down = nn.Conv1d(10, 14, 3, stride=2, padding=1)
            self.register_buffer("mean", torch.tensor([0.5, -1.0, 2.0]))
            self.head = nn.Linear(28 + 3, 4)

        def forward(self, x, features):
            y = self.stem(x)
            y = y + self.block(y)
            y = y * self.gate(y.mean(2)).unsqueeze(-1)
            y = torch.relu(self.skip(y) + self.down(y))
            pooled = torch.cat([y.mean(-1), y.amax(-1), (features - self.mean) / 1.5], 1)
            return self.head(pooled)

    return export(Net(), [(2, 37), (3,)], False)


# --- Node by node ------------------------------------------------------------


class Graph:
    """A graph that grows node by node, from the input `x`."""

    def __init__(self, rng, shape, opset, element_type=FLOAT):
        self.rng, self.opset = rng, opset
        self.nodes, self.initializers = [], []
        self.inputs = [helper.make_tensor_value_info("x", element_type, ["batch", *shape])]

    def add(self, operator, inputs, outputs=1, **attributes):
        """The output, or the list of outputs, of a new node. Arrays among the
        inputs become initializers."""
        count = len(self.nodes)
        names = [name if isinstance(name, str) else self.constant(name) for name in inputs]
        results = [f"{operator.lower()}_{count}" + (f"_{index}" if index else "")
                   for index in range(outputs)]
        self.nodes.append(helper.make_node(operator, names, results, f"{operator}_{count}",
                                           **attributes))
        return results if outputs > 1 else results[0]

    def constant(self, values):
        """The name of a new initializer."""
        name = f"constant_{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(values), name))
        return name

    def weights(self, *shape):
        """Random numbers of about the size that keeps values at 1."""
        scale = 1 / np.sqrt(max(1, np.prod(shape[1:])))
        return (self.rng.normal(size=shape) * scale).astype(np.float32)

    def finish_all(self, outputs):
        """The model, with outputs by their names, of whatever type they are."""
        nodes = self.nodes + [helper.make_node("Identity", [tensor], [name])
                              for name, tensor in outputs]
        graph = helper.make_graph(nodes, "model", self.inputs,
                                  [onnx.ValueInfoProto(name=name) for name, _ in outputs],
                                  self.initializers)
        proto = helper.make_model(
            graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=10)
        domains = {node.domain for node in self.nodes}
        if "ai.onnx.ml" in domains:
            proto.opset_import.append(helper.make_opsetid("ai.onnx.ml", 1))
        if "test" in domains:
            proto.opset_import.append(helper.make_opsetid("test", 1))
            proto.functions.extend(onnx_matrix.make_functions())
        options = onnxruntime.SessionOptions()
        options.log_severity_level = 3
        session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
        types = {"tensor(float)": FLOAT, "tensor(bool)": TensorProto.BOOL,
                 "tensor(int32)": TensorProto.INT32, "tensor(int64)": TensorProto.INT64}
        del proto.graph.output[:]
        proto.graph.output.extend(
            helper.make_tensor_value_info(output.name, types[output.type], output.shape)
            for output in session.get_outputs())
        return proto

    def finish(self, output, rank):
        """The model, with an output of some shape."""
        sizes = ["batch", *(f"size_{axis}" for axis in range(1, rank))]
        results = [helper.make_tensor_value_info(output, FLOAT, sizes)]
        graph = helper.make_graph(self.nodes, "model", self.inputs, results, self.initializers)
        return helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)],
                                 ir_version=8)


@model
def onnx_activations(rng):
    """Every pointwise function, on a channel of a convolution each."""
    graph = Graph(rng, (3, 11), 20)
    results = []
    for operator, attributes in [
            ("Relu", {}), ("LeakyRelu", {"alpha": 0.1}), ("Elu", {"alpha": 0.7}), ("Selu", {}),
            ("Sigmoid", {}), ("HardSigmoid", {"alpha": 0.3}), ("HardSwish", {}), ("Tanh", {}),
            ("Softplus", {}), ("Softsign", {}), ("Gelu", {}), ("Gelu", {"approximate": "tanh"}),
            ("Exp", {}), ("Neg", {}), ("Softmax", {"axis": 1})]:
        y = graph.add("Conv", ["x", graph.weights(2, 3, 2), graph.weights(2)])
        results.append(graph.add(operator, [y], **attributes))
    y = graph.add("Conv", ["x", graph.weights(2, 3, 2)])
    results.append(graph.add("Clip", [y, np.float32(-0.5), np.float32(0.25)]))
    return graph.finish(graph.add("Concat", results, axis=1), 3)


@model
def onnx_convolutions(rng):
    """Padding, strides, dilations and groups of both kinds of convolution."""
    graph = Graph(rng, (4, 13, 10), 11)
    y = graph.add("Conv", ["x", graph.weights(6, 4, 3, 2), graph.weights(6)],
                  strides=[2, 1], pads=[0, 1, 1, 0])
    y = graph.add("Conv", [y, graph.weights(6, 1, 3, 3)], group=6, auto_pad="SAME_UPPER")
    y = graph.add("Conv", [y, graph.weights(9, 2, 2, 2), graph.weights(9)], group=3,
                  auto_pad="SAME_LOWER")
    y = graph.add("Conv", [y, graph.weights(9, 9, 2, 2)], pads=[1, 2, 0, 0], dilations=[1, 2])
    y = graph.add("Conv", [y, graph.weights(5, 9, 1, 1)], auto_pad="VALID", strides=[1, 2])
    y = graph.add("Reshape", [y, np.array([0, 5, -1])])
    y = graph.add("Conv", [y, graph.weights(7, 5, 4)], dilations=[2], pads=[1, 2])
    return graph.finish(graph.add("Conv", [y, graph.weights(3, 7, 3)], strides=[3]), 3)


@model
def onnx_transposed_convolutions(rng):
    """Padding, strides, dilations, groups and sizes of transposed convolutions."""
    graph = Graph(rng, (4, 5, 3), 11)
    y = graph.add("ConvTranspose", ["x", graph.weights(4, 6, 3, 2), graph.weights(6)],
                  strides=[2, 1], pads=[0, 1, 1, 0], output_padding=[1, 0])
    y = graph.add("ConvTranspose", [y, graph.weights(6, 2, 3, 3), graph.weights(6)], group=3,
                  strides=[1, 2], auto_pad="SAME_UPPER")
    y = graph.add("ConvTranspose", [y, graph.weights(6, 3, 2, 2)], group=2, strides=[1, 2],
                  output_shape=[11, 11], auto_pad="SAME_LOWER")
    y = graph.add("ConvTranspose", [y, graph.weights(6, 3, 2, 2)], dilations=[1, 2])
    y = graph.add("Reshape", [y, np.array([0, 3, -1])])
    return graph.finish(graph.add("ConvTranspose", [y, graph.weights(3, 1, 3)], strides=[3]), 3)


@model
def onnx_poolings(rng):
    """Rounding up, padding that counts and does not, and whole axes."""
    graph = Graph(rng, (3, 11, 9), 13)
    parts = []
    for operator, attributes in [
            ("MaxPool", {"kernel_shape": [3, 2], "strides": [2, 2], "ceil_mode": 1,
                         "pads": [1, 0, 1, 0]}),
            ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1]}),
            ("AveragePool", {"kernel_shape": [3, 3], "strides": [2, 2], "pads": [1, 1, 1, 1],
                             "count_include_pad": 1}),
            ("AveragePool", {"kernel_shape": [2, 4], "auto_pad": "SAME_UPPER"}),
            ("GlobalMaxPool", {}), ("GlobalAveragePool", {}),
            ("ReduceMean", {"axes": [1]}), ("ReduceMax", {"axes": [-1, 1], "keepdims": 0})]:
        parts.append(graph.add("Flatten", [graph.add(operator, ["x"], **attributes)]))
    parts.append(graph.add("Flatten", [graph.add("ReduceSum", ["x", np.array([2, 3])])]))
    y = graph.add("Concat", parts, axis=1)
    return graph.finish(y, 2)


@model
def onnx_volumes(rng):
    """Convolutions and poolings of three axes: groups, strides, dilations, padding."""
    graph = Graph(rng, (4, 5, 6, 4), 19)
    y = graph.add("Conv", ["x", graph.weights(6, 2, 2, 3, 1), graph.weights(6)], group=2,
                  pads=[1, 0, 0, 1, 2, 0], strides=[1, 2, 1])
    y = graph.add("MaxPool", [y], kernel_shape=[3, 2, 2], strides=[1, 1, 2], pads=[1, 0, 1, 1, 1, 0])
    y = graph.add("Conv", [y, graph.weights(4, 6, 2, 2, 2)], dilations=[2, 1, 1],
                  pads=[1, 0, 1, 1, 1, 0])
    y = graph.add("Conv", [y, graph.weights(4, 4, 2, 1, 2)], auto_pad="SAME_UPPER")
    y = graph.add("AveragePool", [y], kernel_shape=[2, 2, 2], ceil_mode=1)
    wide = graph.add("ConvTranspose", [y, graph.weights(4, 2, 3, 2, 2), graph.weights(4)], group=2,
                     strides=[2, 1, 2], pads=[1, 0, 0, 0, 1, 1], output_padding=[1, 0, 0])
    means = graph.add("GlobalAveragePool", [wide])
    return graph.finish(graph.add("Mul", [wide, means]), 5)


@model
def onnx_arithmetic(rng):
    """Constants on either side, broadcasting, and shapes computed on the way."""
    graph = Graph(rng, (4, 6), 17)
    y = graph.add("Sub", ["x", graph.weights(4, 1)])
    y = graph.add("Div", [y, np.float32(2.5)])
    y = graph.add("Sub", [np.float32(1), y])
    y = graph.add("Mul", [graph.weights(1, 4, 6), y])
    y = graph.add("Max", [y, graph.weights(6), "x"])
    y = graph.add("Pow", [y, np.float32(2)])
    z = graph.add("ReduceMean", [y], axes=[2], keepdims=1)
    y = graph.add("Div", [y, graph.add("Add", [z, np.float32(1)])])
    shape = graph.add("Shape", [y])
    batch = graph.add("Gather", [shape, np.int64(0)])
    batch = graph.add("Unsqueeze", [batch, np.array([0])])
    shape = graph.add("Concat", [batch, np.array([-1])], axis=0)
    y = graph.add("Reshape", [y, shape])
    y = graph.add("MatMul", [y, graph.weights(24, 5)])
    return graph.finish(graph.add("Add", [y, graph.weights(5)]), 2)


@model
def onnx_layouts(rng):
    """Slices, splits, paddings, transposes, and resampling."""
    graph = Graph(rng, (4, 9, 7), 13)
    a, b = graph.add("Split", ["x", np.array([1, 3])], outputs=2, axis=1)
    a = graph.add("Concat", [a, b, a], axis=1)
    a = graph.add("Slice", [a, np.array([8, 0]), np.array([-100, 2 ** 62]), np.array([2, 3]),
                            np.array([-2, 3])])
    a = graph.add("Pad", [a, np.array([0, 0, 1, 0, 0, 1, 2, 1]), np.float32(0.5)])
    a = graph.add("Pad", [a, np.array([0, 0, 0, 1, 0, 0, 0, 1])], mode="reflect")
    a = graph.add("Resize", [a, "", np.array([1, 1, 2, 1.5], np.float32)], mode="nearest",
                  coordinate_transformation_mode="asymmetric", nearest_mode="floor")
    a = graph.add("Transpose", [a], perm=[0, 2, 3, 1])
    a = graph.add("MatMul", [a, graph.weights(6, 3)])
    a = graph.add("Transpose", [a], perm=[0, 3, 1, 2])
    a = graph.add("Gather", [a, np.array([4, 0, 1, 1])], axis=2)
    return graph.finish(graph.add("Softmax", [a], axis=-1), 4)


@model
def onnx_opset7(rng):
    """What old files write differently: attributes, and a flat softmax."""
    graph = Graph(rng, (3, 8), 7)
    y = graph.add("Conv", ["x", graph.weights(4, 3, 3), graph.weights(4)], pads=[1, 1])
    y = graph.add("BatchNormalization",
                  [y, graph.weights(4), graph.weights(4), graph.weights(4),
                   np.abs(graph.weights(4)) + np.float32(0.1)], epsilon=1e-3, momentum=0.9)
    y = graph.add("Clip", [y], min=-1.0, max=0.75)
    y = graph.add("Unsqueeze", [y], axes=[2])
    y = graph.add("Upsample", [y], scales=[1.0, 1.0, 2.0, 1.0])
    y = graph.add("Pad", [y], pads=[0, 0, 0, 1, 0, 0, 0, 0], value=0.25)
    y = graph.add("Slice", [y], axes=[3], starts=[1], ends=[-1])
    y = graph.add("Dropout", [y], ratio=0.3)
    return graph.finish(graph.add("Softmax", [y], axis=1), 4)


@model
def onnx_recurrent(rng):
    """Every recurrent operator, in every direction, all steps and the last."""
    graph = Graph(rng, (6, 5), 14)
    steps = graph.add("Transpose", ["x"], perm=[1, 0, 2])
    parts = []
    for operator, gates, direction, output, attributes in [
            ("LSTM", 4, "bidirectional", 0, {}), ("LSTM", 4, "reverse", 1, {}),
            ("GRU", 3, "forward", 1, {"linear_before_reset": 1}),
            ("GRU", 3, "reverse", 0, {}),
            ("GRU", 3, "bidirectional", 1, {"linear_before_reset": 1}),
            ("RNN", 1, "bidirectional", 1, {"activations": ["Tanh", "Relu"]}),
            ("RNN", 1, "forward", 0, {})]:
        count, units = 2 if direction == "bidirectional" else 1, 3
        results = graph.add(operator, [steps, graph.weights(count, gates * units, 5),
                                       graph.weights(count, gates * units, units),
                                       graph.weights(count, 2 * gates * units)], 2,
                            hidden_size=units, direction=direction, **attributes)
        y = graph.add("Transpose", [results[output]],
                      perm=[1, 0, 2] if output else [2, 0, 1, 3])
        parts.append(graph.add("Flatten", [y]))
    return graph.finish(graph.add("Concat", parts, axis=1), 2)


def add_recurrent(graph, operator, direction, inputs=(), outputs=3, **attributes):
    """All outputs of a recurrent layer of 3 units on "x", one row each, side by side.
    `inputs` are those behind the bias."""
    gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[operator]
    count, units = 2 if direction == "bidirectional" else 1, 3
    steps = graph.add("Transpose", ["x"], perm=[1, 0, 2])
    outputs = min(outputs, 3 if operator == "LSTM" else 2)
    results = graph.add(operator, [steps, graph.weights(count, gates * units, 5),
                                   graph.weights(count, gates * units, units),
                                   graph.weights(count, 2 * gates * units), *inputs], outputs,
                        hidden_size=units, direction=direction, **attributes)
    rows = []
    for result in results:
        perm = [1, 0, 2] if rows else [2, 0, 1, 3]
        rows.append(graph.add("Flatten", [graph.add("Transpose", [result], perm=perm)]))
    return graph.add("Concat", rows, axis=1)


def add_states(graph, operator, direction, computed):
    """States before the first step, computed from "x" or constant, those of RNN and GRU one."""
    count = 2 if direction == "bidirectional" else 1
    states = []
    for step in range(2 if operator == "LSTM" else 1):
        state = graph.weights(count, 1, 3)
        if computed:
            first = graph.add("Gather", ["x", np.int64(step)], axis=1)
            first = graph.add("Tanh", [graph.add("MatMul", [first, graph.weights(5, 3 * count)])])
            first = graph.add("Reshape", [first, np.array([-1, count, 3])])
            state = graph.add("Transpose", [first], perm=[1, 0, 2])
        states.append(state)
    return states


RECURRENT = [(operator, direction) for operator in ("LSTM", "GRU", "RNN")
             for direction in ("forward", "reverse", "bidirectional")]


@model
def onnx_recurrent_states(rng):
    """States before the first step and after the last, constant lengths, peepholes, clipping."""
    graph = Graph(rng, (6, 5), 14)
    parts = []
    for operator, direction in RECURRENT:
        for computed in (False, True):
            states = add_states(graph, operator, direction, computed)
            parts.append(add_recurrent(graph, operator, direction, ["", *states]))
        parts.append(add_recurrent(graph, operator, direction))
        parts.append(add_recurrent(graph, operator, direction, [np.array([4], np.int32)]))
        states = add_states(graph, operator, direction, False)
        parts.append(add_recurrent(graph, operator, direction,
                                   [np.array([1], np.int32), *states]))
        parts.append(add_recurrent(graph, operator, direction, clip=0.25))
        if operator == "GRU":
            for clip in ({}, {"clip": 0.3}):
                parts.append(add_recurrent(graph, operator, direction, ["", *states],
                                           linear_before_reset=1, **clip))
        if operator == "LSTM":
            weights = graph.weights(2 if direction == "bidirectional" else 1, 9)
            for clip in ({}, {"clip": 0.3}):
                parts.append(add_recurrent(graph, operator, direction, ["", *states, weights],
                                           **clip))
    return graph.finish(graph.add("Concat", parts, axis=1), 2)


@model
def onnx_recurrent_functions(rng):
    """Functions of the gates, with parameters of their own."""
    graph = Graph(rng, (6, 5), 14)
    parts = []
    plain = ["Relu", "Tanh", "Sigmoid", "Softsign", "Softplus", "HardSigmoid", "LeakyRelu", "Elu",
             "ThresholdedRelu"]
    for name in plain:
        # The runtime does not have ONNX's default there.
        alpha = {"activation_alpha": [0.2]} if name == "ThresholdedRelu" else {}
        for operator, functions in [("RNN", [name]), ("GRU", ["Sigmoid", name]),
                                    ("LSTM", ["Sigmoid", name, "Tanh"]),
                                    ("LSTM", ["Sigmoid", "Tanh", name])]:
            parts.append(add_recurrent(graph, operator, "forward", activations=functions,
                                       **alpha))
    for operator, functions in [
            ("RNN", ["LeakyRelu", "Elu"]), ("RNN", ["Tanh", "HardSigmoid"]),
            ("GRU", ["HardSigmoid", "LeakyRelu", "Sigmoid", "Elu"]),
            ("LSTM", ["HardSigmoid", "LeakyRelu", "Tanh", "Sigmoid", "Elu", "ThresholdedRelu"])]:
        betas = [0.4] * functions.count("HardSigmoid")
        alphas = [0.3, 0.2, 0.6, 0.1][:sum(name in plain[5:] for name in functions)]
        parts.append(add_recurrent(graph, operator, "bidirectional", activations=functions,
                                   activation_alpha=alphas,
                                   **({"activation_beta": betas} if betas else {})))
    return graph.finish(graph.add("Concat", parts, axis=1), 2)


@model
def onnx_recurrent_lengths(rng):
    """Sequences whose lengths are an input."""
    graph = Graph(rng, (6, 5), 14)
    graph.inputs.append(helper.make_tensor_value_info("lengths", TensorProto.INT32, ["batch"]))
    parts = []
    for operator, direction in RECURRENT:
        parts.append(add_recurrent(graph, operator, direction, ["lengths"]))
        states = add_states(graph, operator, direction, True)
        parts.append(add_recurrent(graph, operator, direction, ["lengths", *states]))
        parts.append(graph.add("Softsign", [
            add_recurrent(graph, operator, direction, ["lengths", *states], outputs=2)]))
    return graph.finish(graph.add("Concat", parts, axis=1), 2)


@model
def onnx_keras_sequences(rng):
    """Layers as keras2onnx 1.7 writes them: embeddings of floats with a mask that becomes
    lengths, recurrent layers with empty names, and transposes around all."""
    graph = Graph(rng, (7, 3), 11)
    sizes = graph.add("Abs", [graph.add("Mul", ["x", np.float32(2)])])
    tokens = graph.add("Floor", [graph.add("ReduceMax", [sizes], axes=[-1], keepdims=0)])
    tokens = graph.add("Min", [tokens, np.float32(5)])
    mask = graph.add("Not", [graph.add("Equal", [tokens, np.float32([0])])])
    lengths = graph.add("ReduceSum", [graph.add("Cast", [mask], to=TensorProto.INT32)], axes=[-1],
                        keepdims=0)
    rows = graph.add("Gather", [graph.weights(6, 4),
                                graph.add("Cast", [tokens], to=TensorProto.INT32)])
    steps = graph.add("Transpose", [rows], perm=[1, 0, 2])

    def recurrent(operator, source, lengths, channels, count=1, **attributes):
        gates = {"LSTM": 4, "GRU": 3, "RNN": 1}[operator]
        weights = [graph.weights(count, gates * 5, channels), graph.weights(count, gates * 5, 5),
                   graph.weights(count, gates * 10)]
        return graph.add(operator, [source, *weights, lengths, ""]
                         + ["", ""] * (operator == "LSTM"), 3 if operator == "LSTM" else 2,
                         hidden_size=5, **attributes)

    hard = {"activations": ["HardSigmoid", "Tanh", "Tanh"], "activation_alpha": [0.2],
            "activation_beta": [0.5], "direction": "forward"}
    parts = []
    _, state, _ = recurrent("LSTM", steps, lengths, 4, **hard)
    parts.append(graph.add("Squeeze", [state], axes=[0]))
    every, _, _ = recurrent("LSTM", steps, "", 4, 2, direction="bidirectional",
                            activations=["Sigmoid", "Tanh", "Tanh"] * 2)
    both = graph.add("Reshape", [graph.add("Transpose", [every], perm=[2, 0, 1, 3]),
                                 np.array([0, 0, 10])])
    turned = graph.add("Transpose", [both], perm=[1, 0, 2])
    every, _ = recurrent("GRU", turned, "", 10, direction="reverse", linear_before_reset=1,
                         activations=["Sigmoid", "Tanh"])
    ordered = graph.add("Reshape", [graph.add("Transpose", [every], perm=[2, 0, 1, 3]),
                                    np.array([-1, 7, 5])])
    parts.append(graph.add("GlobalAveragePool", [graph.add("Transpose", [ordered],
                                                           perm=[0, 2, 1])]))
    parts[-1] = graph.add("Reshape", [parts[-1], np.array([0, -1])])
    _, state = recurrent("RNN", turned, lengths, 10, 2, direction="bidirectional",
                         activations=["Tanh", "Tanh"])
    parts.append(graph.add("Flatten", [graph.add("Transpose", [state], perm=[1, 0, 2])], axis=1))
    return graph.finish(graph.add("Concat", parts, axis=1), 2)


@model
def onnx_keras_images(rng):
    """Layers of images as keras2onnx 1.7 writes them: with the channels last outside, `auto_pad`,
    and batch norms without mean and variance of their own."""
    graph = Graph(rng, (11, 9, 3), 11)
    to_first, to_last = {"perm": [0, 3, 1, 2]}, {"perm": [0, 2, 3, 1]}

    def turned(operator, source, *weights, **attributes):
        first = graph.add("Transpose", [source], **to_first)
        return graph.add("Transpose", [graph.add(operator, [first, *weights], **attributes)],
                         **to_last)

    def norm(source, channels):
        return turned("BatchNormalization", source, graph.weights(channels) + 0.5,
                      graph.weights(channels), np.zeros(channels, np.float32),
                      np.ones(channels, np.float32), epsilon=1e-6, momentum=0.99)

    y = turned("Conv", "x", graph.weights(6, 3, 3, 3), graph.weights(6), auto_pad="SAME_UPPER",
               strides=[2, 2], dilations=[1, 1], group=1, kernel_shape=[3, 3])
    y = graph.add("Relu", [norm(y, 6)])
    y = turned("MaxPool", y, auto_pad="SAME_UPPER", strides=[2, 2], kernel_shape=[3, 3],
               ceil_mode=0)
    y = turned("Conv", y, graph.weights(6, 1, 3, 3), auto_pad="SAME_UPPER", strides=[1, 1],
               dilations=[1, 1], group=6, kernel_shape=[3, 3])
    z = turned("AveragePool", norm(y, 6), auto_pad="VALID", strides=[1, 1], kernel_shape=[2, 2],
               ceil_mode=0)
    y = turned("ConvTranspose", z, graph.weights(6, 4, 2, 2), graph.weights(4), strides=[2, 2],
               auto_pad="VALID", kernel_shape=[2, 2], dilations=[1, 1], group=1)
    y = graph.add("Pad", [y, np.array([0, 1, 0, 0, 0, 0, 1, 0]), np.float32(0)], mode="constant")
    y = graph.add("LeakyRelu", [y], alpha=0.3)
    pooled = [graph.add("Reshape", [graph.add(name, [graph.add("Transpose", [y], **to_first)]),
                                    np.array([0, -1])])
              for name in ("GlobalAveragePool", "GlobalMaxPool")]
    y = graph.add("MatMul", [graph.add("Concat", pooled, axis=-1), graph.weights(8, 5)])
    return graph.finish(graph.add("Softmax", [graph.add("Add", [y, graph.weights(5)])], axis=-1), 2)


def torch_states(dynamo):
    """LSTM, GRU and RNN of two layers, with states before the first step and after the last."""
    import torch

    class States(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.lstm = torch.nn.LSTM(5, 4, num_layers=2, batch_first=True)
            self.both = torch.nn.LSTM(4, 3, bidirectional=True, batch_first=True)
            self.gru = torch.nn.GRU(6, 4, batch_first=True)
            self.rnn = torch.nn.RNN(4, 3)
            self.start = torch.nn.Linear(5, 8)

        def forward(self, x):
            first = torch.tanh(self.start(x[:, 0]))
            states = torch.stack([first[:, :4], first[:, 4:]])
            y, (h, c) = self.lstm(x, (states, states * 0.5))
            z, (hz, cz) = self.both(y)
            w, hw = self.gru(z, h[1:])
            v, hv = self.rnn(w.transpose(0, 1), None)
            parts = [h, c, hz, cz, hw, hv]
            rows = [part.transpose(0, 1).flatten(1) for part in parts]
            return torch.cat([*rows, y[:, -1], w.flatten(1), v[-1]], dim=1)

    return export(States(), [(6, 5)], dynamo)


@model
def torch_states_torchscript(rng):
    """See torch_states()."""
    return torch_states(dynamo=False)


@model
def torch_states_dynamo(rng):
    """See torch_states()."""
    return torch_states(dynamo=True)


@model
def onnx_embedding(rng):
    """Rows of a table by whole numbers, and a table of half precision."""
    graph = Graph(rng, (9,), 13, TensorProto.INT64)
    y = graph.add("Gather", [graph.weights(20, 6), "x"])
    y = graph.add("Transpose", [y], perm=[0, 2, 1])
    kernel = graph.add("Cast", [graph.weights(5, 6, 3).astype(np.float16)], to=FLOAT)
    y = graph.add("Relu", [graph.add("Conv", [y, kernel])])
    return graph.finish(graph.add("GlobalMaxPool", [y]), 3)


@model
def onnx_fused(rng):
    """What ONNX Runtime fuses, in its own domain."""
    graph = Graph(rng, (4, 10), 17)

    def fused(operator, *inputs, outputs=1, **attributes):
        return graph.add(operator, inputs, outputs, domain="com.microsoft", **attributes)

    y = fused("FusedConv", "x", graph.weights(6, 4, 3), graph.weights(6), pads=[1, 1],
              activation="LeakyRelu", activation_params=[0.1])
    y = fused("FusedConv", y, graph.weights(4, 6, 1), graph.weights(4), activation="Clip",
              activation_params=[-0.5, 0.75])
    parts = [y, fused("FusedMatMul", "x", y, transB=1, alpha=0.3)]
    turned = graph.add("Transpose", ["x"], perm=[1, 0, 2])
    parts.append(fused("FusedMatMul", turned, turned, transBatchA=1, transBatchB=1, transB=1))
    parts.append(fused("FusedMatMul", "x", graph.weights(10, 3), alpha=2.0))
    parts.append(fused("Gelu", "x"))
    parts.append(fused("BiasGelu", "x", graph.weights(10)))
    parts.append(fused("FastGelu", "x", graph.weights(10)))
    parts.append(fused("FastGelu", "x"))
    parts.append(fused("QuickGelu", "x", alpha=1.5))
    normed, _, _, total = fused(
        "SkipLayerNormalization", "x", y, graph.weights(10), graph.weights(10),
        graph.weights(10), outputs=4, epsilon=1e-5)
    graph.nodes[-1].output[1:3] = ["", ""]
    parts += [normed, total]
    parts.append(fused("SkipSimplifiedLayerNormalization", "x", y, graph.weights(10),
                       epsilon=1e-4))
    flat = [graph.add("Flatten", [part]) for part in parts]
    proto = graph.finish(graph.add("Concat", flat, axis=1), 2)
    proto.opset_import.append(helper.make_opsetid("com.microsoft", 1))
    return proto
def register_matrix(name, shape, opset, branches):
    """Register a family of onnx_matrix.py, whose names become lower-case ones."""

    def build(rng):
        graph = Graph(rng, shape, opset)
        return graph.finish_all([(f"{output.lower()}_out", tensor) for output, tensor in branches(graph)])

    MODELS[name] = build


for family, arguments in onnx_matrix.FAMILIES.items():
    register_matrix(family, *arguments)


# --- Files -------------------------------------------------------------------


def draw(rng, tensor, samples):
    """Random inputs: normal numbers, whole ones below 20, or lengths of 1 to 6 steps."""
    shape = (samples, *(d.dim_value for d in tensor.type.tensor_type.shape.dim[1:]))
    if tensor.name == "lengths":
        return (np.arange(samples) % 6 + 1).astype(np.int32)
    if tensor.type.tensor_type.elem_type == FLOAT:
        return rng.normal(size=shape).astype(np.float32)
    return rng.integers(0, 20, size=shape)


def run(proto, inputs):
    """The outputs of ONNX Runtime, sample by sample."""
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options)
    results = [session.run(None, {name: array[i:i + 1] for name, array in inputs.items()})
               for i in range(len(next(iter(inputs.values()))))]
    return [np.concatenate(parts) for parts in zip(*results)]


def save(name, out, samples=8):
    """Build a model and write its files."""
    seed = zlib.crc32(name.encode())
    rng = np.random.default_rng(seed)
    if name.startswith("torch_"):
        import torch
        torch.manual_seed(seed)
    proto = MODELS[name](rng)
    onnx.checker.check_model(proto)
    inputs = {tensor.name: draw(rng, tensor, samples) for tensor in proto.graph.input}
    outputs = run(proto, inputs)
    assert all(np.isfinite(array).all() for array in outputs), name
    onnx.save(proto, out / f"{name}.onnx")
    arrays = {f"x:{key}": array.astype(np.float32) for key, array in inputs.items()}
    names = [tensor.name for tensor in proto.graph.output]
    arrays |= {f"y:{key}": array.astype(np.float32)
               for key, array in zip(names, outputs, strict=True)}
    if len(inputs) == len(outputs) == 1:
        arrays = {key[0]: array for key, array in arrays.items()}
    np.savez_compressed(out / f"{name}.npz", **arrays)


def main():
    """Read the command line and build what it asks for."""
    parser = argparse.ArgumentParser(description="Build the ONNX reference models.")
    parser.add_argument("out", nargs="?", type=pathlib.Path, help="folder to write to")
    parser.add_argument("--only", nargs="+", metavar="NAME", choices=MODELS, help="these alone")
    parser.add_argument("--list", action="store_true", help="print the models and stop")
    args = parser.parse_args()
    if args.list:
        print(*MODELS, sep="\n")
        return
    if args.out is None:
        parser.error("the folder OUT is needed")
    for name in args.only or MODELS:
        save(name, args.out, 2 if name in onnx_matrix.FAMILIES else 8)
        print(name, flush=True)


if __name__ == "__main__":
    main()
