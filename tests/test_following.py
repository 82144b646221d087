"""Numbers that left the graph and come back into it: `backward` warns of them, and of nothing else."""

from __future__ import annotations

import gc
import math
import subprocess
import sys
import textwrap
import warnings
import weakref
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import autograd
import nn
from autograd import DetachedWarning, Value
from autograd.engine import following, recorder

if TYPE_CHECKING:
    from collections.abc import Callable

VARIABLE = ["kept under a global name"]


pytestmark = pytest.mark.usefixtures("no_line_warned_of")


def warnings_of(program: Callable[[], Any]) -> list[str]:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        program()
    return [str(each.message) for each in caught if each.category is DetachedWarning]


class Holder:
    number: Any = None
    scale: Any = 2.0

    def check(self, number: float) -> None:
        assert number == pytest.approx(0.49)

    def keep(self, x: Value) -> None:
        self.number = math.exp(-x)

    def use(self, x: Value) -> Value:
        return self.number * x


def in_its_expression(x: Value) -> Value:
    return math.exp(-x) / math.sqrt(2 * math.pi) * x


def over_several_lines(x: Value) -> Value:
    return (
        x
        * math.exp(
            -x,
        )
    )  # fmt: skip


def under_a_name(x: Value) -> Value:
    number = math.exp(-x)
    doubled = x + x
    return doubled * number


def added_in_place(x: Value) -> Value:
    total = x * 2
    total += math.exp(-x)
    return total


def in_a_list(x: Value) -> Value:
    numbers = []
    for k in range(3):
        numbers.append(math.exp(-x * k))
    return x * numbers[2]


def in_an_array_that_is_filled(x: Value) -> Value:
    numbers = np.zeros(3)
    np.put(numbers, [1], math.exp(-x))
    return x * numbers[1]


def in_a_comprehension(x: Value) -> Value:
    numbers = [math.exp(-x * k) for k in range(3)]
    return x * numbers[2]


def in_a_dictionary(x: Value) -> Value:
    numbers: dict[str, Any] = {}
    numbers["e"] = math.exp(-x)
    return x * numbers["e"]


def in_an_attribute(x: Value) -> Value:
    holder = Holder()
    holder.keep(x)
    return holder.use(x)


def returned(x: Value) -> Value:
    def exponential(y: Value) -> float:
        return math.exp(-y)

    return x * exponential(x)


def returned_and_kept(x: Value) -> Value:
    def exponential(y: Value) -> float:
        result = math.exp(-y)
        return result

    number = exponential(x)
    return x * number


def from_a_lambda(x: Value) -> Value:
    exponential = lambda y: math.exp(-y)
    return x * exponential(x)


def in_a_function_of_the_library(x: Value) -> Value:
    return autograd.dot([x, x], [1.0, math.exp(-x)])


def in_a_global(x: Value) -> Value:
    global VARIABLE
    VARIABLE = math.exp(-x)  # type: ignore[assignment]
    return _with_the_global(x)


def _with_the_global(x: Value) -> Value:
    return x * VARIABLE  # type: ignore[operator]


def after_other_work(x: Value) -> Value:
    number = math.exp(-x)
    total = x
    for _ in range(20):
        total = total + x
    return total * number


LOST = [
    in_its_expression,
    over_several_lines,
    under_a_name,
    added_in_place,
    in_a_list,
    in_an_array_that_is_filled,
    in_a_comprehension,
    in_a_dictionary,
    in_an_attribute,
    returned,
    returned_and_kept,
    from_a_lambda,
    in_a_function_of_the_library,
    in_a_global,
    after_other_work,
]


@pytest.mark.parametrize("program", LOST, ids=lambda each: each.__name__)
def test_a_number_that_comes_back_into_the_graph_is_warned_of(program: Callable[[Value], Value]) -> None:
    messages = warnings_of(lambda: program(Value(0.7, "x")).backward())
    assert len(messages) == 1
    assert "became a plain number at" in messages[0] and __file__ in messages[0]
    assert "autograd.exp for exp" in messages[0]


@pytest.mark.parametrize("program", LOST, ids=lambda each: each.__name__)
def test_a_number_of_another_graph_is_not_warned_of(program: Callable[[Value], Value]) -> None:
    other = Value(0.3)
    source = Value(0.7)

    def differentiate_another() -> None:
        result = program(source)
        (other * result.data).backward()
        (other * 3.0 + 1.0).backward()

    assert warnings_of(differentiate_another) == []


# Ordinary use.


def report_each_step() -> None:
    model = nn.MLP(2, [4, 1], "tanh", seed=1)
    losses, best, average, last = [], math.inf, 0.0, None
    for step in range(5):
        loss = nn.mse([model([0.5, 1.0]), model([1.0, -1.0])], [1.0, 0.0])
        for parameter in model.parameters():
            parameter.grad = 0.0
        loss.backward()
        losses.append(float(loss))
        print(step, float(loss), f"{float(loss):.3f}", "%g" % loss, round(float(loss), 3))  # noqa: UP031
        average = 0.9 * average + 0.1 * float(loss)
        best = min(best, float(nn.mse([model([0.5, 1.0])], [1.0])))
        error = math.sqrt(nn.mse([model([0.5, 1.0])], [1.0]))
        if float(loss) < 1e-9 or error < 1e-9 or (last is not None and abs(last - error) < 1e-12):
            break
        last = error
        for parameter in model.parameters():
            parameter.data -= 0.1 * parameter.grad


def report_what_is_computed_from_it() -> None:
    x, target = Value(1.0), 3.0
    history: dict[str, list[float]] = {"distance": [], "slope": []}
    for _ in range(5):
        x.grad = 0.0
        loss = (x * x - target) ** 2 + 0.5 * x
        loss.backward()
        history["distance"].append(math.sqrt(float((x - target) ** 2)))
        history["slope"].append(100 * float(x - target) / float(loss))
        total = sum(history["distance"]) / len(history["distance"])
        print(total, history)
        x.data -= 0.01 * x.grad


def compare_by_the_way() -> None:
    x = Value(0.7)
    np.testing.assert_allclose(float(x * x), 0.49)
    np.testing.assert_allclose(math.exp(x - 0.7), 1.0)
    np.sum(np.array([x * 2.0, 3.0 * x])).backward()
    checks = Holder()
    checks.check(float(x * x))
    (checks.scale * x * 2.0).backward()


def take_steps_by_new_leaves() -> None:
    x = Value(1.0)
    for _ in range(5):
        y = (x * x - 3.0) ** 2
        y.backward()
        x = Value(float(x) - 0.01 * x.grad)


def scale_by_another_model() -> None:
    teacher, student = Value(0.5), Value(1.5)
    weight = float(teacher * teacher)
    (student * weight + 1.0).backward()


def take_what_no_derivative_passes() -> None:
    x = Value(0.7)
    (x * math.exp(autograd.stop_gradient(-x)) * float(autograd.floor(x * 3))).backward()
    fixed = autograd.stop_gradient(x)
    (fixed * x * math.exp(fixed)).backward()
    assert autograd.grad(lambda x: x * float(autograd.stop_gradient(x)))(3.0) == 3.0


@pytest.mark.parametrize(
    "program",
    [
        compare_by_the_way,
        take_what_no_derivative_passes,
        report_each_step,
        report_what_is_computed_from_it,
        take_steps_by_new_leaves,
        scale_by_another_model,
    ],
    ids=lambda each: each.__name__,
)
def test_ordinary_use_is_silent(program: Callable[[], None]) -> None:
    assert warnings_of(program) == []


def test_statements_at_a_prompt_are_followed() -> None:
    lines = "import math; from autograd import Value; x = Value(0.7)\ne = math.exp(-x)\ny = x * e\ny.backward()\n"
    program = textwrap.dedent(f"""
        import code, sys
        console = code.InteractiveConsole()
        for line in {lines!r}.splitlines():
            console.push(line)
    """)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    assert "DetachedWarning" in done.stderr and "became a plain number" in done.stderr


# What it costs.


def test_nodes_are_made_as_fast_as_before_when_the_statement_is_over() -> None:
    x = Value(0.7)
    number = math.exp(-x)
    assert following.followed and recorder._counts[1] == 1
    total = x + x
    assert not following.followed and recorder._counts[1] == 0
    assert (total * number).data and number in following.watched


def test_a_number_that_is_returned_and_dropped_is_not_followed() -> None:
    def report(x: Value) -> float:
        mean = 0.5 * float(x)
        return mean

    x = Value(0.7)
    report(x)
    assert (x + x).data and not following.followed and recorder._counts[1] == 0


def test_a_number_that_cannot_be_found_is_followed_with_patience() -> None:
    class Slots:
        __slots__ = ("number",)

    x, slots = Value(0.7), Slots()
    slots.number = math.exp(-x)
    total = x
    for _ in range(following.PATIENCE):
        assert following.followed
        total = total + x
    assert not following.followed and recorder._counts[1] == 0


def test_the_numbers_that_are_watched_are_bounded() -> None:
    x, numbers = Value(0.7), []
    for k in range(2 * following.MOST_OF_A_PLACE):
        numbers.append(math.exp(x * k / 10000))
    assert len(following.watched) < 1.1 * following.MOST_OF_A_PLACE  # Python may call by either of two instructions
    assert (x * numbers[-1]).data
    assert numbers[-2] in following.watched


def test_a_number_that_is_met_everywhere_is_watched_no_longer() -> None:
    x = Value(1.0)
    number = float(x)
    y = x + x
    assert 1.0 in following.watched
    for _ in range(following.PATIENCE):
        y = 1.0 * y
    assert 1.0 not in following.watched
    print(abs(number) - 1)


def test_what_nothing_computes_with_is_not_followed() -> None:
    losses = []
    losses.append(float(Value(0.7) * 2))
    print(float(Value(0.7) * 2), losses)
    if float(Value(0.7) * 2) > 3:
        raise AssertionError
    assert not following.followed and recorder._counts[1] == 0


def test_following_keeps_nothing_alive() -> None:
    x = Value(0.7)
    node = -x
    number = math.exp(node)
    alive = weakref.ref(node)
    result = weakref.ref(x * number)
    del node
    gc.collect()
    assert alive() is None and result() is None
