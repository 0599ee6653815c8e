"""Compiles model files of which bytes have been changed at random.

    python3 mutate_bytes.py MODELS EXTENSION FOLDER [--seed N] [--runs N] [--emit STAGE]

Bytes of the files in MODELS with the extension, such as .onnx, are replaced, moved, repeated and left out.
frieze-compile must then compile the file, or refuse it in messages; it may
neither crash nor hang, nor take much memory. The file of a run that fails is
left in FOLDER.
"""
import argparse
import io
import pathlib
import random
import resource
import subprocess
import sys
import zipfile

MEMORY, SECONDS = 6 << 30, 20


def mutate(data, rng):
    """A copy of `data`, changed in one to four places."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at, length = rng.randrange(len(data)), rng.choice([1, 1, 2, 4, 16, 64])
        other = rng.randrange(len(data))
        kind = rng.randrange(7)
        if kind < 3:
            data[at] = rng.choice([0, 1, 0x7F, 0x80, 0xFF, rng.randrange(256)])
        elif kind == 3:
            data[at] ^= 1 << rng.randrange(8)
        elif kind == 4:
            data[at:at + length] = data[other:other + length]
        elif kind == 5:
            data[at:at] = data[other:other + length]
        elif len(data) > length:
            del data[at:at + length]
        if not data:
            data = bytearray(b"\0")
    return bytes(data)


def mutate_file(data, rng):
    """The same of a member of a zip archive, where `data` is one, as changes of an
    archive itself are found by its checksums."""
    if not data.startswith(b"PK") or rng.random() < 0.2:
        return mutate(data, rng)
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(target, "w") as new:
        chosen = rng.choice(old.namelist())
        for name in old.namelist():
            content = old.read(name)
            new.writestr(name, mutate_file(content, rng) if name == chosen and content
                         else content)
    return target.getvalue()


def limit_memory():
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def check(path, emit):
    """Compiles the file; returns whether it could, or what is wrong."""
    try:
        result = subprocess.run(
            ["frieze-compile", path, f"--emit={emit}", "-o", path.with_suffix(".out")],
            capture_output=True, text=True, errors="replace", timeout=SECONDS,
            preexec_fn=limit_memory)
    except subprocess.TimeoutExpired:
        return f"takes more than {SECONDS} s"
    if result.returncode == 0:
        return True
    if result.returncode != 1 or "LLVM ERROR" in result.stderr:
        return f"exit status {result.returncode}: {result.stderr[-500:]}"
    if "error: " not in result.stderr:
        return f"no error: {result.stderr[-500:]}"
    return False


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("models", type=pathlib.Path)
    parser.add_argument("extension")
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--emit", default="nn-opt")
    args = parser.parse_args()
    rng = random.Random(args.seed)
    files = sorted(args.models.glob("*" + args.extension))
    args.folder.mkdir(parents=True, exist_ok=True)
    compiled = failed = 0
    for run in range(args.runs):
        source = rng.choice(files)
        path = args.folder / f"{args.seed}_{run}{args.extension}"
        path.write_bytes(mutate_file(source.read_bytes(), rng))
        outcome = check(path, args.emit)
        if isinstance(outcome, str):
            failed += 1
            print(f"{path} (of {source.name}): {outcome}", flush=True)
            continue
        compiled += outcome
        path.unlink()
        path.with_suffix(".out").unlink(missing_ok=True)
    print(f"{compiled} of {args.runs} compiled, {failed} failed")
    sys.exit(failed > 0)


if __name__ == "__main__":
    main()
