"""How long a call takes, and the kernels in it."""
from typing import List, NamedTuple, Sequence

from . import _html


class LayerTime(NamedTuple):
    """The time of a kernel in a call: its layer's name in the model file, its op,
    microseconds, and the share of the time of all kernels."""

    name: str
    op: str
    microseconds: float
    share: float


class Profile(NamedTuple):
    """How long a call takes on this processor, in seconds, and its layers, of each of
    which one kernel is left, in order. As a text it is a table."""

    seconds: float
    layers: List[LayerTime]

    def __str__(self) -> str:
        rows = [["layer", "op", "µs", "share"], *self._list_cells()]
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = (f"{name:{widths[0]}}  {op:{widths[1]}}  {time:>{widths[2]}}  {share:>{widths[3]}}"
                 for name, op, time, share in rows)
        return "\n".join(line.rstrip() for line in lines)

    def _repr_html_(self) -> str:
        rows = [[layer.name, layer.op, layer.microseconds, f"{layer.share:.0%}"]
                for layer in self.layers]
        return _html.make_table(["layer", "op", "µs", "share"],
                                [*rows, ["a call", "", self.seconds * 1e6, ""]])

    def _list_cells(self) -> List[Sequence[str]]:
        cells = [[layer.name, layer.op, f"{layer.microseconds:,.2f}", f"{layer.share:.0%}"]
                 for layer in self.layers]
        return [*cells, ["a call", "", f"{self.seconds * 1e6:,.2f}", ""]]
