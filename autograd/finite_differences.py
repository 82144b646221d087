"""Derivatives by finite differences, with an estimate of their error, so that nobody has to guess a tolerance.

Ridders' method (C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software
4, 1982): differences over steps that shrink are extrapolated to step 0. Wide steps have a truncation error, narrow
ones a rounding error; of all extrapolations, the one is taken whose error, estimated from its neighbours and from
the rounding of the function, is least.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EPSILON = 2.0**-53
LEVELS = 44  # steps from 1/8 down to about 1e-14, beside the size of the argument
COLUMNS = 6
SAFETY = 16.0


class Estimate(NamedTuple):
    """A derivative, how far off it may be, and what keeps it from being compared."""

    value: float
    tolerance: float
    problem: str = ""


class Chord(NamedTuple):
    """The slopes to the right and to the left of a point over one step; None where the function has no value."""

    step: float
    right: float | None
    left: float | None


def differentiate(f: Callable[[float], float], x: float, noise: float) -> Estimate:
    """The derivative of a function of one number.

    Args:
        f: the function; nan where it is not defined.
        x: the point.
        noise: how far off `f` may be because of rounding.

    Example:
        >>> estimate = differentiate(math.exp, 1.0, 1e-16)
        >>> abs(estimate.value - math.e) < estimate.tolerance < 1e-9
        True
    """
    here = f(x)
    noise = noise + 4 * EPSILON * abs(here)
    chords = [_chord(f, x, here, max(1.0, abs(x)) * 0.5 ** (level + 3)) for level in range(LEVELS)]
    problem = find_problem(chords, noise)
    central = [(c.step, (c.right + c.left) / 2) for c in chords if c.right is not None and c.left is not None]
    if central:
        best = extrapolate(central, 4.0, noise)
    else:
        right = [(c.step, c.right) for c in chords if c.right is not None]
        left = [(c.step, c.left) for c in chords if c.left is not None]
        if not (right or left):
            return Estimate(math.nan, math.inf, problem or "the function has no value beside this point")
        best = extrapolate(right or left, 2.0, noise)
    return Estimate(best.value, best.tolerance, problem)


def _chord(f: Callable[[float], float], x: float, here: float, step: float) -> Chord:
    sides: list[float | None] = []
    for move in (step, -step):
        there = f(x + move)
        slope = (there - here) / ((x + move) - x) if x + move != x else math.nan
        sides.append(slope if math.isfinite(slope) else None)
    return Chord(step, sides[0], sides[1])


def extrapolate(slopes: Sequence[tuple[float, float]], order: float, noise: float) -> Estimate:
    """The best of all extrapolations to step 0, each over some neighbouring steps.

    Args:
        slopes: steps, each half of the one before, and the slopes over them.
        order: by what the error shrinks when the step is halved, in the first column.
        noise: how far off the function may be.
    """
    best = Estimate(math.nan, math.inf)
    before: list[float] = []
    for step, slope in slopes:
        row = [slope]
        rounding = 2 * noise / step
        for column in range(1, min(len(before), COLUMNS) + 1):
            factor = order**column
            row.append((factor * row[-1] - before[column - 1]) / (factor - 1.0))
            truncation = max(abs(row[column] - row[column - 1]), abs(row[column] - before[column - 1]))
            tolerance = SAFETY * (truncation + rounding + EPSILON * abs(row[column]))
            if tolerance < best.tolerance:
                best = Estimate(row[column], tolerance)
        before = row
    return best


def find_problem(chords: Sequence[Chord], noise: float) -> str:
    """Whether the function has a kink or an infinite slope here, told from chords that rise above the noise."""
    gaps = list(
        _persisting(
            [(c.step, abs(c.right - c.left)) for c in chords if c.right is not None and c.left is not None], noise
        )
    )
    if len(gaps) >= 8 and gaps[-1] > 0.5 * gaps[-5]:
        return "next to a kink" if gaps[-1] < 2.0 * gaps[-5] else "next to a jump or an infinite slope"
    for sides in ([(c.step, c.right) for c in chords], [(c.step, c.left) for c in chords]):
        slopes = list(_persisting([(step, abs(slope)) for step, slope in sides if slope is not None], noise))
        if len(slopes) >= 12 and all(b > 1.1 * a for a, b in zip(slopes[-9:], slopes[-8:], strict=False)):
            return "next to an infinite slope"
    return ""


def _persisting(sizes: Sequence[tuple[float, float]], noise: float) -> Iterator[float]:
    """The sizes down to the first step where noise would drown them."""
    for step, size in sizes:
        if size * step < 1e3 * noise:
            return
        yield size
