"""`check_gradients` for models: are the derivatives of the loss with respect to the parameters right?"""

import copy
from typing import Any

from autograd.check.gradients import check_gradients as autograd_check
from autograd.check.report import Report
from autograd.engine.choices import choose
from autograd.engine.value import Value, constant
from nn.losses import LOSSES, Loss
from nn.module import Module
from nn.prediction import as_points


def check_gradients(
    model: Module, loss: str | Loss, inputs: Any, targets: Any, *, order: int = 1, reference: str = "exact"
) -> Report:
    """Compare the derivatives of a model's loss, with respect to its parameters, with a reference.

    The model itself is left as it is: what is checked is a copy with other numbers in place of its parameters.

    Args:
        model: a `Module`.
        loss: the name of a loss, or a function of predictions and targets.
        inputs, targets: points and their targets, as for `fit`; a few are enough.
        order, reference: as for `autograd.check_gradients`.

    Returns:
        A report with each parameter by its name.

    Raises:
        GradientError: if a derivative is wrong.
        ValueError, TypeError: as for `autograd.check_gradients` and `fit`.

    Example:
        >>> from nn import MLP
        >>> report = check_gradients(MLP(2, [3, 1], "tanh", seed=1), "mse", [[0.5, -1.0]], [1.0])
        >>> report.passed, len(report), report["layers.1.neurons.0.b"].problem
        (True, 13, '')
    """
    points, answers = as_points(inputs, targets)
    measure = choose(loss, LOSSES, "loss") if isinstance(loss, str) else loss
    named = model.named_parameters()

    def loss_at(*numbers: Any) -> Value:
        values = [number if isinstance(number, Value) else constant(number) for number in numbers]
        other = copy.deepcopy(model, {id(old): new for (_, old), new in zip(named, values, strict=True)})
        return measure([other(point) for point in points.tolist()], answers.tolist())

    loss_at.names = tuple(name for name, _ in named)  # type: ignore[attr-defined]
    point = (parameter.data for _, parameter in named)
    return autograd_check(loss_at, *point, order=order, reference=reference)
