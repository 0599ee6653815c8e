"""Compiles Keras archives whose configs have been changed at random.

    python3 mutate_configs.py MODELS FOLDER [--seed N] [--runs N]

Parts of `config.json` of the .keras files in MODELS are replaced by values of
other types and sizes, moved and left out. frieze-compile must then compile the
file, or refuse it in messages of which no two are the same; it may neither
crash nor hang. The file of a run that fails is left in FOLDER.
"""
import argparse
import copy
import json
import pathlib
import random
import subprocess
import sys
import zipfile

VALUES = [
    None, True, False, -1, 0, 1, 2, 3, 2**31, 2**63, 2**64, -(2**63), 1e300,
    -0.5, "", "x", "channels_first", "a" * 1000, [], {}, [[]], [None], [-1, -1],
    [3, 3], [2**40], ["x", 0, 0], ["x", -1, 0], [["x", 0, 0]],
    ["_CONSTANT_VALUE", -1, 2.0, {}], {"class_name": "__ellipsis__"},
    {"class_name": "__tuple__", "items": [1, 2]},
    {"class_name": "__numpy__", "config": {"value": 3}},
]
KEYS = ["axis", "data_format", "dilation_rate", "groups", "mask", "strides",
        "training", "units", "surprise"]


def list_paths(value, path=()):
    yield path
    keys = value if isinstance(value, dict) else range(len(value)) \
        if isinstance(value, list) else ()
    for key in keys:
        yield from list_paths(value[key], path + (key,))


def get(value, path):
    for key in path:
        value = value[key]
    return value


def mutate(config, rng):
    for _ in range(rng.choice([1, 1, 1, 2, 4])):
        paths = list(list_paths(config))
        path = rng.choice(paths[1:])
        parent, key = get(config, path[:-1]), path[-1]
        choice = rng.random()
        if choice < 0.5:
            parent[key] = copy.deepcopy(rng.choice(VALUES))
        elif choice < 0.65:
            del parent[key]
        elif choice < 0.85:
            parent[key] = copy.deepcopy(get(config, rng.choice(paths)))
        elif isinstance(parent, dict):
            parent[rng.choice(KEYS)] = copy.deepcopy(rng.choice(VALUES))
        else:
            parent.append(copy.deepcopy(rng.choice(VALUES)))


def compile_model(path):
    """Returns whether it compiles, and what is wrong with how it does."""
    try:
        run = subprocess.run(["frieze-compile", path, "--emit=nn-opt", "-o", "-"],
                             capture_output=True, text=True, timeout=60)
    except subprocess.TimeoutExpired:
        return False, "hangs"
    lines = run.stderr.splitlines()
    if run.returncode not in (0, 1):
        return False, f"exit status {run.returncode}"
    if run.returncode == 1 and not lines:
        return False, "no message"
    if len(set(lines)) != len(lines):
        return False, "a message twice"
    return run.returncode == 0, None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=100)
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    models = sorted(args.models.glob("*.keras"))
    rng = random.Random(args.seed)
    compiled = failed = 0
    for index in range(args.runs):
        model = rng.choice(models)
        path = args.folder / f"{index}-{model.name}"
        with zipfile.ZipFile(model) as source, zipfile.ZipFile(path, "w") as target:
            for name in source.namelist():
                data = source.read(name)
                if name == "config.json":
                    config = json.loads(data)
                    mutate(config, rng)
                    data = json.dumps(config)
                target.writestr(name, data)
        compiles, problem = compile_model(path)
        compiled += compiles
        if problem:
            failed += 1
            print(f"{path}: {problem}")
        else:
            path.unlink()
    print(f"{compiled} of {args.runs} compiled, {failed} failed")
    sys.exit(bool(failed))


main()
