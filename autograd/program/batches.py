"""Batches: what a user calls a program with, checked and laid out as arrays of rows by points."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.value import Value

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    Array = np.ndarray[Any, np.dtype[np.float64]]


class Arguments:
    """The arguments of a function, for checking batches and naming what is wrong with one.

    Args:
        function: the function.
        allow_nan: accept batches with nan in them.
    """

    def __init__(self, function: Callable[..., Any], allow_nan: bool) -> None:
        self.function_name = getattr(function, "__name__", type(function).__name__)
        self.names = argument_names(function)
        self.allow_nan = allow_nan

    def arrays(self, batch: Sequence[Any]) -> list[Array]:
        """One array for each argument.

        Raises:
            TypeError: if one is not numbers.
            ValueError: if one has rows of unequal length, or nan in it.
        """
        return [self._array(i, each) for i, each in enumerate(batch)]

    def _array(self, i: int, given: Any) -> Array:
        try:
            array = np.asarray(given)
        except ValueError:
            raise ValueError(
                f"{self.describe(i)} has rows of unequal length; give each point as many numbers"
            ) from None
        if array.dtype.kind not in "fiub":
            way_out = "give an array of floats"
            if any(isinstance(each, Value) for each in array.flat):
                way_out = "give their numbers, .data; to differentiate by them, use jacobian"
            raise TypeError(f"{self.describe(i)} must be real numbers, but its dtype is {array.dtype}; {way_out}")
        array = np.asarray(array, float)
        if not self.allow_nan and np.isnan(array).any():
            place = np.argwhere(np.isnan(np.atleast_1d(array)))[0]
            raise ValueError(
                f"{self.describe(i)} has a nan at point {place[0]}; clean the batch, or compile with allow_nan=True"
            )
        return array

    def columns(self, arrays: Sequence[Array], widths: Sequence[int | None]) -> tuple[list[Array], int, bool]:
        """A batch as one array for each argument, rows by points; how many points; whether it is a single point.

        An argument without the leading axis that others have is the same at each point.

        Raises:
            TypeError: if the number of arguments is wrong.
            ValueError: if lengths or widths do not fit.
        """
        self.check_count(len(arrays), len(widths))
        pairs = list(zip(arrays, widths, strict=True))
        leading = [self._has_leading_axis(i, array, width) for i, (array, width) in enumerate(pairs)]
        lengths = {i: len(array) for i, array in enumerate(arrays) if leading[i]}
        if len(set(lengths.values())) > 1:
            listed = ", ".join(f"{self.describe(i)} has {length}" for i, length in lengths.items())
            raise ValueError(
                f"all arguments need the same number of points, but {listed}; leave that axis out of an argument that is the same at each"
            )
        points = next(iter(lengths.values()), 1)
        columns = [
            array.reshape(points, -1 if points else width or 1).T
            if has_axis
            else np.broadcast_to(array.reshape(-1, 1), (array.size, points))
            for (array, width), has_axis in zip(pairs, leading, strict=True)
        ]
        return columns, points, not lengths

    def _has_leading_axis(self, i: int, array: Array, width: int | None) -> bool:
        shape = () if width is None else (width,)
        if array.shape == shape:
            return False
        if array.shape[1:] == shape or array.shape == (0,):
            return True
        wanted = "(n,)" if width is None else f"(n, {width})"
        raise ValueError(
            f"{self.describe(i)} must have shape {wanted}, one row for each point, but it has {array.shape}"
        )

    def describe(self, i: int) -> str:
        """An argument by its name, or else its number."""
        return f"argument {self.names[i]!r}" if self.names and i < len(self.names) else f"argument {i + 1}"

    def check_count(self, given: int, wanted: int) -> None:
        """Refuse a batch of another number of arguments.

        Raises:
            TypeError: if it is one.
        """
        if given != wanted:
            plural = "" if wanted == 1 else "s"
            raise TypeError(
                f"{self.function_name} takes {wanted} argument{plural}, but got {given}; give one batch for each"
            )


def argument_names(function: Callable[..., Any]) -> list[str] | None:
    """The names of a function's arguments; None where they cannot be told, or their number varies."""
    try:
        parameters = list(inspect.signature(function).parameters.values())
    except (TypeError, ValueError):
        return None
    if any(each.kind is each.VAR_POSITIONAL for each in parameters):
        return None
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return [each.name for each in parameters if each.kind in positional and each.default is each.empty]
