"""gmm: the logarithm of the posterior of a mixture of Gaussians. Size: dimensions, components, points.

Terms that do not depend on the parameters are left out: they have no gradient.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, leaves, torch_gradient, values

SIZES = {"tiny": (2, 3, 4), "small": (2, 5, 1000), "medium": (10, 5, 1000)}
GAMMA, M = 1.0, 0  # of the Wishart prior


def data(size: tuple[int, int, int]) -> tuple[Any, ...]:
    d, k, n = size
    rng = np.random.default_rng(0)
    x, alpha, mu = rng.normal(size=(n, d)), rng.normal(size=k), rng.uniform(size=(k, d))
    return x, alpha, mu, rng.normal(size=(k, d)), rng.normal(size=(k, d * (d - 1) // 2))


def ours(x: Any, *parameters: Any) -> Problem:
    alpha, mu, q, l = values_of = [values(each) for each in parameters]
    prior_of_each = 1.0 / len(x)

    def log_density(x: Any) -> Any:
        components = [
            weight + sum(logs) - 0.5 * sum(y**2 for y in whitened(x, mean, logs, lower))
            for weight, mean, logs, lower in zip(alpha, mu, q, l, strict=True)
        ]
        return autograd.logsumexp(components) - autograd.logsumexp(alpha) + prior_of_each * log_prior(q, l)

    return Problem(log_density, leaves(values_of), (x,))


def whitened(x: Any, mean: Any, logs: Any, lower: Any) -> list[Any]:
    """The lower triangular matrix times the distance from the mean; its columns lie one after the other in `lower`."""
    distance = [a - b for a, b in zip(x, mean, strict=True)]
    rows = [autograd.exp(log) * y for log, y in zip(logs, distance, strict=True)]
    below = iter(lower)
    for j, y in enumerate(distance):
        for i in range(j + 1, len(rows)):
            rows[i] += next(below) * y
    return rows


def log_prior(q: Any, l: Any) -> Any:
    norms = [
        sum(autograd.exp(2.0 * log) for log in logs) + sum(entry**2 for entry in lower) for logs, lower in zip(q, l)
    ]
    return M * sum(map(sum, q)) - 0.5 * GAMMA**2 * sum(norms)


def posterior(np: Any, logsumexp: Any, x: Any, place: Any, alpha: Any, mu: Any, q: Any, l: Any) -> Any:
    """In arrays; `place` puts the entries below the diagonals where they belong."""
    matrices = np.einsum("kl,lij->kij", l, place) + np.exp(q)[:, :, None] * np.eye(q.shape[1], dtype=q.dtype)
    distances = x[:, None, :] - mu
    squares = (np.einsum("kij,nkj->nki", matrices, distances) ** 2).sum(-1)
    likelihood = logsumexp(alpha + q.sum(1) - 0.5 * squares, 1).sum() - len(x) * logsumexp(alpha, 0)
    return likelihood + M * q.sum() - 0.5 * GAMMA**2 * (np.exp(2.0 * q).sum() + (l**2).sum())


def places(d: int) -> Any:
    entries = [(i, j) for j in range(d) for i in range(j + 1, d)]
    place = np.zeros((len(entries), d, d))
    for number, (i, j) in enumerate(entries):
        place[number, i, j] = 1.0
    return place


def in_jax(x: Any, *parameters: Any) -> Work:
    import jax

    points, place = map(jax.numpy.asarray, (x, places(x.shape[1])))
    return jax_gradient(lambda *each: posterior(jax.numpy, jax.nn.logsumexp, points, place, *each), parameters)


def in_torch(x: Any, *parameters: Any) -> Work:
    import torch

    points, place = map(torch.from_numpy, (x, places(x.shape[1])))
    return torch_gradient(lambda *each: posterior(torch, torch.logsumexp, points, place, *each), parameters)
