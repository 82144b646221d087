"""What a `Value` is, and what the reverse pass leaves in the nodes."""

from __future__ import annotations

import math
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
from autograd import Value, variables
from autograd.engine.value import topological_order

FLOATS = st.floats(allow_nan=True, allow_infinity=True)
NUMBERS = st.floats(-1e3, 1e3)


class TestConstruction:
    @pytest.mark.parametrize(
        "number",
        [2, 2.0, True, Fraction(1, 2), Decimal("0.5"), np.float32(0.5), np.int64(3), np.array(2.0), np.array([2.0])],
    )
    def test_anything_real_becomes_a_float(self, number: object) -> None:
        value = Value(number)
        assert type(value.data) is float
        assert value.data == float(np.asarray(number, dtype=float).reshape(()))

    @pytest.mark.parametrize(
        ("thing", "hint"),
        [
            ("2", "convert it with float"),
            (b"2", "convert it with float"),
            (None, "forget to return"),
            (1j, "take its .real"),
            (np.complex128(1j), "take its .real"),
            (np.arange(3.0), "array of shape (3,)"),
            ([1.0, 2.0], "one Value for each"),
            (object(), "of type object"),
        ],
    )
    def test_anything_else_is_refused_with_a_way_out(self, thing: object, hint: str) -> None:
        with pytest.raises(TypeError, match="must be") as refusal:
            Value(thing)
        assert hint in str(refusal.value)

    def test_an_integer_beyond_floats_is_refused(self) -> None:
        with pytest.raises(OverflowError, match="must fit in a float"):
            Value(10**400)

    def test_repr_shows_data_grad_and_the_label_if_there_is_one(self) -> None:
        assert repr(Value(6)) == "Value(data=6.0, grad=0.0)"
        assert repr(Value(6, label="a")) == "Value(data=6.0, grad=0.0, label='a')"

    def test_variables_need_names(self) -> None:
        with pytest.raises(TypeError, match=r"labels each number by its name, as in a=2\.0, but 3\.0 has none"):
            variables(3.0)  # type: ignore[arg-type]

    def test_variables_are_labelled_in_the_order_given(self) -> None:
        a, b = variables(a=2.0, b=-3.0)
        assert (a.label, a.data, b.label, b.data) == ("a", 2.0, "b", -3.0)

    def test_a_label_must_be_text(self) -> None:
        with pytest.raises(TypeError, match="label must be text, but got 3"):
            Value(1.0, 3)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="label must be text"):
            Value(1.0).label = None  # type: ignore[assignment]

    def test_data_and_grad_are_converted_and_checked_when_set(self) -> None:
        a = Value(1.0)
        a.data = np.float32(0.5)
        a.grad = 2
        assert (type(a.data), a.data, type(a.grad), a.grad) == (float, 0.5, float, 2.0)
        with pytest.raises(TypeError, match="data must be a number"):
            a.data = "x"
        assert a.data == 0.5

    def test_micrograds_names_are_there(self) -> None:
        a, b = Value(2.0), Value(-3.0)
        c = a * b
        assert c._prev == {a, b}
        assert (c._op, a._op, a._prev) == ("*", "", set())
        a.data -= 0.5 * a.grad

    def test_it_cannot_be_subclassed(self) -> None:
        with pytest.raises(TypeError, match="not an acceptable base type"):
            type("Special", (Value,), {})


class TestRecording:
    def test_a_new_node_has_no_gradient_yet(self) -> None:
        a = Value(2.0)
        assert [node.grad for node in (a, a * 3, a + a, a.relu(), (-a).relu(), a.tanh(), a**2)] == [0.0] * 7

    def test_a_rectifier_that_is_shut_passes_nothing_on(self) -> None:
        shut = Value(-1.0).relu()
        assert (shut.data, shut.partials, shut.cuts) == (0.0, (0.0,), (True,))

    def test_an_operand_that_is_not_the_larger_gets_nothing_on_either_side_even_of_an_infinite_adjoint(self) -> None:
        small, large = Value(1.0), Value(2.0)
        for larger in (small.maximum(large), large.maximum(small)):
            larger.backward(math.inf)
        assert (small.grad, large.grad) == (0.0, math.inf)

    def test_a_node_knows_its_operation_and_its_parents_in_order(self) -> None:
        a, b = variables(a=6.0, b=3.0)
        for result, symbol in [(a + b, "+"), (a - b, "-"), (a * b, "*"), (a / b, "/"), (a**b, "**")]:
            assert result.op == symbol
            assert result.parents == (a, b)

    def test_a_plain_number_on_either_side_becomes_a_constant_in_its_place(self) -> None:
        a = Value(3.0)
        for result in (a + 2, a - 2, a * 2, a / 2, a**2):
            variable, number = result.parents
            assert variable is a and number.data == 2.0 and number.is_constant
            assert number is result.parents[1]
        for result in (2 + a, 2 - a, 2 * a, 2 / a, 2**a):
            number, variable = result.parents
            assert variable is a and number.data == 2.0 and number.is_constant
            assert number is result.parents[0]

    @pytest.mark.parametrize("wrong", ["2", None, 1j, [1, 2], (1,), {}])
    def test_an_operand_that_is_no_number_is_refused(self, wrong: object) -> None:
        with pytest.raises(TypeError, match="an operand must be"):
            Value(1.0) + wrong
        with pytest.raises(TypeError, match="an operand must be"):
            wrong * Value(1.0)  # type: ignore[operator]

    def test_an_operand_beyond_floats_is_refused(self) -> None:
        with pytest.raises(OverflowError, match="an operand must fit in a float"):
            Value(1.0) * 10**400

    def test_another_classs_operators_get_their_turn(self) -> None:
        class Other:
            def __radd__(self, left: object) -> str:
                return "other's sum"

        assert Value(1.0) + Other() == "other's sum"

    def test_equality_is_identity_and_order_is_of_numbers(self) -> None:
        a, b = Value(1.0), Value(1.0)
        same = a
        assert a == same and a != b and len({a, b}) == 2
        assert Value(1.0) < Value(2.0) and Value(1.0) < 2 and 1 <= Value(1.0) and not Value(1.0) > 1.0
        assert max([Value(1.0), Value(3.0), Value(2.0)]).data == 3.0

    def test_it_turns_into_plain_numbers(self) -> None:
        a = Value(2.5)
        assert (float(a), int(a), bool(a), bool(Value(0.0))) == (2.5, 2, True, False)
        assert (math.floor(a), math.ceil(a), math.trunc(a), round(a)) == (2, 3, 2, 2)
        assert f"{a:.2f}" == "2.50"


class TestBackward:
    def test_a_node_used_twice_in_one_operation_gets_both_shares(self) -> None:
        a = Value(3.0)
        (a * a).backward()
        assert a.grad == 6.0
        b = Value(3.0)
        (b + b).backward()
        assert b.grad == 2.0

    def test_paths_that_meet_in_a_diamond_add_up(self) -> None:
        a = Value(2.0)
        left, right = a * 3, a * a
        (left * right).backward()
        assert a.grad == 3 * 3 * 2.0**2

    def test_leaves_accumulate_and_inner_nodes_are_overwritten(self) -> None:
        a = Value(2.0)
        inner = a * 3
        outer = inner * inner
        outer.backward()
        first = (a.grad, inner.grad, outer.grad)
        outer.backward()
        assert (a.grad, inner.grad, outer.grad) == (2 * first[0], first[1], first[2])

    def test_two_results_that_share_an_inner_node_do_not_disturb_each_other(self) -> None:
        a = Value(2.0)
        shared = a * 3
        one, two = shared * 5, shared * 7
        one.backward()
        two.backward()
        assert a.grad == 3 * 5 + 3 * 7
        assert shared.grad == 7.0

    def test_the_seed_scales_all_gradients(self) -> None:
        a = Value(2.0)
        (a**3).backward(0.5)
        assert a.grad == 6.0
        with pytest.raises(TypeError, match="gradient must be a number"):
            a.backward("x")

    def test_a_leafs_own_derivative_is_one(self) -> None:
        a = Value(2.0)
        a.backward()
        a.backward(2)
        assert a.grad == 3.0

    def test_zero_grad_reaches_every_node_below(self) -> None:
        a = Value(2.0)
        inner = a * 3
        outer = inner + 1
        outer.backward()
        outer.zero_grad()
        assert (a.grad, inner.grad, outer.grad) == (0.0, 0.0, 0.0)

    def test_a_million_nodes_deep(self) -> None:
        x = Value(1.0)
        total = Value(0.0)
        for _ in range(10**6):
            total = total + x
        total.backward()
        assert (total.data, x.grad) == (1e6, 1e6)
        assert len(topological_order(total)) == 10**6 + 2

    @given(NUMBERS, NUMBERS, NUMBERS)
    def test_gradients_are_those_of_the_closed_form(self, x: float, y: float, z: float) -> None:
        a, b, c = Value(x), Value(y), Value(z)
        (a * b + c * a - b * 2).backward()
        assert (a.grad, b.grad, c.grad) == (y + z, x - 2, x)

    def test_micrograds_example_comes_out_as_its_readme_says(self) -> None:
        a, b = Value(-4.0), Value(2.0)
        c = a + b
        d = a * b + b**3
        c += c + 1
        c += 1 + c + (-a)
        d += d * 2 + (b + a).relu()
        d += 3 * d + (b - a).relu()
        e = c - d
        f = e**2
        g = f / 2.0
        g += 10.0 / f
        g.backward()
        assert f"{g.data:.4f}" == "24.7041"
        assert f"{a.grad:.4f}" == "138.8338"
        assert f"{b.grad:.4f}" == "645.5773"


class TestTopologicalOrder:
    def test_parents_come_before_children_and_each_node_once(self) -> None:
        a, b = variables(a=1.0, b=2.0)
        c = a * b
        d = autograd.sum([c, a, b, c * 2])
        order = topological_order(d)
        assert len(order) == len(set(order)) == 6
        position = {node: i for i, node in enumerate(order)}
        assert all(position[parent] < position[node] for node in order for parent in node.parents)
        assert order[-1] is d


class TestNotFinite:
    @given(FLOATS, FLOATS)
    def test_no_operator_raises_on_any_float(self, x: float, y: float) -> None:
        for operation in (lambda a, b: a + b, lambda a, b: a - b, lambda a, b: a * b, lambda a, b: a / b):
            for left, right in ((Value(x), Value(y)), (Value(x), y), (x, Value(y))):
                with np.errstate(all="ignore"):
                    expected = float(operation(np.float64(x), np.float64(y)))
                result = operation(left, right)
                assert result.data == expected or (math.isnan(result.data) and math.isnan(expected))
                result.backward()

    @given(FLOATS, FLOATS)
    def test_powers_are_numpys(self, x: float, y: float) -> None:
        with np.errstate(all="ignore"):
            expected = float(np.power(x, y))
        for result in (Value(x) ** Value(y), Value(x) ** y, x ** Value(y)):
            assert result.data == pytest.approx(expected, rel=1e-14, abs=0, nan_ok=True)
            result.backward()

    def test_a_zeroth_power_has_derivative_zero(self) -> None:
        for x in (0.0, 2.0, -1.0, math.inf):
            for exponent in (0, Value(0.0)):
                a = Value(x)
                (a**exponent).backward()
                assert a.grad == 0.0
