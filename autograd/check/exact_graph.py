"""A recorded graph in exact arithmetic: its value and its derivatives, independent of every rule that it tests.

The arithmetic, which knows the value of each operation and takes its slopes from that alone, is a choice:
`autograd.check.high_precision` by mpmath, or `autograd.check.ball_arithmetic` by Arb, whose numbers say how far off they may be.
The chain rule puts the slopes together. All this takes time proportional to the graph.

Alongside runs a bound on the rounding errors that a computation in doubles must be allowed: what a slope changes when
operands are rounded is measured, not estimated, by taking it at both the exact and the rounded operands.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import topological_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

Number = Any  # mpmath's, or Arb's

EPSILON = 2.0**-53
LARGEST = sys.float_info.max
TINY = 2.0**-1070
OWN_TOLERANCE = 2.0**-36
"""What a value or a slope of a user's own operation may be off by: a mistake of one part in 10^9 is still told."""


class Undefined(ArithmeticError):
    """There is no real number here."""


class NotExact(TypeError):
    """An operation has no value in high-precision arithmetic."""


class Slope(NamedTuple):
    """A partial derivative of one operation: its value, its own derivative, and what keeps it from having one."""

    value: Number
    curvature: Number
    problem: str = ""


class Arithmetic(Protocol):
    """What an exact graph asks of its arithmetic."""

    def number(self, number: float) -> Number:
        """A float, exactly."""

    def evaluate(self, primitive: Primitive, operands: Sequence[Number]) -> Number:
        """The value of an operation; raises `Undefined` or `NotExact`."""

    def slope(self, primitive: Primitive, operands: Sequence[Number], i: int) -> Slope:
        """The derivative with respect to operand `i`."""

    def mixed(self, primitive: Primitive, operands: Sequence[Number], i: int, k: int) -> Number:
        """The second derivative with respect to operands `i` and `k`; raises `Undefined`."""

    def kink(self, primitive: Primitive, exact: Sequence[Number], rounded: Sequence[Number]) -> bool:
        """Whether a kink lies at these operands, or between them."""

    def allowance(self, node: Value, i: int, near: Slope) -> Number:
        """How far off an operation's own partial derivative may be, where the truth is `near`."""

    def show(self, number: Number) -> str:
        """A number in 17 digits."""


class Derivative(NamedTuple):
    """A derivative of a graph: its exact value, how far off doubles may be, and what keeps it from being compared."""

    value: Number
    tolerance: Number
    problem: str = ""


class ExactGraph:
    """A recorded graph, evaluated and differentiated exactly with respect to its leaves.

    Args:
        arithmetic: to compute with.
        root: the result.
        leaves: the inputs.

    Raises:
        NotExact: if an operation cannot be computed in high precision.
    """

    def __init__(self, arithmetic: Arithmetic, root: Value, leaves: Sequence[Value]) -> None:
        self.arithmetic = arithmetic
        self.number = arithmetic.number
        self.root = root
        self.leaves = leaves
        self.order = topological_order(root)
        self.active = set(leaves)
        self.exact: dict[Value, Number] = {}
        self.problems: dict[Value, str] = {}
        self.mistakes: list[tuple[float, str]] = []
        self.wrong_values: list[str] = []
        self.slopes: dict[tuple[Value, int], Slope] = {}
        self.seconds: dict[tuple[Value, int, int], Number] = {}
        self.adjoints: dict[Value, Number] = {}
        self.errors: dict[Value, Number] = {}  # the bounds on what rounding may do to the adjoints
        for node in self.order:
            self.exact[node] = self.evaluate(node)
            if any(parent in self.active for parent in node.parents):
                self.active.add(node)

    def evaluate(self, node: Value) -> Number:
        """The exact value of a node, from those of its parents."""
        if node.primitive is None:
            return self.number(node.data)
        try:
            value = self.arithmetic.evaluate(node.primitive, [self.exact[parent] for parent in node.parents])
        except Undefined:  # beyond the edge of a domain that the rounded operands are in
            self.problems[node] = f"at the edge of {node.primitive.title}'s domain"
            return self.number(node.data)
        return value

    def differentiate(self) -> list[Derivative]:
        """The chain rule, from the result down; with each adjoint goes the bound on its rounding error."""
        zero = self.number(0)
        self.adjoints[self.root], self.errors[self.root] = self.number(1), zero
        for node in reversed(self.order):
            if node in self.active and node in self.adjoints and node.parents:
                for i, (parent, is_cut) in enumerate(zip(node.parents, node.cuts, strict=True)):
                    if parent in self.active and (not is_cut or self.is_at_kink(node)):
                        self.pass_on(node, i, parent)
                self.look_for_wrong_value(node)
        self.problems_of_leaves = [self.problems.get(leaf, "") for leaf in self.leaves]
        return [
            Derivative(self.adjoints.get(leaf, zero), self.errors.get(leaf, zero), self.problems.get(leaf, ""))
            for leaf in self.leaves
        ]

    def pass_on(self, node: Value, i: int, parent: Value) -> None:
        """Add a node's share to the adjoint of its operand `i`, and to the bound on the error of that."""
        zero = self.number(0)
        adjoint, error = self.adjoints[node], self.errors[node]
        slope, uncertainty, problem = self.compare(node, i)
        self.slopes[node, i] = slope
        if adjoint == 0 and error == 0 and "kink" in problem:
            problem = ""
        problem = problem or self.problems.get(node, "")
        total, bound = self.adjoints.setdefault(parent, zero), self.errors.setdefault(parent, zero)
        if slope.value == 0 and uncertainty == 0 and not problem:
            return
        share = adjoint * slope.value
        total += share
        if max(abs(share), abs(total)) > LARGEST:
            problem = problem or "it, or a number on the way to it, is too large for a float"
        rounding = EPSILON * (abs(total) + 2 * abs(share)) + TINY
        self.adjoints[parent] = total
        self.errors[parent] = bound + error * abs(slope.value) + (abs(adjoint) + error) * uncertainty + rounding
        if problem:
            self.problems[parent] = problem

    def compare(self, node: Value, i: int) -> tuple[Slope, Number, str]:
        """A slope at the exact operands, how much it differs at the rounded ones, and why it may not count."""
        primitive = node.primitive
        assert primitive is not None
        exact = [self.exact[parent] for parent in node.parents]
        rounded = [self.number(parent.data) for parent in node.parents]
        if self.is_at_kink(node):
            slope = near = self.local(node, i, "kink")
        else:
            slope = self.arithmetic.slope(primitive, exact, i)
            near = slope if exact == rounded else self.arithmetic.slope(primitive, rounded, i)
        problem = near.problem or slope.problem
        if max(abs(near.value), abs(slope.value)) > LARGEST:
            problem = "too large for a float"
        if problem:
            return self.local(node, i, problem), self.number(0), _describe(problem, primitive)
        allowed = self.arithmetic.allowance(node, i, near) + TINY
        self.look_for_mistake(node, i, near.value, allowed)
        if near.value == 0 and slope.value == 0 and near.curvature == 0:
            return slope, self.number(0), ""
        return slope, abs(near.value - slope.value) + allowed, ""

    def is_at_kink(self, node: Value) -> bool:
        """Whether a kink of the operation lies at its operands, or between the exact ones and the rounded ones."""
        primitive = node.primitive
        if primitive is None or primitive.kink is None:
            return False
        exact = [self.exact[parent] for parent in node.parents]
        return self.arithmetic.kink(primitive, exact, [self.number(parent.data) for parent in node.parents])

    def local(self, node: Value, i: int, problem: str) -> Slope:
        """The partial derivative as it is given, where the exact one is not known."""
        given = node.partials[i]
        return Slope(self.number(given if math.isfinite(given) else 0.0), self.number(0), problem)

    def look_for_mistake(self, node: Value, i: int, right: Number, allowed: Number) -> None:
        """Note it if the operation's own partial derivative is off by more than rounding explains."""
        primitive = node.primitive
        assert primitive is not None
        found = node.partials[i]
        error = abs(self.number(found) - right) if math.isfinite(found) else self.number(math.inf)
        if error > allowed:
            numbers = ", ".join(f"{parent.data!r}" for parent in node.parents[:10])
            text = (
                f"the derivative of {primitive.title}({numbers}) with respect to operand {i + 1} "
                f"is given as {found!r}, but is {self.arithmetic.show(right)}"
            )
            self.mistakes.append((float(error / allowed), text))

    def look_for_wrong_value(self, node: Value) -> None:
        """Note it if the value of a user's operation is not the one that its exact counterpart has."""
        primitive = node.primitive
        if primitive is None or primitive.name in BUILT_IN:
            return
        rounded = [self.number(parent.data) for parent in node.parents]
        right = self.arithmetic.evaluate(primitive, rounded)
        slopes = [self.slopes[node, i].value if (node, i) in self.slopes else 0 for i in range(len(rounded))]
        size = abs(right) + sum((abs(s * x) for s, x in zip(slopes, rounded, strict=True)), self.number(0))
        error = abs(node.data - right)
        if error > OWN_TOLERANCE * size + TINY:
            numbers = ", ".join(f"{parent.data!r}" for parent in node.parents[:10])
            text = (
                f"{primitive.title}({numbers}) is {node.data!r}, but by its exact value {self.arithmetic.show(right)}"
            )
            self.wrong_values.append(text)

    def second(self) -> list[list[Number]]:
        """The exact Hessian, by the chain rule for second derivatives; after `differentiate`."""
        return [self.second_row(leaf) for leaf in self.leaves]

    def second_row(self, direction: Value) -> list[Number]:
        """Its product with one direction: tangents forward, then what they do to the adjoints backward."""
        zero = self.number(0)
        tangents: dict[Value, Number] = {direction: self.number(1)}
        for node in self.order:
            moved = [
                self.slopes[node, i].value * tangents[parent]
                for i, parent in enumerate(node.parents)
                if parent in tangents and (node, i) in self.slopes
            ]
            if moved:
                tangents[node] = sum(moved, zero)
        changes: dict[Value, Number] = {self.root: zero}
        for node in reversed(self.order):
            if node not in changes:
                continue
            for i, parent in enumerate(node.parents):
                if (node, i) in self.slopes:
                    share = changes[node] * self.slopes[node, i].value
                    share += self.adjoints[node] * self.bend(node, i, tangents)
                    changes[parent] = changes.get(parent, zero) + share
        return [changes.get(leaf, zero) for leaf in self.leaves]

    def bend(self, node: Value, i: int, tangents: dict[Value, Number]) -> Number:
        """How fast an operation's slope changes along the tangents."""
        total = self.number(0)
        for k, parent in enumerate(node.parents):
            if parent in tangents and (node, k) in self.slopes and not self.slopes[node, i].problem:
                total += self.second_partial(node, min(i, k), max(i, k)) * tangents[parent]
        return total

    def second_partial(self, node: Value, i: int, k: int) -> Number:
        """An operation's second derivative, computed once."""
        primitive = node.primitive
        assert primitive is not None
        found = self.seconds.get((node, i, k))
        if found is None:
            operands = [self.exact[parent] for parent in node.parents]
            found = self.seconds[node, i, k] = self.arithmetic.mixed(primitive, operands, i, k)
        return found


def live_nodes(root: Value) -> list[Value]:
    """The nodes on which the derivatives depend, parents before children."""
    live = {root}
    for node in reversed(topological_order(root)):
        if node in live:
            live.update(parent for parent, cut in zip(node.parents, node.cuts, strict=True) if not cut)
    return [node for node in topological_order(root) if node in live]


def _describe(problem: str, primitive: Primitive) -> str:
    if problem == "kink":
        return f"at a kink of {primitive.title}"
    return f"the derivative of {primitive.title} is {problem}"
