"""ba: how cameras see points, and the derivatives of each error with respect to camera, point and weight. Size: how many.

The derivatives are dense blocks, one for each observation, from which a sparse matrix would be put together.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work

SIZES = {"tiny": 3, "small": 1000, "medium": 31_843}


def data(size: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    turn, centre = rng.normal(size=(size, 3)), rng.normal(0.0, 3.0, size=(size, 3))
    lens = np.column_stack(
        [rng.uniform(300.0, 500.0, size), rng.normal(0.0, 5.0, (size, 2)), rng.normal(0.0, 0.01, (size, 2))]
    )
    points, weights, features = (
        rng.normal(0.0, 3.0, (size, 3)),
        rng.uniform(size=size),
        rng.uniform(0.0, 900.0, (size, 2)),
    )
    return np.column_stack([turn, centre, lens]), points, weights, features


def ours(*batch: Any) -> Problem:
    return Problem(lambda *each: list(error(autograd, *each)), None, batch, 3)


def error(math: Any, camera: Any, point: Any, weight: Any, feature: Any) -> tuple[Any, Any]:
    """The weighted distance of a point, seen by a camera, from where it was seen."""
    distance = [point[i] - camera[3 + i] for i in range(3)]
    x, y, z = rotated(math, camera[:3], distance)
    x, y = x / z, y / z
    square = x * x + y * y
    scale = camera[6] * (1.0 + camera[9] * square + camera[10] * square * square)
    return weight * (scale * x + camera[7] - feature[0]), weight * (scale * y + camera[8] - feature[1])


def rotated(math: Any, turn: Any, point: Any) -> list[Any]:
    """A point turned about an axis, whose length is the angle, which is not 0 (by the formula of Rodrigues)."""
    angle = math.sqrt(turn[0] * turn[0] + turn[1] * turn[1] + turn[2] * turn[2])
    sine, cosine = math.sin(angle), math.cos(angle)
    axis = [turn[i] / angle for i in range(3)]
    along = sum(axis[i] * point[i] for i in range(3)) * (1.0 - cosine)
    across = [axis[i - 2] * point[i - 1] - axis[i - 1] * point[i - 2] for i in range(3)]
    return [point[i] * cosine + across[i] * sine + axis[i] * along for i in range(3)]


def in_jax(*batch: Any) -> Work:
    import jax
    import jax.numpy as jnp

    def both(*each: Any) -> Any:
        return jnp.stack(error(jnp, *each))

    jacobian = jax.jit(jax.vmap(jax.jacrev(both, (0, 1, 2))))
    placed = [jax.device_put(column) for column in batch]
    return lambda: jax.block_until_ready(jacobian(*placed))


def in_torch(cameras: Any, points: Any, weights: Any, features: Any) -> Work:
    import torch

    # A result of one observation does not depend on the others, so that two gradients of sums are the whole Jacobian.
    columns = [torch.tensor(each, requires_grad=True) for each in (cameras.T, points.T, weights)]
    seen = torch.from_numpy(features.T)

    def work() -> Any:
        u, v = error(torch, *columns, seen)
        first = torch.autograd.grad(u.sum(), columns, retain_graph=True)
        second = torch.autograd.grad(v.sum(), columns)
        return [torch.stack([a, b]).movedim(-1, 0) for a, b in zip(first, second, strict=True)]

    return work
