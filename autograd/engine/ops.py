# mypy: disable-error-code="has-type, no-any-return"
"""The table of operations: the one place in this package that knows mathematics.

An entry reads: the partial derivatives (one rule for each argument, called with the arguments and the result), how the
operation is written, where it is defined, where it bends; and below, its value on floats. See `autograd.primitive`
for every field. Adding an operation is adding an entry, here or in your own code; no other file changes. (One that is
built in is also measured, against its reference in ``tests/accuracy/references.py``.)

Two conventions. Rules use ordinary operators and operations of this table, so that they serve floats, `Value`s and
arrays. And values and rules are written in forms that neither cancel nor overflow midway: tanh' is
``1 / cosh(x) ** 2`` and not ``1 - tanh(x) ** 2``, which is 0 at x = 20 where the derivative is 1.7e-17. Where that
takes careful arithmetic, the rule calls an operation of the last section, made for the purpose; so it stays one line,
and stays right when it is differentiated again. Formulas that take more than a line are in `autograd.engine.arithmetic`.
``python -m tests.accuracy`` measures all of them.
"""

from __future__ import annotations

import math
import operator
from itertools import accumulate
from math import inf, nan

from autograd.engine import arithmetic
from autograd.engine.arithmetic import ONE_BY_SQRT_2PI, TWO_BY_SQRT_PI, Floats
from autograd.engine.floats import divide, power
from autograd.engine.primitive import primitive, seal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from autograd.engine import uncompiled as cython
else:
    try:
        import cython
    except ImportError:
        from autograd.engine import uncompiled as cython

if cython.compiled:
    from cython.cimports.libc import math as libm  # C's own functions; they overflow to inf, where Python's raise
else:
    import math as libm

LN_2 = math.log(2.0)
LOG2_E = 1.4426950408889634
LOG10_E = 0.4342944819032518

# Arithmetic. `Value` writes these rules out in its operators, for speed; a test holds the two together.


@primitive(
    lambda x, y, z: 1.0,
    lambda x, y, z: 1.0,
    symbol="+",
    precedence=1,
    array="add",
    python="{0} + {1}",
    exact=lambda mp, x, y: x + y,
    series=operator.add,
    symmetric=True,
)
def add(x: float, y: float) -> float:
    """The sum x + y."""
    return x + y


@primitive(
    lambda x, y, z: 1.0,
    lambda x, y, z: -1.0,
    symbol="-",
    precedence=1,
    array="subtract",
    python="{0} - {1}",
    simpler=[(lambda x, y: y == 0 and math.copysign(1.0, y) > 0, lambda x, y: x)],
    exact=lambda mp, x, y: x - y,
    series=operator.sub,
)
def sub(x: float, y: float) -> float:
    """The difference x - y."""
    return x - y


@primitive(
    lambda x, y, z: y,
    lambda x, y, z: x,
    symbol="*",
    precedence=2,
    array="multiply",
    python="{0} * {1}",
    simpler=[
        (lambda x, y: x == 1, lambda x, y: y),
        (lambda x, y: y == 1, lambda x, y: x),
        (lambda x, y: x == -1, lambda x, y: -y),
        (lambda x, y: y == -1, lambda x, y: -x),
    ],
    exact=lambda mp, x, y: x * y,
    series=operator.mul,
    symmetric=True,
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
    python="{0} / {1}",
    simpler=[(lambda x, y: y == 1, lambda x, y: x)],
    exact=lambda mp, x, y: x / y,
    series=operator.truediv,
)
def div(x: float, y: float) -> float:
    """The quotient x / y."""
    return divide(x, y)


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="//",
    precedence=2,
    cut=lambda x, y: (True, True),
    latex=r"\left\lfloor \frac{#1}{#2} \right\rfloor",
    domain=("y != 0", lambda x, y: y != 0),
    kink=lambda x, y: x - y * floor(div(x, y) + 0.5),
    array="floor_divide",
    exact=lambda mp, x, y: mp.floor(x / y),
)
def floordiv(x: float, y: float) -> float:
    """The quotient x / y rounded down to a whole number."""
    return operator.floordiv(x, y) if y else divide(x, y)  # by Python, whose rounding C does not share


@primitive(
    lambda x, y, z: 1.0,
    lambda x, y, z: -floordiv(x, y),
    symbol="%",
    precedence=2,
    latex=r"#1 \bmod #2",
    domain=("y != 0", lambda x, y: y != 0),
    kink=lambda x, y: x - y * floor(div(x, y) + 0.5),
    array="remainder",
    exact=lambda mp, x, y: x % y,
)
def mod(x: float, y: float) -> float:
    """The remainder x - y * (x // y), which has the sign of y."""
    return operator.mod(x, y) if y else nan


@primitive(
    lambda x, y, z: _slope_of_power(x, y),
    lambda x, y, z: scaled_log_power(1.0, x, y, 0.0),
    symbol="**",
    precedence=4,
    latex="{#1}^{#2}",
    domain=("x > 0, or y a whole number", lambda x, y: x > 0 or (y == math.floor(y) and (x != 0 or y >= 0))),
    array="power",
    simpler=[(lambda x, y: y == 1, lambda x, y: x)],
    cheaper=[
        (lambda x, y: y == 2, lambda x, y: x * x),
        (lambda x, y: y == 3, lambda x, y: x * x * x),
        (lambda x, y: y == -1, lambda x, y: 1 / x),
    ],
    exact=lambda mp, x, y: x**y,
    series=operator.pow,
)
def pow(x: float, y: float) -> float:
    """The power x ** y."""
    return power(x, y)


def _slope_of_power(x: Any, y: Any) -> Any:
    """The product y * x ** (y - 1); of the plain numbers that are met most, by multiplication.

    For y = 0 it is 0 everywhere, at x = 0 too, since x ** 0 is 1 everywhere: `scaled_power` lets the factor win.
    """
    if type(y) is float and (y == 2.0 or y == 3.0 or y == 1.0):
        return 2.0 * x if y == 2.0 else 3.0 * x * x if y == 3.0 else 1.0
    return scaled_power(y, x, y, 1.0)


@primitive(
    lambda x, y: -1.0,
    symbol="-",
    precedence=3,
    array="negative",
    python="-{0}",
    exact=lambda mp, x: -x,
    series=operator.neg,
)
def neg(x: float) -> float:
    """The negative -x."""
    return -x


@primitive(
    lambda x, y: 1.0,
    symbol="+",
    precedence=3,
    array="positive",
    simpler=[(lambda x: True, lambda x: x)],
    exact=lambda mp, x: x,
)
def pos(x: float) -> float:
    """The number +x itself, as a node of its own."""
    return x


@primitive(lambda x, y: sign(x), latex="|#1|", kink=lambda x: x, python="abs({0})", exact=lambda mp, x: mp.fabs(x))
def abs(x: float) -> float:
    """The absolute value |x|."""
    return libm.fabs(x)


# Choice. Of two equal numbers `maximum` and `minimum` take half of each, as PyTorch and JAX do.


@primitive(
    lambda c, x, y, z: 0.0,
    lambda c, x, y, z: where(c, 1.0, 0.0),
    lambda c, x, y, z: where(c, 0.0, 1.0),
    cut=lambda c, x, y: (True, c == 0, c != 0),
    python="{1} if {0} else {2}",
    simpler=[(lambda c, x, y: c == 0, lambda c, x, y: y), (lambda c, x, y: c * c > 0, lambda c, x, y: x)],
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
    python="{0} < {1}",
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
    python="{0} <= {1}",
)
def less_equal(x: float, y: float) -> float:
    """1 where x <= y, else 0."""
    return 1.0 if x <= y else 0.0


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\operatorname{isnan}(#1)",
    exact=lambda mp, x: mp.mpf(mp.isnan(x)),
    array=lambda np, x: 1.0 * np.isnan(x),
)
def isnan(x: float) -> float:
    """1 where x is not a number, else 0."""
    return 1.0 if libm.isnan(x) else 0.0


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\operatorname{isfinite}(#1)",
    exact=lambda mp, x: mp.mpf(mp.isfinite(x)),
    array=lambda np, x: 1.0 * np.isfinite(x),
)
def isfinite(x: float) -> float:
    """1 where x is neither infinite nor nan, else 0."""
    return 1.0 if libm.isfinite(x) else 0.0


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="==",
    cut=lambda x, y: (True, True),
    latex="#1 = #2",
    exact=lambda mp, x, y: mp.mpf(x == y),
    array=lambda np, x, y: 1.0 * np.equal(x, y),
    python="{0} == {1}",
    symmetric=True,
)
def equal(x: float, y: float) -> float:
    """1 where x == y, else 0."""
    return 1.0 if x == y else 0.0


@primitive(
    lambda x, y, z: 0.0,
    lambda x, y, z: 0.0,
    symbol="!=",
    cut=lambda x, y: (True, True),
    latex=r"#1 \ne #2",
    exact=lambda mp, x, y: mp.mpf(x != y),
    array=lambda np, x, y: 1.0 * np.not_equal(x, y),
    python="{0} != {1}",
    symmetric=True,
)
def not_equal(x: float, y: float) -> float:
    """1 where x != y, else 0."""
    return 1.0 if x != y else 0.0


@primitive(
    lambda x, y, z: where(x > y, 1.0, where(x < y, 0.0, 0.5)),
    lambda x, y, z: where(y > x, 1.0, where(y < x, 0.0, 0.5)),
    cut=lambda x, y: (x < y, y < x),
    latex=r"\max(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: max(x, y),
    symmetric=True,
)
def maximum(x: float, y: float) -> float:
    """The larger of two numbers; nan if one is nan."""
    return x if x > y or libm.isnan(x) else y


@primitive(
    lambda x, y, z: where(x < y, 1.0, where(x > y, 0.0, 0.5)),
    lambda x, y, z: where(y < x, 1.0, where(y > x, 0.0, 0.5)),
    cut=lambda x, y: (y < x, x < y),
    latex=r"\min(#1, #2)",
    kink=lambda x, y: x - y,
    exact=lambda mp, x, y: min(x, y),
    symmetric=True,
)
def minimum(x: float, y: float) -> float:
    """The smaller of two numbers; nan if one is nan."""
    return x if x < y or libm.isnan(x) else y


# Steps. What they pass on is 0 wherever they are smooth.


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\lfloor #1 \rfloor",
    kink=lambda x: x - floor(x + 0.5),
)
def floor(x: float) -> float:
    """The largest whole number that is not above x."""
    return math.copysign(math.floor(x), x) if libm.isfinite(x) else x


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\lceil #1 \rceil",
    kink=lambda x: x - floor(x + 0.5),
)
def ceil(x: float) -> float:
    """The smallest whole number that is not below x."""
    return math.copysign(math.ceil(x), x) if libm.isfinite(x) else x


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\operatorname{sign}(#1)",
    kink=lambda x: x,
    exact=lambda mp, x: mp.sign(x),
)
def sign(x: float) -> float:
    """The sign: 1, -1, or 0 at 0."""
    return 1.0 if x > 0.0 else -1.0 if x < 0.0 else x


@primitive(
    lambda x, y: 0.0,
    cut=lambda x: (True,),
    latex=r"\operatorname{stop\_gradient}(#1)",
    exact=lambda mp, x: +x,
    array=lambda np, x: x,
)
def stop_gradient(x: float) -> float:
    """The number x itself, taken as a constant: no derivative passes through it."""
    return x


# Exponentials, logarithms and roots.


@primitive(lambda x, y: y, latex="e^{#1}")
def exp(x: float) -> float:
    """The exponential e ** x."""
    try:
        return libm.exp(x)
    except OverflowError:
        return inf


@primitive(lambda x, y: scaled_power(LN_2, 2.0, x, 0.0), latex="2^{#1}", exact=lambda mp, x: mp.mpf(2) ** x)
def exp2(x: float) -> float:
    """The power 2 ** x."""
    return power(2.0, x)


@primitive(lambda x, y: exp(x), latex="e^{#1} - 1")
def expm1(x: float) -> float:
    """The exponential less 1, e ** x - 1, exact near 0."""
    try:
        return libm.expm1(x)
    except OverflowError:
        return inf


@primitive(lambda x, y: 1 / x, latex=r"\ln(#1)", domain=("x > 0", lambda x: x > 0))
def log(x: float) -> float:
    """The natural logarithm."""
    if x > 0.0:
        return libm.log(x)
    return -inf if x == 0.0 else nan


@primitive(
    lambda x, y: LOG2_E / x,
    latex=r"\log_2(#1)",
    domain=("x > 0", lambda x: x > 0),
    exact=lambda mp, x: mp.log(x, 2),
)
def log2(x: float) -> float:
    """The logarithm to base 2."""
    if x > 0.0:
        return math.log2(x)
    return -inf if x == 0.0 else nan


@primitive(lambda x, y: LOG10_E / x, latex=r"\log_{10}(#1)", domain=("x > 0", lambda x: x > 0))
def log10(x: float) -> float:
    """The logarithm to base 10."""
    if x > 0.0:
        return math.log10(x)
    return -inf if x == 0.0 else nan


@primitive(lambda x, y: 1 / (1 + x), latex=r"\ln(1 + #1)", domain=("x > -1", lambda x: x > -1))
def log1p(x: float) -> float:
    """The natural logarithm of 1 + x, exact near 0."""
    if x > -1.0:
        return libm.log1p(x)
    return -inf if x == -1.0 else nan


@primitive(lambda x, y: 0.5 / y, latex=r"\sqrt{#1}", domain=("x >= 0", lambda x: x >= 0))
def sqrt(x: float) -> float:
    """The square root."""
    return libm.sqrt(x) if x >= 0.0 else nan


@primitive(
    lambda x, y: 1 / (3 * y * y),
    latex=r"\sqrt[3]{#1}",
    exact=lambda mp, x: mp.sign(x) * mp.cbrt(mp.fabs(x)),
)
def cbrt(x: float) -> float:
    """The cube root, negative for a negative number."""
    if x == 0.0 or not libm.isfinite(x):
        return x
    root = math.cbrt(x)
    return root + (x / (root * root) - root) / 3.0  # one step of Newton's, as some libraries are off by 4 ulp


@primitive(
    lambda x, y, z: sigmoid_of_difference(x, y),
    lambda x, y, z: sigmoid_of_difference(y, x),
    latex=r"\ln(e^{#1} + e^{#2})",
    enclosed=lambda mp, x, y: mp.logaddexp(x, y),
    exact=lambda mp, x, y: mp.log(mp.exp(x) + mp.exp(y)),
    symmetric=True,
)
def logaddexp(x: float, y: float) -> float:
    """The logarithm of e ** x + e ** y, without overflow."""
    if x == y:  # also where both are infinite
        return x + libm.log(2.0)
    return maximum.value(x, y) + libm.log1p(exp_of_difference.value(minimum.value(x, y), maximum.value(x, y)))


# Trigonometry.


@primitive(lambda x, y: cos(x), latex=r"\sin(#1)")
def sin(x: float) -> float:
    """The sine of an angle in radians."""
    return libm.sin(x) if libm.isfinite(x) else nan


@primitive(lambda x, y: -sin(x), latex=r"\cos(#1)")
def cos(x: float) -> float:
    """The cosine of an angle in radians."""
    return libm.cos(x) if libm.isfinite(x) else nan


@primitive(lambda x, y: 1 + y * y, latex=r"\tan(#1)")
def tan(x: float) -> float:
    """The tangent of an angle in radians."""
    return libm.tan(x) if libm.isfinite(x) else nan


@primitive(
    lambda x, y: 1 / sqrt(one_less_square(x)),
    latex=r"\arcsin(#1)",
    domain=("-1 <= x <= 1", lambda x: (-1 <= x) & (x <= 1)),
    array="arcsin",
)
def asin(x: float) -> float:
    """The angle in radians whose sine is x."""
    return math.asin(x) if -1.0 <= x <= 1.0 else nan


@primitive(
    lambda x, y: -1 / sqrt(one_less_square(x)),
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
    symmetric=True,
)
def hypot(x: float, y: float) -> float:
    """The length of the vector (x, y)."""
    return math.hypot(x, y)


# Hyperbolic functions.


@primitive(lambda x, y: cosh(x), latex=r"\sinh(#1)")
def sinh(x: float) -> float:
    """The hyperbolic sine."""
    try:
        return libm.sinh(x)
    except OverflowError:
        return math.copysign(inf, x)


@primitive(lambda x, y: sinh(x), latex=r"\cosh(#1)")
def cosh(x: float) -> float:
    """The hyperbolic cosine."""
    try:
        return libm.cosh(x)
    except OverflowError:
        return inf


@primitive(
    lambda x, y: scaled_sech_squared(1.0, x),
    latex=r"\tanh(#1)",
    taught=(lambda x, y: 1 - y**2,),
)
def tanh(x: float) -> float:
    """The hyperbolic tangent."""
    return libm.tanh(x)


@primitive(lambda x, y: 1 / hypot(1.0, x), latex=r"\operatorname{arsinh}(#1)", array="arcsinh")
def asinh(x: float) -> float:
    """The number whose hyperbolic sine is x."""
    return math.asinh(x)


@primitive(
    lambda x, y: 1 / (sqrt(x - 1) * sqrt(x + 1)),
    latex=r"\operatorname{arcosh}(#1)",
    domain=("x >= 1", lambda x: x >= 1),
    array="arccosh",
)
def acosh(x: float) -> float:
    """The number, not negative, whose hyperbolic cosine is x."""
    return math.acosh(x) if x >= 1.0 else nan


@primitive(
    lambda x, y: 1 / one_less_square(x),
    latex=r"\operatorname{artanh}(#1)",
    domain=("-1 < x < 1", lambda x: (-1 < x) & (x < 1)),
    array="arctanh",
)
def atanh(x: float) -> float:
    """The number whose hyperbolic tangent is x."""
    if -1.0 < x < 1.0:
        return math.atanh(x)
    return math.copysign(inf, x) if libm.fabs(x) == 1.0 else nan


# Activations of neurons.


@primitive(
    lambda x, y: scaled_sech_squared(0.25, 0.5 * x),
    latex=r"\sigma(#1)",
    taught=(lambda x, y: y * (1 - y),),
    enclosed=lambda mp, x: mp.sigmoid(x),
    exact=lambda mp, x: 1 / (1 + mp.exp(-x)),
    array=arithmetic.sigmoid,
)
def sigmoid(x: float) -> float:
    """The logistic function 1 / (1 + e ** -x)."""
    if x >= 0.0:
        return 1.0 / (1.0 + libm.exp(-x))
    e = libm.exp(x)
    return e / (1.0 + e)


@primitive(
    lambda x, y: sigmoid(x),
    latex=r"\ln(1 + e^{#1})",
    exact=lambda mp, x: mp.log1p(mp.exp(x)),
    array=lambda np, x: np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x))),
)
def softplus(x: float) -> float:
    """The smooth positive part log(1 + e ** x)."""
    return x + libm.log1p(libm.exp(-x)) if x > 0.0 else libm.log1p(libm.exp(x))


@primitive(
    lambda x, y: where(x > 0, 1.0, 0.0),
    cut=lambda x: (x <= 0,),
    latex=r"\operatorname{relu}(#1)",
    kink=lambda x: x,
    exact=lambda mp, x: x if x > 0 else 0 * x,
    array=lambda np, x: np.maximum(x, 0.0),
    python="0.0 if {0} <= 0.0 else {0}",
)
def relu(x: float) -> float:
    """The positive part max(x, 0)."""
    return x if x > 0.0 or libm.isnan(x) else 0.0


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
    root = libm.exp(x / 2.0)  # e ** x would lose digits on its way to 0 before x * e ** x does
    return x * root * root


@primitive(
    lambda x, y: normal_cdf(x) + scaled_exp(x * ONE_BY_SQRT_2PI, x, -0.5 * x),
    latex=r"\operatorname{gelu}(#1)",
    exact=lambda mp, x: x * mp.ncdf(x),
    array=arithmetic.gelu,
)
def gelu(x: float) -> float:
    """The Gaussian error linear unit: x times the normal distribution function at x."""
    return arithmetic.gelu(Floats, x)


@primitive(
    lambda x, y: scaled_exp(TWO_BY_SQRT_PI, x, -x),
    latex=r"\operatorname{erf}(#1)",
    array=lambda np, x: arithmetic.one_by_one(np, "erf", x),
)
def erf(x: float) -> float:
    """The error function."""
    return math.erf(x)


@primitive(
    lambda x, y: scaled_exp(-TWO_BY_SQRT_PI, x, -x),
    latex=r"\operatorname{erfc}(#1)",
    array=lambda np, x: arithmetic.one_by_one(np, "erfc", x),
)
def erfc(x: float) -> float:
    """The complementary error function 1 - erf(x), exact where erf(x) is near 1."""
    return math.erfc(x)


@primitive(
    lambda x, y: scaled_exp(ONE_BY_SQRT_2PI, x, -0.5 * x),
    latex=r"\Phi(#1)",
    exact=lambda mp, x: mp.ncdf(x),
    array=arithmetic.normal_cdf,
)
def normal_cdf(x: float) -> float:
    """The distribution function of the standard normal distribution, erfc(-x / sqrt(2)) / 2."""
    return arithmetic.normal_cdf(Floats, x)


# Sequences. The value takes lists, one rule returns a list of partial derivatives for each, and `array` takes arrays
# with a row for each element. Additions are made in order, as in a chain of +, so that the same sum is the same number everywhere.


@primitive(
    lambda xs, y: ([1.0] * len(xs),),
    sequences=1,
    latex=r"#1 + \dots",
    exact=lambda mp, xs: mp.fsum(xs),
    array=lambda np, xs: np.sum(xs, axis=0),
    python=lambda xs: " + ".join(["0.0", *xs]),
    symmetric=True,
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
    array=lambda np, xs: np.sum(xs / float(len(xs)), axis=0),
    symmetric=True,
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
    array=arithmetic.product,
    symmetric=True,
)
def prod(xs: Sequence[float]) -> float:
    """The product of a sequence, without overflow midway."""
    return arithmetic.product(Floats, xs)


@primitive(
    lambda xs, ys, z: (ys, xs),
    sequences=2,
    latex=r"#1 \cdot #2 + \dots",
    exact=lambda mp, xs, ys: mp.fdot(zip(xs, ys, strict=True)),
    array=lambda np, xs, ys: np.sum(xs * ys, axis=0),
    python=lambda xs, ys: " + ".join(["0.0", *(f"{x} * {y}" for x, y in zip(xs, ys, strict=True))]),
    symmetric=True,
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
    enclosed=lambda mp, xs: mp.logsumexp(xs),
    exact=lambda mp, xs: mp.log(mp.fsum(mp.exp(x) for x in xs)),
    array=lambda np, xs: _logsumexp(np, xs),
    symmetric=True,
)
def logsumexp(xs: Sequence[float]) -> float:
    """The logarithm of the sum of exponentials, without overflow."""
    largest = -inf
    for x in xs:
        largest = maximum.value(largest, x)
    if not math.isfinite(largest):
        return largest
    i = xs.index(largest)
    return largest + math.log1p(math.fsum(exp_of_difference.value(x, largest) for x in [*xs[:i], *xs[i + 1 :]]))


def _logsumexp(np: Any, xs: Any) -> Any:
    largest = np.max(xs, axis=0)
    shift = np.where(np.isfinite(largest), largest, 0.0)
    return np.log(np.sum(np.exp(xs - shift), axis=0)) + shift


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


# Operations made for the rules above. Each takes in one step what would lose digits, overflow or underflow in several.


@primitive(
    lambda x, y, n, z: over_power(1.0, y, n),
    lambda x, y, n, z: -n * over_power(x, y, n + 1),
    lambda x, y, n, z: -z * log(y),
    symbol="x/y^n",
    domain=("y != 0, n = 1, 2, ..., 99", lambda x, y, n: y != 0 and 1 <= n < 100 and n % 1 == 0),
    exact=lambda mp, x, y, n: x / y**n,
    array=arithmetic.over_power,
    simpler=[
        (lambda x, y, n: n == 1, lambda x, y, n: x / y),
        (lambda x, y, n: n == 2, lambda x, y, n: x / y / y),
    ],
    series=lambda x, y, n: x / y**n,
    helper=True,
)
def over_power(x: float, y: float, n: float) -> float:
    """The quotient x / y ** n for a whole number n, right also where x / y is too small for all its digits."""
    return arithmetic.over_power(Floats, x, y, n) if 1.0 <= n < 100.0 and n % 1.0 == 0.0 else nan


@primitive(
    lambda c, x, y, k, z: scaled_power(1.0, x, y, k),
    lambda c, x, y, k, z: scaled_power(c * (y - k), x, y, k + 1),
    lambda c, x, y, k, z: scaled_log_power(c, x, y, k),
    lambda c, x, y, k, z: -scaled_log_power(c, x, y, k),
    symbol="c*x^(y-k)",
    domain=(
        "x > 0, or y and k whole numbers",
        lambda c, x, y, k: x > 0 or (y == math.floor(y) and k == math.floor(k) and (x != 0 or y >= k)),
    ),
    exact=lambda mp, c, x, y, k: c * x ** (y - k),
    array=arithmetic.scaled_power,
    simpler=[
        (lambda c, x, y, k: c == c and y - k == 1, lambda c, x, y, k: c * x),  # noqa: PLR0124 (c is known)
        (lambda c, x, y, k: c == c and y - k == 2, lambda c, x, y, k: c * x * x),  # noqa: PLR0124
    ],
    series=lambda c, x, y, k: c * x ** (y - k),
    helper=True,
)
def scaled_power(c: float, x: float, y: float, k: float) -> float:
    """The product c * x ** (y - k), with y - k not rounded; right also where the power alone is out of range.

    Since x ** 0 is 1 for every x, and does not change, its derivative 0 * x ** (0 - k) is 0 at x = 0 too, where the
    product alone would be 0 * inf, which is nan. So is log(0) * 0 ** y for y >= 0.
    """
    return arithmetic.scaled_power(Floats, c, x, y, k)


@primitive(
    lambda c, x, y, k, z: scaled_log_power(1.0, x, y, k),
    lambda c, x, y, k, z: scaled_power(c, x, y, k + 1) + scaled_log_power(c * (y - k), x, y, k + 1),
    lambda c, x, y, k, z: scaled_log_power(c * log(x), x, y, k),
    lambda c, x, y, k, z: -scaled_log_power(c * log(x), x, y, k),
    symbol="c*log(x)*x^(y-k)",
    domain=("x > 0", lambda c, x, y, k: x > 0),
    exact=lambda mp, c, x, y, k: c * mp.log(x) * x ** (y - k),
    array=arithmetic.scaled_log_power,
    series=lambda c, x, y, k: c * log(x) * x ** (y - k),
    helper=True,
)
def scaled_log_power(c: float, x: float, y: float, k: float) -> float:
    """The product c * log(x) * x ** (y - k), with y - k not rounded; 0 at x = 0 for y >= k, as in the limit for y > k."""
    return arithmetic.scaled_log_power(Floats, c, x, y, k)


@primitive(
    lambda c, x, y, z: scaled_exp(1.0, x, y),
    lambda c, x, y, z: scaled_exp(c * y, x, y),
    lambda c, x, y, z: scaled_exp(c * x, x, y),
    symbol="c*e^(x*y)",
    exact=lambda mp, c, x, y: c * mp.exp(x * y),
    array=lambda np, c, x, y: c * np.exp(x * y * 0.5) * np.exp(x * y * 0.5),
    series=lambda c, x, y: c * exp(x * y),
    helper=True,
)
def scaled_exp(c: float, x: float, y: float) -> float:
    """The product c * e ** (x * y), with x * y not rounded; right also where the exponential alone is out of range."""
    return arithmetic.scaled_exp(Floats, c, x, y)


@primitive(
    lambda x, y, z: z,
    lambda x, y, z: -z,
    symbol="e^(x-y)",
    exact=lambda mp, x, y: mp.exp(x - y),
    array=lambda np, x, y: np.exp(x - y),
    helper=True,
)
def exp_of_difference(x: float, y: float) -> float:
    """The exponential e ** (x - y), with x - y not rounded."""
    return arithmetic.exp_of_difference(Floats, x, y)


@primitive(
    lambda x, y, z: z * sigmoid_of_difference(y, x),
    lambda x, y, z: -z * sigmoid_of_difference(y, x),
    symbol="sigmoid(x-y)",
    exact=lambda mp, x, y: 1 / (1 + mp.exp(y - x)),
    array=lambda np, x, y: arithmetic.sigmoid(np, x - y),
    helper=True,
)
def sigmoid_of_difference(x: float, y: float) -> float:
    """The logistic function at x - y, with x - y not rounded."""
    return arithmetic.sigmoid_of_difference(Floats, x, y)


@primitive(
    lambda c, x, z: scaled_sech_squared(1.0, x),
    lambda c, x, z: -2 * z * tanh(x),
    symbol="c/cosh(x)^2",
    exact=lambda mp, c, x: c / mp.cosh(x) ** 2,
    array=arithmetic.quick_scaled_sech_squared,
    helper=True,
)
def scaled_sech_squared(c: float, x: float) -> float:
    """The product c / cosh(x) ** 2, right also where the hyperbolic secant alone is out of range."""
    e = libm.exp(-2.0 * libm.fabs(x))
    if e > 1e-300:
        rounded = 1.0 + e
        return 4.0 * c * e / (rounded * rounded + 2.0 * rounded * (e - (rounded - 1.0)))
    root = libm.exp(-libm.fabs(x))
    return 4.0 * c * root * root


@primitive(
    lambda x, y: -2 * x,
    symbol="1-x^2",
    exact=lambda mp, x: (1 - x) * (1 + x),
    array=lambda np, x: (1.0 - x) * (1.0 + x),
    helper=True,
)
def one_less_square(x: float) -> float:
    """The difference 1 - x ** 2, right also near x = 1."""
    return (1.0 - x) * (1.0 + x)


@primitive(
    lambda x, y, z: over_square_length(over_length(y, x), y, x),
    lambda x, y, z: where(abs(x) < abs(y), over_square_length(-over_length(y, x), x, y), over_square_length(-z, y, x)),
    symbol="x/hypot(x,y)",
    domain=("not both 0", lambda x, y: (x != 0) | (y != 0)),
    exact=lambda mp, x, y: x / mp.hypot(x, y),
    array=arithmetic.over_length,
    series=lambda x, y: x / hypot(x, y),
    helper=True,
)
def over_length(x: float, y: float) -> float:
    """The quotient x / hypot(x, y): the cosine of the angle of the vector (x, y)."""
    return arithmetic.over_length(Floats, x, y)


@primitive(
    lambda c, x, y, z: over_square_length(1.0, x, y),
    lambda c, x, y, z: c * (over_square_length(1.0, y, x) ** 2 - over_square_length(1.0, x, y) ** 2),
    lambda c, x, y, z: where(
        abs(x) < abs(y),
        over_square_length(-2 * over_square_length(c, y, x), x, y),
        over_square_length(-2 * z, y, x),
    ),
    symbol="c*x/(x^2+y^2)",
    domain=("x, y not both 0", lambda c, x, y: (x != 0) | (y != 0)),
    exact=lambda mp, c, x, y: c * x / (x * x + y * y),
    array=arithmetic.over_square_length,
    series=lambda c, x, y: c * x / (x * x + y * y),
    helper=True,
)
def over_square_length(c: float, x: float, y: float) -> float:
    """The quotient c * x / (x ** 2 + y ** 2); for c = 1 and both coordinates: the vector inverted in the unit circle."""
    return arithmetic.over_square_length(Floats, c, x, y)


seal()
