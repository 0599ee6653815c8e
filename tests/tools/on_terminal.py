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


def run(command):
    """The exit status, and what stands on the terminal."""
    screen, terminal = pty.openpty()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=terminal) as process:
        os.close(terminal)
        text = b"".join(read_all(screen))
    os.close(screen)
    return process.returncode, text


def main():
    status, text = run(sys.argv[1:])
    for line in text.decode().replace("\r\n", "\r").replace("\033[K", "CLEAR").split("\r"):
        if line:
            print(line)
    sys.exit(status)


if __name__ == "__main__":
    main()
