"""lit configuration: IR tests, checked by FileCheck."""
import os
import shutil
import sys

import lit.formats

config.name = "frieze"
config.test_format = lit.formats.ShTest(execute_external=False)
config.suffixes = [".mlir", ".test"]
config.test_source_root = os.path.dirname(__file__)
config.test_exec_root = config.frieze_build_tests
config.excludes = ["models", "unit", "e2e", "targets", "Inputs"]

# Without the browser, the tests that look at pages are not run, and lit says so;
# likewise those of JavaScript without Node, of its types without TypeScript, of shells
# and their manual without these, and of other machines without their compilers and
# emulators.
for program in ("chromium", "node", "tsc", "zsh", "mandoc", "arm-none-eabi-gcc", "qemu-system-arm",
                "aarch64-linux-gnu-gcc", "qemu-aarch64", "qemu-x86_64",
                "x86_64-w64-mingw32-gcc", "/usr/lib/wine/wine64", "spirv-val"):
    if shutil.which(program):
        config.available_features.add(os.path.basename(program))

config.environment["PATH"] = os.pathsep.join(
    [config.frieze_tools, config.llvm_tools, config.environment["PATH"]])
config.substitutions += [
    ("%models", os.path.join(config.test_source_root, "models")),
    ("%source", config.frieze_source),
    ("%build", config.frieze_build),
    ("%python", config.python),
    # lit's own has NumPy, for tests/e2e.
    ("%numpy-python", sys.executable),
]

# What the Python package is built with, the engines of archives, and Keras and ONNX
# Runtime, all by python/make_environment.sh, and Debian's PyTorch.
for feature, folder in (("package", "python"), ("archive", "archive"), ("keras", "keras")):
    python = os.path.join(config.frieze_source, "build", folder, "venv", "bin", "python")
    if os.path.exists(python):
        config.available_features.add(f"{feature}-python")
        config.substitutions.append((f"%{feature}-python", python))
if os.path.exists("/usr/lib/python3/dist-packages/torch"):
    config.available_features.add("torch-python")
    config.substitutions.append(("%torch-python", "/usr/bin/python3"))

# NVIDIA's assembler, which Debian does not have.
PTXAS = shutil.which("ptxas") or shutil.which(
    "ptxas", path=os.path.join(os.environ.get("CUDA_HOME", "/usr/local/cuda"), "bin"))
if PTXAS:
    config.available_features.add("ptxas")
    config.substitutions.append(("%ptxas", PTXAS))

# ThreadSanitizer of GCC 12 cannot run where addresses are more random than this.
try:
    with open("/proc/sys/vm/mmap_rnd_bits") as file:
        if int(file.read()) <= 28:
            config.available_features.add("thread-sanitizer")
except OSError:
    pass
