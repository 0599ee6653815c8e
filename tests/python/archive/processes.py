"""Processes of this machine, as /proc tells of them."""
import os


def list_processes():
    """This process and all below it, by number: their programs, and what /proc/PID/stat tells
    after these."""
    stats = {}
    for entry in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{entry}/stat", encoding="latin-1") as file:
                text = file.read()
        except OSError:
            continue
        program, _, rest = text[text.index("(") + 1:].rpartition(")")
        stats[int(entry)] = (program, rest.split())

    def is_below(process):
        while process in stats and process != os.getpid():
            process = int(stats[process][1][1])
        return process == os.getpid()

    return {process: told for process, told in stats.items() if is_below(process)}
