"""Losses: how far predictions are from their targets, as one `Value` to make small.

Each is called with the predictions of a batch and as many targets. A prediction is a `Value`, or a list of them where
a model has several outputs; a target is a number, or as many. The means are over all outputs of all points.

To add one, write it here under `@_loss("mean")` or `@_loss("sum")`, which says how the loss of a batch follows from
those of its points, and puts it into `LOSSES`.

The losses of classifiers take the model's raw scores (logits) and no probabilities: so no logarithm of 0 and no
overflow can occur.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from autograd.engine import ops
from autograd.engine.floats import as_float
from autograd.engine.value import Value, constant

Loss = Callable[[Any, Any], Value]
LOSSES: dict[str, Loss] = {}
"""All losses, by name."""
CLASSIFIERS: set[str] = set()
"""The names of those whose targets are classes."""

F = TypeVar("F", bound=Loss)
mean: Callable[[list[Value]], Value] = ops.mean
total: Callable[[list[Value]], Value] = ops.sum


def _loss(reduction: str, classes: bool = False) -> Callable[[F], F]:
    """Put a loss into the table. Its attribute `reduction` is for engines that compute points side by side."""

    def note(loss: F) -> F:
        loss.reduction = reduction  # type: ignore[attr-defined]
        LOSSES[loss.__name__] = loss
        if classes:
            CLASSIFIERS.add(loss.__name__)
        return loss

    return note


@_loss("mean")
def mse(predictions: Any, targets: Any) -> Value:
    """The mean squared error.

    Raises:
        ValueError: if there are no predictions, or not as many targets.
        TypeError: if something is not a number.

    Example:
        >>> mse([Value(9.0), Value(14.0)], [3.0, 5.0]).data
        58.5
    """
    return mean([(p - t) ** 2 for p, t in _pairs(predictions, targets)])


@_loss("mean")
def mae(predictions: Any, targets: Any) -> Value:
    """The mean absolute error; arguments and errors as for `mse`.

    Example:
        >>> mae([Value(9.0), Value(14.0)], [3.0, 5.0]).data
        7.5
    """
    return mean([abs(p - t) for p, t in _pairs(predictions, targets)])


@_loss("mean")
def huber(predictions: Any, targets: Any) -> Value:
    """The mean of half the squared error up to an error of 1, and of the error less a half beyond it (Huber 1964).

    So an outlier pulls no harder than an error of 1 does. Arguments and errors as for `mse`.

    Example:
        >>> huber([Value(3.5), Value(10.0)], [3.0, 5.0]).data  # the mean of 0.125 and 4.5
        2.3125
    """
    losses = []
    for prediction, target in _pairs(predictions, targets):
        error = abs(prediction - target)
        within = ops.minimum(error, 1.0)
        losses.append(within * (error - 0.5 * within))
    return mean(losses)


@_loss("sum")
def sse(predictions: Any, targets: Any) -> Value:
    """The sum of squared errors; arguments and errors as for `mse`.

    Example:
        >>> sse([Value(9.0), Value(14.0)], [3.0, 5.0]).data
        117.0
    """
    return total([(p - t) ** 2 for p, t in _pairs(predictions, targets)])


@_loss("sum")
def half_squared_error(predictions: Any, targets: Any) -> Value:
    """Half the sum of squared errors, whose derivative is the error itself; arguments and errors as for `mse`.

    Example:
        >>> half_squared_error([Value(9.0)], [3.0]).data
        18.0
    """
    return 0.5 * sse(predictions, targets)


@_loss("mean", classes=True)
def hinge(predictions: Any, targets: Any) -> Value:
    """The mean of max(0, 1 - target * score); errors as for `mse`, and for a target that is neither -1 nor 1.

    Example:
        >>> hinge([Value(0.25), Value(2.0)], [1, 1]).data
        0.375
    """
    margins = []
    for score, target in _pairs(predictions, targets):
        if not isinstance(target, Value) and target not in (-1.0, 1.0):
            raise ValueError(f"hinge needs targets -1 and 1, but got {target:g}; from 0 and 1 make them by 2 * y - 1")
        margins.append((1.0 - target * score).relu())
    return mean(margins)


@_loss("mean", classes=True)
def binary_cross_entropy(predictions: Any, targets: Any) -> Value:
    """The mean cross entropy of yes-or-no answers, from logits; errors as for `mse`.

    For the probability p = sigmoid(score) this is -log p where the target is 1 and -log(1 - p) where it is 0. Written
    with softplus(x) = log(1 + e ** x), nothing cancels or overflows.

    Args:
        predictions: scores; the model's last layer is linear.
        targets: 0 or 1, or probabilities between; a ValueError for any other.

    Example:
        >>> binary_cross_entropy([Value(1000.0)], [0]).data
        1000.0
    """
    losses = []
    for score, target in _pairs(predictions, targets):
        if not isinstance(target, Value) and not 0.0 <= target <= 1.0:
            way_out = "from -1 and 1 make them by (y + 1) / 2"
            raise ValueError(f"binary_cross_entropy needs targets from 0 to 1, but got {target:g}; {way_out}")
        if not isinstance(target, Value) and target in (0.0, 1.0):
            losses.append(ops.softplus(score if target == 0.0 else -score))
        else:
            losses.append(target * ops.softplus(-score) + (1.0 - target) * ops.softplus(score))
    return mean(losses)


@_loss("mean", classes=True)
def cross_entropy(predictions: Any, targets: Any) -> Value:
    """The mean cross entropy of the choice among several classes, from logits.

    For the probabilities softmax(scores) this is -log of that of the right class: logsumexp(scores) - score.

    Args:
        predictions: for each point a list with a score for each class.
        targets: for each point the number of its class, from 0, or a list with a probability for each class.

    Raises:
        ValueError, TypeError: as `mse`; also for a target that is no class, or a point with fewer than two scores.

    Example:
        >>> scores = [Value(0.0), Value(1000.0)]
        >>> cross_entropy([scores], [1]).data, cross_entropy([scores], [[1.0, 0.0]]).data
        (0.0, 1000.0)
    """
    losses = []
    for scores, target in _points(predictions, targets):
        if not isinstance(scores, (list, tuple)) or len(scores) < 2:
            way_out = "for a model of one output use binary_cross_entropy"
            raise ValueError(f"cross_entropy needs a list of scores, one for each class, but got {scores!r}; {way_out}")
        scores = [_as_value(score) for score in scores]
        losses.append(ops.logsumexp(scores) - _expected_score(scores, target))
    return mean(losses)


def weighted(loss: Loss) -> Loss:
    """The same loss of points that count more or less: each target is a row, and the last number in it is the weight.

    Example:
        >>> weighted(mse)([Value(9.0), Value(14.0)], [[3.0, 2.0], [5.0, 0.0]]).data
        36.0
    """
    reduction = getattr(loss, "reduction", None)
    if reduction not in ("mean", "sum"):
        wanted = "an attribute reduction, 'mean' or 'sum'"
        raise ValueError(f"a loss takes weights if it has {wanted}, but {loss!r} has none")

    def weighted_loss(predictions: Any, rows: Any) -> Value:
        points = zip(_rows(predictions), rows, strict=True)
        losses = [row[-1] * loss([point], [list(row[:-1]) if len(row) > 2 else row[0]]) for point, row in points]
        return mean(losses) if reduction == "mean" else total(losses)

    weighted_loss.__name__ = f"weighted {loss.__name__}"
    weighted_loss.reduction = reduction  # type: ignore[attr-defined]
    return weighted_loss


def _expected_score(scores: list[Value], target: Any) -> Any:
    """The score of the right class, or its mean under the probabilities of all classes."""
    if isinstance(target, (list, tuple)):
        if len(target) != len(scores):
            raise ValueError(f"a target has {len(target)} probabilities for {len(scores)} classes: {list(target)!r}")
        return ops.dot([_as_target(each) for each in target], scores)
    index = _as_target(target)
    if isinstance(index, Value):
        raise TypeError(f"a class must be a number and no Value, but got {target!r}; give a probability for each class")
    if not 0 <= index < len(scores) or index != int(index):
        raise ValueError(f"a target must be a class from 0 to {len(scores) - 1}, but got {target!r}")
    return scores[int(index)]


def _pairs(predictions: Any, targets: Any) -> list[tuple[Value, Any]]:
    """Every output with its target, those of all points in one list."""
    pairs = []
    for i, (outputs, row) in enumerate(_points(predictions, targets)):
        if not isinstance(outputs, (list, tuple)) and not isinstance(row, (list, tuple)):
            pairs.append((_as_value(outputs), _as_target(row)))
            continue
        outputs, row = _rows(outputs), _rows(row)
        if len(outputs) != len(row):
            raise ValueError(f"point {i} has {len(outputs)} predictions but {len(row)} targets; they must be as many")
        pairs.extend((_as_value(output), _as_target(target)) for output, target in zip(outputs, row, strict=True))
    return pairs


def _rows(values: Any) -> list[Any]:
    if hasattr(values, "tolist"):
        values = values.tolist()
    return list(values) if hasattr(values, "__iter__") and not isinstance(values, str) else [values]


def _points(predictions: Any, targets: Any) -> list[tuple[Any, Any]]:
    """Every point's outputs with its targets."""
    points, rows = _rows(predictions), _rows(targets)
    if len(points) != len(rows):
        raise ValueError(f"there must be a target for each prediction, but got {len(points)} and {len(rows)}")
    if not points:
        raise ValueError("a loss needs at least one prediction, but got none")
    return list(zip(points, rows, strict=True))


def _as_value(prediction: Any) -> Value:
    return prediction if isinstance(prediction, Value) else constant(as_float(prediction, "a prediction"))


def _as_target(target: Any) -> Any:
    return target if type(target) is float or isinstance(target, Value) else as_float(target, "a target")
