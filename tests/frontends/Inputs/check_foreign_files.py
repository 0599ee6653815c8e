"""Gives frieze-compile files and folders that are no models to it.

    python3 check_foreign_files.py FOLDER

They are written to FOLDER. Each must be refused in one line that says what it is
and what to do instead.
"""
import io
import pathlib
import pickle
import struct
import subprocess
import sys
import zipfile

TORCH = "torch.onnx.export(module.eval(), (example_input,), 'model.onnx')"
TF2ONNX = "python -m tf2onnx.convert"
WEIGHTS = "give the architecture as MODEL, in JSON, and this file by --weights"


def archive(*names):
    """A zip archive with members of these names."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as target:
        for name in names:
            target.writestr(name, b"x")
    return data.getvalue()


def field(number, data):
    """A field of a protobuf message, of less than 128 bytes."""
    return bytes([number << 3 | 2, len(data)]) + data


def pickled(module):
    """A pickle that mentions a class of `module`."""
    name = module.encode() + b".Model"
    return b"\x80\x04\x8c" + bytes([len(name)]) + name + b"\x94."


GRAPH = field(1, field(1, b"x") + field(2, b"Placeholder") + field(5, b"dtype"))
HEADER = b'{"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}'

# Name: bytes, what the message says the file is, and a part of the way out.
FILES = {
    "net.pt": (archive("net/data.pkl", "net/version", "net/data/0"), "a PyTorch file", TORCH),
    "net.bin": (archive("archive/data.pkl", "archive/data/0"), "a PyTorch file", TORCH),
    "old.pth": (pickle.dumps(0x1950A86A20F9469CFC6C, 2) + b"more", "a PyTorch file", TORCH),
    "script.pt": (archive("n/data.pkl", "n/code/net.py", "n/constants.pkl"), "a TorchScript file",
                  TORCH),
    "net.ptl": (archive("n/data.pkl", "n/constants.pkl", "n/bytecode.pkl"),
                "a TorchScript file for mobile devices", TORCH),
    "net.pte": (struct.pack("<I", 32) + b"ET12" + bytes(40), "an ExecuTorch file", TORCH),
    "net.ort": (struct.pack("<I", 28) + b"ORTM" + bytes(40), "a file of ONNX Runtime", ".onnx"),
    "saved_model.pb": (b"\x08\x01" + field(2, field(1, field(4, b"serve"))),
                       "a SavedModel of TensorFlow", TF2ONNX + " --saved-model"),
    "frozen.pb": (GRAPH, "a frozen graph of TensorFlow", TF2ONNX + " --graphdef"),
    "frozen.onnx": (GRAPH, "a frozen graph of TensorFlow", TF2ONNX + " --graphdef"),
    "checkpoint": (b'model_checkpoint_path: "ckpt-1"\n', "a checkpoint of TensorFlow",
                   "model.load_weights()"),
    "ckpt-1.index": (bytes(8) + bytes.fromhex("57fb808b247547db"), "a checkpoint of TensorFlow",
                     "model.load_weights()"),
    "ckpt-1.data-00000-of-00001": (bytes(64), "a checkpoint of TensorFlow",
                                   "model.load_weights()"),
    "graph.pbtxt": (b'node {\n  name: "x"\n', "a graph of TensorFlow as text", TF2ONNX),
    "other.pb": (bytes(range(1, 64)), "a TensorFlow graph or SavedModel, by its name", TF2ONNX),
    "broken.pt": (bytes(64), "a PyTorch file, by its name", TORCH),
    "net.prototxt": (b'name: "net"\n', "a Caffe model", "ONNX"),
    "net.gguf": (b"GGUF\x03" + bytes(20), "a GGUF file", ""),
    "train.py": (b"import keras\n", "code", "run it"),
    "net.mlmodel": (b"\x08\x05" + field(2, b"Core"), "a Core ML model", "ONNX"),
    "net.xml": (b'<?xml version="1.0"?>\n<net name="n" version="11">\n', "an OpenVINO model",
                "ONNX"),
    "other.xml": (b'<?xml version="1.0"?>\n<PMML/>\n', "an XML file", ""),
    "module.pkl": (pickled("torch.nn"), "a pickled PyTorch module", TORCH),
    "forest.pkl": (pickled("sklearn.ensemble"), "a pickled scikit-learn model",
                   "skl2onnx.to_onnx(model, X[:1])"),
    "forest": (pickled("sklearn.ensemble"), "a pickled scikit-learn model", "skl2onnx"),
    "net.pickle": (pickled("keras.src.models"), "a pickled Keras model",
                   "model.save('model.keras')"),
    "dict.pkl": (pickle.dumps({"a": 1}, 4), "a Python pickle", "save the model"),
    "text.pkl": (pickle.dumps({"a": 1}, 0), "a Python pickle", "save the model"),
    "net.joblib": (b"\x78\x9c" + bytes(9), "a Python pickle", "save the model"),
    "x.npy": (b"\x93NUMPY\x01\x00" + bytes(20), "an array of NumPy", "--input"),
    "x.npz": (archive("w.npy", "b.npy"), "arrays of NumPy", WEIGHTS),
    "w.safetensors": (struct.pack("<Q", len(HEADER)) + HEADER + bytes(4),
                      "a safetensors file, weights alone", WEIGHTS),
    "net.mat": (b"MATLAB 5.0 MAT-file".ljust(128) + bytes(8), "a MATLAB file",
                "exportONNXNetwork()"),
    "net.o": (b"\x7fELF" + bytes(60), "a program or library that is compiled already", ""),
    "net.a": (b"!<arch>\n", "a program or library that is compiled already", ""),
    "lfs.onnx": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
                 "a pointer of Git LFS", "git lfs pull"),
    "lfs.pt": (b"version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n",
               "a pointer of Git LFS", "git lfs pull"),
    "page.keras": (b"<!DOCTYPE html>\n<html></html>\n", "a web page", "download"),
    "net.onnx.gz": (b"\x1f\x8b\x08" + bytes(20), "a compressed file", "unpack it"),
    "net.tar": (bytes(257) + b"ustar" + bytes(250), "a tar archive", "unpack it"),
    "net.zip": (archive("models/net.keras"), "an archive with a model in it", "unpack it"),
    "other.zip": (archive("readme.txt"), "another format", ""),
    "beats.csv": (b"time,lead\n0,0.1\n", "a table of numbers", "--input"),
    "beats": (b"0.5,1e-3\n1,2\n", "a table of numbers", "--input"),
    "empty.keras": (b"", "an empty file", ""),
    "blank.onnx": (b" \n", "an empty file", ""),
    "noise.keras": (bytes(range(256)), "another format", ""),
    "notes.txt": (b"not a model\n", "another format", ""),
    "model.json": (b'{"format": "layers-model", "modelTopology": {}}', "a TensorFlow.js model",
                   "Keras file"),
    "config.json": (b'{"model_type": "bert"}', "a configuration of Hugging Face", "optimum-cli"),
}

# Name: the names in it, and the same.
FOLDERS = {
    "saved": (["saved_model.pb", "keras_metadata.pb"], "a folder with a SavedModel of TensorFlow",
              TF2ONNX + " --saved-model"),
    "keras": (["config.json", "model.weights.h5"], "a folder with the members of a Keras archive",
              "zip them"),
    "checkpoints": (["checkpoint", "ckpt-1.index"], "a folder with a checkpoint of TensorFlow",
                    "model.load_weights()"),
    "variables": (["variables.index", "variables.data-00000-of-00001"],
                  "a folder with a checkpoint of TensorFlow", "model.load_weights()"),
    "net.mlpackage": (["Manifest.json"], "a folder with a Core ML model", "ONNX"),
    "transformer": (["config.json", "pytorch_model.bin"], "a folder with a PyTorch file", TORCH),
    "models": (["net.onnx"], "a folder", "give the file in it"),
}


def check(path, kind, way_out):
    """Says what is wrong with how the file is refused, or returns 0."""
    run = subprocess.run(["frieze-compile", path, "-o", path.with_name("out.so")],
                         capture_output=True, text=True, timeout=60)
    lines = run.stderr.splitlines()
    start = f"{path}: error: expects a"
    if (run.returncode == 1 and len(lines) == 1 and lines[0].startswith(start)
            and f"but got {kind}" in lines[0] and way_out in lines[0]):
        return 0
    print(f"{path}: exit status {run.returncode}, {run.stderr}")
    return 1


def main():
    """Writes and checks all."""
    out = pathlib.Path(sys.argv[1])
    failed = 0
    for name, (data, kind, way_out) in FILES.items():
        (out / name).write_bytes(data)
        failed += check(out / name, kind, way_out)
    for name, (members, kind, way_out) in FOLDERS.items():
        folder = out / "folders" / name
        folder.mkdir(parents=True, exist_ok=True)
        for member in members:
            (folder / member).write_bytes(b"")
        failed += check(folder, kind, way_out)
    print(f"{len(FILES) + len(FOLDERS)} files, {failed} failed")
    sys.exit(bool(failed))


main()
