"""A lit test format: a model file as a module of WebAssembly in Node.

The models are those of tests/e2e. Through the JavaScript that frieze-compile
writes, single calls, many calls at once and, of the models that have one, a
stream must give the bits of the reference evaluator, in the arithmetic without
fused multiply-add. NaN is one value.
"""
import json
import os
import subprocess

import numpy as np
from model_format import Failure, ModelFormat, compare_bits, count_all_bits

RUNNER = os.path.join(os.path.dirname(__file__), "run_model.mjs")
HOP = 2
STREAM = f"--stream-hop={HOP}"


def move_window(array):
    """A recording of the first samples of `array`, and the windows along it."""
    length = array.shape[1]
    recording = np.concatenate([*array[:3], *array[:3]])[:3 * length + 1]
    starts = range(0, len(recording) - length + 1, HOP)
    return recording, np.stack([recording[start:start + length] for start in starts])


class WasmFormat(ModelFormat):
    def check(self, case):
        inputs = case.save("x", case.inputs)
        bits = self.evaluate(case, inputs)
        self.compile(case, "model.wasm")
        problems = []
        for way in "run", "runBatch":
            outputs = self.run_module(case, "model", way, case.inputs)
            problems += compare_bits(bits, outputs, way)
        self.write_row(f"wasm-{os.path.basename(case.model)}", "model",
                       {"wasm32": count_all_bits(bits, outputs)})
        if self.has_stream(case):
            problems += self.check_stream(case)
        return problems

    def check_stream(self, case):
        (name, array), = case.inputs.items()
        recording, windows = move_window(array)
        bits = self.evaluate(case, case.save("windows", {name: windows}), "--exact")
        problems = []
        for way in "push", "pushAll":
            outputs = self.run_module(case, "stream", way, {name: recording}, len(windows))
            problems += compare_bits(bits, outputs, way)
        self.write_row(f"wasm-stream-{os.path.basename(case.model)}", "stream",
                       {"wasm32": count_all_bits(bits, outputs)})
        return problems

    def evaluate(self, case, inputs, *options):
        return self.run_model(case, case.model, inputs, "bits", "--reference=bits",
                              "--target=wasm32", *case.flags, *options)

    def compile(self, case, output, *options):
        self.run("frieze-compile", case.model, "-o", case.path(output), *case.flags, *options)

    def has_stream(self, case):
        """Whether a stream can be compiled, as for every other target."""
        try:
            self.compile(case, "stream.wasm", STREAM)
            return True
        except Failure:
            pass
        try:
            self.compile(case, "stream.o", STREAM, "--target=x86-64-v2")
        except Failure:
            return False
        raise Failure(f"expects {STREAM} to work for wasm32, as it does for x86-64-v2")

    def run_module(self, case, module, way, inputs, count=None):
        """The outputs of a module, of `count` samples or as many as are stored."""
        for number, array in enumerate(inputs.values()):
            array.astype("<f4").tofile(case.path(f"input_{number}.bin"))
        job = {"module": case.path(module + ".mjs"), "way": way, "folder": case.scratch,
               "names": list(inputs)}
        result = subprocess.run(["node", RUNNER], input=json.dumps(job), capture_output=True,
                                text=True, timeout=300)
        if result.returncode:
            raise Failure(f"{RUNNER}: {way}: exit status {result.returncode}\n{result.stderr}")
        names = json.loads(result.stdout)
        # A single output may be stored without its name.
        if list(case.expected) == [""]:
            names = [""] * len(names)
        if sorted(names) != sorted(case.expected):
            raise Failure(f"expects outputs {sorted(case.expected)}, but got {sorted(names)}")
        outputs = {}
        for number, name in enumerate(names):
            shape = case.expected[name].shape
            shape = (count or shape[0], *shape[1:])
            values = np.fromfile(case.path(f"output_{number}.bin"), "<f4")
            if values.size != np.prod(shape):
                raise Failure(f"{way}: expects outputs of shape {shape}, but got {values.size}")
            outputs[name] = values.reshape(shape)
        return outputs
