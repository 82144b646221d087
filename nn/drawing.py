"""`draw`: a model as a network, neurons as circles in columns, weights as lines that are as wide as they are large."""

from typing import Any

from autograd.engine.files import StrPath
from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value
from autograd.see import rendering
from autograd.see.network import Column, Network
from autograd.see.numbers import format_number
from autograd.see.picture import Picture
from nn.network import columns_of, layers_of, title_of


def draw(model: Any, path: StrPath | None = None) -> Picture:
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
        way_out = "draw a result with autograd.draw"
        raise TypeError(f"nn.draw() draws networks of layers of neurons, but got {model!r}; {way_out}")
    parameters = list(model.parameters())
    drawn = [Column("inputs", [f"input {j}" for j in range(columns[0]["size"])])]
    weights = []
    for i, column in enumerate(columns[1:], start=1):
        biases = [f", bias {format_number(parameters[b].data, 6)}" if b >= 0 else "" for b in column["biases"]]
        drawn.append(Column(column["activation"], [f"neuron {i}.{j}{bias}" for j, bias in enumerate(biases)]))
        for j, row in enumerate(column["weights"]):
            weights += [
                ((i - 1, k), (i, j), parameters[w].data, f"weight {format_number(parameters[w].data, 6)}")
                for k, w in enumerate(row)
            ]
    picture = Network(title_of(model), drawn, weights).picture()
    if path is not None:
        rendering.write(picture.source, path)
    return picture
