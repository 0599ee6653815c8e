"""lit configuration: GoogleTest programs, one lit test for each of their cases."""
import lit.formats

config.name = "frieze-unit"
config.test_format = lit.formats.GoogleTest(".", "Test")
config.test_source_root = config.frieze_build_tests + "/unit"
config.test_exec_root = config.test_source_root
config.suffixes = []
config.environment["FRIEZE_SOURCE_DIR"] = config.frieze_source
