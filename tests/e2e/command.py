"""Running the programs of a test."""
import subprocess


class Failure(Exception):
    """What went wrong, in words."""


def run(*command, folder=None, seconds=300, stream="stdout"):
    """What a command prints on a stream; it must end, and well."""
    try:
        result = subprocess.run(command, capture_output=True, text=True, errors="replace",
                                cwd=folder, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise Failure(f"{' '.join(command)}\ndid not end within {seconds} s") from None
    if result.returncode:
        raise Failure(f"{' '.join(command)}\nexit status {result.returncode}\n"
                      + result.stdout + result.stderr)
    return getattr(result, stream)
