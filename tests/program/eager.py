"""What the compiled forms are held to: the eager engine, point by point; and how near they have to come."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from autograd import Value
from autograd.engine.value import topological_order

NATIVE = pytest.param(
    "native", marks=pytest.mark.skipif(not find_spec("llvmlite"), reason="the native backend needs llvmlite")
)
JAX = pytest.param("jax", marks=pytest.mark.skipif(not find_spec("jax"), reason="the jax backend needs jax"))


def eager(function, program, batch):
    """Values, gradients with respect to the program's parameters, and the largest term of these, at each point."""
    values, gradients, terms = [], [], []
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
        shares = [abs(node.grad * each) for node in topological_order(result) for each in node.partials]
        terms.append(max([share for share in shares if np.isfinite(share)], default=0.0))
    return np.array(values), np.array(gradients), np.array(terms)


def assert_same(obtained, expected, tolerance=1e-11, term=0.0):
    """The same numbers but for rounding, relative to the largest finite one, or to a larger term that cancelled out.

    Infinities and nans are in the same places.
    """
    obtained, expected = np.asarray(obtained, float), np.asarray(expected, float)
    with np.errstate(all="ignore"):
        finite = np.where(np.isfinite(expected), np.abs(expected), 0.0)
        allowed = tolerance * np.maximum(finite, 1e-3 * finite.max(initial=0.0)) + 1e-13 * term + 1e-280
        near = np.abs(obtained - expected) <= allowed
    same = near | (obtained == expected) | (np.isnan(obtained) & np.isnan(expected))
    assert same.all(), f"obtained {obtained}, but the eager engine says {expected}"


def assert_agrees(function, program, *batch, tolerance=1e-11):
    """A program gives the values and the gradient that the eager engine gives."""
    values, gradients, terms = eager(function, program, batch)
    assert_same(program(*batch), values, tolerance)
    for i in range(len(values)):
        value, gradient = program.value_and_grad(*(column[i : i + 1] for column in batch))
        assert_same(value, values[i], tolerance)
        assert_same(gradient, gradients[i], tolerance, terms[i])
    if np.isfinite(values).all() and np.isfinite(gradients).all():
        total, gradient = program.value_and_grad(*batch, reduce="sum")
        scale = np.abs(gradients).sum(initial=0.0) + np.abs(values).sum()
        assert abs(total - values.sum()) <= tolerance * scale
        allowed = tolerance * scale + 1e-13 * terms.sum()
        assert np.abs(gradient - gradients.sum(axis=0)).max(initial=0.0) <= allowed


class Reference:
    """A function at one point, followed scalar by scalar.

    Attributes:
        values: of its results.
        by_arguments, by_parameters: a row of derivatives for each result.
        term: the size of the largest number that the calculation went through: a value, what an error of a value in
            its last place does to the result (in such units), or a term of a derivative.
    """

    def __init__(self, function, parameters, point):
        arguments = [Value(float(number)) for number in point]
        results = function(*arguments)
        self.values, self.by_arguments, self.by_parameters, self.term = [], [], [], 1.0
        for result in results if isinstance(results, list) else [results]:
            self._add(result, arguments, parameters)

    def _add(self, result, arguments, parameters):
        for leaf in (*arguments, *parameters):
            leaf.grad = 0.0
        self.values.append(result.data if isinstance(result, Value) else result)
        if isinstance(result, Value):
            result.backward()
            for node in topological_order(result):
                self.note(node.data, node.grad * node.data, *(node.grad * partial for partial in node.partials))
        self.by_arguments.append([leaf.grad for leaf in arguments])
        self.by_parameters.append([leaf.grad for leaf in parameters])

    def note(self, *numbers):
        self.term = max([self.term, *(abs(number) for number in numbers if np.isfinite(number))])


def assert_near(obtained, expected, allowed):
    """The same shape and the same numbers, but for what is allowed; infinities and nans in the same places."""
    obtained, expected = np.asarray(obtained, float), np.asarray(expected, float)
    assert obtained.shape == expected.shape, f"shapes are {obtained.shape}, but {expected.shape} is right"
    with np.errstate(all="ignore"):
        same = (np.abs(obtained - expected) <= allowed) | (obtained == expected)
    same |= np.isnan(obtained) & np.isnan(expected)
    assert same.all(), f"obtained {obtained.tolist()}, but the eager engine says {expected.tolist()}"


def assert_follows(function, program, parameters, batch, points, tolerance=1e-13):
    """A program gives the eager engine's values and derivatives at each point, and their sums over a batch."""
    references = [Reference(function, parameters, [column[i] for column in batch]) for i in range(points)]
    term = max((reference.term for reference in references), default=1.0)
    allowed = tolerance * term
    lead = (points,) if batch else ()
    shape = program._recording.shape

    def expected(what, *more):
        return np.array([getattr(each, what) for each in references], float).reshape((*lead, *shape, *more))

    assert_near(program(*batch), expected("values"), allowed)
    assert_near(program.jacobian(*batch, of="parameters"), expected("by_parameters", len(parameters)), allowed * term)
    if batch:
        tables = program.jacobian(*batch)
        for i, table in enumerate(tables if len(batch) > 1 else [tables]):
            assert_near(table, expected("by_arguments", len(batch))[..., i], allowed * term)
    if points and shape == ():
        value, gradient = program.value_and_grad(*batch, reduce="sum")
        with np.errstate(all="ignore"):
            assert_near(value, expected("values").sum(), allowed * points)
            summed = expected("by_parameters", len(parameters)).reshape(points, -1).sum(axis=0)
        assert_near(gradient, summed, allowed * term * points)
        step = program.bind(*batch, reduce="sum")
        assert_near(step(), value, allowed * points)
        assert_near(step.gradient, gradient, allowed * term * points)
