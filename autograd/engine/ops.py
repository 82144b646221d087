# mypy: disable-error-code="has-type, no-any-return"
"""The table of operations: the one place in this package that knows mathematics.

An entry reads: the partial derivatives (one rule for each argument, called with the arguments and the result), how the
operation is written, where it is defined, where it bends; and below, its value on floats. See `autograd.primitive`
for every field. Adding an operation is adding an entry, here or in your own code; no other file changes.

Two conventions. Rules use ordinary operators and operations of this table, so that they serve floats, `Value`s and
arrays. And values and rules are written in forms that neither cancel nor overflow midway: tanh' is
``1 / cosh(x) ** 2`` and not ``1 - tanh(x) ** 2``, which is 0 at x = 20 where the derivative is 1.7e-17. Where that
takes careful arithmetic, the rule calls an operation of the last section, made for the purpose; so it stays one line,
and stays right when it is differentiated again. ``python -m tests.accuracy`` measures all of them.
"""

from __future__ import annotations

import math
import operator
from functools import reduce
from importlib import import_module
from itertools import accumulate
from math import inf, nan
from typing import TYPE_CHECKING, Any

from autograd.engine.floats import divide, power
from autograd.engine.primitive import primitive, seal

if TYPE_CHECKING:
    from collections.abc import Sequence

SQRT_HALF = math.sqrt(0.5)
TWO_BY_SQRT_PI = 2 / math.sqrt(math.pi)
ONE_BY_SQRT_2PI = 1 / math.sqrt(2 * math.pi)

# Arithmetic. `Value` writes these rules out in its operators, for speed; a test holds the two together.


@primitive(
    lambda x, y, z: 1.0, lambda x, y, z: 1.0, symbol="+", precedence=1, array="add", exact=lambda mp, x, y: x + y
)
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
    lambda x, y, z: -over_power(x, y, 2.0),
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
    lambda x, y, z: scaled_power(y, x, y, 1.0),
    lambda x, y, z: scaled_power(log(x), x, y, 0.0),
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


@primitive(lambda x, y: sign(x), latex="|#1|", kink=lambda x: x, exact=lambda mp, x: mp.fabs(x))
def abs(x: float) -> float:
    """The absolute value |x|."""
    return math.fabs(x)


# Choice. Of two equal numbers `maximum` and `minimum` take half of each, as PyTorch and JAX do.


@primitive(
    lambda c, x, y, z: 0.0,
    lambda c, x, y, z: where(c, 1.0, 0.0),
    lambda c, x, y, z: where(c, 0.0, 1.0),
    cut=lambda c, x, y: (True, c == 0, c != 0),
    exact=lambda mp, c, x, y: x if c else y,
)
def where(condition: float, x: float, y: float) -> float:
    """The number x where the condition is true (not 0), y elsewhere."""
    return x if condition else y


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="<",
    cut=lambda x, y: (True, True),
    latex="#1 < #2",
    exact=lambda mp, x, y: mp.mpf(x < y),
    array=lambda np, x, y: 1.0 * np.less(x, y),
)
def less(x: float, y: float) -> float:
    """1 where x < y, else 0."""
    return 1.0 if x < y else 0.0


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="<=",
    cut=lambda x, y: (True, True),
    latex=r"#1 \le #2",
    exact=lambda mp, x, y: mp.mpf(x <= y),
    array=lambda np, x, y: 1.0 * np.less_equal(x, y),
)
def less_equal(x: float, y: float) -> float:
    """1 where x <= y, else 0."""
    return 1.0 if x <= y else 0.0


@primitive(
    lambda x, y, z: where(x > y, 1.0, where(x < y, 0.0, 0.5)),
    lambda x, y, z: where(y > x, 1.0, where(y < x, 0.0, 0.5)),
    cut=lambda x, y: (x < y, y < x),
    latex=r"\max(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: max(x, y),
)
def maximum(x: float, y: float) -> float:
    """The larger of two numbers; nan if one is nan."""
    return x if x > y or math.isnan(x) else y


@primitive(
    lambda x, y, z: where(x < y, 1.0, where(x > y, 0.0, 0.5)),
    lambda x, y, z: where(y < x, 1.0, where(y > x, 0.0, 0.5)),
    cut=lambda x, y: (y < x, x < y),
    latex=r"\min(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: min(x, y),
)
def minimum(x: float, y: float) -> float:
    """The smaller of two numbers; nan if one is nan."""
    return x if x < y or math.isnan(x) else y


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
    lambda x, y, z: sigmoid_of_difference(x, y),
    lambda x, y, z: sigmoid_of_difference(y, x),
    latex=r"\ln(e^{#1} + e^{#2})",
    exact=lambda mp, x, y: mp.log(mp.exp(x) + mp.exp(y)),
)
def logaddexp(x: float, y: float) -> float:
    """The logarithm of e ** x + e ** y, without overflow."""
    if x == y:  # also where both are infinite
        return x + math.log(2.0)
    return maximum.value(x, y) + math.log1p(exp_of_difference.value(minimum.value(x, y), maximum.value(x, y)))


# Trigonometry.


@primitive(lambda x, y: cos(x), latex=r"\sin(#1)")
def sin(x: float) -> float:
    """The sine of an angle in radians."""
    return math.sin(x) if math.isfinite(x) else nan


@primitive(lambda x, y: -sin(x), latex=r"\cos(#1)")
def cos(x: float) -> float:
    """The cosine of an angle in radians."""
    return math.cos(x) if math.isfinite(x) else nan


@primitive(lambda x, y: 1 + y * y, latex=r"\tan(#1)")
def tan(x: float) -> float:
    """The tangent of an angle in radians."""
    return math.tan(x) if math.isfinite(x) else nan


@primitive(
    lambda x, y: 1 / other_leg(x),
    latex=r"\arcsin(#1)",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    array="arcsin",
)
def asin(x: float) -> float:
    """The angle in radians whose sine is x."""
    return math.asin(x) if -1.0 <= x <= 1.0 else nan


@primitive(
    lambda x, y: -1 / other_leg(x),
    latex=r"\arccos(#1)",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    array="arccos",
)
def acos(x: float) -> float:
    """The angle in radians whose cosine is x."""
    return math.acos(x) if -1.0 <= x <= 1.0 else nan


@primitive(lambda x, y: over_square_length(1.0, 1.0, x), latex=r"\arctan(#1)", array="arctan")
def atan(x: float) -> float:
    """The angle in radians whose tangent is x."""
    return math.atan(x)


@primitive(
    lambda y, x, z: over_square_length(1.0, x, y),
    lambda y, x, z: over_square_length(-1.0, y, x),
    latex=r"\operatorname{atan2}(#1, #2)",
    domain=("not both 0", lambda y, x: (x != 0) | (y != 0)),
    array="arctan2",
)
def atan2(y: float, x: float) -> float:
    """The angle in radians of the point (x, y), from -pi to pi."""
    return math.atan2(y, x)


@primitive(
    lambda x, y, z: over_length(x, y),
    lambda x, y, z: over_length(y, x),
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


@primitive(
    lambda x, y: scaled_sech_squared(1.0, x),
    latex=r"\tanh(#1)",
    taught=(lambda x, y: 1 - y**2,),
)
def tanh(x: float) -> float:
    """The hyperbolic tangent."""
    return math.tanh(x)


# Activations of neurons.


@primitive(
    lambda x, y: scaled_sech_squared(0.25, 0.5 * x),
    latex=r"\sigma(#1)",
    taught=(lambda x, y: y * (1 - y),),
    exact=lambda mp, x: 1 / (1 + mp.exp(-x)),
    array=lambda np, x: _sigmoid(np, x),
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
    array=lambda np, x: np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))),
)
def softplus(x: float) -> float:
    """The smooth positive part log(1 + e ** x)."""
    return x + math.log1p(math.exp(-x)) if x > 0.0 else math.log1p(math.exp(x))


@primitive(
    lambda x, y: where(x > 0, 1.0, 0.0),
    cut=lambda x: (x <= 0,),
    latex=r"\operatorname{relu}(#1)",
    kink=lambda x: x,
    exact=lambda mp, x: x if x > 0 else 0 * x,
    array=lambda np, x: np.maximum(x, 0.0),
)
def relu(x: float) -> float:
    """The positive part max(x, 0)."""
    return x if x > 0.0 or math.isnan(x) else 0.0


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
    lambda x, y: sigmoid(x) + scaled_sech_squared(0.25 * x, 0.5 * x),
    latex=r"\operatorname{silu}(#1)",
    exact=lambda mp, x: x / (1 + mp.exp(-x)),
    array=lambda np, x: x * np.exp(np.minimum(x, 0.0) / 2.0) ** 2.0 / (1.0 + np.exp(-np.abs(x))),
)
def silu(x: float) -> float:
    """The sigmoid linear unit x * sigmoid(x)."""
    if x > -700.0:
        return x * sigmoid.value(x)
    root = math.exp(x / 2.0)  # e ** x would lose digits on its way to 0 before x * e ** x does
    return x * root * root


@primitive(
    lambda x, y: normal_cdf(x) + scaled_exp(x * ONE_BY_SQRT_2PI, x, -0.5 * x),
    latex=r"\operatorname{gelu}(#1)",
    exact=lambda mp, x: x * mp.ncdf(x),
    array=lambda np, x: _gelu(np, x),
)
def gelu(x: float) -> float:
    """The Gaussian error linear unit: x times the normal distribution function at x."""
    return _gelu(_Floats, x)


@primitive(
    lambda x, y: scaled_exp(TWO_BY_SQRT_PI, x, -x),
    latex=r"\operatorname{erf}(#1)",
    array=lambda np, x: _one_by_one(np, "erf", x),
)
def erf(x: float) -> float:
    """The error function."""
    return math.erf(x)


@primitive(
    lambda x, y: scaled_exp(-TWO_BY_SQRT_PI, x, -x),
    latex=r"\operatorname{erfc}(#1)",
    array=lambda np, x: _one_by_one(np, "erfc", x),
)
def erfc(x: float) -> float:
    """The complementary error function 1 - erf(x), exact where erf(x) is near 1."""
    return math.erfc(x)


# Sequences. The value takes lists, one rule returns a list of partial derivatives for each, and `array` takes lists
# of arrays. Additions are made in order, as in a chain of +, so that the same sum is the same number everywhere.


@primitive(
    lambda xs, y: ([1.0] * len(xs),),
    sequences=1,
    latex=r"#1 + \dots",
    exact=lambda mp, xs: mp.fsum(xs),
    array=lambda np, xs: reduce(operator.add, xs, 0.0),
)
def sum(xs: Sequence[float]) -> float:
    """The sum of a sequence."""
    total = 0.0
    for x in xs:
        total += x
    return total


@primitive(
    lambda xs, y: ([1.0 / len(xs)] * len(xs),),
    sequences=1,
    exact=lambda mp, xs: mp.fsum(xs) / len(xs),
    array=lambda np, xs: reduce(operator.add, [x / len(xs) for x in xs], 0.0) if xs else nan,
)
def mean(xs: Sequence[float]) -> float:
    """The arithmetic mean of a sequence; nan if it is empty."""
    if not xs:
        return nan
    try:
        return math.fsum(xs) / len(xs)
    except OverflowError:
        return math.fsum(x / len(xs) for x in xs)
    except ValueError:  # inf - inf
        return nan


@primitive(
    lambda xs, y: (_products_of_others(xs),),
    sequences=1,
    latex=r"#1 \cdot \dots",
    exact=lambda mp, xs: mp.fprod(xs),
    array=lambda np, xs: _product(np, xs),
)
def prod(xs: Sequence[float]) -> float:
    """The product of a sequence, without overflow midway."""
    return _product(_Floats, xs)


@primitive(
    lambda xs, ys, z: (ys, xs),
    sequences=2,
    latex=r"#1 \cdot #2 + \dots",
    exact=lambda mp, xs, ys: mp.fdot(zip(xs, ys, strict=True)),
    array=lambda np, xs, ys: reduce(operator.add, map(operator.mul, xs, ys), 0.0),
)
def dot(xs: Sequence[float], ys: Sequence[float]) -> float:
    """The scalar product of two sequences of the same length."""
    total = 0.0
    for x, y in zip(xs, ys, strict=True):
        total += x * y
    return total


@primitive(
    lambda xs, y: (_normalized([exp_of_difference(x, y) for x in xs]),),
    sequences=1,
    latex=r"\ln(e^{#1} + \dots)",
    exact=lambda mp, xs: mp.log(mp.fsum(mp.exp(x) for x in xs)),
    array=lambda np, xs: reduce(np.logaddexp, xs, -inf),
)
def logsumexp(xs: Sequence[float]) -> float:
    """The logarithm of the sum of exponentials, without overflow."""
    largest = reduce(maximum.value, xs, -inf)
    if not math.isfinite(largest):
        return largest
    i = xs.index(largest)
    return largest + math.log1p(math.fsum(math.exp(x - largest) for x in [*xs[:i], *xs[i + 1 :]]))


def _normalized(weights: list[Any]) -> list[Any]:
    """Weights divided by their sum: so an error that is common to all, such as that of a rounded shift, drops out."""
    total = sum(weights)
    divisor = where(total > 0.0, total, 1.0)  # the total is nan for an infinite weight, next to which the others are 0
    return [weight / divisor for weight in weights]


def _products_of_others(xs: list[Any]) -> list[Any]:
    """For each factor, the product of all others."""
    if len(xs) <= 8:
        return [prod(xs[:i] + xs[i + 1 :]) for i in range(len(xs))]
    # In linear time, at the price that very large and very small factors may overflow midway.
    before = accumulate(xs[:-1], operator.mul, initial=1.0)
    after = [*accumulate(xs[:0:-1], operator.mul, initial=1.0)][::-1]
    return [x * y for x, y in zip(before, after, strict=True)]


def _product(np: Any, xs: Sequence[Any]) -> Any:
    """The product of numbers or arrays, mantissas apart from exponents."""
    mantissa, exponent = np.frexp(1.0)
    for x in xs:
        factor, shift = np.frexp(x)
        mantissa, carry = np.frexp(mantissa * factor)
        exponent = exponent + shift + carry
    return np.ldexp(mantissa, exponent)


# Operations made for the rules above. Each takes in one step what would lose digits, overflow or underflow in several.
# Their formulas serve floats and arrays: `np` is NumPy, JAX's NumPy, or `_Floats` below.


@primitive(
    lambda x, y: 0.0,
    kink=lambda x: x,
    cut=lambda x: (True,),
    latex=r"\operatorname{sign}(#1)",
    exact=lambda mp, x: mp.sign(x),
)
def sign(x: float) -> float:
    """The sign: 1, -1, or 0 at 0."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


@primitive(
    lambda x, y, n, z: over_power(1.0, y, n),
    lambda x, y, n, z: -n * over_power(x, y, n + 1),
    lambda x, y, n, z: -z * log(y),
    latex=r"\frac{#1}{{#2}^{#3}}",
    domain=("y != 0, n = 1, 2, ..., 99", lambda x, y, n: y != 0 and 1 <= n < 100 and n % 1 == 0),
    exact=lambda mp, x, y, n: x / y**n,
    array=lambda np, x, y, n: _over_power(np, x, y, n),
    helper=True,
)
def over_power(x: float, y: float, n: float) -> float:
    """The quotient x / y ** n for a whole number n, right also where x / y is too small for all its digits."""
    return _over_power(_Floats, x, y, n) if 1.0 <= n < 100.0 and n % 1.0 == 0.0 else nan


def _over_power(np: Any, x: Any, y: Any, n: Any) -> Any:
    quotient = np.abs(x / y)
    scale = np.where((quotient > 0.0) & (quotient < 2.0**-960), 2.0**200, 1.0)
    quotient = x * scale
    for _ in range(int(n) if isinstance(n, float) else int(np.max(n))):
        quotient = quotient / y
    return quotient / scale


@primitive(
    lambda c, x, y, k, z: scaled_power(1.0, x, y, k),
    lambda c, x, y, k, z: scaled_power(c * (y - k), x, y, k + 1),
    lambda c, x, y, k, z: scaled_power(c * log(x), x, y, k),
    lambda c, x, y, k, z: -scaled_power(c * log(x), x, y, k),
    latex=r"#1 \cdot {#2}^{#3 - #4}",
    domain=(
        "x > 0, or y and k whole numbers",
        lambda c, x, y, k: x > 0 or (y == math.floor(y) and k == math.floor(k) and (x != 0 or y >= k)),
    ),
    exact=lambda mp, c, x, y, k: c * x ** (y - k),
    array=lambda np, c, x, y, k: _scaled_power(np, c, x, y, k),
    helper=True,
)
def scaled_power(c: float, x: float, y: float, k: float) -> float:
    """The product c * x ** (y - k), with y - k not rounded; right also where the power alone is out of range.

    As derivatives of x ** 0 and of 0 ** y have it, 0 * x ** (0 - k) is 0, and so is log(0) * 0 ** y for y >= 0.
    """
    return _scaled_power(_Floats, c, x, y, k)


def _scaled_power(np: Any, c: Any, x: Any, y: Any, k: Any) -> Any:
    exponent = y - k
    base, power = np.abs(x), np.power(x, exponent)
    root, fourth = np.power(base, exponent / 2.0), np.power(base, exponent / 4.0)
    in_steps = np.where((root > 0.0) & (root < inf), c * root * root, c * fourth * fourth * fourth * fourth)
    in_range = ((np.abs(power) > 1e-290) & (np.abs(power) < 1e290)) | np.isnan(power)
    result = np.where(in_range, c * power, in_steps * np.copysign(1.0, power))
    is_normal = (np.abs(result) > 0.0) & (np.abs(result) < inf)
    result = result * np.power(x, np.where(is_normal, _lost_in_difference(y, k), 0.0))
    is_zero = ((c == 0.0) & ((x == 0.0) | (y == 0.0))) | ((x == 0.0) & (c == -inf) & (exponent >= 0.0))
    return np.where(is_zero, 0.0, result)


@primitive(
    lambda c, x, y, z: scaled_exp(1.0, x, y),
    lambda c, x, y, z: scaled_exp(c * y, x, y),
    lambda c, x, y, z: scaled_exp(c * x, x, y),
    latex=r"#1 \cdot e^{#2 #3}",
    exact=lambda mp, c, x, y: c * mp.exp(x * y),
    array=lambda np, c, x, y: _scaled_exp(np, c, x, y),
    helper=True,
)
def scaled_exp(c: float, x: float, y: float) -> float:
    """The product c * e ** (x * y), with x * y not rounded; right also where the exponential alone is out of range."""
    return _scaled_exp(_Floats, c, x, y)


def _scaled_exp(np: Any, c: Any, x: Any, y: Any) -> Any:
    product = x * y
    (u, i), (v, j) = np.frexp(x), np.frexp(y)
    lost = np.where(np.abs(product) < 1500.0, np.ldexp(_lost_in_product(u, v), i + j), 0.0)
    root = np.exp(product / 2.0)
    return np.where(np.abs(product) < 700.0, c * np.exp(product), c * root * root) * (1.0 + lost)


@primitive(
    lambda x, y, z: z,
    lambda x, y, z: -z,
    latex="e^{#1 - #2}",
    exact=lambda mp, x, y: mp.exp(x - y),
    array=lambda np, x, y: _exp_of_difference(np, x, y),
    helper=True,
)
def exp_of_difference(x: float, y: float) -> float:
    """The exponential e ** (x - y), with x - y not rounded."""
    return _exp_of_difference(_Floats, x, y)


def _exp_of_difference(np: Any, x: Any, y: Any) -> Any:
    lost = np.where(np.abs(x - y) < 1500.0, _lost_in_difference(x, y), 0.0)
    return np.exp(x - y) * (1.0 + lost)


@primitive(
    lambda x, y, z: z * sigmoid_of_difference(y, x),
    lambda x, y, z: -z * sigmoid_of_difference(y, x),
    latex=r"\sigma(#1 - #2)",
    exact=lambda mp, x, y: 1 / (1 + mp.exp(y - x)),
    array=lambda np, x, y: _sigmoid_of_difference(np, x, y),
    helper=True,
)
def sigmoid_of_difference(x: float, y: float) -> float:
    """The logistic function at x - y, with x - y not rounded."""
    return _sigmoid_of_difference(_Floats, x, y)


def _sigmoid(np: Any, x: Any) -> Any:
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def _sigmoid_of_difference(np: Any, x: Any, y: Any) -> Any:
    lost = np.where(np.abs(x - y) < 1500.0, _lost_in_difference(x, y), 0.0)
    return _sigmoid(np, x - y) * (1.0 + lost * _sigmoid(np, y - x))


@primitive(
    lambda c, x, z: scaled_sech_squared(1.0, x),
    lambda c, x, z: -2 * z * tanh(x),
    latex=r"#1 \operatorname{sech}^2(#2)",
    exact=lambda mp, c, x: c * mp.sech(x) ** 2,
    array=lambda np, c, x: _scaled_sech_squared(np, c, x),
    helper=True,
)
def scaled_sech_squared(c: float, x: float) -> float:
    """The product c / cosh(x) ** 2, right also where the hyperbolic secant alone is out of range."""
    e = math.exp(-2.0 * math.fabs(x))
    if e > 1e-300:
        rounded = 1.0 + e
        return 4.0 * c * e / (rounded * rounded + 2.0 * rounded * (e - (rounded - 1.0)))
    root = math.exp(-math.fabs(x))
    return 4.0 * c * root * root


def _scaled_sech_squared(np: Any, c: Any, x: Any) -> Any:
    root = np.exp(-np.abs(x))
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * c * np.where(e > 1e-300, e / (1.0 + e) ** 2.0, root) * np.where(e > 1e-300, 1.0, root)


@primitive(
    lambda x, y: -x / y,
    latex=r"\sqrt{1 - {#1}^2}",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    exact=lambda mp, x: mp.sqrt((1 - x) * (1 + x)),
    array=lambda np, x: np.sqrt((1.0 - x) * (1.0 + x)),
    helper=True,
)
def other_leg(x: float) -> float:
    """The leg sqrt(1 - x ** 2) of a right triangle, from its other leg and a hypotenuse of 1."""
    return sqrt.value((1.0 - x) * (1.0 + x))


@primitive(
    lambda x, y, z: over_square_length(over_length(y, x), y, x),
    lambda x, y, z: where(abs(x) < abs(y), over_square_length(-over_length(y, x), x, y), over_square_length(-z, y, x)),
    latex=r"\frac{#1}{\sqrt{{#1}^2 + {#2}^2}}",
    domain=("not both 0", lambda x, y: (x != 0) | (y != 0)),
    exact=lambda mp, x, y: x / mp.hypot(x, y),
    array=lambda np, x, y: _over_length(np, x, y),
    helper=True,
)
def over_length(x: float, y: float) -> float:
    """The quotient x / hypot(x, y): the cosine of the angle of the vector (x, y)."""
    return _over_length(_Floats, x, y)


def _over_length(np: Any, x: Any, y: Any) -> Any:
    length = np.hypot(x, y)
    scale = np.where(length > 2.0**900, 2.0**-100, np.where(length < 2.0**-900, 2.0**100, 1.0))
    return np.divide(x * scale, np.hypot(x * scale, y * scale))


@primitive(
    lambda c, x, y, z: over_square_length(1.0, x, y),
    lambda c, x, y, z: c * (over_square_length(1.0, y, x) ** 2 - over_square_length(1.0, x, y) ** 2),
    lambda c, x, y, z: where(
        abs(x) < abs(y),
        over_square_length(-2 * over_square_length(c, y, x), x, y),
        over_square_length(-2 * z, y, x),
    ),
    latex=r"\frac{#1 #2}{{#2}^2 + {#3}^2}",
    domain=("x, y not both 0", lambda c, x, y: (x != 0) | (y != 0)),
    exact=lambda mp, c, x, y: c * x / (x * x + y * y),
    array=lambda np, c, x, y: _over_square_length(np, c, x, y),
    helper=True,
)
def over_square_length(c: float, x: float, y: float) -> float:
    """The quotient c * x / (x ** 2 + y ** 2); for c = 1 and both coordinates: the vector inverted in the unit circle."""
    return _over_square_length(_Floats, c, x, y)


def _over_square_length(np: Any, c: Any, x: Any, y: Any) -> Any:
    (a, i), (b, j), (_, k) = np.frexp(c), np.frexp(x), np.frexp(np.hypot(x, y))
    u, v = np.ldexp(x, -k), np.ldexp(y, -k)
    square = u * u + v * v
    lost = _lost_in_product(u, u) + _lost_in_product(v, v) + _lost_in_difference(u * u, -v * v)
    return np.ldexp(np.divide(a * b, square + np.where(square < 4.0, lost, 0.0)), i + j - 2 * k)


@primitive(
    lambda x, y: scaled_exp(ONE_BY_SQRT_2PI, x, -0.5 * x),
    latex=r"\Phi(#1)",
    exact=lambda mp, x: mp.ncdf(x),
    array=lambda np, x: _normal_cdf(np, x),
)
def normal_cdf(x: float) -> float:
    """The distribution function of the standard normal distribution, erfc(-x / sqrt(2)) / 2."""
    return _normal_cdf(_Floats, x)


def _normal_cdf(np: Any, x: Any) -> Any:
    z = -x * SQRT_HALF
    lost = np.where(np.abs(x) < 40.0, _lost_in_product(x, SQRT_HALF) + x * SQRT_HALF_REST, 0.0)
    return 0.5 * (_one_by_one(np, "erfc", z) + TWO_BY_SQRT_PI * np.exp(-z * z) * lost)


def _gelu(np: Any, x: Any) -> Any:
    # Far to the left, by the asymptotic series of x * normal_cdf(x): Abramowitz and Stegun, formula 26.2.12.
    is_far = np.abs(x + 40.0) < 5.0  # further out all is 0
    u = 1.0 / np.where(is_far, x * x, 1.0)
    series = 1.0
    for odd in (13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        series = 1.0 - odd * u * series
    return np.where(is_far, _scaled_exp(np, -ONE_BY_SQRT_2PI, x, -0.5 * x) * series, x * _normal_cdf(np, x))


# Arithmetic without error: what the rounding of a difference or a product lost.


def _lost_in_difference(x: Any, y: Any) -> Any:
    """The exact x - y less its rounded value (Knuth, The Art of Computer Programming, vol. 2, 4.2.2, theorem B)."""
    difference = x - y
    y_part = x - difference
    return (x - (difference + y_part)) + (y_part - y)


def _lost_in_product(x: Any, y: Any) -> Any:
    """The exact x * y less its rounded value (Dekker, Numerische Mathematik 18, 1971), away from overflow."""
    x_high, y_high = _upper_half(x), _upper_half(y)
    x_low, y_low = x - x_high, y - y_high
    return ((x_high * y_high - x * y) + x_high * y_low + x_low * y_high) + x_low * y_low


def _upper_half(x: Any) -> Any:
    """The upper 26 of the 53 bits of a number."""
    shifted = x * (2.0**27 + 1.0)
    return shifted - (shifted - x)


def _one_by_one(np: Any, name: str, x: Any) -> Any:
    """A function that NumPy lacks: from `math`, number by number, or from JAX's SciPy."""
    if np is _Floats:
        return getattr(math, name)(x)
    if np.__name__ == "numpy":
        return np.vectorize(getattr(math, name), otypes=[float])(x)
    return getattr(import_module(np.__name__.replace("numpy", "scipy.special")), name)(x)


class _Floats:
    """The functions of NumPy that the formulas above use, on floats."""

    abs, hypot, copysign, frexp, isnan = math.fabs, math.hypot, math.copysign, math.frexp, math.isnan
    exp, power, divide, minimum = exp.value, power, divide, minimum.value

    @staticmethod
    def where(condition: bool, x: float, y: float) -> float:
        return x if condition else y

    @staticmethod
    def ldexp(mantissa: float, exponent: int) -> float:
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError:
            return math.copysign(inf, mantissa)


SQRT_HALF_REST = -4.833646656726457e-17  # the digits of sqrt(1/2) beyond those of SQRT_HALF


seal()
