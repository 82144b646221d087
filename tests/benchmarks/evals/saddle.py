"""saddle: the gradient of a maximum that is found by an ascent along a gradient.

GradBench descends along it; here it is one gradient, at the start. A program records one path through a loop, so which
steps are taken is what a run on plain numbers shows.
"""

from __future__ import annotations

import math
from typing import Any

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": 1e-2, "small": 1e-5}
"""By how flat it is where the ascent ends, how short its last step, and how long its first, as a share of the slope."""


def data(size: float) -> tuple[Any, ...]:
    return size, [1.0, 1.0]


def objective(x: Any, y: Any) -> Any:
    return (x[0] ** 2 + x[1] ** 2) - (y[0] ** 2 + y[1] ** 2)


def ours(near: float, start: list[float]) -> Problem:
    x = values(start)

    slope = autograd.grad(lambda y: objective(x, y))

    def highest() -> Any:
        y = start
        for length in lengths:
            y = [a + length * b for a, b in zip(y, slope(y), strict=True)]
        return objective(x, y)

    lengths = ascent(near, start)
    return Problem(highest, x)


def ascent(near: float, start: list[float]) -> list[float]:
    """The lengths of the steps that are taken: doubled after ten that rise, halved after one that does not."""
    y, length, count, taken = list(start), near, 0, []
    height = objective(start, y)
    rise = autograd.grad(lambda y: objective(start, y))
    while True:
        slope = rise(y)
        moved = [a + length * b for a, b in zip(y, slope, strict=True)]
        if math.hypot(*slope) <= near:
            return taken
        if count == 10:
            length, count = 2.0 * length, 0
        elif math.dist(y, moved) <= near:
            return taken
        elif objective(start, moved) > height:
            y, height, count = moved, objective(start, moved), count + 1
            taken.append(length)
        else:
            length, count = length / 2.0, 0


def in_jax(near: float, start: list[float]) -> Work:
    import jax
    import jax.numpy as jnp

    beginning = jnp.array(start)

    def highest(x: Any) -> Any:
        rise = jax.grad(objective, 1)

        def moved(state: Any) -> Any:
            y, length, *_ = state
            return y + length * rise(x, y)

        def climbs(state: Any) -> Any:
            y, _, count, _ = state
            far = (count == 10) | (jnp.sqrt(((moved(state) - y) ** 2).sum()) > near)
            return (jnp.sqrt((rise(x, y) ** 2).sum()) > near) & far

        def step(state: Any) -> Any:
            y, length, count, height = state
            after = moved(state)
            reached = objective(x, after)
            full, higher = count == 10, reached > height
            goes = ~full & higher
            return (
                jnp.where(goes, after, y),
                jnp.where(full, 2.0 * length, jnp.where(higher, length, length / 2.0)),
                jnp.where(goes, count + 1, 0),
                jnp.where(goes, reached, height),
            )

        state = beginning, jnp.array(near), jnp.array(0), objective(x, beginning)
        return objective(x, jax.lax.while_loop(climbs, step, state)[0])

    return jax_gradient(highest, [start], jax.jacfwd)


def in_torch(near: float, start: list[float]) -> Work:
    import torch

    lengths = ascent(near, start)

    def highest(x: Any) -> Any:
        y = torch.tensor(start, dtype=torch.float64, requires_grad=True)
        for length in lengths:
            (slope,) = torch.autograd.grad(objective(x, y), y, create_graph=True)
            y = y + length * slope
        return objective(x, y)

    return torch_gradient(highest, [start])
