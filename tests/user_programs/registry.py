"""What a program is: a function of one number, with what becomes of it when it is given a `Value`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any


@dataclass(frozen=True)
class Program:
    """One program of a user's.

    Args:
        library: whose functions it uses.
        function: takes a float or a `Value` and returns one.
        at: where it is differentiated.
        is_right: whether its derivative comes out right; if not, it has to be loud.
        by_backward: whether that holds for a bare `backward`, too, and not only where a function is differentiated.
            It does not where a `Value` is copied, as outside of that a copy is a variable of its own.
    """

    library: str
    function: Callable[[Any], Any]
    at: float
    is_right: bool
    by_backward: bool

    @property
    def name(self) -> str:
        """The library and the function."""
        return f"{self.library}-{self.function.__name__}"

    def slope(self) -> float:
        """The true derivative: differences of the program itself on floats, extrapolated to step 0 (Richardson)."""
        steps = [1e-3 / 2**k for k in range(3)]
        rows = [float(self.function(self.at + h) - self.function(self.at - h)) / (2 * h) for h in steps]
        for order in range(1, len(steps)):
            rows = [b + (b - a) / (4**order - 1) for a, b in pairwise(rows)]
        return rows[0]


PROGRAMS: list[Program] = []


Function = Callable[[Any], Any]


def right(at: float = 0.7, by_backward: bool = True) -> Callable[[Function], Function]:
    """Enter a program whose derivative comes out right."""
    return lambda function: _enter(function, at, True, by_backward)


def loud(at: float = 0.7) -> Callable[[Function], Function]:
    """Enter a program in which a number leaves the graph, so that it has to say so."""
    return lambda function: _enter(function, at, False, True)


def _enter(function: Function, at: float, is_right: bool, by_backward: bool) -> Function:
    library = function.__module__.rpartition(".")[2].removesuffix("_programs")
    PROGRAMS.append(Program(library, function, at, is_right, by_backward))
    return function
