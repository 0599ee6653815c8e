"""lit configuration: one test for each stored model and file format."""
import os
import sys

sys.path.insert(0, os.path.dirname(__file__))
import model_format

config.name = "frieze-e2e"
config.test_source_root = os.path.join(os.path.dirname(__file__), "..", "models")
config.test_exec_root = os.path.join(config.frieze_build_tests, "e2e")
config.test_format = model_format.ModelFormat(
    config.frieze_tools, config.llvm_tools,
    os.path.join(config.frieze_build_tests, "targets", "rows"))
config.suffixes = []
