"""Engines: what computes the loss of a batch and its gradient while `nn.train.fit` trains a model.

`EagerEngine` follows every scalar. `CompiledEngine` records the loss of one point, once, and runs it as array code on
whole batches; it serves every model whose graph is the same at every point. An engine is all that has to be replaced
to train with something else: see `Engine`.
"""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
from numpy.typing import NDArray

from autograd.engine.value import Value
from nn.losses import cross_entropy

if TYPE_CHECKING:
    from collections.abc import Callable

    from autograd.program import Program, Step

Array = NDArray[np.float64]
Batch = slice | NDArray[np.intp]
Model = Any
Loss = Any

_CHECKED = 3  # so many points are computed by both engines before the compiled one is trusted
_TOLERANCE = 1e-9
_REFUSALS = (TypeError, ValueError, AttributeError, LookupError, ArithmeticError)  # of models that want floats


class Engine(Protocol):
    """What computes losses and gradients. Made once per training, from all its points."""

    def __init__(
        self, model: Model, loss: Callable[[Any, Any], Value], parameters: list[Value], inputs: Array, targets: Array
    ) -> None: ...

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch and its gradient.

        Args:
            numbers: of the parameters, in their order; not to be changed.
            batch: an index into the points.
        """
        ...


class EagerEngine:
    """The engine that follows every scalar: the model runs on each point, and the loss is walked back."""

    def __init__(
        self, model: Model, loss: Callable[[Any, Any], Value], parameters: list[Value], inputs: Array, targets: Array
    ) -> None:
        self.model, self.loss, self.parameters, self.inputs, self.targets = model, loss, parameters, inputs, targets

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch and its gradient."""
        for parameter, number in zip(self.parameters, numbers.tolist(), strict=True):
            parameter.data = number
            parameter.grad = 0.0
        predictions = [self.model(x) for x in self.inputs[batch].tolist()]
        loss = self.loss(predictions, self.targets[batch].tolist())
        loss.backward()
        return loss.data, np.array([parameter.grad for parameter in self.parameters])


class NotCompilable(TypeError):
    """This training cannot be recorded once and run on batches."""


class CompiledEngine:
    """The engine that records the loss of one point and runs it on whole batches.

    Raises:
        NotCompilable: if the loss of a batch does not follow from those of its points (its attribute `reduction` says how
            it does), or the model does not come to the same result as when
            every scalar is followed, as one that draws random numbers.
        autograd.program.BranchError: if the model branches on a value.
    """

    def __init__(
        self, model: Model, loss: Callable[[Any, Any], Value], parameters: list[Value], inputs: Array, targets: Array
    ) -> None:
        from autograd.program import compile

        self.reduction = reduction_of(loss)
        rows = np.eye(len(model(inputs[0].tolist())))[targets.astype(int)] if is_classes(loss, targets) else targets
        widths = [None if each.ndim == 1 else each.shape[1] for each in (inputs, rows)]
        self.program: Program = compile(lambda x, y: loss([model(x)], [y]), widths=widths)
        self.columns = [np.ascontiguousarray(np.atleast_2d(each.T)) for each in (inputs, rows)]
        self.steps: dict[int, Step] = {}  # by the number of points
        self.fed: dict[int, int | None] = {}  # with which consecutive points: the number of the first
        self._match(parameters)
        self._check(EagerEngine(model, loss, parameters, inputs, targets))

    def _match(self, parameters: list[Value]) -> None:
        """Find out where each parameter of the training is in the program; the others stay as they are."""
        found = {id(parameter): i for i, parameter in enumerate(parameters)}
        order = [(i, found[id(each)]) for i, each in enumerate(self.program.parameters) if id(each) in found]
        self.here: Any = np.array([i for i, _ in order], int)
        self.there: Any = np.array([i for _, i in order], int)
        self.size = len(parameters)
        if np.array_equal(self.here, range(self.size)) and np.array_equal(self.there, range(self.size)):
            self.here = self.there = slice(None)  # an array is copied many times faster than picked from

    def _check(self, eager: EagerEngine) -> None:
        """Compare with the eager engine, at a few points."""
        batch = slice(0, _CHECKED)
        numbers = np.array([parameter.data for parameter in eager.parameters])
        losses, gradients = zip(*(each.loss_and_gradient(numbers, batch) for each in (self, eager)), strict=True)
        for here, there in (losses, gradients):
            size = np.max(np.abs(there), initial=0.0, where=np.isfinite(there))
            if not np.allclose(here, there, rtol=_TOLERANCE, atol=_TOLERANCE * size, equal_nan=True):
                raise NotCompilable("the model's result is not the same each time that it is called with a point")

    def loss_and_gradient(self, numbers: Array, batch: Batch) -> tuple[float, Array]:
        """The loss of a batch and its gradient."""
        step = self._fed(batch)
        step.parameters[self.here] = numbers[self.there]
        loss = step()
        gradient = np.zeros(self.size)
        gradient[self.there] = step.gradient[self.here]
        return loss, gradient

    def _fed(self, batch: Batch) -> Step:
        """The program with a batch in its buffers; the same consecutive points are not given to it again."""
        first, last, _ = batch.indices(self.columns[0].shape[1]) if isinstance(batch, slice) else (0, len(batch), 1)
        key = last - first
        if isinstance(batch, slice) and self.fed.get(key) == first:
            return self.steps[key]
        self.fed[key] = first if isinstance(batch, slice) else None
        columns = [column[:, batch] for column in self.columns]
        if key in self.steps:
            self.steps[key].feed(columns)
        else:
            points = [column.T if column.shape[0] > 1 or wide else column[0] for column, wide in self._wide(columns)]
            self.steps[key] = self.program.bind(*points, reduce=self.reduction)
        return self.steps[key]

    def _wide(self, columns: list[Array]) -> Any:
        return zip(columns, (width is not None for width in self.program.widths), strict=True)


def compiled_where_possible(
    model: Model, loss: Callable[[Any, Any], Value], parameters: list[Value], inputs: Array, targets: Array
) -> Engine:
    """The compiled engine, or the eager one for a training that cannot be compiled.

    Warns:
        RuntimeWarning: if it is the model that cannot be recorded; with the reason.
    """
    try:
        reduction_of(loss)
    except NotCompilable:
        return EagerEngine(model, loss, parameters, inputs, targets)
    try:
        return CompiledEngine(model, loss, parameters, inputs, targets)
    except _REFUSALS as error:
        warnings.warn(
            f"the model cannot be compiled, so it is trained by the slower engine that follows every scalar: {error}; "
            "engine='eager' chooses that one without this warning",
            RuntimeWarning,
            stacklevel=2,
        )
        return EagerEngine(model, loss, parameters, inputs, targets)


def reduction_of(loss: Loss) -> str:
    """How the loss of a batch follows from those of its points: as their "mean" or their "sum".

    Raises:
        NotCompilable: if that is not known.
    """
    reduction = getattr(loss, "reduction", None)
    if reduction not in ("mean", "sum"):
        raise NotCompilable(
            f"it is not known how the loss {getattr(loss, '__name__', loss)!r} of a batch follows from those of its "
            "points; if it is their mean or their sum, give the loss an attribute: loss.reduction = 'mean'"
        )
    return str(reduction)


def is_classes(loss: Loss, targets: Array) -> bool:
    """True for targets that are numbers of classes, which a program takes as a probability for each class."""
    return loss is cross_entropy and targets.ndim == 1
