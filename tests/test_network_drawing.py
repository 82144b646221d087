"""Models drawn as networks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

import autograd
import nn
from autograd import Value, draw
from autograd.see.labels import levels_of

if TYPE_CHECKING:
    from pathlib import Path

    from autograd.see.picture import Picture


def test_every_neuron_is_a_circle_and_every_weight_a_line() -> None:
    source = nn.draw(nn.MLP(2, [3, 1], "tanh", seed=1)).source
    assert len(re.findall(r"c\dn\d \[", source)) - source.count("->") + source.count("invis") == 2 + 3 + 1
    assert source.count('tooltip="weight') == 2 * 3 + 3
    assert "MLP 2-3-1, 13 parameters" in source


def test_a_weight_is_wider_the_larger_and_coloured_by_its_sign() -> None:
    neuron = nn.Neuron(2, "linear", seed=1)
    neuron.load_state_dict({"w.0": 2.0, "w.1": -0.5, "b": 0.0})
    lines = [line for line in nn.draw(neuron).source.splitlines() if "weight" in line]
    widths = [float(found[1]) for line in lines if (found := re.search(r"penwidth=([\d.]+)", line))]
    assert widths == [3.3, 1.05]
    assert "#1864abff" in lines[0] and "#d9480f" in lines[1]


def test_of_a_wide_layer_some_neurons_are_drawn_and_it_says_so() -> None:
    source = nn.draw(nn.MLP(64, [10], seed=1)).source
    assert "16 of 64" in source
    assert "c0n63" in source and "c0n30" not in source


def test_neurons_stand_in_their_order(tmp_path: Path) -> None:
    nn.draw(nn.MLP(2, [12, 1], seed=1), tmp_path / "net.svg")
    svg = (tmp_path / "net.svg").read_text()
    heights = [
        float(re.search(rf"<title>c1n{j}</title>.*?<text[^>]* y=\"([-\d.]+)\"", svg, re.DOTALL)[1]) for j in range(12)
    ]  # type: ignore[index]
    assert heights == sorted(heights)


def test_a_sequence_of_layers_and_activations_is_drawn_like_one_network() -> None:
    model = nn.Sequential(nn.Linear(2, 4, seed=1), nn.Tanh(), nn.Linear(4, 1, seed=2))
    source = nn.draw(model).source
    assert "tanh" in source and source.count('tooltip="weight') == 12


def test_what_has_no_layers_is_refused() -> None:
    class Line(nn.Module):
        pass

    with pytest.raises(TypeError, match="draws networks of layers of neurons"):
        nn.draw(Line())


# Graphs of networks, drawn by `autograd.draw`.


def weights_of(picture: Picture) -> dict[tuple[str, str], str]:
    """How wide the line from each neuron to each other is."""
    line = re.compile(r'(c\d+n\d+) -> (c\d+n\d+) \[.*?color="(#\w+)".*?penwidth=([\d.]+)')
    return {(start, end): f"{color} {width}" for start, end, color, width in line.findall(picture.source)}


def circles_of(picture: Picture) -> list[str]:
    return re.findall(r"(c\d+n\d+) \[label", picture.source)


@pytest.mark.parametrize("activation", ["relu", "tanh", "linear"])
@pytest.mark.parametrize("shape", [(2, 16, 16, 1), (3, 20, 2), (1, 1), (4, 3, 3, 3)], ids=str)
@pytest.mark.parametrize("points", [1, 3])
def test_a_large_graph_of_a_network_is_drawn_as_the_network(
    shape: tuple[int, ...], activation: str, points: int
) -> None:
    model = nn.MLP(shape[0], list(shape[1:]), activation, seed=1)
    inputs = [[i + 0.1 * k for k in range(shape[0])] for i in range(points)]
    outputs = [y for x in inputs for y in listed(model(x))]
    picture = draw(autograd.mean([(y - 1.0) ** 2 for y in outputs]), max_nodes=2)
    assert weights_of(picture) == weights_of(nn.draw(model)) != {}
    assert circles_of(picture) == circles_of(nn.draw(model))
    assert f"{'-'.join(map(str, shape))} with {len(list(model.parameters())):,} parameter" in picture.source
    assert ("at 3 points" in picture.source) == (points == 3)


def listed(y: Any) -> list[Value]:
    return y if isinstance(y, list) else [y]


def test_a_network_shows_its_result_and_says_the_numbers_of_what_is_pointed_at() -> None:
    model = nn.MLP(2, [3, 1], "tanh", seed=1)
    loss = (model([Value(0.5, "x"), Value(2.0, "y")]) - 1.0) ** 2
    loss.label = "loss"
    loss.backward()
    source = draw(loss, max_nodes=10).source
    assert 'label="loss|value' in source
    assert 'tooltip="x: value 0.5' in source and 'tooltip="layers.0.neurons.2: value' in source
    assert f'tooltip="layers.0.neurons.2.w.1: value {model.layers[0].neurons[2].w[1].data:.6g}' in source


def test_the_last_neuron_is_the_result_if_nothing_is_computed_from_it() -> None:
    source = draw(nn.MLP(2, [4, 1], seed=1)([0.5, 2.0]), max_nodes=10).source
    assert "result" not in source and circles_of(draw(nn.MLP(2, [4, 1], seed=1)([0.5, 2.0]), max_nodes=10))


def test_a_small_network_is_drawn_node_by_node_and_a_large_one_too_if_that_is_asked_for() -> None:
    y = nn.MLP(2, [4, 1], seed=1)([0.5, 2.0])
    assert not circles_of(draw(y))
    assert "others are left out" in draw(y, max_nodes=10, group=False).source
    assert "neurons.1" in draw(y, max_nodes=10, collapse="neurons").source
    assert "others are left out" in draw(y, max_nodes=10, marks={y: 1.0}).source


def test_an_activation_may_use_what_it_takes_more_than_once() -> None:
    neuron = nn.Neuron(3, "linear", seed=1)
    for k, parameter in enumerate(neuron.parameters()):
        parameter.label = f"hidden.{parameter.label}" if k < 3 else "hidden.b"
    z = neuron([0.5, 1.0, 2.0])
    assert circles_of(draw(z * autograd.sigmoid(z), max_nodes=5)) == ["c0n0", "c0n1", "c0n2", "c1n0"]


def unrolled() -> Value:
    w, u, h = Value(0.5, "cell.w.0"), Value(0.25, "cell.u"), Value(0.0)
    for t in range(5):
        h = autograd.tanh(w * Value(float(t)) + u * h)
    return h


def convolution() -> Value:
    w = [Value(0.5, "kernel.w.0"), Value(-0.5, "kernel.w.1")]
    x = [Value(float(i), f"x{i}") for i in range(5)]
    return autograd.sum([autograd.dot(w, x[i : i + 2]) for i in range(4)])


def normalized_between() -> Value:
    first, second = nn.Layer(2, 4, "tanh", seed=1), nn.Neuron(4, "linear", seed=2)
    for i, parameter in enumerate(first.parameters()):
        parameter.label = f"first.{parameter.label}" if not levels_of(parameter.label) else f"first.{i}.w"
    hidden = first([0.5, 1.0])
    mean = autograd.mean(hidden)
    return second([each - mean for each in hidden])


def tied() -> Value:
    w = Value(0.5, "layer.w.0")
    return w * Value(2.0, "x") + w * Value(3.0, "y")


@pytest.mark.parametrize("make", [unrolled, convolution, normalized_between, tied])
def test_what_makes_no_layers_of_neurons_is_drawn_node_by_node(make: Any) -> None:
    source = draw(make(), max_nodes=3).source
    assert "others are left out" in source and "c0n0" not in source
