"""Numbers that left the graph and come back a thousand nodes later, by whatever way: `backward` warns of these, too."""

from __future__ import annotations

import dataclasses
import math
import threading
import warnings
from code import InteractiveInterpreter
from collections import deque, namedtuple
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import nn
from autograd import Value
from tests.test_following import warnings_of

if TYPE_CHECKING:
    from collections.abc import Callable

SCALE: Any = None
TABLE: dict[str, Any] = {}


pytestmark = pytest.mark.usefixtures("no_line_warned_of")


@pytest.fixture(autouse=True)
def empty_table() -> None:
    TABLE.clear()


def thousand_nodes(x: Value) -> Value:
    total = x
    for _ in range(1000):
        total = total + 0.001 * x
    return total


class Holder:
    number: Any = None

    def keep(self, x: Value) -> None:
        self.number = math.exp(-x)

    def use(self, x: Value) -> Value:
        return self.number * x


class Model:
    def __init__(self, scale: float) -> None:
        self.scale = scale

    def __call__(self, x: Value) -> Value:
        return self.scale * x


@dataclasses.dataclass
class Settings:
    scale: float = 1.0


def under_a_local_name(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return total * number


def by_float_alone(x: Value) -> Value:
    number = float(x * x)
    total = thousand_nodes(x)
    return total * number


def under_a_global_name(x: Value) -> Value:
    global SCALE
    SCALE = math.exp(-x)
    total = thousand_nodes(x)
    return total * SCALE


def under_a_global_name_of_another_function(x: Value) -> Value:
    under = thousand_nodes
    _set_scale(x)
    total = under(x)
    return _scaled(total)


def _set_scale(x: Value) -> None:
    global SCALE
    SCALE = math.exp(-x)


def _scaled(x: Value) -> Value:
    return x * SCALE


def in_an_attribute(x: Value) -> Value:
    holder = Holder()
    holder.keep(x)
    total = thousand_nodes(x)
    return holder.use(total)


def in_a_model_that_is_given_it(x: Value) -> Value:
    model = Model(math.exp(-x))
    total = thousand_nodes(x)
    return model(total)


def in_a_dataclass(x: Value) -> Value:
    settings = Settings()
    settings.scale = math.exp(-x)
    total = thousand_nodes(x)
    return total * settings.scale


def in_a_named_tuple(x: Value) -> Value:
    pair = namedtuple("Pair", "scale shift")(math.exp(-x), 2.0)
    total = thousand_nodes(x)
    return total * pair.scale


def in_a_list(x: Value) -> Value:
    numbers: list[Any] = []
    for k in range(3):
        numbers.append(math.exp(-x * (k + 1)))
    total = thousand_nodes(x)
    return total * numbers[1]


def in_a_list_by_a_comprehension(x: Value) -> Value:
    numbers = [math.exp(-x * (k + 1)) for k in range(3)]
    total = thousand_nodes(x)
    return total * numbers[1]


def in_a_comprehension_of_nodes(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return sum([total * number for _ in range(3)])  # type: ignore[return-value]


def in_a_list_without_other_nodes(x: Value) -> Value:
    nodes, numbers = [x * 0.3, x * 0.7, x * 1.3], []
    for node in nodes:
        numbers.append(math.exp(node))
    total = thousand_nodes(x)
    return total * numbers[0]


def in_an_array_item_by_item(x: Value) -> Value:
    nodes, numbers = [x * 0.3, x * 0.7, x * 1.3], np.zeros(3)
    for i, node in enumerate(nodes):
        numbers[i] = math.exp(node)
    total = thousand_nodes(x)
    return total * numbers[0]


def of_two_numbers(x: Value) -> Value:
    number = math.hypot(x, Value(0.3))
    total = thousand_nodes(x)
    return total * number


def in_a_deque(x: Value) -> Value:
    numbers: deque[float] = deque(maxlen=2)
    numbers.append(math.exp(-x))
    total = thousand_nodes(x)
    return total * numbers[0]


def in_a_dictionary(x: Value) -> Value:
    numbers: dict[str, Any] = {}
    numbers["e"] = math.exp(-x)
    total = thousand_nodes(x)
    return total * numbers["e"]


def in_a_global_dictionary(x: Value) -> Value:
    TABLE["e"] = math.exp(-x)
    total = thousand_nodes(x)
    return total * TABLE["e"]


def in_an_array(x: Value) -> Value:
    numbers = np.zeros(3)
    numbers[1] = math.exp(-x)
    total = thousand_nodes(x)
    return total * numbers[1]


def in_an_array_of_floats(x: Value) -> Value:
    numbers = np.array([-x, x * x], dtype=float)
    total = thousand_nodes(x)
    return total * numbers[1]


def in_a_loop(x: Value) -> Value:
    total = x
    for k in range(3):
        number = math.exp(-x * (k + 1))
        for _ in range(300):
            total = total + 0.001 * x
        total = total * number
    return total


def in_a_helper(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return _product(total, number)


def _product(x: Value, y: float) -> Value:
    return x * y


def returned_from_a_function(x: Value) -> Value:
    number = _exponential(x)
    total = thousand_nodes(x)
    return total * number


def _exponential(x: Value) -> float:
    result = math.exp(-x)
    return result


def returned_in_a_dictionary(x: Value) -> Value:
    numbers = _statistics(x)
    total = thousand_nodes(x)
    return total * numbers["e"]


def _statistics(x: Value) -> dict[str, float]:
    return {"e": math.exp(-x)}


def in_a_closure(x: Value) -> Value:
    number = math.exp(-x)

    def scaled(y: Value) -> Value:
        return y * number

    total = thousand_nodes(x)
    return scaled(total)


def computed_on(x: Value) -> Value:
    number = math.exp(-x)
    share = number / (1 + number)
    total = thousand_nodes(x)
    return total * share


def computed_on_where_it_is_used(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return total * (number + 1)


def negated_where_it_is_used(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return total * -number


def computed_on_long_afterwards(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    share = number / (1 + number)
    total = thousand_nodes(total)
    return total * share


def added_up_where_it_is_used(x: Value) -> Value:
    numbers = [math.exp(-x), math.exp(-x * 2)]
    total = thousand_nodes(x)
    return total * sum(numbers)


def summed_by_numpy_where_it_is_used(x: Value) -> Value:
    numbers = np.zeros(3)
    np.add.at(numbers, [0, 1], x)
    total = thousand_nodes(x)
    return total * numbers.sum()


def handed_to_a_function_at_once(x: Value) -> Value:
    return _after_a_while(x, math.exp(-x))


def handed_to_a_function_among_others(x: Value) -> Value:
    return _after_a_while(*[x], number=math.exp(-x))


def _after_a_while(x: Value, number: float) -> Value:
    return thousand_nodes(x) * number


def computed_on_and_handed_to_a_function(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return _product(total, number + 1)


def set_by_name(x: Value) -> Value:
    settings = Settings()
    setattr(settings, "scale", math.exp(-x))  # noqa: B010
    total = thousand_nodes(x)
    return total * settings.scale


def kept_by_another_thread(x: Value) -> Value:
    numbers: list[float] = []
    thread = threading.Thread(target=lambda: numbers.append(math.exp(-x)))
    thread.start()
    thread.join()
    total = thousand_nodes(x)
    return total * numbers[0]


def after_text(x: Value) -> Value:
    number = math.exp(-x)
    text = f"{number:.3f} {x:.3f} {x}"
    total = thousand_nodes(x)
    return total * number + len(text)


def one_of_two(x: Value) -> Value:
    number, other = math.exp(-x), 3.0
    total = thousand_nodes(x)
    return total * number + other


def in_a_sum(x: Value) -> Value:
    number = math.exp(-x)
    total = thousand_nodes(x)
    return nn.mse([total], [number])


def reported_often_in_between(x: Value) -> Value:
    number = math.exp(-x)
    history = []
    for _ in range(300):
        history.append(float(x * x + 1))
    mean = sum(history) / len(history)
    return thousand_nodes(x) * number + 0 * len(str(mean))


FAR = [
    each
    for each in list(globals().values())
    if getattr(each, "__annotations__", {}) == {"x": "Value", "return": "Value"}
]
FAR = [each for each in FAR if each is not thousand_nodes and not each.__name__.startswith("_")]


@pytest.mark.parametrize("program", FAR, ids=lambda each: each.__name__)
def test_a_number_that_comes_back_a_thousand_nodes_later_is_warned_of(program: Callable[[Value], Value]) -> None:
    messages = warnings_of(lambda: program(Value(0.7, "x")).backward())
    assert messages and "became a plain number at" in messages[0] and __file__ in messages[0]


@pytest.mark.parametrize("program", FAR, ids=lambda each: each.__name__)
def test_it_is_not_warned_of_in_a_graph_of_other_leaves(program: Callable[[Value], Value]) -> None:
    other, source = Value(0.3), Value(0.7)

    def differentiate_another() -> None:
        result = program(source)
        (other * result.data).backward()
        (other * 3.0 + 1.0).backward()

    assert warnings_of(differentiate_another) == []


# Numbers that never come back.


def steps(function: Callable[[Value, int], Value], count: int = 5) -> list[Value]:
    """Some steps down a slope; the function is given the leaf and the number of the step."""
    x, losses = Value(1.0, "x"), []
    for step in range(count):
        x.grad = 0.0
        loss = function(x, step)
        loss.backward()
        losses.append(loss)
        x.data -= 0.01 * x.grad
    return losses


def squares(x: Value) -> Value:
    total = (x * x - 3.0) ** 2 + 0.5 * x
    for k in range(100):
        total = total + 0.01 * k * (x - 0.1 * k) ** 2
    return total


def report_in_a_helper_that_returns_the_loss() -> None:
    def step(x: Value, number: int) -> Value:
        loss = squares(x)
        print(number, float(loss), math.sqrt(loss))
        return loss

    steps(lambda x, number: 2.0 * step(x, number) * 2.0)


def keep_a_running_mean() -> None:
    mean, means = 0.0, []

    def step(x: Value, number: int) -> Value:
        nonlocal mean
        loss = squares(x)
        mean = 0.9 * mean + 0.1 * float(loss)
        means.append(mean)
        return 1.0 * loss

    steps(step)
    print(sum(means) / len(means))


def stop_early() -> None:
    best, patience, x = math.inf, 3, Value(1.0)
    for _ in range(10):
        x.grad = 0.0
        loss = squares(x) * 1.0
        loss.backward()
        now = float(loss)
        if now < best - 1e-4:
            best, patience = now, 3
        else:
            patience -= 1
        if patience == 0 or abs(best - now) > 1e9:
            break
        x.data -= 0.01 * x.grad


def keep_and_plot_a_history() -> None:
    history: dict[str, list[float]] = {"loss": [], "error": []}
    rows, table = [], np.zeros((5, 2))

    def step(x: Value, number: int) -> Value:
        loss = squares(x)
        history["loss"].append(float(loss))
        history["error"].append(abs(float(x) - 1.7) / 1.7)
        rows.append({"step": number, "loss": float(loss), "log": math.log(loss)})
        table[number] = number, loss
        return 1.0 * loss

    steps(step)
    np.polyfit(range(5), history["loss"], 1)
    print(rows, table.mean(axis=0), np.mean(history["error"]), max(history["loss"]) - min(history["loss"]))


def adapt_the_rate() -> None:
    x, rate, before = Value(1.0), 0.01, math.inf
    for _ in range(5):
        x.grad = 0.0
        loss = squares(x)
        loss.backward()
        now = float(loss)
        rate = rate * (1.1 if now < before else 0.5)
        before = now
        x.data -= rate * x.grad / (1 + abs(now))


def hold_by_data_and_report_by_float() -> None:
    x = Value(1.0)
    for _ in range(5):
        before = float(x)
        anchor = x.data
        x.grad = 0.0
        loss = squares(x)
        loss = loss + (x - anchor) ** 2
        loss.backward()
        x.data -= 0.01 * x.grad
        print(float(x) - before, abs(float(x) - before) / (1 + abs(before)))


def choose_data_by_a_number() -> None:
    data = [0.123456789, 0.987654321, 2.718281828]

    def step(x: Value, number: int) -> Value:
        near = [each for each in data if each < float(x)]
        far = list(filter(lambda each: each >= x, data))
        return sum([(x - each) ** 2 for each in near + far] * 30)  # type: ignore[return-value]

    steps(step)


def follow_a_schedule() -> None:
    def step(x: Value, number: int) -> Value:
        loss, temperature = squares(x), 1.0 / (1 + number)
        print(f"{number}: {float(loss):.3f} at {temperature:.2f}, {x:.3f}")
        return loss * temperature + 0.123456789 * x

    steps(step)


def compare_two_models() -> None:
    def step(x: Value, number: int) -> Value:
        y = Value(2.0)
        first, second = squares(x), squares(y)
        difference = float(second) - float(first)
        print(difference / abs(difference))
        return first * 1.0 if difference > 0 else first * 2.0

    steps(step)


def take_newtons_steps() -> None:
    x = 1.0
    for _ in range(5):
        v = Value(x)
        y = squares(v)
        y.backward()
        x = x - 0.01 * v.grad / (1 + abs(float(y)))


def train_a_model_and_report() -> None:
    model = nn.MLP(2, [4, 1], "tanh", seed=1)
    optimizer = nn.SGD(model.parameters(), lr=0.1)
    points, targets = [[0.5, 1.0], [1.0, -1.0]], [1.0, -1.0]
    log = []
    for step in range(5):
        scores = [model(point) for point in points]
        loss = nn.mse(scores, targets) + 1e-4 * sum(p * p for p in model.parameters())
        accuracy = sum((float(score) > 0) == (target > 0) for score, target in zip(scores, targets)) / len(targets)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        norm = math.sqrt(sum(float(p) ** 2 for p in model.parameters()))
        log.append((step, float(loss), accuracy, norm))
        shift = 0.5 * (float(scores[0]) + float(scores[1]))
        print(f"step {step} loss {loss.data} accuracy {accuracy * 100}% {shift:g}", log[-1])


def report_by_a_callback() -> None:
    def train(on_epoch: Callable[[int, Value], None]) -> None:
        w = Value(0.1)
        for epoch in range(4):
            loss = (w - 1.5) ** 2
            loss.backward()
            on_epoch(epoch, loss)

    def main() -> None:
        rows: list[tuple[int, float]] = []
        train(lambda epoch, loss: rows.append((epoch, float(loss))))

    main()


def report_by_a_callback_after_another_argument() -> None:
    def train(rate: float, on_epoch: Callable[[int, Value], None]) -> None:
        w = Value(0.1)
        for epoch in range(4):
            loss = (w - 1.5) ** 2
            loss.backward()
            w.data -= rate * w.grad
            on_epoch(epoch, loss)

    def main(rate: float) -> None:
        rows: list[tuple[int, float]] = []
        train(rate, lambda epoch, loss: rows.append((epoch, float(loss))))

    main(0.1)


ORDINARY = [
    report_in_a_helper_that_returns_the_loss,
    keep_a_running_mean,
    stop_early,
    keep_and_plot_a_history,
    adapt_the_rate,
    hold_by_data_and_report_by_float,
    choose_data_by_a_number,
    follow_a_schedule,
    compare_two_models,
    take_newtons_steps,
    train_a_model_and_report,
    report_by_a_callback,
    report_by_a_callback_after_another_argument,
]


@pytest.mark.parametrize("program", ORDINARY, ids=lambda each: each.__name__)
def test_numbers_that_never_come_back_are_silent(program: Callable[[], None]) -> None:
    assert warnings_of(program) == []


def test_what_is_typed_at_a_prompt_is_warned_of_each_time_though_all_of_it_is_line_1() -> None:
    prompt = InteractiveInterpreter({"math": math, "Value": Value})
    with warnings.catch_warnings(record=True) as found:
        warnings.simplefilter("always")
        for function in ("exp", "sin"):
            for statement in (f"x = Value(2.0); y = x * math.{function}(x)", "y.backward()"):
                prompt.runsource(statement, "<stdin>")
    assert [f"autograd.{name}" in str(each.message) for name, each in zip(("exp", "sin"), found)] == [True, True]
