"""ht: how far points are from a hand of 22 bones whose joints are bent. Size: points.

The hand is made up, of the size of GradBench's. It asks for the derivatives of each distance; here it is the gradient
of half the sum of their squares, by which the hand would be fitted.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd
from tests.benchmarks.evals.problem import Problem, Work, jax_gradient, torch_gradient, values

SIZES = {"tiny": 3, "small": 100, "medium": 800}
PARENTS = [None, *(0 if joint == 0 else 4 * finger + joint for finger in range(5) for joint in range(4)), 0]
"""The wrist, five fingers of four bones, and the forearm."""


def data(size: int) -> tuple[Any, ...]:
    rng = np.random.default_rng(0)
    resting = np.tile(np.eye(4), (len(PARENTS), 1, 1))
    resting[:, :3, :3] = np.linalg.qr(rng.normal(size=(len(PARENTS), 3, 3)))[0]
    resting[:, :3, 3] = rng.normal(0.0, 0.2, (len(PARENTS), 3))
    absolute: list[Any] = []
    for matrix, parent in zip(resting, PARENTS, strict=True):
        absolute.append(matrix if parent is None else absolute[parent] @ matrix)
    skin = np.column_stack([rng.normal(size=(size, 3)), np.ones(size)])
    weights = rng.uniform(size=(size, len(PARENTS))) * (rng.uniform(size=(size, len(PARENTS))) < 0.2)
    weights /= weights.sum(axis=1, keepdims=True) + 1e-9
    return resting, np.linalg.inv(absolute), skin, weights, rng.normal(size=(size, 3)), rng.normal(0.0, 0.3, 26)


def angles(theta: Any) -> list[tuple[Any, Any] | None]:
    """For each bone how its joint bends, and spreads; None for those that do not move."""
    joints: list[tuple[Any, Any] | None] = [None]
    for finger in range(5):
        first, second, third, fourth = theta[6 + 4 * finger : 10 + 4 * finger]
        joints += [(first, second), (third, 0.0), (fourth, 0.0), None]
    return [*joints, None]


def ours(resting: Any, from_rest: Any, skin: Any, weights: Any, points: Any, numbers: Any) -> Problem:
    theta = values(numbers)
    relatives, inverses = resting.tolist(), from_rest.tolist()

    def half_square(skin: Any, weights: Any, point: Any) -> Any:
        absolutes: list[Any] = []
        for matrix, parent, joint in zip(relatives, PARENTS, angles(theta), strict=True):
            bent = matrix if joint is None else product(matrix, rotation(*joint))
            absolutes.append(bent if parent is None else product(absolutes[parent], bent))
        moved = [0.0] * 3
        for absolute, inverse, weight in zip(absolutes, inverses, weights, strict=True):
            transform = product(absolute, inverse)
            moved = [a + weight * autograd.dot(row, skin) for a, row in zip(moved, transform, strict=False)]
        placed = [a + b for a, b in zip(rotated(theta[:3], moved), theta[3:6], strict=True)]
        return 0.5 * sum((a - b) ** 2 for a, b in zip(placed, point, strict=True))

    return Problem(half_square, theta, (skin, weights, points))


def product(a: Any, b: Any) -> list[list[Any]]:
    return [[autograd.dot(row, column) for column in zip(*b, strict=True)] for row in a]


def rotation(bend: Any, spread: Any) -> list[list[Any]]:
    """A turn about the x axis, and then one about the z axis."""
    sx, cx, sz, cz = autograd.sin(bend), autograd.cos(bend), autograd.sin(spread), autograd.cos(spread)
    return [[cz, -sz * cx, sz * sx, 0.0], [sz, cz * cx, -cz * sx, 0.0], [0.0, sx, cx, 0.0], [0.0, 0.0, 0.0, 1.0]]


def rotated(turn: Any, point: Any) -> list[Any]:
    """A point turned about an axis, whose length is the angle."""
    angle = autograd.sqrt(autograd.dot(turn, turn))
    sine, cosine = autograd.sin(angle), autograd.cos(angle)
    axis = [each / angle for each in turn]
    along = autograd.dot(axis, point) * (1.0 - cosine)
    across = [axis[i - 2] * point[i - 1] - axis[i - 1] * point[i - 2] for i in range(3)]
    return [point[i] * cosine + across[i] * sine + axis[i] * along for i in range(3)]


def loss(np: Any, cross: Any, theta: Any, resting: Any, from_rest: Any, skin: Any, weights: Any, points: Any) -> Any:
    """The same in arrays."""
    absolutes: list[Any] = []
    for matrix, parent, joint in zip(resting, PARENTS, angles(theta), strict=True):
        bent = matrix if joint is None else matrix @ rotation_in_arrays(np, *joint)
        absolutes.append(bent if parent is None else absolutes[parent] @ bent)
    transforms = np.stack(absolutes) @ from_rest
    moved = np.einsum("nb,bij,nj->ni", weights, transforms[:, :3], skin)
    angle = np.sqrt((theta[:3] ** 2).sum())
    axis = theta[:3] / angle
    along = (moved @ axis * (1.0 - np.cos(angle)))[:, None] * axis
    placed = moved * np.cos(angle) + cross(axis, moved) * np.sin(angle) + along + theta[3:6]
    return 0.5 * ((placed - points) ** 2).sum()


def rotation_in_arrays(np: Any, bend: Any, spread: Any) -> Any:
    spread = spread + 0.0 * bend  # so that 0 is an array too
    sx, cx, sz, cz, zero = np.sin(bend), np.cos(bend), np.sin(spread), np.cos(spread), 0.0 * bend
    rows = [cz, -sz * cx, sz * sx, zero, sz, cz * cx, -cz * sx, zero, zero, sx, cx, zero, zero, zero, zero, zero + 1.0]
    return np.stack(rows).reshape(4, 4)


def in_jax(*arrays: Any) -> Work:
    import jax.numpy as jnp

    *fixed, theta = map(jnp.asarray, arrays)
    return jax_gradient(lambda theta: loss(jnp, jnp.cross, theta, *fixed), [theta])


def in_torch(*arrays: Any) -> Work:
    import torch

    *fixed, theta = map(torch.from_numpy, arrays)

    def cross(axis: Any, points: Any) -> Any:
        return torch.linalg.cross(axis.expand_as(points), points)

    return torch_gradient(lambda theta: loss(torch, cross, theta, *fixed), [theta])
