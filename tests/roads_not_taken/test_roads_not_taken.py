"""The derivative of the road that was taken, to the second order: by every way in which this package differentiates."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
from autograd import Value, grad, gradients, hessian, hvp
from tests.program.eager import NATIVE

from .cases import CASES, Case

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


def near(truth):
    return pytest.approx(truth, rel=1e-9, abs=1e-12)


def build(case: Case) -> tuple[Value, list[Value]]:
    leaves = [Value(x) for x in case.at]
    return case.function(autograd, *leaves), leaves


def test_there_are_at_least_forty_and_most_were_reported():
    assert len(CASES) >= 40
    assert sum(bool(case.reported) for case in CASES) >= 20


@every_case
def test_the_value(case):
    value = build(case)[0].data
    truth = case.derivative(*[0] * len(case.at))
    assert value == near(truth) or value == truth


@every_case
def test_backward(case):
    value, leaves = build(case)
    value.backward()
    assert [leaf.grad for leaf in leaves] == near(case.gradient())


@every_case
def test_gradients_of_the_graph_and_of_those(case):
    value, leaves = build(case)
    first = gradients(value, leaves)
    assert [each.data for each in first] == near(case.gradient())
    second = [[each.data for each in gradients(slope, leaves)] for slope in first]
    np.testing.assert_allclose(second, case.hessian(), rtol=1e-9, atol=1e-12)


@every_case
def test_backward_through_gradients(case):
    value, leaves = build(case)
    for slope, row in zip(gradients(value, leaves), case.hessian(), strict=True):
        for leaf in leaves:
            leaf.grad = 0.0
        slope.backward()
        assert [leaf.grad for leaf in leaves] == near(row)


@every_case
def test_grad_hessian_and_hessian_times_vector(case):
    def function(xs):
        return case.function(autograd, *xs)

    at = list(case.at)
    assert list(grad(function)(at)) == near(case.gradient())
    truth = case.hessian()
    np.testing.assert_allclose(hessian(function)(at), truth, rtol=1e-9, atol=1e-12)
    direction = [1.0, 0.0, -2.0][: len(at)]
    np.testing.assert_allclose(hvp(function)(at, direction), np.array(truth) @ direction, rtol=1e-9, atol=1e-12)


@every_case
def test_the_third_derivative_of_a_function_of_one_number(case):
    if len(case.at) > 1:
        pytest.skip("this is a function of several numbers")
    third = grad(grad(grad(lambda x: case.function(autograd, x))))(case.at[0])
    assert third == pytest.approx(case.derivative(3), rel=1e-7, abs=1e-9)


@pytest.mark.parametrize("backend", ["numpy", "python", NATIVE, pytest.param("jax", marks=pytest.mark.slow)])
@every_case
def test_compiled(case, backend):
    if backend == "jax":
        pytest.importorskip("jax")
    leaves = [Value(x) for x in case.at]
    program = autograd.compile(lambda t: case.function(autograd, *(leaf + t for leaf in leaves)), backend=backend)
    value, gradient = program.value_and_grad([0.0, 0.0])
    slopes = dict(zip(program.parameters, gradient, strict=True))
    truth = case.derivative(*[0] * len(case.at))
    assert value == near(truth) or value == truth
    assert [slopes.get(leaf, 0.0) for leaf in leaves] == near(case.gradient())


# What is no road, and must stay as it is.


def test_a_derivative_of_0_is_a_number_like_others():
    assert grad(grad(lambda x: autograd.sin(x) ** 2))(0.0) == 2.0
    np.testing.assert_array_equal(hessian(lambda xs: xs[0] * xs[1])([0.0, 0.0]), [[0.0, 1.0], [1.0, 0.0]])


def test_0_times_infinity_says_so_on_a_road_that_is_taken():
    assert math.isnan(grad(lambda x: autograd.sqrt(x) * autograd.sqrt(x))(0.0))
    assert math.isnan(grad(lambda x: autograd.sqrt(x * x))(0.0))
