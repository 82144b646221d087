"""`enclose`: what a function and its derivatives surely are on a whole box, proven in ball arithmetic.

The function is called with balls that cover the box, so that each number it computes, the result included, covers all
that it may be there. Such bounds are true, and often wide, since balls do not know how numbers depend on each other. Two
things make them tighter. A mean value form, which is the value in the middle plus the derivatives over the box times the
distance, is taken where it says more; and the box is divided where a piece determines a bound, until the bounds are
close to values that the function really takes. Where a comparison has no certain outcome on a box, both branches are
followed.
"""

from __future__ import annotations

import inspect
import math
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from autograd.calculus.call import as_number, name_of
from autograd.check.ball_arithmetic import BallArithmetic
from autograd.check.balls import Ball, Functions, hull
from autograd.check.branches import Undecided, every_outcome
from autograd.check.proof import above, below, outward
from autograd.engine.floats import as_float

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.check.exact_graph import Number

PRECISION = 64
MOST_PIECES = 1024
CLOSE = 0.01
"""The box is divided no further once each bound is this close to a value that is taken, relative to the whole range."""


class Interval(NamedTuple):
    """All numbers from `lower` to `upper`, these included."""

    lower: float
    upper: float

    def __str__(self) -> str:
        return f"[{self.lower!r}, {self.upper!r}]"


@dataclass(frozen=True)
class Enclosure:
    """What is proven of a function on a box.

    Args:
        value: holds the function's value at every point of the box.
        derivatives: for each input, holds the derivative wherever there is one: that of the function as it is, in
            which `stop_gradient` cuts nothing.
        box: the box.
        pieces: into how many parts it was divided.
        is_smooth: whether no comparison was open anywhere, so that the function has no jump and no kink.
    """

    value: Interval
    derivatives: dict[str, Interval]
    box: dict[str, Interval]
    pieces: int
    is_smooth: bool

    def is_increasing(self, name: str) -> bool:
        """Whether it is proven that the function grows with this input on the whole box."""
        return self.is_smooth and self.derivatives[name].lower > 0.0

    def is_decreasing(self, name: str) -> bool:
        """Whether it is proven that the function falls with this input on the whole box."""
        return self.is_smooth and self.derivatives[name].upper < 0.0

    def __str__(self) -> str:
        where = ", ".join(f"{name} in {each}" for name, each in self.box.items())
        lines = [f"for {where}", f"  the value lies in {self.value}"]
        for name, each in self.derivatives.items():
            up, down = self.is_increasing(name), self.is_decreasing(name)
            monotone = (
                f"; {'increasing' if up else 'decreasing'} in {name} on the whole box: proven" if up or down else ""
            )
            lines.append(f"  the derivative by {name} lies in {each}{monotone}")
        return "\n".join(lines)

    __repr__ = __str__


def enclose(f: Callable[..., Any], seconds: float = 1.0, /, **box: Any) -> Enclosure:
    """Intervals that surely hold the value of a function, and its derivatives, at all points of a box.

    Args:
        f: a function of numbers that returns one number, or an operation.
        seconds: how long the box may be divided further for closer bounds.
        box: for each argument its bounds, as in ``x=(0.1, 0.5)``, or one number.

    Raises:
        TypeError: if `f` does not take these arguments, or computes with anything but operations of this package.
        ValueError: if bounds are not finite, or the upper one is below the lower.
        ImportError: if python-flint is not installed.

    Example:
        >>> from autograd import enclose
        >>> print(enclose(lambda x: x / (1 + x**2), x=(0.0, 0.5)))  # doctest: +ELLIPSIS
        for x in [0.0, 0.5]
          the value lies in [0.0, 0.4]
          the derivative by x lies in [0.4..., 1.0...]; increasing in x on the whole box: proven
    """
    function = _Function(f, box)
    bounds = [_bounds(name, each) for name, each in box.items()]
    with BallArithmetic(PRECISION).working():
        pieces = [function.piece(bounds)]
        deadline = time.monotonic() + seconds
        while len(pieces) < MOST_PIECES and time.monotonic() < deadline:
            chosen = _pieces_to_divide(pieces)
            if not chosen:
                break
            for i in sorted(chosen, reverse=True):
                pieces[i : i + 1] = [function.piece(half) for half in _halves(pieces[i].bounds)]
        found = [_range(pieces, quantity) for quantity in range(len(box) + 1)]
    return Enclosure(
        found[0],
        dict(zip(box, found[1:], strict=True)),
        dict(zip(box, bounds, strict=True)),
        len(pieces),
        all(piece.is_smooth for piece in pieces),
    )


class _Piece(NamedTuple):
    """A part of the box: what holds the value and each derivative there, and what holds them in its middle."""

    bounds: list[Interval]
    outer: list[Interval]
    inner: list[tuple[float, float]]
    is_smooth: bool


class _Function:
    """A function to be called with balls."""

    def __init__(self, f: Callable[..., Any], box: dict[str, Any]) -> None:
        self.f = f
        self.name = name_of(f)
        if not callable(f):
            raise TypeError(f"enclose() takes a function and a box, as in enclose(f, x=(0.1, 0.5)), but got {f!r}")
        try:
            signature = inspect.signature(getattr(f, "value", f))
            called = signature.bind(**dict(zip(box, range(len(box)), strict=True)))
        except TypeError as error:
            raise TypeError(
                f"{self.name} does not take this box: {error}; name its arguments as in x=(0.1, 0.5)"
            ) from None
        takes_any = any(each.kind is each.VAR_POSITIONAL for each in signature.parameters.values())  # as a wrapper does
        self.places: Sequence[int] = range(len(box)) if takes_any else called.args
        self.names: dict[str, int] = {} if takes_any else called.kwargs

    def __call__(self, balls: Sequence[Ball]) -> Ball:
        try:
            named = {name: balls[place] for name, place in self.names.items()}
            result = self.f(*(balls[place] for place in self.places), **named)
        except TypeError as error:
            if "Ball" not in str(error):
                raise
            raise TypeError(
                f"{self.name} cannot be enclosed, since it computes with more than operations of this package: {error}"
            ) from None
        return result if isinstance(result, Ball) else Functions.mpf(as_number(result, self.name))

    def piece(self, bounds: list[Interval]) -> _Piece:
        """The value and the derivatives on a box."""
        whole = [_ball(each.lower).union(_ball(each.upper)) for each in bounds]
        middle = [_ball(each.lower / 2 + each.upper / 2) for each in bounds]
        value, is_open = self.coefficient(whole, None)
        found = [self.coefficient(whole, i) for i in range(len(bounds))]
        slopes = [slope for slope, _ in found]
        inner = [self.coefficient(middle, i)[0] for i in (None, *range(len(bounds)))]
        outer = [Interval(*outward(each)) for each in (value, *slopes)]
        is_smooth = not is_open and not any(is_open for _, is_open in found)
        if is_smooth and all(slope.is_finite() for slope in slopes):
            change = sum((s * (x - m) for s, x, m in zip(slopes, whole, middle, strict=True)), value * 0)
            corners = [self.coefficient(each, None)[0] for each in _corners(bounds, whole, slopes)]
            others = [outward(inner[0] + change), (below(corners[0]), above(corners[1]))]
            outer[0] = Interval(
                max(outer[0].lower, *(x for x, _ in others)), min(outer[0].upper, *(x for _, x in others))
            )
        return _Piece(bounds, outer, [outward(each) for each in inner], is_smooth)

    def coefficient(self, numbers: Sequence[Number], i: int | None) -> tuple[Number, bool]:
        """The value, or the derivative with respect to input `i`, and whether a comparison was open."""
        from flint import arb_series

        balls = [Ball(arb_series([x, 1]) if k == i else x) for k, x in enumerate(numbers)]
        try:
            results, is_open = every_outcome(lambda: self(balls).inner)
        except Undecided:
            return Functions.mpf("nan").inner, True
        if i is None:
            return hull([Ball(each).value for each in results]), is_open
        return hull([each[1] if hasattr(each, "coeffs") else each * 0 for each in results]), is_open


def _bounds(name: str, given: Any) -> Interval:
    pair = given if isinstance(given, (tuple, list)) else (given, given)
    if len(pair) != 2:
        raise TypeError(f"the bounds of {name} must be a pair such as (0.1, 0.5), but are {given!r}")
    low, high = (as_float(each, f"a bound of {name}") for each in pair)
    if not (math.isfinite(low) and math.isfinite(high) and low <= high):
        raise ValueError(f"the bounds of {name} must be finite, the lower one first, but are {given!r}")
    return Interval(low, high)


def _ball(number: float) -> Number:
    return Functions.mpf(number).value


def _corners(bounds: Sequence[Interval], whole: Sequence[Number], slopes: Sequence[Number]) -> list[list[Number]]:
    """Where the value is least and where it is greatest: at a bound of each input in which it surely grows or falls."""
    corners = []
    for first, second in ((0, 1), (1, 0)):
        corners.append(
            [
                _ball(each[first]) if slope >= 0 else _ball(each[second]) if slope <= 0 else ball
                for each, ball, slope in zip(bounds, whole, slopes, strict=True)
            ]
        )
    return corners


def _halves(bounds: list[Interval]) -> list[list[Interval]]:
    """The two halves of a box, across its longest side."""
    i = max(range(len(bounds)), key=lambda k: bounds[k].upper - bounds[k].lower)
    low, high = bounds[i]
    middle = low / 2 + high / 2
    return [[*bounds[:i], half, *bounds[i + 1 :]] for half in (Interval(low, middle), Interval(middle, high))]


def _pieces_to_divide(pieces: Sequence[_Piece]) -> set[int]:
    """The pieces that determine a bound which is not yet close to a value that is taken."""
    chosen = set()
    for quantity in range(len(pieces[0].outer)):
        lows = [each.outer[quantity].lower for each in pieces]
        highs = [each.outer[quantity].upper for each in pieces]
        least = min(each.inner[quantity][1] for each in pieces)
        most = max(each.inner[quantity][0] for each in pieces)
        close = CLOSE * max(most - least, 1e-12 * max(abs(most), abs(least)), 5e-324)
        for bounds, worst, gap in ((lows, min(lows), least - min(lows)), (highs, max(highs), max(highs) - most)):
            i = bounds.index(worst)
            if not gap <= close and any(
                each.lower < each.lower / 2 + each.upper / 2 < each.upper for each in pieces[i].bounds
            ):
                chosen.add(i)
    return chosen


def _range(pieces: Sequence[_Piece], quantity: int) -> Interval:
    return Interval(
        min(each.outer[quantity].lower for each in pieces), max(each.outer[quantity].upper for each in pieces)
    )
