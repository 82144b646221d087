"""A program on one batch, for the inner loop of a training."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program.blocks import Blocks

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from autograd.engine.value import Value
    from autograd.program.compiled import Compiled

    Array = np.ndarray[Any, np.dtype[np.float64]]


class BoundProgram:
    """A program on one batch: each call computes the value and writes the gradient; nothing is copied or checked.

    Made by `Program.bind`. `parameters` and `gradient` are flat arrays, in the order of the program's parameters. The
    `Value`s keep their numbers until `store`; `load` takes them over again.
    """

    def __init__(
        self, compiled: Compiled, trained: Sequence[Value], columns: Sequence[Array], points: int, scale: float
    ) -> None:
        self._compiled, self._trained, self._points, self._scale = compiled, trained, points, scale
        runner, count = compiled.sum_and_gradient(), len(compiled.leaves)
        is_one = len(runner.cuts(points)) == 1
        self._plan = runner.plan(points) if is_one else Blocks(runner, points, count)
        self._numbers = self._plan.parameters
        self.parameters: Array = self._numbers if compiled.in_order else np.zeros(compiled.size)
        self.gradient: Array = np.zeros(compiled.size)
        step = getattr(self._plan, "step", None) if compiled.in_order else None
        self._step: Callable[[], float | None] | None = step and step(self.gradient, scale)
        self.feed(columns)
        self.load()

    def __repr__(self) -> str:
        points, sizes = self._points, self.parameters.size
        return f"<bound program of {points} point{'s' * (points != 1)}, {sizes} parameter{'s' * (sizes != 1)}>"

    def __call__(self) -> float:
        """Compute the value, and leave the gradient in `gradient`."""
        if self._step is not None:
            value = self._step()
            if value is not None:
                return value
        compiled, plan = self._compiled, self._plan
        if not compiled.in_order:
            self._numbers[compiled.leaf_places] = self.parameters[compiled.trained_places]
        with np.errstate(all="ignore"):
            plan.run()
            total, gradient = plan.results
            flat = gradient[:, 0]
            if math.isnan(flat.dot(flat)):  # a nan is among them
                total, gradient = compiled.sum_and_gradient(careful=True)(self._numbers, self._columns, self._points)
                flat = gradient[:, 0]
            if compiled.in_order:
                np.multiply(flat, self._scale, out=self.gradient)
            else:
                self.gradient[compiled.trained_places] = flat[compiled.leaf_places] * self._scale
        return float(total.item()) * self._scale

    def feed(self, columns: Sequence[Array]) -> None:
        """Take another batch of the same size: for each argument a float array with a column for each point.

        The arrays are kept and not copied, so leave them as they are.
        """
        self._columns = columns
        self._plan.feed(columns)

    def load(self) -> None:
        """Set `parameters` to the numbers of the `Value`s."""
        self._numbers[:] = self._compiled.numbers()
        self.parameters[:] = np.fromiter((value.data for value in self._trained), float, self._compiled.size)

    def store(self) -> None:
        """Set the numbers of the `Value`s to `parameters`."""
        for value, number in zip(self._trained, self.parameters.tolist(), strict=True):
            value.data = number
