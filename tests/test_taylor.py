"""Taylor series: every operation's against mpmath's, and against nested gradients."""

from __future__ import annotations

import math

import mpmath
import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import Value, compile, grad, no_grad, primitive, taylor
from autograd.engine.primitive import BUILT_IN, TABLE
from autograd.strategies import expressions

ORDER = 20
POINTS = {"acosh": (1.7,), "over_power": (0.7, 1.5, 3.0)}  # others take as many of the following as they need
ANYWHERE = (0.6, 1.3, 0.4, 1.2)
STEPS = frozenset(
    ["less", "less_equal", "equal", "not_equal", "isnan", "isfinite"]
    + ["floordiv", "mod", "floor", "ceil", "sign", "stop_gradient"]
)
"""Operations whose series mpmath, which takes differences far around the point, does not see."""

CASES = [
    (name, moving)
    for name in sorted(BUILT_IN - STEPS)
    if not TABLE[name].sequences
    for moving in [*range(TABLE[name].arity), "all"]
    if not (name == "over_power" and moving in (2, "all"))  # which takes whole numbers there
]


def exact(operation):
    """The operation on mpmath's numbers."""
    if operation.exact is not None:
        return lambda *args: operation.exact(mpmath, *args)
    return getattr(mpmath, operation.name)


def assert_close(found, expected):
    """Coefficients agree to 12 digits; the smallest only beside the others, whose rounding they are made of."""
    for k, (coefficient, reference) in enumerate(zip(found, expected, strict=True)):
        size = max(abs(x) for x in expected[k:]) + max(abs(x) for x in expected[: k + 1]) * mpmath.mpf("1e-3")
        assert abs(coefficient - reference) <= 1e-12 * size, (k, coefficient, reference)


@pytest.mark.parametrize(("name", "moving"), CASES)
def test_every_operation_has_the_series_that_mpmath_has(name, moving):
    operation = TABLE[name]
    point = POINTS.get(name, ANYWHERE[: operation.arity])
    direction = [1.0 if moving in (i, "all") else 0.0 for i in range(operation.arity)]
    found = taylor(lambda x: operation(*x), list(point), ORDER, direction)
    with mpmath.workdps(80):
        at, along = [mpmath.mpf(x) for x in point], [mpmath.mpf(x) for x in direction]
        expected = mpmath.taylor(
            lambda t: exact(operation)(*(x + t * v for x, v in zip(at, along, strict=True))), mpmath.mpf(0), ORDER
        )
    assert_close(found, expected)


@pytest.mark.parametrize("name", [name for name in sorted(BUILT_IN) if TABLE[name].sequences])
def test_every_operation_on_sequences_has_the_series_of_its_definition(name):
    operation = TABLE[name]
    columns = [[0.5, 1.25, -0.75], [1.5, 0.3, 2.0]][: operation.sequences]

    def f(t, module, call):
        return call(*([x + module.sin(t * (i + 1)) for i, x in enumerate(column)] for column in columns))

    found = taylor(lambda t: f(t, autograd, operation), 0.2, 12)
    with mpmath.workdps(60):
        expected = mpmath.taylor(
            lambda t: f(t, mpmath, lambda *args: operation.exact(mpmath, *args)), mpmath.mpf(0.2), 12
        )
    assert_close(found, expected)


@given(
    expressions(
        1,
        operations=["add", "sub", "mul", "div", "pow", "exp", "sin", "tanh", "sqrt", "log", "maximum", "where", "dot"],
        numbers=st.floats(0.1, 10.0),  # nested gradients of x / x lose their digits near 0
    )
)
def test_taylor_agrees_with_nested_gradients(expression):
    (x,) = expression.point
    found = taylor(expression, x, 3)
    nested = [f(x) for f in (expression, grad(expression), grad(grad(expression)), grad(grad(grad(expression))))]
    nested = [each.data if isinstance(each, Value) else each for each in nested]
    assume(all(math.isfinite(each) and abs(each) < 1e6 for each in nested))
    for k, derivative in enumerate(nested):
        assert found[k] * math.factorial(k) == pytest.approx(derivative, rel=1e-6, abs=1e-6)


def test_a_polynomial_is_its_own_series():
    assert taylor(lambda x: x**3 - 2 * x + 5, 0.0, 5) == [5.0, -2.0, 0.0, 1.0, 0.0, 0.0]
    assert taylor(lambda x: x**0, 0.0, 2) == [1.0, 0.0, 0.0]
    assert taylor(lambda x: (1 + x) ** 4, 0.0, 5) == [1.0, 4.0, 6.0, 4.0, 1.0, 0.0]
    assert taylor(lambda x: x**70, 0.0, 71)[70:] == [1.0, 0.0]


def test_a_quotient_that_is_no_number_is_said_to_be_none():
    assert taylor(lambda x: 1 / x, 0.0, 1) == [math.inf, -math.inf]
    assert taylor(autograd.sqrt, 0.0, 1) == [0.0, math.inf]
    assert math.isnan(taylor(lambda x: autograd.sqrt(x * x), 0.0, 1)[1])


@pytest.mark.parametrize("exponent", [0.5, 1.5, 2.5])
@pytest.mark.parametrize("sign", [1.0, -1.0])
def test_a_broken_power_of_zero_has_the_derivatives_that_repeated_grad_gives(exponent, sign):
    found, derivative = [], lambda x: (sign * x) ** exponent
    for k in range(5):
        found.append(derivative(0.0) / math.factorial(k))
        derivative = autograd.grad(derivative)
    assert taylor(lambda x: (sign * x) ** exponent, 0.0, 4) == found


def test_what_a_broken_power_of_zero_has_no_derivative_of_is_infinite_and_no_nan():
    assert taylor(lambda x: (3.0 * x + x * x) ** 7.25, 0.0, 9) == [0.0] * 8 + [math.inf, -math.inf]


def test_several_inputs_move_along_a_direction():
    at, along = {"a": 2.0, "b": np.array([3.0, 5.0])}, {"b": np.array([0.0, 1.0]), "a": 1.0}
    assert taylor(lambda d: d["a"] ** 2 * d["b"][1] + d["b"][0], at, 4, along) == [23.0, 24.0, 9.0, 1.0, 0.0]


def test_each_coefficient_has_the_shape_of_the_result():
    constant, linear, square = taylor(lambda x: {"a": x * x, "b": np.array([x, 1.0])}, 3.0, 2)
    assert (constant["a"], linear["a"], square["a"]) == (9.0, 6.0, 1.0)
    assert (constant["b"].tolist(), linear["b"].tolist()) == ([3.0, 1.0], [1.0, 0.0])


def test_coefficients_can_be_differentiated():
    def third(x):
        return 6 * taylor(autograd.sin, x, 3)[3]

    assert third(0.5) == pytest.approx(-math.cos(0.5))
    assert grad(third)(0.5) == pytest.approx(math.sin(0.5))
    weight = Value(2.0)
    coefficients = taylor(lambda x: autograd.exp(weight * x), 0.0, 3)
    coefficients[3].backward()
    assert weight.grad == pytest.approx(2.0)  # of w**3 / 6
    with no_grad():
        assert taylor(lambda x: autograd.exp(weight * x), 0.0, 2) == [1.0, 2.0, 2.0]


def test_a_program_may_hold_a_series():
    program = compile(lambda x: taylor(lambda t: autograd.tanh(t) * t, x, 4)[4])
    xs = [-0.5, 0.1, 2.0]
    assert program(xs) == pytest.approx([taylor(lambda t: autograd.tanh(t) * t, x, 4)[4] for x in xs], rel=1e-12)


def test_an_operation_of_ones_own_has_a_series():
    square_of_sine = primitive(lambda x, y: autograd.sin(2 * x), name="square_of_sine")(lambda x: math.sin(x) ** 2)
    try:
        assert taylor(square_of_sine, 0.4, 8) == pytest.approx(
            taylor(lambda x: autograd.sin(x) ** 2, 0.4, 8), rel=1e-13
        )
    finally:
        del TABLE["square_of_sine"]


def test_a_branch_that_is_not_taken_does_not_matter():
    assert taylor(lambda x: autograd.where(x > 0, autograd.log(x), 3 * x), 0.0, 2) == [0.0, 3.0, 0.0]
    assert taylor(lambda x: autograd.maximum(autograd.sqrt(x), 1 + x), 0.0, 2) == [1.0, 1.0, 0.0]


def test_graphs_may_be_deep():
    def chain(x):
        for _ in range(5_000):
            x = x + 1e-4 * x
        return x

    assert taylor(chain, 1.0, 2) == pytest.approx([1.0001**5_000] * 2 + [0.0])


@given(st.floats(-3, 3), st.integers(0, 12))
def test_the_series_of_a_sum_of_exponentials(x, n):
    found = taylor(lambda x: autograd.exp(x) + autograd.exp(-2 * x), x, n)[n]
    expected = (math.exp(x) + (-2) ** n * math.exp(-2 * x)) / math.factorial(n)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: taylor(2.0, 1.0, 2), TypeError, r"taylor\(\) takes a function, but got 2.0"),
        (lambda: taylor(autograd.exp, 1.0, 2.0), TypeError, "as a whole number, but got 2.0"),
        (lambda: taylor(autograd.exp, 1.0, -1), ValueError, "an order of 0 or more, but got -1"),
        (lambda: taylor(lambda x: x[0], [1.0, 2.0], 2), TypeError, "function of 2 numbers needs the direction"),
        (lambda: taylor(lambda x: x[0], [1.0, 2.0], 2, [1.0]), ValueError, "the direction must have 2 numbers"),
        (lambda: taylor(lambda x: "text", 1.0, 2), TypeError, "but got the text 'text'"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
