"""The machines that compiled models run on in QEMU, and programs for them."""
import os
import shutil
import sys
from dataclasses import dataclass

FOLDER = os.path.dirname(os.path.abspath(__file__))
RUNNER = os.path.join(FOLDER, "runner.c")
MODELS = os.path.join(FOLDER, "..", "models")
RUNTIME = os.path.join(FOLDER, "..", "..", "runtime", "include")
# A call takes a second at most; the rest is for a machine with other work.
SECONDS = 60
sys.path.insert(0, os.path.join(FOLDER, "..", "e2e"))

from command import run


@dataclass(frozen=True)
class Machine:
    """An emulated processor, and how programs for it are made."""
    name: str
    # The value of --target.
    target: str
    compiler: str
    emulator: tuple
    compile_flags: tuple = ()
    link_flags: tuple = ()
    # What every program has besides its own source.
    start: tuple = ()
    # The folder of the system's libraries, where there is a system.
    system: str = None
    # How many times as long as on the target's least processor vectors are.
    vector_scale: int = 1
    # Whether its vectors read and write zero for a denormal number.
    flushes: bool = False


def make_linux(name, target, architecture, cpu, vector_scale=1):
    return Machine(name, target, f"{architecture}-linux-gnu-gcc",
                   (f"qemu-{architecture}", "-cpu", cpu), link_flags=("-static",),
                   system=f"/usr/{architecture}-linux-gnu", vector_scale=vector_scale)


def make_riscv(name, bits):
    return make_linux(name, "riscv64", "riscv64", f"rv64,v=true,vlen={bits},vext_spec=v1.0",
                      vector_scale=bits // 128)


def make_sve(name, bits):
    return make_linux(name, "aarch64-sve", "aarch64", f"max,sve{bits}=on",
                      vector_scale=bits // 256)


def make_board(core, fpu, board, code, ram, flushes=False):
    """A Cortex-M board with `code` and `ram`, each a start and a size."""
    cpu = ("-mthumb", f"-mcpu={core}", f"-mfpu={fpu}", "-mfloat-abi=hard")
    memory = {"CODE_START": code[0], "CODE_BYTES": code[1],
              "RAM_START": ram[0], "RAM_BYTES": ram[1]}
    return Machine(
        core, core, "arm-none-eabi-gcc",
        ("qemu-system-arm", "-M", board, "-nographic", "-monitor", "none", "-serial", "none",
         "-semihosting-config", "enable=on,target=native", "-kernel"),
        compile_flags=cpu,
        link_flags=(*cpu, "-specs=rdimon.specs", "-nostartfiles",
                    "-T", os.path.join(FOLDER, "board.ld"),
                    *(f"-Wl,--defsym={name}={value:#x}" for name, value in memory.items())),
        start=(os.path.join(FOLDER, "startup.c"),), flushes=flushes)


KILO, MEGA = 1 << 10, 1 << 20
AARCH64 = make_linux("aarch64", "aarch64", "aarch64", "cortex-a53")
RISCV_SCALAR = make_linux("riscv64-scalar", "riscv64-scalar", "riscv64", "rv64")
BOARDS = (
    make_board("cortex-m4", "fpv4-sp-d16", "mps2-an386",
               code=(0, 4 * MEGA), ram=(0x20000000, 4 * MEGA)),
    make_board("cortex-m7", "fpv5-d16", "mps2-an500",
               code=(0, 4 * MEGA), ram=(0x20000000, 4 * MEGA)),
    # This one starts in its secure world.
    make_board("cortex-m33", "fpv5-sp-d16", "mps2-an505",
               code=(0x10000000, 4 * MEGA), ram=(0x38000000, 4 * MEGA)),
    make_board("cortex-m55", "auto", "mps3-an547",
               code=(0, 512 * KILO), ram=(0x20000000, 512 * KILO), flushes=True),
)
# Of those with vectors of any length the shortest, and longer ones.
TESTED = (AARCH64, make_sve("aarch64-sve, 256 bits", 256), make_sve("aarch64-sve, 512 bits", 512),
          make_riscv("riscv64, 128 bits", 128), make_riscv("riscv64, 512 bits", 512),
          RISCV_SCALAR, *BOARDS)
COUNTED = (AARCH64, make_sve("aarch64-sve", 256), make_riscv("riscv64", 256), RISCV_SCALAR,
           *BOARDS)


def find_missing():
    """The programs that some machine needs and that are not here."""
    needed = {program for machine in TESTED for program in (machine.compiler, machine.emulator[0])}
    return sorted(program for program in needed if not shutil.which(program))


def compile_program(machine, source, folder):
    """The objects of a C program, made in `folder`."""
    objects = []
    for path in (source, *machine.start):
        stem = os.path.splitext(os.path.basename(path))[0]
        objects.append(os.path.join(folder, f"{stem}-{machine.name.replace(', ', '-')}.o"))
        run(machine.compiler, "-c", "-std=gnu99", "-O2", "-Wall", "-Wextra", "-Werror",
            *machine.compile_flags, "-I", RUNTIME, path, "-o", objects[-1])
    return objects


def link(machine, objects, model, name, output):
    """The program with the object of the model compiled as `name`."""
    run(machine.compiler, *objects, model, *machine.link_flags,
        f"-Wl,--defsym=frieze_model_entry={name}_model", "-o", output)


def emulate(machine, program, folder, *options, arguments=()):
    """What the program prints, with `folder` as its working directory."""
    return run(machine.emulator[0], *options, *machine.emulator[1:], program, *arguments,
               folder=folder, seconds=SECONDS)
