"""A lit test format: compiled models on foreign machines, in every bit.

Each stored model of tests/e2e, random graphs, and models as streams are
compiled for every target that QEMU runs, and must give the bits of the
reference evaluator; NaN is one value. runner.c is the program around them.
Each test leaves a file in rows/, of which print_table.py makes the table.
"""
import os
import sys

import lit.Test
import numpy as np

import machines
from command import Failure, run
from model_format import Case, ModelFormat, count_bits, find_different

GRAPHS = 50
# Models whose window moves along a recording, and by how much.
STREAMS = {"ecg_convnet.keras": (1, 7), "ecg_convnet_plain.keras": (3,)}
# Windows of a stream at hop 1.
RECORDING = 400
NAME = "m"


def join(arrays):
    """All numbers, one array after the other, as runner.c has them."""
    return np.concatenate([np.ascontiguousarray(array, np.float32).ravel() for array in arrays])


def flush(expected, actual):
    """`expected` of a machine that may have made zeros of its denormal numbers."""
    is_denormal = np.abs(expected) < np.finfo(np.float32).tiny
    zeros = np.copysign(np.float32(0), expected)
    return np.where(is_denormal & (actual == 0), zeros, expected)


class TargetFormat(ModelFormat):
    def __init__(self, tools, llvm_tools, folder):
        super().__init__(tools, llvm_tools, os.path.join(folder, "rows"))
        self.folder = folder
        self.missing = machines.find_missing()
        # Once, before lit has several processes.
        os.makedirs(folder, exist_ok=True)
        self.programs = {} if self.missing else {
            machine.name: machines.compile_program(machine, machines.RUNNER, folder)
            for machine in machines.TESTED}
        self.others = {f"graph-{seed}": (self.check_graph, seed) for seed in range(1, GRAPHS + 1)}
        self.others |= {f"stream-{name}-{hop}": (self.check_stream, name, hop)
                        for name, hops in STREAMS.items() for hop in hops}
        self.others["shared-libraries"] = (self.check_libraries,)
        self.others["faults"] = (self.check_faults,)
        self.others["instructions"] = (self.check_instructions,)

    def getTestsInDirectory(self, suite, path_in_suite, lit_config, local_config):
        yield from super().getTestsInDirectory(suite, path_in_suite, lit_config, local_config)
        if not path_in_suite:
            for name in self.others:
                yield lit.Test.Test(suite, (name,), local_config)

    def execute(self, test, lit_config):
        if self.missing:
            return lit.Test.UNSUPPORTED, (
                f"expects {', '.join(self.missing)}, which tests/run installs")
        name = "/".join(test.path_in_suite)
        if name not in self.others:
            return super().execute(test, lit_config)
        check, *arguments = self.others[name]
        os.makedirs(test.getExecPath(), exist_ok=True)
        try:
            problems = check(test.getExecPath(), *arguments)
        except Failure as failure:
            problems = [str(failure)]
        return (lit.Test.FAIL if problems else lit.Test.PASS), "\n".join(problems)

    def evaluate(self, case, inputs, *options):
        """The bits of the reference, one output after the other."""
        return join(self.run_model(case, case.model, inputs, "bits", "--reference=bits",
                                   *case.flags, *options).values())

    def check(self, case):
        return self.compare_machines("model", case.model, case.flags, join(case.inputs.values()),
                                     self.evaluate(case, case.save("x", case.inputs)),
                                     case.scratch)

    def check_graph(self, scratch, seed):
        run(os.path.join(self.folder, "WriteRandomGraph"), str(seed), scratch)
        inputs, outputs = (np.fromfile(os.path.join(scratch, name + ".bin"), np.float32)
                           for name in ("inputs", "outputs"))
        return self.compare_machines("graph", os.path.join(scratch, "graph.mlir"), [], inputs,
                                     outputs, scratch)

    def check_stream(self, scratch, name, hop):
        """Pushed samples give the bits of each window on its own."""
        case = Case(os.path.join(machines.MODELS, name), scratch)
        length, channels = case.inputs[""].shape[1:]
        recording = case.inputs[""].reshape(-1, channels)[:length - 1 + RECORDING]
        starts = range(0, len(recording) - length + 1, hop)
        windows = np.stack([recording[at:at + length] for at in starts])
        bits = self.evaluate(case, case.save("windows", {"": windows}), "--exact")
        return self.compare_machines("stream", case.model, [f"--stream-hop={hop}"],
                                     recording.ravel(), bits, scratch)

    def compare_machines(self, kind, source, flags, inputs, expected, scratch):
        """Runs a model on every machine; leaves a row, and returns what is wrong."""
        inputs.tofile(os.path.join(scratch, "inputs.bin"))
        row, problems, compiled = {}, [], set()
        for machine in machines.TESTED:
            try:
                model = os.path.join(scratch, machine.target + ".o")
                if machine.target not in compiled:
                    self.compile_object(source, model, f"--name={NAME}",
                                        f"--target={machine.target}", *flags)
                    compiled.add(machine.target)
                actual = self.run_on(machine, model, scratch)
                if actual.shape != expected.shape:
                    raise Failure(f"expects {expected.size} numbers, but got {actual.size}")
                wanted = flush(expected, actual) if machine.flushes else expected
                bits = count_bits(wanted, actual)
                row[machine.name] = {"values": expected.size, "bits": bits}
                if bits:
                    raise Failure(f"{find_different(wanted, actual).sum()} of {expected.size} "
                                  "numbers differ in bits from the reference")
            except Failure as failure:
                row.setdefault(machine.name, {"values": 0, "bits": 0})["failed"] = True
                problems.append(f"{machine.name}: {failure}")
        self.write_row(os.path.basename(scratch), kind, row)
        return problems

    def run_on(self, machine, model, scratch):
        program, outputs = (os.path.join(scratch, name) for name in ("program", "outputs.bin"))
        machines.link(machine, self.programs[machine.name], model, NAME, program)
        if os.path.exists(outputs):
            os.remove(outputs)
        machines.emulate(machine, program, scratch)
        return np.fromfile(outputs, np.float32)

    def check_libraries(self, scratch):
        """Shared libraries of the ECG classifier, loaded on each system."""
        case = Case(os.path.join(machines.MODELS, "ecg_convnet.keras"), scratch)
        bits = self.evaluate(case, case.save("x", case.inputs))
        join(case.inputs.values()).tofile(case.path("inputs.bin"))
        problems = []
        for machine in machines.TESTED:
            if not machine.system:
                continue
            self.run("frieze-compile", case.model, "-o", case.path("model.so"),
                     f"--target={machine.target}")
            run(machine.compiler, "-DFRIEZE_DYNAMIC", "-I", machines.RUNTIME, machines.RUNNER,
                "-o", case.path("program"))
            machines.emulate(machine, case.path("program"), scratch, "-L", machine.system,
                             arguments=["./model.so"])
            if count_bits(bits, np.fromfile(case.path("outputs.bin"), np.float32)):
                problems.append(f"{machine.name}: the bits of the library differ from the "
                                "reference")
        return problems

    def check_faults(self, scratch):
        """A board that meets an undefined instruction ends, and with its status."""
        problems = []
        source = os.path.join(scratch, "fault.c")
        with open(source, "w") as file:
            file.write("int main(void) { __builtin_trap(); }\n")
        for machine in machines.BOARDS:
            program = os.path.join(scratch, machine.name)
            objects = machines.compile_program(machine, source, scratch)
            run(machine.compiler, *objects, *machine.link_flags, "-o", program)
            try:
                machines.emulate(machine, program, scratch)
                problems.append(f"{machine.name}: expects exit status 139, but got 0")
            except Failure as failure:
                if "exit status 139\n" not in str(failure):
                    problems.append(f"{machine.name}: {failure}")
        return problems

    def check_instructions(self, scratch):
        run(sys.executable, os.path.join(machines.FOLDER, "count_instructions.py"),
            "--tools", self.tools, "--llvm-tools", self.llvm_tools, "--scratch", scratch)
        return []
