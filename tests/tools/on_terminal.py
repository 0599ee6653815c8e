#!/usr/bin/env python3
"""Run a command whose standard error is a terminal, and print what stands there.

    on_terminal.py COMMAND...

A line for each time that the terminal's line begins anew, `CLEAR` where it is cleared.
The exit status is that of the command.
"""
import os
import pty
import subprocess
import sys


def read_all(file):
    while True:
        try:
            data = os.read(file, 65536)
        except OSError:  # Nobody has the other end open any more.
            return
        if not data:
            return
        yield data


def main():
    screen, terminal = pty.openpty()
    with subprocess.Popen(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        text = b"".join(read_all(screen)).decode()
    for line in text.replace("\r\n", "\r").replace("\033[K", "CLEAR").split("\r"):
        if line:
            print(line)
    sys.exit(process.returncode)


main()
