#!/usr/bin/env python3
"""Measures a Keras model of a chain of layers in other libraries, on a GPU.

    peers.py FOLDER WINDOWS

FOLDER is one of run_on_device: its ecg.json is what a .keras file has as config.json,
and its ecg.so is run on PyTorch's arrays, too. The weights are random, which changes
no speed. Prints a line of JSON for each library that is installed: PyTorch as
it is and compiled, and ONNX Runtime with CUDA and TensorRT. Inputs are in memory of
the GPU, and results stay there.
"""
import ctypes
import importlib.util
import io
import json
import os
import sys
import time

ROUNDS = 5
# Of windows at a time, the best of these is told.
BATCHES = (1 << 12, 1 << 14, 1 << 16, 1 << 18)


def build(torch, layers):
    """The chain as a module of PyTorch, channels first."""
    nn = torch.nn
    shape, chain = None, []
    for layer in layers:
        kind, config = layer["class_name"], layer["config"]
        if kind == "InputLayer":
            _, length, channels = config["batch_shape"]
            shape = (channels, length)
        elif kind == "BatchNormalization":
            chain.append(nn.BatchNorm1d(shape[0], eps=config["epsilon"]))
        elif kind == "Conv1D":
            size, stride = config["kernel_size"][0], config["strides"][0]
            chain.append(nn.Conv1d(shape[0], config["filters"], size, stride))
            shape = (config["filters"], (shape[1] - size) // stride + 1)
        elif kind == "ReLU":
            chain.append(nn.ReLU())
        elif kind == "MaxPooling1D":
            size, stride = config["pool_size"][0], config["strides"][0]
            chain.append(nn.MaxPool1d(size, stride))
            shape = (shape[0], (shape[1] - size) // stride + 1)
        elif kind == "Flatten":
            chain.append(nn.Flatten())
            shape = (shape[0] * shape[1],)
        elif kind == "Dense":
            chain.append(nn.Linear(shape[0], config["units"]))
            shape = (config["units"],)
            if config["activation"] == "sigmoid":
                chain.append(nn.Sigmoid())
        elif kind != "Dropout":
            raise SystemExit(f"peers.py: error: expects layers of a chain, but got {kind}")
    return nn.Sequential(*chain).cuda().eval()


def report(name, windows, seconds, batch):
    print(json.dumps({"peer": name, "windows": windows, "batch": batch, "seconds": seconds,
                      "windows_a_second": windows / seconds}), flush=True)


def time_best(torch, windows, batch, call):
    """Seconds for all windows, in batches."""
    best = None
    for _ in range(ROUNDS):
        torch.cuda.synchronize()
        start = time.perf_counter()
        for _ in range(windows // batch):
            call()
        torch.cuda.synchronize()
        seconds = time.perf_counter() - start
        best = seconds if best is None else min(best, seconds)
    return best


def measure(torch, name, windows, sample_shape, make_call):
    best = None
    for batch in BATCHES:
        try:
            call = make_call(torch.randn(batch, *sample_shape, device="cuda"))
            call()
            seconds = time_best(torch, windows, batch, call)
        except RuntimeError as problem:
            print(f"{name}, batch {batch}: warning: {problem}", file=sys.stderr)
            continue
        if best is None or seconds < best[0]:
            best = seconds, batch
    if best:
        report(name, windows, *best)


def measure_onnx(torch, model, windows, sample_shape):
    import onnxruntime

    file = io.BytesIO()
    torch.onnx.export(model, torch.randn(1, *sample_shape, device="cuda"), file,
                      input_names=["x"], output_names=["y"],
                      dynamic_axes={"x": {0: "n"}, "y": {0: "n"}})
    for provider in ("CUDA", "Tensorrt"):
        if provider + "ExecutionProvider" not in onnxruntime.get_available_providers():
            continue
        session = onnxruntime.InferenceSession(file.getvalue(),
                                               providers=[provider + "ExecutionProvider"])

        def make_call(x):
            binding = session.io_binding()
            binding.bind_input("x", "cuda", 0, "float32", tuple(x.shape), x.data_ptr())
            binding.bind_output("y", "cuda")
            # The array has to live as long as it is bound.
            return lambda x=x: session.run_with_iobinding(binding)

        measure(torch, f"ONNX Runtime {onnxruntime.__version__}, {provider}", windows,
                sample_shape, make_call)


def check_pointers(torch, folder, windows, elements):
    """Runs the classifier on arrays of PyTorch where they lie, and on the host."""
    runtime = ctypes.CDLL(os.path.join(folder, "libfrieze_device.so"))
    library = ctypes.CDLL(os.path.join(folder, "ecg.so"))
    model = ctypes.byref(ctypes.c_char.in_dll(library, "frieze_model_entry"))
    device, loaded = ctypes.c_void_p(), ctypes.c_void_p()
    error = ctypes.create_string_buffer(512)

    def call(function, *arguments):
        if getattr(runtime, function)(*arguments, error):
            raise SystemExit(f"peers.py: error: {error.value.decode()}")

    call("frieze_device_open", 1, 0, ctypes.byref(device))
    call("frieze_device_load", device, model, ctypes.byref(loaded))
    x = torch.randn(windows, elements, device="cuda")
    results = []
    for place in ("cuda", "cpu"):
        source = x.to(place)
        scores = torch.empty(windows, device=place)
        inputs, outputs = ((ctypes.c_void_p * 1)(array.data_ptr())
                           for array in (source, scores))
        call("frieze_device_run", loaded, ctypes.c_uint64(windows), inputs, outputs)
        results.append(scores.cpu())
    runtime.frieze_device_unload(loaded)
    runtime.frieze_device_close(device)
    print(json.dumps({"pointers": "PyTorch", "windows": windows,
                      "differ": int((results[0] != results[1]).sum())}), flush=True)


def main():
    if not importlib.util.find_spec("torch"):
        print("peers.py: warning: PyTorch is not installed", file=sys.stderr)
        return
    import torch

    if not torch.cuda.is_available():
        print("peers.py: warning: PyTorch finds no GPU", file=sys.stderr)
        return
    folder = sys.argv[1]
    with open(os.path.join(folder, "ecg.json"), encoding="utf-8") as file:
        layers = json.load(file)["config"]["layers"]
    windows = int(sys.argv[2])
    # The same precision as Frieze's.
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = False
    model = build(torch, layers)
    _, length, channels = layers[0]["config"]["batch_shape"]
    check_pointers(torch, folder, min(windows, 1 << 16), length * channels)
    with torch.no_grad():
        measure(torch, f"PyTorch {torch.__version__}", windows, (channels, length),
                lambda x: lambda: model(x))
        compiled = torch.compile(model)
        measure(torch, f"PyTorch {torch.__version__}, compiled", windows, (channels, length),
                lambda x: lambda: compiled(x))
        if importlib.util.find_spec("onnxruntime") and importlib.util.find_spec("onnx"):
            measure_onnx(torch, model, windows, (channels, length))


main()
