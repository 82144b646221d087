"""Models drawn as networks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

import nn

if TYPE_CHECKING:
    from pathlib import Path


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
