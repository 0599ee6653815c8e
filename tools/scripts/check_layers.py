"""Compares the layers in the documentation with those that frieze-compile lists.

    python3 check_layers.py ROOT --bin FOLDER

In the table of README.md that begins with `| Keras layers |`, names in
backquotes with a capital in front are layers; each one of
`frieze-compile --list-layers` must be there, and no other, but in the row
`**not supported**`, where a layer followed by "with" has options that are not.
The operators of ONNX are those in the first column of the table of
docs/ModelFormat.md that begins with `| operators |`. The table of README.md that
begins with `| target |` has what `frieze-compile --print-targets` prints.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys


def read_table(readme):
    """The layers in the table, and those in its row of what is unsupported."""
    table = re.search(r"^\| Keras layers \|.*?(?=\n\n)", readme, re.S | re.M)
    if not table:
        sys.exit("README.md: error: expects a table '| Keras layers |'")
    supported, unsupported = set(), set()
    for row in table.group().splitlines()[2:]:
        cell = row.split("|")[1]
        names = set(re.findall(r"`([A-Z]\w+)`(?! with)", cell))
        (unsupported if "**not supported**" in cell else supported).update(names)
    return supported, unsupported


def read_operators(model_format):
    """The operators of ONNX in the table."""
    table = re.search(r"^\| operators \|.*?(?=\n\n)", model_format, re.S | re.M)
    if not table:
        sys.exit("docs/ModelFormat.md: error: expects a table '| operators |'")
    return {name for row in table.group().splitlines()[2:]
            for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def check_targets(readme, compiler):
    """Problems of the table of targets."""
    listed = json.loads(subprocess.run([compiler, "--print-targets=json"], check=True,
                                       stdout=subprocess.PIPE).stdout)
    rows = [f"| `{target['name']}` | {target['description']} |" for target in listed]
    table = re.search(r"^\| target \|.*?(?=\n\n)", readme, re.S | re.M)
    if not table or table.group().splitlines()[2:] != rows:
        return ["README.md: error: expects a table '| target |' with the rows\n"
                + "\n".join(rows)]
    return []


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path, help="root of the repository")
    parser.add_argument("--bin", type=pathlib.Path, required=True,
                        help="folder of the tools")
    args = parser.parse_args()
    text = subprocess.run([args.bin / "frieze-compile", "--list-layers"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    listed = set(re.findall(r"^Keras ([A-Z]\w+):", text, re.M))
    readme = (args.root / "README.md").read_text(encoding="utf-8")
    supported, unsupported = read_table(readme)
    # The classes of TensorFlow's functions, each of which is listed by itself.
    supported -= {"TFOpLambda", "SlicingOpLambda"}
    problems = [f"lacks `{name}`" for name in sorted(listed - supported)]
    problems += [f"has `{name}`, which is no layer that can be read"
                 for name in sorted(supported - listed)]
    problems += [f"has `{name}` among what is not supported"
                 for name in sorted(unsupported & listed)]
    problems = [f"README.md: error: the table of layers {problem}" for problem in problems]
    operators = set(re.findall(r"^ONNX (\w+):", text, re.M))
    documented = read_operators((args.root / "docs/ModelFormat.md").read_text(encoding="utf-8"))
    problems += [f"docs/ModelFormat.md: error: the table of operators lacks `{name}`"
                 for name in sorted(operators - documented)]
    problems += [f"docs/ModelFormat.md: error: the table of operators has `{name}`, which is "
                 "none that can be read" for name in sorted(documented - operators)]
    problems += check_targets(readme, args.bin / "frieze-compile")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(listed)} layers, {len(operators)} operators")
    sys.exit(bool(problems))


main()
