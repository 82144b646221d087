"""hello: the derivative of a square, which shows what a call costs."""

from __future__ import annotations

from typing import Any

from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": 3.0, "small": 3.0}


def data(size: float) -> tuple[Any, ...]:
    return (size,)


def ours(number: float) -> Problem:
    x = values(number)
    return Problem(lambda: x**2, [x])


def in_jax(number: float) -> Work:
    return jax_gradient(lambda x: x**2, [number])


def in_torch(number: float) -> Work:
    return torch_gradient(lambda x: x**2, [number])
