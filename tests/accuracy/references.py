"""Every operation's value, first and second partial derivatives, written once more and independently, for mpmath.

A formula is a function of mpmath numbers. Where terms of opposite sign meet, it returns them as a tuple, to be added
up: then errors are measured in units in the last place of the largest term.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from mpmath import mp, mpf


@dataclass(frozen=True)
class Reference:
    """What is true of one operation.

    Args:
        value: the operation itself.
        first: its partial derivatives, by the operand's number.
        second: its second partial derivatives, by the two operands' numbers; absent ones are 0 or of no interest.
        length: for operations on sequences, how many operands the sample has.
    """

    value: Any
    first: dict[int, Any]
    second: dict[tuple[int, int], Any]
    length: int = 0

    def formulas(self) -> dict[tuple[int, ...], Any]:
        """All of them, by the operands that are differentiated by: none, one or two."""
        return {(): self.value, **{(i,): f for i, f in self.first.items()}, **self.second}


def s(x: Any) -> Any:
    return 1 / (1 + mp.exp(-x))


def erfc(x: Any) -> Any:
    return mp.erfc(x) if x < 1000 else mpf(0)  # mpmath's own fails further out


def phi(x: Any) -> Any:
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def larger(x: Any, y: Any) -> Any:
    return max(x, y)


def product(xs: Any) -> Any:
    return mp.fprod(xs)


def without(xs: Any, *indices: int) -> Any:
    return mp.fprod(x for i, x in enumerate(xs) if i not in indices)


def softmax(xs: Any, i: int) -> Any:
    return 1 / mp.fsum(mp.exp(x - xs[i]) for x in xs)


def unary(value: Any, first: Any, second: Any = None) -> Reference:
    return Reference(value, {0: first}, {(0, 0): second} if second else {})


def power(x: Any, y: Any) -> Any:
    """A power of any real base; mpmath's own takes milliseconds where the exponent is a huge whole number."""
    if x == 0:
        return x**y if y >= 0 else mp.inf
    if abs(y) < 100 or (x < 0 and y != mp.floor(y)):
        return x**y
    exponent = y * mp.log(abs(x))
    if abs(exponent) > 10_000:  # far beyond all doubles, whatever else it is multiplied by
        return mp.inf if exponent > 0 else mpf(0)
    return mp.exp(exponent) * (-1 if x < 0 and y % 2 else 1)


def quotient(x: Any, y: Any) -> Any:
    return mp.floor(x / y)


ONE, HALF = mpf(1), mpf(1) / 2
LENGTH = 5

REFERENCES: dict[str, Reference] = {
    "add": Reference(lambda x, y: (x, y), {0: lambda x, y: ONE, 1: lambda x, y: ONE}, {}),
    "sub": Reference(lambda x, y: (x, -y), {0: lambda x, y: ONE, 1: lambda x, y: -ONE}, {}),
    "mul": Reference(lambda x, y: x * y, {0: lambda x, y: y, 1: lambda x, y: x}, {(0, 1): lambda x, y: ONE}),
    "div": Reference(
        lambda x, y: x / y,
        {0: lambda x, y: 1 / y, 1: lambda x, y: -x / y**2},
        {(0, 1): lambda x, y: -1 / y**2, (1, 1): lambda x, y: 2 * x / y**3},
    ),
    "pow": Reference(
        power,
        {
            0: lambda x, y: y * power(x, y) / x if y else mpf(0),
            1: lambda x, y: power(x, y) * mp.log(x) if x > 0 else mp.nan,
        },
        {
            (0, 0): lambda x, y: y * (y - 1) * power(x, y) / x**2 if y and y != 1 else mpf(0),
            (0, 1): lambda x, y: (power(x, y) / x, power(x, y) / x * y * mp.log(x)) if x > 0 else mp.nan,
            (1, 1): lambda x, y: power(x, y) * mp.log(x) ** 2 if x > 0 else mp.nan,
        },
    ),
    "floordiv": Reference(quotient, {}, {}),
    "mod": Reference(lambda x, y: x % y, {0: lambda x, y: ONE, 1: lambda x, y: -quotient(x, y)}, {}),
    "neg": unary(lambda x: -x, lambda x: -ONE),
    "pos": unary(lambda x: x, lambda x: ONE),
    "abs": unary(mp.fabs, mp.sign),
    "where": Reference(
        lambda c, x, y: x if c else y,
        {1: lambda c, x, y: ONE if c else mpf(0), 2: lambda c, x, y: mpf(0) if c else ONE},
        {},
    ),
    "less": Reference(lambda x, y: mpf(x < y), {}, {}),
    "less_equal": Reference(lambda x, y: mpf(x <= y), {}, {}),
    "equal": Reference(lambda x, y: mpf(x == y), {}, {}),
    "not_equal": Reference(lambda x, y: mpf(x != y), {}, {}),
    "isnan": unary(lambda x: mpf(mp.isnan(x)), lambda x: mpf(0)),
    "isfinite": unary(lambda x: mpf(mp.isfinite(x)), lambda x: mpf(0)),
    "maximum": Reference(
        larger,
        {i: lambda x, y, i=i: HALF if x == y else mpf((x > y) == (i == 0)) for i in range(2)},
        {},
    ),
    "minimum": Reference(
        lambda x, y: -larger(-x, -y),
        {i: lambda x, y, i=i: HALF if x == y else mpf((x < y) == (i == 0)) for i in range(2)},
        {},
    ),
    "floor": unary(mp.floor, lambda x: mpf(0)),
    "ceil": unary(mp.ceil, lambda x: mpf(0)),
    "sign": unary(mp.sign, lambda x: mpf(0)),
    "stop_gradient": unary(lambda x: x, lambda x: mpf(0)),
    "exp": unary(mp.exp, mp.exp, mp.exp),
    "expm1": unary(mp.expm1, mp.exp, mp.exp),
    "exp2": unary(lambda x: mpf(2) ** x, lambda x: mp.ln2 * mpf(2) ** x, lambda x: mp.ln2**2 * mpf(2) ** x),
    "log": unary(mp.log, lambda x: 1 / x, lambda x: -1 / x**2),
    "log2": unary(lambda x: mp.log(x) / mp.ln2, lambda x: 1 / (x * mp.ln2), lambda x: -1 / (x**2 * mp.ln2)),
    "log10": unary(mp.log10, lambda x: 1 / (x * mp.ln10), lambda x: -1 / (x**2 * mp.ln10)),
    "log1p": unary(mp.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "sqrt": unary(mp.sqrt, lambda x: 1 / (2 * mp.sqrt(x)), lambda x: -1 / (4 * mp.sqrt(x) ** 3)),
    "cbrt": unary(
        lambda x: mp.sign(x) * mp.cbrt(mp.fabs(x)),
        lambda x: 1 / (3 * mp.cbrt(x * x)),
        lambda x: -2 / (9 * x * mp.cbrt(x * x)),
    ),
    "logaddexp": Reference(
        lambda x, y: (larger(x, y), mp.log1p(mp.exp(-mp.fabs(x - y)))),
        {0: lambda x, y: s(x - y), 1: lambda x, y: s(y - x)},
        {
            (0, 0): lambda x, y: s(x - y) * s(y - x),
            (0, 1): lambda x, y: -s(x - y) * s(y - x),
            (1, 1): lambda x, y: s(x - y) * s(y - x),
        },
    ),
    "sin": unary(mp.sin, mp.cos, lambda x: -mp.sin(x)),
    "cos": unary(mp.cos, lambda x: -mp.sin(x), lambda x: -mp.cos(x)),
    "tan": unary(mp.tan, lambda x: mp.sec(x) ** 2, lambda x: 2 * mp.tan(x) * mp.sec(x) ** 2),
    "asin": unary(mp.asin, lambda x: (1 - x * x) ** -HALF, lambda x: x * (1 - x * x) ** (-3 * HALF)),
    "acos": unary(mp.acos, lambda x: -((1 - x * x) ** -HALF), lambda x: -x * (1 - x * x) ** (-3 * HALF)),
    "atan": unary(mp.atan, lambda x: 1 / (1 + x * x), lambda x: -2 * x / (1 + x * x) ** 2),
    "atan2": Reference(
        mp.atan2,
        {0: lambda y, x: x / (x * x + y * y), 1: lambda y, x: -y / (x * x + y * y)},
        {
            (0, 0): lambda y, x: -2 * x * y / (x * x + y * y) ** 2,
            (0, 1): lambda y, x: ((y * y) / (x * x + y * y) ** 2, -(x * x) / (x * x + y * y) ** 2),
            (1, 1): lambda y, x: 2 * x * y / (x * x + y * y) ** 2,
        },
    ),
    "hypot": Reference(
        mp.hypot,
        {0: lambda x, y: x / mp.hypot(x, y), 1: lambda x, y: y / mp.hypot(x, y)},
        {
            (0, 0): lambda x, y: y * y / mp.hypot(x, y) ** 3,
            (0, 1): lambda x, y: -x * y / mp.hypot(x, y) ** 3,
            (1, 1): lambda x, y: x * x / mp.hypot(x, y) ** 3,
        },
    ),
    "sinh": unary(mp.sinh, mp.cosh, mp.sinh),
    "cosh": unary(mp.cosh, mp.sinh, mp.cosh),
    "tanh": unary(mp.tanh, lambda x: mp.sech(x) ** 2, lambda x: -2 * mp.tanh(x) * mp.sech(x) ** 2),
    "asinh": unary(mp.asinh, lambda x: 1 / mp.hypot(1, x), lambda x: -x / mp.hypot(1, x) ** 3),
    "acosh": unary(mp.acosh, lambda x: (x * x - 1) ** -HALF, lambda x: -x * (x * x - 1) ** (-3 * HALF)),
    "atanh": unary(mp.atanh, lambda x: 1 / (1 - x * x), lambda x: 2 * x / (1 - x * x) ** 2),
    "sigmoid": unary(s, lambda x: s(x) * s(-x), lambda x: -s(x) * s(-x) * mp.tanh(x / 2)),
    "softplus": unary(lambda x: mp.log1p(mp.exp(x)), s, lambda x: s(x) * s(-x)),
    "relu": unary(lambda x: x if x > 0 else mpf(0), lambda x: mpf(x > 0)),
    "leaky_relu": unary(lambda x: x if x > 0 else mpf(0.01) * x, lambda x: ONE if x > 0 else mpf(0.01)),
    "silu": unary(
        lambda x: x * s(x),
        lambda x: (s(x), x * s(x) * s(-x)),
        lambda x: (2 * s(x) * s(-x), -x * s(x) * s(-x) * mp.tanh(x / 2)),
    ),
    "gelu": unary(
        lambda x: x * erfc(-x / mp.sqrt(2)) / 2,
        lambda x: (erfc(-x / mp.sqrt(2)) / 2, x * phi(x)),
        lambda x: (2 * phi(x), -x * x * phi(x)),
    ),
    "erf": unary(
        mp.erf,
        lambda x: 2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x: -4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "erfc": unary(
        erfc,
        lambda x: -2 / mp.sqrt(mp.pi) * mp.exp(-x * x),
        lambda x: 4 * x / mp.sqrt(mp.pi) * mp.exp(-x * x),
    ),
    "normal_cdf": unary(lambda x: erfc(-x / mp.sqrt(2)) / 2, phi, lambda x: -x * phi(x)),
    "sum": Reference(lambda *xs: xs, {0: lambda *xs: ONE}, {}, LENGTH),
    "mean": Reference(lambda *xs: tuple(x / len(xs) for x in xs), {0: lambda *xs: ONE / len(xs)}, {}, LENGTH),
    "prod": Reference(
        lambda *xs: product(xs), {0: lambda *xs: without(xs, 0)}, {(0, 1): lambda *xs: without(xs, 0, 1)}, LENGTH
    ),
    "dot": Reference(
        lambda *xs: tuple(x * y for x, y in zip(xs[:3], xs[3:], strict=True)),
        {0: lambda *xs: xs[3], 3: lambda *xs: xs[0]},
        {(0, 3): lambda *xs: ONE},
        6,
    ),
    "logsumexp": Reference(
        lambda *xs: (max(xs), mp.log1p(mp.fsum(mp.exp(x - max(xs)) for x in sorted(xs)[:-1]))),
        {0: lambda *xs: softmax(xs, 0), 1: lambda *xs: softmax(xs, 1)},
        {
            (0, 0): lambda *xs: (softmax(xs, 0), -(softmax(xs, 0) ** 2)),
            (0, 1): lambda *xs: -softmax(xs, 0) * softmax(xs, 1),
        },
        LENGTH,
    ),
    # Operations that only the rules of others call: their first partials make the others' second ones.
    "over_power": Reference(
        lambda x, y, n: x / y**n, {0: lambda x, y, n: y**-n, 1: lambda x, y, n: -n * x / y ** (n + 1)}, {}
    ),
    "scaled_power": Reference(
        lambda c, x, y, k: c * power(x, y) / x**k,
        {
            0: lambda c, x, y, k: power(x, y) / x**k,
            1: lambda c, x, y, k: c * (y - k) * power(x, y) / x ** (k + 1),
            2: lambda c, x, y, k: c * power(x, y) / x**k * mp.log(x),
        },
        {},
    ),
    "scaled_log_power": Reference(
        lambda c, x, y, k: c * mp.log(x) * power(x, y) / x**k,
        {
            0: lambda c, x, y, k: mp.log(x) * power(x, y) / x**k,
            1: lambda c, x, y, k: (
                c * power(x, y) / x ** (k + 1),
                c * (y - k) * mp.log(x) * power(x, y) / x ** (k + 1),
            ),
            2: lambda c, x, y, k: c * mp.log(x) ** 2 * power(x, y) / x**k,
        },
        {},
    ),
    "scaled_exp": Reference(
        lambda c, x, y: c * mp.exp(x * y),
        {
            0: lambda c, x, y: mp.exp(x * y),
            1: lambda c, x, y: c * y * mp.exp(x * y),
            2: lambda c, x, y: c * x * mp.exp(x * y),
        },
        {},
    ),
    "exp_of_difference": Reference(
        lambda x, y: mp.exp(x - y), {0: lambda x, y: mp.exp(x - y), 1: lambda x, y: -mp.exp(x - y)}, {}
    ),
    "sigmoid_of_difference": Reference(
        lambda x, y: s(x - y),
        {0: lambda x, y: s(x - y) * s(y - x), 1: lambda x, y: -s(x - y) * s(y - x)},
        {},
    ),
    "scaled_sech_squared": Reference(
        lambda c, x: c * mp.sech(x) ** 2,
        {0: lambda c, x: mp.sech(x) ** 2, 1: lambda c, x: -2 * c * mp.sech(x) ** 2 * mp.tanh(x)},
        {},
    ),
    "one_less_square": unary(lambda x: 1 - x * x, lambda x: -2 * x),
    "over_length": Reference(
        lambda x, y: x / mp.hypot(x, y),
        {0: lambda x, y: y * y / mp.hypot(x, y) ** 3, 1: lambda x, y: -x * y / mp.hypot(x, y) ** 3},
        {},
    ),
    "over_square_length": Reference(
        lambda c, x, y: c * x / (x * x + y * y),
        {
            0: lambda c, x, y: x / (x * x + y * y),
            1: lambda c, x, y: (c * y * y / (x * x + y * y) ** 2, -c * x * x / (x * x + y * y) ** 2),
            2: lambda c, x, y: -2 * c * x * y / (x * x + y * y) ** 2,
        },
        {},
    ),
}
