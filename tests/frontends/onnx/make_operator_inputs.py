#!/usr/bin/env python3
"""Write the files of operators that are composed, and of what of them is refused.

    make_operator_inputs.py [OUT]

OUT is `Inputs` beside this script unless given. Needs onnx and NumPy.
"""

import pathlib
import sys

import numpy as np
import onnx
from make_inputs import FLOAT, model, node, ramp
from onnx import TensorProto, helper

BOOL, INT64 = TensorProto.BOOL, TensorProto.INT64


def graph(inputs, nodes, outputs):
    """A graph in an attribute."""
    values = [[helper.make_tensor_value_info(name, FLOAT, None) for name in names.split()]
              for names in (inputs, outputs)]
    return helper.make_graph(nodes, "inner", *values)


def function(name, nodes, opset=17, **options):
    """A function of the domain `test`, of `x` with the result `y`."""
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("test", 1)]
    return helper.make_function("test", name, ["x"], ["y"], nodes, opsets, **options)


def refused():
    """Operators with what is not supported of them, each named after it."""
    constants = {
        "true": np.array(True), "many": np.int64(2000), "nine": np.array([9]),
        "zero": np.int64(0), "far": np.array(5), "pads": np.array([0, 900, 0, 0]),
        "index": np.array([[0]]), "updates": ramp(1, 12), "pair": ramp(2),
        "tenth": np.float32(0.1), "nan": np.float32(np.nan), "square": ramp(12, 12),
        "cube": np.array([1, 12, 12]),
        "no": np.zeros((12, 12), bool), "infinite": np.float32([-np.inf] + [0] * 11)}
    body = graph("i c s", [node("Identity", "c", "d"), node("Neg", "s", "t")], "d t")
    branch = graph("", [node("Neg", "x", "n")], "n")
    proto = model(
        [node("Less", "x tenth", "truth"), node("Cast", "x", "whole", to=INT64),
         node("Add", "x square", "matrix"),
         node("Reshape", "matrix cube", "matrix3"), node("ReduceMax", "x", "most"),
         node("Cast", "most", "is_most", to=BOOL), node("Cast", "most", "count", to=INT64),
         node("If", "is_most", "a", "condition", then_branch=branch, else_branch=branch),
         node("Loop", "count true x", "b", "rounds", body=body),
         node("Loop", "many true x", "c", "many_rounds", body=body),
         node("Mod", "x x", "d", "rest", fmod=1),
         node("Mod", "x tenth", "e", "rest_of_tenths", fmod=1),
         node("TopK", "x nine", "f f2", "top"),
         node("GatherElements", "x whole", "g", "gather"),
         node("ScatterND", "x index updates", "h", "scatter", reduction="add"),
         node("Einsum", "matrix", "i", "diagonal", equation="ii->i"),
         node("Einsum", "x x", "j", "sizes", equation="ab,bc"),
         node("Attention", "x x x", "w", "heads", q_num_heads=3, kv_num_heads=3, softcap=2.0),
         node("Attention", "matrix3 matrix3 matrix3 no", "z", "empty_rows", q_num_heads=1,
              kv_num_heads=1),
         node("Attention", "matrix3 matrix3 matrix3 square", "z2", "both", q_num_heads=2,
              kv_num_heads=1, is_causal=1),
         node("Tan", "x", "k", "tangent"), node("Pad", "x pads", "l", "wrap", mode="wrap"),
         node("Where", "x x x", "m", "number"), node("And", "x truth", "n", "and"),
         node("LRN", "x", "o", "channels"), node("Add", "x infinite", "p", "infinite_bias"),
         node("CumSum", "x far", "q", "axis"), node("OneHot", "whole zero pair", "r", "hot"),
         node("Where", "truth x nan", "s", "nan"),
         node("Plain", "x", "t", "extra", domain="test", shiny=1),
         node("Endless", "x", "u", "endless", domain="test"),
         node("Old", "x", "v", "old", domain="test"),
         node("Concat", "a b c d e f g h i j k l m n o p q r s t u v w z z2", "y", axis=0)],
        [12], constants, opset=20, domains=["test"])
    proto.functions.extend([
        function("Plain", [node("Neg", "x", "y")]),
        function("Endless", [node("Endless", "x", "y", "again", domain="test")]),
        function("Old", [node("Neg", "x", "y")], opset=6)])
    return proto


def nested():
    """A function within a branch, which reads what stands outside, within a loop: two
    rounds of `x` times 2, to which the round is added."""
    branch = graph("", [node("Twice", "s", "b", "call", domain="test")], "b")
    other = graph("", [node("Sin", "s", "b2", "sine")], "b2")
    body = graph("i c s", [
        node("Identity", "c", "d"),
        node("If", "c", "e", "branch", then_branch=branch, else_branch=other),
        node("Cast", "i", "n", to=FLOAT), node("Add", "e n", "t", "sum")], "d t")
    proto = model([node("Loop", "two true x", "y", "loop", body=body)], [4],
                  {"two": np.int64(2), "true": np.array(True)}, domains=["test"])
    proto.functions.append(function("Twice", [node("Add", "x x", "y", "twice")]))
    return proto


def bomb():
    """A million rounds in 300 bytes."""
    inner = graph("i c s", [node("Identity", "c", "d"), node("Neg", "s", "t")], "d t")
    outer = graph("j e u", [node("Identity", "e", "f"),
                            node("Loop", "many f u", "v", "inner", body=inner)], "f v")
    return model([node("Loop", "many true x", "y", "outer", body=outer)], [4],
                 {"many": np.int64(1000), "true": np.array(True)})


def transforms():
    """Spectra and sequences with what is not supported of them."""
    constants = {"two": np.int64(2), "long": ramp(90), "zero": np.int64(0), "twelve": np.int64(12),
                 "lengths": np.array([3, 2]), "flat": np.array([1, 12, 1]),
                 "pairs": np.array([2, 6])}
    return model(
        [node("Reshape", "x flat", "signal"), node("Reshape", "x pairs", "rows"),
         node("STFT", "signal two long", "a", "frames"),
         node("STFT", "x two", "b", "window"),
         node("DFT", "signal twelve zero", "c", "samples"),
         node("DFT", "signal", "d", "one_side", onesided=1, inverse=1),
         node("ReverseSequence", "rows lengths", "e", "lengths", batch_axis=0, time_axis=1),
         node("Concat", "a b c d e", "y", axis=0)],
        [12], constants, opset=20)


def learning(labels):
    """A linear classifier with strings as classes, and trees."""
    nodes = [node("LinearClassifier", "x", "label scores", "classes", domain="ai.onnx.ml",
                  coefficients=[1.0, 2.0, -3.0, 0.5], intercepts=[0.5, -1.0],
                  classlabels_strings=["N", "V"], post_transform="PROBIT" if labels else "NONE"),
             node("Normalizer", "scores", "shares", "shares", domain="ai.onnx.ml", norm="L1"),
             node("Identity", "shares", "y", "last")]
    if labels:
        nodes += [node("TreeEnsembleRegressor", "x", "sum", "trees", domain="ai.onnx.ml"),
                  node("Concat", "label sum", "z", axis=0)]
    proto = model(nodes, [2], {}, domains=["ai.onnx.ml"])
    if labels:
        proto.graph.output.append(helper.make_tensor_value_info("z", FLOAT, None))
    else:
        proto.graph.output.append(helper.make_tensor_value_info("label", TensorProto.STRING, None))
    return proto


def files():
    yield "bomb", bomb()
    yield "transforms_refused", transforms()
    yield "learning_refused", learning(True)
    yield "learning", learning(False)
    yield "operators_refused", refused()
    yield "nested", nested()
    # A function goes before an operator of its name.
    shadowed = model([node("Relu", "x", "y", "shadowed")], [4])
    shadowed.functions.append(helper.make_function(
        "", "Relu", ["x"], ["y"], [node("Abs", "x", "y")], [helper.make_opsetid("", 17)]))
    yield "function", shadowed
    # Masks that are added and chosen.
    mask = np.float32([[0, -np.inf], [0, 0]])
    yield "masks", model(
        [node("Add", "x mask", "a", "added"), node("Less", "x zero", "b"),
         node("Where", "b a least", "y", "chosen")],
        [2, 2], {"mask": mask, "zero": np.float32(0), "least": np.float32(-np.inf)})


def main():
    out = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).parent / "Inputs")
    for name, proto in files():
        onnx.save(proto, out / f"{name}.onnx")


if __name__ == "__main__":
    main()
