"""Errors in units in the last place, of this package and of its rivals, on the same points."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from inspect import signature
from typing import TYPE_CHECKING, Any

import numpy as np
from mpmath import mp, mpf

from autograd import Value
from autograd.engine.primitive import TABLE

from .points import sample
from .references import REFERENCES, Reference
from .rivals import RIVALS

if TYPE_CHECKING:
    from collections.abc import Iterable

PRECISION = 250  # bits: 75 digits
SMALLEST_NORMAL = 2.0**-1022
Key = tuple[int, ...]  # what is differentiated by: () for the value, (0,) for a first partial, (0, 1) for a second


@dataclass
class Figure:
    """The errors in one quantity: the value of an operation or one of its partial derivatives.

    Args:
        name: the operation's name.
        key: the operands that it is differentiated by.
        points: on how many points the truth is a normal double.
        cancels: whether terms of opposite sign meet, so that the unit is that of the larger term.
        worst: by engine, the worst error in ulp, and the point where it is.
    """

    name: str
    key: Key
    points: int
    cancels: bool = False
    worst: dict[str, tuple[float, tuple[float, ...]]] = field(default_factory=dict)

    @property
    def quantity(self) -> str:
        """How the quantity is written: ``value``, ``d/dx``, ``d2/dxdy``."""
        names = list(signature(TABLE[self.name].value).parameters)
        if REFERENCES[self.name].length:
            names = [f"x{i + 1}" for i in range(REFERENCES[self.name].length)]
        order = {0: "", 1: "d/", 2: "d2/"}[len(self.key)]
        return order + "".join(f"d{names[i]}" for i in self.key) or "value"

    @property
    def limit(self) -> float:
        """How many ulp are allowed."""
        return 64.0 if len(self.key) == 2 else 4.0

    @property
    def exception(self) -> str:
        """Why this quantity may be off by more, where it may."""
        return EXCEPTIONS.get((self.name, self.key), "")

    def fault(self) -> str:
        """What is wrong with this figure, or nothing: too large an error, or, in an exception, one above a rival's."""
        ours, where = self.worst["ours"]
        bound, whose = self.limit, "the limit"
        if self.exception:
            rivals = {engine: error for engine, (error, _) in self.worst.items() if engine != "ours"}
            bound = min(rivals.values(), default=math.inf)
            whose = "a rival's"
        if ours <= bound:
            return ""
        return f"{self.name}: {self.quantity} is off by {ours:.3g} ulp at {where}, and {whose} is {bound:.3g}"


EXCEPTIONS: dict[tuple[str, Key], str] = {
    ("sum", ()): "additions in order may overflow midway",
    ("dot", ()): "additions in order may overflow midway",
}
"""Where an operation is allowed more than the limit, if no rival does better, and why."""


def measure(name: str, count: int, seed: int = 0, engines: Iterable[str] = ()) -> list[Figure]:
    """Measure one operation on a sample of `count` points."""
    reference = REFERENCES[name]
    points = sample(name, reference, count, seed)
    ours = compute(name, reference, points)
    theirs = {engine: RIVALS[engine](name, points, list(reference.formulas())) for engine in engines}
    figures = []
    for key, formula in reference.formulas().items():
        truth, rest, unit, cancels = evaluate(formula, points)
        ordinary = np.isfinite(truth) & (np.abs(truth) >= SMALLEST_NORMAL) & np.isfinite(unit)
        figure = Figure(name, key, int(ordinary.sum()), cancels)
        if not figure.points:
            continue
        for engine, results in {"ours": ours, **theirs}.items():
            if results is not None and key in results:
                with np.errstate(all="ignore"):
                    error = np.abs((results[key] - truth) - rest) / unit
                error = np.where(np.isnan(error), np.inf, error)
                i = int(np.argmax(np.where(ordinary, error, -1.0)))
                figure.worst[engine] = (float(error[i]), tuple(map(float, points[i])))
        figures.append(figure)
    return figures


def evaluate(formula: Any, points: Any) -> tuple[Any, Any, Any, bool]:
    """The truth as the sum of two doubles, the unit in the last place to measure by, and whether terms cancel."""
    rows = np.full((3, len(points)), np.nan)
    cancels = False
    with mp.workprec(PRECISION), np.errstate(over="ignore"):
        for i, point in enumerate(points):
            try:
                terms = formula(*map(mpf, point))
            except ZeroDivisionError:
                continue
            size = None
            if isinstance(terms, tuple):
                cancels = True
                size = max(map(mp.fabs, terms))
                terms = mp.fsum(terms)
            if isinstance(terms, mp.mpc) or not mp.isfinite(terms):
                continue
            truth = float(terms)
            unit = np.spacing(abs(truth if size is None or size < abs(terms) else float(size)))
            rows[:, i] = truth, float(terms - truth) if np.isfinite(truth) else 0.0, unit
    return *rows, cancels


def compute(name: str, reference: Reference, points: Any) -> dict[Key, Any]:
    """What this package says: values and partials from floats, second partials from the rules run on `Value`s."""
    primitive = TABLE[name]
    results: dict[Key, list[float]] = {key: [] for key in reference.formulas()}
    rows = sorted({key[0] for key in reference.second})
    for point in points.tolist():
        value = primitive.evaluate(point)
        results[()].append(value)
        if reference.first:
            partials = primitive.differentiate(point, value)
            for i in reference.first:
                results[i,].append(float(partials[i]))
        for i in rows:
            operands = [Value(x) for x in point]
            partial = primitive.differentiate(operands, primitive(*primitive.arguments(operands)))[i]
            if isinstance(partial, Value):
                partial.backward()
            for j in range(len(point)):
                if (i, j) in results:
                    results[i, j].append(operands[j].grad)
    return {key: np.array(column) for key, column in results.items()}
