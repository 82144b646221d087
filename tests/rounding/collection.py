"""Expressions that the literature knows for losing digits, and ordinary ones, with where they are evaluated.

Most stand in the FPBench collection (N. Damouche et al., "Toward a standard benchmark format and suite for
floating-point analysis", NSV 2016). Their sources: R. W. Hamming, "Numerical Methods for Scientists and Engineers"
(chapter 3), the suites of Rosa, Salsa, Herbie and FPTaylor, S. M. Rump's and W. Kahan's examples. The ranges are theirs
where they give one, and otherwise where the trouble is.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd import (
    Value,
    atan,
    cos,
    exp,
    hypot,
    log,
    sin,
    sqrt,
    tan,
    tanh,
)  # fmt: skip

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True)
class Benchmark:
    """An expression, and for each variable the range of its numbers; by size, if that spans more than a factor of 100."""

    name: str
    function: Callable[..., Any]
    ranges: tuple[tuple[float, float], ...]

    def points(self, count: int) -> list[list[float]]:
        """Some points within the ranges."""
        rng = random.Random(self.name)
        return [[draw(rng, low, high) for low, high in self.ranges] for _ in range(count)]

    def build(self, point: list[float]) -> Value:
        """The graph at a point."""
        names = self.function.__code__.co_varnames
        return self.function(*(Value(x, name) for x, name in zip(point, names, strict=False)))


def draw(rng: random.Random, low: float, high: float) -> float:
    """A number in a range."""
    if 0.0 < low and high > 100.0 * low:
        return math.exp(rng.uniform(math.log(low), math.log(high)))
    if high < 0.0 and low < 100.0 * high:
        return -math.exp(rng.uniform(math.log(-high), math.log(-low)))
    return rng.uniform(low, high)


def jet_engine(x, y):
    t = 3 * x * x + 2 * y - x
    s = x * x + 1
    inner = 2 * x * (t / s) * (t / s - 3) + x * x * (4 * (t / s) - 6)
    return x + (inner * s + 3 * x * x * (t / s) + x * x * x + x + 3 * ((3 * x * x - 2 * y - x) / s))


def heron(a, b, c):
    s = (a + b + c) / 2
    return sqrt(s * (s - a) * (s - b) * (s - c))


def kepler(a, b, c, d, e, f):
    return a * d * (-a + b + c - d + e + f) + b * e * (a - b + c + d - e + f) + c * f * (a + b - c + d + e - f)


SMALL, LARGE, UNIT = (1e-12, 1e-3), (1e3, 1e14), (0.1, 1.0)

COLLECTION = [
    Benchmark(*entry)
    for entry in [
        # Hamming, chapter 3.
        ("2sqrt", lambda x: sqrt(x + 1) - sqrt(x), (LARGE,)),
        ("2sin", lambda x, e: sin(x + e) - sin(x), (UNIT, SMALL)),
        ("tanhf", lambda x: (1 - cos(x)) / sin(x), ((1e-8, 1e-2),)),
        ("2atan", lambda n: atan(n + 1) - atan(n), ((1e3, 1e9),)),
        ("2isqrt", lambda x: 1 / sqrt(x) - 1 / sqrt(x + 1), (LARGE,)),
        ("2frac", lambda x: 1 / (x + 1) - 1 / x, (LARGE,)),
        ("2tan", lambda x, e: tan(x + e) - tan(x), (UNIT, SMALL)),
        ("3frac", lambda x: 1 / (x + 1) - 2 / x + 1 / (x - 1), ((1e2, 1e6),)),
        ("2cbrt", lambda x: (x + 1) ** (1 / 3) - x ** (1 / 3), (LARGE,)),
        ("2cos", lambda x, e: cos(x + e) - cos(x), (UNIT, SMALL)),
        ("2log", lambda n: log(n + 1) - log(n), (LARGE,)),
        ("exp2", lambda x: exp(x) - 2 + exp(-x), ((1e-7, 1e-2),)),
        ("cos2", lambda x: (1 - cos(x)) / (x * x), ((1e-8, 1e-2),)),
        ("expq3", lambda a, b, e: e * (exp((a + b) * e) - 1) / ((exp(a * e) - 1) * (exp(b * e) - 1)),
         (UNIT, UNIT, SMALL)),
        ("logq", lambda e: log((1 - e) / (1 + e)), (SMALL,)),
        ("sqrtexp", lambda x: sqrt((exp(2 * x) - 1) / (exp(x) - 1)), (SMALL,)),
        ("sintan", lambda x: (x - sin(x)) / (x - tan(x)), ((1e-5, 1e-2),)),
        ("2nthrt", lambda x, n: (x + 1) ** (1 / n) - x ** (1 / n), ((1e3, 1e9), (2.0, 9.0))),
        ("expm1", lambda x: exp(x) - 1, (SMALL,)),
        ("logs", lambda n: (n + 1) * log(n + 1) - n * log(n) - 1, ((1e3, 1e10),)),
        ("invcot", lambda x: 1 / x - 1 / tan(x), ((1e-6, 1e-2),)),
        ("qlog", lambda x: log(1 - x) / log(1 + x), (SMALL,)),
        ("expax", lambda a, x: exp(a * x) - 1, (UNIT, SMALL)),
        ("expq2", lambda x: exp(x) / (exp(x) - 1), (SMALL,)),
        ("quadp", lambda a, b, c: (-b + sqrt(b * b - 4 * a * c)) / (2 * a), ((0.5, 2.0), (1e3, 1e8), (0.5, 2.0))),
        ("quadm", lambda a, b, c: (-b - sqrt(b * b - 4 * a * c)) / (2 * a), ((0.5, 2.0), (-1e8, -1e3), (0.5, 2.0))),
        ("quad2p", lambda a, b, c: (-b + sqrt(b * b - a * c)) / a, ((0.5, 2.0), (1e3, 1e8), (0.5, 2.0))),
        ("quad2m", lambda a, b, c: (-b - sqrt(b * b - a * c)) / a, ((0.5, 2.0), (-1e8, -1e3), (0.5, 2.0))),
        # Herbie's and its users' regressions.
        ("1-cos", lambda x: 1 - cos(x), ((1e-8, 1e-2),)),
        ("log1p", lambda x: log(1 + x), (SMALL,)),
        ("log1p by a power", lambda x, n: (1 + x / n) ** n, (UNIT, (1e6, 1e15))),
        ("sinh by exponentials", lambda x: (exp(x) - exp(-x)) / 2, (SMALL,)),
        ("tanh by exponentials", lambda x: (exp(x) - exp(-x)) / (exp(x) + exp(-x)), (SMALL,)),
        ("tanh by one", lambda x: 2 / (1 + exp(-2 * x)) - 1, (SMALL,)),
        ("atanh", lambda x: log((1 + x) / (1 - x)) / 2, (SMALL,)),
        ("asinh", lambda x: log(x + sqrt(x * x + 1)), (SMALL,)),
        ("asinh of negatives", lambda x: log(x + sqrt(x * x + 1)), ((-1e7, -1e2),)),
        ("1-tanh2", lambda x: 1 - tanh(x) ** 2, ((4.0, 15.0),)),
        ("expm1 over x", lambda x: (exp(x) - 1) / x, (SMALL,)),
        ("difference of squares", lambda x, e: (x + e) * (x + e) - x * x, (UNIT, SMALL)),
        ("difference of cubes", lambda x, e: (x + e) ** 3 - x**3, (UNIT, SMALL)),
        ("complex square root", lambda x, y: 0.5 * sqrt(2 * (sqrt(x * x + y * y) + x)), ((-1e6, -1e2), UNIT)),
        ("complex sine", lambda r, i: 0.5 * sin(r) * (exp(-i) - exp(i)), (UNIT, SMALL)),
        ("complex cosine", lambda r, i: 0.5 * cos(r) * (exp(-i) + exp(i)), (UNIT, UNIT)),
        ("arc cosine by a tangent", lambda x: 2 * atan(sqrt((1 - x) / (1 + x))), ((0.9, 0.999999999),)),
        ("relativistic energy", lambda v: 1 / sqrt(1 - v * v) - 1, ((1e-7, 1e-2),)),
        ("compound interest", lambda i, n: 100 * ((1 + i / n) ** n - 1) / (i / n), ((1e-4, 0.1), (1e2, 1e8))),
        ("haversine by cosines", lambda p, d: sqrt(2 - 2 * cos(d) * cos(p) - 2 * sin(p) * 0), (SMALL, (1e-8, 1e-3))),
        ("entropy of two", lambda p: -(p * log(p)) - (1 - p) * log(1 - p), (SMALL,)),
        ("logistic loss", lambda x: -log(1 / (1 + exp(-x))), ((5.0, 35.0),)),
        ("cancelling terms", lambda x, y: (x + y) - x, ((1e6, 1e12), UNIT)),
        ("variance", lambda a, b, c: (a * a + b * b + c * c) / 3 - ((a + b + c) / 3) ** 2,
         ((1e4, 1.0001e4), (1e4, 1.0001e4), (1e4, 1.0001e4))),
        ("determinant", lambda a, b, c, d: a * d - b * c, ((1.0, 1.00001), (1.0, 1.00001), (1.0, 1.00001), (1.0, 1.00001))),
        ("cross term", lambda x, y: x * x - 2 * x * y + y * y, ((1.0, 1.000001), (1.0, 1.000001))),
        ("slope of a chord", lambda x, h: (sin(x + h) - sin(x)) / h, (UNIT, SMALL)),
        ("central difference", lambda x, h: (exp(x + h) - exp(x - h)) / (2 * h), (UNIT, SMALL)),
        ("second difference", lambda x, h: (exp(x + h) - 2 * exp(x) + exp(x - h)) / (h * h), (UNIT, (1e-6, 1e-2))),
        # Rump, Kahan.
        ("Rump", lambda a, b: 333.75 * b**6 + a**2 * (11 * a**2 * b**2 - b**6 - 121 * b**4 - 2) + 5.5 * b**8 + a / (2 * b),
         ((77616.5, 77618.0), (33096.0, 33097.0))),
        ("Heron", heron, ((1.0, 1.0000001), (0.50000001, 0.5000001), (0.50000001, 0.5000001))),
        ("Heron of a needle", heron, ((9.0, 9.1), (4.55, 4.5501), (4.55, 4.5501))),
        # Rosa, Salsa, FPTaylor: mostly well-behaved.
        ("doppler1", lambda u, v, t: -(331.4 + 0.6 * t) * v / ((331.4 + 0.6 * t + u) * (331.4 + 0.6 * t + u)),
         ((-100.0, 100.0), (20.0, 2e4), (-30.0, 50.0))),
        ("jetEngine", jet_engine, ((-5.0, 5.0), (-20.0, 5.0))),
        ("rigidBody1", lambda x, y, z: -x * y - 2 * y * z - x - z, ((-15.0, 15.0),) * 3),
        ("rigidBody2", lambda x, y, z: 2 * x * y * z + 3 * z * z - y * x * y * z + 3 * z * z - y, ((-15.0, 15.0),) * 3),
        ("turbine1", lambda v, w, r: 3 + 2 / (r * r) - 0.125 * (3 - 2 * v) * (w * w * r * r) / (1 - v) - 4.5,
         ((-4.5, -0.3), (0.4, 0.9), (3.8, 7.8))),
        ("turbine2", lambda v, w, r: 6 * v - 0.5 * v * (w * w * r * r) / (1 - v) - 2.5,
         ((-4.5, -0.3), (0.4, 0.9), (3.8, 7.8))),
        ("turbine3", lambda v, w, r: 3 - 2 / (r * r) - 0.125 * (1 + 2 * v) * (w * w * r * r) / (1 - v) - 0.5,
         ((-4.5, -0.3), (0.4, 0.9), (3.8, 7.8))),
        ("verhulst", lambda x: 4 * x / (1 + x / 1.11), ((0.1, 0.3),)),
        ("predatorPrey", lambda x: 4 * x * x / (1 + (x / 1.11) * (x / 1.11)), ((0.1, 0.3),)),
        ("carbonGas", lambda v: (3.5e7 + 0.401 * (1000 / v) * (1000 / v)) * (v - 1000 * 42.7e-6) - 1.3806503e-23 * 1000 * 300,
         ((0.1, 0.5),)),
        ("sine", lambda x: x - x * x * x / 6 + x**5 / 120 - x**7 / 5040, ((-1.57, 1.57),)),
        ("sineOrder3", lambda x: 0.954929658551372 * x - 0.12900613773279798 * (x * x * x), ((-2.0, 2.0),)),
        ("sqroot", lambda x: 1 + 0.5 * x - 0.125 * x * x + 0.0625 * x * x * x - 0.0390625 * x**4, ((0.0, 1.0),)),
        ("bspline3", lambda u: -(u * u * u) / 6, ((0.0, 1.0),)),
        ("himmelblau", lambda x, y: (x * x + y - 11) ** 2 + (x + y * y - 7) ** 2, ((-5.0, 5.0), (-5.0, 5.0))),
        ("kepler0", kepler, ((4.0, 6.36),) * 6),
        ("nonlin1", lambda z: z / (z + 1), ((0.0, 999.0),)),
        ("nonlin2", lambda x, y: (x * y - 1) / (x * y * (x * y) - 1), ((1.001, 2.0), (1.001, 2.0))),
        ("logexp", lambda x: log(1 + exp(x)), ((-8.0, 8.0),)),
        ("sphere", lambda x, r, a, o: x + r * sin(a) * cos(o),
         ((-10.0, 10.0), (0.0, 10.0), (-1.570796, 1.570796), (-3.14159265, 3.14159265))),
        ("hypot", lambda x, y: sqrt(x * x + y * y), ((1.0, 100.0), (1.0, 100.0))),
        ("hypot of the table", lambda x, y: hypot(x, y) - x, ((1e4, 1e8), UNIT)),
        ("i4", lambda x, y: sqrt(x + y * y), ((0.1, 10.0), (-5.0, 5.0))),
        ("i6", lambda x, y: sin(x * y), ((0.1, 10.0), (-5.0, 5.0))),
        ("sum", lambda a, b, c: (a + b) - c + ((b + c) - a) + ((c + a) - b), ((1.0, 2.0),) * 3),
        ("x by xy", lambda x, y: x / (x + y), ((1.0, 4.0), (1.0, 4.0))),
        ("matrix determinant",
         lambda a, b, c, d, e, f, g, h, i: (a * e * i + b * f * g + c * d * h) - (c * e * g + b * d * i + a * f * h),
         ((-10.0, 10.0),) * 9),
        ("intro example", lambda t: t / (t + 1), ((0.0, 999.0),)),
        ("sec4", lambda x, y: (x * y - 1) / (x * x * (y * y) - 1), ((1.001, 2.0), (1.001, 2.0))),
    ]
]  # fmt: skip
