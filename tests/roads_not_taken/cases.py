"""Functions with a road that is not taken and that is not finite there, or whose derivative is not.

Each is written for any library `m` that has `where`, `sqrt` and the like, so that others can be asked, too. What is true
is the derivative of the road that is taken: `road` is that road alone, for mpmath.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mpmath import mp

INF, NAN = math.inf, math.nan


@dataclass(frozen=True)
class Case:
    """One function at one point.

    Args:
        name: what it does.
        at: the point.
        function: takes a library and the point's numbers.
        road: the road that is taken, a function of mpmath numbers; or the number that it is.
        reported: where somebody met it, or something of the kind.
    """

    name: str
    at: tuple[float, ...]
    function: Callable[..., Any]
    road: Callable[..., Any] | float
    reported: str = ""

    def derivative(self, *orders: int) -> float:
        """The true derivative: so many times with respect to each number."""
        if not callable(self.road):
            return 0.0 if any(orders) else self.road
        with mp.workprec(200):
            return float(
                mp.diff(
                    self.road, self.at if len(self.at) > 1 else self.at[0], orders if len(self.at) > 1 else orders[0]
                )
            )

    def gradient(self) -> list[float]:
        """All first derivatives."""
        return [self.derivative(*unit(i, self.at)) for i in range(len(self.at))]

    def hessian(self) -> list[list[float]]:
        """All second derivatives."""
        units = [unit(i, self.at) for i in range(len(self.at))]
        return [[self.derivative(*map(sum, zip(a, b, strict=True))) for b in units] for a in units]


def unit(i: int, at: tuple[float, ...]) -> tuple[int, ...]:
    """How often to differentiate with respect to each number, for once with respect to number i."""
    return tuple(int(j == i) for j in range(len(at)))


def safe_norm(m, x, y):
    return m.sqrt(x * x + y * y)


def pairwise_energy(m, x, y):
    """The energy of charges at x and y, as a sum over all pairs with the pairs (i, i) masked out."""
    total = 0.0
    for i, a in enumerate((x, y)):
        for j, b in enumerate((x, y)):
            distance = m.sqrt((a - b) * (a - b))
            total = total + m.where(i != j, 1.0 / distance, 0.0)
    return total


def halo_profile(m, x):
    return m.where(x < 1.0, m.acosh(1.0 / x) / m.sqrt(1.0 - x * x), m.acos(1.0 / x) / m.sqrt(x * x - 1.0))


def masked_entropy(m, x, y):
    return -m.where(x > 0.0, x * m.log(x), 0.0) - m.where(y > 0.0, y * m.log(y), 0.0)


CASES = [
    # The square root and its kin, at 0 and below.
    Case("the norm of a vector, where it is large", (0.0, 0.0),
         lambda m, x, y: m.where(safe_norm(m, x, y) > 0.5, safe_norm(m, x, y), 1.0), 1.0, "jax 347"),
    Case("a root above 1", (0.0,), lambda m, x: m.where(x < 1.0, x, m.sqrt(x)), lambda x: x, "jax 5798"),
    Case("a root where it is real", (-4.0,), lambda m, x: m.where(x > 0.0, m.sqrt(x), x), lambda x: x, "pytorch 187297"),
    Case("a root but at 0", (0.0,), lambda m, x: m.where(x == 0.0, x / 2.0, m.sqrt(x) + 1.0), lambda x: x / 2, "pytorch 23395"),
    Case("a root or nothing", (0.0,), lambda m, x: m.where(x > 0.0, m.sqrt(x), 0.0), 0.0, "tinygrad 15806"),
    Case("the root of a positive part", (-1.0,), lambda m, x: m.sqrt(m.relu(x)), 0.0, "ChainRules 576"),
    Case("the root of a number that is clipped", (-1.0,), lambda m, x: m.sqrt(m.maximum(x, 0.0)), 0.0, "ChainRules 576"),
    Case("the root of a choice", (-1.0,), lambda m, x: m.sqrt(m.where(x > 0.0, x, 0.0)), 0.0, "jax 347"),
    Case("the larger of a root and 1", (0.0,), lambda m, x: m.maximum(m.sqrt(x), 1.0), 1.0),
    Case("the angle of a rotation", (0.0,), lambda m, x: m.where(x == 0.0, 0.0 * x, m.sqrt(x * x)), 0.0, "Rotations.jl 96"),
    Case("the direction of a vector", (0.0, 0.0),
         lambda m, x, y: m.where(x * x + y * y > 0.0, (x + y) / safe_norm(m, x, y), 0.0), 0.0, "HIPS 151"),
    Case("charges without their own energy", (0.1, 0.7), pairwise_energy, lambda x, y: 2 / mp.fabs(x - y), "jax 654"),
    Case("a squared norm, far from 0", (0.0, 0.0),
         lambda m, x, y: m.where(x + y < 1.0, x * x + y * y, safe_norm(m, x, y) ** 2), lambda x, y: x * x + y * y, "HIPS 570"),
    Case("a cube root but at 0", (0.0,), lambda m, x: m.where(x == 0.0, 3.0 * x, m.cbrt(x)), lambda x: 3 * x),
    Case("a power of 0", (4.0,), lambda m, x: m.where(x > 5.0, m.sqrt(0.0**x), x), lambda x: x, "Zygote 1101"),
    Case("a broken power of a positive number", (0.0,), lambda m, x: m.where(x > 0.0, x**1.5, 0.0), 0.0, "ForwardDiff 547"),
    Case("a negative power of a positive number", (0.0,), lambda m, x: m.where(x > 0.0, x**-0.5, 2.0 * x), lambda x: 2 * x),
    # Logarithms.
    Case("a logarithm or 0 times the number", (0.0,), lambda m, x: m.where(x > 0.0, m.log(x), 0.0 * x), 0.0, "pytorch 4132"),
    Case("a logarithm above 2", (0.0,), lambda m, x: m.where(x > 2.0, m.log2(x), 2.0 * x), lambda x: 2 * x, "pytorch 108618"),
    Case("the logarithm of a choice", (-1.0,), lambda m, x: m.log(m.where(x > 0.0, x, 0.0)), -INF),
    Case("the entropy of impossible events", (0.0, 0.5), masked_entropy, lambda x, y: -y * mp.log(y), "jax 15709"),
    Case("a divergence from 0", (0.0, 0.5), lambda m, x, y: m.where(x == 0.0, 0.0, x * m.log(x / y)), 0.0, "jax 15709"),
    Case("x times log y, both 0", (0.0, 0.0), lambda m, x, y: m.where(x == 0.0, 0.0, x * m.log(y)), 0.0),
    Case("the entropy of a logit that is masked", (-INF,),
         lambda m, x: m.where(m.isfinite(x), m.exp(x) * x, 0.0), 0.0, "trl 7221"),
    Case("a barrier beyond its wall", (1.0,),
         lambda m, x: m.where(x < 1.0, -m.log(1.0 - x), 100.0 * (x - 1.0)), lambda x: 100 * (x - 1)),
    Case("the logarithm of a unit that is dead", (-1.0,),
         lambda m, x: m.where(m.relu(2.0 * x) > 0.0, m.log(m.relu(2.0 * x)), 0.0), 0.0),
    Case("a logarithm of base 10 of what is missing", (NAN,), lambda m, x: m.where(m.isnan(x), 0.0, m.log10(x)), 0.0, "wax-ml 32"),
    # Exponentials that overflow.
    Case("an exponential that is capped", (1e10,), lambda m, x: m.where(x <= 10.0, m.exp(x), 1.0), 1.0, "pytorch 156212"),
    Case("an exponential that is capped, of nan", (NAN,), lambda m, x: m.where(x <= 10.0, m.exp(x), 1.0), 1.0, "pytorch 156212"),
    Case("an exponential or 1", (1000.0,), lambda m, x: m.where(x < 100.0, m.exp(x), 1.0), 1.0, "pytorch 68425"),
    Case("the softplus by two formulas", (1000.0,),
         lambda m, x: m.where(x > 30.0, x, m.log(1.0 + m.exp(x))), lambda x: x, "jax 1052"),
    Case("an exponential linear unit", (1000.0,), lambda m, x: m.where(x > 0.0, x, m.exp(x) - 1.0), lambda x: x, "pytorch 68425"),
    Case("the logistic function by two formulas, right", (800.0,),
         lambda m, x: m.where(x >= 0.0, 1.0 / (1.0 + m.exp(-x)), m.exp(x) / (1.0 + m.exp(x))), lambda x: 1 / (1 + mp.exp(-x))),
    Case("the logistic function by two formulas, left", (-800.0,),
         lambda m, x: m.where(x >= 0.0, 1.0 / (1.0 + m.exp(-x)), m.exp(x) / (1.0 + m.exp(x))),
         lambda x: mp.exp(x) / (1 + mp.exp(x))),
    Case("the logarithm of the logistic function", (-1000.0,),
         lambda m, x: m.where(x > 0.0, -m.log1p(m.exp(-x)), x - m.log1p(m.exp(x))), lambda x: x - mp.log1p(mp.exp(x))),
    Case("hyperbolic functions where they are small", (1000.0,),
         lambda m, x: m.where(x < 20.0, m.sinh(x) / m.cosh(x), 1.0 - 0.0 * x), 1.0, "ForwardDiff 171"),
    Case("a sum of exponentials of what is masked", (-INF, 1.0),
         lambda m, x, y: m.where(m.isfinite(x), m.exp(x - x), 0.0) + y, lambda x, y: y, "pytorch 31829"),
    # Quotients.
    Case("0 times a quotient by 0", (1.0,), lambda m, x: m.where(x >= 0.0, x, 0.0 * (x / 0.0)), lambda x: x, "pytorch 36923"),
    Case("a quotient by 0 that nobody takes", (0.3,), lambda m, x: m.where(x > 1.0, x / 0.0, 1.0), 1.0, "pytorch 52248"),
    Case("a quotient but by 0", (0.0, 3.0), lambda m, x, y: m.where(x != 0.0, y / x, 0.0), 0.0),
    Case("the smaller of a reciprocal and 5", (0.0,), lambda m, x: m.minimum(1.0 / (x * x), 5.0), 5.0),
    Case("the sine over the number", (0.0,), lambda m, x: m.where(x == 0.0, 1.0, m.sin(x) / x), 1.0, "jax 1722"),
    Case("the exponential less 1 over the number", (0.0,),
         lambda m, x: m.where(abs(x) < 1e-5, 1.0 + x / 2.0 + x * x / 6.0, (m.exp(x) - 1.0) / x),
         lambda x: 1 + x / 2 + x * x / 6, "saiunit 114"),
    Case("a tail by its asymptotic series", (0.0,),
         lambda m, x: m.where(x < 5.0, m.erf(x), 1.0 - m.exp(-x * x) / x), mp.erf),
    Case("a mask of infinity", (1.0, 2.0), lambda m, x, y: m.where(y > 3.0, x * -INF, y), lambda x, y: y, "tensorflow 11756"),
    # Angles.
    Case("the angle of a point that is masked", (0.0,), lambda m, x: m.where(x < 0.5, 0.0, m.atan2(x, x)), 0.0, "jax 1052"),
    Case("the angle of a point, but of the origin", (0.0, 0.0),
         lambda m, x, y: m.where(x * x + y * y > 0.0, m.atan2(y, x), 0.0), 0.0, "jax 1052"),
    Case("an arc cosine that is clipped", (1.5,), lambda m, x: m.acos(m.minimum(x, 1.0)), 0.0),
    Case("an arc cosine inside", (1.0,), lambda m, x: m.where(abs(x) < 1.0, m.acos(x), 0.0), 0.0),
    Case("an inverse hyperbolic tangent that is clipped", (2.0,), lambda m, x: m.atanh(m.minimum(x, 1.0)), INF),
    Case("the profile of a halo, inside", (0.5,), halo_profile, lambda x: mp.acosh(1 / x) / mp.sqrt(1 - x * x), "caustics 83"),
    Case("the profile of a halo, outside", (2.0,), halo_profile, lambda x: mp.acos(1 / x) / mp.sqrt(x * x - 1), "caustics 83"),
    # Roads within roads, and what passes nothing on.
    Case("a choice within a choice", (0.5,),
         lambda m, x: m.where(x > 0.0, m.where(x > 1.0, m.log(x - 1.0), x * x), m.sqrt(-x)), lambda x: x * x),
    Case("a masked sum", (1.0, 0.0, 2.0),
         lambda m, *xs: sum(m.where(x > 0.0, m.log(x) ** 2, 0.0) for x in xs), lambda x, y, z: mp.log(x) ** 2 + mp.log(z) ** 2),
    Case("a number that stops its gradient", (0.0,), lambda m, x: m.stop_gradient(m.sqrt(x)) + x * x, lambda x: x * x),
    Case("a sign", (0.0,), lambda m, x: m.sign(m.sqrt(x)) + x * x, lambda x: x * x),
    Case("a number rounded down", (0.0,), lambda m, x: m.floor(m.sqrt(x)) + x * x, lambda x: x * x),
    Case("a condition that is not finite itself", (0.0,), lambda m, x: m.where(1.0 / x > 3.0, x**3, m.log(x)), lambda x: x**3),
]  # fmt: skip
