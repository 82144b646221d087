# mypy: disable-error-code="no-any-return"
"""The arithmetic by which an `ExactGraph` computes in balls: values, slopes and second derivatives of operations.

Derivatives come from the value of an operation alone, by carrying a power series through it, so that no rule for a
derivative is asked. How far off such a rule may be, for rounding alone, is told here as well (`allowance`).
"""

from __future__ import annotations

import math
from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from autograd.check.balls import Ball, Functions, arb, evaluate, hull, is_number, power_series
from autograd.check.branches import Undecided, every_outcome
from autograd.check.exact_graph import EPSILON, Slope, Undefined
from autograd.engine.modes import graph_recording
from autograd.engine.primitive import BUILT_IN
from autograd.engine.value import Value, topological_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from autograd.check.exact_graph import Number
    from autograd.engine.primitive import Primitive

ULP = 2.0 * EPSILON
BUILT_IN_ULPS = 4.0
"""What a slope of a built-in operation may be off by, in units in the last place: what `tests/accuracy` measures."""
OWN_TOLERANCE = 2.0**-44
"""The same for a user's own operation, as a share of it, where its rule does not tell more."""
_one_at_a_time = RLock()  # Arb's precision is that of all threads


class BallArithmetic:
    """Operations in ball arithmetic at some precision, for an `ExactGraph`.

    Args:
        precision: in bits.

    Raises:
        ImportError: if python-flint is not installed.
    """

    def __init__(self, precision: int) -> None:
        try:
            import flint
        except ImportError:
            raise ImportError(
                "rounding, enclose and proofs need python-flint; install it with: pip install python-flint"
            ) from None
        self.precision = precision
        self.context = flint.ctx

    @contextmanager
    def working(self, length: int = 2) -> Iterator[None]:
        """A context in which Arb computes at this precision, with series of this length; for one thread at a time."""
        with _one_at_a_time:
            before = self.context.prec, self.context.cap
            self.context.prec, self.context.cap = self.precision, length
            try:
                yield
            finally:
                self.context.prec, self.context.cap = before

    def number(self, number: float) -> Number:
        """A float, exactly."""
        return arb(number)

    def evaluate(self, primitive: Primitive, operands: Sequence[Number]) -> Number:
        """The value of an operation; where a comparison is open, what holds both outcomes."""
        balls = [Ball(each) for each in operands]
        found = hull([each.value for each in every_outcome(lambda: evaluate(primitive, balls))[0]])
        if not found.is_finite():
            raise Undefined(f"{primitive.title} has no real value here")
        return found

    def slope(self, primitive: Primitive, operands: Sequence[Number], i: int) -> Slope:
        """The derivative with respect to operand `i`: the second coefficient of a series."""
        balls = [Ball(each) for each in operands]
        balls[i] = Ball(power_series([operands[i], 1]))
        zero = arb(0)
        try:
            found = evaluate(primitive, balls).inner
        except Undecided:
            return Slope(zero, zero, "kink")
        slope = (zero if found.is_finite() else found) if is_number(found) else found[1]
        return Slope(slope, zero) if slope.is_finite() else Slope(zero, zero, "infinite, or not defined here")

    def mixed(self, primitive: Primitive, operands: Sequence[Number], i: int, k: int) -> Number:
        """The second derivative with respect to operands `i` and `k`, from the third coefficients of series."""
        both = self.bend(primitive, operands, {i, k})
        if i == k:
            return both * 2
        return both - self.bend(primitive, operands, {i}) - self.bend(primitive, operands, {k})

    def bend(self, primitive: Primitive, operands: Sequence[Number], moved: set[int]) -> Number:
        """The third coefficient of the series along which some operands move together."""
        balls = [Ball(power_series([each, 1]) if i in moved else each) for i, each in enumerate(operands)]
        try:
            found = evaluate(primitive, balls).inner
        except Undecided:
            raise Undefined(f"at a kink of {primitive.title}") from None
        bend = arb(0) if is_number(found) else found[2]
        if not bend.is_finite():
            raise Undefined(f"the second derivative of {primitive.title} is infinite")
        return bend

    def kink(self, primitive: Primitive, exact: Sequence[Number], rounded: Sequence[Number]) -> bool:
        """Whether a kink lies at these operands, or between them."""
        bends = [
            self.bend_of(primitive.kink, primitive.arguments([Ball(x) for x in each])) for each in (exact, rounded)
        ]
        return not bends[0] * bends[1] > 0

    def bend_of(self, kink: Any, arguments: Sequence[Any]) -> Number:
        """What an operation's `kink` says, by every outcome of open comparisons."""
        return hull([Functions.mpf(each).value for each in every_outcome(lambda: kink(*arguments))[0]])

    def allowance(self, node: Value, i: int, near: Slope) -> Number:
        """How far off an operation's own partial derivative may be: some ulp of it, or of the larger of its terms."""
        primitive = node.primitive
        assert primitive is not None
        size = near.value.abs_upper()
        given = abs(arb(node.partials[i]) - near.value)
        many = ULP * len(node.parents) if primitive.sequences else 0.0
        if primitive.name in BUILT_IN:
            allowed = arb(BUILT_IN_ULPS * _ulp(size)) + many * size
            if given <= allowed:
                return allowed
            return arb(BUILT_IN_ULPS * _ulp(arb(_larger_term(_rule(node, i))))) + many * size
        tight = BUILT_IN_ULPS * ULP * size
        if given <= tight:
            return tight
        allowed = OWN_TOLERANCE * size + 32 * EPSILON * self.condition(node, i)
        rule = _rule(node, i)
        return min(allowed, _rounding(rule) + ULP * size, key=float) if isinstance(rule, Value) else allowed

    def condition(self, node: Value, i: int) -> Number:
        """By how much the slope changes when an operand does, beside its size, all operands together."""
        primitive = node.primitive
        assert primitive is not None
        operands = [arb(parent.data) for parent in node.parents]
        total = arb(0)
        with self.working(3):
            for k, operand in enumerate(operands):
                try:
                    total += abs(self.mixed(primitive, operands, i, k) * operand)
                except Undefined:
                    continue
        return total

    def show(self, number: Number) -> str:
        """A number in 17 digits."""
        return str(number.mid().str(17, radius=False))


def _ulp(size: Number) -> float:
    """The unit in the last place of a number of this size."""
    number = float(size)
    return math.ulp(number) if math.isfinite(number) else math.ulp(1.7e308)


def _rule(node: Value, i: int) -> Any:
    """What a rule for a partial derivative computes, as a graph."""
    primitive = node.primitive
    assert primitive is not None
    operands = [Value(parent.data) for parent in node.parents]
    with graph_recording():
        return primitive.differentiate(operands, Value(node.data))[i]


def _larger_term(rule: Any) -> float:
    """What a rule would compute if it took the larger of the terms wherever it adds."""
    if not isinstance(rule, Value) or rule.primitive is None:
        return abs(rule.data if isinstance(rule, Value) else float(rule))
    if rule.primitive.precedence in (1, 3):
        return max(map(_larger_term, rule.parents))
    if rule.primitive.symbol == "*":
        return math.prod(map(_larger_term, rule.parents))
    return abs(rule.data)


def _rounding(rule: Value) -> float:
    """How far off rounding may put what a rule computes, to first order: a unit in the last place at each operation."""
    rule.backward()
    return ULP * sum(abs(node.grad * node.data) for node in topological_order(rule) if node.parents)
