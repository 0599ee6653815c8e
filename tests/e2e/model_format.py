"""A lit test format: a model file against what its framework computed.

Each `<name>.npz` in the test folder holds the input `x` and the framework's
output `y`, or `x:<input>` and `y:<output>` for each of several. Every model
file `<name>.keras`, `<name>.h5`, `<name>.onnx` and `<name>.json` (with
`<name>.weights.h5`) beside it is one test. It passes if the compiled model
- needs no symbol (`nm -u` on the object prints nothing),
- is within 1e-5 + 1e-5 |y| of the framework on every input, and
- equals the reference evaluator in every bit, on every variant that this
  processor runs and that has fused multiply-add. NaN is one value.
"""
import os
import subprocess

import lit.formats
import lit.Test
import numpy as np

EXTENSIONS = (".keras", ".h5", ".onnx", ".json")
VARIANT_FLAGS = {"x86-64-v3": {"avx2", "fma"}, "x86-64-v4": {"avx512f", "avx512vl"}}


def supported_targets():
    """`--target` values that run here, and whether each promises the bits."""
    with open("/proc/cpuinfo") as file:
        flags = set(file.read().split("flags", 1)[-1].split("\n", 1)[0].split())
    targets = {name: True for name, needed in VARIANT_FLAGS.items() if needed <= flags}
    return {"x86-64": bool(targets), "x86-64-v2": False, **targets}


def select(stored, kind):
    """The arrays of a kind, `x` or `y`, by name; the only one has the name ""."""
    return {key[2:]: stored[key] for key in stored.files if key[0] == kind}


def load(path, expected):
    """The outputs in a file of frieze-run, named as in `expected`."""
    with np.load(path) as file:
        actual = {key: file[key] for key in file.files}
    if "" in expected and len(actual) == 1:
        actual = {"": next(iter(actual.values()))}
    if actual.keys() != expected.keys():
        raise Failure(f"expects outputs {sorted(expected)}, but got {sorted(actual)}")
    return actual


def compare_all(expected, actual, what):
    return [compare(expected[name], actual[name], f"{what}, output '{name}'" if name else what)
            for name in expected]


def compare(expected, actual, what):
    if expected.shape != actual.shape:
        return f"{what}: expects shape {expected.shape}, but got {actual.shape}"
    if not np.isfinite(actual).all():
        return f"{what}: is not finite"
    error = np.abs(expected - actual) / (1e-5 + 1e-5 * np.abs(expected))
    if error.max(initial=0) > 1:
        return f"{what}: is off by {error.max():.3g} of 1e-5 + 1e-5 |y|"
    return None


class Failure(Exception):
    pass


class ModelFormat(lit.formats.TestFormat):
    def __init__(self, tools, llvm_tools):
        self.tools, self.llvm_tools = tools, llvm_tools
        self.targets = supported_targets()

    def getTestsInDirectory(self, suite, path_in_suite, lit_config, local_config):
        folder = suite.getSourcePath(path_in_suite)
        for name in sorted(os.listdir(folder)):
            stem, extension = os.path.splitext(name)
            if extension in EXTENSIONS and os.path.exists(
                    os.path.join(folder, stem + ".npz")):
                yield lit.Test.Test(suite, path_in_suite + (name,), local_config)

    def run(self, tool, *arguments, folder=None):
        command = [os.path.join(folder or self.tools, tool), *arguments]
        result = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if result.returncode:
            raise Failure(f"{' '.join(command)}\nexit status {result.returncode}\n"
                          + result.stdout + result.stderr)
        return result.stdout

    def execute(self, test, lit_config):
        try:
            self.check(test.getSourcePath(), test.getExecPath())
        except Failure as failure:
            return lit.Test.FAIL, str(failure)
        return lit.Test.PASS, ""

    def check(self, model, scratch):
        os.makedirs(scratch, exist_ok=True)
        stem = os.path.splitext(model)[0]
        stored = np.load(stem + ".npz")
        path = lambda name: os.path.join(scratch, name)
        inputs, expected = select(stored, "x"), select(stored, "y")
        if "" in inputs:
            np.save(path("x.npy"), inputs[""])
        else:
            np.savez(path("x.npz"), **inputs)
        flags = [f"--weights={stem}.weights.h5"] if model.endswith(".json") else []
        arrays = ["--input", path("x.npy" if "" in inputs else "x.npz"), "--output"]

        self.run("frieze-compile", model, "-o", path("model.o"), *flags)
        undefined = self.run("llvm-nm", "-u", path("model.o"), folder=self.llvm_tools)
        if undefined:
            raise Failure("the object has undefined symbols:\n" + undefined)
        self.run("frieze-run", model, *arrays, path("bits.npz"), "--reference=bits", *flags)
        self.run("frieze-run", model, *arrays, path("f64.npz"), "--reference=f64", *flags)
        bits = load(path("bits.npz"), expected)
        problems = compare_all(expected, bits, "the reference in float32")
        problems += compare_all(expected, load(path("f64.npz"), expected),
                                "the reference in float64")
        for target, promises_bits in self.targets.items():
            self.run("frieze-compile", model, "-o", path(target + ".so"),
                     f"--target={target}", *flags)
            self.run("frieze-run", path(target + ".so"), *arrays, path(target + ".npz"))
            outputs = load(path(target + ".npz"), expected)
            problems += compare_all(expected, outputs, target)
            for name, output in outputs.items() if promises_bits else ():
                different = (output.view(np.uint32) != bits[name].view(np.uint32)) & ~(
                    np.isnan(output) & np.isnan(bits[name]))
                if different.any():
                    problems.append(f"{target}: {different.sum()} of {different.size} outputs "
                                    "differ in bits from the reference")
        problems = [problem for problem in problems if problem]
        if problems:
            raise Failure("\n".join(problems))
