"""Is the recorded graph the function? What no proof of the graph can see, because it happened outside of it.

The function is called again at the same point, which reveals randomness and state kept between calls, and at points
nearby. A call there that records the same graph, but for the inputs' numbers, was computed as the graph says: there is
nothing to compare, and nothing that could raise a false alarm. Where another graph was recorded, its value is held
against that of the first graph at the same point. The two may differ: a function may shift by a maximum that it took out
of the graph, or take another branch further off. But they must not differ in proportion to the distance, or more, all the
way down to the point itself: then the derivative of the graph is not that of the function.
"""

from __future__ import annotations

import math
import random
import sys
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.calculus.graph import differentiate
from autograd.check.point import differentiate_numerically
from autograd.engine.value import Value, constant, topological_order
from autograd.see.text import readable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.check.point import Point

STEPS = tuple(2.0**-bits for bits in (10, 14, 18, 22, 26))
"""How far the points are off, beside the size of the inputs."""
CLOSEST = 2.0**-50
"""About four units in the last place: a branch that is not taken here either begins at the point."""
DIRECTIONS = 4
SAFETY = 16.0
OUTSIDE = (ArithmeticError, ValueError, LookupError, RuntimeError, AssertionError)
"""What functions raise outside of their domains."""
STEADY = 4.0  # a share of the distance: by so much may it change, where the step changes by 16


def find_faults(point: Point, order: int) -> tuple[list[str], list[str]]:
    """Where the function is not its graph, in sentences; and sentences on where that could not be told.

    Args:
        point: the function and its graph.
        order: 1 if the values of both have to agree beside the point; 2 if their slopes have to, too.
    """
    form = Form.of(point.root, point.leaves)
    inconstant = _find_change(point, form)
    if inconstant:
        return [inconstant], []
    surroundings = _Surroundings(point, form, order)
    for direction in _directions(point.numbers):
        for toward in (direction, [-each for each in direction]):
            fault = surroundings.look(toward)
            if fault is not None:
                return [surroundings.describe(surroundings.narrow(toward, fault))], []
    return [], surroundings.notes


class Form(NamedTuple):
    """What a graph is apart from its inputs' numbers: its operations as they hang together, and its other numbers."""

    steps: tuple[Any, ...]
    numbers: tuple[float | str, ...]

    @staticmethod
    def of(root: Value, leaves: Sequence[Value]) -> Form:
        """The form of a graph."""
        order = topological_order(root)
        places = {node: place for place, node in enumerate(order)}
        inputs = {leaf: i for i, leaf in enumerate(leaves)}
        steps = [
            inputs.get(node, "number") if node.primitive is None else (node.primitive, *map(places.get, node.parents))
            for node in order
        ]
        others = [node.data for node in order if node.primitive is None and node not in inputs]
        return Form(tuple(steps), tuple("nan" if math.isnan(number) else number for number in others))


# Again at the same point.


def _find_change(point: Point, form: Form) -> str:
    """What changes when the function is called again at the same point; "" if nothing does."""
    root, leaves = point.graph(point.numbers)
    earlier = set(point.leaves) & set(topological_order(root))
    if earlier:
        name = min(leaf.label for leaf in earlier)
        return f"{point.name} keeps a Value from one call to the next: called again, it computes with the old {name}"
    if Form.of(root, leaves) == form:
        if _equal(root.data, point.root.data):
            return ""
    elif not (
        any(node.is_stale for node in topological_order(point.root))
        or any(gap.is_audible for gap in _Gap.between((root, leaves), (point.root, point.leaves), 2))
    ):
        return ""  # as where a set, which has no order, was added up
    what = f"called again at the same point, {point.name} gives {root.data!r}, and not {point.root.data!r}"
    if root.data == point.root.data:
        what = f"called again at the same point, {point.name} has other derivatives"
    for node, before in zip(_numbers(point.root, point.leaves), form.numbers, strict=True):
        if node.data != before:
            return f"{what}: it changes {node.label or 'a Value'}, which was {before!r} and is {node.data!r} now"
    if generator := _generator_used(point):
        return f"{what}: it draws from {generator}; draw before, and check the function of what was drawn"
    return (
        f"{what}: its result depends on something besides its inputs that changes from call to call, such as a counter, "
        "a cache, a clock or a random generator"
    )


def _numbers(root: Value, leaves: Sequence[Value]) -> list[Value]:
    """The nodes of a graph that hold numbers of their own, but for its inputs."""
    inputs = set(leaves)
    return [node for node in topological_order(root) if node.primitive is None and node not in inputs]


def _generator_used(point: Point) -> str:
    """The global generator from which the function draws, by name; "" if it draws from none."""
    before = _generators()
    point.graph(point.numbers)
    after = _generators()
    return next((name for name in before if before[name] != after[name]), "")


def _generators() -> dict[str, Any]:
    states: dict[str, Any] = {"random": random.getstate()}
    numpy = sys.modules.get("numpy.random")
    if numpy is not None:
        states["numpy.random"] = [
            str(part) if not hasattr(part, "tobytes") else part.tobytes() for part in numpy.get_state()
        ]
    return states


def _equal(x: float, y: float) -> bool:
    return x == y or (math.isnan(x) and math.isnan(y))


# At points nearby.


def _directions(numbers: Sequence[float]) -> Iterator[list[float]]:
    """Directions in which all inputs move by about their own size, in proportions that mean nothing to a function."""
    sizes = [abs(x) for x in numbers if x]
    scale = min([1.0, *sizes])
    for number in range(min(DIRECTIONS, 2 ** (len(numbers) - 1))):
        signs = random.Random(number)
        moves = [
            signs.uniform(0.5, 1.0) * (signs.choice((-1.0, 1.0)) if number and i else 1.0) for i in range(len(numbers))
        ]
        if number == 1:
            moves = [-move if i % 2 else abs(move) for i, move in enumerate(moves)]
        yield [move * (abs(x) or scale) for move, x in zip(moves, numbers, strict=True)]


@dataclass(frozen=True)
class _Gap:
    """How far apart the function and the graph are in a number, and how far rounding may have put them."""

    size: float
    noise: float

    @property
    def is_audible(self) -> bool:
        """Whether rounding does not explain it."""
        return self.size > self.noise

    @staticmethod
    def between(one: tuple[Value, Sequence[Value]], other: tuple[Value, Sequence[Value]], order: int) -> list[_Gap]:
        """The gaps between the values of two graphs, and with order 2 between their slopes."""
        gaps = []
        for mine, yours in zip(_quantities(*one, order), _quantities(*other, order), strict=True):
            (x, noise), (y, more) = mine, yours
            finite = math.isfinite(x - y) and math.isfinite(noise + more)
            gaps.append(_Gap(abs(x - y), SAFETY * (noise + more)) if finite else SILENT)
        return gaps


SILENT = _Gap(0.0, 0.0)


def _quantities(root: Value, leaves: Sequence[Value], order: int) -> list[tuple[float, float]]:
    """The value, and with order 2 the slopes, each with its rounding; nan where it cannot be told."""
    roots = [root, *differentiate(root, leaves)] if order == 2 else [root]
    found = []
    for each in roots:
        slopes, rounding = differentiate_numerically(each, leaves)
        found.append((each.data, rounding if all(map(math.isfinite, slopes)) else math.nan))
    return found


@dataclass(frozen=True)
class _Neighbor:
    """The function at a point nearby, beside its graph: the gaps are of the value and, with order 2, of the slopes."""

    numbers: list[float]
    root: Value
    form: Form
    graph_value: float
    gaps: list[_Gap]


def _where_proportional(gaps: Sequence[_Gap]) -> int | None:
    """The step, by its place, at which the gaps are seen to shrink no faster than the steps; None if they do."""
    shares = [gap.size / step if gap.is_audible else 0.0 for gap, step in zip(gaps, STEPS, strict=True)]
    steady = [b > 0.0 and a / STEADY <= b <= a * STEADY for a, b in pairwise(shares)]
    for i in range(len(STEPS) - 2):
        if steady[i] and steady[i + 1]:
            return i + 2
    last = len(STEPS) - 1
    return last if shares[last] > 0.0 and shares[last] >= shares[last - 1] / STEADY else None


class _Surroundings:
    """The points around one, and what the function is there."""

    def __init__(self, point: Point, form: Form, order: int) -> None:
        self.point = point
        self.form = form
        self.order = order
        self.notes: list[str] = []

    def look(self, direction: Sequence[float]) -> _Neighbor | None:
        """The neighbor in a direction that shows that the graph is not the function; None if none does."""
        if all(self.neighbor(direction, step) is None for step in (STEPS[0], STEPS[-1])):
            return None
        found = [self.neighbor(direction, step) for step in STEPS]
        for i in range(1 + len(self.point.numbers) * (self.order - 1)):
            place = _where_proportional([each.gaps[i] if each else SILENT for each in found])
            there = found[place] if place is not None else None
            if there is None:
                continue
            # A number that jumps now and then, as in single precision, follows the inputs; a branch may be further off.
            if there.form.steps == self.form.steps and place != len(STEPS) - 1:
                return there
            beside = self.neighbor(direction, CLOSEST)
            if beside is not None and all(found[place or 0 :]):
                return there
        return None

    def neighbor(self, direction: Sequence[float], step: float) -> _Neighbor | None:
        """The function some way off; None where it was computed as the graph says, or could not be."""
        numbers = [x + step * move for x, move in zip(self.point.numbers, direction, strict=True)]
        try:
            root, leaves = self.point.graph(numbers)
        except OUTSIDE as error:
            note = (
                f"at {self.at(numbers)} the function raises {type(error).__name__}: {error}; it was not compared there"
            )
            self.notes = self.notes or [note]
            return None
        form = Form.of(root, leaves)
        if form == self.form:
            return None
        twin, twins = self.replay(numbers)
        gaps = _Gap.between((root, leaves), (twin, twins), self.order)
        return _Neighbor(numbers, root, form, twin.data, gaps)

    def replay(self, numbers: Sequence[float]) -> tuple[Value, list[Value]]:
        """The graph at other numbers."""
        leaves = [Value(number, name) for number, name in zip(numbers, self.point.names, strict=True)]
        made: dict[Value, Value] = dict(zip(self.point.leaves, leaves, strict=True))
        for node in topological_order(self.point.root):
            if node not in made:
                operands = [made[parent] for parent in node.parents]
                primitive = node.primitive
                made[node] = constant(node.data) if primitive is None else primitive(*primitive.arguments(operands))
        return made[self.point.root], leaves

    def narrow(self, direction: Sequence[float], fault: _Neighbor) -> _Neighbor:
        """The same fault with one input moved alone, if it shows so, too."""
        for i, move in enumerate(direction if len(direction) > 1 else ()):
            alone = self.look([move if i == k else 0.0 for k in range(len(direction))])
            if alone is not None:
                return alone
        return fault

    def describe(self, there: _Neighbor) -> str:
        """What happened, in a sentence."""
        where = self.at(there.numbers)
        numbers = f"where the function is {there.root.data!r} and its graph {there.graph_value!r}"
        if there.root.data == there.graph_value or not there.gaps[0].is_audible:
            numbers = "where the function has other derivatives than its graph"
        if there.form.steps != self.form.steps:
            return f"another branch is taken {self.side(there)}, at {where}, {numbers}: the point lies on a border"
        changes = zip(_numbers(self.point.root, self.point.leaves), self.form.numbers, there.form.numbers, strict=True)
        node, before, after = next(change for change in changes if change[1] != change[2])
        users = [each for each in topological_order(self.point.root) if node in each.parents]
        part = f"in {readable(users[0], 60)} the number {before!r} is" if users else f"the result {before!r} is"
        return (
            f"a number left the graph: {part} {after!r} at {where}, {numbers}; compute it with operations of this "
            "package, such as autograd.exp for math.exp, or if it is meant to stay as it is, with stop_gradient"
        )

    def at(self, numbers: Sequence[float]) -> str:
        """The inputs that are not where they were, with their numbers."""
        every = zip(self.point.names, numbers, self.point.numbers, strict=True)
        moved = [f"{name} = {x!r}" for name, x, x_before in every if x != x_before]
        return ", ".join(moved[:5]) + (", ..." if len(moved) > 5 else "")

    def side(self, there: _Neighbor) -> str:
        """On which side of the point another one lies."""
        every = zip(self.point.names, there.numbers, self.point.numbers, strict=True)
        moved = [(name, x > before, before) for name, x, before in every if x != before]
        if len(moved) > 1:
            return "beside the point"
        name, is_right, before = moved[0]
        return f"to the {'right' if is_right else 'left'} of {name} = {before!r}"
