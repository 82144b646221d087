"""Operations in high-precision arithmetic: what `ExactGraph` computes with when it takes mpmath.

Each operation is evaluated at 160 digits or, where that does not suffice, at 1300. Its slopes are differences of such
values over a step of 1e-40, so they are right to more than 30 digits, and independent of every rule for partial
derivatives.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from autograd.check.exact_graph import EPSILON, OWN_TOLERANCE, NotExact, Slope, Undefined
from autograd.engine.primitive import BUILT_IN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from autograd.check.exact_graph import Number
    from autograd.engine.primitive import Primitive
    from autograd.engine.value import Value

DIGITS = 160
MORE_DIGITS = 1300  # enough for 1 + 1e-308 and steps of 1e-348
STEP = 40  # in digits
BUILT_IN_TOLERANCE = 2.0**-43
"""What a slope of a built-in operation may be off by. They keep to 4 ulp, but for exceptions that are named."""


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
        self.number = self.mp.mpf

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
            raise Undefined(f"{primitive.title} has no real value here: {error}") from error
        if not self.mp.isfinite(result):
            raise Undefined(f"{primitive.title} is {result} here")
        return result

    def evaluate_by_value(self, primitive: Primitive, arguments: Sequence[Any]) -> Number:
        """The operation's own value, if it is written so that it computes with mpmath's numbers, too."""

        def refuse(number: Number) -> float:
            raise NotExact(f"{primitive.title} computes with floats")

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
        if left is None:
            return self.one_sided(primitive, operands, i, here, right, step)
        if right is None:
            return self.one_sided(primitive, operands, i, here, left, -step)
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
        elif abs(right) > 10**15:  # as steep on both sides, or steeper and steeper, as the cube root at 0
            closer = self.side(primitive, operands, i, here, step / 10**10)
            if closer is None or abs(closer) > 100 * abs(right):
                return self.problem("infinite")
        return Slope((right + left) / 2, (right - left) / step)

    def one_sided(
        self, primitive: Primitive, operands: Sequence[Number], i: int, here: Number, slope: Number, step: Number
    ) -> Slope:
        """The derivative at an end of the domain, from the slope of the one chord that there is."""
        closer = self.side(primitive, operands, i, here, step / 10**10)
        if closer is None or abs(closer) > 100 * abs(slope):
            return self.problem("infinite")
        return Slope(closer, self.mp.mpf(0))

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

    def kink(self, primitive: Primitive, exact: Sequence[Number], rounded: Sequence[Number]) -> bool:
        """Whether rounding moved the operands onto a kink, or across one."""
        assert primitive.kink is not None
        bends = [primitive.kink(*primitive.arguments(operands)) for operands in (exact, rounded)]
        return bool(bends[0] * bends[1] <= 0)

    def allowance(self, node: Value, i: int, near: Slope) -> Number:
        """How far off an operation's own partial derivative may be: a share of it, and some for rounded operands."""
        primitive = node.primitive
        assert primitive is not None
        parents = node.parents
        share = (BUILT_IN_TOLERANCE if primitive.name in BUILT_IN else OWN_TOLERANCE) + 2 * EPSILON * len(parents)
        return share * abs(near.value) + 32 * EPSILON * abs(parents[i].data * near.curvature)

    def show(self, number: Number) -> str:
        """A number in 17 digits."""
        return str(self.mp.nstr(number, 17))
