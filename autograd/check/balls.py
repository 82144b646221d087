# mypy: disable-error-code="no-any-return"
"""Balls: numbers that know how far off they may be, and the functions of mpmath on them.

A ball is a midpoint and a radius, and the true number surely lies within. Arb (F. Johansson, "Arb: efficient
arbitrary-precision midpoint-radius interval arithmetic", IEEE Transactions on Computers 66, 2017) rounds every
operation outward; python-flint brings it to Python. A `Ball` here may also be a power series in one variable, of which
the coefficients are balls.

What an operation's entry says of its value in high precision, ``exact``, mostly serves here too: it is called with a
module that has mpmath's names, `Functions`. Where it does not, the entry has ``enclosed``.
"""

from __future__ import annotations

import math
from functools import reduce
from typing import TYPE_CHECKING, Any

from autograd.check.branches import note_open, open_outcome
from autograd.check.exact_graph import NotExact
from autograd.engine.floats import as_float
from autograd.engine.modes import refuse_to_read
from autograd.engine.primitive import TABLE
from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from autograd.check.exact_graph import Number
    from autograd.engine.primitive import Primitive

WIDE = 2.0**-20
"""The radius from which a ball is taken for a part of a box, and not for a number with its rounding error."""


class Ball:
    """A number with a bound on its error, or a power series of such; computes like a float.

    Args:
        inner: python-flint's `arb` or `arb_series`.
    """

    __slots__ = ("inner",)

    def __init__(self, inner: Any) -> None:
        self.inner = inner

    @property
    def value(self) -> Number:
        """The ball itself; of a series, its first coefficient."""
        return self.inner if is_number(self.inner) else self.inner[0]

    @staticmethod
    def apply_primitive(primitive: Primitive, operands: Sequence[Any]) -> Ball:
        """Apply any operation of the table; called by `Primitive`."""
        return evaluate(primitive, [each if isinstance(each, Ball) else Ball(arb(as_float(each))) for each in operands])

    def __getattr__(self, name: str) -> Callable[..., Ball]:
        if name not in TABLE:
            raise AttributeError(
                f"an enclosure has no attribute {name!r}; the function must compute with operations of this package only"
            )
        return lambda *others: TABLE[name](self, *others)

    def __repr__(self) -> str:
        return f"Ball({self.value.str(17)})"

    def __add__(self, other: Any) -> Ball:
        return Ball(self.inner + _inner(other))

    def __radd__(self, other: Any) -> Ball:
        return Ball(_inner(other) + self.inner)

    def __sub__(self, other: Any) -> Ball:
        return Ball(self.inner - _inner(other))

    def __rsub__(self, other: Any) -> Ball:
        return Ball(_inner(other) - self.inner)

    def __mul__(self, other: Any) -> Ball:
        return Ball(self.inner * _inner(other))

    def __rmul__(self, other: Any) -> Ball:
        return Ball(_inner(other) * self.inner)

    def __truediv__(self, other: Any) -> Ball:
        return Ball(_quotient(self.inner, _inner(other)))

    def __rtruediv__(self, other: Any) -> Ball:
        return Ball(_quotient(_inner(other), self.inner))

    def __pow__(self, other: Any) -> Ball:
        return Ball(_power(self.inner, _inner(other)))

    def __rpow__(self, other: Any) -> Ball:
        return Ball(_power(_inner(other), self.inner))

    def __floordiv__(self, other: Any) -> Ball:
        return Functions.floor(self / other)

    def __rfloordiv__(self, other: Any) -> Ball:
        return Functions.floor(other / self)

    def __mod__(self, other: Any) -> Ball:
        return self - other * Functions.floor(self / other)

    def __rmod__(self, other: Any) -> Ball:
        return other - self * Functions.floor(other / self)

    def __neg__(self) -> Ball:
        return Ball(-self.inner)

    def __pos__(self) -> Ball:
        return self

    def __abs__(self) -> Ball:
        return Functions.fabs(self)

    def __lt__(self, other: Any) -> bool:
        return _decide(-(self - other), lambda x: x > 0, lambda x: x <= 0)

    def __le__(self, other: Any) -> bool:
        return _decide(-(self - other), lambda x: x >= 0, lambda x: x < 0)

    def __gt__(self, other: Any) -> bool:
        return _decide(self - other, lambda x: x > 0, lambda x: x <= 0)

    def __ge__(self, other: Any) -> bool:
        return _decide(self - other, lambda x: x >= 0, lambda x: x < 0)

    def __eq__(self, other: object) -> bool:
        return _decide(self - other, lambda x: x == 0, lambda x: x != 0)

    def __ne__(self, other: object) -> bool:
        return not self == other

    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return self != 0.0


def _decide(difference: Ball, is_true: Callable[[Number], bool], is_false: Callable[[Number], bool]) -> bool:
    """The outcome of a comparison with 0. Where a series begins with 0, it holds on one side and not on the other."""
    value = difference.value
    is_tie = not is_number(difference.inner) and value.contains(0)
    if not is_tie and (is_true(value) or is_false(value)):
        return bool(is_true(value))
    return open_outcome()


# Numbers and series of python-flint's.


def arb(number: Any) -> Number:
    """A number of Arb's, exactly."""
    import flint

    return flint.arb(number)


def power_series(coefficients: Sequence[Number]) -> Number:
    """A power series of Arb's."""
    import flint

    return flint.arb_series(coefficients)


def is_number(inner: Any) -> bool:
    """Whether this is a number of Arb's, and not a series."""
    return hasattr(inner, "rad")


def _inner(number: Any) -> Any:
    if isinstance(number, Ball):
        return number.inner
    if isinstance(number, Value):
        refuse_to_read([number])
        return arb(number.data)
    return arb(as_float(number))


def _with_value(series: Any, value: Number) -> Any:
    """A series with another first coefficient, one that was computed without cancellation."""
    if is_number(series):
        return value if series.is_finite() else series
    return power_series([value, *series.coeffs()[1:]]) + _zero_like(series)


def _zero_like(series: Any) -> Any:
    """The series 0, known to as many terms as this one: adding it makes a polynomial a series that is no better known."""
    return series * 0


def _quotient(x: Any, y: Any) -> Any:
    if (y if is_number(y) else y[0]).contains(0):
        return arb("nan")
    return x / y


def _power(x: Any, y: Any) -> Any:
    """A power; of a base that may be negative, if the exponent is a whole number."""
    exponent = y.unique_fmpz() if is_number(y) and y.is_integer() else None
    if exponent is not None and abs(exponent) <= 1024:
        whole = _whole_power(x, abs(int(exponent)))
        return whole if exponent >= 0 else _quotient(arb(1), whole)
    base = x if is_number(x) else x[0]
    if is_number(x) and x == 0:
        return arb(0) if (y if is_number(y) else y[0]) > 0 else arb("nan")
    if exponent is not None and base < 0:
        size = ((-x).log() * y).exp()
        return -size if int(exponent) % 2 else size
    return (x.log() * y).exp()


def _whole_power(x: Any, exponent: int) -> Any:
    result = None
    while exponent:
        if exponent & 1:
            result = x if result is None else result * x
        x, exponent = x * x, exponent >> 1
    return arb(1) if result is None else result


def _is_wide(value: Number) -> bool:
    """Whether a ball covers a part of a box; there a monotone function is bounded best by its values at the ends."""
    return value.rad() > WIDE


def _is_of_first_order() -> bool:
    """Whether series have no more than two coefficients now."""
    from flint import ctx

    return ctx.cap <= 2


def _between_ends(value: Number, name: str) -> Number:
    """The bounds of a function that grows everywhere, on a wide ball."""
    return getattr(value.lower(), name)().union(getattr(value.upper(), name)())


def _square(value: Number) -> Number:
    """A square, which is not negative."""
    return (value.abs_lower() ** 2).union(value.abs_upper() ** 2)


def _to_first_order(x: Ball, value: Number, slope: Number) -> Ball:
    """A function of a series of two coefficients, by its value and its derivative."""
    return Ball(value if is_number(x.inner) else power_series([value, slope * x.inner[1]]) + _zero_like(x.inner))


def _byarb(name: str) -> Callable[[Any], Ball]:
    """A function that Arb has for numbers and series alike."""

    def function(x: Any) -> Ball:
        return Ball(getattr(_inner(x), name)())

    return function


class Functions:
    """The functions of mpmath, on balls.

    Arb has some of them for numbers only. On a series these are composed of others; where that would cancel, the first
    coefficient is taken from Arb's own function.
    """

    sqrt = staticmethod(_byarb("sqrt"))
    sin = staticmethod(_byarb("sin"))
    cos = staticmethod(_byarb("cos"))
    tan = staticmethod(_byarb("tan"))
    asin = staticmethod(_byarb("asin"))
    acos = staticmethod(_byarb("acos"))
    atan = staticmethod(_byarb("atan"))
    erf = staticmethod(_byarb("erf"))
    erfc = staticmethod(_byarb("erfc"))
    gamma = staticmethod(_byarb("gamma"))
    rgamma = staticmethod(_byarb("rgamma"))

    @staticmethod
    def mpf(number: Any) -> Ball:
        """A number, exactly."""
        return number if isinstance(number, Ball) else Ball(arb(float(number) if isinstance(number, bool) else number))

    @staticmethod
    def isnan(x: Any) -> bool:
        """False: a ball holds numbers only."""
        return False

    @staticmethod
    def isfinite(x: Any) -> bool:
        """True: a ball holds finite numbers only."""
        return True

    @staticmethod
    def fabs(x: Any) -> Ball:
        """The absolute value."""
        x = Functions.mpf(x)
        if is_number(x.inner):
            return Ball(abs(x.inner))
        return x if x > 0 else -x

    @staticmethod
    def sign(x: Any) -> Ball:
        """The sign."""
        x = Functions.mpf(x)
        if is_number(x.inner) and x.inner == 0:
            return x
        return Ball(arb(1 if x > 0 else -1))

    @staticmethod
    def floor(x: Any) -> Ball:
        """The greatest whole number that is not above x."""
        x = Functions.mpf(x)
        down = x.value.floor()
        is_open = down.unique_fmpz() is None or (not is_number(x.inner) and x.value.contains_integer())
        if is_open:
            note_open("it is open which whole number is next")
        return Ball(down)

    @staticmethod
    def ceil(x: Any) -> Ball:
        """The least whole number that is not below x."""
        return -Functions.floor(-Functions.mpf(x))

    @staticmethod
    def log(x: Any, base: Any = None) -> Ball:
        """The natural logarithm, or that to another base."""
        logarithm = Ball(_inner(x).log())
        return logarithm if base is None else logarithm / Ball(_inner(base).log())

    @staticmethod
    def log2(x: Any) -> Ball:
        """The logarithm to base 2."""
        return Functions.log(x, 2)

    @staticmethod
    def log10(x: Any) -> Ball:
        """The logarithm to base 10."""
        return Functions.log(x, 10)

    @staticmethod
    def exp2(x: Any) -> Ball:
        """The power of 2."""
        return 2 ** Functions.mpf(x)

    @staticmethod
    def power(x: Any, y: Any) -> Ball:
        """The power."""
        return Functions.mpf(x) ** y

    @staticmethod
    def logaddexp(x: Any, y: Any) -> Ball:
        """The logarithm of a sum of exponentials, of which the larger may be out of range."""
        x, y = Functions.mpf(x), Functions.mpf(y)
        if x.value > y.value:
            x, y = y, x
        return y + Functions.log1p(Functions.exp(x - y))

    @staticmethod
    def logsumexp(xs: Iterable[Any]) -> Ball:
        """The logarithm of a sum of exponentials, of any number of them."""
        return reduce(Functions.logaddexp, xs)

    @staticmethod
    def expm1(x: Any) -> Ball:
        """The exponential less 1."""
        x = Functions.mpf(x)
        return Ball(_with_value(x.inner.exp(), x.value.expm1()))

    @staticmethod
    def log1p(x: Any) -> Ball:
        """The logarithm of 1 + x."""
        x = Functions.mpf(x)
        return Ball(_with_value((x.inner + 1).log(), x.value.log1p()))

    @staticmethod
    def cbrt(x: Any) -> Ball:
        """The cube root of a number that is not negative."""
        x = Functions.mpf(x)
        if is_number(x.inner) and x.inner == 0:
            return x
        return Ball(_with_value((x.inner.log() / 3).exp(), x.value.root(3)))

    @staticmethod
    def sinh(x: Any) -> Ball:
        """The hyperbolic sine."""
        x = Functions.mpf(x)
        return Ball(_with_value((x.inner.exp() - (-x.inner).exp()) / 2, x.value.sinh()))

    @staticmethod
    def cosh(x: Any) -> Ball:
        """The hyperbolic cosine."""
        x = Functions.mpf(x)
        return Ball((x.inner.exp() + (-x.inner).exp()) / 2)

    @staticmethod
    def sech(x: Any) -> Ball:
        """The hyperbolic secant."""
        return 1 / Functions.cosh(x)

    @staticmethod
    def exp(x: Any) -> Ball:
        """The exponential; on a wide ball, from its ends."""
        x = Functions.mpf(x)
        if not _is_wide(x.value):
            return Ball(x.inner.exp())
        size = _between_ends(x.value, "exp")
        return Ball(size if is_number(x.inner) else _with_value(x.inner, arb(0)).exp() * size)

    @staticmethod
    def tanh(x: Any) -> Ball:
        """The hyperbolic tangent, from what it lacks to 1 or -1: so its derivative does not cancel."""
        x = Functions.mpf(x)
        if _is_wide(x.value) and _is_of_first_order():
            value = _between_ends(x.value, "tanh")
            return _to_first_order(x, value, 1 - _square(value))
        away = x.inner if not x.value < 0 else -x.inner
        small = (away * -2).exp()
        lacking = _quotient(small * 2, small + 1)
        return Ball(_with_value(-lacking if away is x.inner else lacking, x.value.tanh()))

    @staticmethod
    def sigmoid(x: Any) -> Ball:
        """The logistic function."""
        x = Functions.mpf(x)
        if _is_wide(x.value) and _is_of_first_order():
            value = _quotient(arb(1), _between_ends(-x.value, "exp") + 1)
            return _to_first_order(x, value, arb(0.25) - _square(value - 0.5))
        return 1 / (1 + Functions.exp(-x))

    @staticmethod
    def asinh(x: Any) -> Ball:
        """The inverse of the hyperbolic sine."""
        x = Functions.mpf(x)
        away = x.inner if not x.value < 0 else -x.inner
        found = (away + (away * away + 1).sqrt()).log()
        return Ball(_with_value(found if away is x.inner else -found, x.value.asinh()))

    @staticmethod
    def acosh(x: Any) -> Ball:
        """The inverse of the hyperbolic cosine."""
        x = Functions.mpf(x)
        return Ball(_with_value((x.inner + ((x.inner - 1) * (x.inner + 1)).sqrt()).log(), x.value.acosh()))

    @staticmethod
    def atanh(x: Any) -> Ball:
        """The inverse of the hyperbolic tangent."""
        x = Functions.mpf(x)
        return Ball(_with_value(((x.inner + 1).log() - (1 - x.inner).log()) / 2, x.value.atanh()))

    @staticmethod
    def hypot(x: Any, y: Any) -> Ball:
        """The length of a vector."""
        return Functions.sqrt(Functions.mpf(x) * x + Functions.mpf(y) * y)

    @staticmethod
    def atan2(y: Any, x: Any) -> Ball:
        """The angle of a vector; its derivatives are those of the arc tangent of either quotient."""
        from flint import arb

        y, x = Functions.mpf(y), Functions.mpf(x)
        value = arb.atan2(y.value, x.value)
        if is_number(y.inner) and is_number(x.inner):
            return Ball(value)
        if abs(x.value) >= abs(y.value) or y.value.contains(0):
            return Ball(_with_value((y / x).inner.atan(), value))
        return Ball(_with_value(-(x / y).inner.atan(), value))

    @staticmethod
    def ncdf(x: Any) -> Ball:
        """The distribution function of the standard normal distribution."""
        return Functions.erfc(-Functions.mpf(x) / Ball(arb(2).sqrt())) / 2

    @staticmethod
    def fsum(xs: Iterable[Any]) -> Ball:
        """The sum."""
        return sum(map(Functions.mpf, xs), Ball(arb(0)))

    @staticmethod
    def fprod(xs: Iterable[Any]) -> Ball:
        """The product."""
        return math.prod(map(Functions.mpf, xs), start=Ball(arb(1)))

    @staticmethod
    def fdot(pairs: Iterable[tuple[Any, Any]]) -> Ball:
        """The scalar product of vectors, given as pairs."""
        return Functions.fsum(Functions.mpf(x) * y for x, y in pairs)


def evaluate(primitive: Primitive, operands: Sequence[Ball]) -> Ball:
    """The value of an operation on balls, or on series.

    Raises:
        NotExact: if the operation says nothing of its exact value, or computes with floats.
        Undecided: if a comparison is open.
    """
    arguments = primitive.arguments(operands)
    try:
        written = primitive.enclosed or primitive.exact
        if written is not None:
            return Functions.mpf(written(Functions, *arguments))
        if hasattr(Functions, primitive.name):
            found: Ball = getattr(Functions, primitive.name)(*arguments)
            return found
        return Functions.mpf(primitive.value(*arguments))
    except NotExact:
        raise
    except (AttributeError, TypeError) as error:
        reason = "it computes with floats" if "real number" in str(error) else str(error)
        raise NotExact(f"{primitive.title} has no enclosure: {reason}") from None


def hull(balls: Sequence[Number]) -> Number:
    """The smallest ball that holds all of these."""
    found = balls[0]
    for each in balls[1:]:
        found = found.union(each)
    return found
