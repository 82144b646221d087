"""lse: the logarithm of a sum of exponentials. Size: how many."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": 5, "small": 2500, "medium": 20_000}


def data(size: int) -> tuple[Any, ...]:
    return (np.random.default_rng(0).uniform(size=size),)


def ours(numbers: Any) -> Problem:
    xs = values(numbers)
    return Problem(lambda: autograd.logsumexp(xs), xs)


def in_jax(numbers: Any) -> Work:
    import jax

    return jax_gradient(jax.nn.logsumexp, [numbers])


def in_torch(numbers: Any) -> Work:
    import torch

    return torch_gradient(lambda x: torch.logsumexp(x, 0), [numbers])
