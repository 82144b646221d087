"""Functions of C's library as formulas of terms, for several numbers at once.

A formula yields the value, and where it is sure that this is what the library computes, to the last bit; elsewhere the
library is asked. There are two ways to be sure. A formula is what GNU's library does, operation by operation, with its
tables and coefficients. Or of `exp`, `sin` and `cos`: any good library's error is hardly more than half a unit in the last
place, so that it computes the exact result rounded, unless that is near the middle between two floats; and the formula
carries enough digits to tell. `lanes` tries whether all this is so.

Products and sums with their errors are those of Dekker (Numerische Mathematik 18, 1971); the reduction to small
arguments is Cody and Waite's (Software Manual for the Elementary Functions, 1980), the polynomials are Taylor's.
"""

from __future__ import annotations

import math
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from autograd.program.backends.native.terms import MODULE, apply

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Pair = tuple[Any, Any]

_LN2 = Fraction(0xB17217F7D1CF79ABC9E3B39803F2F6AF40F343267298B62D8A, 2**200)
_PI = Fraction(0x3243F6A8885A308D313198A2E03707344A4093822299F31D008, 2**200)
_CLOSE_EXP, _CLOSE_SIN = 0.015, 0.03  # so many units around the middle between two floats it may be either


# Up to these GNU's sine and cosine go other ways; the second is 2.426265 as the upper half of a float tells it.
_SMALL, _MIDDLE = 0.85546875, float.fromhex("0x1.368fdp+1")
BORDERS = (2.0**-27, 2.0**-26, _SMALL, _MIDDLE, 1e8)
"""Beside these a formula is tried with special care."""

_TO_WHOLE = 1.5 * 2.0**52  # added and taken away again, it rounds
_LN2_128TH = tuple(map(float.fromhex, ("0x1.62e42fefa0000p-8", "0x1.cf79abc9e3b39p-47")))
_EXP = tuple(
    map(float.fromhex, ("0x1.ffffffffffdbdp-2", "0x1.555555555543cp-3", "0x1.55555cf172b91p-5", "0x1.1111167a4d017p-7"))
)


def _fma(x: Any, y: Any, z: Any) -> Any:
    """x * y + z, rounded once."""
    return apply("fma", x, y, z)


def _product(x: Any, y: Any) -> Pair:
    """A product, and what its rounding lost."""
    product = x * y
    return product, _fma(x, y, -product)


def _sum(x: Any, y: Any) -> Pair:
    """A sum, and what its rounding lost, for an x that is larger."""
    total = x + y
    return total, (x - total) + y


def _times(x: Pair, y: Pair) -> Pair:
    """A product of numbers of twice the digits."""
    product, lost = _product(x[0], y[0])
    return product, _fma(x[0], y[1], _fma(x[1], y[0], lost))


def _plus(x: Pair, y: Pair) -> Pair:
    """A sum of numbers of twice the digits, for an x that is larger."""
    total, lost = _sum(x[0], y[0])
    return total, lost + (x[1] + y[1])


def _polynomial(coefficients: Sequence[float], x: Any) -> Any:
    """The polynomial with these coefficients, the highest first."""
    total: Any = coefficients[0]
    for coefficient in coefficients[1:]:
        total = _fma(total, x, coefficient)
    return total


def _digits(number: Fraction, bits: Sequence[int]) -> list[float]:
    """A number as a sum of floats with so many bits each."""
    parts = []
    for count in bits:
        unit = Fraction(2) ** (math.frexp(float(number))[1] - count)
        part = round(number / unit) * unit
        parts.append(float(part))
        number -= part
    return parts


def _pair(number: Fraction) -> Pair:
    high, low = _digits(number, (53, 53))
    return high, low


def _rounded(x: Pair, close: float) -> Pair:
    """A number of twice the digits as a float, and whether that is as good as certain to be what the library has."""
    high, low = _sum(*x)
    unit = apply("power_below", high)
    margin = close * 2.0**-52
    return high, (high + _fma(unit, margin, low) == high) & (high + _fma(unit, -margin, low) == high)


def _factorials(*numbers: int) -> list[Fraction]:
    return [Fraction(1, math.factorial(n)) for n in numbers]


def roots_of_two() -> list[tuple[float, float]]:
    """The powers of the 128th root of 2, rounded, and for each unit of them what that lost."""
    bits = 200
    root = exact = 2 << bits
    for _ in range(7):
        root = math.isqrt(root << bits)
    exact, found = 1 << bits, []
    for _ in range(128):
        rounded = exact / (1 << bits)
        found.append((rounded, float(Fraction(exact, 1 << bits) / Fraction(rounded) - 1)))
        exact = exact * root >> bits
    return found


def exp_of_gnu(x: Any) -> Pair:
    """The exponential, as GNU's library has it since 2.28, and others that took it from the same source."""
    k = _fma(x, 128.0 * math.log2(math.e), _TO_WHOLE) - _TO_WHOLE
    r = _fma(k, -_LN2_128TH[1], _fma(k, -_LN2_128TH[0], x))
    square = r * r
    share = apply("roots.1", k) + r
    share = _fma(square, _fma(r, _EXP[1], _EXP[0]), share)
    share = _fma(square * square, _fma(r, _EXP[3], _EXP[2]), share)
    root = apply("scaled", apply("roots.0", k), apply("floor", k * (1.0 / 128.0)))
    return _fma(root, share, root), apply("abs", x) < 512.0  # beyond, it goes another way


def exp(x: Any) -> Pair:
    """The exponential."""
    high, low = _digits(_LN2, (42, 53))
    k = apply("rint", x * math.log2(math.e))
    lost, lost_low = _product(k, low)
    r, r_low = _sum(_fma(k, -high, x), -lost)
    r_low = r_low - lost_low
    q = _polynomial([float(each) for each in _factorials(*range(14, 3, -1))], r)
    total = _plus(_pair(Fraction(1, 6)), (r * q, 0.0))
    for term in (0.5, 1.0, 1.0):
        total = _plus((term, 0.0), _times((r, 0.0), total))
    value, is_sure = _rounded((total[0], _fma(r_low, total[0], total[1])), _CLOSE_EXP)
    return apply("scaled", value, k), is_sure & (apply("abs", x) < 708.0)


def sines() -> list[tuple[float, float, float, float]]:
    """The sine and the cosine of each 128th, up to the 127th, both of twice the digits."""
    bits = 200
    found = []
    for i in range(128):
        sine, cosine, term = 0, 0, 1 << bits
        for n in range(1, 60):  # Taylor's series
            cosine, sine = (cosine + term, sine) if n % 2 else (cosine, sine + term)
            term = term * i // (128 * n) * (1 if n % 2 else -1)
        found.append((*_pair(Fraction(sine, 1 << bits)), *_pair(Fraction(cosine, 1 << bits))))
    return found


_HALF_PI = (math.pi / 2.0, 6.123233995736766e-17)
_HALF_PI_PARTS = tuple(
    map(float.fromhex, ("0x1.921fb58p0", "-0x1.dde973cp-27", "-0x1.cb3b398p-55", "-0x1.d747f23e32ed7p-83"))
)
_SINE_OF_GNU = (
    *(-2.5022014848318398e-08, 2.7557298068607708e-06, -0.00019841269834414642),
    *(0.0083333333333323288, -0.16666666666666666),
)
_SINES = (-1.66666666666664880952546298448555e-01, 8.33333214285722277379541354343671e-03)
_COSINES = (0.5, -4.16666666666664434524222570944589e-02, 1.38888874007937613028114285595617e-03)


def sin_of_gnu(x: Any) -> Pair:
    """The sine, as GNU's library has it since 2.28, on processors that multiply and add at once."""
    size = apply("abs", x)
    is_small, is_middle = size < _SMALL, size < _MIDDLE
    k, a, a_low = _less_half_pis(x)
    odd = _is_odd(k)
    a = MODULE.where(is_small, x, MODULE.where(is_middle, _HALF_PI[0] - size, a))
    a_low = MODULE.where(is_small, 0.0, MODULE.where(is_middle, _HALF_PI[1], a_low))
    is_cosine = MODULE.where(is_small, 0.0, MODULE.where(is_middle, 1.0, odd)) != 0.0
    value = _sine_or_cosine(a, a_low, is_cosine)
    turned = apply("turned", value, apply("floor", k * 0.5))
    value = MODULE.where(is_small, value, MODULE.where(is_middle, MODULE.copysign(value, x), turned))
    return MODULE.where(size < 2.0**-26, x, value), size < 1e8


def cos_of_gnu(x: Any) -> Pair:
    """The cosine, likewise."""
    size = apply("abs", x)
    is_small, is_middle = size < _SMALL, size < _MIDDLE
    k, a, a_low = _less_half_pis(x)
    k = k + 1.0
    middle = (_HALF_PI[0] - size) + _HALF_PI[1]
    middle_low = ((_HALF_PI[0] - size) - middle) + _HALF_PI[1]
    a = MODULE.where(is_small, x, MODULE.where(is_middle, middle, a))
    a_low = MODULE.where(is_small, 0.0, MODULE.where(is_middle, middle_low, a_low))
    is_cosine = MODULE.where(is_small, 1.0, MODULE.where(is_middle, 0.0, _is_odd(k))) != 0.0
    value = _sine_or_cosine(a, a_low, is_cosine)
    turned = apply("turned", value, apply("floor", k * 0.5))
    return MODULE.where(size < 2.0**-27, 1.0, MODULE.where(is_middle, value, turned)), size < 1e8


def _is_odd(k: Any) -> Any:
    """1 for an odd whole number, 0 for an even one."""
    return k - 2.0 * apply("floor", k * 0.5)


def _less_half_pis(x: Any) -> tuple[Any, Any, Any]:
    """How many halves of pi are in a number, and what is left of it, of twice the digits."""
    first, second, third, fourth = _HALF_PI_PARTS
    k = _fma(x, 2.0 / math.pi, _TO_WHOLE) - _TO_WHOLE
    y = _fma(-k, second, _fma(-k, first, x))
    z = _fma(-k, third, y)
    low = _fma(-k, third, y - z)
    a = _fma(-k, fourth, z)
    return k, a, low + _fma(-k, fourth, z - a)


def _sine_or_cosine(a: Any, a_low: Any, is_cosine: Any) -> Any:
    """The sine or the cosine of a number of twice the digits, by that of the nearest 128th, or near 0 by a polynomial."""
    size = apply("abs", a)
    near = apply("rint", size * 128.0)
    low = MODULE.where(a > 0.0, a_low, -a_low)
    rest = size - near * (1.0 / 128.0)
    rest = MODULE.where(is_cosine, rest + low, rest)
    square = rest * rest
    cube, of_sine = rest * square, _fma(square, _SINES[1], _SINES[0])
    of_cosine = square * _fma(square, _fma(square, _COSINES[2], _COSINES[1]), _COSINES[0])
    s = MODULE.where(is_cosine, _fma(cube, of_sine, rest), rest + _fma(cube, of_sine, low))
    c = MODULE.where(is_cosine, of_cosine, _fma(rest, low, of_cosine))
    sine, sine_low, cosine, cosine_low = (apply(f"sines.{column}", near) for column in range(4))
    of, of_low = MODULE.where(is_cosine, cosine, sine), MODULE.where(is_cosine, cosine_low, sine_low)
    by, by_low = MODULE.where(is_cosine, -sine, cosine), MODULE.where(is_cosine, -sine_low, cosine_low)
    value = of + _fma(by, s, _fma(-of, c, _fma(s, by_low, of_low)))
    whole_square = a * a
    polynomial = _fma(_polynomial(_SINE_OF_GNU, whole_square), a, -(0.5 * a_low))
    small = a + _fma(polynomial, whole_square, a_low)
    signed = MODULE.where(is_cosine, value, MODULE.copysign(value, a))
    return MODULE.where((size < 0.126) & ~is_cosine, small, signed)


def _sine(x: Any, k: Any) -> Pair:
    """The sine of x - k pi, for that below pi / 2."""
    first, second, third = _digits(_PI, (33, 33, 53))
    r, r_low = _sum(-(k * first), x)
    r, lost = _sum(r, -(k * second))
    r, lost_again = _sum(r, -(k * third))
    r_low = (r_low + lost) + lost_again
    s, s_low = _product(r, r)
    s_low = _fma(r + r, r_low, s_low)
    signs = [(-1) ** i for i in range(12)]
    coefficients = [sign * each for sign, each in zip(signs, _factorials(*range(1, 24, 2)), strict=True)]
    tail = _polynomial([float(each) for each in coefficients[:3:-1]], s)
    total = _plus(_pair(coefficients[3]), (s * tail, 0.0))
    for coefficient in (coefficients[2], coefficients[1], Fraction(1)):
        total = _plus(_pair(coefficient), _times((s, s_low), total))
    value, is_sure = _rounded(_times((r, r_low), total), _CLOSE_SIN)
    is_near = (apply("abs", x) < 2.0**15) & ((apply("abs", r) > 2.0**-10) | (k == 0.0))
    return value, is_sure & is_near


def sin(x: Any) -> Pair:
    """The sine."""
    k = apply("rint", x * (1.0 / math.pi))
    value, is_sure = _sine(x, k)
    return apply("turned", value, k), is_sure & (x != 0.0)


def cos(x: Any) -> Pair:
    """The cosine."""
    k = apply("rint", x * (1.0 / math.pi) - 0.5)
    value, is_sure = _sine(x, k + 0.5)
    return apply("turned", -value, k), is_sure


def tanh(x: Any, sum_of_product: Callable[[Any, Any, Any], Any]) -> Pair:
    """The hyperbolic tangent, as FreeBSD's library and GNU's have it."""
    size = apply("abs", x)
    is_large = size >= 1.0
    t = _expm1(MODULE.where(is_large, size + size, -(size + size)), is_large, sum_of_product)
    share = MODULE.where(is_large, 2.0, -t) / (t + 2.0)
    value = MODULE.where(is_large, 1.0 - share, share)
    value = MODULE.where(size >= 20.0, 1.0, MODULE.where(size < 2.0**-55, size, value))
    return MODULE.copysign(value, x), size <= math.inf


_HALF_LN2, _ONE_AND_A_HALF_LN2 = float.fromhex("0x1.62e43p-2"), float.fromhex("0x1.0a2b2p0")  # as it has them
_LN2_HIGH, _LN2_LOW = float.fromhex("0x1.62e42feep-1"), float.fromhex("0x1.a39ef35793c76p-33")
_Q = (
    *(-3.33333333333331316428e-02, 1.58730158725481460165e-03, -7.93650757867487942473e-05),
    *(4.00821782732936239552e-06, -2.01099218183624371326e-07),
)


def _expm1(x: Any, is_large: Any, sum_of_product: Callable[[Any, Any, Any], Any]) -> Any:
    """The exponential less 1, for x from -2 to 0, or from 2 to 44 if it is large."""
    k = apply("trunc", sum_of_product(x, math.log2(math.e), MODULE.where(is_large, 0.5, -0.5)))
    small_k = MODULE.where(x > -_ONE_AND_A_HALF_LN2, -1.0, k)
    k = MODULE.where(is_large, k, MODULE.where(x > -_HALF_LN2, 0.0, small_k))
    above, below = x - k * _LN2_HIGH, k * _LN2_LOW
    r = above - below
    c = (above - r) - below
    half = 0.5 * r
    square = r * half
    fourth = square * square
    first, second, third = (sum_of_product(square, *each) for each in ((_Q[0], 1.0), _Q[2:0:-1], _Q[4:2:-1]))
    q = sum_of_product(fourth * fourth, third, sum_of_product(fourth, second, first))
    t = sum_of_product(-q, half, 3.0)
    e = square * ((q - t) / sum_of_product(-r, t, 6.0))
    near = r - sum_of_product(r, e, -square)
    e = sum_of_product(r, e - c, -c) - square
    inverse = apply("scaled", 1.0, -k)
    below_0 = MODULE.where(k == -1.0, 0.5 * (r - e) - 0.5, apply("scaled", 1.0 - (e - r), k) - 1.0)
    above_2 = MODULE.where(k < 20.0, (1.0 - inverse) - (e - r), (r - (e + inverse)) + 1.0)
    return MODULE.where(is_large, apply("scaled", above_2, k), MODULE.where(k == 0.0, near, below_0))


ELEMENTARY: dict[str, Sequence[Callable[[Any], Pair]]] = {
    "exp": [exp_of_gnu, exp],
    "sin": [sin_of_gnu, sin],
    "cos": [cos_of_gnu, cos],
    "tanh": [lambda x: tanh(x, _fma), lambda x: tanh(x, lambda x, y, z: x * y + z)],  # as it was compiled
}
"""By the names of C's functions: their formulas, of which one may hold."""

TABLES_OF: dict[str, Callable[[], Sequence[Sequence[float]]]] = {"roots": roots_of_two, "sines": sines}
"""By the names that formulas look them up by: what makes the tables."""
