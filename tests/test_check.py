"""`check_gradients` sees what is wrong, and does not cry over what is right."""

from __future__ import annotations

import math

import numpy as np
import pytest

import autograd
from autograd import GradientError, Value, check_gradients, primitive
from autograd.check import finite_differences
from autograd.engine.primitive import TABLE, Primitive

REFERENCES = ["exact", "finite"]


def operation(value, *partials, **details):
    """An operation that is in no table, so that it does not outlive its test."""
    return Primitive(details.pop("name", value.__name__), value, partials, **details)


def cube(x):
    return x * x * x


@pytest.mark.parametrize("reference", REFERENCES)
def test_right_derivatives_pass_with_a_report(reference):
    report = check_gradients(lambda x, y: autograd.tanh(x) * y, 0.5, 3.0, reference=reference)
    assert report
    assert report.passed
    assert [each.input for each in report] == ["x", "y"]
    assert report["y"].derivative == math.tanh(0.5)
    assert report[0].reference == pytest.approx(3 / math.cosh(0.5) ** 2, rel=1e-9)
    assert report[0].ulp == pytest.approx(report[0].error / math.ulp(report[0].reference))
    assert "tanh(x) * y at x = 0.5, y = 3.0" in str(report)
    assert repr(report) == str(report)


@pytest.mark.parametrize("reference", REFERENCES)
def test_inputs_may_be_sequences_and_arrays(reference):
    report = check_gradients(
        lambda xs, w: xs[0] * xs[1] + np.dot(w, w), [1.0, 2.0], np.array([3.0, 4.0]), reference=reference
    )
    assert [each.input for each in report] == ["xs[0]", "xs[1]", "w[0]", "w[1]"]
    assert [each.derivative for each in report] == [2.0, 1.0, 6.0, 8.0]


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("order", [1, 2])
def test_a_users_own_operation_is_checked(reference, order):
    check_gradients(operation(cube, lambda x, y: 3 * x**2), 2.0, order=order, reference=reference)


@pytest.mark.parametrize("error", [1e-3, 1e-9, -1e-9])
@pytest.mark.parametrize("x", [2.0, -0.3, 1e-5, 1e7])
def test_a_derivative_off_by_one_part_in_a_billion_is_caught(error, x):
    wrong = operation(cube, lambda x, y: 3 * x**2 * (1 + error))
    with pytest.raises(GradientError):
        check_gradients(wrong, x)


def test_the_error_s_message_is_the_report_with_the_worst_first():
    wrong = operation(cube, lambda x, y: 3 * x**2 * (1 + 1e-9), name="wrong_cube")
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x, y, z: autograd.exp(x) + wrong(y) * z, 1.0, 2.0, 3.0)
    message = str(caught.value)
    lines = message.splitlines()
    assert lines[0] == "derivatives do not agree with high-precision arithmetic"
    assert lines[1] == "of exp(x) + wrong_cube(y) * z at x = 1.0, y = 2.0, z = 3.0"
    assert lines[3].split() == ["y", "36.000000036", "36.0", "5.07e+06", "1e-09", "WRONG"]
    assert "the derivative of wrong_cube(2.0) with respect to operand 1 is given as 12.00000001" in lines[-1]
    assert not caught.value.report.passed
    assert isinstance(caught.value, AssertionError)


def test_the_operation_to_blame_is_named_in_a_longer_computation():
    wrong = operation(cube, lambda x, y: 3 * x**2 * 1.00001, name="wrong_cube")
    with pytest.raises(GradientError, match=r"the derivative of wrong_cube\(6.0\)"):
        check_gradients(lambda x: autograd.log(wrong(x * 3) + x) ** 2, 2.0)


@pytest.mark.parametrize("reference", REFERENCES)
def test_a_wrong_second_derivative_is_caught_with_order_2(reference):
    detached = operation(cube, lambda x, y: 3 * float(x) ** 2)
    check_gradients(detached, 2.0, reference=reference)
    with pytest.raises(GradientError, match="x, x"):
        check_gradients(detached, 2.0, order=2, reference=reference)


def test_a_wrong_derivative_is_caught_by_finite_differences():
    with pytest.raises(GradientError, match="finite differences"):
        check_gradients(operation(cube, lambda x, y: 3 * x**2 * (1 + 1e-6)), 2.0, reference="finite")


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("f", "point"),
    [
        (autograd.relu, (0.0,)),
        (lambda x: abs(x), (0.0,)),
        (autograd.maximum, (1.5, 1.5)),
        (lambda x: abs(0.1 + x - 0.30000000000000004), (0.2,)),
        (operation(lambda x: abs(x), lambda x, y: 0.3, name="home_made"), (0.0,)),
    ],
)
def test_a_kink_is_reported_and_no_failure(f, point, reference):
    report = check_gradients(f, *point, reference=reference)
    assert all("kink" in each.problem for each in report)
    assert "kink" in str(report)


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize("x", [1e-300, -1e-12, 1e-5])
def test_beside_a_kink_there_is_a_derivative(x, reference):
    report = check_gradients(autograd.relu, x, reference=reference)
    assert report[0].problem == ""


@pytest.mark.parametrize("reference", REFERENCES)
@pytest.mark.parametrize(
    ("f", "x"),
    [(autograd.sqrt, 0.0), (autograd.cbrt, 0.0), (autograd.asin, 1.0), (lambda x: 2 * autograd.acos(x) + x, -1.0)],
)
def test_an_infinite_derivative_is_reported_and_no_failure(f, x, reference):
    report = check_gradients(f, x, reference=reference)
    assert "infinite" in report[0].problem
    assert "infinite" in str(report)


def test_a_slope_of_0_at_an_end_of_the_domain_is_a_slope():
    flat = operation(lambda x: 0.0 if x >= 0 else math.nan, lambda x, y: 0.0, exact=lambda mp, x: mp.sqrt(x) * 0)
    assert check_gradients(flat, 0.0)[0].verdict == "ok"
    with pytest.raises(GradientError):
        check_gradients(operation(flat.value, lambda x, y: 1.0, exact=flat.exact), 0.0)


def test_cancellation_is_no_reason_for_alarm():
    def f(x):
        return ((1 + x) - 1) / x + autograd.log((1 + x) - 1)

    check_gradients(f, 1e-13)
    check_gradients(lambda x, y: (x - y) ** 3 * 1e20, 1.0000001, 1.0)
    check_gradients(lambda x: autograd.exp(x) - autograd.exp(x) + x, 500.0)


def test_tiny_and_huge_numbers_are_no_reason_for_alarm():
    check_gradients(lambda x: autograd.tanh(x), 300.0)
    check_gradients(lambda x: x * x, 1e-200)
    check_gradients(lambda x: autograd.sin(x), 1e300)
    check_gradients(lambda x, y: autograd.atan2(x, y), 1e-300, -1e-290)
    check_gradients(lambda x: autograd.sigmoid(x), 700.0)


def test_the_derivative_of_tanh_that_other_libraries_have_is_told_to_be_wrong():
    squashed = operation(math.tanh, lambda x, y: 1 - y * y, exact=lambda mp, x: mp.tanh(x))
    with pytest.raises(GradientError):
        check_gradients(squashed, 20.0)


def test_without_an_exact_value_finite_differences_step_in_and_say_so():
    rooted = operation(lambda x: math.sqrt(x) * x, lambda x, y: 1.5 * x**0.5, name="rooted")
    report = check_gradients(rooted, 4.0)
    assert report.reference == "finite"
    assert "rooted computes with floats, so this is a comparison with finite differences" in str(report)


def test_a_value_that_is_not_the_exact_one_is_told():
    doubled = operation(lambda x: 2.0 * x, lambda x, y: 3.0, exact=lambda mp, x: 3 * x, name="tripled")
    with pytest.raises(GradientError, match=r"tripled\(1.5\) is 3.0, but by its exact value 4.5"):
        check_gradients(doubled, 1.5)


def test_mpmath_s_own_precision_is_left_alone():
    mpmath = pytest.importorskip("mpmath")
    before = mpmath.mp.dps
    check_gradients(autograd.exp, 1.0)
    assert mpmath.mp.dps == before


def test_a_decorated_operation_is_checked_like_any_other():
    @primitive(lambda x, y: 2 * x, name="test_check_square")
    def square(x):
        return x * x

    try:
        assert check_gradients(lambda x: x.test_check_square() + 1, 3.0, order=2).passed
    finally:
        del TABLE["test_check_square"]


def test_the_gradients_of_the_user_s_own_nodes_do_not_change():
    weight = Value(2.0, "w")
    weight.grad = 7.0
    check_gradients(lambda x: x * weight, 3.0, order=2)
    check_gradients(lambda x: x * weight, 3.0, order=2, reference="finite")
    assert weight.grad == 7.0


def test_finite_differences_estimate_their_own_error():
    for f, x, slope in [
        (math.exp, 1.0, math.e),
        (math.sin, 100.0, math.cos(100.0)),
        (lambda x: math.sin(1e4 * x), 0.3, 1e4 * math.cos(3e3)),
        (lambda x: math.log(x) if x > 0 else math.nan, 1e-6, 1e6),
        (lambda x: x * x, 1e-30, 2e-30),
    ]:
        found = finite_differences.differentiate(f, x, 0.0)
        assert abs(found.value - slope) <= found.tolerance
        assert found.tolerance < 1e-4 * abs(slope)
        assert found.problem == ""


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: check_gradients(autograd.log, -1.0), ValueError, r"log is defined where x > 0, but .* at \(-1.0\)"),
        (lambda: check_gradients(lambda x: 1 / (x - 1), 1.0), ValueError, "div is defined where y != 0"),
        (lambda: check_gradients(autograd.exp, 1000.0), ValueError, r"exp\(1000.0\) is inf"),
        (lambda: check_gradients(autograd.exp, math.nan), ValueError, "the input x is nan"),
        (lambda: check_gradients(autograd.exp, "1"), TypeError, r"an input of exp\(\) must be a number"),
        (lambda: check_gradients(lambda x: (x, x), 1.0), TypeError, "must return one number"),
        (lambda: check_gradients(2.0, 1.0), TypeError, "takes a function and then its inputs"),
        (lambda: check_gradients(autograd.exp), TypeError, "needs inputs"),
        (lambda: check_gradients(lambda x: 1.0, []), TypeError, "needs inputs"),
        (lambda: check_gradients(autograd.exp, 1.0, order=3), ValueError, "order must be 1 or 2, but got 3"),
        (
            lambda: check_gradients(autograd.exp, 1.0, reference="both"),
            ValueError,
            "'exact', 'finite' or 'proof', but got 'both'",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


def test_what_is_held_fixed_is_fixed_in_the_reference_too():
    for reference in ("exact", "proof"):
        if reference == "proof":
            pytest.importorskip("flint")
        report = check_gradients(lambda x: autograd.stop_gradient(x) * x, 1.5, reference=reference)
        assert report.passed
        assert report[0].reference == 1.5
    report = check_gradients(lambda x: autograd.stop_gradient(x) * x, 1.5, reference="finite")
    assert report[0].problem == "stop_gradient keeps a number as it is, which differences do not"


def test_the_road_not_taken_needs_no_derivative():
    report = check_gradients(lambda x: autograd.maximum(autograd.sqrt(x), 1.0), 0.0)
    assert (report[0].derivative, report[0].problem) == (0.0, "")
    assert check_gradients(lambda x: autograd.where(x > 0.0, autograd.log(x), x * 3.0), -1.0)[0].reference == 3.0


@pytest.mark.parametrize("f", [lambda x: x * math.exp(x), lambda x: x * round(x, 3), lambda x: x * np.float64(x)])
def test_a_number_that_leaves_the_graph_is_an_error_at_once(f):
    with pytest.raises(autograd.DetachedError):
        check_gradients(f, 1.5)
