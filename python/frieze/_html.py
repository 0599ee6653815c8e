"""How a model shows itself in a notebook."""
from html import escape
from typing import TYPE_CHECKING, Iterable, Sequence

if TYPE_CHECKING:
    from ._model import Layer, Model


def make_table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """A table whose numbers have separators and stand on the right."""
    lines = ["<tr>" + "".join(f"<th>{escape(text)}</th>" for text in head) + "</tr>"]
    for row in rows:
        cells = (f'<td style="text-align:right">{cell:,}</td>' if isinstance(cell, int)
                 else f'<td style="text-align:left">{escape(str(cell))}</td>' for cell in row)
        lines.append("<tr>" + "".join(cells) + "</tr>")
    return "<table>" + "".join(lines) + "</table>"


def make_details(title: str, content: str) -> str:
    return f"<details><summary>{escape(title)}</summary>{content}</details>"


def make_layers(layers: "Sequence[Layer]") -> str:
    return make_table(["layer", "op", "shape", "multiply-adds", "bytes"],
                      ([layer.name, layer.op, layer.shape, layer.macs, layer.parameter_bytes]
                       for layer in layers))


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
    kernels, remarks, layers = model.kernels, model.remarks, model.layers
    parts.append(make_details(f"{len(kernels)} kernels", make_layers(kernels)))
    parts.append(make_details(
        f"{len(remarks)} decisions",
        make_table(["layer", "what", "became", "why"],
                   ([item.layer, item.subject, item.rule, item.why] for item in remarks))))
    parts.append(make_details(f"{len(layers)} imported layers", make_layers(layers)))
    return "<div>" + "".join(parts) + "</div>"
