"""Compares a model that is taken step by step with whole sequences, in every bit.

Usage: steps.py MODEL SCRATCH [FLAG...]: MODEL is text with STEPS for the number of
steps, and LAST for one less, or a model file whose axis 1 is open. Compiles it
with --stream-steps, for every target that this processor runs, and for sequences
of a few lengths, to files that begin with SCRATCH. The flags go to both.
"""
import ctypes
import subprocess
import sys

import numpy as np

from model_abi import Memory, Model, list_targets, pointers

LENGTHS = (1, 2, 5, 23)


def compile_model(model, path, target, steps, *flags):
    if model.endswith(".mlir"):
        with open(model, encoding="utf-8") as file:
            text = file.read().replace("STEPS", str(steps)).replace("LAST", str(steps - 1))
        model = path + ".mlir"
        with open(model, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        flags += (f"--dim=0:1={steps}",)
    subprocess.run(["frieze-compile", model, "-o", path, "--name=net", f"--target={target}",
                    *flags], check=True)
    library = ctypes.CDLL(path)
    return library, Model.in_dll(library, "frieze_model_entry")


def push(stream, state, samples, widths):
    """The outputs of the steps `samples`."""
    samples = np.ascontiguousarray(samples)
    outputs = [np.empty((len(samples), width), np.float32) for width in widths]
    written = stream.push(state.address, samples.ctypes.data, len(samples), pointers(outputs))
    assert written == len(samples), f"{written} results of {len(samples)} steps"
    return outputs


def check(model, scratch, target, flags):
    # Longer than the sequence that the model has, as a stream has no end.
    library, description = compile_model(model, f"{scratch}-steps.so", target, 9,
                                         "--stream-steps", *flags)
    stream = description.stream.contents
    assert (stream.window, stream.hop) == (1, 1), (stream.window, stream.hop)
    recording = np.random.default_rng(1).normal(size=(LENGTHS[-1], stream.channels))
    recording = recording.astype(np.float32)
    widths = [description.outputs[i].elements for i in range(description.output_count)]
    state = Memory(stream.state_bytes, stream.state_alignment)
    pieces = []
    # One by one, in pieces, and at once: the same, also after another recording.
    for sizes in ([1] * LENGTHS[-1], [0, 3, 1, 7, 2, 10], [LENGTHS[-1]]):
        stream.init(state.address)
        parts, done = [], 0
        for size in sizes:
            parts.append(push(stream, state, recording[done:done + size], widths))
            done += size
        assert done == LENGTHS[-1], done
        pieces.append([np.concatenate(part) for part in zip(*parts)])
    for other in pieces[1:]:
        for a, b in zip(pieces[0], other):
            assert np.array_equal(a.view(np.uint32), b.view(np.uint32)), f"{target}: pieces differ"
    stream.flush(state.address, pointers([np.empty(1, np.float32) for _ in widths]))
    again = push(stream, state, recording[:2], widths)
    for a, b in zip(again, pieces[0]):
        assert np.array_equal(a.view(np.uint32), b[:2].view(np.uint32)), f"{target}: flush"

    for steps in LENGTHS[1:]:
        _, whole = compile_model(model, f"{scratch}-{steps}.so", target, steps,
                                 "--stream-steps", *flags)
        arena = Memory(whole.arena_bytes, whole.arena_alignment)
        outputs = [np.empty(width, np.float32) for width in widths]
        whole.run(pointers([np.ascontiguousarray(recording[:steps])]), pointers(outputs),
                  arena.address)
        for got, want in zip(pieces[0], outputs):
            assert np.isfinite(want).all() and want.any(), f"{target}: nothing to compare"
            assert np.array_equal(got[steps - 1].view(np.uint32), want.view(np.uint32)), \
                f"{target}: {steps} steps: {got[steps - 1]} instead of {want}"
    del library


def main():
    model, scratch, *flags = sys.argv[1:]
    for target in list_targets():
        check(model, f"{scratch}-{target}", target, flags)


if __name__ == "__main__":
    main()
