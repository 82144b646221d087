"""`enclose`: what holds for every point of a box."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, enclose, exp, grad, log, sin, tanh, where
from autograd.engine.value import topological_order
from autograd.strategies import expressions

pytest.importorskip("flint")


@given(expressions("xy", max_nodes=6), st.data())
def test_every_point_of_a_box_is_held(expression, data):
    """Value and derivatives, up to the rounding of the floats that they are compared with."""
    box, at = {}, []
    for name, x in zip(expression.names, expression.point, strict=True):
        low, width = x - data.draw(st.sampled_from([0.0, 0.1])), data.draw(st.sampled_from([0.0, 1e-9, 0.1, 3.0]))
        box[name] = (low, low + width)
        at.append(low + width * data.draw(st.floats(0.0, 1.0)))
    found = enclose(expression_of(expression), 0.02, **box)
    leaves = [Value(x) for x in at]
    result = expression(*leaves)
    if not isinstance(result, Value) or not all(math.isfinite(node.data) for node in topological_order(result)):
        return
    result.backward()
    size = max(abs(node.grad * node.data) for node in topological_order(result))
    for (low, high), x, scale in [
        (found.value, result.data, 1.0),
        *zip(
            found.derivatives.values(), [leaf.grad for leaf in leaves], [abs(leaf.data) for leaf in leaves], strict=True
        ),
    ]:
        slack = 1e-9 * max(abs(x), size / (scale or 1.0)) + 1e-300
        assert math.isnan(slack) or low - slack <= x <= high + slack


def expression_of(expression):
    return lambda x, y: expression(x, y)


@pytest.mark.parametrize("f", [sin, tanh, exp, lambda x: x**3 - 2 * x, lambda x: x / (1 + x * x), autograd.softplus])
def test_bounds_hold_and_are_close(f):
    found = enclose(f, x=(-1.0, 2.0))
    values = [f(-1.0 + 3.0 * i / 200) for i in range(201)]
    slopes = [grad(f)(-1.0 + 3.0 * i / 200) for i in range(201)]
    for (low, high), taken in ((found.value, values), (found.derivatives["x"], slopes)):
        assert low <= min(taken) + 1e-15
        assert max(taken) - 1e-15 <= high
        assert high - low <= 1.05 * (max(taken) - min(taken))


def test_at_a_point_they_are_neighbors():
    found = enclose(tanh, x=0.5)
    assert found.value == (math.tanh(0.5), math.nextafter(math.tanh(0.5), 1.0))


def test_growth_is_proven_on_the_whole_box():
    found = enclose(lambda x, y: x**3 + x - exp(y), x=(-5.0, 5.0), y=(0.0, 1.0))
    assert found.is_increasing("x")
    assert not found.is_decreasing("x")
    assert found.is_decreasing("y")
    assert "increasing in x on the whole box: proven" in str(found)


def test_growth_is_not_claimed_across_a_jump():
    found = enclose(lambda x: x if x > 0.3 else 2.0 * x + 1.0, x=(0.0, 1.0))
    assert found.derivatives["x"].lower > 0.0
    assert not found.is_increasing("x")
    assert "increasing" not in str(found)


def test_both_branches_are_followed_where_a_comparison_is_open():
    low, high = enclose(lambda x: x if x > 0.3 else -x, x=(0.0, 1.0)).value
    assert low <= -0.3
    assert high >= 1.0
    assert low >= -0.32
    assert enclose(lambda x: where(x > 0.0, 2.0 * x, -x), x=(-1.0, 1.0)).derivatives["x"].upper >= 2.0
    assert enclose(autograd.relu, x=(-1.0, 1.0)).value.upper == 1.0


def test_what_is_unbounded_is_said_to_be():
    assert enclose(lambda x: 1 / x, x=(-1.0, 1.0)).value == (-math.inf, math.inf)


def test_a_derivative_that_is_not_known_is_not_taken_for_0():
    found = enclose(lambda x: autograd.atan2(x, x), 0.05, x=(-1.0, 2.0))
    assert found.value.lower <= -3 * math.pi / 4
    assert found.derivatives["x"] == (-math.inf, math.inf)


@pytest.mark.parametrize("f", [lambda x, y: x - y, lambda y, *, x: x - y, lambda **box: box["x"] - box["y"]])
def test_a_function_takes_its_box_by_place_or_by_name(f):
    assert enclose(f, x=(0.0, 1.0), y=(2.0, 3.0)).value == (-3.0, -1.0)


def test_a_weight_is_a_constant():
    weight = Value(3.0, "w")
    assert enclose(lambda x: weight * x + weight, x=(0.0, 1.0)).value == (3.0, 6.0)


def test_bounds_are_numbers_so_nobody_differentiates_through_them():
    with pytest.raises(autograd.DetachedError, match="became a plain number"):
        grad(lambda weight: enclose(lambda x: weight * x, x=(0.0, 1.0)).value.upper)(3.0)


def test_the_derivative_is_that_of_the_function_as_it_is_whatever_a_gradient_leaves_out():
    found = enclose(lambda x: x * x - 2 * autograd.stop_gradient(x), x=(-1.0, 1.0))
    assert found.derivatives["x"].lower == pytest.approx(-4.0)
    assert found.derivatives["x"].upper == pytest.approx(0.0, abs=1e-6)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: enclose(lambda x: math.exp(x), x=(0.0, 1.0)), TypeError, "more than operations of this package"),
        (lambda: enclose(grad(sin), x=(0.0, 1.0)), TypeError, "more than operations of this package"),
        (lambda: enclose(sin, y=(0.0, 1.0)), TypeError, "does not take this box"),
        (lambda: enclose(sin, x=(1.0, 0.0)), ValueError, "the lower one first"),
        (lambda: enclose(sin, x=(0.0, math.inf)), ValueError, "must be finite"),
        (lambda: enclose(sin, x=(0.0, 1.0, 2.0)), TypeError, "must be a pair"),
        (lambda: enclose(2.0, x=(0.0, 1.0)), TypeError, "takes a function and a box"),
        (lambda: enclose(lambda x: log(x).data, x=(1.0, 2.0)), AttributeError, "operations of this package only"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
