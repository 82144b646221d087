"""Who lost the digits, by experiment: each operation in turn is evaluated exactly, and the result looked at."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from autograd import rounding
from autograd.check.ball_arithmetic import BallArithmetic
from autograd.engine.value import Value, topological_order

from .collection import COLLECTION

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .collection import Benchmark

PRECISION = 1024
HARD = 16.0
"""From how many ulp on a result has lost digits: more than one decimal digit."""
TIE = 0.01
"""Two operations that leave errors this close, beside the whole error, are equally to blame."""


@dataclass(frozen=True)
class Case:
    """One expression at one point: its error in ulp, how much of it is left without the rounding of the culprit named
    and without that of the operation that is most to blame, and how much the suggested form leaves, if there is one."""

    benchmark: Benchmark
    point: list[float]
    ulp: float
    named: bool
    left_by_named: float
    left_by_best: float
    suggestion: str

    @property
    def is_hard(self) -> bool:
        """Whether digits were lost."""
        return self.ulp >= HARD

    @property
    def has_culprit(self) -> bool:
        """Whether one operation's exact evaluation removes most of the error."""
        return self.left_by_best <= 0.5

    @property
    def is_right(self) -> bool:
        """Whether no other operation's exact evaluation removes more of the error."""
        return self.named and self.left_by_named <= self.left_by_best + TIE


def cases(points: int) -> Iterator[Case]:
    """All expressions at some points each."""
    for benchmark in COLLECTION:
        for point in benchmark.points(points):
            root = benchmark.build(point)
            if not all(math.isfinite(node.data) for node in topological_order(root)):
                continue
            found = rounding(root)
            if found.error == 0.0:
                continue
            left = errors_without(root)
            yield Case(
                benchmark,
                point,
                found.ulp,
                found.origin is not None,
                1.0 if found.origin is None else left[found.origin],
                min(left.values()),
                found.suggestion,
            )


def errors_without(root: Value) -> dict[Value, float]:
    """For each operation, the share of the error that is left if it alone is evaluated exactly, and all others rounded."""
    arithmetic = BallArithmetic(PRECISION)
    order = topological_order(root)
    with arithmetic.working():
        truth = evaluate(arithmetic, order, set(order))
        whole = abs(arithmetic.number(root.data) - truth)
        return {node: float(abs(evaluate(arithmetic, order, {node}) - truth) / whole) for node in order if node.parents}


def evaluate(arithmetic: BallArithmetic, order: list[Value], exactly: set[Value]) -> Any:
    """The result, with some operations evaluated exactly and the others as floats."""
    values: dict[Value, Any] = {}
    for node in order:
        if node.primitive is None:
            values[node] = arithmetic.number(node.data)
            continue
        operands = [values[parent] for parent in node.parents]
        is_plain = all(values[parent] == parent.data for parent in node.parents)
        if node in exactly:
            values[node] = arithmetic.evaluate(node.primitive, operands)
        elif is_plain:
            values[node] = arithmetic.number(node.data)
        else:  # rounded correctly, since an operation on numbers that are no floats has no other rounding
            values[node] = arithmetic.number(float(arithmetic.evaluate(node.primitive, operands)))
    return values[order[-1]]
