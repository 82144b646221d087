"""Where operations are measured: the whole range of doubles, and most of all where something happens.

Every sample comes from a seed, so that a figure can be had again.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.primitive import TABLE

if TYPE_CHECKING:
    from numpy.random import Generator

    from .references import Reference

SMALLEST, LARGEST = 5e-324, 1.7976931348623157e308
SPECIAL = np.array(
    # Whole numbers and halves, the poles and zeros of trigonometry, ln 2, where terms cancel, where exponentials and
    # tails of the normal distribution overflow and underflow, and where implementations change from form to form.
    [1, 2, 3, 0.5, 0.25, 10, 20, 22, 36, 37, 40, np.log(2), 1.2784645427610738, 0.7517915246935645, np.sqrt(2)]
    + [k * np.pi / 4 for k in (1, 2, 3, 4, 5, 6, 8, 12, 1000, 1001, 1002)]
    + [0.84375, 1.25, 1 / 0.35, 5.86, 5.9215, 6, 8.29, 26.5433, 27.2261, 37.5194, 37.66, 38.4674, 38.56]
    + [
        354.9,
        372.6,
        700,
        708.3964,
        709.7827,
        710.4758,
        714.95,
        716.3,
        740,
        744.4401,
        745.1332,
        1022,
        1023.5,
        1024,
        1024.5,
        1074,
        1420,
        1490,
    ]
    + [2.0**k for k in (26, 27, 52, 53, 54, 62, 63, 64, 511, 512, 1023, -26, -27, -52, -53, -54, -511, -537, -1022)]
    + [LARGEST, SMALLEST, 1e154, 1.3407807929942597e154, 1e-154, 1e-162, 1.4916681462400413e-154, 0.01, 100]
)


def numbers(rng: Generator, count: int) -> Any:
    """Numbers of all kinds and both signs, for an operation on one number."""
    kinds = [
        np.exp2(rng.uniform(-1074, 1024, count)),
        np.exp2(rng.uniform(-60, 12, 2 * count)),
        rng.uniform(0, 3, count),
        rng.uniform(0, 50, count),
        rng.uniform(0, 760, count),
        rng.integers(1, 2**52, count // 4) * SMALLEST,
        np.exp2(rng.uniform(-1074, -1022, count // 4)),
        rng.integers(0, 1000, count // 4).astype(float),
        near(rng, rng.choice(SPECIAL, 2 * count)),
        near(rng, np.ones(count)),
    ]
    every = np.concatenate(kinds)
    return (every * rng.choice([-1.0, 1.0], len(every)) + 0.0)[rng.permutation(len(every))[:count]]


def near(rng: Generator, x: Any) -> Any:
    """Numbers from a few units in the last place away from `x` to half its size."""
    with np.errstate(over="ignore"):
        moved = x * (1 + rng.choice([-1.0, 0.0, 1.0], len(x)) * np.exp2(rng.uniform(-53, -1, len(x))))
    return np.where(np.isfinite(moved), moved, x)


REGIMES = (
    lambda rng, n: rng.integers(1, 2**40, n) * SMALLEST,
    lambda rng, n: np.exp2(rng.uniform(-1074, -960, n)),
    lambda rng, n: np.exp2(rng.uniform(-960, -500, n)),
    lambda rng, n: np.exp2(rng.uniform(-500, -30, n)),
    lambda rng, n: np.exp2(rng.uniform(-30, -1, n)),
    lambda rng, n: near(rng, np.ones(n)),
    lambda rng, n: rng.uniform(0, 5, n),
    lambda rng, n: rng.integers(0, 20, n) / rng.choice([1.0, 2.0, 4.0], n),
    lambda rng, n: near(rng, rng.choice(SPECIAL, n)),
    lambda rng, n: rng.uniform(5, 800, n),
    lambda rng, n: np.exp2(rng.uniform(3, 70, n)),
    lambda rng, n: np.exp2(rng.uniform(70, 500, n)),
    lambda rng, n: np.exp2(rng.uniform(500, 960, n)),
    lambda rng, n: np.exp2(rng.uniform(960, 1024, n)),
)


def grid(rng: Generator, count: int, width: int) -> Any:
    """Rows of `width` numbers: every pair of regimes for the first two, and a regime at random for the others."""
    cell = -(-count // len(REGIMES) ** 2)
    rows = []
    for first in REGIMES:
        for second in REGIMES:
            others = [REGIMES[i] for i in rng.integers(0, len(REGIMES), width - 2)]
            rows.append(np.column_stack([regime(rng, cell) for regime in (first, second, *others)]))
    every = np.concatenate(rows)
    return every * rng.choice([-1.0, 1.0], every.shape) + 0.0  # no -0.0, which mpmath does not know


def close(rng: Generator, count: int, width: int) -> Any:
    """Rows whose numbers are close to one another, or to one another's negatives, or within a few hundreds."""
    x = numbers(rng, count)
    others = [near(rng, x) * rng.choice([-1.0, 1.0, 1.0], count) for _ in range(width - 1)]
    shifted = [x + rng.normal(0, 10 ** rng.uniform(-3, 2.5, count)) for _ in range(width - 1)]
    return np.where(rng.random((count, 1)) < 0.5, np.column_stack([x, *others]), np.column_stack([x, *shifted]))


def powers(rng: Generator, count: int) -> Any:
    """Bases and exponents whose power is a normal double, or just not."""
    x = np.abs(np.concatenate([numbers(rng, count // 2), near(rng, np.ones(count - count // 2))]))
    with np.errstate(all="ignore"):
        y = rng.uniform(-760, 760, count) / np.log(x)
    return np.column_stack([x, np.where(np.isfinite(y), y, 1.0)])


def cancelling(rng: Generator, count: int) -> Any:
    """Pairs with log(exp(x) + exp(y)) near 0."""
    x = -np.exp2(rng.uniform(-30, 5, count))
    return near(rng, np.concatenate([x, np.log(-np.expm1(x))])).reshape(2, -1).T


def sample(name: str, reference: Reference, count: int, seed: int = 0) -> Any:
    """At least `count` points in the operation's domain, one to a row."""
    rng = np.random.default_rng([seed, zlib.crc32(name.encode())])
    primitive = TABLE[name]
    width = reference.length or len(primitive.partials)
    found: list[Any] = []
    total = 0
    while total < count:
        rows = [row for row in _candidates(rng, name, width, count) if _is_inside(primitive, row)]
        found.append(rows)
        total += len(rows)
    rows = np.concatenate(found)
    return rows[rng.permutation(len(rows))[:count]]


def _candidates(rng: Generator, name: str, width: int, count: int) -> Any:
    if name in AS_CALLED:
        return AS_CALLED[name](rng, count)
    if width == 1:
        return numbers(rng, count)[:, None]
    rows = [grid(rng, count // 2, width), close(rng, count // 4, width), rng.normal(0, 2, (count // 4, width))]
    if name == "pow":
        rows.append(powers(rng, count // 2))
    if name == "logaddexp":
        rows.append(cancelling(rng, count // 4))
    return np.concatenate(rows)


def _for_over_power(rng: Generator, count: int) -> Any:
    pairs = _candidates(rng, "div", 2, count)
    return np.column_stack([pairs, np.full(len(pairs), 2.0)])


def _for_scaled_power(rng: Generator, count: int) -> Any:
    x, y = _candidates(rng, "pow", 2, count).T
    y = np.where(np.abs(y) < 1e-290, 0.5, y)  # as a factor it would be too small for all its digits
    with np.errstate(all="ignore"):
        in_x = np.column_stack([y, x, y, np.ones(len(x))])
        in_y = np.column_stack([np.log(x), x, y, np.zeros(len(x))])
    return np.where(rng.random((len(x), 1)) < 0.5, in_x, in_y)


def _for_scaled_log_power(rng: Generator, count: int) -> Any:
    x, y = _candidates(rng, "pow", 2, count).T
    return np.column_stack([np.ones(len(x)), np.abs(x), y, np.zeros(len(x))])


def _for_scaled_exp(rng: Generator, count: int) -> Any:
    x = numbers(rng, count)
    for_erf = np.column_stack([np.full(count, 2 / np.sqrt(np.pi)), x, -x])
    for_gelu = np.column_stack([x / np.sqrt(2 * np.pi), x, -0.5 * x])
    return np.where(rng.random((count, 1)) < 0.5, for_erf, for_gelu)


def _for_over_square_length(rng: Generator, count: int) -> Any:
    pairs = _candidates(rng, "atan2", 2, count)
    return np.column_stack([rng.choice([-1.0, 1.0], len(pairs)), pairs])


def _for_scaled_sech_squared(rng: Generator, count: int) -> Any:
    x = numbers(rng, count)
    return np.where(rng.random((count, 1)) < 0.5, np.column_stack([np.ones(count), x]), np.column_stack([x, x]) / 2.0)


AS_CALLED = {
    "over_power": _for_over_power,
    "over_square_length": _for_over_square_length,
    "scaled_exp": _for_scaled_exp,
    "scaled_log_power": _for_scaled_log_power,
    "scaled_power": _for_scaled_power,
    "scaled_sech_squared": _for_scaled_sech_squared,
}
"""Operations made for the rules of others, and measured on what those call them with."""


def _is_inside(primitive: Any, row: Any) -> bool:
    return bool(np.isfinite(row).all()) and primitive.is_defined(row)
