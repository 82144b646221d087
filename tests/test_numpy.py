"""`Value`s and NumPy: a formula written for arrays becomes differentiable by making its parameter a `Value`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value

ARRAY = np.array([1.0, 2.0, 3.0])
OPERATORS: list[Callable[[Any, Any], Any]] = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x / y,
    lambda x, y: x**y,
]


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_with_an_array_gives_an_object_array_of_values(operator: Callable[[Any, Any], Any]) -> None:
    for result, expected in (
        (operator(Value(2.0), ARRAY), operator(2.0, ARRAY)),
        (operator(ARRAY, Value(2.0)), operator(ARRAY, 2.0)),
    ):
        assert result.dtype == object
        assert all(isinstance(v, Value) for v in result)
        np.testing.assert_allclose(result.astype(float), expected)


@pytest.mark.parametrize("scalar", [np.float64(3.0), np.float32(3.0), np.int32(3), np.array(3.0)])
@pytest.mark.parametrize("operator", OPERATORS)
def test_an_operator_with_a_numpy_scalar_gives_one_value(operator: Callable[[Any, Any], Any], scalar: Any) -> None:
    for result, expected in (
        (operator(Value(2.0), scalar), operator(2.0, 3.0)),
        (operator(scalar, Value(2.0)), operator(3.0, 2.0)),
    ):
        assert isinstance(result, Value)
        assert result.data == pytest.approx(expected)


def test_the_derivative_of_a_mean_squared_error_written_in_numpy() -> None:
    x, y = np.arange(5.0), 2 * np.arange(5.0) + 1
    w = Value(0.5)
    loss = np.mean((w * x - y) ** 2)
    loss.backward()
    assert w.grad == pytest.approx(np.mean(2 * (0.5 * x - y) * x))


def test_sums_dots_and_matrix_products_of_object_arrays() -> None:
    weights = np.array([[Value(1.0), Value(2.0)], [Value(3.0), Value(4.0)]])
    x = np.array([5.0, 6.0])
    np.testing.assert_array_equal((weights @ x).astype(float), [17.0, 39.0])
    np.testing.assert_array_equal(np.dot(x, weights).astype(float), [23.0, 34.0])
    total = np.sum(weights)
    total.backward()
    assert total.data == 10.0
    assert [w.grad for w in weights.ravel()] == [1.0] * 4


@pytest.mark.parametrize(
    "name",
    ["exp", "expm1", "log", "log1p", "sqrt", "sin", "cos", "tan", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh"],
)
def test_numpys_functions_apply_to_values_and_to_object_arrays(name: str) -> None:
    function = getattr(np, name)
    result = function(Value(0.3))
    assert isinstance(result, Value)
    assert result.data == pytest.approx(function(0.3))
    array = function(np.array([Value(0.3), Value(0.4)]))
    np.testing.assert_allclose(array.astype(float), function([0.3, 0.4]))


def test_two_argument_functions_apply_to_values() -> None:
    assert np.arctan2(Value(1.0), Value(2.0)).data == pytest.approx(np.arctan2(1.0, 2.0))
    assert np.hypot(Value(3.0), Value(4.0)).data == 5.0
    assert np.power(Value(2.0), 3).data == 8.0
    assert np.maximum(Value(2.0), Value(3.0)).data == 3.0
    assert np.abs(Value(-2.0)).data == 2.0
