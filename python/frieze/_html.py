"""How a model shows itself in a notebook."""
from html import escape
from typing import TYPE_CHECKING, Iterable, Optional, Sequence

if TYPE_CHECKING:
    from ._model import Layer, Model
    from ._profile import Profile


def make_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose numbers have separators and stand on the right."""
    lines = ["<tr>" + "".join(f"<th>{escape(text)}</th>" for text in head) + "</tr>"]
    for row in rows:
        lines.append("<tr>" + "".join(map(make_cell, row)) + "</tr>")
    return "<table>" + "".join(lines) + "</table>"


def make_cell(cell: object) -> str:
    if isinstance(cell, (int, float)):
        number = f"{cell:,}" if isinstance(cell, int) else f"{cell:,.2f}"
        return f'<td style="text-align:right">{number}</td>'
    return f'<td style="text-align:left">{escape(str(cell))}</td>'


def make_details(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def make_layers(layers: "Sequence[Layer]", profile: "Optional[Profile]" = None) -> str:
    head = ["layer", "op", "shape", "multiply-adds", "bytes"]
    rows: list = [[layer.name, layer.op, layer.shape, layer.macs, layer.parameter_bytes]
                  for layer in layers]
    if profile:
        head.append("µs")
        for row, layer in zip(rows, profile.layers):
            row.append(layer.microseconds)
    return make_table(head, rows)


def make_kernels(model: "Model") -> str:
    """With the time of each, or why there is none."""
    kernels = model.kernels
    profile, reason = model._find_profile()  # pylint: disable=protected-access
    if not profile:
        return make_details(f"{len(kernels)} kernels",
                            make_layers(kernels) + f"<p>Not measured: {escape(reason)}</p>")
    return make_details(f"{len(kernels)} kernels, {profile.seconds * 1e6:,.2f} µs a call",
                        make_layers(kernels, profile))


def describe(model: "Model") -> str:
    """Sizes, then what runs, what was decided, and what was imported."""
    parts = [f"<p><code>{escape(repr(model))}</code></p>"]
    if model._compilation is None:  # pylint: disable=protected-access
        return parts[0]
    costs = model.costs
    parts.append(make_table(
        ["", "imported", "compiled"],
        [["layers", costs.layers, costs.kernels], ["multiply-adds", costs.macs, costs.live_macs],
         ["bytes of weights", "", costs.weights_bytes], ["bytes of code", "", costs.code_bytes],
         ["bytes of arena", "", costs.arena_bytes]]))
    remarks, layers = model.remarks, model.layers
    parts.append(make_kernels(model))
    parts.append(make_details(
        f"{len(remarks)} decisions",
        make_table(["layer", "what", "became", "why"],
                   ([item.layer, item.subject, item.rule, item.why] for item in remarks))))
    parts.append(make_details(f"{len(layers)} imported layers", make_layers(layers)))
    return "<div>" + "".join(parts) + "</div>"
