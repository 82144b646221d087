"""Defining an operation of one's own, once, with `autograd.primitive`."""

from __future__ import annotations

import math
import pickle
import re
from collections.abc import Iterator

import pytest

import autograd
from autograd import Value, primitive
from autograd.engine.primitive import TABLE, Primitive


@pytest.fixture
def cube() -> Iterator[Primitive]:
    @primitive(lambda x, y: 3 * x**2, latex="{#1}^3")
    def cube(x: float) -> float:
        """The third power."""
        return x * x * x

    yield cube
    del TABLE["cube"]


@pytest.fixture
def ratio() -> Iterator[Primitive]:
    @primitive(lambda x, y, z: 1 / y, lambda x, y, z: -z / y)
    def ratio(x: float, y: float) -> float:
        """The quotient."""
        return x / y

    yield ratio
    del TABLE["ratio"]


@pytest.fixture
def sum_of_squares() -> Iterator[Primitive]:
    @primitive(lambda xs, y: ([2 * x for x in xs],), sequences=1)
    def sum_of_squares(xs: list[float]) -> float:
        """The sum of the squares."""
        return math.fsum(x * x for x in xs)

    yield sum_of_squares
    del TABLE["sum_of_squares"]


def test_an_operation_of_ones_own_is_a_function_of_numbers_and_of_values_and_a_method(cube: Primitive) -> None:
    assert cube(2) == 8.0 and isinstance(cube(2), float)
    for result in (cube(Value(2.0)), Value(2.0).cube()):  # type: ignore[attr-defined]
        assert isinstance(result, Value)
        result.backward()
        assert (result.data, result.op, result.parents[0].grad) == (8.0, "cube", 12.0)
    assert autograd.cube is cube
    assert cube.__doc__ == "The third power."


def test_an_operation_of_ones_own_is_differentiated_to_any_order(cube: Primitive) -> None:
    third = autograd.grad(autograd.grad(autograd.grad(cube)))
    assert third(5.0) == 6.0


def test_one_of_two_arguments_may_be_a_plain_number(ratio: Primitive) -> None:
    a = Value(4.0)
    ratio(a, 2).backward()
    ratio(1, a).backward()
    assert a.grad == 0.5 - 1 / 16


def test_an_operation_of_ones_own_may_take_a_sequence(sum_of_squares: Primitive) -> None:
    a, b = Value(3.0), Value(4.0)
    result = sum_of_squares([a, b, 1])
    result.backward()
    assert (result.data, a.grad, b.grad) == (26.0, 6.0, 8.0)
    assert sum_of_squares([]) == 0.0


def test_python_arithmetic_that_raises_gives_inf_and_nan_instead(ratio: Primitive) -> None:
    a, b = Value(1.0), Value(0.0)
    result = ratio(a, b)
    result.backward()
    assert (result.data, a.grad, b.grad) == (math.inf, math.inf, -math.inf)


def test_a_graph_that_uses_it_can_be_pickled(cube: Primitive) -> None:
    assert pickle.loads(pickle.dumps(Value(2.0) + cube(Value(2.0)))).data == 10.0


def test_a_pickled_graph_needs_its_definition(cube: Primitive) -> None:
    pickled = pickle.dumps(cube(Value(2.0)))
    del TABLE["cube"]
    try:
        with pytest.raises(KeyError, match="no operation is called 'cube' here; define it"):
            pickle.loads(pickled)
    finally:
        TABLE["cube"] = cube


def test_an_operation_can_be_defined_again_as_when_a_notebooks_cell_is_run_again(cube: Primitive) -> None:
    @primitive(lambda x, y: 4 * x**3, name="cube")
    def another(x: float) -> float:
        return x**4

    assert Value(2.0).cube().data == 16.0  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ["tanh", "sum", "add"])
def test_a_built_in_operation_keeps_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is a built-in operation; give yours another name"):
        primitive(lambda x, y: 1.0, name=name)(lambda x: x)


@pytest.mark.parametrize("name", ["data", "backward", "parents"])
def test_a_method_of_value_keeps_its_name(name: str) -> None:
    with pytest.raises(ValueError, match=f"'{name}' is .* of Value; give yours another name"):
        primitive(lambda x, y: 1.0, name=name)(lambda x: x)
    assert name not in TABLE


def test_a_lambda_needs_a_name() -> None:
    with pytest.raises(ValueError, match="'<lambda>' cannot name an operation; give one with"):
        primitive(lambda x, y: 1.0)(lambda x: x)


def test_rules_must_be_functions() -> None:
    with pytest.raises(TypeError, match="partial derivatives as functions.*got none"):
        primitive()
    with pytest.raises(TypeError, match="partial derivatives as functions.*got 2.0"):
        primitive(2.0)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="one rule that returns lists"):
        primitive(lambda x, y: [1.0], lambda x, y: [1.0], sequences=1)


def test_a_rule_that_does_not_take_the_result_is_named() -> None:
    with pytest.raises(
        TypeError, match=r"a rule of cubed\(\) is called with its 1 argument and then the result.*takes 1"
    ):

        @primitive(lambda x: 3 * x**2)
        def cubed(x: float) -> float:
            return x**3

    assert "cubed" not in TABLE


def test_wrong_arguments_are_named(cube: Primitive, sum_of_squares: Primitive) -> None:
    with pytest.raises(TypeError, match=r"cube\(\) takes 1 argument, but 2 were given"):
        cube(1.0, 2.0)
    with pytest.raises(TypeError, match=r"mean\(\) takes 1 sequence, as in mean\(\[x, y\]\), but 2 were given"):
        autograd.mean(1.0, 2.0)
    with pytest.raises(TypeError, match=r"an argument of cube\(\) must be a number, but got the text 'x'"):
        cube("x")
    with pytest.raises(TypeError, match=r"sum_of_squares\(\) takes a sequence of values, but got 3.0"):
        sum_of_squares(3.0)
    with pytest.raises(ValueError, match=r"dot\(\) needs sequences of the same length, but got lengths 2 and 1"):
        autograd.dot([1.0, 2.0], [1.0])


def test_a_value_that_is_no_number_is_named() -> None:
    @primitive(lambda x, y: 1.0)
    def forgetful(x: float) -> None:
        """Returns nothing."""

    try:
        with pytest.raises(TypeError, match=r"the value of forgetful\(\) must be a number, but got None"):
            forgetful(Value(1.0))
    finally:
        del TABLE["forgetful"]


@pytest.mark.parametrize("returned", [([1.0],), ([1.0, 1.0, 1.0],), [1.0, 1.0], None, 2.0])
def test_a_rule_that_does_not_return_a_list_of_partials_for_each_sequence_is_named(returned: object) -> None:
    wrong = primitive(lambda xs, y: returned, sequences=1, name="test_primitive_wrong_count")(lambda xs: xs[0])
    sentence = (
        rf"test_primitive_wrong_count\(\) must return a list .* 2 in all, but returned {re.escape(repr(returned))}"
    )
    try:
        with pytest.raises(TypeError, match=sentence):
            wrong([Value(1.0), Value(2.0)])
    finally:
        del TABLE["test_primitive_wrong_count"]


@pytest.mark.parametrize("count", [1, 2, 3])
@pytest.mark.parametrize("returned", [None, "text", [1.0, 2.0]])
def test_a_rule_that_does_not_return_a_number_is_named(count: int, returned: object) -> None:
    rules = [lambda *numbers: returned] * count
    wrong = primitive(*rules, name="test_primitive_wrong_rule")(
        (lambda x: x, lambda x, y: x, lambda x, y, z: x)[count - 1]
    )
    try:
        with pytest.raises(TypeError, match=r"a derivative of test_primitive_wrong_rule\(\) must be"):
            wrong(*[Value(1.0)] * count)
    finally:
        del TABLE["test_primitive_wrong_rule"]


@pytest.mark.parametrize("returned", [None, "text"])
def test_a_rule_on_sequences_that_does_not_return_numbers_is_named(returned: object) -> None:
    wrong = primitive(lambda xs, y: ([returned] * len(xs),), sequences=1, name="test_primitive_no_numbers")(sum)
    try:
        with pytest.raises(TypeError, match=r"a derivative of test_primitive_no_numbers\(\) must be a number"):
            wrong([Value(1.0), Value(2.0)])
    finally:
        del TABLE["test_primitive_no_numbers"]
