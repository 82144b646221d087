"""Metrics: how good a model's answers are, in numbers that people read. Training looks at them, and follows a loss.

Each takes the model's raw outputs and the targets, as arrays. To add one, write it here, and put it into `METRICS`.
"""

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd.engine.choices import choose
from autograd.engine.modes import no_grad
from autograd.program import compile
from nn.losses import LOSSES
from nn.module import Array

Metric = Callable[[Array, Array], float]

MANY = 500  # with more points it pays to compile a loss


def accuracy(outputs: Array, targets: Array) -> float:
    """The share of the points whose class is right.

    Args:
        outputs: raw scores, points x classes, of which the largest counts; or one for each point, positive for class 1.
        targets: the number of each point's class; of two classes also -1 and 1.

    Example:
        >>> accuracy(np.array([[2.0, 1.0], [0.0, 5.0]]), np.array([0.0, 0.0]))
        0.5
        >>> accuracy(np.array([-3.0, 4.0, 0.5]), np.array([0.0, 1.0, 0.0]))
        0.6666666666666666
    """
    right = np.argmax(outputs, axis=1) == targets if outputs.ndim == 2 else (outputs > 0) == (targets > 0)
    return float(np.mean(right))


def r2(outputs: Array, targets: Array) -> float:
    """The share of the targets' variance that the answers explain: 1 is perfect, 0 is no better than their mean.

    Of targets that are all the same nothing can be explained; then it is 1 for perfect answers and else 0.

    Example:
        >>> r2(np.array([1.0, 2.0, 4.0]), np.array([1.0, 2.0, 3.0]))
        0.5
    """
    size = max(float(np.abs(targets).max()), float(np.abs(outputs).max())) or 1.0  # so that no square overflows
    left = float(np.sum((outputs / size - targets / size) ** 2))
    whole = float(np.sum((targets / size - np.mean(targets / size, axis=0)) ** 2))
    return 1.0 - left / whole if whole else float(not left)


METRICS: dict[str, Metric] = {"accuracy": accuracy, "r2": r2}
"""All metrics, by name."""


def metric(name: str | Metric) -> Metric:
    """The metric, or the loss, of that name; or the function itself. A ValueError if there is none.

    Example:
        >>> metric("mae")(np.array([1.0, 2.0]), np.array([1.0, 4.0]))
        1.0
    """
    if callable(name):
        return name
    found: Any = choose(name, {**LOSSES, **METRICS}, "metric")
    if name in METRICS:
        return METRICS[name]

    def loss(outputs: Array, targets: Array) -> float:
        reduction = getattr(found, "reduction", "")
        if len(outputs) > MANY and outputs.ndim == targets.ndim == 1 and reduction:
            each = compile(lambda output, target: found([output], [target]), widths=[None, None])(outputs, targets)
            return float(np.mean(each) if reduction == "mean" else np.sum(each))
        with no_grad():
            return float(found(outputs.tolist(), targets.tolist()).data)

    return loss
