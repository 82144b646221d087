"""Branches in ball arithmetic: what becomes of a comparison of balls that has no certain outcome.

Such a comparison is *open*: it is true for some of the numbers that the balls hold, and false for others. That is an error,
`Undecided`; but within `every_outcome`, the computation is run once with each outcome.
"""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

MOST_FORKS = 8
"""How many comparisons may be open in one computation, which is run up to 2 ** 8 times then."""


class Undecided(ArithmeticError):
    """A comparison has no certain outcome, since a ball holds numbers for which it is true and others."""


class _Forks:
    """The outcomes that open comparisons are to have, in the order in which they come up."""

    def __init__(self) -> None:
        self.outcomes: list[bool] = []
        self.asked = 0
        self.is_open = False

    def next(self) -> bool:
        """The outcome of the next open comparison."""
        self.is_open = True
        if self.asked == len(self.outcomes):
            if self.asked == MOST_FORKS:
                raise Undecided(f"more than {MOST_FORKS} comparisons are open at once")
            self.outcomes.append(True)
        self.asked += 1
        return self.outcomes[self.asked - 1]

    def advance(self) -> bool:
        """Go on to the next combination of outcomes; false if that was the last."""
        while self.outcomes and not self.outcomes[-1]:
            self.outcomes.pop()
        if self.outcomes:
            self.outcomes[-1] = False
        self.asked = 0
        return bool(self.outcomes)


_forks: ContextVar[_Forks | None] = ContextVar("forks", default=None)


def every_outcome(compute: Callable[[], Any]) -> tuple[list[Any], bool]:
    """What is computed by every outcome of the comparisons that are open, and whether any are."""
    forks = _Forks()
    token = _forks.set(forks)
    try:
        results = [compute()]
        while forks.advance():
            results.append(compute())
        return results, forks.is_open
    finally:
        _forks.reset(token)


def open_outcome() -> bool:
    """The outcome that an open comparison is to have in this run.

    Raises:
        Undecided: outside of `every_outcome`, or if too many comparisons are open.
    """
    forks = _forks.get()
    if forks is None:
        raise Undecided("a comparison is open")
    return forks.next()


def note_open(what: str) -> None:
    """Note that something is open whose every outcome the result holds, so that one run is enough.

    Raises:
        Undecided: outside of `every_outcome`; `what` says what is open.
    """
    forks = _forks.get()
    if forks is None:
        raise Undecided(what)
    forks.is_open = True
