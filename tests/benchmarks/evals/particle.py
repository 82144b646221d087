"""particle: where a charged particle hits the ground, squared, with derivatives inside of what is differentiated.

Its acceleration is the derivative of a potential. GradBench descends along the gradient; here it is one gradient. A
program records one path through a loop, so the number of steps is that of a run on plain numbers.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": 1.0, "small": 0.1}
"""By the length of a time step."""


def data(size: float) -> tuple[Any, ...]:
    return size, 0.0


def potential(sqrt: Any, x: Any, y: Any, w: Any) -> Any:
    """Of two charges, at (10, 10 - w) and (10, 0)."""
    return 1.0 / sqrt((x - 10.0) ** 2 + (y - (10.0 - w)) ** 2) + 1.0 / sqrt((x - 10.0) ** 2 + y**2)


def ours(dt: float, number: float) -> Problem:
    w = values(number)

    slope = autograd.grad(lambda place: potential(autograd.sqrt, *place, w))

    def path(steps: int | None) -> tuple[Any, int]:
        x, y, vx, vy = 0.0, 8.0, 0.75, 0.0
        count = 0
        while True:
            ax, ay = slope([x, y])
            new_x, new_y = x + dt * vx, y + dt * vy
            if count == steps if steps is not None else new_y <= 0.0:
                return (x - y / vy * vx) ** 2, count
            x, y, vx, vy = new_x, new_y, vx - dt * ax, vy - dt * ay
            count += 1

    steps = path(None)[1]
    return Problem(lambda: path(steps)[0], [w])


def in_jax(dt: float, number: float) -> Work:
    import jax
    import jax.numpy as jnp

    acceleration = jax.grad(lambda position, w: -potential(jnp.sqrt, *position, w))

    def crossing(w: Any) -> Any:
        def flies(state: Any) -> Any:
            position, velocity = state
            return (position + dt * velocity)[1] > 0.0

        def step(state: Any) -> Any:
            position, velocity = state
            return position + dt * velocity, velocity + dt * acceleration(position, w)

        position, velocity = jax.lax.while_loop(flies, step, (jnp.array([0.0, 8.0]), jnp.array([0.75, 0.0])))
        return (position[0] - position[1] / velocity[1] * velocity[0]) ** 2

    return jax_gradient(crossing, [number], jax.jacfwd)


def in_torch(dt: float, number: float) -> Work:
    import torch

    def crossing(w: Any) -> Any:
        position = torch.tensor([0.0, 8.0], dtype=torch.float64, requires_grad=True)
        velocity = torch.tensor([0.75, 0.0], dtype=torch.float64)
        while (position + dt * velocity)[1] > 0.0:
            (slope,) = torch.autograd.grad(potential(torch.sqrt, *position, w), position, create_graph=True)
            position, velocity = position + dt * velocity, velocity - dt * slope
        return (position[0] - position[1] / velocity[1] * velocity[0]) ** 2

    return torch_gradient(crossing, [np.float64(number)])
