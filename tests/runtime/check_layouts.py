"""Checks what the specifications of library formats demand of their files.

Usage: check_layouts.py arduino FOLDER | zephyr FOLDER CORE... | platformio FOLDER:
prints `ok`. FOLDER of arduino is complete, with what its Makefile adds; CORE is what
frieze-compile has code for.
"""
import json
import pathlib
import re
import sys


def check_arduino(folder):
    """Arduino library specification, format 1.5."""
    lines = (folder / "library.properties").read_text(encoding="utf-8").splitlines()
    properties = dict(line.split("=", 1) for line in lines)
    required = {"name", "version", "author", "maintainer", "sentence", "paragraph", "category",
                "url", "architectures"}
    assert required <= properties.keys(), required - properties.keys()
    assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9 _.-]*", properties["name"])
    assert not properties["name"].startswith("Arduino")
    assert re.fullmatch(r"\d+\.\d+\.\d+", properties["version"])
    assert properties["category"] in (
        "Display", "Communication", "Signal Input/Output", "Sensors", "Device Control", "Timing",
        "Data Storage", "Data Processing", "Other")
    assert properties["precompiled"] in ("true", "full")
    for header in properties["includes"].split(","):
        assert (folder / "src" / header).is_file(), header
    library = re.fullmatch("-l(.+)", properties["ldflags"])[1]
    cores = [path for path in (folder / "src").iterdir() if path.is_dir()]
    assert cores
    for core in cores:
        assert re.fullmatch(r"cortex-m\d+", core.name), core
        assert (core / f"lib{library}.a").is_file(), core
    for sketch in (folder / "examples").iterdir():
        assert (sketch / (sketch.name + ".ino")).is_file(), sketch


def check_zephyr(folder, *cores):
    """Zephyr: modules (module.yml) and Kconfig, for every core."""
    import kconfiglib
    import yaml

    module = yaml.safe_load((folder / "zephyr" / "module.yml").read_text(encoding="utf-8"))
    assert module.keys() <= {"name", "build", "samples", "tests", "boards"}, module
    assert module["build"].keys() <= {"cmake", "kconfig", "depends", "settings"}, module
    assert (folder / module["build"]["cmake"] / "CMakeLists.txt").is_file()
    kconfig = folder / module["build"]["kconfig"]
    for sample in module["samples"]:
        found = list((folder / sample).glob("*/sample.yaml"))
        assert found
        for path in found:
            assert {"sample", "tests"} <= yaml.safe_load(path.read_text(encoding="utf-8")).keys()
            assert (path.parent / "prj.conf").is_file()

    # What Zephyr says of a processor, with the options that a user chooses.
    cpus = [f"CPU_{core.upper().replace('-', '_')}" for core in cores]
    options = ("FPU", "FP_HARDABI", "ARMV8_1_M_MVEF", "FPU_SHARING")
    for core, cpu in zip(cores, cpus):
        root = pathlib.Path(f"Kconfig.{core}")
        root.write_text("".join(f'config {name}\n\tbool "{name}"\n' for name in (*cpus, *options))
                        + f'source "{kconfig}"\n', encoding="utf-8")
        config = kconfiglib.Kconfig(str(root), warn_to_stderr=False)
        config.syms[cpu].set_value("y")
        config.syms["FRIEZE"].set_value("y")
        assert config.syms["FRIEZE"].str_value == "n", f"{core}: offered without FPU"
        for option in options:
            config.syms[option].set_value("y")
        assert config.syms["FRIEZE"].str_value == "y", f"{core}: not offered"
        assert config.syms["FRIEZE_TARGET"].str_value == core


def check_platformio(folder):
    """PlatformIO: library.json."""
    manifest = json.loads((folder / "library.json").read_text(encoding="utf-8"))
    assert {"name", "version"} <= manifest.keys()
    assert re.fullmatch(r"[^/:@\s]{1,50}", manifest["name"])
    assert re.fullmatch(r"\d+\.\d+\.\d+", manifest["version"])
    assert (folder / "include" / manifest["headers"]).is_file()
    assert (folder / manifest["build"]["extraScript"]).is_file()


if __name__ == "__main__":
    CHECKS = {"arduino": check_arduino, "zephyr": check_zephyr, "platformio": check_platformio}
    CHECKS[sys.argv[1]](pathlib.Path(sys.argv[2]).resolve(), *sys.argv[3:])
    print("ok")
