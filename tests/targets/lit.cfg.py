"""lit configuration: models and random graphs on the machines that QEMU has."""
import os
import sys

folder = os.path.dirname(__file__)
sys.path[:0] = [folder, os.path.join(folder, "..", "e2e")]
import target_format

config.name = "frieze-targets"
config.test_source_root = os.path.join(folder, "..", "models")
config.test_exec_root = os.path.join(config.frieze_build_tests, "targets")
config.suffixes = []
try:
    config.test_format = target_format.TargetFormat(
        config.frieze_tools, config.llvm_tools, config.test_exec_root)
except target_format.Failure as failure:
    lit_config.fatal(str(failure))
