"""Errors that are proven, not measured: the same points as in `measure`, with ball arithmetic for the truth."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.check.ball_arithmetic import BallArithmetic
from autograd.check.exact_graph import NotExact, Undefined
from autograd.engine.primitive import TABLE

from .measure import EXCEPTIONS, SMALLEST_NORMAL, compute, evaluate
from .points import sample
from .references import REFERENCES

if TYPE_CHECKING:
    from .measure import Key

PRECISIONS = (128, 256, 512, 1024, 2048, 4096, 8192)


def certify(name: str, count: int, seed: int = 0) -> tuple[int, list[str]]:
    """How many numbers of an operation are certified on a sample, and which could not be.

    Values and first partials are certified to 4 ulp, second ones to 64; where terms of opposite sign meet, of the
    larger term. Asked are the points where the truth is a normal double.
    """
    reference = REFERENCES[name]
    points = sample(name, reference, count, seed)
    ours = compute(name, reference, points)
    certified, faults = 0, []
    for key, formula in reference.formulas().items():
        if (name, key) in EXCEPTIONS:
            continue
        truth, _, unit, _ = evaluate(formula, points)
        ordinary = np.isfinite(truth) & (np.abs(truth) >= SMALLEST_NORMAL) & np.isfinite(unit)
        limit = 64.0 if len(key) == 2 else 4.0
        for i in np.flatnonzero(ordinary):
            point = list(map(float, points[i]))
            problem = doubt(name, key, point, float(ours[key][i]), limit * float(unit[i]))
            certified += not problem
            if problem:
                faults.append(f"{name} {key} at {point}: {problem}")
    return certified, faults


def doubt(name: str, key: Key, point: list[float], given: float, allowed: float) -> str:
    """Why it is not proven that a number is right to what is allowed; "" if it is."""
    problem = ""
    for precision in PRECISIONS:
        arithmetic = BallArithmetic(precision)
        with arithmetic.working(len(key) + 1):
            try:
                truth, problem = enclosure(arithmetic, name, key, point)
            except (NotExact, Undefined) as error:
                problem = str(error)
                continue
            if problem:
                continue
            error = abs(arithmetic.number(given) - truth)
            if error <= allowed:
                return ""
            if error > allowed:
                return f"{given!r} is refuted: it is {truth.str(20)}"
            problem = "undecided"
    return problem


def enclosure(arithmetic: BallArithmetic, name: str, key: Key, point: list[float]) -> tuple[Any, str]:
    """What surely holds the value or a partial derivative, and what keeps it from being known."""
    operands = [arithmetic.number(x) for x in point]
    if not key:
        return arithmetic.evaluate(TABLE[name], operands), ""
    if len(key) == 1:
        slope = arithmetic.slope(TABLE[name], operands, key[0])
        return slope.value, slope.problem
    return arithmetic.mixed(TABLE[name], operands, *key), ""
