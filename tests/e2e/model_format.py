"""A lit test format: a model file against what its framework computed.

Each `<name>.npz` in the test folder holds the input `x` and the framework's
output `y`, or `x:<input>` and `y:<output>` for each of several. Every model
file `<name>.keras`, `<name>.h5`, `<name>.onnx`, `<name>.pt2`, `<name>.tflite` and
`<name>.json` (with `<name>.weights.h5`) beside it is one test. It passes if the compiled model
- needs no symbol (`nm -u` on the object prints nothing),
- is within 1e-5 + 1e-5 |y| of the framework on every input, and
- equals the reference evaluator in every bit, on every variant that this
  processor runs; of x86-64-v2, which has no fused multiply-add, in the
  arithmetic without it. NaN is one value.
"""
import json
import os

import lit.formats
import lit.Test
import numpy as np

from command import Failure, run

EXTENSIONS = (".keras", ".h5", ".onnx", ".pt2", ".tflite", ".json")
VARIANT_FLAGS = {"x86-64-v3": {"avx2", "fma"}, "x86-64-v4": {"avx512f", "avx512vl"}}


def supported_targets():
    """`--target` values that run here, and the one whose arithmetic is theirs."""
    with open("/proc/cpuinfo") as file:
        flags = set(file.read().split("flags", 1)[-1].split("\n", 1)[0].split())
    fused = [name for name, needed in VARIANT_FLAGS.items() if needed <= flags]
    return {"x86-64": "x86-64" if fused else "x86-64-v2", "x86-64-v2": "x86-64-v2",
            **dict.fromkeys(fused, "x86-64")}


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


def find_different(expected, actual):
    """Which numbers differ in a bit; NaN is one value."""
    return (expected.view(np.uint32) != actual.view(np.uint32)) & ~(
        np.isnan(expected) & np.isnan(actual))


def count_bits(expected, actual):
    different = find_different(expected, actual)
    changes = expected[different].view(np.uint32) ^ actual[different].view(np.uint32)
    return int(np.unpackbits(changes.view(np.uint8)).sum())


def count_all_bits(expected, actual):
    """What a row tells of outputs by name, beside the reference's."""
    return {"values": sum(output.size for output in actual.values()),
            "bits": sum(count_bits(expected[name], output) for name, output in actual.items())}


def compare_bits(expected, actual, what):
    """What differs in a bit, of outputs by name."""
    problems = []
    for name, output in actual.items():
        different = find_different(expected[name], output)
        if different.any():
            problems.append(f"{what}: {different.sum()} of {different.size} outputs differ in "
                            "bits from the reference")
    return problems


class Case:
    """A model file, what is stored beside it, and a folder for what is made of it."""

    def __init__(self, model, scratch):
        os.makedirs(scratch, exist_ok=True)
        stem = os.path.splitext(model)[0]
        stored = np.load(stem + ".npz")
        self.model, self.scratch = model, scratch
        self.inputs, self.expected = select(stored, "x"), select(stored, "y")
        self.flags = [f"--weights={stem}.weights.h5"] if model.endswith(".json") else []

    def path(self, name):
        return os.path.join(self.scratch, name)

    def save(self, name, inputs):
        """Writes arrays for frieze-run, and returns the file's path."""
        if "" in inputs:
            np.save(self.path(name + ".npy"), inputs[""])
            return self.path(name + ".npy")
        np.savez(self.path(name + ".npz"), **inputs)
        return self.path(name + ".npz")


class ModelFormat(lit.formats.TestFormat):
    def __init__(self, tools, llvm_tools, rows):
        self.tools, self.llvm_tools, self.rows = tools, llvm_tools, rows

    def getTestsInDirectory(self, suite, path_in_suite, lit_config, local_config):
        folder = suite.getSourcePath(path_in_suite)
        # What layers of one's own compute is said by options: frontends/replace-layer.test.
        if path_in_suite == ("custom",):
            return
        for name in sorted(os.listdir(folder)):
            stem, extension = os.path.splitext(name)
            if extension in EXTENSIONS and os.path.exists(
                    os.path.join(folder, stem + ".npz")):
                yield lit.Test.Test(suite, path_in_suite + (name,), local_config)

    def run(self, tool, *arguments):
        return run(os.path.join(self.tools, tool), *arguments)

    def compile_object(self, source, output, *flags):
        """An object, which must need no symbol."""
        self.run("frieze-compile", source, "-o", output, *flags)
        undefined = run(os.path.join(self.llvm_tools, "llvm-nm"), "-u", output)
        if undefined:
            raise Failure(f"{output} has undefined symbols:\n{undefined}")

    def write_row(self, name, kind, results):
        """Leaves for print_table.py what a test compared on each machine."""
        os.makedirs(self.rows, exist_ok=True)
        with open(os.path.join(self.rows, name + ".json"), "w") as file:
            json.dump({"kind": kind, "machines": results}, file)

    def run_model(self, case, model, inputs, name, *options):
        """The outputs of frieze-run on the file `inputs`."""
        self.run("frieze-run", model, "--input", inputs, "--output", case.path(name + ".npz"),
                 *options)
        return load(case.path(name + ".npz"), case.expected)

    def execute(self, test, lit_config):
        try:
            problems = [problem for problem in
                        self.check(Case(test.getSourcePath(), test.getExecPath())) if problem]
        except Failure as failure:
            problems = [str(failure)]
        return (lit.Test.FAIL if problems else lit.Test.PASS), "\n".join(problems)

    def check(self, case):
        """What is wrong with a model."""
        inputs, expected, targets = case.save("x", case.inputs), case.expected, supported_targets()
        self.compile_object(case.model, case.path("model.o"), *case.flags)
        problems = compare_all(expected, self.run_model(case, case.model, inputs, "f64",
                                                        "--reference=f64", *case.flags),
                               "the reference in float64")
        bits = {}
        for target in sorted(set(targets.values())):
            bits[target] = self.run_model(case, case.model, inputs, "bits", "--reference=bits",
                                          f"--target={target}", *case.flags)
            problems += compare_all(expected, bits[target],
                                    f"the reference in float32 as on {target}")
        row = {}
        for target, arithmetic in targets.items():
            self.run("frieze-compile", case.model, "-o", case.path(target + ".so"),
                     f"--target={target}", *case.flags)
            outputs = self.run_model(case, case.path(target + ".so"), inputs, target)
            problems += compare_all(expected, outputs, target)
            problems += compare_bits(bits[arithmetic], outputs, target)
            row[target] = count_all_bits(bits[arithmetic], outputs)
        self.write_row(f"e2e-{os.path.basename(case.model)}", "model", row)
        return problems
