#!/usr/bin/env python3
"""Build the wheel and install it where nothing else is.

    make_package.py SOURCE BUILD OUT

Makes the wheel in OUT/wheel, over what is built in BUILD, a virtual environment
OUT/venv with the wheel and NumPy alone, and the wheel's files in OUT/package. Prints the
wheel, and says what is wrong with it. The Python that runs this has what pyproject.toml requires.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import zipfile

LIMIT = 40 * 1000 * 1000
PLATFORM = "manylinux_2_36_x86_64"
FILES = ["__init__.py", "_frieze.pyi", "archive/__init__.py", "bin/frieze-ecg", "ecg.py",
         "libfrieze_arrow.so", "py.typed", "share/frieze/ecg.keras"]


def run(*command, **options):
    subprocess.run(list(map(str, command)), check=True, **options)


def main():
    source, built_tree, out = map(pathlib.Path, sys.argv[1:])
    shutil.rmtree(out, ignore_errors=True)
    run(sys.executable, "-m", "pip", "wheel", "-q", "--no-build-isolation", "--no-deps",
        "--disable-pip-version-check", "-w", out / "built", source,
        f"--config-settings=cmake.define.FRIEZE_LIBRARY={built_tree / 'lib/libfrieze.so'}",
        f"--config-settings=cmake.define.FRIEZE_ECG={built_tree / 'bin/frieze-ecg'}")
    # Libraries that not every machine has go into the wheel.
    built, = (out / "built").iterdir()
    programs = f"{pathlib.Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    run(sys.executable, "-m", "auditwheel", "repair", "--plat", PLATFORM, "-w",
        out / "wheel", built, env=dict(os.environ, PATH=programs))
    wheel, = (out / "wheel").iterdir()
    run(sys.executable, "-m", "venv", out / "venv")
    run(out / "venv" / "bin" / "pip", "install", "-q", "--no-index",
        "--disable-pip-version-check", "--find-links", source / "build" / "python" / "wheels",
        wheel)
    with zipfile.ZipFile(wheel) as files:
        files.extractall(out / "package")
        names = files.namelist()
    missing = [name for name in FILES if f"frieze/{name}" not in names]
    if missing:
        sys.exit(f"{wheel}: error: expects {', '.join(missing)} in the package")
    if wheel.stat().st_size > LIMIT:
        sys.exit(f"{wheel}: error: expects at most {LIMIT} bytes, "
                 f"but got {wheel.stat().st_size}")
    print(wheel.name, wheel.stat().st_size)


main()
