"""Arithmetic that keeps the last digits: the formulas behind `autograd.engine.ops` that take more than a line.

Each takes in one step what would lose digits, overflow or underflow in several. A formula serves floats and arrays: `np`
is NumPy, JAX's NumPy, or `Floats`, which has the same functions for floats.
"""

from __future__ import annotations

import math
import sys
from importlib import import_module
from math import inf

from autograd.engine.floats import divide, power

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

SQRT_HALF = math.sqrt(0.5)
SQRT_HALF_REST = -4.833646656726457e-17  # the digits of sqrt(1/2) beyond those of SQRT_HALF
TWO_BY_SQRT_PI = 2 / math.sqrt(math.pi)
ONE_BY_SQRT_2PI = 1 / math.sqrt(2 * math.pi)
LARGEST_EXPONENT = 709.782712893384  # beyond it, exp overflows


class Floats:
    """The functions of NumPy that the formulas use, on floats."""

    abs, hypot, copysign, frexp, isnan = math.fabs, math.hypot, math.copysign, math.frexp, math.isnan
    power, divide = power, divide

    @staticmethod
    def exp(x: float) -> float:
        return inf if x > LARGEST_EXPONENT else math.exp(x)

    @staticmethod
    def log(x: float) -> float:
        return math.log(x) if x > 0.0 else -inf if x == 0.0 else math.nan

    @staticmethod
    def minimum(x: float, y: float) -> float:
        return x if x < y or math.isnan(x) else y

    @staticmethod
    def where(condition: bool, x: float, y: float) -> float:
        return x if condition else y

    @staticmethod
    def ldexp(mantissa: float, exponent: int) -> float:
        try:
            return math.ldexp(mantissa, exponent)
        except OverflowError:
            return math.copysign(inf, mantissa)


# Powers and exponentials.


def over_power(np: Any, x: Any, y: Any, n: Any) -> Any:
    """The quotient x / y ** n for a whole number n."""
    quotient = np.abs(np.divide(x, y))
    scale = np.where((quotient > 0.0) & (quotient < 2.0**-960), 2.0**200, 1.0)
    quotient = x * scale
    for _ in range(int(n) if isinstance(n, float) else int(np.max(n))):
        quotient = np.divide(quotient, y)
    return quotient / scale


def scaled_power(np: Any, c: Any, x: Any, y: Any, k: Any) -> Any:
    """The product c * x ** (y - k), with y - k not rounded."""
    exponent = y - k
    base, power = np.abs(x), np.power(x, exponent)
    root, fourth = np.power(base, exponent / 2.0), np.power(base, exponent / 4.0)
    in_steps = np.where((root > 0.0) & (root < inf), c * root * root, c * fourth * fourth * fourth * fourth)
    in_range = ((np.abs(power) > 1e-290) & (np.abs(power) < 1e290)) | np.isnan(power)
    result = np.where(in_range, c * power, in_steps * np.copysign(1.0, power))
    is_normal = (np.abs(result) > 0.0) & (np.abs(result) < inf)
    result = result * np.power(x, np.where(is_normal, _lost_in_difference(y, k), 0.0))
    # x ** 0 is constant, so that its derivative is 0 where the product would be 0 * inf.
    is_zero = ((c == 0.0) & ((x == 0.0) | (y == 0.0))) | ((x == 0.0) & (c == -inf) & (exponent >= 0.0))
    return np.where(is_zero, 0.0, result)


def scaled_log_power(np: Any, c: Any, x: Any, y: Any, k: Any) -> Any:
    """The product c * log(x) * x ** (y - k), with y - k not rounded."""
    is_zero = (x == 0.0) & (y - k >= 0.0)
    return np.where(is_zero, 0.0, scaled_power(np, c * np.log(np.where(is_zero, 1.0, x)), x, y, k))


def scaled_exp(np: Any, c: Any, x: Any, y: Any) -> Any:
    """The product c * e ** (x * y), with x * y not rounded."""
    product = x * y
    (u, i), (v, j) = np.frexp(x), np.frexp(y)
    lost = np.where(np.abs(product) < 1500.0, np.ldexp(lost_in_product(u, v), i + j), 0.0)
    root = np.exp(product / 2.0)
    return np.where(np.abs(product) < 700.0, c * np.exp(product), c * root * root) * (1.0 + lost)


def exp_of_difference(np: Any, x: Any, y: Any) -> Any:
    """The exponential e ** (x - y), with x - y not rounded."""
    lost = np.where(np.abs(x - y) < 1500.0, _lost_in_difference(x, y), 0.0)
    return np.exp(x - y) * (1.0 + lost)


# The logistic function and the hyperbolic secant.


def sigmoid(np: Any, x: Any) -> Any:
    """The logistic function at x."""
    return np.exp(np.minimum(x, 0.0)) / (1.0 + np.exp(-np.abs(x)))


def sigmoid_of_difference(np: Any, x: Any, y: Any) -> Any:
    """The logistic function at x - y, with x - y not rounded."""
    lost = np.where(np.abs(x - y) < 1500.0, _lost_in_difference(x, y), 0.0)
    return sigmoid(np, x - y) * (1.0 + lost * sigmoid(np, y - x))


def silu(np: Any, x: Any) -> Any:
    """The product x * sigmoid(x); far to the left e ** x would lose digits on its way to 0 before x * e ** x does."""
    root = np.exp(x / 2.0)
    return np.where(x > -700.0, x * sigmoid(np, x), x * root * root)


def scaled_sech_squared(np: Any, c: Any, x: Any) -> Any:
    """The product c / cosh(x) ** 2."""
    e, root = np.exp(-2.0 * np.abs(x)), np.exp(-np.abs(x))
    rounded = 1.0 + e
    square = rounded * rounded + 2.0 * rounded * (e - (rounded - 1.0))
    return np.where(e > 1e-300, 4.0 * c * e / square, 4.0 * c * root * root)


def quick_scaled_sech_squared(np: Any, c: Any, x: Any) -> Any:
    """The form for arrays, short of digits only where the quotient is nearly out of range."""
    e = np.exp(-2.0 * np.abs(x))
    return 4.0 * c * e / ((1.0 + e) * (1.0 + e))


def over_length(np: Any, x: Any, y: Any) -> Any:
    """The quotient x / hypot(x, y)."""
    length = np.hypot(x, y)
    scale = np.where(length > 2.0**900, 2.0**-100, np.where(length < 2.0**-900, 2.0**100, 1.0))
    return np.divide(x * scale, np.hypot(x * scale, y * scale))


def over_square_length(np: Any, c: Any, x: Any, y: Any) -> Any:
    """The quotient c * x / (x ** 2 + y ** 2)."""
    (a, i), (b, j), (_, k) = np.frexp(c), np.frexp(x), np.frexp(np.hypot(x, y))
    u, v = np.ldexp(x, -k), np.ldexp(y, -k)
    square = u * u + v * v
    lost = lost_in_product(u, u) + lost_in_product(v, v) + _lost_in_difference(u * u, -v * v)
    return np.ldexp(np.divide(a * b, square + np.where(square < 4.0, lost, 0.0)), i + j - 2 * k)


# The normal distribution.


def normal_cdf(np: Any, x: Any) -> Any:
    """The distribution function of the standard normal distribution."""
    z = -x * SQRT_HALF
    lost = np.where(np.abs(x) < 40.0, lost_in_product(x, SQRT_HALF) + x * SQRT_HALF_REST, 0.0)
    return 0.5 * (one_by_one(np, "erfc", z) + TWO_BY_SQRT_PI * np.exp(-z * z) * lost)


def gelu(np: Any, x: Any) -> Any:
    """The product x * normal_cdf(x)."""
    # Far to the left, by the asymptotic series of x * normal_cdf(x): Abramowitz and Stegun, formula 26.2.12.
    is_far = np.abs(x + 40.0) < 5.0  # further out all is 0
    u = 1.0 / np.where(is_far, x * x, 1.0)
    series = 1.0
    for odd in (13.0, 11.0, 9.0, 7.0, 5.0, 3.0, 1.0):
        series = 1.0 - odd * u * series
    return np.where(is_far, scaled_exp(np, -ONE_BY_SQRT_2PI, x, -0.5 * x) * series, x * normal_cdf(np, x))


def one_by_one(np: Any, name: str, x: Any) -> Any:
    """A function that NumPy lacks: from `math`, number by number, or from JAX's SciPy; from SciPy if that is as exact."""
    if np is Floats:
        return getattr(math, name)(x)
    if np.__name__ != "numpy":
        return getattr(import_module(np.__name__.replace("numpy", "scipy.special")), name)(x)
    try:
        is_numpy = np is sys.modules.get("numpy")  # and not what only looks like it
        special = import_module("scipy.special") if is_numpy and name == "erf" else None  # its erfc is off by more
    except ImportError:
        special = None
    return getattr(special, name)(x) if special else np.vectorize(getattr(math, name), otypes=[float])(x)


# Products.


def product(np: Any, xs: Sequence[Any]) -> Any:
    """The product of numbers or arrays, mantissas apart from exponents."""
    mantissa, exponent = np.frexp(1.0)
    for x in xs:
        factor, shift = np.frexp(x)
        mantissa, carry = np.frexp(mantissa * factor)
        exponent = exponent + shift + carry
    return np.ldexp(mantissa, exponent)


# What the rounding of a difference or a product lost.


def _lost_in_difference(x: Any, y: Any) -> Any:
    """The exact x - y less its rounded value (Knuth, The Art of Computer Programming, vol. 2, 4.2.2, theorem B)."""
    difference = x - y
    y_part = x - difference
    return (x - (difference + y_part)) + (y_part - y)


def lost_in_product(x: Any, y: Any) -> Any:
    """The exact x * y less its rounded value (Dekker, Numerische Mathematik 18, 1971), away from overflow."""
    x_high, y_high = _upper_half(x), _upper_half(y)
    x_low, y_low = x - x_high, y - y_high
    return ((x_high * y_high - x * y) + x_high * y_low + x_low * y_high) + x_low * y_low


def _upper_half(x: Any) -> Any:
    """The upper 26 of the 53 bits of a number."""
    shifted = x * (2.0**27 + 1.0)
    return shifted - (shifted - x)
