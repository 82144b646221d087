"""`draw`: a model as a network, neurons as circles in columns, weights as lines that are as wide as they are large."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value
from autograd.see import rendering
from autograd.see.drawing import Picture, plain
from autograd.see.numbers import format_number
from autograd.see.style import EDGE, FONT, GRAPH, STYLES
from nn.network import columns_of, layers_of, title_of

if TYPE_CHECKING:
    import os

MOST = 16
"""How many neurons of a layer are drawn; of more, the first and the last."""

POSITIVE, NEGATIVE = "#1864ab", "#d9480f"
NEURON = {"shape": "circle", "style": "filled", "fontname": FONT, "fontsize": "9", "width": "0.35", "fixedsize": "true"}


def draw(model: Any, path: str | os.PathLike[str] | None = None) -> Picture:
    """Draw a model as a network.

    Positive weights are blue and negative ones orange; a line is the wider, the larger its weight beside the others.

    Args:
        model: an `MLP`, a `Sequential` of layers, a `Layer` or a `Neuron`.
        path: where to write the picture, ending in ``.svg``, ``.png``, ``.pdf`` or ``.dot``.

    Raises:
        TypeError: if the model does not consist of layers of neurons.
        ValueError, FileNotFoundError, RenderingError: as for `autograd.draw`.

    Example:
        >>> import nn
        >>> nn.draw(nn.MLP(2, [16, 16, 1], seed=1)).source.count("label=relu")
        2
    """
    count = next((each.nin for each in layers_of(model) if hasattr(each, "nin")), None)
    with recording(Recorder()):
        columns = [] if count is None else columns_of(model, [Value(0.5) for _ in range(count)])[2]
    if not columns:
        raise TypeError(
            f"nn.draw() draws networks of layers of neurons, but got {model!r}; draw a result with autograd.draw"
        )
    numbers = [parameter.data for parameter in model.parameters()]
    largest = max((abs(numbers[w]) for column in columns for row in column["weights"] for w in row), default=0.0) or 1.0
    picture = Picture()
    picture.attr(rankdir="LR", splines="line", outputorder="edgesfirst", **GRAPH)
    picture.attr(ranksep="1.1", nodesep="0.08", mclimit="0.001", label=title_of(model), labelloc="t", fontsize="12")
    picture.attr("edge", **EDGE, arrowhead="none")
    shown = [_shown(column["size"]) for column in columns]
    for i, (column, places) in enumerate(zip(columns, shown, strict=True)):
        title = "inputs" if i == 0 else str(column["activation"])
        kind = "input" if i == 0 else "result" if i == len(columns) - 1 else "parameter"
        for j in places:
            bias = column["biases"][j] if i else -1
            tooltip = f"{title} {j}" + (f", bias {format_number(numbers[bias], 6)}" if bias >= 0 else "")
            picture.node(f"c{i}n{j}", str(j), fillcolor=STYLES[kind]["fillcolor"], tooltip=plain(tooltip), **NEURON)
        size = rf"\n{MOST} of {column['size']:,}" if column["size"] > MOST else ""
        picture.node(
            f"c{i}title", plain(title) + size, shape="plaintext", fontname=FONT, fontsize="10", fontcolor="#555555"
        )
        if i:
            picture.edge(f"c{i - 1}title", f"c{i}title", style="invis")
            _connect(picture, i, column, shown[i - 1], places, numbers, largest)
    if path is not None:
        rendering.write(picture.source, path)
    return picture


def _shown(size: int) -> list[int]:
    """Which neurons of a column are drawn."""
    return list(range(size)) if size <= MOST else [*range(MOST - 1), size - 1]


def _connect(
    picture: Picture, i: int, column: Any, before: list[int], places: list[int], numbers: list[float], largest: float
) -> None:
    for j in places:
        for k in before:
            weight = numbers[column["weights"][j][k]]
            strength = abs(weight) / largest
            picture.edge(
                f"c{i - 1}n{k}",
                f"c{i}n{j}",
                color=(POSITIVE if weight >= 0 else NEGATIVE) + f"{round(60 + 195 * min(strength, 1.0)):02x}",
                penwidth=f"{0.3 + 3 * min(strength, 1.0):.2f}",
                tooltip=f"weight {format_number(weight, 6)}",
            )
