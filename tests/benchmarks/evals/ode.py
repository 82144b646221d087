"""ode: the last unknown of a chain of differential equations, by Runge-Kutta. Size: unknowns, steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": (4, 2), "small": (1000, 1), "medium": (1000, 10)}
END = 2.0


def data(size: tuple[int, int]) -> tuple[Any, ...]:
    n, steps = size
    return steps, np.random.default_rng(0).uniform(size=n)


def ours(steps: int, numbers: Any) -> Problem:
    x = values(numbers)
    h = END / steps

    def slope(y: list[Any]) -> list[Any]:
        return [x[0], *(a * b for a, b in zip(x[1:], y, strict=False))]

    def moved(y: list[Any], by: float, k: list[Any]) -> list[Any]:
        return [a + by * b for a, b in zip(y, k, strict=True)]

    def last() -> Any:
        y: list[Any] = [0.0] * len(x)
        for _ in range(steps):
            k1 = slope(y)
            k2 = slope(moved(y, h / 2, k1))
            k3 = slope(moved(y, h / 2, k2))
            k4 = slope(moved(y, h, k3))
            total = [a + 2.0 * b + 2.0 * c + d for a, b, c, d in zip(k1, k2, k3, k4, strict=True)]
            y = moved(y, h / 6, total)
        return y[-1]

    return Problem(last, x)


def runge_kutta(slope: Any, y: Any, h: float) -> Any:
    k1 = slope(y)
    k2 = slope(y + h / 2 * k1)
    k3 = slope(y + h / 2 * k2)
    k4 = slope(y + h * k3)
    return y + h / 6 * (k1 + 2.0 * k2 + 2.0 * k3 + k4)


def in_jax(steps: int, numbers: Any) -> Work:
    import jax
    import jax.numpy as jnp

    def last(x: Any) -> Any:
        def slope(y: Any) -> Any:
            return x * jnp.roll(y, 1).at[0].set(1.0)

        def step(y: Any, _: Any) -> tuple[Any, None]:
            return runge_kutta(slope, y, END / steps), None

        return jax.lax.scan(step, jnp.zeros(len(x)), None, length=steps)[0][-1]

    return jax_gradient(last, [numbers])


def in_torch(steps: int, numbers: Any) -> Work:
    import torch

    one = torch.ones(1, dtype=torch.float64)

    def last(x: Any) -> Any:
        y = torch.zeros_like(x)
        for _ in range(steps):
            y = runge_kutta(lambda y: x * torch.cat([one, y[:-1]]), y, END / steps)
        return y[-1]

    return torch_gradient(last, [numbers])
