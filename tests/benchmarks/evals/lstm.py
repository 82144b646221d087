"""lstm: what a recurrent network of long memory makes of a text. Size: layers, characters, bits of a character.

The text is random bits. Every matrix of weights is diagonal, as in GradBench.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, leaves, torch_gradient, values

SIZES = {"tiny": (2, 4, 3), "small": (2, 32, 14), "medium": (2, 1024, 14)}


def data(size: tuple[int, int, int]) -> tuple[Any, ...]:
    layers, characters, bits = size
    rng = np.random.default_rng(0)
    state, text = rng.uniform(size=(layers, 2, bits)), rng.integers(0, 2, (characters, bits)).astype(float)
    return state, text, rng.uniform(size=(layers, 2, 4, bits)), rng.uniform(size=(3, bits))


def ours(state: Any, text: Any, main: Any, extra: Any) -> Problem:
    parameters = [values(main), values(extra)]
    layers, (into, out, bias) = parameters
    characters = text.tolist()

    def loss() -> Any:
        states = state.tolist()
        terms = []
        for character, following in pairwise(characters):
            y = [a * b for a, b in zip(character, into, strict=True)]
            for i, ((weights, biases), (hidden, cell)) in enumerate(zip(layers, states, strict=True)):
                states[i] = cells = remember(weights, biases, hidden, cell, y)
                y = cells[0]
            y = [a * b + c for a, b, c in zip(y, out, bias, strict=True)]
            total = autograd.log(2.0 + sum(autograd.exp(each) for each in y))
            terms += [bit * (each - total) for bit, each in zip(following, y, strict=True) if bit]
        return -sum(terms) / ((len(characters) - 1) * len(into))

    return Problem(loss, leaves(parameters))


def remember(weights: Any, biases: Any, hidden: Any, cell: Any, xs: Any) -> list[list[Any]]:
    """A layer's state after it has seen the next character."""
    new_hidden, new_cell = [], []
    for i, x in enumerate(xs):
        forget, enter, leave, change = (
            weight[i] * each + bias[i]
            for weight, bias, each in zip(weights, biases, (x, hidden[i], x, hidden[i]), strict=True)
        )
        kept = autograd.sigmoid(forget) * cell[i] + autograd.sigmoid(enter) * autograd.tanh(change)
        new_cell.append(kept)
        new_hidden.append(autograd.sigmoid(leave) * autograd.tanh(kept))
    return [new_hidden, new_cell]


def layer(np: Any, sigmoid: Any, parameters: Any, state: Any, x: Any) -> tuple[Any, Any]:
    """The same in arrays."""
    weights, biases = parameters
    hidden, cell = state
    forget, enter, leave, change = weights * np.stack([x, hidden, x, hidden]) + biases
    cell = sigmoid(forget) * cell + sigmoid(enter) * np.tanh(change)
    return sigmoid(leave) * np.tanh(cell), cell


def in_jax(state: Any, text: Any, main: Any, extra: Any) -> Work:
    import jax
    import jax.numpy as jnp

    state, text = jnp.asarray(state), jnp.asarray(text)

    def loss(main: Any, extra: Any) -> Any:
        into, out, bias = extra

        def step(states: Any, pair: Any) -> tuple[Any, Any]:
            character, following = pair
            y, after = character * into, []
            for each, before in zip(main, states, strict=True):
                y, cell = layer(jnp, jax.nn.sigmoid, each, before, y)
                after.append((y, cell))
            y = y * out + bias
            return jnp.array(after), following @ (y - jnp.log(2.0 + jnp.exp(y).sum()))

        return -jax.lax.scan(step, state, (text[:-1], text[1:]))[1].sum() / text[1:].size

    return jax_gradient(loss, [main, extra])


def in_torch(state: Any, text: Any, main: Any, extra: Any) -> Work:
    import torch

    state, text = torch.from_numpy(state), torch.from_numpy(text)

    def loss(main: Any, extra: Any) -> Any:
        into, out, bias = extra
        states: Any = list(state)
        outputs = []
        for character in text[:-1]:
            y = character * into
            for i, each in enumerate(main):
                states[i] = layer(torch, torch.sigmoid, each, states[i], y)
                y = states[i][0]
            outputs.append(y * out + bias)
        y = torch.stack(outputs)
        return -(text[1:] * (y - torch.log(2.0 + torch.exp(y).sum(1, keepdim=True)))).sum() / text[1:].numel()

    return torch_gradient(loss, [main, extra])
