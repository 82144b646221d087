"""Derivatives of a recorded graph in high-precision arithmetic, independent of every rule for partial derivatives.

Each operation is evaluated with mpmath, at 160 digits or, where that does not suffice, at 1300. Its slopes are
differences of such values over a step of 1e-40, so they are right to more than 30 digits; the chain rule puts them
together. All this takes time proportional to the graph.

Alongside runs a bound on the rounding errors that a computation in doubles must be allowed: what a slope changes when
operands are rounded is measured, not estimated, by taking it at both the exact and the rounded operands.
"""

from __future__ import annotations

import math
import sys
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import topological_order

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

Number = Any  # mpmath's

DIGITS = 160
MORE_DIGITS = 1300  # enough for 1 + 1e-308 and steps of 1e-348
STEP = 40  # in digits
EPSILON = 2.0**-53
LARGEST = sys.float_info.max
TINY = 2.0**-1070
BUILT_IN_TOLERANCE = 2.0**-43
"""What a slope of a built-in operation may be off by. They keep to 4 ulp, but for exceptions that are named."""
OWN_TOLERANCE = 2.0**-36
"""The same for a user's own operation: as much as still tells a mistake of one part in 10^9."""


class Undefined(ArithmeticError):
    """There is no real number here."""


class NotExact(TypeError):
    """An operation has no value in high-precision arithmetic."""


class Slope(NamedTuple):
    """A partial derivative of one operation: its value, its own derivative, and what keeps it from having one."""

    value: Number
    curvature: Number
    problem: str = ""


class HighPrecision:
    """Operations in high-precision arithmetic, with a context of mpmath's that is ours alone."""

    def __init__(self) -> None:
        try:
            from mpmath.ctx_mp import MPContext  # type: ignore[import-untyped]
        except ImportError:
            raise ImportError(
                "the exact reference needs mpmath; install it with: pip install mpmath, or use reference='finite'"
            ) from None
        self.mp: Any = MPContext()
        self.mp.dps = DIGITS

    def evaluate(self, primitive: Primitive, operands: Sequence[Number]) -> Number:
        """The value of an operation.

        Raises:
            Undefined: if it is not one real number.
            NotExact: if the operation cannot be computed so.
        """
        arguments = primitive.arguments(operands)
        try:
            if primitive.exact is not None:
                result = primitive.exact(self.mp, *arguments)
            elif callable(getattr(self.mp, primitive.name, None)):
                result = getattr(self.mp, primitive.name)(*arguments)
            else:
                result = self.evaluate_by_value(primitive, arguments)
            result = self.mp.mpf(result)
        except (NotExact, ImportError):
            raise
        except (ArithmeticError, ValueError, TypeError) as error:
            raise Undefined(f"{primitive.name} has no real value here: {error}") from error
        if not self.mp.isfinite(result):
            raise Undefined(f"{primitive.name} is {result} here")
        return result

    def evaluate_by_value(self, primitive: Primitive, arguments: Sequence[Any]) -> Number:
        """The operation's own value, if it is written so that it computes with mpmath's numbers, too."""

        def refuse(number: Number) -> float:
            raise NotExact(f"{primitive.name} computes with floats")

        number = self.mp.mpf
        number.__float__ = refuse
        try:
            return primitive.value(*arguments)
        finally:
            del number.__float__

    def slope(self, primitive: Primitive, operands: Sequence[Number], i: int) -> Slope:
        """The derivative with respect to operand `i`."""
        found = self.try_slope(primitive, operands, i)
        if found is not None:
            return found
        self.mp.dps = MORE_DIGITS
        try:
            return self.try_slope(primitive, operands, i) or Slope(self.mp.mpf(0), self.mp.mpf(0))
        finally:
            self.mp.dps = DIGITS

    def try_slope(self, primitive: Primitive, operands: Sequence[Number], i: int) -> Slope | None:
        """The same at the present precision; None if that is too low."""
        step = self.step(operands, i)
        moved = (operands[i] + step) - operands[i]
        if abs(moved - step) > step / 10**30 and self.mp.dps < MORE_DIGITS:
            return None
        try:
            here = self.evaluate(primitive, operands)
            right, left = (self.side(primitive, operands, i, here, move) for move in (step, -step))
        except Undefined:
            return self.problem("not defined here")
        if right is None and left is None:
            return self.problem("not defined beside this point")
        if right is None or left is None:
            move = step if left is None else -step
            one, closer = right or left, self.side(primitive, operands, i, here, move / 10**10)
            if one is None or closer is None or abs(closer) > 100 * abs(one):
                return self.problem("infinite")
            return Slope(closer, self.mp.mpf(0))
        if not self.is_significant(right + left, here / step) and not (here == 0 and right == left == 0):
            if self.mp.dps < MORE_DIGITS:
                return None
            if right + left != 0:
                return Slope((right + left) / 2, (right - left) / step)
        if abs(right - left) > 10**-15 * max(abs(right), abs(left)):
            near_right, near_left = (self.side(primitive, operands, i, here, move / 10**10) for move in (step, -step))
            if near_right is None or near_left is None:
                return self.problem("infinite")
            if abs(near_right - near_left) > abs(right - left) / 1000:
                grows = max(abs(near_right), abs(near_left)) > 100 * max(abs(right), abs(left))
                return self.problem("infinite" if grows else "kink")
        return Slope((right + left) / 2, (right - left) / step)

    def side(
        self, primitive: Primitive, operands: Sequence[Number], i: int, here: Number, step: Number
    ) -> Number | None:
        """The slope of the chord to one side; None if there is no value there."""
        beside = list(operands)
        beside[i] = operands[i] + step
        if beside[i] == operands[i]:
            return self.mp.mpf(0)
        try:
            return (self.evaluate(primitive, beside) - here) / (beside[i] - operands[i])
        except Undefined:
            return None

    def mixed(self, primitive: Primitive, operands: Sequence[Number], i: int, k: int) -> Number:
        """The second derivative with respect to operands `i` and `k`, which may be the same.

        Raises:
            Undefined: if there is no value beside this point.
        """
        self.mp.dps = MORE_DIGITS
        try:
            steps = self.step(operands, i), self.step(operands, k)
            total = self.mp.mpf(0)
            for signs in ((1, 1), (1, -1), (-1, 1), (-1, -1)):
                beside = list(operands)
                beside[i] += signs[0] * steps[0]
                beside[k] += signs[1] * steps[1]
                total += signs[0] * signs[1] * self.evaluate(primitive, beside)
            return total / (4 * steps[0] * steps[1])
        finally:
            self.mp.dps = DIGITS

    def step(self, operands: Sequence[Number], i: int) -> Number:
        """A step that is small beside the operand, or if that is 0, beside the others; and beside 1."""
        sizes = [abs(operands[i])] if operands[i] else [abs(x) for x in operands if x]
        return min([self.mp.mpf(1), *sizes]) / 10**STEP

    def is_significant(self, difference: Number, whole: Number) -> bool:
        """Whether a difference of numbers as large as `whole` keeps 30 digits."""
        return bool(abs(difference) > abs(whole) * self.mp.mpf(10) ** (30 - self.mp.dps))

    def problem(self, what: str) -> Slope:
        """A slope that there is not."""
        return Slope(self.mp.mpf(0), self.mp.mpf(0), what)


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

    def __init__(self, arithmetic: HighPrecision, root: Value, leaves: Sequence[Value]) -> None:
        self.arithmetic = arithmetic
        self.number = arithmetic.mp.mpf
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
            self.problems[node] = f"at the edge of {node.primitive.name}'s domain"
            return self.number(node.data)
        return value

    def differentiate(self) -> list[Derivative]:
        """The chain rule, from the result down; with it goes the bound on rounding errors."""
        zero = self.number(0)
        adjoints, errors, problems = self.adjoints, {self.root: zero}, dict(self.problems)
        adjoints[self.root] = self.number(1)
        for node in reversed(self.order):
            if node not in self.active or node not in adjoints or not node.parents:
                continue
            adjoint, error = adjoints[node], errors[node]
            for i, parent in enumerate(node.parents):
                if parent not in self.active:
                    continue
                slope, uncertainty, problem = self.compare(node, i)
                self.slopes[node, i] = slope
                if adjoint == 0 and error == 0 and "kink" in problem:
                    problem = ""
                problem = problem or problems.get(node, "")
                if slope.value == 0 and uncertainty == 0 and not problem:
                    adjoints.setdefault(parent, zero)
                    errors.setdefault(parent, zero)
                    continue
                share = adjoint * slope.value
                total = adjoints.get(parent, zero) + share
                if max(abs(share), abs(total)) > LARGEST:
                    problem = problem or "it, or a number on the way to it, is too large for a float"
                rounding = EPSILON * (abs(total) + 2 * abs(share)) + TINY
                adjoints[parent] = total
                errors[parent] = (
                    errors.get(parent, zero)
                    + error * abs(slope.value)
                    + (abs(adjoint) + error) * uncertainty
                    + rounding
                )
                if problem:
                    problems[parent] = problem
            self.look_for_wrong_value(node)
        self.problems_of_leaves = [problems.get(leaf, "") for leaf in self.leaves]
        return [
            Derivative(adjoints.get(leaf, zero), errors.get(leaf, zero), problems.get(leaf, "")) for leaf in self.leaves
        ]

    def compare(self, node: Value, i: int) -> tuple[Slope, Number, str]:
        """A slope at the exact operands, how much it differs at the rounded ones, and why it may not count."""
        primitive = node.primitive
        assert primitive is not None
        exact = [self.exact[parent] for parent in node.parents]
        rounded = [self.number(parent.data) for parent in node.parents]
        slope = self.arithmetic.slope(primitive, exact, i)
        near = slope if exact == rounded else self.arithmetic.slope(primitive, rounded, i)
        problem = near.problem or slope.problem or self.kink_between(primitive, exact, rounded)
        if max(abs(near.value), abs(slope.value)) > LARGEST:
            problem = "too large for a float"
        if problem:
            local = node.partials[i]
            kept = self.number(local if math.isfinite(local) else 0.0)
            return Slope(kept, self.number(0), problem), self.number(0), _describe(problem, primitive)
        share = (BUILT_IN_TOLERANCE if primitive.name in BUILT_IN else OWN_TOLERANCE) + 2 * EPSILON * len(exact)
        allowed = share * abs(near.value) + 32 * EPSILON * abs(rounded[i] * near.curvature) + TINY
        self.look_for_mistake(node, i, near.value, allowed)
        if near.value == 0 and slope.value == 0 and near.curvature == 0:
            return slope, self.number(0), ""
        return slope, abs(near.value - slope.value) + allowed, ""

    def kink_between(self, primitive: Primitive, exact: Sequence[Number], rounded: Sequence[Number]) -> str:
        """Whether rounding moved the operands onto a kink, or across one."""
        if primitive.kink is None:
            return ""
        bends = [primitive.kink(*primitive.arguments(operands)) for operands in (exact, rounded)]
        return "kink" if bends[0] * bends[1] <= 0 else ""

    def look_for_mistake(self, node: Value, i: int, right: Number, allowed: Number) -> None:
        """Note it if the operation's own partial derivative is off by more than rounding explains."""
        primitive = node.primitive
        assert primitive is not None
        found = node.partials[i]
        error = abs(self.number(found) - right) if math.isfinite(found) else self.number(math.inf)
        if error > allowed:
            numbers = ", ".join(f"{parent.data!r}" for parent in node.parents[:10])
            text = (
                f"the derivative of {primitive.name}({numbers}) with respect to operand {i + 1} "
                f"is given as {found!r}, but is {self.arithmetic.mp.nstr(right, 17)}"
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
            text = f"{primitive.name}({numbers}) is {node.data!r}, but by its exact value {self.arithmetic.mp.nstr(right, 17)}"
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
            if tangents.get(parent) and not self.slopes[node, i].problem:
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


def _describe(problem: str, primitive: Primitive) -> str:
    if problem == "kink":
        return f"at a kink of {primitive.name}"
    return f"the derivative of {primitive.name} is {problem}"
