"""`Value`s and NumPy: a formula written for arrays becomes differentiable by making its parameter a `Value`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from autograd import Value, primitive
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order

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


# What NumPy asks a `Value` before it starts.

SCALAR_FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    **{name: getattr(np, name) for name in ("sum", "mean", "prod", "max", "min", "median", "real", "copy", "squeeze")},
    **{
        name: getattr(np, name) for name in ("log2", "log10", "exp2", "cbrt", "arcsinh", "square", "reciprocal", "fabs")
    },
    **{
        name: getattr(np, name)
        for name in ("floor", "ceil", "sign", "abs", "positive", "negative", "conjugate", "tanh")
    },
    "std": np.std,
    "var": np.var,
    "clip": lambda x: np.clip(x, 0.0, 1.0),
    "clip above": lambda x: np.clip(x, None, 1.0),
    "where": lambda x: np.where(x > 1.0, x, x * x),
    "select": lambda x: np.select([False, True], [x, 3 * x], 0.0),
    "polyval": lambda x: np.polyval([2.0, 0.0, 1.0], x),
    "logaddexp": lambda x: np.logaddexp(x, 1.0),
    "maximum": lambda x: np.maximum(1.0, x),
    "maximum with nan": lambda x: np.maximum(x, np.nan),
    "minimum with nan": lambda x: np.minimum(np.nan, x),
    "fmax with nan": lambda x: np.fmax(x, np.nan),
    "fmin with nan": lambda x: np.fmin(np.nan, x),
    "isnan": lambda x: x * np.isnan(x),
    "isfinite": lambda x: x * np.isfinite(x),
    "mod": lambda x: np.mod(x, 0.5),
    "floor_divide": lambda x: np.floor_divide(x, 0.5),
    "divmod": lambda x: np.divmod(x, 0.5)[1],
    "norm": np.linalg.norm,
}


def slope(f: Callable[[Any], Any], x: float) -> float:
    return float((f(x + 1e-6) - f(x - 1e-6)) / 2e-6)


@pytest.mark.parametrize("name", SCALAR_FUNCTIONS)
@pytest.mark.parametrize("x", [0.7, 1.3])
def test_a_function_of_numpys_gives_one_value_for_one_value(name: str, x: float) -> None:
    f = SCALAR_FUNCTIONS[name]
    v = Value(x)
    with np.errstate(invalid="ignore"):
        result, expected = f(v), float(f(np.float64(x)))
    assert isinstance(result, Value)
    assert result.data == pytest.approx(expected, nan_ok=True)
    result.backward()
    if np.isfinite(expected):
        assert v.grad == pytest.approx(slope(f, x), abs=1e-8)


def test_of_equal_numbers_numpys_maximum_takes_half_of_each_as_ours_does() -> None:
    a, b = Value(2.0), Value(2.0)
    (np.maximum(a, b) + np.minimum(a, b)).backward()
    assert (a.grad, b.grad) == (1.0, 1.0)
    c = Value(2.0)
    np.maximum(c, np.array([2.0, 1.0]))[0].backward()
    assert c.grad == 0.5


def test_a_function_of_two_numbers_is_spread_over_arrays() -> None:
    x = Value(0.5)
    result = np.logaddexp(x, np.array([[0.0], [1.0]]))
    assert result.shape == (2, 1)
    np.testing.assert_allclose(result.astype(float), np.logaddexp(0.5, [[0.0], [1.0]]))


def test_special_functions_of_scipy_that_the_table_has_give_values() -> None:
    special = pytest.importorskip("scipy.special")
    for name in ("expit", "ndtr", "erf", "erfc", "exp2", "cbrt", "log1p", "expm1"):
        result = getattr(special, name)(Value(0.3))
        assert isinstance(result, Value)
        assert result.data == pytest.approx(getattr(special, name)(0.3))
        assert result.partials[0] == pytest.approx(slope(getattr(special, name), 0.3))
    with pytest.raises(TypeError, match="gammaln.. does not work on a Value; write it with operations of autograd"):
        special.gammaln(Value(0.3))


@pytest.mark.parametrize("function", [np.rint, np.heaviside, np.interp, np.sinc, np.nextafter, np.modf])
def test_a_function_that_does_not_work_on_a_value_says_what_to_do(function: Any) -> None:
    given = {np.interp: ([0.0, 1.0], [0.0, 2.0]), np.heaviside: (0.5,), np.nextafter: (1.0,)}.get(function, ())
    with pytest.raises(TypeError, match=f"{function.__name__}.. does not work on a Value; write it with operations"):
        function(Value(0.5), *given)


def test_a_users_operation_answers_to_numpys_name_only_if_it_says_so() -> None:
    @primitive(lambda x, y: 3 * x**2, name="reciprocal")
    def cube(x: float) -> float:
        """The cube."""
        return x * x * x

    try:
        assert np.reciprocal(Value(2.0)).data == 0.5
        assert cube(Value(2.0)).data == 8.0
    finally:
        del TABLE["reciprocal"]
        del Value.reciprocal  # type: ignore[attr-defined]


# What NumPy looks for in the elements of arrays.


@pytest.mark.parametrize("name", ["std", "var", "mean", "prod", "max", "min", "ptp", "median", "sum"])
@pytest.mark.parametrize("options", [{}, {"axis": 0}])
def test_reductions_of_arrays_of_values(name: str, options: dict[str, Any]) -> None:
    numbers = np.array([[0.5, -1.5], [2.0, 0.25]])
    array = np.vectorize(Value, otypes=[object])(numbers)
    result = getattr(np, name)(array, **options)
    np.testing.assert_allclose(np.vectorize(lambda v: v.data)(result), getattr(np, name)(numbers, **options))
    np.ravel(result)[0].backward()
    for i in np.ndindex(2, 2):
        step = np.zeros((2, 2))
        step[i] = 1e-6
        ahead, back = (np.ravel(getattr(np, name)(numbers + s, **options))[0] for s in (step, -step))
        assert array[i].grad == pytest.approx((ahead - back) / 2e-6, abs=1e-8)


def test_what_the_elements_of_an_array_have() -> None:
    array = np.array([Value(1.0), Value(2.0)])
    np.testing.assert_allclose(np.deg2rad(array).astype(float), np.deg2rad([1.0, 2.0]))
    np.testing.assert_allclose(np.degrees(array).astype(float), np.degrees([1.0, 2.0]))
    np.testing.assert_allclose((array % 0.75).astype(float), [0.25, 0.5])
    np.testing.assert_allclose((array // 0.75).astype(float), [1.0, 2.0])
    assert array.real[1] is array[1]
    assert (array.imag == 0).all()
    assert np.conjugate(array)[0] is array[0]


# A `Value` in an array of shape () stays one.

W = Value(3.0, label="w")
BOX = np.array(W)
BOXED: dict[str, Callable[[Value], Any]] = {
    **{f"left of operator {i}": lambda v, f=f: f(v, BOX) for i, f in enumerate(OPERATORS)},  # type: ignore[misc]
    **{f"right of operator {i}": lambda v, f=f: f(BOX, v) for i, f in enumerate(OPERATORS)},  # type: ignore[misc]
    "left of %": lambda v: v % BOX,
    "right of //": lambda v: BOX // v,
    **{p.name: lambda v, p=p: p(BOX) for p in TABLE.values() if p.arity == 1},  # type: ignore[misc]
    **{p.name: lambda v, p=p: p(v, BOX) for p in TABLE.values() if p.arity == 2},  # type: ignore[misc]
    "Value": lambda v: Value(BOX),
    "first of two": lambda v: TABLE["maximum"](BOX, 1.0),
    "where": lambda v: TABLE["where"](True, BOX, v),
    "sum": lambda v: TABLE["sum"]([1.0, BOX, v]),
    "dot": lambda v: TABLE["dot"]([BOX], [v]),
    "np.where": lambda v: np.where(True, W, v) + 1,
    "np.select": lambda v: np.select([True], [BOX], v) + 1,
    "np.polyval": lambda v: np.polyval([v, v], BOX),
    "np.vectorize": lambda v: np.vectorize(lambda x: x * x)(W) + v,
    "squeeze": lambda v: np.array([W]).squeeze() * v,
}


@pytest.mark.parametrize("use", BOXED.values(), ids=BOXED)
def test_a_value_in_an_array_of_shape_0_stays_one(use: Callable[[Value], Any]) -> None:
    result = use(Value(2.0))
    assert isinstance(result, Value)
    assert W in topological_order(result)
