"""Random Keras and ONNX models: Frieze against Keras and ONNX Runtime.

    python3 check_frameworks.py [--count N] [--seed N] [--jobs N] [--only keras|onnx]

Needs what frameworks/requirements.txt lists, which the first call installs from
PyPI into build/frameworks/venv (2 GB), by the Debian package python3-venv. Model
i of a run depends on the seed plus i alone. What is compared, and how strictly,
stands in frameworks/compare.py.

A model that Frieze refuses with a diagnostic is counted by its reason. One that
comes out wrong, crashes or does not end is reduced while it still fails, stored
in build/frameworks/failures, and told. Exit status 1 if there is any.
"""
import argparse
import collections
import importlib
import multiprocessing
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = os.path.abspath(os.path.join(os.path.dirname(__file__), "..", ".."))
HERE = os.path.join(ROOT, "tests", "differential", "frameworks")
BUILD = os.path.join(ROOT, "build", "frameworks")
KINDS = ["keras", "onnx"]


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=200, help="models (200)")
    parser.add_argument("--seed", type=int, default=1, help="of the first model (1)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (all cores)")
    parser.add_argument("--only", choices=KINDS, help="models of this kind alone")
    parser.add_argument("--backend", choices=["tensorflow", "jax"], default="tensorflow",
                        help="of Keras (tensorflow); jax computes channels first too")
    parser.add_argument("--frieze-run", metavar="PATH", help="the program (build/release)",
                        default=os.path.join(ROOT, "build", "release", "bin", "frieze-run"))
    arguments = parser.parse_args()
    if not os.access(arguments.frieze_run, os.X_OK):
        parser.error(f"expects a program {arguments.frieze_run}; build frieze-run first")
    return arguments


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def enter_environment():
    """Goes on in the virtual environment of the requirements, which is made once."""
    requirements = os.path.join(HERE, "requirements.txt")
    folder = os.path.join(BUILD, "venv")
    python, stamp = os.path.join(folder, "bin", "python"), os.path.join(folder, "requirements.txt")
    if os.path.realpath(sys.prefix) == os.path.realpath(folder):
        return
    if not os.path.exists(stamp) or read(stamp) != read(requirements):
        print("installing Keras and ONNX Runtime", file=sys.stderr)
        for command in ([sys.executable, "-m", "venv", "--clear", folder],
                        [python, "-m", "pip", "install", "--quiet", "-r", requirements]):
            if subprocess.run(command, check=False).returncode:
                sys.exit(f"error: cannot make {folder}; it needs python3-venv and PyPI")
        shutil.copy(requirements, stamp)
    os.execv(python, [python, *sys.argv])


# --- In a worker -------------------------------------------------------------


def draw(kind, seed):
    """The model of a seed: the first one drawn that its framework can evaluate."""
    module = importlib.import_module({"keras": "keras_recipes", "onnx": "onnx_models"}[kind])
    for attempt in range(50):
        try:
            model = module.generate(seed + attempt * 10**8)
            model.truth()
            return model
        except Exception:  # pylint: disable=broad-except; whatever a framework may raise
            continue
    raise RuntimeError(f"no {kind} model for seed {seed}")


def reduce(model, outcome, judge):
    """A part of the model that still fails as it does, as small as was found."""
    is_reduced = True
    while is_reduced:
        is_reduced = False
        for recipe in model.smaller():
            try:
                smaller = type(model)(recipe)
                result = judge(smaller)
            except Exception:  # pylint: disable=broad-except; parts may be no model
                continue
            if result.kind == outcome.kind:
                model, outcome, is_reduced = smaller, result, True
                break
    return model, outcome


def store(model, outcome, folder):
    """Leaves the model, its inputs, and what its framework computes in a folder."""
    import numpy as np

    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    model.save(folder)
    np.savez(os.path.join(folder, "x.npz"), **model.arrays)
    np.savez(os.path.join(folder, "expected.npz"),
             **{f"y{index}": array for index, array in enumerate(model.truth())})
    with open(os.path.join(folder, "model.txt"), "w", encoding="utf-8") as file:
        file.write(f"{outcome.reason}\n{model.describe()}\n")


def check_one(task):
    """Kind, seed, outcome, and for a failure the folder of the reduced model."""
    kind, seed, arguments = task
    import compare

    model = draw(kind, seed)
    with tempfile.TemporaryDirectory(prefix="frameworks-", dir=BUILD) as folder:
        judge = lambda model: compare.judge(model, folder, arguments.frieze_run,
                                            random.Random(f"flags {seed}"))
        outcome = judge(model)
        if not outcome.is_failure:
            return kind, seed, outcome, ""
        model, outcome = reduce(model, outcome, judge)
    place = os.path.join(BUILD, "failures", f"{kind}-{seed}")
    store(model, outcome, place)
    return kind, seed, outcome, place


# --- The command -------------------------------------------------------------


def run_all(tasks, jobs):
    """Each result as it comes, with progress on a terminal. An interrupt ends it early."""
    ignore = (signal.SIGINT, signal.SIG_IGN)
    with multiprocessing.get_context("spawn").Pool(jobs, signal.signal, ignore, 400) as pool:
        for done, result in enumerate(pool.imap_unordered(check_one, tasks), start=1):
            if sys.stderr.isatty():
                end = "\n" if done == len(tasks) else ""
                print(f"\r\033[K{done} of {len(tasks)} models", end=end, file=sys.stderr)
            yield result


def print_table(counts, reasons, worst):
    kinds_of_outcome = ["passed", "refused", "wrong", "crashed"]
    print(f"{'':8}" + "".join(f"{name:>10}" for name in ["models", *kinds_of_outcome])
          + "   worst error")
    for kind in KINDS:
        row = [counts[kind, name] for name in kinds_of_outcome]
        print(f"{kind:8}" + "".join(f"{number:10}" for number in [sum(row), *row])
              + f"{worst[kind]:14.2f}")
    for (kind, reason), seeds in sorted(reasons.items(), key=lambda item: -len(item[1])):
        print(f"{len(seeds):6} {kind} refused: {reason} (seed {min(seeds)})")


def main():
    arguments = parse_arguments()
    enter_environment()
    os.environ |= {"KERAS_BACKEND": arguments.backend, "JAX_ENABLE_X64": "1",
                   "TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}
    sys.path.insert(0, HERE)
    os.makedirs(BUILD, exist_ok=True)
    kinds = [arguments.only] if arguments.only else KINDS
    tasks = [(kinds[seed % len(kinds)], seed, arguments)
             for seed in range(arguments.seed, arguments.seed + arguments.count)]
    counts, worst = collections.Counter(), collections.Counter()
    reasons = collections.defaultdict(list)  # the seeds of each
    try:
        for kind, seed, outcome, place in run_all(tasks, arguments.jobs):
            counts[kind, outcome.kind] += 1
            worst[kind] = max(worst[kind], outcome.worst)
            if outcome.kind == "refused":
                reasons[kind, outcome.reason].append(seed)
            if outcome.is_failure:
                print(f"error: {outcome.kind}: {outcome.reason}: {place}; "
                      f"repeat with --only {kind} --seed {seed} --count 1", flush=True)
    except KeyboardInterrupt:
        print(f"error: interrupted after {counts.total()} of {len(tasks)} models")
    print_table(counts, reasons, worst)
    failed = any(counts[kind, name] for kind in KINDS for name in ("wrong", "crashed"))
    return int(failed or counts.total() < len(tasks))


if __name__ == "__main__":
    sys.exit(main())
