"""Compiles a model for every target, and prints what its objects leave undefined,
then the number of targets.

Usage: check_objects.py NM FOLDER MODEL [OPTION...]: writes FOLDER/TARGET.o for each
target of frieze-compile, and has the program NM look for undefined symbols.
"""
import json
import subprocess
import sys


def main(nm, folder, model, *options):
    def run(*command):
        return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE).stdout

    names = [target["name"] for target in json.loads(run("frieze-compile", "--print-targets=json"))]
    for name in names:
        path = f"{folder}/{name}.o"
        run("frieze-compile", model, f"--target={name}", "--name=net", "-o", path, *options)
        undefined = run(nm, "--undefined-only", "--just-symbol-name", path).split()
        if undefined:
            print(f"{name}:", *undefined)
    print(len(names), "targets")


if __name__ == "__main__":
    main(*sys.argv[1:])
