"""`rounding`: how many digits are true, and who lost the others."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import autograd
from autograd import Value, cos, exp, gradients, log, rounding, sin, sqrt, sum, tanh, variables
from autograd.engine.primitive import Primitive
from autograd.engine.value import topological_order
from autograd.strategies import expressions

pytest.importorskip("flint")


def rounded_half(x):
    """A share or an error was rounded to a float: by how much at most."""
    return math.ulp(x) / 2 if abs(x) > 1e-300 else 2 * math.ulp(x)


@given(expressions("xyz", max_nodes=15, numbers=st.floats(-1e3, 1e3)))
def test_the_shares_add_up_to_the_error_exactly(expression):
    root, _ = expression.build()
    assume(all(abs(node.data) < 1e30 for node in topological_order(root)))  # Arb's exponents end where e ** 1e38 is
    try:
        found = rounding(root)
    except ValueError as error:  # such as acos(a / a), of which no ball can say that it does not exceed 1
        assert "in exact arithmetic" in str(error)
        assume(False)
    total = sum_of(Fraction(share) for share in found.shares.values())
    off = sum_of(rounded_half(share) for share in [*found.shares.values(), found.error])
    assert abs(total - Fraction(found.error)) <= Fraction(off) + Fraction(found.radius)
    assert found.radius <= 2.0**-50 * max([abs(found.error), *map(abs, found.shares.values())]) + 1e-300


def sum_of(numbers):
    total = 0
    for each in numbers:
        total += each
    return total


@given(expressions("xy", operations=["add", "sub", "mul"], numbers=st.floats(-100.0, 100.0, width=32), max_nodes=6))
def test_the_error_is_what_fractions_say(expression):
    root, _ = expression.build()
    if isinstance(root, Value) and root.parents:
        exact = expression(*map(Number, expression.point))
        assert rounding(root).error == float(Fraction(root.data) - exact.fraction)


class Number:
    """A fraction that operations of the table take for a number."""

    def __init__(self, number):
        self.fraction = Fraction(number)

    @staticmethod
    def apply_primitive(primitive, operands):
        x, y = (each.fraction if isinstance(each, Number) else Fraction(each) for each in operands)
        return Number({"add": x + y, "sub": x - y, "mul": x * y}[primitive.name])


def test_the_textbook_root():
    a, b, c = variables(a=1.0, b=1e8, c=1.0)
    root = sqrt(b * b - 4 * a * c)
    difference = -b + root
    found = rounding(difference / (2 * a))
    assert found.origin is root
    assert found.amplifier is difference
    assert 1e15 < found.factor < 1e17
    assert found.exact == -1e-8
    assert found.digits == pytest.approx(0.59, abs=0.01)
    assert "sqrt(b * b - 4 * a * c) + b) in place of -b + sqrt(b * b - 4 * a * c)" in found.suggestion


def test_the_textbook_cosine():
    x = Value(1e-8, "x")
    found = rounding((1 - cos(x)) / x**2)
    assert (found.origin.op, found.amplifier.op) == ("cos", "-")
    assert found.error == -0.5
    assert found.digits == 0.0
    assert next(iter(found.shares)) is found.origin
    assert "2 * sin(x / 2) ** 2 in place of 1 - cos(x)" in found.sentence


@pytest.mark.parametrize(
    ("build", "x", "form"),
    [
        (lambda x: exp(x) - 1, 1e-9, "expm1(x)"),
        (lambda x: log(1 + x), 1e-9, "log1p(x)"),
        (lambda x: sqrt(x + 1) - sqrt(x), 1e12, "1 / (sqrt(x + 1) + sqrt(x))"),
        (lambda x: 1 / (x + 1) - 1 / x, 1e8, "-1 / ((x + 1) * x)"),
        (lambda x: (x + 1) ** 2 - x**2, 1e9, "2 * x + 1"),
        (lambda x: 1 - tanh(x) ** 2, 15.0, "1 / cosh(x) ** 2"),
        (lambda x: exp(x) - 2 + exp(-x), 1e-5, "sinh"),
        (lambda x: log(x + 1) - log(x), 1e10, "log1p(1 / x)"),
        (lambda x: (x + 1) ** 0.25 - x**0.25, 1e9, "expm1(0.25 * log1p(1 / x))"),
        (lambda x: sin(x + 1e-9) - sin(x), 0.5, "cos("),
        (lambda x: 1 - autograd.sigmoid(x), 30.0, "sigmoid(-x)"),
        (lambda x: 1 - autograd.erf(x), 4.0, "erfc(x)"),
        (lambda x: log((1 - x) / (1 + x)), 1e-9, "log1p("),
        (lambda x: (exp(x) - exp(-x)) / 2, 1e-9, "sinh(x)"),
    ],
)
def test_better_forms_are_named_where_they_are_better(build, x, form):
    assert form in rounding(build(Value(x, "x"))).suggestion


def test_a_form_that_is_no_better_here_is_not_named():
    assert rounding(exp(Value(3.0, "x")) - 1).suggestion == ""


def test_what_is_right_to_the_last_place_is_said_to_be():
    found = rounding(tanh(Value(0.3, "x")) * 0.7)
    assert found.sentence == "it is right to the last place"
    assert 15.5 < found.digits <= 17.0


def test_a_result_without_rounding_has_no_error():
    x = Value(0.5, "x")
    found = rounding(x * x + 0.25)
    assert (found.error, found.shares, found.origin, found.digits) == (0.0, {}, None, 17.0)


def test_where_no_operation_alone_is_to_blame_the_largest_shares_are_named():
    x = Value(270438.8776427208, "x")
    found = rounding(sqrt(x + 1) - sqrt(x))
    assert found.origin is None
    assert found.sentence.startswith("no operation alone is to blame; the largest shares are those of ")


def test_inputs_are_told_apart_from_the_operations():
    x, y = variables(x=1.0000001, y=1.0)
    found = rounding((x - y) ** 3, inputs=True)
    assert found.inputs[x] == pytest.approx(3 * 1e-14 * math.ulp(1.0) / 2, rel=1e-5)
    assert set(found.inputs) == {x, y}
    assert rounding((x - y) ** 3).inputs == {}


def test_derivatives_have_rounding_errors_too():
    x = Value(1e-6, "x")
    y = (1 - cos(x)) / x
    found = rounding(y, of=x)
    slope = gradients(y, x)
    assert found.value.data == slope.data
    assert found.exact == pytest.approx(0.5, rel=1e-9)
    assert found.error == pytest.approx(slope.data - 0.5, rel=1e-3)


def test_rounding_prints_a_table():
    x = Value(1e-8, "x")
    lines = str(rounding((1 - cos(x)) / x**2, inputs=True)).splitlines()
    assert lines[0] == "0.0 has 0.0 true digits: exactly it is 0.5, and the error -0.5"
    assert lines[2].split() == ["share", "of", "the", "error", "operation", "value"]
    assert lines[3].split() == ["-0.5", "100", "%", "cos(x)", "1.0"]
    assert lines[-1].split() == ["x", "4.14e-17"]


def test_marks_are_parts_of_the_whole_error():
    x = Value(1e-8, "x")
    found = rounding((1 - cos(x)) / x**2)
    assert found.marks[found.origin] == 1.0
    assert set(found.marks) == set(found.shares)


def test_sequences_share_among_their_operands():
    xs = [Value(0.1 * i, f"x{i}") for i in range(1, 9)]
    found = rounding(sum([x * x for x in xs]))
    assert math.isclose(math.fsum(found.shares.values()), found.error, rel_tol=1e-12)


def test_the_graph_is_left_as_it_was():
    x = Value(0.3, "x")
    y = exp(x) * x
    y.backward()
    before = [(node.data, node.grad) for node in topological_order(y)]
    rounding(y, inputs=True, of=x)
    assert [(node.data, node.grad) for node in topological_order(y)] == before


def test_a_long_chain_takes_no_recursion():
    x = Value(0.1, "x")
    y = x
    for _ in range(3000):
        y = y + x
    assert rounding(y).error != 0.0


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: rounding(1.0), TypeError, "takes the Value to look at, but got 1.0"),
        (lambda: rounding(Value(1.0) * 2, of=1.0), TypeError, "takes a Value to differentiate by"),
        (lambda: rounding(log(Value(0.0, "x")) + 1), ValueError, r"log\(x\) is -inf; rounding errors are told where"),
        (
            lambda: rounding(Primitive("half", lambda x: math.ldexp(x, -1), (lambda x, y: 0.5,))(Value(1.0))),
            ValueError,
            "half has no enclosure",
        ),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()
