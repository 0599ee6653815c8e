#!/usr/bin/env python3
"""Counts the instructions that one call of each reference model executes.

QEMU counts those in the model's own code, on every target, and the counts are
compared with instructions.json: more than 1 % less or more is an error, which
--update accepts. Also printed are instructions for each multiply-add that is
left after nn-opt, the bytes of code without weights, and those of stack. These
may not be more than frieze-compile says, nor the instructions 2 % more or less.

    tests/targets/count_instructions.py [--update]
"""
import argparse
import json
import os
import sys
from concurrent.futures import ThreadPoolExecutor

import machines
from command import Failure, run

# The models of the README's figures, and other kinds of layers.
REFERENCE = ("ecg_convnet", "lenet5_bn", "cnn_bn_pool", "cifar_bn", "lstm_bn", "conv1d_block",
             "cnn1d", "mlp_bn_after", "embedding_lstm", "gru_tiles", "separable_conv")
TABLE = os.path.join(machines.FOLDER, "instructions.json")
BUILD = os.path.join(machines.FOLDER, "..", "..", "build", "release")
LARGEST_CHANGE = 0.01
# Between what frieze-compile says and what is counted.
LARGEST_ERROR = 0.02
ACCEPT = "tests/targets/count_instructions.py --update accepts it"
NAME = "m"


def parse_arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="accept what was counted")
    parser.add_argument("--tools", default=os.path.join(BUILD, "bin"),
                        help="folder of frieze-compile")
    parser.add_argument("--llvm-tools", default="/usr/lib/llvm-22/bin", help="folder of llvm-nm")
    parser.add_argument("--scratch", default=os.path.join(BUILD, "tests", "targets", "counts"),
                        help="folder to work in")
    return parser.parse_args()


def find_code(nm, program):
    """Where the functions of the model begin and end."""
    begin, end = [], []
    for line in run(nm, "-S", program).splitlines():
        fields = line.split()
        if len(fields) == 4 and fields[2] in "tT" and fields[3].startswith(NAME + "_"):
            # The lowest bit of an address says that a function is of Thumb code.
            begin.append(int(fields[0], 16) & ~1)
            end.append(begin[-1] + int(fields[1], 16))
    return min(begin), max(end)


class Counter:
    """Compiles models and counts, all in one folder."""

    def __init__(self, tools, llvm_tools, scratch):
        self.compiler = os.path.join(tools, "frieze-compile")
        self.nm = os.path.join(llvm_tools, "llvm-nm")
        self.scratch = os.path.abspath(scratch)
        os.makedirs(scratch, exist_ok=True)
        self.plugin = os.path.join(self.scratch, "libcount_instructions.so")
        run("gcc", "-shared", "-fPIC", "-O2", "-Wall", "-Wextra", "-Werror",
            os.path.join(machines.FOLDER, "count_instructions.c"), "-o", self.plugin)
        self.programs = {
            machine.name: machines.compile_program(
                machine, os.path.join(machines.FOLDER, "call_once.c"), self.scratch)
            for machine in machines.COUNTED}

    def measure(self, model, machine):
        """Instructions, multiply-adds, stack and code of one call."""
        program = os.path.join(self.scratch, f"{model}-{machine.name}")
        remarks = run(self.compiler, os.path.join(machines.MODELS, model + ".keras"),
                      "-o", program + ".o", f"--name={NAME}", f"--target={machine.target}",
                      "--remarks=json", stream="stderr")
        machines.link(machine, self.programs[machine.name], program + ".o", NAME, program)
        begin, end = find_code(self.nm, program)
        text = machines.emulate(machine, program, self.scratch,
                                "-plugin", f"{self.plugin},from={begin:#x},to={end:#x}")
        return {"code": end - begin, "promised": json.loads(remarks.splitlines()[-1]),
                **{name: int(number) for name, number in map(str.split, text.splitlines())}}


def compare_promises(measured):
    """Where a call is not what frieze-compile says of it, one line each."""
    for (model, machine), numbers in measured.items():
        # What is said is for the shortest vectors.
        stack = numbers["promised"]["stack_bytes"] * machine.vector_scale
        if numbers["stack"] > stack:
            yield (f"{model}, {machine.target}: expects at most {stack:,} bytes of stack, "
                   f"as frieze-compile says, but got {numbers['stack']:,}")
        count, promised = numbers["instructions"], numbers["promised"]["instructions"]
        if abs(count - promised) > LARGEST_ERROR * count:
            yield (f"{model}, {machine.target}: expects {promised:,} instructions, as "
                   f"frieze-compile says, but got {count:,}")


def compare_counts(stored, counted):
    """What changed by more than is accepted, one line each."""
    for model, counts in counted.items():
        for machine, count in counts.items():
            old = stored.get(model, {}).get(machine)
            if old is None:
                yield f"{model}, {machine}: {count:,} instructions, and none stored; {ACCEPT}"
            elif abs(count - old) > LARGEST_CHANGE * old:
                yield (f"{model}, {machine}: {count:,} instructions instead of {old:,} "
                       f"({count / old - 1:+.1%}); {ACCEPT}")


def main():
    arguments = parse_arguments()
    counter = Counter(arguments.tools, arguments.llvm_tools, arguments.scratch)
    pairs = [(model, machine) for model in REFERENCE for machine in machines.COUNTED]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        measured = dict(zip(pairs, pool.map(lambda pair: counter.measure(*pair), pairs)))

    print(f"{'model':<16}{'target':<16}{'instructions':>14}{'a MAC':>8}{'code':>8}{'stack':>8}")
    counted = {}
    for (model, machine), numbers in measured.items():
        count = numbers["instructions"]
        counted.setdefault(model, {})[machine.target] = count
        print(f"{model:<16}{machine.target:<16}{count:>14,}{count / numbers['multiply-adds']:>8.2f}"
              f"{numbers['code']:>8,}{numbers['stack']:>8,}")

    problems = list(compare_promises(measured))
    if arguments.update:
        with open(TABLE, "w") as file:
            json.dump(counted, file, indent=2)
            file.write("\n")
    else:
        with open(TABLE) as file:
            problems += compare_counts(json.load(file), counted)
    for problem in problems:
        print(f"count_instructions.py: error: {problem}", file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Failure as failure:
        sys.exit(f"count_instructions.py: error: {failure}")
