#!/usr/bin/env python3
"""Build the reference models of torch.export and store what PyTorch computes with them.

    make_pt2_models.py OUT [--only NAME ...] [--suffix SUFFIX]
    make_pt2_models.py --list

Each model NAME becomes OUT/NAME.pt2, OUT/NAME_core.pt2 after run_decompositions(),
and OUT/NAME.npz and OUT/NAME_core.npz, as in make_models.py. Those that begin with
`pt2_matrix_` hold one combination of an operator and its options in each output.
Needs requirements-pt2.txt; the layout of a file is that of the PyTorch that runs this.
"""

import argparse
import io
import json
import pathlib
import re
import zipfile
import zlib

import numpy as np
import torch
from torch import nn
from torch.nn import functional as F

MODELS = {}


class Branches(nn.Module):
    """Modules and functions of the same inputs, whose results have names."""

    def __init__(self, branches):
        super().__init__()
        self.functions = dict(branches)
        for name, function in self.functions.items():
            if isinstance(function, nn.Module):
                setattr(self, name, function)

    def forward(self, *inputs):
        return {name: function(*inputs) for name, function in self.functions.items()}


def matrix(*shapes, core=True):
    """Register a generator of (combination, function of the inputs), for inputs of `shapes`
    without the batch. Each becomes an output, named after it."""

    def register(branches):
        def build():
            named = {re.sub(r"[^\w]+", "_", name).strip("_").lower(): function
                     for name, function in branches()}
            return Branches(named), [torch.randn(1, *shape) for shape in shapes]

        build.core = core
        MODELS["pt2_matrix_" + branches.__name__] = build
        return branches

    return register


def model(build):
    """Register a function that returns a module and its inputs."""
    build.core = True
    MODELS["pt2_" + build.__name__] = build
    return build


# --- Operators and their options ------------------------------------------------


@matrix((6, 11))
def conv1d():
    for stride, padding, dilation in [(1, 0, 1), (2, 0, 1), (3, 2, 1), (1, 1, 2), (2, 3, 3)]:
        yield (f"stride {stride} padding {padding} dilation {dilation}",
               nn.Conv1d(6, 4, 3, stride, padding, dilation))
    yield "same even", nn.Conv1d(6, 4, 4, padding="same")
    yield "same dilated", nn.Conv1d(6, 4, 3, padding="same", dilation=2)
    yield "valid", nn.Conv1d(6, 4, 3, padding="valid")
    yield "groups", nn.Conv1d(6, 4, 3, groups=2)
    yield "depthwise", nn.Conv1d(6, 12, 3, padding=1, groups=6)
    yield "no bias", nn.Conv1d(6, 4, 3, bias=False)
    yield "reflect", nn.Conv1d(6, 4, 3, padding=2, padding_mode="reflect")
    yield "replicate", nn.Conv1d(6, 4, 3, padding=1, padding_mode="replicate")
    for stride, padding, more, dilation in [(1, 0, 0, 1), (2, 1, 1, 1), (3, 1, 0, 1), (2, 0, 1, 2)]:
        yield (f"transposed {stride} {padding} {more} {dilation}", nn.ConvTranspose1d(
            6, 4, 3, stride, padding, more, dilation=dilation))
    yield "transposed groups", nn.ConvTranspose1d(6, 4, 3, 2, groups=2, bias=False)


@matrix((4, 9, 8))
def conv2d():
    for stride, padding, dilation in [(1, 0, 1), (2, 1, 1), ((1, 2), (0, 1), 1), (1, 2, 2)]:
        yield (f"stride {stride} padding {padding} dilation {dilation}",
               nn.Conv2d(4, 3, (3, 2), stride, padding, dilation))
    yield "same", nn.Conv2d(4, 3, (3, 2), padding="same")
    yield "groups", nn.Conv2d(4, 6, 3, groups=2)
    yield "depthwise", nn.Conv2d(4, 4, 3, padding=1, groups=4, bias=False)
    yield "transposed", nn.ConvTranspose2d(4, 3, 3, 2, 1, 1)
    yield "transposed groups", nn.ConvTranspose2d(4, 6, (2, 3), (3, 2), groups=2)
    yield "batch norm", nn.Sequential(nn.Conv2d(4, 3, 3), nn.BatchNorm2d(3), nn.ReLU(inplace=True))
    yield "norm first", nn.Sequential(nn.BatchNorm2d(4), nn.Conv2d(4, 3, 3, padding=1))


@matrix((3, 13), core=False)
def pools1d():
    for size, stride, padding in [(2, None, 0), (3, 2, 1), (2, 3, 0)]:
        for ceil in [False, True]:
            yield f"max {size} {stride} {padding} {ceil}", nn.MaxPool1d(
                size, stride, padding, ceil_mode=ceil)
            for counts in [False, True]:
                yield f"avg {size} {stride} {padding} {ceil} {counts}", nn.AvgPool1d(
                    size, stride, padding, ceil, counts)
    for size in [1, 5, 13]:
        yield f"adaptive avg {size}", nn.AdaptiveAvgPool1d(size)
        yield f"adaptive max {size}", nn.AdaptiveMaxPool1d(size)
    yield "linear", lambda x: F.interpolate(x, 20, mode="linear")
    yield "linear corners", lambda x: F.interpolate(x, 20, mode="linear", align_corners=True)
    yield "nearest", lambda x: F.interpolate(x, scale_factor=2.0)


@matrix((3, 9, 8))
def pools2d():
    for size, stride, padding in [(2, None, 0), ((3, 2), 2, 1), (2, (3, 1), 0)]:
        yield f"max {size} {stride} {padding}", nn.MaxPool2d(size, stride, padding)
        yield f"max ceil {size} {stride} {padding}", nn.MaxPool2d(
            size, stride, padding, ceil_mode=True)
        for counts in [False, True]:
            yield f"avg {size} {stride} {padding} {counts}", nn.AvgPool2d(
                size, stride, padding, count_include_pad=counts)
    yield "adaptive global", nn.AdaptiveAvgPool2d(1)
    yield "adaptive even", nn.AdaptiveAvgPool2d((3, 4))
    yield "bilinear", lambda x: F.interpolate(x, (12, 5), mode="bilinear")
    yield "bilinear corners", lambda x: F.interpolate(x, (12, 5), mode="bilinear",
                                                      align_corners=True)
    yield "nearest", lambda x: F.interpolate(x, (13, 5))
    yield "nearest scale", lambda x: F.interpolate(x, scale_factor=2)


@matrix((4, 9, 8), core=False)
def adaptive2d():
    yield "avg", nn.AdaptiveAvgPool2d((4, 5))
    yield "max", nn.AdaptiveMaxPool2d((4, 3))
    yield "max global", nn.AdaptiveMaxPool2d(1)
    yield "shuffle", nn.PixelShuffle(2)
    yield "channels", nn.ChannelShuffle(2)


@matrix((4, 7))
def functions():
    yield from {
        "relu": nn.ReLU(), "relu6": nn.ReLU6(), "gelu": nn.GELU(), "gelu_tanh": nn.GELU("tanh"),
        "silu": nn.SiLU(), "sigmoid": nn.Sigmoid(), "tanh": nn.Tanh(),
        "leaky_relu": nn.LeakyReLU(0.2), "elu": nn.ELU(0.7), "selu": nn.SELU(),
        "celu": nn.CELU(0.7), "hardtanh": nn.Hardtanh(-0.5, 0.7), "hardswish": nn.Hardswish(),
        "hardsigmoid": nn.Hardsigmoid(), "softplus": nn.Softplus(), "mish": nn.Mish(),
        "prelu": nn.PReLU(), "prelu_channels": nn.PReLU(4, 0.1), "logsigmoid": nn.LogSigmoid(),
        "softsign": nn.Softsign(), "softmax": nn.Softmax(-1), "softmax_1": nn.Softmax(1),
        "log_softmax": nn.LogSoftmax(-1), "clamp": lambda x: x.clamp(-0.3, 0.4),
        "clamp_min": lambda x: x.clamp(min=0.1), "clamp_max": lambda x: torch.clamp_max(x, 0.1),
        "abs": torch.abs, "neg": torch.neg, "exp": torch.exp, "erf": torch.erf,
        "log": lambda x: torch.log(x.abs() + 0.1), "sqrt": lambda x: torch.sqrt(x.abs()),
        "rsqrt": lambda x: torch.rsqrt(x.abs() + 0.1), "square": torch.square,
        "reciprocal": lambda x: torch.reciprocal(x.abs() + 0.5),
        "pow_2": lambda x: x ** 2, "pow_3": lambda x: x ** 3,
        "pow_half": lambda x: x.abs() ** 0.5, "dropout": nn.Dropout(0.3),
        "inplace": lambda x: F.relu_(x + 1.0), "threshold_in_place": lambda x: (x * 2).clamp_(0, 1),
    }.items()


@matrix((3, 4, 5), (3, 4, 5), (1, 4, 1), core=False)
def arithmetic():
    c, row = torch.randn(4, 5), torch.randn(5)
    for name, f in {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "max": torch.maximum,
                    "min": torch.minimum}.items():
        yield f"{name} values", lambda x, z, r, f=f: f(x, z)
        yield f"{name} repeated", lambda x, z, r, f=f: f(x, r)
        yield f"{name} first", lambda x, z, r, f=f: f(r, x)
        yield f"{name} constant", lambda x, z, r, f=f: f(x, c)
        yield f"{name} row", lambda x, z, r, f=f: f(row, x)
    yield "add number", lambda x, z, r: x + 1.5
    yield "add alpha", lambda x, z, r: torch.add(x, z, alpha=0.5)
    yield "sub alpha", lambda x, z, r: torch.sub(x, z, alpha=2)
    yield "rsub", lambda x, z, r: 2.0 - x
    yield "rsub alpha", lambda x, z, r: torch.rsub(x, 1.0, alpha=3)
    yield "mul number", lambda x, z, r: x * 3
    yield "div number", lambda x, z, r: x / 3
    yield "div values", lambda x, z, r: x / (z.abs() + 0.5)
    yield "number by value", lambda x, z, r: 2.0 / (x.abs() + 0.5)
    yield "gate", lambda x, z, r: x * torch.sigmoid(x)
    yield "where", lambda x, z, r: torch.where(x > z, x, z * 2)
    yield "less", lambda x, z, r: torch.where(x <= 0.2, x, torch.zeros_like(x))
    yield "masked", lambda x, z, r: x.masked_fill(torch.ones(4, 5).triu(1).bool(), -2.0)
    yield "in place", lambda x, z, r: (x * 1.0).add_(z).mul_(r)


@matrix((3, 4, 5))
def reductions():
    for name, f in {"mean": torch.mean, "sum": torch.sum, "amax": torch.amax,
                    "amin": torch.amin, "var": torch.var, "std": torch.std}.items():
        for axes in [1, (2, 3), (1, 2, 3), -1]:
            for keep in [False, True]:
                yield f"{name} {axes} {keep}", lambda x, f=f, a=axes, k=keep: f(
                    x, dim=a, keepdim=k)
    yield "max values", lambda x: x.max(2).values
    yield "min values", lambda x: x.min(1, keepdim=True)[0]
    yield "var biased", lambda x: x.var((2, 3), unbiased=False)


@matrix((4, 6, 10))
def shapes():
    yield from {
        "view": lambda x: x.view(x.shape[0], -1), "reshape": lambda x: x.reshape(-1, 8, 30),
        "flatten": lambda x: x.flatten(1, 2), "flatten_all": lambda x: torch.flatten(x, 1),
        "unflatten": lambda x: x.unflatten(2, (2, 3)),
        "squeeze": lambda x: x[:, :1].squeeze(1), "unsqueeze": lambda x: x.unsqueeze(-2),
        "transpose": lambda x: x.transpose(1, 3), "permute": lambda x: x.permute(0, 2, 3, 1),
        "swap": lambda x: x.permute(0, 3, 2, 1).contiguous().view(x.size(0), 10, 24),
        "expand": lambda x: x[:, :1].expand(-1, 5, -1, -1), "repeat": lambda x: x.repeat(1, 2, 1, 3),
        "cat": lambda x: torch.cat([x, x * 2], 1), "cat_last": lambda x: torch.cat([x, -x], -1),
        "cat_constant": lambda x: torch.cat([torch.ones(1, 1, 6, 10).expand(
            x.shape[0], -1, -1, -1), x], 1),
        "stack": lambda x: torch.stack([x, -x], 2), "split": lambda x: x.split(3, 3)[3],
        "split_sizes": lambda x: x.split([1, 5], 2)[1], "chunk": lambda x: x.chunk(3, 3)[2],
        "unbind": lambda x: x.unbind(1)[2], "slice": lambda x: x[:, 1:, ::2, 2:-1],
        "select": lambda x: x[:, 2, :, -1], "narrow": lambda x: x.narrow(3, 2, 4),
        "flip": lambda x: x.flip(2, 3), "roll": lambda x: torch.cat([x[:, -1:], x[:, :-1]], 1),
        "pad": lambda x: F.pad(x, (1, 2)), "pad_2": lambda x: F.pad(x, (1, 2, 0, 3), value=1.5),
        "pad_negative": lambda x: F.pad(x, (-1, 2, 1, -2)),
        "reflect": lambda x: F.pad(x, (2, 1, 3, 0), "reflect"),
        "replicate": lambda x: F.pad(x, (2, 1, 3, 0), "replicate"),
        "index_select": lambda x: x.index_select(1, torch.tensor([2, 0, 3])),
        "movedim": lambda x: x.movedim(1, -1),
        "sizes": lambda x: x.reshape(x.size(0), x.size(1) * 2, x.size(2) // 2, x.size(3)),
    }.items()


@matrix((5, 8), (5, 8), core=False)
def products():
    w, c = torch.randn(8, 3), torch.randn(3, 5)
    yield "linear", FirstInput(nn.Sequential(nn.Flatten(), nn.Linear(40, 6)))
    yield "sequence", FirstInput(nn.Linear(8, 4))
    yield "sequence no bias", FirstInput(nn.Linear(8, 4, bias=False))
    yield "constant", lambda x, z: x @ w
    yield "constant first", lambda x, z: c @ x
    yield "values", lambda x, z: x @ z.transpose(1, 2)
    yield "bmm", lambda x, z: torch.bmm(x.transpose(1, 2), z)
    yield "baddbmm", lambda x, z: torch.baddbmm(x @ z.mT, x, z.mT, beta=0.5, alpha=2.0)
    yield "addmm", lambda x, z: torch.addmm(w[0], x.flatten(1), torch.ones(40, 3), alpha=0.5)
    yield "vector", lambda x, z: x @ w[:, 0]
    for name, options in {"plain": {}, "scale": {"scale": 0.3}}.items():
        yield f"attention {name}", lambda x, z, o=options: F.scaled_dot_product_attention(
            x, z, z, **o)


@matrix((5, 8), (5, 8), core=False)
def attention():
    mask = torch.randn(5, 5)
    allowed = torch.ones(5, 5).tril(2).bool()
    yield "causal", lambda x, z: F.scaled_dot_product_attention(x, z, z, is_causal=True)
    yield "mask", lambda x, z: F.scaled_dot_product_attention(x, z, z, mask)
    yield "bool", lambda x, z: F.scaled_dot_product_attention(x, z, z, allowed)
    yield "infinite", lambda x, z: F.scaled_dot_product_attention(
        x, z, z, torch.zeros(5, 5).masked_fill(~allowed, float("-inf")))
    yield "layer", lambda x, z, a=nn.MultiheadAttention(8, 2, batch_first=True).eval(): a(
        x, z, z, need_weights=False)[0]


@matrix((6, 7))
def norms():
    yield from {
        "batch": nn.BatchNorm1d(6), "batch_plain": nn.BatchNorm1d(6, affine=False),
        "batch_eps": nn.BatchNorm1d(6, 0.1), "layer": nn.LayerNorm(7),
        "layer_2": nn.LayerNorm((6, 7)), "layer_plain": nn.LayerNorm(7, elementwise_affine=False),
        "layer_no_bias": nn.LayerNorm(7, 1e-3, bias=False), "group": nn.GroupNorm(3, 6),
        "group_all": nn.GroupNorm(1, 6), "instance": nn.InstanceNorm1d(6),
        "instance_affine": nn.InstanceNorm1d(6, affine=True), "rms": nn.RMSNorm(7, 1e-6),
    }.items()


@matrix((9, 4), core=False)
def recurrent():
    for name, layer in {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}.items():
        for options in [{}, {"num_layers": 2}, {"bidirectional": True}, {"bias": False},
                        {"num_layers": 2, "bidirectional": True}]:
            title = " ".join(options) or "plain"
            yield f"{name} {title}", First(layer(4, 5, batch_first=True, **options))
        yield f"{name} state", State(layer(4, 5, 2, batch_first=True, bidirectional=True))
    yield "rnn relu", First(nn.RNN(4, 5, nonlinearity="relu", batch_first=True))
    yield "lstm steps first", StepsFirst(nn.LSTM(4, 5))


@matrix((7, 4), (4, 5), core=False)
def states():
    for name, layer in {"lstm": nn.LSTM, "gru": nn.GRU, "rnn": nn.RNN}.items():
        for first in [False, True]:
            for directions in [1, 2]:
                for layers in [1, 2]:
                    made = layer(4, 5, layers, batch_first=first, bidirectional=directions == 2)
                    title = f"{name} {'batch' if first else 'steps'} {directions} {layers}"
                    for part in range(3 if name == "lstm" else 2):
                        yield f"{title} {'sequence state cell'.split()[part]}", FromState(made, part)


def shifted_windows(x):
    """The mask that Swin makes: regions of a constant, filled one after the other."""
    mask = x.new_zeros((6, 8))
    count = 0
    for rows in (slice(0, -4), slice(-4, -1), slice(-1, None)):
        for columns in (slice(0, -3), slice(-3, None)):
            mask[rows, columns] = count
            count += 1
    mask[2].zero_()
    mask.transpose(0, 1)[5].add_(0.5)
    return torch.roll(x, (-1, -3), (2, 3)) * mask


def written(x):
    """A constant that is read, changed and read again, by several names."""
    weights = torch.arange(8.0).clone()
    first = weights[2:6]
    y = x * weights
    first.mul_(2.0)
    weights[3].copy_(torch.tensor(-1.0))
    return y + weights * first.sum()


@matrix((4, 7))
def cases():
    """Functions by cases, and of whole numbers."""
    yield from {
        "softshrink": nn.Softshrink(0.3), "hardshrink": nn.Hardshrink(0.2),
        "threshold": nn.Threshold(0.1, -2.0),
        "glu": nn.GLU(1), "softplus_beta": nn.Softplus(2.5), "tanhshrink": nn.Tanhshrink(),
        "sign": torch.sign, "floor": lambda x: torch.floor(x * 3),
        "ceil": lambda x: torch.ceil(x * 3), "trunc": lambda x: torch.trunc(x * 3),
        "round": lambda x: torch.round(x * 3), "erfc": torch.erfc,
        "log2": lambda x: torch.log2(x.abs() + 0.1),
        "log10": lambda x: torch.log10(x.abs() + 0.1),
        "nan_to_num": lambda x: torch.nan_to_num(x / (x > 0), 0.5, 2.0, -3.0),
        "waves": lambda x: x * torch.sin(torch.arange(7) / 3.0) + torch.cos(torch.ones(7)),
        "div_floor": lambda x: torch.div(x * 9, 2.0, rounding_mode="floor"),
        "div_trunc": lambda x: torch.div(x * 9, 1.5, rounding_mode="trunc"),
        "floor_divide": lambda x: (x * 9) // 4,
        "snake": lambda x: x + torch.sin(3 * x) ** 2 / 3, "cos": lambda x: torch.cos(x * 1024),
        "addcmul": lambda x: torch.addcmul(x, x, x, value=0.5),
    }.items()


@matrix((3, 4, 5))
def logic():
    """Truth values, positions, and what depends on them."""
    mask = torch.ones(4, 5).tril(1).bool()
    yield from {
        "and": lambda x: torch.where((x > -1) & (x < 0.5), x, 2.0),
        "or": lambda x: torch.where((x < -1) | (x > 0.5), x, 2.0),
        "xor": lambda x: torch.where((x < 0) ^ mask, x, 2.0),
        "not": lambda x: x.masked_fill(~(x > 0), -1.0),
        "logical": lambda x: torch.where(torch.logical_and(
            torch.logical_not(x > 1), torch.logical_or(x > 0, mask)), x, 0.0),
        "any": lambda x: (x > 1).any(-1).float(), "all": lambda x: (x > -1).all(2).float(),
        "count": lambda x: (x > 0).sum(2).clamp(min=2).float(),
        "masked_mean": lambda x: (x * (x > 0)).sum(1) / (x > 0).sum(1).clamp(min=1),
        "isnan": lambda x: torch.isnan(x.log()).float(),
        "isinf": lambda x: torch.isinf(x / (x > 0)).float(),
        "argmax": lambda x: x.argmax(2).float(), "argmin": lambda x: x.argmin(1, True).float(),
        "max": lambda x: x.max(3)[1].float(), "min": lambda x: x.min(1, keepdim=True)[1].float(),
        "both": lambda x: sum(x.max(2)), "topk": lambda x: x.topk(3, 2)[0],
        "bottomk": lambda x: sum(x.topk(2, 3, largest=False)),
        "gated": lambda x: x * (x > 0) + (x > 1) * 2 - (x < -1) / 2,
        "numbered": lambda x: (x.argmax(1) * 2 - x.argmin(1) + (x[:, 0] > 0)) / 3,
        "long": lambda x: (x * 5).long().float(), "bool": lambda x: x.relu().bool().float(),
        "infinite": lambda x: ((x / (x > 0)) == float("-inf")).float(),
        "cumsum": lambda x: x.cumsum(1), "cumprod": lambda x: x.cumprod(-1),
        "counts": lambda x: (x > 0).cumsum(2).float(),
        "tril": lambda x: x.tril(-1), "triu": lambda x: x.triu(1),
        "logsumexp": lambda x: x.logsumexp((1, 3)),
        "var_mean": lambda x: sum(torch.var_mean(x, 1)),
        "std_mean": lambda x: sum(torch.std_mean(x, (1, 2), correction=0)),
        "larger": lambda x: torch.max(x, -x), "smaller": lambda x: torch.min(x, x[:, :1]),
    }.items()


@matrix((4, 8, 6), core=False)
def blocks():
    yield "unshuffle", nn.PixelUnshuffle(2)
    yield "shuffle", nn.PixelShuffle(2)
    yield "channels", nn.ChannelShuffle(4)
    yield "windows", lambda x: x.unfold(2, 3, 2)
    yield "windows of channels", lambda x: x.unfold(1, 2, 1)
    yield "frames", lambda x: x.unfold(-1, 3, 3)
    yield "columns", nn.Unfold((3, 2), padding=1, stride=2)
    yield "columns dilated", nn.Unfold(2, dilation=(3, 2))
    yield "patches", nn.Unfold(2, stride=2)
    yield "each", lambda x: x.repeat_interleave(2, 2)
    yield "each channel", lambda x: torch.repeat_interleave(x, 3, dim=1)
    yield "grid", lambda x: x[:, :, torch.tensor([[2], [-1], [0]]), torch.tensor([4, 4, 1])]
    yield "halved", lambda x: x[:, :, torch.arange(8) // 2]
    yield "sections", lambda x: x.tensor_split(3, 2)[1]
    yield "dilated", nn.MaxPool2d(3, 1, 1, dilation=2)
    yield "dilated ceiling", nn.MaxPool2d((2, 3), (3, 2), (1, 0), (2, 1), ceil_mode=True)
    yield "around", lambda x: F.pad(x, (2, 1, 8, 0), "circular")
    yield "conv around", nn.Conv2d(4, 2, 3, padding=2, padding_mode="circular")
    yield "nearest exact", lambda x: F.interpolate(x, (13, 4), mode="nearest-exact")
    yield "nearest exact scale", lambda x: F.interpolate(x, scale_factor=1.7, mode="nearest-exact")
    yield "rows exact", lambda x: F.interpolate(x[:, 0], 11, mode="nearest-exact")
    yield "view as", lambda x: x.view_as(x.reshape(-1, 8, 4, 6))


@matrix((5, 8), (5, 8), core=False)
def vectors():
    w, u, v = torch.randn(3, 8), torch.randn(3), torch.randn(8)
    yield "cosine", lambda x, z: F.cosine_similarity(x, z)
    yield "cosine last", lambda x, z: F.cosine_similarity(x, v, -1)
    yield "distance", lambda x, z: F.pairwise_distance(x, z)
    yield "distance of order 1", lambda x, z: F.pairwise_distance(x, z, 1, 0.1, keepdim=True)
    yield "dot", lambda x, z: x * torch.dot(u, torch.mv(w, v))
    yield "outer", lambda x, z: x @ torch.outer(v, u)
    norm = nn.utils.parametrizations.weight_norm
    yield "weight norm", FirstInput(norm(nn.Conv1d(5, 4, 3)))
    yield "weight norm of rows", FirstInput(norm(nn.Linear(8, 3), dim=1))
    yield "weight norm of all", FirstInput(norm(nn.Linear(8, 3), dim=None))
    yield "spectral norm", FirstInput(nn.utils.parametrizations.spectral_norm(nn.Linear(8, 3)))
    yield "random slopes", FirstInput(nn.RReLU(0.1, 0.3))
    # Of all elements, without an axis for the batch.
    yield "standard", lambda x, z: (x - x[:1].mean()) / (x[:1].std() + 1e-5)


class Cells(nn.Module):
    """A loop over steps, by the cells of one."""

    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x):
        state = x.new_zeros(x.size(0), 5)
        state = (state, state + 0.5) if isinstance(self.cell, nn.LSTMCell) else state
        for step in range(x.size(1)):
            state = self.cell(x[:, step], state)
        return torch.cat(state, 1) if isinstance(state, tuple) else state


@matrix((4, 3), core=False)
def cells():
    yield "lstm", Cells(nn.LSTMCell(3, 5))
    yield "gru", Cells(nn.GRUCell(3, 5))
    yield "rnn", Cells(nn.RNNCell(3, 5))
    yield "relu", Cells(nn.RNNCell(3, 5, nonlinearity="relu"))
    yield "no bias", Cells(nn.GRUCell(3, 5, bias=False))


@matrix((2, 5, 6, 4), core=False)
def volumes():
    yield "conv", nn.Conv3d(2, 3, 3, (1, 2, 1), 1)
    yield "same", nn.Conv3d(2, 4, (3, 2, 1), padding="same", groups=2)
    yield "transposed", nn.ConvTranspose3d(2, 3, 2, 2, output_padding=1)
    yield "norm", nn.Sequential(nn.Conv3d(2, 3, 2, bias=False), nn.BatchNorm3d(3), nn.ReLU())
    yield "max", nn.MaxPool3d((1, 2, 2))
    yield "avg", nn.AvgPool3d(2, 2, 1, ceil_mode=True, count_include_pad=False)
    yield "adaptive", nn.AdaptiveAvgPool3d((2, 3, 1))
    yield "adaptive max", nn.AdaptiveMaxPool3d(1)
    yield "local", lambda x: F.local_response_norm(x.flatten(3), 3)


@matrix((4, 6, 8))
def parts():
    yield "roll", lambda x: torch.roll(x, 3, 3)
    yield "roll back", lambda x: torch.roll(x, (-2, 9), (1, 2))
    yield "roll all", lambda x: torch.roll(x, 5)
    yield "swapaxes", lambda x: x.swapaxes(1, -1)
    yield "einsum", lambda x: torch.einsum("b c i j, b c k j -> b c i k", x, x)
    yield "einsum weights", lambda x: torch.einsum("bcij,kj->bcik", x, torch.ones(3, 8) / 7)
    for order in [1, 2, float("inf")]:
        yield (f"norm {order}",
               lambda x, order=order: torch.linalg.vector_norm(x, order, (1, 3), keepdim=True))
    yield "normalize", lambda x: F.normalize(x, dim=-1)
    yield "slice scatter", lambda x: torch.slice_scatter(x, x[:, :2] * 2.0, 1, 1, 3)
    yield "slice scatter end", lambda x: torch.slice_scatter(x, x[..., :3] * 2.0, 3, -3)
    yield "select scatter", lambda x: torch.select_scatter(x, x[:, 0] * 2.0, 1, -1)
    yield "dropout in place", lambda x: F.dropout(x * 2.0, 0.3, False, inplace=True)
    yield "shifted windows", shifted_windows
    yield "written", written
    table, weights = torch.randn(5, 3, 2), torch.randn(2, 4)
    indices = torch.arange(48) % 20
    yield "table", lambda x: x + torch.sigmoid(
        torch.relu(table @ weights) @ torch.ones(4, 4)).reshape(60)[indices].reshape(6, 8)
    positions = torch.tensor([0, 2, 4, 5, 1, 1, 3])
    yield "runs", lambda x: x[..., positions]


class FirstInput(nn.Module):
    """A module of the first of several inputs."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x, *_):
        return self.layer(x)


class First(nn.Module):
    """The sequence that a recurrent layer gives."""

    def __init__(self, layer):
        super().__init__()
        self.layer = layer

    def forward(self, x):
        return self.layer(x)[0]


class StepsFirst(First):
    def forward(self, x):
        return self.layer(x.transpose(0, 1))[0].transpose(0, 1)


class State(First):
    """Its states after the last step."""

    def forward(self, x):
        state = self.layer(x)[1]
        return (state[0] if isinstance(state, tuple) else state).transpose(0, 1)


class FromState(nn.Module):
    """One of the results of a layer whose states before the first step are given, as (batch,
    layers, units)."""

    def __init__(self, layer, part):
        super().__init__()
        self.layer, self.part = layer, part

    def forward(self, x, states):
        count = self.layer.num_layers * (2 if self.layer.bidirectional else 1)
        state = states[:, :count].transpose(0, 1)
        steps = x if self.layer.batch_first else x.transpose(0, 1)
        is_lstm = isinstance(self.layer, nn.LSTM)
        output, last = self.layer(steps, (state, 0.5 - state) if is_lstm else state)
        if self.part == 0:
            return output if self.layer.batch_first else output.transpose(0, 1)
        return (last[self.part - 1] if is_lstm else last).transpose(0, 1)


# --- Models ---------------------------------------------------------------------


class ConvNet(nn.Module):
    """The ECG classifier."""

    def __init__(self):
        super().__init__()
        self.convolutions = nn.ModuleList([nn.Conv1d(i, 8, 2) for i in (1, 8, 8)])
        self.norms = nn.ModuleList([nn.BatchNorm1d(8) for _ in range(3)])
        self.dropout, self.pool = nn.Dropout(0.1), nn.MaxPool1d(2, 3)
        self.fc1, self.fc2 = nn.Linear(376, 8), nn.Linear(8, 1)

    def forward(self, x):
        for convolution, norm in zip(self.convolutions, self.norms, strict=True):
            x = self.dropout(F.relu(norm(convolution(x)), inplace=True))
        return torch.sigmoid(self.fc2(F.relu(self.fc1(self.pool(x).flatten(1)))))


@model
def ecg_convnet():
    return ConvNet(), [torch.randn(2, 1, 145)]


class Residual(nn.Module):
    """Blocks with an addition, tied weights and a buffer."""

    def __init__(self):
        super().__init__()
        self.stem = nn.Sequential(nn.Conv2d(3, 8, 3, 2, 1, bias=False), nn.BatchNorm2d(8), nn.ReLU())
        self.block = nn.Sequential(nn.Conv2d(8, 8, 3, 1, 1), nn.BatchNorm2d(8), nn.SiLU(),
                                   nn.Conv2d(8, 8, 1))
        self.again = self.block
        self.register_buffer("factor", torch.rand(1, 8, 1, 1))
        self.head = nn.Linear(8, 4)

    def forward(self, x):
        y = self.stem(x)
        y = F.relu(y + self.block(y))
        y = F.relu(self.again(y) * self.factor + y)
        return self.head(y.mean((2, 3))), y.amax((2, 3))


@model
def residual():
    return Residual(), [torch.randn(2, 3, 12, 12)]


class Tokens(nn.Module):
    """An encoder over rows of a table, with positions and a token in front."""

    def __init__(self):
        super().__init__()
        self.table, self.positions = nn.Embedding(11, 8), nn.Embedding(8, 8)
        self.token = nn.Parameter(torch.randn(1, 1, 8))
        self.layer = nn.TransformerEncoderLayer(8, 2, 16, batch_first=True, activation="gelu")

    def forward(self, x):
        y = self.table(x)
        y = torch.cat([self.token.expand(x.shape[0], -1, -1), y], 1)
        y = y + self.positions(torch.arange(y.shape[1], device=x.device))
        return self.layer(y)[:, 0]


@model
def tokens():
    return Tokens(), [torch.randint(0, 11, (2, 7))]


tokens.core = False


def prepare(net):
    """Gives norms parameters that show what a fold does wrong."""
    for module in net.modules():
        count = getattr(module, "num_features", 0) or getattr(module, "num_channels", 0)
        if count and getattr(module, "weight", None) is not None:
            module.weight.data = torch.rand(count) + 0.5
            module.weight.data[::3] *= -1
            module.bias.data = torch.randn(count) / 2
        if getattr(module, "running_mean", None) is not None:
            module.running_mean = torch.randn(count) / 2
            module.running_var = torch.rand(count) * 1.7 + 0.3
        if isinstance(module, (nn.LayerNorm, nn.RMSNorm)) and module.weight is not None:
            module.weight.data = torch.randn(module.weight.shape)
    return net.eval()


def save(program, path):
    """Saves without the lines of Python that nodes come from, and compressed."""
    buffer = io.BytesIO()
    torch.export.save(program, buffer)
    with zipfile.ZipFile(buffer) as source, zipfile.ZipFile(path, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name.endswith(("model.json", "exported_program.json")):
                graph = json.loads(content)
                for node in graph["graph_module"]["graph"]["nodes"]:
                    node["metadata"] = {}
                content = json.dumps(graph)
            if "example_inputs" not in name and "sample_inputs" not in name:
                target.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def write(path, program, net, inputs):
    save(program, path)
    results = {}
    for index in range(len(inputs[0])):
        with torch.no_grad():
            outputs = net(*[x[index:index + 1].clone() for x in inputs])
        if not isinstance(outputs, dict):
            outputs = outputs if isinstance(outputs, tuple) else (outputs,)
            names = [spec.arg.name for spec in program.graph_signature.output_specs]
            outputs = dict(zip(names, outputs, strict=True))
        for name, output in outputs.items():
            results.setdefault(name, []).append(output.numpy())
    names = [spec.arg.name for spec in program.graph_signature.input_specs
             if spec.kind.name == "USER_INPUT"]
    stored = {f"x:{name}": x.numpy().astype("f4") for name, x in zip(names, inputs, strict=True)}
    # First is the sample, which has a batch of its own where that is not axis 0.
    stored |= {f"y:{name}": np.concatenate(output) if output[0].shape[:1] == (1,)
               else np.stack(output) for name, output in results.items()}
    if len(inputs) == 1 and len(results) == 1:
        stored = {key[0]: value for key, value in stored.items()}
    np.savez_compressed(path.with_suffix(".npz"), **stored)
    print(f"{path.name}: {path.stat().st_size} bytes, {len(results)} outputs", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", nargs="?", type=pathlib.Path)
    parser.add_argument("--only", nargs="+", default=list(MODELS))
    parser.add_argument("--suffix", default="")
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    if args.list:
        print("\n".join(MODELS))
        return
    for name in args.only:
        torch.manual_seed(zlib.crc32(name.encode()) & 0x7FFFFFFF)
        net, inputs = MODELS[name]()
        prepare(net)
        # A batch of 1 would be fixed.
        examples = tuple(torch.cat([x, x])[:2] for x in inputs)
        batch = torch.export.Dim("batch", min=1, max=64)
        shapes = tuple({0: batch} for _ in inputs)
        if isinstance(net, Branches):
            shapes = (shapes,)
        program = torch.export.export(net, examples, dynamic_shapes=shapes)
        write(args.out / f"{name}{args.suffix}.pt2", program, net, inputs)
        if MODELS[name].core:
            write(args.out / f"{name}{args.suffix}_core.pt2", program.run_decompositions(), net,
                  inputs)


if __name__ == "__main__":
    main()
