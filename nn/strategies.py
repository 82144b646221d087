"""Strategies for Hypothesis: small networks with data to train them on."""

from collections.abc import Sequence
from typing import NamedTuple

try:
    from hypothesis import strategies as st
except ModuleNotFoundError:
    raise ImportError("nn.strategies needs Hypothesis; install it with: pip install hypothesis") from None

from nn.layers import MLP


class Network(NamedTuple):
    """A small network with data to train it on or test it with."""

    model: MLP
    inputs: list[list[float]]
    targets: list[float]


@st.composite
def networks(
    draw: st.DrawFn,
    max_inputs: int = 3,
    max_width: int = 4,
    max_layers: int = 3,
    max_points: int = 5,
    *,
    activations: Sequence[str] = ("tanh", "sigmoid", "softplus", "silu", "gelu", "relu", "leaky_relu"),
) -> Network:
    """Small multilayer perceptrons with one output, and as many points of data as they have inputs for.

    Args:
        max_inputs, max_width, max_layers, max_points: how large they are at most, `max_width` in hidden layers.
        activations: the names to choose the hidden layers' activation from.

    Example:
        >>> from hypothesis import find
        >>> model, inputs, targets = find(networks(), lambda network: True)
        >>> model
        MLP(1, [1], 'tanh')
        >>> inputs, targets
        ([[0.0]], [0.0])
    """
    numbers = st.floats(-3.0, 3.0)
    nin = draw(st.integers(1, max_inputs))
    hidden = draw(st.lists(st.integers(1, max_width), max_size=max_layers - 1))
    model = MLP(nin, [*hidden, 1], draw(st.sampled_from(list(activations))), seed=draw(st.integers(0, 2**16)))
    points = draw(st.lists(st.lists(numbers, min_size=nin, max_size=nin), min_size=1, max_size=max_points))
    return Network(model, points, [draw(numbers) for _ in points])
