"""`play`: a training as one page, which shows it epoch by epoch and goes on training by itself.

The page trains by the graph that one point leaves, its model's and its loss's, printed as JavaScript from the table of
operations: the same scalars as `fit` computes with.
"""

import base64
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.choices import choose
from autograd.engine.files import StrPath, write_whole
from autograd.engine.recorder import Recorder, recording
from autograd.engine.value import Value
from autograd.page.assembling import Page, assemble, page_path
from autograd.program.backends.javascript import Printer, Unprintable
from nn.losses import LOSSES, Loss
from nn.module import numbers_of
from nn.network import columns_of, title_of
from nn.optim import OPTIMIZERS
from nn.prediction import as_points

if TYPE_CHECKING:
    from nn.training.history import History


FRAMES = 101  # how many epochs' parameters a page holds at most, the first and the last among them
MOST_NUMBERS = 60_000  # how many numbers the parameters of these epochs may be: of a large model, fewer epochs are held
MOST_CLASSES = 10  # up to how many different whole numbers are shown as classes, each in a colour of its own


def play(
    model: Any,
    inputs: Any,
    targets: Any,
    *,
    history: "History | None" = None,
    loss: str | Loss = "mse",
    optimizer: str = "sgd",
    lr: float = 0.01,
    momentum: float = 0.0,
    weight_decay: float = 0.0,
    batch_size: int | None = None,
    trains: bool = True,
    path: StrPath | None = None,
) -> Page:
    """Make a page that shows a training, and goes on with it.

    Args:
        model: what was trained.
        inputs: the points: an array of shape (n, d) or (n,), as for `fit`.
        targets: what the model should answer, of shape (n,) or (n, outputs); or classes for the loss "cross_entropy".
        history: of the training; with the path of its parameters, the page starts where that did.
        loss: the name of a loss or a function, as for `fit`.
        optimizer: "sgd" or "adam", to begin with; it can be changed in the page.
        lr, momentum, weight_decay: the optimiser's to begin with; momentum is for "sgd".
        batch_size: how many points for each step to begin with; None for all.
        trains: whether the page offers to go on training; what was trained on other units than its own should not.
        path: where to write the page, ending in ``.html``; the page that is returned shows itself in notebooks.

    Raises:
        ValueError, TypeError: if loss or optimiser is unknown, the path does not end in ``.html``, or the points and
            targets are not as `fit` takes them.
        FileNotFoundError: if the path's folder does not exist.

    Example:
        >>> import nn
        >>> model = nn.MLP(1, [4, 1], "tanh", seed=1)
        >>> page = play(model, [[0.0], [1.0], [2.0]], [0.0, 1.0, 4.0])
        >>> "function point(p, x, t, g)" in page.html
        True
    """
    target = page_path(path)
    choose(optimizer, OPTIMIZERS, "optimiser")
    compute = choose(loss, LOSSES, "loss") if isinstance(loss, str) else loss
    points, answers = as_points(inputs, targets)
    told, code = _recorded(model, points, answers, compute)
    named = model.named_parameters() if hasattr(model, "named_parameters") else []
    numbers = numbers_of(model.parameters()).tolist()
    frames = history.path if history is not None and history.path and len(history.path[0]) == len(numbers) else []
    count = min(FRAMES, len(frames), max(2, MOST_NUMBERS // max(len(numbers), 1)))
    epochs = sorted({round(i) for i in np.linspace(0, len(frames) - 1, count)})
    content = {
        "title": title_of(model),
        "names": [name for name, _ in named],
        "start": list(frames[0]) if frames else numbers,
        "now": numbers,
        "epochs": epochs,
        "frames": base64.b64encode(np.array([frames[i] for i in epochs], "<f4").tobytes()).decode(),  # to 7 digits
        "losses": [each if np.isfinite(each) else None for each in (history.losses if history else [])],
        "inputs": points.reshape(len(points), -1).tolist(),
        "scalar": int(points.ndim == 1),
        "classes": int(len(np.unique(answers)) <= MOST_CLASSES and bool(np.all(answers == np.round(answers)))),
        "loss": getattr(compute, "__name__", "loss"),
        "optimizer": optimizer,
        "lr": lr,
        "momentum": momentum,
        "decay": weight_decay,
        "batch": batch_size or 0,
        **told,
    }
    if not trains and not told["refused"]:
        content["refused"] = "this page shows the training, and does not go on with it"
    folder = Path(__file__).parent / "page"
    page = assemble(folder, "training", title=title_of(model), content=content, generated=code)
    if target is not None:
        write_whole(target, page.html)
    return page


def _recorded(model: Any, points: Any, answers: Any, loss: Loss) -> tuple[dict[str, Any], str]:
    """What a page is told of a model and its loss, and JavaScript: a point's outputs, neurons and share of the loss."""
    refused, reduction, printer = "", getattr(loss, "reduction", ""), Printer()
    with recording(Recorder()):
        inputs = [Value(float(each)) for each in np.ravel(points[0])]
        outputs, neurons, columns = columns_of(model, inputs[0] if points.ndim == 1 else inputs)
        leaves = {parameter: f"p[{i}]" for i, parameter in enumerate(model.parameters())}
        gradients = {parameter: f"g[{i}]" for i, parameter in enumerate(model.parameters())}
        leaves |= {each: f"x[{j}]" for j, each in enumerate(inputs)}
        rows = answers.reshape(len(answers), -1).tolist()
        if getattr(loss, "__name__", "") == "cross_entropy" and answers.ndim == 1:
            rows = (answers[:, np.newaxis] == np.arange(len(outputs))).astype(float).tolist()
        wanted = [Value(number) for number in rows[0]]  # and the loss wants a number alone where there is one
        prediction, asked = (each if len(each) > 1 else each[0] for each in (list(outputs), wanted))
        leaves |= {each: f"t[{k}]" for k, each in enumerate(wanted)}
        try:
            code = [printer.values("outputs", outputs, leaves), printer.values("neurons", neurons, leaves)]
        except Unprintable as reason:
            raise ValueError(f"the model cannot be played: {reason}") from None
        try:
            if reduction not in ("mean", "sum"):
                raise Unprintable("it is not known how the loss of a batch follows from those of its points")
            code.append(printer.gradient("point", loss([prediction], [asked]), leaves, gradients))
        except (Unprintable, TypeError, ValueError) as reason:
            refused = f"this page cannot train on: {reason}"
            code.append("function point(p, x, t, g) { return NaN; }\n")
    told = {"targets": rows, "reduction": reduction, "columns": columns, "refused": refused}
    return told, f"{printer.source}\n{''.join(code)}"
