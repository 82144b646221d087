"""`check_gradients` holds the function against the graph that it recorded, and sees what left it."""

from __future__ import annotations

import functools
import itertools
import math
import random
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import GradientError, Value, check_gradients, exp, log, no_grad, sin, sqrt, where
from autograd.check.faithfulness import find_faults
from autograd.check.point import Point
from autograd.strategies import expressions

# Numbers that leave the graph. Each is taken by `.data`, where nothing else notices.


def newton_root(x):
    """The square root by Newton's method, as if by a library that knows floats only."""
    root = x.data
    for _ in range(60):
        root = (root + x.data / root) / 2
    return root


LEFT = {
    "math.exp": (lambda x: x * math.exp(x.data), (1.0,)),
    "all of it": (lambda x: math.sin(x.data), (1.0,)),
    "a new Value": (lambda x: x * Value(math.exp(x.data)), (1.0,)),
    "numpy": (lambda x: x * float(np.exp(x.data)), (1.0,)),
    "an array of floats": (lambda x, y: x * np.array([x.data, y.data]).sum(), (1.0, 2.0)),
    "single precision": (lambda x: x * float(np.float32(x.data)), (1.1,)),
    "rounded to six digits": (lambda x: x * round(x.data, 6), (1.1,)),
    "printed and read": (lambda x: x * float(f"{x.data:.8g}"), (1.1,)),
    "an exponent": (lambda x: 2.0**x.data * x, (1.5,)),
    "a divisor": (lambda x, y: x / y.data, (1.5, 2.0)),
    "no_grad": (lambda x: x * under_no_grad(x), (1.5,)),
    "another program": (lambda x: newton_root(x) + x, (2.0,)),
    "a mean that is taken off": (lambda xs: autograd.sum([(x - np.mean([y.data for y in xs])) ** 3 for x in xs]), ([1.0, 2.0, 4.0],)),
    "a norm": (lambda xs: xs[0] / math.hypot(*(x.data for x in xs)), ([3.0, 4.0],)),
    "one of many": (lambda xs: autograd.sum(xs) * xs[7].data, ([0.1 * i for i in range(1, 20)],)),
    "at 0": (lambda x: exp(x) + math.sin(x.data), (0.0,)),
    "small": (lambda x: x + 1e-6 * math.sin(x.data), (1.0,)),
    "tiny numbers": (lambda x: x * x.data, (1e-150,)),
    "huge numbers": (lambda x: x * x.data, (1e150,)),
    "among large terms": (lambda x: 1e5 * x + math.exp(x.data), (1.0,)),
    "quickly changing": (lambda x: x * math.sin(1e5 * x.data), (1.3,)),
    "interpolation": (lambda x: x + float(np.interp(x.data, [0.0, 1.0, 2.0], [0.0, 3.0, 4.0])), (1.3,)),
    "a weighted choice": (lambda x, y: where(x > y.data, x * y.data, y), (2.0, 1.0)),
    "a straight-through estimate": (lambda x: x + (round(x.data) - x.data), (1.3,)),
    "an operation's power": (lambda x: x ** (x.data * 2.0), (1.3,)),
    "a sum in floats": (lambda xs: xs[0] * math.fsum(x.data for x in xs), ([1.0, 2.0, 3.0],)),
    "a comparison's side": (lambda x: x * max(x.data, 0.5), (1.0,)),
}  # fmt: skip


def under_no_grad(x):
    with no_grad():
        return sin(x)


@pytest.mark.parametrize("reference", ["exact", "finite"])
@pytest.mark.parametrize("case", LEFT)
def test_a_number_that_left_the_graph_is_told(case, reference):
    f, point = LEFT[case]
    with pytest.raises(GradientError, match="a number left the graph") as caught:
        check_gradients(f, *point, reference=reference)
    assert len(caught.value.report.faults) == 1


def test_the_sentence_names_the_number_its_place_and_both_values():
    with pytest.raises(GradientError) as caught:
        check_gradients(lambda x, y: y + x * math.exp(x.data), 1.0, 3.0)
    (fault,) = caught.value.report.faults
    assert fault.startswith("a number left the graph: in x * 2.718281828459045 the number 2.718281828459045 is 2.718")
    assert "at x = 1.0000" in fault
    assert ", where the function is 5.71" in fault
    assert "autograd.exp for math.exp" in fault
    assert str(caught.value).startswith("derivatives agree with high-precision arithmetic, but something else is wrong")


# Branches that begin at the point.


def sinc(x):
    return 1.0 if x.data == 0 else sin(x) / x


def steps_down(x):
    """Halves until it is below 1, counting."""
    count = 0
    while x.data >= 1.0:
        x, count = x / 2, count + 1
    return x + count


BORDERS = {
    "the larger by hand": (lambda x, y: x if x > y else 1.0 * y, (1.0, 1.0), "beside the point|to the (right|left) of"),
    "the positive part by hand": (lambda x: x if x > 0 else 0.0 * x, (0.0,), "to the right of x = 0.0"),
    "the absolute value by hand": (lambda x: -x if x < 0 else x, (0.0,), "to the left of x = 0.0"),
    "a jump": (lambda x: x + 1.0 if x >= 2.0 else x, (2.0,), "to the left of x = 2.0"),
    "a number of its own at one point": (lambda x: 3.0 if x.data == 1.0 else x, (1.0,), "of x = 1.0"),
    "a shortcut": (lambda x, y: 0.0 if x.data == 0 else x * y, (0.0, 2.0), "x = "),
    "a shortcut for equal numbers": (lambda x, y: x * x if x.data == y.data else x * y, (2.0, 2.0), "beside|of [xy] = 2.0"),
    "a corner": (lambda x, y: x * y + x if x > 0 and y > 0 else x * y, (0.0, 0.0), "beside the point|of [xy] = 0.0"),
    "a loop's count": (steps_down, (4.0,), "to the left of x = 4.0"),
    "a table": (lambda x: x * [1.0, 2.0, 3.0][math.floor(x.data)], (1.0,), "left of x = 1.0|a number left the graph"),
    "a sort's order": (lambda x, y: sorted([x, y], key=lambda v: v.data)[1] * 2.0 + x, (1.0, 1.0), "beside|of [xy] = 1.0"),
    "at huge numbers": (lambda x: x if x > 1e200 else 2.0 * x, (1e200,), "to the right of x = 1e"),
    "at tiny numbers": (lambda x: x if x > 1e-200 else 2.0 * x, (1e-200,), "to the right of x = 1e-200"),
}  # fmt: skip


@pytest.mark.parametrize("reference", ["exact", "finite"])
@pytest.mark.parametrize("case", BORDERS)
def test_a_branch_that_begins_at_the_point_is_told_with_its_side(case, reference):
    f, point, side = BORDERS[case]
    with pytest.raises(GradientError, match=side):
        check_gradients(f, *point, reference=reference)


def test_a_filled_gap_is_right_in_its_slope_and_wrong_in_its_curvature():
    assert check_gradients(sinc, 0.0).passed
    with pytest.raises(GradientError, match="another branch is taken to the .* of x = 0.0"):
        check_gradients(sinc, 0.0, order=2)


# State and chance.


def counted():
    calls = itertools.count(1)
    return lambda x: x * next(calls)


def remembered():
    memory = []

    def f(x):
        memory.append(x)
        return x * exp(memory[0])

    return f


def summed_up():
    total = [0.0]

    def f(x):
        total[0] += x.data
        return x * total[0]

    return f


def learning():
    weight = Value(2.0, "weight")

    def f(x):
        weight.data -= 0.1
        return x * weight

    return f


def cached():
    known = {}

    def f(x):
        if "e" not in known:
            known["e"] = exp(x)
        return x * known["e"]

    return f


def first_time():
    seen = set()

    def f(x):
        is_first = not seen
        seen.add(1)
        return x if is_first else x * x

    return f


def drawing_by_itself():
    generator = np.random.default_rng(1)
    return lambda x: x * generator.normal()


def dropping_out():
    return lambda xs: autograd.sum([x for x in xs if random.random() < 0.5])


UNSTEADY = {
    "a counter": (counted, (1.5,), "a counter, a cache"),
    "a list of earlier inputs": (remembered, (1.5,), "keeps a Value from one call to the next"),
    "a running sum": (summed_up, (1.5,), "a counter, a cache"),
    "a weight that it changes": (learning, (1.5,), "it changes weight, which was 1.9 and is 1.7999"),
    "a cache": (cached, (1.5,), "keeps a Value from one call to the next: called again, it computes with the old x"),
    "a first call": (first_time, (1.5,), "gives 2.25, and not 1.5"),
    "random": (lambda: lambda x: x * random.random(), (1.5,), "it draws from random;"),
    "random.gauss": (lambda: lambda x: x + random.gauss(0.0, 1e-9), (1.5,), "it draws from random;"),
    "numpy.random": (lambda: lambda x: x * np.random.normal(), (1.5,), r"it draws from numpy\.random"),
    "a generator of its own": (drawing_by_itself, (1.5,), "a clock or a random generator"),
    "dropout": (dropping_out, ([math.sqrt(i) for i in range(1, 40)],), "it draws from random;"),
    "a clock": (lambda: lambda x: x * time.perf_counter(), (1.5,), "a clock"),
}


@pytest.mark.parametrize("reference", ["exact", "finite"])
@pytest.mark.parametrize("case", UNSTEADY)
def test_what_changes_from_call_to_call_is_told(case, reference):
    make, point, sentence = UNSTEADY[case]
    with pytest.raises(GradientError, match=sentence):
        check_gradients(make(), *point, reference=reference)


def test_the_same_number_by_another_way_is_told_by_its_derivatives():
    turns = itertools.count()
    with pytest.raises(GradientError, match="called again at the same point, the function has other derivatives"):
        check_gradients(lambda x, y: x if next(turns) % 2 else y, 2.0, 2.0)


# No false alarms.


def softmax_shift(xs):
    """The logarithm of a sum of exponentials, with the largest taken out by its number alone."""
    largest = max(x.data for x in xs)
    return largest + log(autograd.sum([exp(x - largest) for x in xs]))


def newton_step(x):
    """The square root: solved in floats, and then one step in the graph, which has the derivative."""
    root = math.sqrt(x.data)
    return (root + x / root) / 2


def until_it_converges(x):
    """The square root by Newton's method, for as long as it takes."""
    y = x
    while abs(y.data * y.data - x.data) > 1e-12 * x.data:
        y = (y + x / y) / 2
    return y


def only_inside(x):
    if x.data < 0.0:
        raise ValueError("outside")
    return x * sqrt(x)


def by_identity():
    @functools.cache
    def square(x):
        return x * x

    return lambda x: square(x) + square(x)


WEIGHT = Value(3.0, "w")
FAITHFUL = {
    "a shift that cancels": (softmax_shift, ([1.0, 2.0, 2.5],)),
    "a shift that cancels at a tie": (softmax_shift, ([2.0, 2.0],)),
    "a step of Newton's method": (newton_step, (2.0,)),
    "a loop that converges": (until_it_converges, (2.0,)),
    "a filled gap": (sinc, (0.0,)),
    "a branch elsewhere": (lambda x: x if x > 1.0 else -x, (1.0001,)),
    "a branch near by": (lambda x: x if x > 1.0 else -x, (1.0 + 1e-9,)),
    "a branch a thousandth off": (lambda x: x if x > 1.0 else x * x, (1.001,)),
    "branches that agree": (lambda x, y: x - y if x > y else -(y - x), (1.0, 1.0)),
    "branches that agree in slope": (lambda x: x * x if x > 0 else 0.0 * x, (0.0,)),
    "rounded down": (lambda x: x * math.floor(x.data), (1.5,)),
    "rounded down beside a jump": (lambda x: x * math.floor(x.data), (1.0 + 1e-9,)),
    "added in the order of a set": (lambda xs: autograd.sum({x * x for x in xs}), ([0.1 * i for i in range(30)],)),
    "raises beside the point": (only_inside, (0.0,)),
    "the edge of a domain": (lambda x: x * sqrt(x), (0.0,)),
    "a cache by identity": (by_identity(), (1.5,)),
    "chance that is drawn anew from a seed": (lambda x: x * random.Random(0).random(), (1.5,)),
    "constant": (lambda x: 3.0, (1.5,)),
    "a mask of its own": (lambda xs: autograd.sum([x for x in xs if x.data > 0.5]), ([0.1, 0.7, 0.9],)),
    "a cancelling difference": (lambda x: ((1 + x) - 1) / x, (1e-13,)),
    "an ill-conditioned difference": (lambda x, y: (x - y) ** 3 * 1e20, (1.0000001, 1.0)),
    "a kink of an operation": (autograd.relu, (0.0,)),
    "a weight that is a Value": (lambda x: x * WEIGHT, (1.5,)),
    "an unused input": (lambda x, y: x, (1.5, 2.0)),
    "tiny numbers": (lambda x: x * x, (1e-200,)),
    "huge numbers": (lambda x: sin(x), (1e300,)),
    "the largest number": (lambda x: x * 0.5, (1.7e308,)),
}


@pytest.mark.parametrize("case", FAITHFUL)
def test_a_function_that_is_its_graph_passes(case):
    f, point = FAITHFUL[case]
    assert check_gradients(f, *point).faults == ()


def test_a_function_that_raises_beside_the_point_is_noted():
    report = check_gradients(only_inside, 0.0)
    assert "the function raises ValueError: outside; it was not compared there" in str(report)


def faults(f, *point, order=1):
    return find_faults(Point(f, point), order)[0]


EXTENDED = {"numbers": st.floats(-1e6, 1e6), "max_nodes": 20}


@given(expressions(**EXTENDED))
def test_no_expression_is_accused(expression):
    assert faults(expression, *expression.point, order=2) == []


@given(expressions(**EXTENDED), st.integers(0, 3))
def test_no_expression_is_accused_when_it_is_written_differently_beside_the_point(expression, form):
    """Equal in exact arithmetic, with other roundings; so each neighbor has to be compared by its numbers."""
    forms = [lambda e: -(0.0 - e), lambda e: e * 3.0 / 3.0, lambda e: e + e - e, lambda e: e * 0.1 + e * 0.9]

    def f(*xs):
        written = expression(*xs)
        return written if tuple(x.data for x in xs) == expression.point else forms[form](written)

    assert faults(f, *expression.point) == []


@given(expressions("xy", in_domain=True, max_nodes=8, numbers=st.floats(0.1, 2.0)), st.data())
def test_a_number_that_leaves_any_expression_is_caught_where_it_matters(expression, data):
    """One of the inputs is taken by its number; what is lost is its derivative."""
    lost = data.draw(st.sampled_from([0, 1]))
    leaves = expression.build()[1]
    result = expression(*leaves)
    if not isinstance(result, Value):
        return
    result.backward()
    share = leaves[lost].grad * leaves[lost].data
    is_large = abs(share) > 1e-6 * max(
        abs(node.grad * node.data) for node in autograd.engine.value.topological_order(result)
    )

    def f(*xs):
        return expression(*[x.data if i == lost else x for i, x in enumerate(xs)])

    if math.isfinite(share) and share and is_large:
        assert faults(f, *expression.point) != []
