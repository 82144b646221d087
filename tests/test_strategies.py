"""What the Hypothesis strategies draw, how they print it, and how small they make it."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import autograd
from autograd import Value
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order
from autograd.strategies import Expression, expressions, networks, values

NAMES = {**TABLE, "Expression": Expression, "inf": math.inf}


def operations(expression):
    result, _ = expression.build()
    return [node for node in topological_order(result) if node.primitive]


def evaluated(expression):
    """What pasting the expression gives."""
    return eval(repr(expression), dict(NAMES))


# Values.


@given(st.from_type(Value))
def test_from_type_knows_values(value):
    assert isinstance(value, Value)
    assert math.isfinite(value.data)


@pytest.mark.parametrize("first", ["hypothesis", "autograd", "autograd.strategies"])
def test_values_are_known_whatever_is_imported_first(first):
    code = f"import {first}; from hypothesis import strategies; from autograd import Value; "
    code += "print(strategies.from_type(Value).filter(bool))"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@given(values(-2.0, 3.0, label="w"))
def test_values_keep_to_their_bounds(value):
    assert -2.0 <= value.data <= 3.0
    assert (value.label, value.parents) == ("w", ())


def test_values_may_be_infinite_where_that_is_asked_for():
    assert find(values(None, None, allow_infinity=True), lambda v: math.isinf(v.data)).data == math.inf


# Expressions.


@given(expressions(("a", "b", "c"), max_nodes=9))
def test_expressions_keep_within_domains_and_finite(expression):
    assert expression.names == ("a", "b", "c")
    for node in operations(expression):
        operands = [parent.data for parent in node.parents]
        assert node.primitive.is_defined(operands)
        assert math.isfinite(node.data)
    assert 1 <= len(operations(expression)) <= 9


@given(expressions(max_nodes=10))
def test_what_is_printed_makes_the_same_graph_again(expression):
    copy = evaluated(expression)
    assert (copy.names, copy.point) == (expression.names, expression.point)
    ours, theirs = (topological_order(e.build()[0]) for e in (expression, copy))
    assert [(node.op, node.data) for node in ours] == [(node.op, node.data) for node in theirs]


@given(expressions(max_nodes=10))
def test_expressions_compute_with_floats_as_with_values(expression):
    assert expression(*expression.point) == expression.build()[0].data


@given(expressions(operations=["log", "sqrt"]))
def test_only_the_operations_asked_for_are_drawn(expression):
    assert {node.op for node in operations(expression)} <= {"log", "sqrt"}


def test_a_user_s_own_operation_can_be_drawn():
    double = autograd.primitive(lambda x, y: 2.0, name="test_strategies_double")(lambda x: x + x)
    try:
        drawn = find(expressions(1, [double]), lambda e: len(operations(e)) == 2)
        assert repr(drawn).startswith("Expression(lambda x: test_strategies_double(test_strategies_double(x)), x=")
    finally:
        del TABLE["test_strategies_double"]


def smallest(strategy, condition):
    found = settings(max_examples=1000, deadline=None, database=None, derandomize=True)
    return repr(find(strategy, condition, settings=found))


def test_nodes_are_shared():
    def is_shared(expression):
        parents = [parent for node in operations(expression) for parent in node.parents if parent.primitive]
        return len(set(parents)) < len(parents)

    assert smallest(expressions("x", ["mul", "exp"]), is_shared) in (
        "Expression(lambda x: (a := x * x) * a, x=0.0)",
        "Expression(lambda x: (a := exp(x)) * a, x=0.0)",
    )


def test_counterexamples_are_small():
    def has_tanh_and_more(expression):
        ops = [node.op for node in operations(expression)]
        return "tanh" in ops and "*" in ops

    drawn = expressions(operations=["abs", "exp", "mul", "tanh", "add"])
    assert smallest(drawn, has_tanh_and_more) == "Expression(lambda x, y: tanh(x * x), x=0.0, y=0.0)"


def test_outside_domains_when_asked():
    drawn = find(expressions("x", ["log"], in_domain=False), lambda e: math.isnan(e.build()[0].data))
    assert drawn.point[0] < 0


def test_numbers_can_be_chosen():
    drawn = find(expressions("x", numbers=st.just(0.25)), lambda e: True)
    assert drawn.point == (0.25,)


def test_variables_can_be_counted():
    drawn = find(expressions(8), lambda e: True)
    assert drawn.names == ("x", "y", "z", "u", "v", "w", "x1", "y1")


def test_a_failing_test_shows_an_expression_to_paste():
    @settings(database=None, derandomize=True, phases=[Phase.generate, Phase.shrink])
    @given(expressions(operations=["exp", "cosh", "sin"]))
    def claim(expression):
        assert all(node.op != "cosh" for node in operations(expression))

    with pytest.raises(AssertionError) as caught:
        claim()
    assert "expression=Expression(lambda x, y: cosh(x), x=0.0, y=0.0)" in "\n".join(caught.value.__notes__)


@pytest.mark.parametrize(
    ("call", "error", "sentence"),
    [
        (lambda: expressions(operations=[]), ValueError, "has no operations to draw from; name some"),
        (lambda: expressions(operations=["tnh"]), ValueError, "no operation called 'tnh'; did you mean 'tanh'"),
        (lambda: expressions(operations="tanh"), TypeError, "must be a list of names"),
        (lambda: expressions(variables=()), ValueError, "variables must be different names"),
        (lambda: expressions(variables=("x", "x")), ValueError, "variables must be different names"),
        (lambda: expressions(variables=0), ValueError, "or how many, but got 0"),
        (lambda: expressions(max_nodes=0), ValueError, "max_nodes must be a whole number of at least 1, but got 0"),
    ],
)
def test_bad_input_gets_a_sentence(call, error, sentence):
    with pytest.raises(error, match=sentence):
        call()


# Networks.


@given(networks(max_inputs=2, max_width=3, max_layers=2, max_points=4))
@settings(suppress_health_check=[HealthCheck.too_slow])
def test_networks_fit_their_data(network):
    model, inputs, targets = network
    assert 1 <= len(inputs) == len(targets) <= 4
    for point in inputs:
        assert math.isfinite(model(point).data)
    assert len(model.layers) <= 2
