"""`check_gradients(..., reference="proof")`: what is proven, what is refuted, what is left undecided."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import GradientError, Value, check_gradients, exp, log, sin, sqrt, tanh, where
from autograd.engine.primitive import FIELDS, TABLE, Primitive
from autograd.strategies import expressions

pytest.importorskip("flint")


def prove(f, *point, order=1):
    return check_gradients(f, *point, order=order, reference="proof")


def operation(value, *partials, **details):
    """An operation that is in no table, so that it does not outlive its test."""
    return Primitive(details.pop("name", value.__name__), value, partials, **details)


def cube(x):
    return x * x * x


def test_a_right_derivative_is_proven_with_an_enclosure_and_a_bound_on_its_error():
    report = prove(lambda x, y: tanh(x) * y, 0.5, 3.0)
    assert report.passed
    assert [each.verdict for each in report] == ["proven", "proven"]
    low, high = report["y"].enclosure
    assert low <= math.tanh(0.5) <= high
    assert math.nextafter(low, math.inf) == high
    assert report["y"].error <= report["y"].tolerance
    assert 0.0 < report["y"].ulp <= 0.5
    assert "derivatives proven by ball arithmetic" in str(report)
    assert "the true derivative by y lies between 0.46211715726000974 and 0.4621171572600098; " in str(report)


@given(expressions("xy", max_nodes=8))
def test_every_expression_is_proven_or_undecided_for_a_reason(expression):
    for each in prove(expression, *expression.point):
        assert each.verdict == "proven" or each.problem


# Beyond these, a local derivative may be too large for a float, where inf - inf makes nan of it.
MODERATE = st.floats(-1e6, 1e6).filter(lambda x: x == 0.0 or abs(x) > 1e-6)


@given(expressions("xy", max_nodes=5, numbers=MODERATE))
def test_second_derivatives_are_proven_too(expression):
    for each in prove(expression, *expression.point, order=2):
        assert each.verdict == "proven" or each.problem


@pytest.mark.parametrize("error", [1e-12, 1e-13, -1e-13, 1e-14, 1e-15])
@pytest.mark.parametrize("x", [1.7, -0.3, 1e-5, 1e7])
def test_a_rule_that_is_off_is_refuted(error, x):
    wrong = operation(cube, lambda x, y: (3 + 3 * error) * x**2)
    with pytest.raises(GradientError, match="REFUTED|is given as"):
        prove(lambda x: wrong(x) + x, x)


@pytest.mark.parametrize("name", ["sin", "exp", "tanh", "gelu", "log1p", "atan"])
def test_a_planted_error_of_a_built_in_rule_is_refuted(name):
    entry = TABLE[name]
    rule = entry.partials[0]
    said = {field: thing for field, thing in vars(entry).items() if field in FIELDS}
    prove(entry, 0.6)
    with pytest.raises(GradientError, match=f"the derivative of {name}"):
        prove(operation(entry.value, lambda *args: rule(*args) * (1 + 1e-14), name=name, **said), 0.6)


def test_a_wrong_second_derivative_is_refuted():
    bent = operation(cube, lambda x, y: squared(x) * 3.0)
    squared = operation(lambda x: x * x, lambda x, y: 2.0 * x * (1 + 1e-13), name="squared")
    assert prove(bent, 2.0).passed
    with pytest.raises(GradientError, match="x, x"):
        prove(bent, 2.0, order=2)


def test_the_derivative_of_tanh_that_cancels_is_refuted_where_it_does():
    squashed = operation(math.tanh, lambda x, y: 1 - y * y, exact=lambda mp, x: mp.tanh(x), name="squashed")
    assert prove(squashed, 0.5).passed
    with pytest.raises(GradientError, match="off by 5.51e"):
        prove(squashed, 20.0)


@pytest.mark.parametrize(
    ("f", "point", "why"),
    [
        (autograd.relu, (0.0,), "at a kink of relu"),
        (autograd.maximum, (1.5, 1.5), "at a kink of maximum"),
        (sqrt, (0.0,), "the derivative of sqrt is infinite"),
        (operation(lambda x: math.sqrt(x), lambda x, y: 0.5 / y, name="root"), (2.0,), "root has no enclosure"),
    ],
)
def test_what_cannot_be_decided_is_reported_and_has_not_passed(f, point, why):
    report = prove(f, *point)
    assert not report.passed
    assert not report.failed
    assert why in report[0].problem
    assert f"undecided: {report[0].problem}" in str(report)


def test_precision_is_doubled_until_it_suffices():
    assert prove(lambda x: ((1 + x) - 1) / x, 1e-300).passed
    assert prove(sin, 1e300).passed
    assert prove(lambda x: exp(x) - exp(x) + x, 500.0).passed


def test_kinks_that_rounding_hides_are_seen():
    assert "kink" in prove(lambda x: abs(0.1 + x - 0.30000000000000004), 0.2)[0].problem


def test_the_road_not_taken_needs_no_derivative():
    assert prove(lambda x: where(x > 0, x * 2.0, 3.0 * x), -1.0).passed


def test_arb_s_own_precision_is_left_alone():
    import flint

    before = flint.ctx.prec, flint.ctx.cap
    prove(exp, 1.0)
    assert (flint.ctx.prec, flint.ctx.cap) == before


def test_proofs_in_several_threads_do_not_spoil_each_other():
    from concurrent.futures import ThreadPoolExecutor

    def prove_some(order):
        return [prove(lambda x: exp(x) * sin(x), 0.1 * i, order=order).passed for i in range(1, 15)]

    with ThreadPoolExecutor(4) as pool:
        assert all(all(each) for each in pool.map(prove_some, [1, 2, 1, 2]))


def test_a_user_s_operation_says_by_exact_how_it_is_enclosed():
    entry = operation(
        lambda x: math.log(math.cosh(x)), lambda x, y: tanh(x), name="log_cosh", exact=lambda mp, x: mp.log(mp.cosh(x))
    )
    assert prove(entry, 0.7, order=2).passed


def test_the_function_is_held_against_its_graph_here_too():
    with pytest.raises(GradientError, match="a number left the graph"):
        prove(lambda x: x * math.exp(x.data), 1.0)


def test_weights_that_are_no_inputs_are_constants():
    weight = Value(2.0, "w")
    assert prove(lambda x: log(x) * weight, 3.0)[0].derivative == 2.0 / 3.0
