"""Proofs of derivatives: `check_gradients(..., reference="proof")`.

The graph is evaluated and differentiated in ball arithmetic, where every number carries a bound on its error. So is the
tolerance: how far rounding may take a computation in doubles whose rules are right. A derivative that surely lies within
the tolerance is proven; one that surely lies outside is refuted, since no rounding explains it. Where neither is sure yet,
the precision is doubled, up to the last of `PRECISIONS`.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from autograd.check.ball_arithmetic import BallArithmetic
from autograd.check.exact_graph import NotExact
from autograd.check.references import Case, exact_references
from autograd.check.report import Comparison, Report

if TYPE_CHECKING:
    from autograd.check.point import Point

PRECISIONS = (128, 256, 512, 1024, 2048, 4096, 8192)
"""In bits. The last ones are for numbers that differ by hundreds of powers of ten, and for large angles."""
OPEN = "more digits than there are would be needed"


def prove(point: Point, order: int) -> Report:
    """Prove or refute the derivatives of a function at a point.

    Args:
        point: the function and its graph.
        order: 1 for first derivatives; 2 for first and second ones.

    Raises:
        ImportError: if python-flint is not installed.
    """
    comparisons: list[Comparison] = []
    faults: list[str] = []
    for precision in PRECISIONS:
        arithmetic = BallArithmetic(precision)
        try:
            with arithmetic.working(order + 1):
                comparisons, faults = _attempt(point, order, arithmetic)
        except NotExact as error:
            undecided = [
                _undecided(name, d, str(error)) for name, d in zip(point.names, point.derivatives, strict=True)
            ]
            return Report(tuple(undecided), point.expression, "proof")
        if not any(each.problem for each in comparisons):
            break
    return Report(tuple(comparisons), point.expression, "proof", faults=tuple(dict.fromkeys(faults)))


def _attempt(point: Point, order: int, arithmetic: BallArithmetic) -> tuple[list[Comparison], list[str]]:
    """The verdicts at one precision, and what is wrong besides: operations whose values or rules are refuted."""
    cases, graphs = exact_references(point, order, arithmetic)
    mistakes = {mistake for graph in graphs for mistake in graph.mistakes}
    texts = [text for _, text in sorted(mistakes, reverse=True)[:3]]
    return [_compare(arithmetic, each) for each in cases], [*graphs[0].wrong_values[:3], *texts]


def _compare(arithmetic: BallArithmetic, case: Case) -> Comparison:
    """One verdict."""
    name, derivative, (reference, tolerance, problem) = case
    if problem:
        return _undecided(name, derivative, problem)
    if not (reference.is_finite() and tolerance.is_finite()):
        return _undecided(name, derivative, OPEN)
    enclosure = outward(reference)
    nearest = float(reference)
    if not math.isfinite(derivative):
        return Comparison(name, derivative, nearest, math.inf, float(tolerance.upper()), "", enclosure)
    error = abs(reference - arithmetic.number(derivative))
    if error <= tolerance:
        return Comparison(name, derivative, nearest, above(error), above(tolerance), "", enclosure)
    if error > tolerance:
        return Comparison(name, derivative, nearest, below(error), below(tolerance), "", enclosure)
    return _undecided(name, derivative, OPEN)


def _undecided(name: str, derivative: float, why: str) -> Comparison:
    return Comparison(name, derivative, math.nan, math.nan, math.inf, why, (-math.inf, math.inf))


# From balls to floats, rounded outward.


def outward(ball: Any) -> tuple[float, float]:
    """Two floats between which a ball lies."""
    return below(ball), above(ball)


def above(ball: Any) -> float:
    """A float that nothing in a ball exceeds."""
    if not ball.is_finite():
        return math.inf
    bound = ball.upper()
    number = float(bound)
    return number if number >= bound else math.nextafter(number, math.inf)


def below(ball: Any) -> float:
    """A float below which nothing in a ball lies."""
    if not ball.is_finite():
        return -math.inf
    bound = ball.lower()
    number = float(bound)
    return number if number <= bound else math.nextafter(number, -math.inf)
