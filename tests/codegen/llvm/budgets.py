#!/usr/bin/env python3
"""Compile a model and check what its object costs.

    budgets.py MODEL TEXT_BYTES

- The code of each variant is at most TEXT_BYTES.
- No symbol is undefined, so nothing is called: no library, memcpy or malloc.
- All weights are read-only and aligned to 64 bytes.
- The dispatch pointer is the only writable data.
- Compiling takes at most 2 s of CPU time. 0.2 to 0.5 s is usual; the rest is for
  machines that are slow or busy, and for sanitizers.

Prints the figures, then each that is over its budget; exit status 1 if one is.
"""
import collections
import json
import os
import resource
import subprocess
import sys
import tempfile

CPU_SECONDS = 2.0
NAME = "model"


def compile_model(model, output):
    """CPU seconds of the compiler."""
    def used():
        usage = resource.getrusage(resource.RUSAGE_CHILDREN)
        return usage.ru_utime + usage.ru_stime
    before = used()
    subprocess.run(["frieze-compile", model, "--name=" + NAME, "-o", output], check=True)
    return used() - before


def sections_of(path):
    """Name, size, alignment and whether it is writable, of each section."""
    text = subprocess.run(["llvm-readelf", "--sections", "--elf-output-style=JSON", path],
                          check=True, stdout=subprocess.PIPE).stdout
    for entry in json.loads(text)[0]["Sections"]:
        section = entry["Section"]
        yield (section["Name"]["Name"], section["Size"], section["AddressAlignment"],
               any(flag["Name"] == "SHF_WRITE" for flag in section["Flags"]["Flags"]))


def main(model, text_bytes):
    problems = []
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.o")
        seconds = compile_model(model, path)
        sections = list(sections_of(path))
        undefined = subprocess.run(["llvm-nm", "--undefined-only", path], check=True,
                                   stdout=subprocess.PIPE, text=True).stdout.split()
    if seconds > CPU_SECONDS:
        problems.append(f"compiling took {seconds:.2f} s of CPU time")
    if undefined:
        problems.append(f"undefined symbols: {undefined}")

    prefix = f".text.{NAME}_x86_64_"
    # With the functions that its layers share.
    variants = collections.Counter()
    for name, size, _, _ in sections:
        if name.startswith(prefix):
            variants[name.removeprefix(prefix).partition("_")[0]] += size
    if sorted(variants) != ["v2", "v3", "v4"]:
        problems.append(f"expects three variants, but got {sorted(variants)}")
    problems += [f"{name} has {size} bytes of code" for name, size in variants.items()
                 if size > int(text_bytes)]

    # Constants of the model are local to the object; those of its description
    # have its name.
    weights = [section for section in sections if section[0].startswith(".rodata..L")]
    if not weights:
        problems.append("has no weights")
    problems += [f"{name} is aligned to {alignment} bytes, writable: {writable}"
                 for name, _, alignment, writable in weights
                 if alignment % 64 or writable]

    # Read-only from when the loader has put addresses into it.
    relocated = (".data.rel.ro.", ".init_array")
    writable = [(name, size) for name, size, _, writable in sections
                if writable and size and not name.startswith(relocated)]
    if writable != [(f".data.{NAME}_variant", 8)]:
        problems.append(f"writable data: {writable}")

    print(f"{os.path.basename(model)}: {variants} bytes of code, {len(weights)} weights, "
          f"{seconds:.2f} s", *problems, sep="\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
