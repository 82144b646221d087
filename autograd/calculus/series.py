"""Truncated power series that the operations of the table work on as they do on numbers; `taylor` is made of them.

A series is lazy: it computes one coefficient at a time, when that is asked for. Arithmetic is that of Knuth, The Art of
Computer Programming, vol. 2, section 4.7. Every other operation z follows from its derivative rule, by the chain rule
for functions of t,

    z'(t) = sum of dz/dx_i (x(t), z(t)) * x_i'(t).

The rule is applied to series, and the series that it gives may use z itself. That is no circle, since coefficient k of z
takes only the coefficients of the right-hand side below k. In this way ``sin`` and ``cos`` make each other, and each
coefficient costs one sum over those before it. An operation that only serves the rules of others, and whose derivatives
would be ever new operations, says by `Primitive.series` what it stands for.
"""

from __future__ import annotations

from math import copysign, inf, prod
from operator import mul
from typing import TYPE_CHECKING, Any

from autograd.calculus.graph import both, either
from autograd.engine.floats import divide
from autograd.engine.primitive import TABLE, Primitive
from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Scalar = Any  # a float; or a `Value`, where somebody differentiates on
    Memory = dict[Any, tuple["Series", Sequence[Any]]]  # what has been made, by operation and operands; and these


MOST_FACTORS = 1024.0  # up to which a power with a whole number may be computed by multiplication


class Series:
    """A power series in t, extended as far as somebody asks.

    Args:
        coefficients: the first ones, at least one.
        memory: what has been computed already, shared by all series of one calculation.
        degree: of a polynomial, beyond which all coefficients are 0 whatever the inputs are; None for any other series.
        extend: computes the coefficient of a given number; needed for those between the first ones and the degree.
        absent: in a program, a mask as in `autograd.calculus.graph`: 1 where the series is constant after all, since
            none of the operands that vary with t was chosen.

    Example:
        >>> from autograd import exp
        >>> t = Series([0.0, 1.0], {}, 1)
        >>> (exp(t) * (1 - t)).first(4)
        [1.0, 0.0, -0.5, -0.33333333333333337, -0.125]
    """

    __slots__ = ("_extend", "_slopes", "absent", "coefficients", "degree", "memory")

    __array_ufunc__ = None

    def __init__(
        self,
        coefficients: list[Scalar],
        memory: Memory,
        degree: int | None = None,
        extend: Callable[[int], Scalar] | None = None,
        absent: Any = None,
    ) -> None:
        self.coefficients = coefficients
        self.memory = memory
        self.degree = degree
        self.absent = absent
        self._extend = extend
        self._slopes: list[Scalar] = []

    def __getitem__(self, k: int) -> Scalar:
        coefficients = self.coefficients
        while len(coefficients) <= k:
            if self._extend is None or (self.degree is not None and len(coefficients) > self.degree):
                return 0.0
            coefficients.append(self._extend(len(coefficients)))
        return coefficients[k]

    def first(self, n: int) -> list[Scalar]:
        """The coefficients up to number n."""
        coefficients = self.coefficients
        if len(coefficients) <= n:
            self[n]
        return coefficients[: n + 1] + [0.0] * (n + 1 - len(coefficients))

    def last(self, k: int) -> int:
        """The number of the last coefficient, up to number k, that may differ from 0."""
        return k if self.degree is None else min(k, self.degree)

    def slopes(self, k: int) -> list[Scalar]:
        """The coefficients of the derivative with respect to t, up to number k - 1 and without the zeros at the end."""
        last, slopes = self.last(k), self._slopes
        for j in range(len(slopes) + 1, last + 1):
            slopes.append(j * self[j])
        return slopes if len(slopes) == last else slopes[:last]

    # Arithmetic.

    def __add__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series([self[0] + other], self.memory, self.degree, self.__getitem__, self.absent)
        return self._combined(other, lambda k: plus(self[k], other[k]))

    def __radd__(self, other: Any) -> Series:
        return Series([other + self[0]], self.memory, self.degree, self.__getitem__, self.absent)

    def __sub__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series([self[0] - other], self.memory, self.degree, self.__getitem__, self.absent)
        return self._combined(other, lambda k: plus(self[k], -other[k]))

    def __rsub__(self, other: Any) -> Series:
        return Series([other - self[0]], self.memory, self.degree, lambda k: -self[k], self.absent)

    def __neg__(self) -> Series:
        return Series([-self[0]], self.memory, self.degree, lambda k: -self[k], self.absent)

    def __pos__(self) -> Series:
        return self

    def __mul__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series([self[0] * other], self.memory, self.degree, lambda k: self[k] * other, self.absent)
        degree = None if self.degree is None or other.degree is None else self.degree + other.degree

        def extend(k: int) -> Scalar:
            return product(self.first(self.last(k)), other.first(other.last(k)), k)

        return Series([self[0] * other[0]], self.memory, degree, extend)

    __rmul__ = __mul__

    def __truediv__(self, other: Any) -> Series:
        if not isinstance(other, Series):
            return Series(
                [quotient(self[0], other)], self.memory, self.degree, lambda k: quotient(self[k], other), self.absent
            )

        def extend(k: int) -> Scalar:
            known = product(other.first(other.last(k)), result.coefficients, k)
            return quotient(plus(self[k], -known), other[0])

        result = Series([quotient(self[0], other[0])], self.memory, self.degree if other.degree == 0 else None, extend)
        return result

    def __rtruediv__(self, other: Any) -> Series:
        return Series([other], self.memory, 0) / self

    def __pow__(self, other: Any) -> Series:
        if isinstance(other, Series):
            return self._to_a_series(other)
        is_whole = not isinstance(other, Value) and abs(other) < MOST_FACTORS and other == int(other)
        if is_whole and (0.0 <= other <= 3.0 or not (type(self[0]) is float and self[0] != 0.0)):
            return self._multiplied(int(other))
        return self._to_a_number(other)

    def __rpow__(self, other: Any) -> Series:
        return Series([other], self.memory, 0)._to_a_series(self)

    def _multiplied(self, count: int) -> Series:
        """A power with a whole number, which has a series where this one is 0, too."""
        if count < 0:
            return 1.0 / self._multiplied(-count)
        if count == 0:
            return Series([1.0], self.memory, 0)
        half = self._multiplied(count // 2) if count > 1 else None
        return self if half is None else half * half * self if count % 2 else half * half

    def _to_a_number(self, exponent: Scalar) -> Series:
        """The power z with a number y: by z' x = y z x'."""
        from_zero = type(self[0]) is float and self[0] == 0.0 and not isinstance(exponent, Value)

        def extend(k: int) -> Scalar:
            if from_zero and (k < exponent or (exponent > 0.0 and exponent != int(exponent))):
                return self._power_from_zero(exponent, k)
            last = self.last(k)
            factors = [(exponent * j - (k - j)) * self[j] for j in range(1, last + 1)]
            return quotient(product([0.0, *factors], result.coefficients, k), k * self[0])

        result = Series([TABLE["pow"](self[0], exponent)], self.memory, None, extend)
        return result

    def _power_from_zero(self, exponent: float, k: int) -> Scalar:
        """Coefficient k of a power of what is 0 at t = 0: of t ** 2.5, say, two are 0, and those beyond infinite."""
        if k < exponent:
            return 0.0
        sign = prod(copysign(1.0, exponent - j) for j in range(k))
        return sign * inf * self[1] ** k

    def _to_a_series(self, exponent: Series) -> Series:
        """The power z with a series y: by z' = z (y log(x))'."""
        logarithm = exponent * TABLE["log"](self)

        def extend(k: int) -> Scalar:
            return quotient(product(logarithm.slopes(k), result.coefficients, k - 1), float(k))

        result = Series([TABLE["pow"](self[0], exponent[0])], self.memory, None, extend)
        return result

    def __abs__(self) -> Series:
        return self.apply_primitive(TABLE["abs"], (self,))

    def _combined(self, other: Series, extend: Callable[[int], Scalar]) -> Series:
        degree = None if self.degree is None or other.degree is None else max(self.degree, other.degree)
        return Series([extend(0)], self.memory, degree, extend, both(self.absent, other.absent))

    # Comparisons are of what the series stand for, at t = 0.

    def __lt__(self, other: Any) -> Any:
        return self._compared(self[0] < start(other))

    def __le__(self, other: Any) -> Any:
        return self._compared(self[0] <= start(other))

    def __gt__(self, other: Any) -> Any:
        return self._compared(self[0] > start(other))

    def __ge__(self, other: Any) -> Any:
        return self._compared(self[0] >= start(other))

    def __eq__(self, other: object) -> Any:
        return self._compared(self[0] == start(other))

    def __ne__(self, other: object) -> Any:
        return self._compared(self[0] != start(other))

    __hash__ = object.__hash__

    def _compared(self, outcome: Any) -> Any:
        return Series([outcome], self.memory, 0) if isinstance(outcome, Value) else outcome

    # Operations of the table.

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Series:
        """The series of an operation on series and numbers; called by `Primitive`."""
        memory = next(operand.memory for operand in operands if isinstance(operand, Series))
        return apply(primitive, operands, memory)


def apply(primitive: Primitive, operands: Sequence[Any], memory: Memory, value: Scalar = None) -> Series:
    """The series of an operation on series and numbers; `value` is the number at t = 0, if that is known."""
    key = (primitive, *(id(each) if isinstance(each, Series) else float(each) for each in operands))
    if key not in memory:
        if value is None:
            value = primitive(*primitive.arguments([start(each) for each in operands]))
        memory[key] = _new_series(primitive, operands, value, memory), operands  # whose ids are kept from others
    return memory[key][0]


def _new_series(primitive: Primitive, operands: Sequence[Any], value: Scalar, memory: Memory) -> Series:
    ways = [
        (place, operand, either(operand.absent, start(cut)))
        for place, (operand, cut) in enumerate(zip(operands, primitive.cuts(operands), strict=True))
        if isinstance(operand, Series) and operand.degree != 0 and (isinstance(cut, Series) or not cut)
    ]
    if not ways:
        return Series([value], memory, 0)
    if primitive.series is None:
        return _by_rule(primitive, operands, ways, value, memory)
    form = primitive.series(*primitive.arguments(operands))
    return Series([value], memory, form.degree, form.__getitem__, form.absent)


def _by_rule(
    primitive: Primitive, operands: Sequence[Any], ways: list[tuple[int, Series, Any]], value: Scalar, memory: Memory
) -> Series:
    """The series of an operation from its derivative rule, which is applied when the first coefficient is asked for.

    Args:
        primitive, operands, value, memory: as for `apply`.
        ways: the operands that vary with t and are not cut off: place, series and mask of each.
    """
    partials: list[Any] = []

    def extend(k: int) -> Scalar:
        if not partials:
            partials.extend(primitive.differentiate(operands, result))
        total: Scalar = 0.0
        for place, operand, missing in ways:
            partial = partials[place]
            if not isinstance(partial, Series):
                share = partial * operand[k] if k == operand.last(k) else 0.0
            else:
                share = quotient(product(operand.slopes(k), partial.first(partial.last(k - 1)), k - 1), float(k))
            total = plus(total, share if missing is None else TABLE["where"](missing, 0.0, share))
        return total

    absent = ways[0][2]
    for _, _, missing in ways[1:]:
        absent = both(absent, missing)
    result = Series([value], memory, None, extend, absent)
    return result


# Numbers: floats, or `Value`s. A plain 0 is 0 whatever the inputs are, and makes no nodes.


def start(x: Any) -> Scalar:
    """What a series, or a number, is at t = 0."""
    return x[0] if isinstance(x, Series) else x


def product(xs: Sequence[Scalar], ys: Sequence[Scalar], k: int) -> Scalar:
    """Coefficient k of the product of two series, given by all their coefficients that may differ from 0."""
    first = max(0, k + 1 - len(ys))
    return sum(map(mul, xs[first:] if first else xs, ys[k - first :: -1]), 0.0)


def plus(x: Scalar, y: Scalar) -> Scalar:
    """The sum; with a plain 0, which is no term, the other one."""
    if type(x) is float and x == 0.0:
        return y
    return x if type(y) is float and y == 0.0 else x + y


def quotient(x: Scalar, y: Scalar) -> Scalar:
    """The quotient, as IEEE 754 has it."""
    return x / y if isinstance(x, Value) or isinstance(y, Value) else divide(float(x), float(y))
