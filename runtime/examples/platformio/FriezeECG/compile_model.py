"""Compiles the model for the core of the board, in the course of a build.

frieze-compile is on the PATH or given as FRIEZE_COMPILE, and the model as
FRIEZE_MODEL in the environment. An error of the compiler ends the build; it lists
the cores that there is code for (--print-targets).
"""
import os
import subprocess

Import("env", "projenv")

folder = os.path.join(env.subst("$BUILD_DIR"), "frieze")
library = os.path.join(folder, "libecg.a")
model = os.environ.get("FRIEZE_MODEL") or os.path.join(
    env.subst("$PROJECT_DIR"), "..", "..", "..", "tools", "ecg", "ecg.keras")
os.makedirs(folder, exist_ok=True)
# Writes ecg.h too. The name is that of the functions.
subprocess.run([os.environ.get("FRIEZE_COMPILE", "frieze-compile"), model, "--name=ecg",
                "--target=" + env.BoardConfig().get("build.cpu"), "-o", library], check=True)
os.replace(os.path.join(folder, "libecg.h"), os.path.join(folder, "ecg.h"))
# Boards pass floating-point arguments in the registers of the FPU, or they do not. A
# model has none, and the linker mixes only what does not say which it is.
subprocess.run([env.subst("$OBJCOPY"), "--remove-section=.ARM.attributes", library], check=True)

for environment in (env, projenv):
    environment.Append(CPPPATH=[folder])
DefaultEnvironment().Append(LIBPATH=[folder], LIBS=["ecg"])
