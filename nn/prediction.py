"""What a model answers at many points: by its program where it has one, and else point by point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from autograd.engine.modes import no_grad
from autograd.program import Program, compile
from autograd.program.faithfulness import random_state_put_back

if TYPE_CHECKING:
    from collections.abc import Callable

Array = NDArray[np.float64]

_FEW = 8  # so many points are quicker one by one than a program is made
_CHECKED = 3  # so many points, spread over the batch, are computed both ways
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


def predict(model: Callable[[Any], Any], inputs: Any) -> Array:
    """A model's raw outputs at many points.

    The model is recorded and runs as array code. It is recorded each time, so that nothing that has changed is missed. A
    model that one run does not show, because it branches or draws random numbers, runs point by point.

    Args:
        model: called with a point, a list of floats or a float.
        inputs: the points: an array of shape (n, d) or (n,).

    Returns:
        an array of shape (n,) for one output, (n, k) for k.

    Raises:
        TypeError: if the inputs are not numbers, in rows of one length.
        ValueError: if they are in no such shape.
    """
    points = _as_points(inputs)
    if len(points) <= _FEW:
        return _one_by_one(model, points)
    outputs = _by_program(model, points)
    return _one_by_one(model, points) if outputs is None else outputs


def _by_program(model: Callable[[Any], Any], points: Array) -> Array | None:
    """The outputs as a program computes them; None for a model that one run does not show."""
    checked = np.unique(np.linspace(0, len(points) - 1, _CHECKED).astype(int))
    try:
        with random_state_put_back():
            outputs: Array = _program(model, None if points.ndim == 1 else points.shape[1])(points)
            exact = _one_by_one(model, points[checked])
    except _REFUSALS:  # if it is the model's own, it comes again where points go one by one
        return None
    return outputs if np.allclose(outputs[checked], exact, 1e-9, 1e-12, equal_nan=True) else None


_programs: WeakKeyDictionary[Any, Program] = WeakKeyDictionary()
"""What models were recorded as when they last answered."""


def _program(model: Callable[[Any], Any], width: int | None) -> Program:
    """The model as a program: that of the last time, if a fresh recording is the same.

    Raises:
        ValueError: if the model is not the same each time.
    """
    known = _programs.get(model)
    if known is not None and known.widths == (width,) and not known.changes():
        return known
    way = ref(model)  # so that the program does not keep the model alive

    def answer(x: Any) -> Any:
        here: Any = way()
        return here(x)

    _programs[model] = program = compile(answer, widths=[width], allow_nan=True)
    if program.changes():
        raise ValueError(f"{model!r} is not the same each time that it is called")
    return program


def _one_by_one(model: Callable[[Any], Any], points: Array) -> Array:
    with no_grad():
        return np.array([model(point) for point in points.tolist()], dtype=float)


def _as_points(inputs: Any) -> Array:
    try:
        points = np.asarray(inputs, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"inputs must be numbers, in rows of one length, but are not: {error}") from None
    if points.ndim not in (1, 2):
        raise ValueError(f"inputs must have the shape (n,) or (n, d), but have {points.shape}")
    return points
