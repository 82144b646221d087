"""llsq: the squared error of a polynomial that is to follow the sign of t. Size: points, coefficients.

The powers of the points are data, as in any least squares.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": (5, 3), "small": (16, 128), "medium": (1024, 128)}


def data(size: tuple[int, int]) -> tuple[Any, ...]:
    n, m = size
    t = np.linspace(-1.0, 1.0, n)
    return np.vander(t, m, increasing=True), np.sign(t), np.random.default_rng(0).uniform(size=m)


def ours(powers: Any, signs: Any, coefficients: Any) -> Problem:
    x = values(coefficients)
    return Problem(lambda row, sign: 0.5 * (sign - autograd.dot(x, row)) ** 2, x, (powers, signs))


def in_jax(powers: Any, signs: Any, coefficients: Any) -> Work:
    import jax.numpy as jnp

    a, s = jnp.asarray(powers), jnp.asarray(signs)
    return jax_gradient(lambda x: 0.5 * ((s - a @ x) ** 2).sum(), [coefficients])


def in_torch(powers: Any, signs: Any, coefficients: Any) -> Work:
    import torch

    a, s = torch.from_numpy(powers), torch.from_numpy(signs)
    return torch_gradient(lambda x: 0.5 * ((s - a @ x) ** 2).sum(), [coefficients])
