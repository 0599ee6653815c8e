#!/usr/bin/env python3
"""Check that what belongs together is there: passes, ops, and their tests.

    check_parity.py [REPOSITORY]

- Each pass of a Passes.td has a source file of its name, a summary, and a lit test
  of its flag's name with a case that must not fire, and an invalid case.
- Each constraint C1... of an op is marked where it is verified and where it is
  tested.
- An activation is named by 4 sources of the dialect and the compiler, an op by at
  most 6, besides those that optimise with it; another 6 of the frontends import an
  op. CONTRIBUTING.md lists them.
- Passes are added in compiler/Pipelines.cpp, command-line options are defined in
  tools/, and runtime/ and the compiler do not include each other.

Prints what is missing, one line each; exit status 1 if there is anything.
"""
import pathlib
import re
import sys

SOURCES = {".cpp", ".hpp", ".h", ".c", ".td"}
FUNCTION = re.compile(r"^[^\s#/}].*?^}$", re.MULTILINE | re.DOTALL)

ACTIVATION_SOURCES = 4
OP_SOURCES = 6
# The layers that have several forms, or that plans and streams treat apart.
OPS_OF_MORE_SOURCES = {"ConstantOp", "ConvOp", "DenseOp", "GRUOp", "LSTMOp", "RNNOp", "ReshapeOp",
                       "WindowsOp"}


class Checker:
    def __init__(self, root):
        self.root = pathlib.Path(root)
        self.problems = []

    def report(self, path, message):
        self.problems.append(f"{path.relative_to(self.root)}: {message}")

    def files(self, folder):
        """Source files below `folder`."""
        return sorted(path for path in (self.root / folder).rglob("*")
                      if path.suffix in SOURCES)

    # --- Passes ---------------------------------------------------------------

    def check_passes(self):
        for path in sorted((self.root / "compiler").rglob("Passes.td")):
            definitions = re.findall(r'^def (\w+) : Pass<"([^"]+)".*?^}$',
                                     path.read_text(), re.MULTILINE | re.DOTALL)
            if not definitions:
                self.report(path, "expects a pass")
            bodies = re.findall(r"^def \w+ : Pass<.*?^}$", path.read_text(),
                                re.MULTILINE | re.DOTALL)
            for (name, flag), body in zip(definitions, bodies):
                self.check_pass(path, name, flag, body)

    def check_pass(self, path, name, flag, body):
        if not name.endswith("Pass"):
            self.report(path, f"{name}: expects a name that ends in Pass")
        source = name.removesuffix("Pass") + ".cpp"
        if not list(path.parent.rglob(source)):
            self.report(path, f"{name}: expects a source file {source}")
        if 'let summary = "' not in body:
            self.report(path, f"{name}: expects a summary")
        self.check_pass_test(path, name, flag)

    def check_pass_test(self, path, name, flag):
        stem = re.sub("^(nn|frieze)-", "", flag)
        tests = self.root / "tests"
        found = list(tests.rglob(flag + ".mlir")) + list(tests.rglob(stem + ".mlir"))
        if not found:
            return self.report(path, f"{name}: expects a test {stem}.mlir")
        text = found[0].read_text()
        if not re.search(rf"RUN:.*--{re.escape(flag)}\b", text):
            self.report(found[0], f"expects a RUN line with --{flag}")
        if "must not fire" not in text:
            self.report(found[0], "expects a case that must not fire")
        invalid = found[0].with_name(found[0].stem + "-invalid.mlir")
        if not invalid.exists() and "expected-error" not in text:
            self.report(found[0], f"expects an invalid case, here or in {invalid.name}")
        elif invalid.exists() and f"--{flag}" not in invalid.read_text():
            self.report(invalid, f"expects a RUN line with --{flag}")

    # --- Ops ------------------------------------------------------------------

    def check_ops(self):
        for path in sorted((self.root / "dialect").glob("NN*Ops.td")):
            self.check_ops_of(path)

    def check_ops_of(self, path):
        source = path.with_suffix(".cpp")
        verifier = source.read_text()
        tests = (self.root / "tests/dialect/invalid.mlir").read_text()
        text = path.read_text()
        ops = re.findall(r'^def NN_(\w+Op) : (\w+)<"(\w+)"(.*?)^}$', text,
                         re.MULTILINE | re.DOTALL)
        bases = dict(re.findall(r"^class (\w+)<(.*?)^}$", text, re.MULTILINE | re.DOTALL))
        if not ops and path.name != "NNOps.td":
            self.report(path, "expects an op")
        for name, base, mnemonic, body in ops:
            labels = re.findall(r"^\s*- \((C\d+)\)", body, re.MULTILINE)
            if labels != [f"C{number + 1}" for number in range(len(labels))]:
                self.report(path, f"{mnemonic}: expects constraints numbered from C1")
            if not labels and "Constraints: none" not in body:
                self.report(path, f"{mnemonic}: expects constraints, or to say that "
                                  "there are none")
            code = self.find_code(verifier, name, bases.get(base, ""))
            for label in labels:
                if not re.search(rf"//.*\b{label}\b", code):
                    self.report(path, f"{mnemonic}: expects // {label} at the check in "
                                      f"{source.name}")
                if not re.search(rf"^// {mnemonic} \({label}\): ", tests, re.MULTILINE):
                    self.report(path, f"{mnemonic}: expects a case '// {mnemonic} "
                                      f"({label}): ...' in tests/dialect/invalid.mlir")

    @staticmethod
    def find_code(text, op, base):
        """The functions of class `op`, and templates that they pass it to, or what those
        that are generated of `base` return."""
        functions = FUNCTION.findall(text)
        own = [code for code in functions if re.search(rf"\b{op}::", code.split("{")[0])]
        helpers = set(re.findall(rf"\b(\w+)<{op}>", "\n".join(own)) +
                      re.findall(r"extraClassDefinition = \[\{[^\]]*\breturn (\w+)\(", base))
        return "\n".join(own + [code for code in functions
                                if any(re.search(rf"\b{helper}\(", code.split("{")[0])
                                       for helper in helpers)])

    # --- What a new op or activation needs --------------------------------------

    def check_counts(self):
        # Without those that optimise. Other dialects have ops of the same names.
        sources = []
        for path in self.files("dialect") + self.files("compiler"):
            if "transforms" not in path.parts and path.name != "NNFolds.cpp":
                text = re.sub(r"//.*|\b(arith|LLVM)::\w+", "", path.read_text())
                sources.append(set(re.findall(r"ActivationKind::\w+|\w+", text)))

        def count_sources(*names):
            return sum(1 for words in sources if not words.isdisjoint(names))

        path = self.root / "dialect/NNAttrs.td"
        body = re.search(r'^def NN_ActivationKind :.*?^}', path.read_text(),
                         re.MULTILINE | re.DOTALL)
        kinds = re.findall(r'EnumAttrCase<"(\w+)"', body[0]) if body else []
        if not kinds:
            self.report(path, "expects activations")
        for kind in kinds:
            count = 1 + count_sources(f"ActivationKind::{kind}")
            if count != ACTIVATION_SOURCES:
                self.report(path, f"{kind}: expects {ACTIVATION_SOURCES} sources, "
                                  f"but got {count}")
        for path in sorted((self.root / "dialect").glob("NN*Ops.td")):
            for op in re.findall(r"^def NN_(\w+Op) :", path.read_text(), re.MULTILINE):
                count = count_sources(op, f"NN_{op}")
                if count > OP_SOURCES and op not in OPS_OF_MORE_SOURCES:
                    self.report(path, f"{op}: expects at most {OP_SOURCES} sources, "
                                      f"but got {count}")

    # --- Places ---------------------------------------------------------------

    def check_places(self):
        rules = [
            (("compiler", "dialect", "frontends", "runtime", "tools"),
             r"\baddPass\(", r"compiler/(Pipelines|codegen/\w+/\w+Backend)\.cpp", "adds a pass"),
            # Whoever adds an activation needs to know of these alone.
            (("compiler", "dialect", "frontends"), r"\bcase (nn::)?ActivationKind::",
             r"(dialect/(Activations\.cpp|ElementaryFunctions\.h)|"
             r"compiler/reference/Elementwise\.cpp)", "lists activations"),
            (("compiler/conversion/emit", "compiler/conversion/kernels"),
             r"\bchoose[A-Z]\w*\(", None, "decides what is planned once"),
            (("compiler", "dialect", "frontends", "runtime"),
             r"\bcl::(opt|list|bits|alias)\b", None, "defines a command-line option"),
            (("runtime",), r'#\s*include\s*[<"](llvm|mlir|compiler|dialect|frontends)/',
             None, "includes a header of the compiler"),
            (("compiler", "dialect", "frontends"), r'#\s*include\s*[<"](runtime|frieze)/',
             None, "includes a header of the runtime"),
        ]
        for folders, pattern, exception, message in rules:
            for folder in folders:
                for path in self.files(folder):
                    if exception and re.fullmatch(exception,
                                                  str(path.relative_to(self.root))):
                        continue
                    for number, line in enumerate(path.read_text().splitlines(), 1):
                        if re.search(pattern, line.split("//")[0]):
                            self.report(path, f"line {number} {message}")

    def check(self):
        self.check_passes()
        self.check_ops()
        self.check_counts()
        self.check_places()
        print(*self.problems, sep="\n", end="\n" if self.problems else "")
        return 1 if self.problems else 0


if __name__ == "__main__":
    default = pathlib.Path(__file__).resolve().parents[2]
    sys.exit(Checker(sys.argv[1] if len(sys.argv) > 1 else default).check())
