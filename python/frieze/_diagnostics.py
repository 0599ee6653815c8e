"""What the compiler says of files and layers, and the exceptions made of it."""
from typing import List, NamedTuple, Optional

ERROR, WARNING, NOTE, REMARK = 1, 2, 3, 4
KINDS = {ERROR: "error", WARNING: "warning", NOTE: "note", REMARK: "remark"}


class Diagnostic(NamedTuple):
    """What is said of a file or a layer; texts that there are not are empty.

    A remark tells a decision of the compiler: its `subject`, the `rule` that was
    applied to it, and `why`. As a text it is what the command line prints.
    """

    severity: int
    file: str
    line: int
    column: int
    layer: str
    text: str
    subject: str = ""
    rule: str = ""
    why: str = ""

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}: " if self.line else f"{self.file}: "
        if self.severity == REMARK or not self.file:
            place = ""
        layer = f"layer '{self.layer}': " if self.layer else ""
        return f"{place}{layer}{KINDS[self.severity]}: {self.text}"


class Error(Exception):
    """What Frieze refuses; the text is one line for each problem."""


class CompileError(Error):
    """A model that cannot be compiled.

    `diagnostics` are all its problems, and `file`, `layer` and `rule` those of the
    first, or None.
    """

    def __init__(self, diagnostics: List[Diagnostic]):
        super().__init__("\n".join(map(str, diagnostics)))
        self.diagnostics = diagnostics
        first = diagnostics[0] if diagnostics else None
        self.file: Optional[str] = first and first.file or None
        self.layer: Optional[str] = first and first.layer or None
        self.rule: Optional[str] = first and first.rule or None


class CompileWarning(UserWarning):
    """What the compiler warns of."""
