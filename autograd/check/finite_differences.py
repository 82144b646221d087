"""Derivatives by finite differences, with an estimate of their error, so that nobody has to guess a tolerance.

Ridders' method (C. J. F. Ridders, "Accurate computation of F'(x) and F'(x) F''(x)", Advances in Engineering Software
4, 1982): differences over steps that shrink are extrapolated to step 0. Wide steps have a truncation error, narrow
ones a rounding error; of all extrapolations, the one is taken whose error, estimated from its neighbours and from
the rounding of the function, is least.
"""

from __future__ import annotations

import math
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

EPSILON = 2.0**-53
TINY = 2.0**-1070
LEVELS = 44  # steps from 1/8 down to about 1e-14, beside the size of the argument
COLUMNS = 6
SAFETY = 16.0
NOT_CONVERGED = "finite differences do not converge here"


class Estimate(NamedTuple):
    """A derivative, how far off it may be, and what keeps it from being compared."""

    value: float
    tolerance: float
    problem: str = ""


class Chord(NamedTuple):
    """The slopes to both sides of a point over one step, and how far off they may be.

    A slope is None where the function has no value.
    """

    step: float
    right: float | None
    left: float | None
    noise: float


Slope = tuple[float, float, float]  # the step, the slope over it, how far off that may be


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
    best = Estimate(math.nan, math.inf, "the function has no value beside this point")
    scales = [max(1.0, abs(x))] + ([abs(x)] if sys.float_info.min < abs(x) < 0.1 else [])
    for scale in scales:
        chords = [_chord(f, x, scale * 0.5 ** (level + 3), noise) for level in range(LEVELS)]
        problem = find_problem(chords)
        found = _best(chords)
        if found.tolerance < best.tolerance or best.problem:
            best = Estimate(found.value, found.tolerance, problem)
    return best


def _chord(f: Callable[[float], float], x: float, step: float, noise: float) -> Chord:
    here = f(x)
    noise = max(noise, TINY)  # of what underflows
    sides: list[float | None] = []
    for move in (step, -step):
        there = f(x + move)
        slope = (there - here) / ((x + move) - x) if x + move != x else math.nan
        sides.append(slope if math.isfinite(slope) else None)
        if math.isfinite(there):
            noise = max(noise, 4 * EPSILON * max(abs(there), abs(here)))
    return Chord(step, sides[0], sides[1], 2 * noise / step)


def _best(chords: Sequence[Chord]) -> Estimate:
    """The best extrapolation of chords to both sides, or where there is only one side, of those."""
    central = [(c.step, (c.right + c.left) / 2, c.noise) for c in chords if c.right is not None and c.left is not None]
    right = [(c.step, c.right, c.noise) for c in chords if c.right is not None]
    left = [(c.step, c.left, c.noise) for c in chords if c.left is not None]
    return extrapolate(central, 4.0) if central else extrapolate(right or left, 2.0)


def extrapolate(slopes: Sequence[Slope], order: float) -> Estimate:
    """The best of all extrapolations to step 0, each over some neighbouring steps.

    Args:
        slopes: over steps of which each is half of the one before.
        order: by what the error shrinks when the step is halved, in the first column.
    """
    candidates: list[tuple[float, float, int]] = []  # tolerance, value, level
    before: list[float] = []
    for level, (_, slope, noise) in enumerate(slopes):
        row = [slope]
        for column in range(1, min(len(before), COLUMNS) + 1):
            factor = order**column
            row.append((factor * row[-1] - before[column - 1]) / (factor - 1.0))
            truncation = max(abs(row[column] - row[column - 1]), abs(row[column] - before[column - 1]))
            candidates.append((SAFETY * (truncation + noise + EPSILON * abs(row[column])), row[column], level))
        before = row
    for tolerance, value, level in sorted(candidates):
        if _is_borne_out(value, tolerance, slopes[level:]):
            return Estimate(value, tolerance)
    return Estimate(math.nan, math.inf, NOT_CONVERGED)


def _is_borne_out(value: float, tolerance: float, narrower: Sequence[Slope]) -> bool:
    """Whether the slopes over narrower steps agree: over wide ones, all of a function's waves may pass unseen."""
    return all(
        abs(slope - value) <= tolerance + SAFETY * noise + 4.0 * abs(slope - wider)
        for (_, wider, _), (_, slope, noise) in pairwise(narrower)
    )


def find_problem(chords: Sequence[Chord]) -> str:
    """Whether the function has a kink or an infinite slope here, told from chords that rise above the noise."""
    gaps = list(
        _audible(
            [(c.step, abs(c.right - c.left), c.noise) for c in chords if c.right is not None and c.left is not None]
        )
    )
    steady = 0
    for wide, narrow in pairwise(gaps):
        steady = steady + 1 if 0.8 * wide < narrow < 1.25 * wide else 0
        if steady == 15:  # where there is a derivative, the gap shrinks with the step
            return "next to a kink"
    if len(gaps) >= 8 and gaps[-1] > 0.5 * gaps[-5]:
        return "next to a kink" if gaps[-1] < 2.0 * gaps[-5] else "next to a jump or an infinite slope"
    right = [(c.step, abs(c.right), c.noise) for c in chords if c.right is not None]
    left = [(c.step, abs(c.left), c.noise) for c in chords if c.left is not None]
    for side in (right, left):
        slopes = list(_audible(side))
        if len(slopes) >= 12 and all(b > 1.1 * a for a, b in zip(slopes[-9:], slopes[-8:], strict=False)):
            return "next to an infinite slope"
    return ""


def _audible(slopes: Sequence[Slope]) -> Iterator[float]:
    """The slopes down to the first step where noise would drown them."""
    for _, slope, noise in slopes:
        if slope < 500.0 * noise:
            return
        yield slope
