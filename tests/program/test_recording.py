"""Recording: what one run of a function shows, and what it cannot show."""

from __future__ import annotations

import inspect
import math

import pytest

import autograd
from autograd import Value
from autograd.program import BranchError


def line_of(function, text):
    """The number of the line of a function that contains a text."""
    lines, first = inspect.getsourcelines(function)
    return first + next(i for i, line in enumerate(lines) if text in line)


def branching_if(x):
    if x > 0:  # here
        return x * 2.0
    return x * 3.0


def branching_float(x):
    return x * float(x)  # here


def branching_max(x):
    return max([x, x * 2.0, x * 3.0])  # here


def branching_math(x):
    return x * math.sin(x)  # here


def branching_in_a_helper(x):
    return helper(x)


def helper(x):
    return x if x <= 1.0 else -x  # here


@pytest.mark.parametrize(
    ("function", "place"),
    [
        (branching_if, branching_if),
        (branching_float, branching_float),
        (branching_max, branching_max),
        (branching_in_a_helper, helper),
    ],
)
def test_a_branch_is_refused_by_naming_the_line_and_the_way_out(function, place):
    with pytest.raises(BranchError) as caught:
        autograd.compile(function)
    assert f"{__file__}:{line_of(place, '# here')}" in str(caught.value)
    for suggestion in ("where", "maximum", "relu"):
        assert suggestion in str(caught.value)


def test_a_function_of_math_is_refused_by_naming_ours():
    with pytest.raises(BranchError, match=r"write autograd\.sin for sin$"):
        autograd.compile(branching_math)


def test_where_records_both_sides_of_a_comparison():
    program = autograd.compile(lambda x: autograd.where(x > 0, x * 2.0, x * 3.0))
    assert program([1.0, -1.0, 0.0]).tolist() == [2.0, -3.0, 0.0]


@pytest.mark.parametrize("symbol", ["<", "<=", ">", ">="])
def test_all_comparisons_are_recorded(symbol):
    compare = {"<": lambda x: x < 1, "<=": lambda x: x <= 1, ">": lambda x: x > 1, ">=": lambda x: x >= 1}[symbol]
    program = autograd.compile(lambda x: autograd.where(compare(x), x + 10.0, x))
    assert program([0.0, 1.0, 2.0]).tolist() == [x + 10.0 if compare(x) else x for x in (0.0, 1.0, 2.0)]


def test_what_decides_a_choice_shares_no_array_with_what_is_chosen():
    a, b = Value(0.0), Value(4.0)

    def function(x):
        return autograd.where(a.sqrt() < x, b.sqrt() * x, x)

    program = autograd.compile(function, backend="numpy", parameters=[a, b])
    assert program.value_and_grad([1.0])[1].tolist() == [0.0, 0.25]


def test_what_decides_a_choice_has_no_derivative_as_in_the_eager_engine():
    w = Value(2.0)
    program = autograd.compile(lambda x: autograd.where(w.sqrt() > x, math.inf * x, x))
    assert program.value_and_grad([1.0])[1].tolist() == [0.0]


def test_comparisons_mean_what_they_always_do_after_recording():
    with pytest.raises(BranchError):
        autograd.compile(branching_if)
    assert (Value(1.0) > Value(0.0)) is True
    assert float(Value(1.0)) == 1.0


def test_parameters_are_the_leaves_that_are_no_arguments():
    w, b, unused = Value(2.0), Value(1.0), Value(0.0)
    assert unused.data == 0.0
    program = autograd.compile(lambda x: w * x + b + 7.0)
    assert set(program.parameters) == {w, b}


def test_a_parameter_that_a_folded_choice_leaves_out_is_still_one_with_gradient_0():
    w, b = Value(2.0), Value(1.0)
    program = autograd.compile(lambda x: autograd.where(1.0, w, b) * x)
    assert dict(zip(program.parameters, program.value_and_grad([3.0])[1], strict=True)) == {w: 3.0, b: 0.0}


@pytest.mark.parametrize(
    ("function", "kind", "words"),
    [
        (lambda x: None, TypeError, ["None", "return"]),
        (lambda x: "x", TypeError, ["'x'"]),
        (lambda x: [x, "y"], TypeError, ["list of them", "'y'"]),
        (lambda x: [[x], [x, x]], TypeError, ["rows of one length"]),
        (lambda x: [], TypeError, ["[]"]),
    ],
)
def test_what_is_no_value_is_refused(function, kind, words):
    with pytest.raises(kind) as caught:
        autograd.compile(function)
    assert all(word in str(caught.value) for word in words)


def test_what_is_not_a_function_is_refused():
    with pytest.raises(TypeError, match=r"takes a function, but got 3"):
        autograd.compile(3)


def test_a_graph_may_be_deeper_than_the_stack():
    def deep(x):
        for _ in range(20_000):
            x = x * 1.0000001 + 0.5
        return x

    (value,) = autograd.compile(deep)([1.0])
    assert value == pytest.approx(deep(1.0), rel=1e-12)


@pytest.mark.parametrize("is_given", [False, True])
def test_a_program_that_is_compiled_while_somebody_differentiates_takes_no_number_of_an_input(is_given):
    def through_a_program(x):
        return autograd.compile(lambda y: x * y, parameters=[x] if is_given else None)([2.0])[0]

    with pytest.raises(autograd.DetachedError, match=r"became a plain number .*stop_gradient"):
        autograd.grad(through_a_program)(3.0)


def test_a_program_with_weights_of_its_own_may_be_compiled_while_somebody_differentiates():
    weight = Value(3.0)
    assert autograd.grad(lambda x: x * autograd.compile(lambda y: weight * y)([2.0])[0])(1.0) == 6.0
