"""Engines: what computes the loss of a batch and its gradient while `nn.fit` trains a model.

`EagerEngine` follows every scalar. `CompiledEngine` records the loss of one point, once, and runs it as array code on
whole batches; it serves every model whose graph is the same at every point. An engine is all that has to be replaced
to train with something else: see `Engine`.
"""

import warnings
from contextlib import suppress
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from autograd.engine.modes import differentiating, no_grad
from autograd.engine.value import Value
from autograd.program import BoundProgram, Program, compile
from autograd.program.faithfulness import random_state_put_back
from nn.losses import Loss
from nn.module import Array, numbers_of, put_back, set_numbers
from nn.prediction import spread

Batch = slice | NDArray[np.intp]
Model = Any

_CHECKED = 5  # so many points, spread over the data, are computed by both engines before the compiled one is trusted
_TOLERANCE = 1e-9
_ROUNDING = 1e-12  # of the largest gradient that was met
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)  # of models that want floats


class Engine(Protocol):
    """What computes losses and gradients. Made once per training, from all its points."""

    def __init__(self, model: Model, loss: Loss, parameters: list[Value], inputs: Array, targets: Array) -> None: ...

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch, an index into the points, and its gradient at the parameters' numbers, which stay."""
        ...


class EagerEngine:
    """The engine that follows every scalar: the model runs on each point, and the loss is walked back."""

    def __init__(self, model: Model, loss: Loss, parameters: list[Value], inputs: Array, targets: Array) -> None:
        self.model, self.loss, self.parameters, self.inputs, self.targets = model, loss, parameters, inputs, targets

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch and its gradient."""
        loss = self.followed(numbers, batch)
        loss.backward()
        return loss.data, np.array([parameter.grad for parameter in self.parameters])

    def followed(self, numbers: Array, batch: Batch) -> Value:
        """The loss of a batch, at these numbers of the parameters, which keep them."""
        set_numbers(self.parameters, numbers.tolist())
        for parameter in self.parameters:
            parameter.grad = 0.0
        with differentiating(self.parameters):
            predictions = [self.model(x) for x in self.inputs[batch].tolist()]
            return self.loss(predictions, self.targets[batch].tolist())


class NotCompilable(TypeError):
    """This training cannot be recorded once and run on batches."""


class CompiledEngine:
    """The engine that records the loss of one point and runs it on whole batches.

    Raises:
        NotCompilable: if the loss of a batch is neither the mean nor the sum of those of its points, or the model does
            not come to the same result as when every scalar is followed, as one that draws random numbers.
        autograd.program.BranchError: if the model branches on a value.
    """

    def __init__(self, model: Model, loss: Loss, parameters: list[Value], inputs: Array, targets: Array) -> None:
        self.eager = EagerEngine(model, loss, parameters, inputs, targets)
        self.reduction = str(getattr(loss, "reduction", "")) or self._recognize_reduction()
        if self.reduction not in ("mean", "sum"):
            name = getattr(loss, "__name__", loss)
            raise NotCompilable(f"the loss {name!r} has reduction {self.reduction!r}; compiled are 'mean' and 'sum'")
        self.program, rows = self._record()
        self.columns = [np.ascontiguousarray(np.atleast_2d(each.T)) for each in (inputs, rows)]
        self.steps: dict[int, BoundProgram] = {}  # by the number of points
        self.fed: dict[int, int | None] = {}  # with which consecutive points: the number of the first
        reason = self.program.changes() or self._compare()
        if reason:
            raise NotCompilable(f"the model's result is not the same each time it is called with a point: {reason}")

    def _record(self) -> tuple[Program, Array]:
        """The loss of one point as a program, and the targets as it takes them."""
        model, loss, inputs, targets = self.eager.model, self.eager.loss, self.eager.inputs, self.eager.targets

        def of_point(x: Any, y: Any) -> Value:
            return loss([model(x)], [y])

        def made(rows: Array) -> tuple[Program, Array]:
            widths = [None if each.ndim == 1 else each.shape[1] for each in (inputs, rows)]
            return compile(of_point, parameters=self.eager.parameters, widths=widths), rows

        scores = model(inputs[0].tolist())
        count = len(scores) if targets.ndim == 1 and isinstance(scores, (list, tuple)) else 0
        if count > 1 and np.isin(targets, range(count)).all():
            with suppress(*_REFUSALS):
                return made(np.eye(count)[targets.astype(int)])  # classes as probabilities
        return made(targets)

    def _recognize_reduction(self) -> str:
        """Find out whether the loss of a few points is the mean or the sum of theirs, here and at moved parameters."""
        possible = ["mean", "sum"]
        points = spread(len(self.eager.inputs), _CHECKED)
        with put_back(self.eager.parameters), no_grad():
            for numbers in self._places():
                losses = np.array([self.eager.followed(numbers, points[[i]]).data for i in range(len(points))])
                for count in range(2, len(points) + 1):
                    together = self.eager.followed(numbers, points[:count]).data
                    found = {"sum": losses[:count].sum(), "mean": losses[:count].mean()}
                    possible = [way for way in possible if np.isclose(together, found[way], _TOLERANCE, equal_nan=True)]
        if not possible:
            what = "neither the mean nor the sum of the losses of its points, so they cannot be computed side by side"
            raise NotCompilable(f"the loss of a batch is {what}")
        return possible[0]

    def _places(self) -> list[Array]:
        """The parameters' numbers: as they are, moved up and down, and so small that the model is sure of nothing."""
        numbers = numbers_of(self.eager.parameters)
        signs = np.where(np.arange(len(numbers)) % 2, 1.0, -1.0)
        move = 0.1 * signs * (1.0 + np.abs(numbers))
        return [numbers, numbers + move, numbers - move, numbers / 8]

    def _compare(self) -> str:
        """Compare with the engine that follows every scalar, at a few points, here and at moved parameters."""
        points = spread(len(self.eager.inputs), _CHECKED)
        with put_back(self.eager.parameters), random_state_put_back():
            found = [(i, self._both(place, i)) for place in self._places() for i in points]
        self.largest = max(_size(gradient) for _, (_, (_, gradient)) in found)
        return next((reason for i, both in found if (reason := self._difference(i, *both))), "")

    def _both(self, numbers: Array, point: int) -> tuple[tuple[float, Array], tuple[float, Array]]:
        """A point's loss and gradient as this engine computes them, and as following every scalar does."""
        batch = np.array([point])
        return self.loss_and_gradient(numbers, batch), self.eager.loss_and_gradient(numbers, batch)

    def _difference(self, point: int, ours: tuple[float, Array], true: tuple[float, Array]) -> str:
        (loss, gradient), (true_loss, true_gradient) = ours, true
        if not np.isclose(loss, true_loss, rtol=_TOLERANCE, equal_nan=True):
            return f"the loss of point {point} is {true_loss:.6g} and not {loss:.6g}"
        # Of a point that the model is sure of, the terms of the gradient cancel, and what is left is their rounding.
        rounding = _ROUNDING * max(self.largest, _size(true_gradient))
        allowed = _TOLERANCE * _size(true_gradient) + rounding
        if not np.allclose(gradient, true_gradient, rtol=_TOLERANCE, atol=allowed, equal_nan=True):
            return f"the gradient of point {point} differs from what following every scalar gives"
        return ""

    def check(self, numbers: Array) -> str:
        """What has changed in model and loss since they were recorded; nothing, if nothing has.

        A fresh recording is compared with the one in use, and one point with what following every scalar comes to.
        """
        with put_back(self.eager.parameters), random_state_put_back():
            point = len(self.eager.inputs) // 2
            return self.program.changes() or self._difference(point, *self._both(numbers, point))

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch and its gradient."""
        step = self._fed(batch)
        step.parameters[:] = numbers
        loss = step()
        return loss, step.gradient.copy()

    def _fed(self, batch: Batch) -> BoundProgram:
        """The program with a batch in its buffers; the same consecutive points are not given to it again."""
        columns = [column[:, batch] for column in self.columns]
        count, start = columns[0].shape[1], (batch.start or 0) if isinstance(batch, slice) else None
        if count not in self.steps:
            widths = zip(columns, self.program.widths, strict=True)
            points = [column[0] if width is None else column.T for column, width in widths]
            self.steps[count] = self.program.bind(*points, reduce=self.reduction)
        elif start is None or start != self.fed[count]:
            self.steps[count].feed(columns)
        self.fed[count] = start
        return self.steps[count]


def _size(gradient: Array) -> float:
    """The largest derivative that is finite."""
    return float(np.max(np.abs(gradient), initial=0.0, where=np.isfinite(gradient)))


def compiled_where_possible(model: Model, loss: Loss, parameters: list[Value], inputs: Array, targets: Array) -> Engine:
    """The compiled engine, or the eager one for a training that cannot be compiled: a RuntimeWarning says why."""
    try:
        with random_state_put_back():
            return CompiledEngine(model, loss, parameters, inputs, targets)
    except _REFUSALS as error:
        eager = EagerEngine(model, loss, parameters, inputs, targets)
        with put_back(parameters), random_state_put_back():  # what cannot be differentiated is no case for a warning
            eager.loss_and_gradient(numbers_of(parameters), slice(0, 1))
        slower = "so it is trained by the slower engine that follows every scalar"
        way_out = "engine='eager' chooses that one without this warning"
        warnings.warn(f"the model cannot be compiled, {slower}: {error}; {way_out}", RuntimeWarning, stacklevel=2)
        return eager
