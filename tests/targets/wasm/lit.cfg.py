"""lit configuration: one test for each stored model and file format, in Node."""
import os
import shutil
import sys

for folder in os.path.dirname(__file__), os.path.join(config.frieze_source, "tests", "e2e"):
    sys.path.insert(0, folder)
import wasm_format

config.name = "frieze-wasm"
config.test_source_root = os.path.join(config.frieze_source, "tests", "models")
config.test_exec_root = os.path.join(config.frieze_build_tests, "targets", "wasm")
config.test_format = wasm_format.WasmFormat(
    config.frieze_tools, config.llvm_tools,
    os.path.join(config.frieze_build_tests, "targets", "rows"))
config.suffixes = []
# Without Node, no module is run, and lit says so.
config.unsupported = not shutil.which("node")
