"""kmeans: the sum of the squared distances of points from their nearest centroids. Size: centroids, points, dimensions.

GradBench also divides by the diagonal of the Hessian; here it is the gradient alone.
"""

from __future__ import annotations

from functools import reduce
from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, leaves, torch_gradient, values

SIZES = {"tiny": (3, 7, 2), "small": (10, 1000, 8), "medium": (10, 10_000, 8)}


def data(size: tuple[int, int, int]) -> tuple[Any, ...]:
    k, n, d = size
    points = np.random.default_rng(0).uniform(size=(n, d))
    return points, points[-k:] + 0.01  # a point that is a centroid would say nothing


def ours(points: Any, centroids: Any) -> Problem:
    centres = values(centroids)

    def to_nearest(point: Any) -> Any:
        distances = [sum((a - b) ** 2 for a, b in zip(point, centre, strict=True)) for centre in centres]
        return reduce(autograd.minimum, distances)

    return Problem(to_nearest, leaves(centres), (points,))


def in_jax(points: Any, centroids: Any) -> Work:
    import jax.numpy as jnp

    placed = jnp.asarray(points)

    def cost(centroids: Any) -> Any:
        return ((placed[:, None, :] - centroids) ** 2).sum(-1).min(1).sum()

    return jax_gradient(cost, [centroids])


def in_torch(points: Any, centroids: Any) -> Work:
    import torch

    tensor = torch.from_numpy(points)

    def cost(centroids: Any) -> Any:
        return ((tensor[:, None, :] - centroids) ** 2).sum(-1).min(1).values.sum()

    return torch_gradient(cost, [centroids])
