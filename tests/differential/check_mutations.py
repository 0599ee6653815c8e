"""Breaks each rule of nn-opt on purpose, and checks that the differential test sees it.

    python3 check_mutations.py SOURCE BUILD [--only NAME]

For each mutation, one source file is changed in a temporary copy, compiled with
the build's own command, and linked before the libraries into a second
DifferentialTest, which must fail. SOURCE and BUILD stay as they are. Exit status
1 if a mutation survives, or its text is no longer in the source.
"""
import argparse
import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys
import tempfile

# Name, file in compiler/transforms, text, replacement.
MUTATIONS = [
    ("epsilon left out", "LowerBatchNorm", "g / std::sqrt(v + epsilon)", "g / std::sqrt(v + 0.001)"),
    ("mean with the wrong sign", "LowerBatchNorm", "b - m * scale.back()", "b + m * scale.back()"),
    ("composed shift not scaled", "ComposeAffines",
     "outer->scale[c] * inner->shift[c]", "inner->shift[c]"),
    ("composed with another reader", "ComposeAffines", "!first->hasOneUse() || ", ""),
    ("bias not scaled backward", "FoldAffineBackward",
     "parameters.scale[c] * (*bias)[c]", "(*bias)[c]"),
    ("backward with another reader", "FoldAffineBackward",
     "if (!producer || !value.hasOneUse())", "if (!producer)"),
    ("backward through unequal positions", "FoldAffineBackward",
     "if (parameters.scale[i] != parameters.scale[i % channels] ||\n"
     "        parameters.shift[i] != parameters.shift[i % channels])", "if (false)"),
    ("backward through max pooling", "FoldAffineBackward",
     "bool mayPass = isa<AvgPoolOp>(producer);", "bool mayPass = isa<AvgPoolOp, MaxPoolOp>(producer);"),
    ("table not shifted", "FoldAffineBackward",
     "parameters.scale[c] * entry + parameters.shift[c]", "parameters.scale[c] * entry"),
    ("negative scale before max pooling", "FoldAffineForward", "if (!(scale >= 0))", "if (false)"),
    ("shift lost forward", "FoldAffineForward",
     "(*bias)[column] += parameters.shift[channel] * weight;", ""),
    ("border of zeros", "FoldAffineForward",
     "((*border)[c] - parameters.shift[c]) / parameters.scale[c]", "0.0"),
    ("border with scale zero", "FoldAffineForward",
     "bool isExact = scale != 0 && std::isfinite(((*border)[c] - shift) / scale);",
     "bool isExact = true;"),
    ("other operands of a concatenation scaled", "FoldAffineForward",
     "isOurs ? traveller.parameters.scale[c] : 1.0", "isOurs ? traveller.parameters.scale[c] : 2.0"),
    ("groups mixed up", "FoldAffineForward",
     "column / (columns / groups) * groupSize +", "0 * groupSize +"),
    ("blocked channels folded as well", "FoldAffineForward",
     "      arriving.setIdentity(c);\n  LogicalResult", "      ;\n  LogicalResult"),
    ("shift into a transposed convolution", "FoldAffineForward", "if (shift != 0)", "if (false)"),
    ("slice of other channels", "FoldAffineForward",
     "slice.getBegin()[axis] + i * slice.getStrideValues()[axis]", "i"),
    ("slice of other channels backward", "FoldAffineBackward",
     "slice.getBegin()[axis] + i * slice.getStrideValues()[axis]", "i"),
    ("padding taken for zeros", "FusePad", "if (value != 0)", "if (false)"),
    ("padding that may be the maximum", "FusePad", "if (!activation || !(value <= 0))", "if (!activation)"),
    ("negative scale through ReLU", "FoldScaleThroughRelu", "return s > 0;", "return s != 0;"),
    ("affine fused where the raw value is read", "FuseAffine",
     "if (!op->hasOneUse())\n    return false;", ""),
    ("activation fused where the raw value is read", "FuseActivation",
     "!kernel || !kernel->hasOneUse()", "!kernel"),
    ("padded pooling fused", "FusePool",
     "[](int64_t p) { return p != 0; }))\n    return \"it has padding\"",
     "[](int64_t p) { return false; }))\n    return \"it has padding\""),
    ("pooling fused where the raw value is read", "FusePool", "if (!conv->hasOneUse())", "if (false)"),
    ("composed bias lost", "ComposeLinear", "(*bias)[o] += (*aBias)[m] * weight;", ""),
    ("constant not through its activation", "FoldConstantChannels",
     "value = frieze::reference::applyFunction(activation.getFunction(), *value);", "{}"),
    ("constant channel beside another border", "FoldConstantChannels",
     "!consumer->border.empty() && *value != consumer->border[c]", "false"),
    ("open ReLU taken for closed", "FoldConstantChannels", "largest <= 0", "largest <= 0.5"),
    ("stride not moved", "DropUnreadOutputs", "factor *= stride;", "factor *= 1 + 0 * stride;"),
    ("bias of a dense after an embedding lost", "FoldIntoEmbedding",
     "double sum = (*bias)[o];", "double sum = 0;"),
]


def compile_command(build, source):
    with open(os.path.join(build, "compile_commands.json")) as file:
        for entry in json.load(file):
            if os.path.samefile(entry["file"], source):
                return shlex.split(entry["command"]), entry["directory"]
    raise SystemExit(f"{source}: error: no compile command in {build}")


def link_command(build):
    commands = subprocess.run(
        ["ninja", "-C", build, "-t", "commands", "tests/unit/DifferentialTest"],
        capture_output=True, text=True, check=True).stdout.strip().splitlines()
    # CMake wraps the command as `: && COMMAND && :`.
    return [part for part in shlex.split(commands[-1]) if part not in (":", "&&")]


def replace_after(command, option, value):
    command[command.index(option) + 1] = value


def check(mutation, source, build, link):
    """None if the mutation is caught, else what is wrong."""
    name, file, text, replacement = mutation
    original = os.path.join(source, "compiler", "transforms", file + ".cpp")
    with open(original) as stream:
        code = stream.read()
    # However the formatter breaks lines.
    pattern = r"\s*".join(re.escape(token) for token in re.findall(r"\w+|[^\w\s]", text))
    mutated_code = re.sub(pattern, lambda match: replacement, code)
    if mutated_code == code:
        return f"{name}: error: '{text}' is no longer in {file}.cpp"
    with tempfile.TemporaryDirectory() as scratch:
        mutated, object_file = os.path.join(scratch, "m.cpp"), os.path.join(scratch, "m.o")
        program = os.path.join(scratch, "DifferentialTest")
        with open(mutated, "w") as stream:
            stream.write(mutated_code)
        command, folder = compile_command(build, original)
        replace_after(command, "-o", object_file)
        replace_after(command, "-c", mutated)
        result = subprocess.run(command, cwd=folder, capture_output=True, text=True)
        if result.returncode:
            return f"{name}: error: does not compile\n{result.stderr}"
        command = list(link)
        position = command.index("-o")
        command[position + 1] = program
        command.insert(position + 2, object_file)
        result = subprocess.run(command, cwd=build, capture_output=True, text=True)
        if result.returncode:
            return f"{name}: error: does not link\n{result.stderr}"
        environment = {**os.environ, "FRIEZE_GRAPHS": "20000"}
        result = subprocess.run([program, "--gtest_filter=*Float64"], env=environment,
                                capture_output=True, text=True, timeout=600)
        return None if result.returncode else f"{name}: error: survives"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("source")
    parser.add_argument("build")
    parser.add_argument("--only")
    args = parser.parse_args()
    link = link_command(args.build)
    chosen = [m for m in MUTATIONS if args.only in (None, m[0])]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        problems = [problem for problem in pool.map(
            lambda m: check(m, args.source, args.build, link), chosen) if problem]
    print("\n".join(problems))
    print(f"{len(chosen) - len(problems)} of {len(chosen)} mutations caught")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
