"""The bar that shows how far a compilation is, on a terminal or in a notebook."""
import sys
import time
from typing import Callable, Optional, TextIO, Union

Progress = Callable[[str, float], object]
# Whoever waits less needs no bar.
DELAY = 1.0
WIDTH = 40


class Bar:
    """One line, from a second on until `close`."""

    def __init__(self, title: str, stream: TextIO):
        self.title = title[:24]
        self.stream = stream
        self.start: Optional[float] = None
        self.shown = ""

    def __call__(self, stage: str, done: float) -> None:
        now = time.monotonic()
        if self.start is None:
            self.start = now
        if now - self.start < DELAY:
            return
        bar = "#" * int(WIDTH * done)
        line = f"{self.title} [{bar:.<{WIDTH}}] {int(100 * done):3} %"
        if line != self.shown:
            self.write("\r" + line)
            self.shown = line

    def close(self) -> None:
        """Takes the bar away; what comes next has a second again."""
        if self.shown:
            self.write("\r" + " " * len(self.shown) + "\r")
        self.start, self.shown = None, ""

    def write(self, text: str) -> None:
        self.stream.write(text)
        self.stream.flush()


def find_stream() -> Optional[TextIO]:
    """Where a bar is seen and disturbs nothing, if there is such a place."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if getattr(shell, "kernel", None) is not None:
        # A notebook shows what goes to stderr as an error.
        return sys.stdout
    return sys.stderr if sys.stderr is not None and sys.stderr.isatty() else None


def choose(progress: Union[Progress, str, None], title: str) -> Optional[Progress]:
    """What a compilation tells its progress, of what its caller gives."""
    if progress is None or callable(progress):
        return progress
    if progress != "auto":
        raise TypeError("expects a function, None or 'auto' for progress, but got "
                        f"{progress!r}")
    stream = find_stream()
    return Bar(title, stream) if stream else None
