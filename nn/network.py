"""A model as a network: columns of neurons, for pictures and pages."""

from typing import Any

from autograd.engine.value import Value
from nn.layers import MLP, Layer, Neuron, Sequential, as_list


def layers_of(model: Any) -> list[Any]:
    """The modules that a model applies one after the other; the model alone, if that is not known."""
    if isinstance(model, (MLP, Sequential)):
        return [inner for each in model.layers for inner in layers_of(each)]
    return [model]


def neurons_of(layer: Any) -> list[Neuron]:
    """The neurons side by side in a module; none in one that is no layer."""
    return layer.neurons if isinstance(layer, Layer) else [layer] if isinstance(layer, Neuron) else []


def columns_of(model: Any, point: Any) -> tuple[list[Value], list[Value], list[dict[str, Any]]]:
    """Run a model on a point, and note its neurons.

    Args:
        model: a module.
        point: a `Value`, or a list of them.

    Returns:
        The outputs; the nodes of all neurons, column by column; and each column: how many neurons it has, their
        activation, and where their weights and biases lie among the parameters. The first column is the inputs.
    """
    place = {parameter: i for i, parameter in enumerate(model.parameters())}
    x: Any = point
    neurons = as_list(point)
    columns: list[dict[str, Any]] = [{"size": len(neurons), "activation": "", "weights": [], "biases": []}]
    for layer in layers_of(model):
        x = layer(x)
        outputs = as_list(x)
        inside = neurons_of(layer)
        if not inside:
            if columns and len(outputs) == columns[-1]["size"] and hasattr(layer, "activation"):
                columns[-1]["activation"] = layer.activation
                neurons[-len(outputs) :] = outputs
            continue
        columns.append(
            {
                "size": len(inside),
                "activation": inside[0].activation,
                "weights": [[place[w] for w in neuron.w] for neuron in inside],
                "biases": [place[neuron.b] if neuron.b is not None else -1 for neuron in inside],
            }
        )
        neurons += outputs
    return as_list(x), neurons, columns if len(columns) > 1 else []


def title_of(model: Any) -> str:
    """What a model is, in a line.

    Example:
        >>> title_of(MLP(2, [16, 16, 1], seed=1))
        'MLP 2-16-16-1, 337 parameters'
    """
    count = len(list(model.parameters()))
    sizes = [len(each.neurons) for each in layers_of(model) if isinstance(each, Layer)]
    inputs = next((each.nin for each in layers_of(model) if isinstance(each, (Layer, Neuron))), None)
    shape = f" {'-'.join(map(str, [inputs, *sizes]))}" if sizes and inputs else ""
    return f"{type(model).__name__}{shape}, {count:,} parameter{'' if count == 1 else 's'}"
