#!/usr/bin/env python3
"""Check that includes between folders go one way.

    check_folders.py [ROOT]

A file may include those of its own folder, and those of the folders that are listed
for it; a file of a folder that is not listed belongs to the nearest one above. A new
folder has to be listed, below what it uses. Prints every other include; exit status 1
if there is one.
"""
import pathlib
import re
import sys

FOLDERS = {
    "runtime": [],
    "dialect": [],
    "frontends": ["dialect"],
    "compiler/target": [],
    "compiler/reference": ["dialect"],
    "compiler/transforms": ["dialect", "compiler/reference"],
    "compiler/conversion/plan": ["dialect", "compiler/target"],
    "compiler/conversion/emit": ["dialect", "compiler/target", "compiler/conversion/plan"],
    "compiler/conversion/kernels": ["dialect", "compiler/target", "compiler/conversion/plan",
                                    "compiler/conversion/emit"],
    "compiler/conversion": ["dialect", "compiler/target", "compiler/transforms",
                            "compiler/conversion/plan", "compiler/conversion/emit",
                            "compiler/conversion/kernels"],
    "compiler/codegen": ["dialect", "frontends", "compiler/target"],
    "compiler": ["dialect", "frontends", "compiler/target", "compiler/transforms",
                 "compiler/conversion", "compiler/conversion/plan",
                 "compiler/conversion/kernels", "compiler/codegen"],
    "api": ["dialect", "frontends", "compiler", "compiler/target", "compiler/codegen"],
    "python": [],
    "tools/frieze-ecg/recordings": ["frontends"],
    "tools/frieze-ecg/detection": ["frontends", "tools/frieze-ecg/recordings"],
    "tools/frieze-ecg/beats": ["frontends", "tools/frieze-ecg/recordings",
                               "tools/frieze-ecg/detection"],
    "tools/frieze-ecg/classes": ["frontends", "tools/frieze-ecg/recordings",
                                 "tools/frieze-ecg/detection", "tools/frieze-ecg/beats"],
    "tools/frieze-ecg/jobs": ["frontends", "tools/frieze-ecg/recordings",
                              "tools/frieze-ecg/beats"],
    "tools/frieze-ecg/report": ["frontends", "tools/frieze-ecg/recordings",
                                "tools/frieze-ecg/beats"],
    "tools": ["api", "dialect", "frontends", "compiler", "compiler/target",
              "compiler/reference", "compiler/codegen", "tools/frieze-ecg/recordings",
              "tools/frieze-ecg/detection", "tools/frieze-ecg/beats",
              "tools/frieze-ecg/classes", "tools/frieze-ecg/jobs", "tools/frieze-ecg/report"],
}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)/[^"/]+"', re.MULTILINE)


def find_folder(path):
    """The entry of FOLDERS that a folder belongs to, or None."""
    while path and path not in FOLDERS:
        path = path.rpartition("/")[0]
    return path or None


def main():
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).resolve().parents[2])
    problems = []
    for top in sorted({folder.split("/")[0] for folder in FOLDERS}):
        for path in sorted((root / top).rglob("*")):
            if path.suffix not in (".h", ".cpp"):
                continue
            name = path.relative_to(root).as_posix()
            folder = find_folder(name.rpartition("/")[0])
            for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
                other = find_folder(included)
                if other and other != folder and other not in FOLDERS[folder]:
                    problems.append(f"{name}: error: {folder} may not include {other}")
    print(*sorted(set(problems)), sep="\n", end="\n" if problems else "")
    print(f"{len(FOLDERS)} folders")
    sys.exit(bool(problems))


main()
