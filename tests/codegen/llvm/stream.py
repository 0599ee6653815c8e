"""Compares the stream of a compiled model with single windows, in every bit.

Usage: stream.py MODEL SCRATCH HOP... [FLAG...]: compiles MODEL for each hop, and
with --exact for single windows, for every target that this processor runs, to
files that begin with SCRATCH. The flags go to the stream.
"""
import ctypes
import subprocess
import sys

import numpy as np

from model_abi import Memory, Model, list_targets, pointers

CANARY = np.float32(12345.0)


def same_bits(a, b):
    """Elementwise; which bits a NaN has is not defined."""
    return (a.view(np.uint32) == b.view(np.uint32)) | (np.isnan(a) & np.isnan(b))


def compile_model(model, path, target, *flags):
    subprocess.run(["frieze-compile", model, "-o", path, "--name=net", f"--target={target}",
                    *flags], check=True)
    library = ctypes.CDLL(path)
    description = Model.in_dll(library, "frieze_model_entry")
    assert description.struct_size == ctypes.sizeof(Model), description.struct_size
    return library, description


def score_windows(model, recording, hop):
    """The outputs of each window on its own."""
    window = model.inputs[0].shape[1]
    arena = Memory(model.arena_bytes, model.arena_alignment)
    count = max(0, (len(recording) - window) // hop + 1)
    outputs = [np.full((count, model.outputs[i].elements), CANARY)
               for i in range(model.output_count)]
    for n in range(count):
        samples = np.ascontiguousarray(recording[n * hop:n * hop + window])
        model.run(pointers([samples]), pointers([array[n:] for array in outputs]), arena.address)
    return outputs


def push_in_pieces(model, recording, expected, sizes, push, state, where):
    """Pushes pieces of these sizes, the last one over and over."""
    stream = model.stream.contents
    stream.init(state.address)
    done = windows = 0
    while done < len(recording):
        size = min(sizes[0], len(recording) - done)
        sizes = sizes[1:] or sizes
        piece = np.ascontiguousarray(recording[done:done + size])
        outputs = [np.full((size // stream.hop + 2, array.shape[1]), CANARY)
                   for array in expected]
        written = push(state.address, piece.ctypes.data, size, outputs)
        done += size
        whole = max(0, (done - stream.window) // stream.hop + 1) if done >= stream.window else 0
        assert windows + written == whole, f"{where}: {written} windows after {done} samples"
        assert written <= size // stream.hop + 1
        for number, (actual, wanted) in enumerate(zip(outputs, expected)):
            wanted = wanted[windows:windows + written]
            same = same_bits(actual[:written], wanted)
            assert same.all(), (f"{where}: output {number} differs in window "
                                f"{windows + np.argwhere(~same)[0][0]}")
            assert (actual[written:] == CANARY).all(), f"{where}: writes beyond its windows"
        windows += written
    assert windows == len(expected[0])
    nothing = [np.full(array.shape[1], CANARY) for array in expected]
    assert stream.flush(state.address, pointers(nothing)) == 0
    assert all((array == CANARY).all() for array in nothing)
    assert state.is_guarded(), f"{where}: writes beyond the state"


def check(model_path, scratch, target, hop, flags):
    _, single = compile_model(model_path, f"{scratch}.{target}.so", target, "--exact")
    library, model = compile_model(model_path, f"{scratch}.{target}.{hop}.so", target,
                                   f"--stream-hop={hop}", *flags)
    stream = model.stream.contents
    where = f"{target}, hop {hop}, block {stream.block}"
    assert not single.stream and stream.hop == hop
    assert stream.window == single.inputs[0].shape[1]
    random = np.random.default_rng(hop)
    samples = stream.window + 3 * stream.block * hop + 17
    recording = random.normal(size=(samples, stream.channels)).astype(np.float32)
    # NaN and infinity must not reach other windows.
    recording[samples // 2] = np.nan
    recording[samples // 3] = np.inf
    expected = score_windows(single, recording, hop)
    again = score_windows(model, recording, hop)
    assert all(same_bits(a, b).all() for a, b in zip(expected, again))
    state = Memory(stream.state_bytes, stream.state_alignment)
    direct = library["net_stream_push"]
    direct.restype = ctypes.c_uint64
    direct.argtypes = ([ctypes.c_void_p, ctypes.c_void_p, ctypes.c_uint64] +
                       [ctypes.c_void_p] * len(expected))

    def push_described(state, piece, size, outputs):
        return stream.push(state, piece, size, pointers(outputs))

    def push_direct(state, piece, size, outputs):
        return direct(state, piece, size, *(array.ctypes.data for array in outputs))

    for sizes, push in (([samples], push_direct), ([1], push_described),
                        ([0, 3, stream.window, 7 * hop + 1], push_described),
                        ([hop * stream.block + 5, hop * stream.block], push_direct)):
        push_in_pieces(model, recording, expected, sizes, push, state, where)


def main():
    model, scratch, *rest = sys.argv[1:]
    flags = [argument for argument in rest if argument.startswith("-")]
    for hop in (int(argument) for argument in rest if not argument.startswith("-")):
        for target in list_targets():
            check(model, scratch, target, hop, flags)


if __name__ == "__main__":
    main()
