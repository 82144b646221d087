"""What the compiled forms are held to: the eager engine, point by point; and how near they have to come."""

from __future__ import annotations

import numpy as np

from autograd import Value


def eager(function, program, batch):
    """Values, and gradients with respect to the program's parameters, at each point of a batch."""
    values, gradients = [], []
    for i in range(len(batch[0]) if batch else 1):
        for parameter in program.parameters:
            parameter.grad = 0.0
        point = [
            Value(float(column[i])) if np.ndim(column[i]) == 0 else [Value(float(x)) for x in column[i]]
            for column in batch
        ]
        result = function(*point)
        result.backward()
        values.append(result.data)
        gradients.append([parameter.grad for parameter in program.parameters])
    return np.array(values), np.array(gradients)


def assert_same(obtained, expected, tolerance=1e-11):
    """The same numbers but for rounding, relative to the largest finite one; infinities and nans in the same places."""
    obtained, expected = np.asarray(obtained, float), np.asarray(expected, float)
    with np.errstate(all="ignore"):
        finite = np.where(np.isfinite(expected), np.abs(expected), 0.0)
        near = np.abs(obtained - expected) <= tolerance * np.maximum(finite, 1e-3 * finite.max(initial=0.0)) + 1e-280
    same = near | (obtained == expected) | (np.isnan(obtained) & np.isnan(expected))
    assert same.all(), f"obtained {obtained}, but the eager engine says {expected}"


def assert_agrees(function, program, *batch, tolerance=1e-11):
    """A program gives the values and the gradient that the eager engine gives."""
    values, gradients = eager(function, program, batch)
    assert_same(program(*batch), values, tolerance)
    for i in range(len(values)):
        value, gradient = program.value_and_grad(*(column[i : i + 1] for column in batch))
        assert_same(value, values[i], tolerance)
        assert_same(gradient, gradients[i], tolerance)
    if np.isfinite(values).all() and np.isfinite(gradients).all():
        total, gradient = program.value_and_grad(*batch, reduce="sum")
        scale = np.abs(gradients).sum(initial=0.0) + np.abs(values).sum()
        assert abs(total - values.sum()) <= tolerance * scale
        assert np.abs(gradient - gradients.sum(axis=0)).max(initial=0.0) <= tolerance * scale
