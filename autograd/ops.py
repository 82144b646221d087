# mypy: disable-error-code="has-type"
"""The table of operations: the one place in this package that knows mathematics.

An entry reads: the partial derivatives (one rule for each argument, called with the arguments and the result), how the
operation is written, where it is defined, where it bends; and below, its value on floats. See `autograd.primitive`
for every field. Adding an operation is adding an entry, here or in your own code; no other file changes.

Two conventions. Rules use ordinary operators and operations of this table, so that they serve floats, `Value`s and
arrays. And values and rules are written in forms that do not cancel: tanh' is ``1 / cosh(x)**2`` and not
``1 - tanh(x)**2``, which is 0 at x = 20 where the derivative is 1.7e-17.
"""

from __future__ import annotations

import math
from math import inf, nan
from typing import TYPE_CHECKING, Any

from autograd.floats import divide, power
from autograd.primitive import primitive, seal

if TYPE_CHECKING:
    from collections.abc import Sequence

# Arithmetic. `Value` writes these rules out in its operators, for speed; a test holds the two together.


@primitive(lambda x, y, z: 1.0, lambda x, y, z: 1.0, symbol="+", precedence=1, array="add", exact=lambda mp, x, y: x + y)
def add(x: float, y: float) -> float:
    """The sum x + y."""
    return x + y


@primitive(
    lambda x, y, z: 1.0, lambda x, y, z: -1.0, symbol="-", precedence=1, array="subtract", exact=lambda mp, x, y: x - y
)
def sub(x: float, y: float) -> float:
    """The difference x - y."""
    return x - y


@primitive(
    lambda x, y, z: y, lambda x, y, z: x, symbol="*", precedence=2, array="multiply", exact=lambda mp, x, y: x * y
)
def mul(x: float, y: float) -> float:
    """The product x * y."""
    return x * y


@primitive(
    lambda x, y, z: 1 / y,
    lambda x, y, z: -z / y,
    symbol="/",
    precedence=2,
    latex=r"\frac{#1}{#2}",
    domain=("y != 0", lambda x, y: y != 0),
    array="divide",
    exact=lambda mp, x, y: x / y,
)
def div(x: float, y: float) -> float:
    """The quotient x / y."""
    return divide(x, y)


@primitive(
    lambda x, y, z: where(y == 0, 0.0, y * x ** (y - 1)),
    lambda x, y, z: where(x == 0, 0.0, z * log(x)),
    symbol="**",
    precedence=4,
    latex="{#1}^{#2}",
    domain=("x > 0, or y a whole number", lambda x, y: x > 0 or (y == math.floor(y) and (x != 0 or y >= 0))),
    array="power",
    exact=lambda mp, x, y: x**y,
)
def pow(x: float, y: float) -> float:
    """The power x ** y."""
    return power(x, y)


@primitive(lambda x, y: -1.0, symbol="-", precedence=3, array="negative", exact=lambda mp, x: -x)
def neg(x: float) -> float:
    """The negative -x."""
    return -x


@primitive(lambda x, y: 1.0, symbol="+", precedence=3, array="positive", exact=lambda mp, x: x)
def pos(x: float) -> float:
    """The number +x itself, as a node of its own."""
    return x


@primitive(
    lambda x, y: where(x > 0, 1.0, where(x < 0, -1.0, 0.0)),
    latex="|#1|",
    kink=lambda x: x,
    exact=lambda mp, x: abs(x),
)
def abs(x: float) -> float:
    """The absolute value |x|."""
    return math.fabs(x)


# Choice. Of two equal numbers `maximum` and `minimum` take half of each, as PyTorch and JAX do.


@primitive(
    lambda c, x, y, z: 0.0,
    lambda c, x, y, z: where(c, 1.0, 0.0),
    lambda c, x, y, z: where(c, 0.0, 1.0),
    exact=lambda mp, c, x, y: x if c else y,
)
def where(condition: float, x: float, y: float) -> float:
    """The number x where the condition is true (not 0), y elsewhere."""
    return x if condition else y


@primitive(lambda x, y, z: 0.0, lambda x, y, z: 0.0, symbol="<", latex="#1 < #2", exact=lambda mp, x, y: mp.mpf(x < y))
def less(x: float, y: float) -> float:
    """1 where x < y, else 0."""
    return 1.0 if x < y else 0.0


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="<=",
    latex=r"#1 \le #2",
    exact=lambda mp, x, y: mp.mpf(x <= y),
)
def less_equal(x: float, y: float) -> float:
    """1 where x <= y, else 0."""
    return 1.0 if x <= y else 0.0


@primitive(
    lambda x, y, z: where(x > y, 1.0, where(x < y, 0.0, 0.5)),
    lambda x, y, z: where(y > x, 1.0, where(y < x, 0.0, 0.5)),
    latex=r"\max(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: max(x, y),
)
def maximum(x: float, y: float) -> float:
    """The larger of two numbers; nan if one is nan."""
    return x if x > y or x != x else y


@primitive(
    lambda x, y, z: where(x < y, 1.0, where(x > y, 0.0, 0.5)),
    lambda x, y, z: where(y < x, 1.0, where(y > x, 0.0, 0.5)),
    latex=r"\min(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: min(x, y),
)
def minimum(x: float, y: float) -> float:
    """The smaller of two numbers; nan if one is nan."""
    return x if x < y or x != x else y


# Exponentials and logarithms.


@primitive(lambda x, y: y, latex="e^{#1}")
def exp(x: float) -> float:
    """The exponential e ** x."""
    try:
        return math.exp(x)
    except OverflowError:
        return inf


@primitive(lambda x, y: exp(x), latex="e^{#1} - 1")
def expm1(x: float) -> float:
    """The exponential less 1, e ** x - 1, exact near 0."""
    try:
        return math.expm1(x)
    except OverflowError:
        return inf


@primitive(lambda x, y: 1 / x, latex=r"\ln(#1)", domain=("x > 0", lambda x: x > 0))
def log(x: float) -> float:
    """The natural logarithm."""
    if x > 0.0:
        return math.log(x)
    return -inf if x == 0.0 else nan


@primitive(lambda x, y: 1 / (1 + x), latex=r"\ln(1 + #1)", domain=("x > -1", lambda x: x > -1))
def log1p(x: float) -> float:
    """The natural logarithm of 1 + x, exact near 0."""
    if x > -1.0:
        return math.log1p(x)
    return -inf if x == -1.0 else nan


@primitive(lambda x, y: 0.5 / y, latex=r"\sqrt{#1}", domain=("x >= 0", lambda x: x >= 0))
def sqrt(x: float) -> float:
    """The square root."""
    return math.sqrt(x) if x >= 0.0 else nan


@primitive(
    lambda x, y, z: sigmoid(x - y),
    lambda x, y, z: sigmoid(y - x),
    latex=r"\ln(e^{#1} + e^{#2})",
    exact=lambda mp, x, y: mp.log(mp.exp(x) + mp.exp(y)),
)
def logaddexp(x: float, y: float) -> float:
    """The logarithm of e ** x + e ** y, without overflow."""
    if x == y:
        return x + math.log(2.0)
    larger, smaller = (x, y) if x > y else (y, x)
    return larger + math.log1p(math.exp(smaller - larger)) if larger < inf else larger


# Trigonometry.


@primitive(lambda x, y: cos(x), latex=r"\sin(#1)")
def sin(x: float) -> float:
    """The sine of an angle in radians."""
    return math.sin(x) if math.isfinite(x) else nan


@primitive(lambda x, y: -sin(x), latex=r"\cos(#1)")
def cos(x: float) -> float:
    """The cosine of an angle in radians."""
    return math.cos(x) if math.isfinite(x) else nan


@primitive(lambda x, y: 1 / cos(x) ** 2, latex=r"\tan(#1)")
def tan(x: float) -> float:
    """The tangent of an angle in radians."""
    return math.tan(x) if math.isfinite(x) else nan


@primitive(
    lambda x, y: 1 / sqrt((1 - x) * (1 + x)),
    latex=r"\arcsin(#1)",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    array="arcsin",
)
def asin(x: float) -> float:
    """The angle in radians whose sine is x."""
    return math.asin(x) if -1.0 <= x <= 1.0 else nan


@primitive(
    lambda x, y: -1 / sqrt((1 - x) * (1 + x)),
    latex=r"\arccos(#1)",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    array="arccos",
)
def acos(x: float) -> float:
    """The angle in radians whose cosine is x."""
    return math.acos(x) if -1.0 <= x <= 1.0 else nan


@primitive(lambda x, y: 1 / (1 + x * x), latex=r"\arctan(#1)", array="arctan")
def atan(x: float) -> float:
    """The angle in radians whose tangent is x."""
    return math.atan(x)


@primitive(
    lambda y, x, z: (x / hypot(x, y)) / hypot(x, y),
    lambda y, x, z: (-y / hypot(x, y)) / hypot(x, y),
    latex=r"\operatorname{atan2}(#1, #2)",
    domain=("not both 0", lambda y, x: (x != 0) | (y != 0)),
    array="arctan2",
)
def atan2(y: float, x: float) -> float:
    """The angle in radians of the point (x, y), from -pi to pi."""
    return math.atan2(y, x)


@primitive(
    lambda x, y, z: x / z,
    lambda x, y, z: y / z,
    latex=r"\sqrt{#1^2 + #2^2}",
    domain=("not both 0", lambda x, y: (x != 0) | (y != 0)),
)
def hypot(x: float, y: float) -> float:
    """The length of the vector (x, y)."""
    return math.hypot(x, y)


# Hyperbolic functions.


@primitive(lambda x, y: cosh(x), latex=r"\sinh(#1)")
def sinh(x: float) -> float:
    """The hyperbolic sine."""
    try:
        return math.sinh(x)
    except OverflowError:
        return math.copysign(inf, x)


@primitive(lambda x, y: sinh(x), latex=r"\cosh(#1)")
def cosh(x: float) -> float:
    """The hyperbolic cosine."""
    try:
        return math.cosh(x)
    except OverflowError:
        return inf


@primitive(lambda x, y: 1 / cosh(x) ** 2, latex=r"\tanh(#1)")
def tanh(x: float) -> float:
    """The hyperbolic tangent."""
    return math.tanh(x)


# Activations of neurons.


@primitive(
    lambda x, y: y * sigmoid(-x),
    latex=r"\sigma(#1)",
    exact=lambda mp, x: 1 / (1 + mp.exp(-x)),
    array=lambda np, x: np.exp(-np.logaddexp(0.0, -x)),
)
def sigmoid(x: float) -> float:
    """The logistic function 1 / (1 + e ** -x)."""
    if x >= 0.0:
        return 1.0 / (1.0 + math.exp(-x))
    e = math.exp(x)
    return e / (1.0 + e)


@primitive(
    lambda x, y: sigmoid(x),
    latex=r"\ln(1 + e^{#1})",
    exact=lambda mp, x: mp.log1p(mp.exp(x)),
    array=lambda np, x: np.logaddexp(0.0, x),
)
def softplus(x: float) -> float:
    """The smooth positive part log(1 + e ** x)."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


@primitive(
    lambda x, y: where(x > 0, 1.0, 0.0),
    latex=r"\operatorname{relu}(#1)",
    kink=lambda x: x,
    exact=lambda mp, x: x if x > 0 else 0 * x,
    array=lambda np, x: np.maximum(x, 0.0),
)
def relu(x: float) -> float:
    """The positive part max(x, 0)."""
    return x if x > 0.0 or x != x else 0.0


@primitive(
    lambda x, y: where(x > 0, 1.0, 0.01),
    latex=r"\operatorname{leaky\_relu}(#1)",
    kink=lambda x: x,
    exact=lambda mp, x: x if x > 0 else mp.mpf(0.01) * x,
    array=lambda np, x: np.where(x > 0, x, 0.01 * x),
)
def leaky_relu(x: float) -> float:
    """The number x where it is positive, else 0.01 x."""
    return x if x > 0.0 else 0.01 * x


@primitive(
    lambda x, y: sigmoid(x) * (1 + x * sigmoid(-x)),
    latex=r"\operatorname{silu}(#1)",
    exact=lambda mp, x: x / (1 + mp.exp(-x)),
    array=lambda np, x: x * np.exp(-np.logaddexp(0.0, -x)),
)
def silu(x: float) -> float:
    """The sigmoid linear unit x * sigmoid(x)."""
    return x * sigmoid.value(x)


@primitive(
    lambda x, y: 0.5 * erfc(-x * SQRT_HALF) + x * SQRT_HALF / SQRT_PI * exp(-0.5 * x * x),
    latex=r"\operatorname{gelu}(#1)",
    exact=lambda mp, x: x * mp.ncdf(x),
)
def gelu(x: float) -> float:
    """The Gaussian error linear unit: x times the normal distribution function at x."""
    return 0.5 * x * math.erfc(-x * SQRT_HALF)


@primitive(lambda x, y: 2 / SQRT_PI * exp(-x * x), latex=r"\operatorname{erf}(#1)")
def erf(x: float) -> float:
    """The error function."""
    return math.erf(x)


@primitive(lambda x, y: -2 / SQRT_PI * exp(-x * x), latex=r"\operatorname{erfc}(#1)")
def erfc(x: float) -> float:
    """The complementary error function 1 - erf(x), exact where erf(x) is near 1."""
    return math.erfc(x)


SQRT_PI = math.sqrt(math.pi)
SQRT_HALF = math.sqrt(0.5)


# Sequences. The value takes lists, and one rule returns a list of partial derivatives for each.


@primitive(lambda xs, y: ([1.0] * len(xs),), sequences=1, latex=r"#1 + \dots", exact=lambda mp, xs: mp.fsum(xs))
def sum(xs: Sequence[float]) -> float:
    """The sum of a sequence."""
    total = 0.0
    for x in xs:
        total += x
    return total


@primitive(lambda xs, y: ([1.0 / len(xs)] * len(xs),), sequences=1, exact=lambda mp, xs: mp.fsum(xs) / len(xs))
def mean(xs: Sequence[float]) -> float:
    """The arithmetic mean of a sequence."""
    return sum.value(xs) / len(xs) if xs else nan


@primitive(
    lambda xs, y: ([_product(xs[:i] + xs[i + 1 :]) for i in range(len(xs))],),
    sequences=1,
    latex=r"#1 \cdot \dots",
    exact=lambda mp, xs: mp.fprod(xs),
)
def prod(xs: Sequence[float]) -> float:
    """The product of a sequence."""
    return _product(xs)


def _product(xs: Sequence[Any]) -> Any:
    product = 1.0
    for x in xs:
        product = product * x
    return product


@primitive(
    lambda xs, ys, z: (ys, xs),
    sequences=2,
    latex=r"#1 \cdot #2 + \dots",
    exact=lambda mp, xs, ys: mp.fdot(zip(xs, ys, strict=True)),
)
def dot(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The scalar product of two sequences of the same length."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        total += x * y
    return total


@primitive(
    lambda xs, y: ([exp(x - y) for x in xs],),
    sequences=1,
    latex=r"\ln(e^{#1} + \dots)",
    exact=lambda mp, xs: mp.log(mp.fsum(mp.exp(x) for x in xs)),
)
def logsumexp(xs: Sequence[float]) -> float:
    """The logarithm of the sum of exponentials, without overflow."""
    largest = max(xs, default=-inf)
    if not math.isfinite(largest):
        return largest
    return largest + math.log(math.fsum(math.exp(x - largest) for x in xs))


seal()
