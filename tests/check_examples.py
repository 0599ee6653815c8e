#!/usr/bin/env python3
"""Run the examples that describe passes, ops and attributes.

    check_examples.py ROOT --bin FOLDER

- Each pass of a Passes.td has an example, before ==> after: what the pass makes of
  the first block is the second. A line "With `hop=2`:" above it has options of the
  pass. After "==> among others", the second block shows some of the functions and
  globals of the result.
- Each op of dialect/NN*Ops.td has an example with that op. It is verified, and what
  is printed of it reads as the same again. So are the examples of attributes.

A block without a function is the body of one. Values that it does not define are
the arguments, of the type that the op reading them says; values that it does not
read are the results.

Prints what is wrong, with the lines that differ; exit status 1 if there is
anything. FOLDER has frieze-opt.
"""
import argparse
import difflib
import pathlib
import re
import subprocess
import sys
import textwrap

DEFINITION = re.compile(r"^def (\w+) : .*?(?=^def |^class |\Z)", re.M | re.S)
PASS = re.compile(r'def \w+ : \w*Pass<"([^"]+)"')
OP = re.compile(r'def NN_\w+Op : [^"]+"(\w+)"')
BLOCK = re.compile(r"^ *```mlir\n(.*?)^ *```$", re.M | re.S)
PAIR = re.compile(rf"(?:^ *With `([^`]+)`:\n\n)?{BLOCK.pattern}\n"
                  rf" *==>( among others)?\n{BLOCK.pattern}", re.M | re.S)
FUNCTION = re.compile(r"^\s*(module|\w+\.func)\b", re.M)
VALUE = re.compile(r"%\w+")
# An op at the top of a printed module, and its name. Labels of blocks are as far to
# the left.
SYMBOL = re.compile(r"^  \w[^@\n]*@(\w+).*?(?=^  \w|^}|\Z)", re.M | re.S)


class Failure(Exception):
    """What is wrong with an example."""


def read_op(text):
    """Results, operands, types of operands and type of the result of an nn op."""
    results, _, op = text.partition("=")
    types, arrow, result_type = op.rpartition(":")[2].partition("->")
    types = [type.strip() for type in types.split(",")]
    if not arrow:
        result_type = types[0]
    operands = VALUE.findall(op)
    # One type stands for all operands.
    if len(types) == 1:
        types *= len(operands)
    return VALUE.findall(results), operands, types, result_type.strip()


def get_frame(block, arguments):
    """First and last line of the function whose body is `block`.

    Adds to `arguments` the values that the block does not define, with their types.
    """
    defined, read = {}, set()
    for text in re.split(r"\n(?=\S)", textwrap.dedent(block).strip()):
        results, operands, types, result_type = read_op(text)
        for value, type in zip(operands, types):
            if value not in defined:
                arguments.setdefault(value, type)
        read.update(operands)
        defined.update(dict.fromkeys(results, result_type))
    results = [value for value in defined if value not in read]
    types = ", ".join(defined[value] for value in results)
    parameters = ", ".join(f"{value}: {type}" for value, type in arguments.items())
    return (f"func.func @model({parameters}) -> ({types}) {{",
            f"return {', '.join(results)} : {types} }}")


def select(printed, symbols):
    """The functions and globals of a printed module that `symbols` has, too."""
    names = {match[1] for match in SYMBOL.finditer(symbols)}
    return "".join(match[0] for match in SYMBOL.finditer(printed) if match[1] in names)


def compare(message, expected, got, names):
    """Fails where two printed modules differ, with the lines that do."""
    if expected != got:
        lines = difflib.unified_diff(expected.splitlines(), got.splitlines(), *names,
                                     lineterm="")
        raise Failure("\n".join([message, *lines]))


class Definition:
    """A pass, an op or an attribute of a .td file."""

    def __init__(self, tool, path, text, match):
        self.tool = tool
        self.path = path
        self.text = text
        self.span = match.span()

    def find(self, pattern):
        """What matches `pattern` in the definition, placed in its file."""
        return list(pattern.finditer(self.text, *self.span))

    def read(self, match, group, arguments):
        """The module of a block, on the lines that the block has in the file."""
        block, line = match[group], self.text.count("\n", 0, match.start(group))
        if FUNCTION.search(block):
            return "\n" * line + block
        first, last = get_frame(block, arguments)
        return "\n" * (line - 1) + f"{first}\n{block}{last}\n"

    def run(self, module, *options):
        """What frieze-opt prints of a module."""
        quiet = ["--mlir-print-op-on-diagnostic=false"]
        result = subprocess.run([self.tool, *quiet, *options], input=module, text=True,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if result.returncode:
            raise Failure(f"expects {' '.join(['frieze-opt', *options])} to succeed\n"
                          + result.stderr.replace("<stdin>", self.path).rstrip())
        return result.stdout

    def check(self):
        """Runs the examples; returns how many."""
        for match in self.find(PASS):
            return self.check_pass(match[1])
        blocks = self.find(BLOCK)
        for match in self.find(OP):
            if not any(f"nn.{match[1]} " in block[1] for block in blocks):
                raise Failure(f"expects an example in MLIR with nn.{match[1]}")
        for block in blocks:
            printed = self.run(self.read(block, 1, {}))
            compare("expects to read as it is printed", printed, self.run(printed),
                    ("printed", "read and printed again"))
        return len(blocks)

    def check_pass(self, flag):
        """Runs the examples of a pass; returns how many."""
        pairs = self.find(PAIR)
        if not pairs or 2 * len(pairs) != len(self.find(BLOCK)):
            raise Failure("expects examples in MLIR, before ==> after")
        for pair in pairs:
            self.check_pair(pair, f"--{flag}={pair[1]}" if pair[1] else f"--{flag}")
        return len(pairs)

    def check_pair(self, pair, option):
        """Runs a pass on the block before the arrow."""
        arguments = {}
        module = self.read(pair, 2, arguments)
        before, got = self.run(module), self.run(module, option)
        after = self.run(self.read(pair, 4, arguments))
        if pair[3]:
            before, got, after = (select(printed, after)
                                  for printed in (before, got, after))
        compare("expects the result that its example shows", after, got,
                ("the example", f"frieze-opt {option}"))
        if before == got:
            raise Failure(f"expects an example that {option} changes")


def check(root, tool):
    """Runs the examples of all definitions; returns how many, and the problems."""
    count, problems = 0, []
    files = [*root.glob("compiler/**/Passes.td"), *root.glob("dialect/NN*.td")]
    for path in sorted(files):
        text, name = path.read_text(), str(path.relative_to(root))
        for match in DEFINITION.finditer(text):
            try:
                count += Definition(tool, name, text, match).check()
            except Failure as failure:
                problems.append(f"{name}: {match[1]}: {failure}")
    return count, problems


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("root", type=pathlib.Path, help="root of the repository")
    parser.add_argument("--bin", type=pathlib.Path, required=True,
                        help="folder of the tools")
    args = parser.parse_args()
    count, problems = check(args.root, args.bin / "frieze-opt")
    print(*problems, f"{count} examples ran, {len(problems)} failed", sep="\n")
    return 0 if count and not problems else 1


sys.exit(main())
