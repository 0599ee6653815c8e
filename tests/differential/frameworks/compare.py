"""Holds what Frieze makes of a model against what its framework computes.

A model (keras_models.Model, onnx_models.Model) saves itself, and has `arrays`,
its inputs, `is_open`, whether its batch is, `truth()` in float64, known as such if
`is_strict`, and `single()` in float32. Judged are, in turn:

- `frieze-run --reference=f64`, which evaluates the file as it was imported, in
  float64: equal to the truth within STRICT of an output's largest number, as
  frameworks compute some functions of float64 less well, such as erf, and have
  some constants in float32, such as slopes; and half a unit in the last place,
  as results are written in float32. Where the truth is only known in float32,
  within LOOSE, and then what Frieze evaluates is the truth for what follows.
- compiled code: within 1e-5 + 1e-5 |y| of the truth, or, where that is not
  enough, with FACTOR times the framework's own largest error in float32 added.
  A model that loses digits loses them in every float32 implementation; the
  factor covers another order of sums, and minimal filtering. For the same
  reason that error, once, is added to the first bound where need be.
- `--reference=bits`: every bit of the compiled code, NaN being one value; not of
  code for x86-64-v2, which has no fused multiply-add.

Refusing a model is right if the diagnostic says so in the form that all have.
"""
import os
import re
import subprocess

import numpy as np

STRICT = 1e-6
LOOSE = 1e-4
FACTOR = 32
TIMEOUT = 120  # seconds
np.seterr(all="ignore")
FIXED_FLAGS = [[]] * 5 + [["--exact"], ["--target=x86-64-v3"], ["--target=x86-64-v2"]]
FLAGS = FIXED_FLAGS + [["--batch=2"], ["--batch=2", "--exact"]]  # where the batch is open

DIAGNOSTIC = re.compile(r"^[^:\n]+: (?:layer '(?:[^'\n]*)': )?error: (.*)$", re.MULTILINE)
CRASH = re.compile(r"LLVM ERROR|Stack dump|PLEASE submit|Assertion|Sanitizer|UNREACHABLE")


class Outcome:
    """How a model fared: `kind` is one of passed, refused, wrong, crashed; `worst`
    the largest error of compiled code, in units of what is allowed."""

    def __init__(self, kind, reason="", worst=0.0):
        self.kind, self.reason, self.worst = kind, reason, worst

    @property
    def is_failure(self):
        return self.kind in ("wrong", "crashed")


class Failed(Exception):
    """Ends a judgement early, with its outcome."""

    def __init__(self, kind, reason):
        super().__init__(reason)
        self.outcome = Outcome(kind, reason)


def generalize(message):
    """A message without names and numbers, so that alike reasons are counted together."""
    message = re.sub(r"'[^']*'", "'…'", message)
    return re.sub(r"-?\d+(\.\d+)?(e[+-]?\d+)?", "#", message)


def run(tool, path, arrays, output, flags):
    """The outputs of frieze-run in the model's order; raises Failed."""
    command = [tool, path, "--input", arrays, "--output", output, *flags]
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                timeout=TIMEOUT, check=False)
    except subprocess.TimeoutExpired as error:
        raise Failed("crashed", f"no end within {TIMEOUT} s, {' '.join(flags)}") from error
    if result.returncode not in (0, 1) or CRASH.search(result.stderr):
        lines = [line for line in result.stderr.splitlines() if CRASH.search(line)]
        raise Failed("crashed", f"exit status {result.returncode}, {' '.join(flags)}: "
                     + (lines or [result.stderr[:200]])[0])
    if result.returncode == 1:
        found = DIAGNOSTIC.search(result.stderr)
        if not found or result.stdout:
            raise Failed("crashed", f"exit status 1 without a diagnostic: {result.stderr[:200]}")
        if "layer '" not in found.group(0):
            raise Failed("refused", f"(no layer named) {generalize(found.group(1))}")
        raise Failed("refused", generalize(found.group(1)))
    with np.load(output) as file:
        return [file[name] for name in file.files]


def largest(values):
    finite = np.abs(values[np.isfinite(values)])
    return finite.max() if finite.size else 0.0


def expect_alike(kind, got, expected):
    """The same number of outputs, of the same shapes."""
    shapes = [[array.shape for array in arrays] for arrays in (got, expected)]
    if shapes[0] != shapes[1]:
        raise Failed("wrong", f"{kind}: shapes {shapes[0]} instead of {shapes[1]}")


def find_own_error(single, index, truth):
    """The framework's largest error in float32 of an output; infinite where it
    is not finite and the truth is."""
    errors = np.where(np.isfinite(truth), single()[index] - truth, 0.0)
    return np.abs(errors).max(initial=0.0) if np.isfinite(errors).all() else np.inf


def check_reference(got, truth, single, is_strict):
    """The file as imported, against the framework."""
    expect_alike("--reference=f64", got, truth)
    for index, (g, t) in enumerate(zip(got, truth)):
        written = t.astype("float32")
        is_finite = np.isfinite(written)
        errors = np.abs(np.where(is_finite, g - t, 0.0)) - 2.0**-24 * np.abs(t)
        bound = (STRICT if is_strict else LOOSE) * (largest(t) + 0.1)
        if not (errors <= bound)[is_finite].all():
            bound += find_own_error(single, index, t)
        alike = np.where(is_finite, errors <= bound, ~np.isfinite(g))
        if not alike.all():
            first = tuple(np.argwhere(~alike)[0])
            raise Failed("wrong", f"--reference=f64: output {index} at {list(map(int, first))} is "
                         f"{g[first]:.9g} instead of {t[first]:.9g}, "
                         f"{(~alike).sum()} of {alike.size} differ")


def check_compiled(got, truth, single, flags):
    """Compiled code against the framework; the worst error in units of what is allowed."""
    expect_alike(f"compiled {' '.join(flags)}", got, truth)
    worst = 0.0
    for index, (g, t) in enumerate(zip(got, truth)):
        known = np.abs(t) < 1e37
        errors = np.abs(np.where(known, g - t, 0.0))
        errors[~np.isfinite(g) & known] = np.inf
        bound = 1e-5 + 1e-5 * np.abs(np.where(known, t, 0.0))
        if (errors > bound).any():
            bound = bound + FACTOR * find_own_error(single, index, t)
        worst = max(worst, (errors / bound).max(initial=0.0))
        if worst > 1:
            raise Failed("wrong", f"compiled {' '.join(flags)}: output {index} is off by "
                         f"{errors.max():.3g}, {worst:.3g} of what is allowed")
    return worst


def check_bits(got, bits, flags):
    expect_alike("--reference=bits", got, bits)
    for index, (g, b) in enumerate(zip(got, bits)):
        same = (g.view("uint32") == b.view("uint32")) | (np.isnan(g) & np.isnan(b))
        if not same.all():
            raise Failed("wrong", f"bits {' '.join(flags)}: output {index}, "
                         f"{(~same).sum()} of {same.size} differ")


def judge(model, folder, tool, random):
    """The outcome of one model, whose files go to `folder`. `random` picks the flags."""
    path, flags = model.save(folder)
    arrays, output = os.path.join(folder, "x.npz"), os.path.join(folder, "y.npz")
    np.savez(arrays, **model.arrays)
    chosen = random.choice(FLAGS if model.is_open else FIXED_FLAGS)
    try:
        got = run(tool, path, arrays, output, [*flags, "--reference=f64"])
        truth = model.truth()
        check_reference(got, truth, model.single, model.is_strict)
        if not model.is_strict:  # what it is close to, without the rounding
            truth = [array.astype("float64") for array in got]
        got = run(tool, path, arrays, output, flags + chosen)
        worst = check_compiled(got, truth, model.single, chosen)
        if "--target=x86-64-v2" not in chosen:
            bits = run(tool, path, arrays, output, [*flags, *chosen, "--reference=bits"])
            check_bits(got, bits, chosen)
    except Failed as failed:
        return failed.outcome
    return Outcome("passed", worst=worst)
