"""What a model answers at many points: by its program where it has one, and else point by point."""

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary, ref

import numpy as np
from numpy.typing import NDArray

from autograd.engine.modes import no_grad
from autograd.program import Program, compile
from autograd.program.faithfulness import random_state_put_back

Array = NDArray[np.float64]
_FEW = 8  # so many points are quicker one by one than a program is made
_CHECKED = 3  # so many points, spread over the batch, are computed both ways
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError, AssertionError)


def predict(model: Callable[[Any], Any], inputs: Any) -> Array:
    """A model's raw outputs at many points, as `Module.predict` has them; of any function of a point.

    The model is recorded, each time, so that nothing that has changed is missed, and runs as array code. A model that
    one run does not show, because it branches or draws random numbers, runs point by point.
    """
    points = _as_rows(inputs, "inputs")
    outputs = _by_program(model, points) if len(points) > _FEW else None
    return _one_by_one(model, points) if outputs is None else outputs


_programs: WeakKeyDictionary[Any, Program] = WeakKeyDictionary()
"""What models were recorded as when they last answered."""


def _by_program(model: Callable[[Any], Any], points: Array) -> Array | None:
    """The outputs as a program computes them; None for a model that one run does not show."""
    width = None if points.ndim == 1 else points.shape[1]
    checked = spread(len(points), _CHECKED)
    try:
        with random_state_put_back():
            program = _programs.get(model)
            if program is None or program.widths != (width,) or program.changes():
                way: Any = ref(model)  # so that the program does not keep the model alive
                _programs[model] = program = compile(lambda x: way()(x), widths=[width], allow_nan=True)
                if program.changes():  # the model is not the same each time that it is called
                    return None
            outputs: Array = program(points)
            exact = _one_by_one(model, points[checked])
    except _REFUSALS:  # if it is the model's own, it comes again where points go one by one
        return None
    return outputs if np.allclose(outputs[checked], exact, 1e-9, 1e-12, equal_nan=True) else None


def spread(count: int, most: int) -> NDArray[np.intp]:
    """Some of so many points, spread over all of them."""
    return np.unique(np.linspace(0, count - 1, min(count, most)).astype(int))


def _one_by_one(model: Callable[[Any], Any], points: Array) -> Array:
    with no_grad():
        return np.array([model(point) for point in points.tolist()], dtype=float)


def _as_rows(given: Any, what: str) -> Array:
    """An array of shape (n,) or (n, d); a TypeError for what are no numbers, a ValueError for another shape."""
    try:
        rows = np.array(given, dtype=float)
    except (TypeError, ValueError) as error:
        raise TypeError(f"{what} must be numbers, in rows of one length, but are not: {error}") from None
    if rows.ndim not in (1, 2):
        raise ValueError(f"{what} must have the shape (n,) or (n, d), but have {rows.shape}")
    return rows


def as_points(inputs: Any, targets: Any) -> tuple[Array, Array]:
    """Make arrays of points and their targets; an error if they are not finite numbers, or not as many."""
    points, answers = finite(inputs, "inputs"), finite(targets, "targets")
    if len(points) != len(answers):
        count = f"{len(points)} points and {len(answers)} targets"
        raise ValueError(f"there must be a target for each point, but there are {count}")
    return points, answers[:, 0] if answers.ndim == 2 and answers.shape[1] == 1 else answers


def finite(given: Any, what: str) -> Array:
    """An array of numbers, all of which are there and finite."""
    if np.ma.is_masked(given):
        count = np.ma.getmaskarray(given).sum()
        way_out = "leave those points out, or fill them in with .filled(...)"
        raise ValueError(f"{what} have {count} entries that are masked; {way_out}")
    array = _as_rows(given, what)
    if not array.size:
        raise ValueError(f"{what} must have the shape (n,) or (n, d), and n at least 1, but have {array.shape}")
    if not np.isfinite(array).all():
        place = ", ".join(str(i) for i in np.argwhere(~np.isfinite(array))[0])
        raise ValueError(f"{what}[{place}] is not a finite number; leave that point out, or fill it in")
    return array
