"""Contexts that change what becomes of new nodes: `no_grad` and `detect_anomaly`."""

from __future__ import annotations

import math
import os
import sys
from typing import Any

from autograd.value import Recorder, Value, forget, recording, topological_order

_PACKAGE = os.path.dirname(__file__) + os.sep


class _NoGrad(Recorder):
    def node(self, node: Value) -> None:
        forget(node)


class no_grad(recording):
    """A context in which operations compute numbers and record nothing, to save time and memory.

    Example:
        >>> from autograd import Value, no_grad
        >>> a = Value(2.0)
        >>> with no_grad():
        ...     b = a * 3
        >>> b.data, b.parents
        (6.0, ())
    """

    def __init__(self) -> None:
        super().__init__(_NoGrad())


class AnomalyError(ArithmeticError):
    """The first value or gradient that is not finite; raised in `detect_anomaly`."""
