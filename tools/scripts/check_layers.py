"""Compares the layers in the documentation with those that frieze-compile lists.

    python3 check_layers.py ROOT --bin FOLDER [--write]

In the table of docs/Layers.md that begins with `| Keras layers |`, names in
backquotes with a capital in front are layers; each one of
`frieze-compile --list-layers` must be there, and no other, but in the row
`**not supported**`, where a layer followed by "with" has options that are not.
The table of README.md that begins with `| of Keras |` may have some of them.
Below `## Options`, docs/Layers.md has tables of all that is listed with options,
which --write writes.
The operators of ONNX, PyTorch and TFLite are those in the first columns of the
tables of docs/ModelFormat.md that begin with `| operators |`, `| operators of
PyTorch |` and `| operators of TFLite |`; those of PyTorch without overloads. The
table of README.md that begins with `| target |` has what `frieze-compile
--print-targets` prints.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys

# The headings of their tables, by the formats that have operators.
OPERATORS = {"ONNX": "operators", "PyTorch": "operators of PyTorch",
             "TFLite": "operators of TFLite"}


def read_table(text, file, head, column):
    """The layers in a table, and those in its row of what is unsupported."""
    table = re.search(rf"^\| {head} \|.*?(?=\n\n)", text, re.S | re.M)
    if not table:
        sys.exit(f"{file}: error: expects a table '| {head} |'")
    supported, unsupported = set(), set()
    for row in table.group().splitlines()[2:]:
        cell = row.split("|")[column]
        names = set(re.findall(r"`([A-Z]\w+)`(?! with)", cell))
        (unsupported if "**not supported**" in row else supported).update(names)
    return supported, unsupported


def read_operators(model_format, heading):
    """The operators in the table with the heading."""
    table = re.search(rf"^\| {heading} \|.*?(?=\n\n)", model_format, re.S | re.M)
    if not table:
        sys.exit(f"docs/ModelFormat.md: error: expects a table '| {heading} |'")
    return {name for row in table.group().splitlines()[2:]
            for name in re.findall(r"`(\w+)`", row.split("|")[1])}


def make_tables(text):
    """The tables of `--list-layers`."""
    rows = {"Keras layer": [], "Keras operation": [], "ONNX operator": []}
    for line in text.splitlines():
        kind, name, *attributes = line.split()
        if kind in ("PyTorch", "TFLite"):
            continue
        free = " ".join(f"`{key}`" for key in attributes if "=" not in key)
        fixed = " ".join(f"`{key}`" for key in attributes if "=" in key)
        head = ("ONNX operator" if kind == "ONNX" else
                "Keras operation" if name.startswith(("ops.", "tf.")) else "Keras layer")
        rows[head].append(f"| `{name[:-1]}` | {free} | {fixed} |")
    tables = [f"| {head} | options | only with |\n|---|---|---|\n" + "\n".join(lines) + "\n"
              for head, lines in rows.items()]
    return re.sub(" +", " ", "\n".join(tables))


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
    parser.add_argument("--write", action="store_true", help="write docs/Layers.md")
    args = parser.parse_args()
    text = subprocess.run([args.bin / "frieze-compile", "--list-layers"],
                          check=True, stdout=subprocess.PIPE, text=True).stdout
    listed = set(re.findall(r"^Keras ([A-Z]\w+):", text, re.M))
    readme = (args.root / "README.md").read_text(encoding="utf-8")
    path = args.root / "docs/Layers.md"
    layers = path.read_text(encoding="utf-8")
    supported, unsupported = read_table(layers, "docs/Layers.md", "Keras layers", 1)
    # The classes of TensorFlow's functions, each of which is listed by itself.
    supported -= {"SlicingOpLambda", "TFOpLambda", "TensorFlowOpLayer"}
    # Read within others.
    supported -= {"StackedRNNCells"}
    problems = [f"lacks `{name}`" for name in sorted(listed - supported)]
    problems += [f"has `{name}`, which is no layer that can be read"
                 for name in sorted(supported - listed)]
    problems += [f"has `{name}` among what is not supported"
                 for name in sorted(unsupported & listed)]
    problems = [f"docs/Layers.md: error: the table of layers {problem}" for problem in problems]
    some, others = read_table(readme, "README.md", "of Keras", 2)
    problems += [f"README.md: error: the table of layers has `{name}`, which is no layer that "
                 "can be read" for name in sorted(some - listed)]
    problems += [f"README.md: error: the table of layers has `{name}` among what is not supported"
                 for name in sorted(others & listed)]
    head, mark, old = layers.partition("\n| Keras layer |")
    tables = make_tables(text)
    if args.write:
        path.write_text(head + "\n" + tables, encoding="utf-8")
    elif mark + old != "\n" + tables:
        problems.append("docs/Layers.md: error: expects the options that --list-layers prints; "
                        "run tools/scripts/check_layers.py . --bin build/release/bin --write")
    model_format = (args.root / "docs/ModelFormat.md").read_text(encoding="utf-8")
    count = 0
    for kind, heading in OPERATORS.items():
        operators = set(re.findall(rf"^{kind} (\w+)[\w.]*:(?!:)", text, re.M))
        documented = read_operators(model_format, heading)
        count += len(operators)
        problems += [f"docs/ModelFormat.md: error: the table of {heading} lacks `{name}`"
                     for name in sorted(operators - documented)]
        problems += [f"docs/ModelFormat.md: error: the table of {heading} has `{name}`, which "
                     "is none that can be read" for name in sorted(documented - operators)]
    problems += check_targets(readme, args.bin / "frieze-compile")
    for problem in problems:
        print(problem, file=sys.stderr)
    print(f"{len(listed)} layers, {count} operators")
    sys.exit(bool(problems))


main()
