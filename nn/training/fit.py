"""`fit`: train a model.

An epoch is one pass over the points, in batches. For each batch an *engine* computes the loss and its gradient, and
an optimiser moves the parameters. The parameters' numbers live in one flat array meanwhile, which is what engines
and optimisers share; the `Value`s of the model have them after every epoch that a callback looks at, and at the end,
however it comes. To train with something else, only an engine has to be replaced: see `nn.training.engines`.
"""

import math
import sys
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from typing import Any

import numpy as np

from autograd.engine.choices import choose
from autograd.engine.files import StrPath
from autograd.engine.floats import as_float
from autograd.engine.modes import no_grad
from autograd.engine.value import Value
from nn.layers import as_whole
from nn.losses import CLASSIFIERS, LOSSES, Loss, cross_entropy, weighted
from nn.metrics import Metric, metric
from nn.module import Array, numbers_of, set_numbers
from nn.optim import OPTIMIZERS, Optimizer
from nn.prediction import as_points, finite, predict
from nn.training.checkpoint import Checkpoint, Snapshot, digest
from nn.training.engines import Batch, EagerEngine, Engine, Model, compiled_where_possible
from nn.training.history import History

ENGINES: dict[str, Callable[..., Engine]] = {"compiled": compiled_where_possible, "eager": EagerEngine}
"""All engines, by name."""


class DivergenceError(ArithmeticError):
    """The loss or a parameter became nan or infinite: in which `epoch`, from 0, and the `history` before it."""

    def __init__(self, message: str, epoch: int, history: History) -> None:
        super().__init__(message)
        self.epoch, self.history = epoch, history


class TrainingInterrupted(KeyboardInterrupt):
    """Ctrl-C while a model was trained. The model is as it was at the end of the last whole epoch.

    It carries the `history` of the epochs until then, and the `checkpoint`, the file to go on from, or None.
    """

    def __init__(self, message: str, history: History, checkpoint: StrPath | None) -> None:
        super().__init__(message)
        self.history, self.checkpoint = history, checkpoint


@dataclass(frozen=True)
class TrainingState:
    """What callbacks get after each epoch."""

    epoch: int  # how many are done
    epochs: int  # how many there are to be
    loss: float  # of the last epoch
    model: Model  # whose parameters a callback may read and set
    optimizer: Optimizer  # whose learning rate a callback may set
    history: History  # of all epochs until now


def fit(
    model: Model,
    inputs: Any,
    targets: Any,
    *,
    loss: str | Loss = "mse",
    optimizer: str | Optimizer = "sgd",
    lr: float | Callable[[int], float] | None = None,
    epochs: int = 100,
    batch_size: int | None = None,
    shuffle: bool = False,
    seed: int = 0,
    tolerance: float | None = None,
    validation: float | tuple[Any, Any] | None = None,
    patience: int | None = None,
    metrics: Sequence[str | Callable[[Any, Any], float]] = (),
    weights: Any = None,
    class_weights: Mapping[float, float] | str | None = None,
    callbacks: Sequence[Callable[[TrainingState], object]] = (),
    progress: bool | None = None,
    engine: str | Callable[..., Engine] = "compiled",
    keep_path: bool = True,
    checkpoint: StrPath | None = None,
    checkpoint_epochs: int | None = None,
    checkpoint_seconds: float | None = 10.0,
    resume: bool = False,
) -> History:
    """Train a model on points and their targets.

    Args:
        model: a `Module`, or anything that can be called with a point and has ``parameters()``.
        inputs: the points: an array of shape (n, d), each passed to the model as a list of d floats, or of shape
            (n,), each passed as a float.
        targets: what the model should answer: an array of shape (n,) or (n, outputs).
        loss: the name of a loss, or a function of predictions and targets like those of `nn.losses`.
        optimizer: the name of an optimiser, one of `nn.optim.OPTIMIZERS` such as "adam"; or an optimiser itself, which
            then also says which parameters are trained.
        lr: the learning rate; 0.01 if not given. For an optimiser, set it there. Or a schedule: a function of the
            epoch, from 0, that gives the rate of its steps, such as ``lambda epoch: 0.1 * 0.99**epoch``.
        epochs: how many passes over the points there are at most.
        batch_size: how many points to compute the loss of before each step: None for all, 1 for one at a time.
        shuffle: whether to take the points in another order in each epoch.
        seed: of that order.
        tolerance: stop when the losses of two epochs differ by no more; where an epoch is one step, before taking it.
        validation: points and targets to look at after every epoch and never to train on, as a pair; or which share of
            the points to take for that, from their end and before any shuffling.
        patience: stop when the validation loss has not been less than its least for so many epochs. The model then ends
            with the parameters that it had at its least, however the training ends.
        metrics: names from `nn.metrics.METRICS`, such as "accuracy" and "r2", or of losses, or functions of outputs and
            targets: measured after every epoch, on the validation points if there are any.
        weights: how much each point counts, an array of shape (n,). Two is as if the point were there twice.
        class_weights: how much each class counts, by its number; "balanced" if all classes together are to count alike.
        callbacks: each called after every epoch with a `TrainingState`. One that returns True ends the training.
        progress: whether to show a bar with the loss; None for in a terminal or a notebook only. Needs tqdm.
        engine: "compiled" records the loss of one point and runs it on whole batches as array code (a model that
            branches, and a loss of a batch that is neither the mean nor the sum of its points', go the way of the
            other); "eager" follows every scalar; or an engine of your own, as a class.
        keep_path: whether the history keeps the parameters of every epoch, or only the losses.
        checkpoint: a file to keep the training in while it goes on. It is written at the start, at the end, on
            Ctrl-C, and in between as the next two say. One that is there is replaced, unless `resume` is given.
        checkpoint_epochs: write it whenever so many epochs are done.
        checkpoint_seconds: write it, at the end of an epoch, whenever so many seconds have gone by.
        resume: go on from the checkpoint, to the very same result as if the training had never stopped, also where a
            callback has ended it. `epochs` may be larger than before; all else must be the same.

    Returns:
        The losses and the parameters' path.

    Raises:
        ValueError, TypeError: if something has a value or a type that it cannot have: a loss that does not exist, a
            learning rate that is not positive, points that are not finite or masked, targets that are not as many; or
            if the checkpoint is damaged or of another training.
        OSError: if there is no checkpoint to resume from, or it cannot be written.
        DivergenceError: if the loss or a parameter becomes nan or infinite. It carries the history.
        TrainingInterrupted: on Ctrl-C. It carries the history.

    Example:
        >>> from nn import Neuron
        >>> line = Neuron(1, "linear", seed=1)
        >>> history = fit(line, [0.0, 1.0, 2.0, 3.0], [1.0, 3.0, 5.0, 7.0], lr=0.1, epochs=300)
        >>> [round(parameter.data, 3) for parameter in line.parameters()], len(history)
        ([2.0, 1.0], 300)
    """
    inputs, targets = as_points(inputs, targets)
    given = len(inputs)
    inputs, targets, count = _with_validation(inputs, targets, validation)
    if tolerance is not None and not (tolerance := as_float(tolerance, "tolerance")) >= 0.0:
        raise ValueError(f"tolerance must be 0 or more, or None, but got {tolerance!r}")
    if patience is not None and validation is None:
        raise ValueError(f"patience={patience!r} needs points to watch; give validation=0.2, or points and targets")
    training = _Training(
        model=model,
        loss=choose(loss, LOSSES, "loss") if isinstance(loss, str) else loss,
        optimizer=_make_optimizer(model, optimizer, None if callable(lr) else lr),
        schedule=lr if callable(lr) else None,
        count=count,
        batch_size=count if batch_size is None else min(as_whole(batch_size, "batch_size"), count),
        shuffle=shuffle,
        seed=as_whole(seed, "seed", 0),
        epochs=as_whole(epochs, "epochs", 0),
        tolerance=tolerance,
        patience=None if patience is None else as_whole(patience, "patience"),
        metrics={each if isinstance(each, str) else each.__name__: metric(each) for each in metrics},
        callbacks=callbacks,
        keep_path=keep_path,
        inputs=inputs,
        targets=targets,
    )
    weights = _point_weights(weights, class_weights, targets[:count], given)
    training.prepare(choose(engine, ENGINES, "engine") if isinstance(engine, str) else engine, weights)
    if checkpoint is not None:
        training.attach(Checkpoint(checkpoint, checkpoint_epochs, checkpoint_seconds, training.settings()), resume)
    elif resume:
        raise ValueError("resume=True needs a checkpoint to go on from; give its path, checkpoint='...'")
    return training.run(progress)


@dataclass
class _Training:
    """A training while it goes on: the loop and its state."""

    model: Model
    loss: Loss
    optimizer: Optimizer
    schedule: Callable[[int], float] | None
    count: int  # of the points to train on
    batch_size: int
    shuffle: bool
    seed: int
    epochs: int
    tolerance: float | None
    patience: int | None
    metrics: dict[str, Metric]
    callbacks: Sequence[Callable[[TrainingState], object]]
    keep_path: bool
    inputs: Array  # those to train on, and after them those to look at
    targets: Array
    checkpoint: Checkpoint | None = None
    repeated_from: int = -1  # the epoch from which was repeated, the last time that the engine computed something else

    def __post_init__(self) -> None:
        """Note where the training starts."""
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(0)
        self.numbers = self.best = numbers_of(self.optimizer.parameters)
        self.history = History(_names(self.model, self.optimizer.parameters))
        self.history.metrics = {name: [] for name in self.metrics}
        self.answers = self.targets  # without weights
        self.validates = len(self.inputs) > self.count
        self.watched = slice(self.count if self.validates else 0, len(self.inputs))  # what is looked at
        if self.keep_path:
            self.history.path.append(self.numbers.tolist())
        self.snapshot = self.take_snapshot(0)
        self.checked = self.snapshot  # the last at which the engine computed what model and loss do

    def prepare(self, engine: Callable[..., Engine], weights: Array | None) -> None:
        """Make the engine, once it is clear that the model takes the points and the loss takes every target."""
        outputs = self.model(self.inputs[0].tolist())
        different = np.unique(self.targets, axis=0).tolist()
        if any(self.loss is LOSSES[name] for name in LOSSES.keys() - CLASSIFIERS):  # they take any number
            different = different[:1]
        with no_grad():
            loss = self.loss([outputs] * len(different), different)
        if not isinstance(loss, Value):
            raise TypeError(f"a loss must return a Value, but got {loss!r}; compute it from the model's predictions")
        if weights is not None:
            self.weigh(weights, outputs)
        self.make_engine = partial(engine, self.model, self.loss, self.optimizer.parameters, self.inputs, self.targets)
        self.engine = self.make_engine()

    def weigh(self, weights: Array, outputs: Any) -> None:
        """Let points count as much as their weights say; those to look at count as ever."""
        if self.loss is cross_entropy and self.targets.ndim == 1:  # classes become rows, which take another column
            self.targets = np.eye(len(outputs))[self.targets.astype(int)]
        if getattr(self.loss, "reduction", None) == "mean":
            weights = weights * (len(weights) / weights.sum())
        self.loss = weighted(self.loss)
        self.targets = np.column_stack([self.targets, np.append(weights, np.ones(len(self.targets) - len(weights)))])

    def measure(self, epoch: int) -> None:
        """Note the loss on points that are held out, and the metrics."""
        history = self.history
        if self.validates:
            loss = float(self.engine.loss_and_gradient(self.numbers, self.watched)[0])
            if not math.isfinite(loss):
                self.diverge(f"the validation loss became {loss}", epoch - 1)
            if loss < min(history.validation_losses, default=math.inf):
                self.best = self.numbers.copy()
            history.validation_losses.append(loss)
        if self.metrics:
            self.write_parameters()
            outputs = predict(self.model, self.inputs[self.watched])
            for name, measure in self.metrics.items():
                history.metrics[name].append(float(measure(outputs, self.answers[self.watched])))

    def attach(self, checkpoint: Checkpoint, resume: bool) -> None:
        """Keep the training in a file; go on from it, if told to."""
        self.checkpoint = checkpoint
        if resume:
            self.snapshot, self.history = checkpoint.read()
            self.checked = self.snapshot
            self.go_back()
            checkpoint.written_epoch = self.snapshot.epoch
            if self.history.stopped == "callback":  # such as one that watches the clock; each is asked again
                self.history.stopped = ""
        else:
            checkpoint.write(self.snapshot, self.history)

    def settings(self) -> dict[str, Any]:
        """What must be the same for a training to go on to the same result."""
        return {
            "parameters": self.history.names,
            "loss": getattr(self.loss, "__name__", type(self.loss).__name__),
            "optimizer": type(self.optimizer).__name__,
            **self.optimizer.settings(),
            "lr": self.optimizer.lr,
            **{name: getattr(self, name) for name in ("batch_size", "shuffle", "seed", "tolerance", "keep_path")},
            "points": digest(self.inputs, self.targets),
            "validation": len(self.inputs) - self.count,
            "patience": self.patience or 0,
            "metrics": list(self.metrics) or 0,
        }

    def run(self, progress: bool | None) -> History:
        """Train until the end, or until something stops it."""
        try:
            with np.errstate(all="ignore"), _progress_bar(progress, self.epochs, self.snapshot.epoch) as bar:
                while self.snapshot.epoch < self.epochs and not self.history.stopped:
                    self.run_epoch()
                    self.check_engine()
                    if bar is not None and self.history.losses:
                        bar.set_postfix_str(f"loss={self.history.losses[-1]:.6g}", refresh=False)
                        bar.update(self.snapshot.epoch - bar.n)
            self.history.stopped = self.history.stopped or "epochs"
            self.write_checkpoint()
        except (KeyboardInterrupt, DivergenceError) as stop:
            self.go_back()
            self.write_checkpoint()
            raise (self.interruption() if isinstance(stop, KeyboardInterrupt) else stop) from None
        finally:
            if self.patience:
                self.numbers = self.best
            self.write_parameters()
        return self.history

    def batches(self, epoch: int) -> Iterator[tuple[Batch, int]]:
        """The batches of an epoch with their sizes; their order follows from the seed and the epoch's number alone."""
        order = np.random.default_rng((self.seed, epoch)).permutation(self.count) if self.shuffle else None
        for start in range(0, self.count, self.batch_size):
            batch = slice(start, min(start + self.batch_size, self.count))
            yield batch if order is None else order[batch], batch.stop - start

    def check_engine(self) -> None:
        """Ask the engine, after the epochs 1, 2, 4, 8, ... and the last, whether it still computes what the model does.

        If it does not, go back to where it did, with a warning, and go on with a new one.
        """
        epoch, check = self.snapshot.epoch, getattr(self.engine, "check", None)
        if epoch & (epoch - 1) and epoch != self.epochs and not self.history.stopped:
            return
        reason = check(self.numbers) if check is not None else ""
        if not reason:
            self.checked = self.snapshot
            return
        repeated = f"the epochs from {self.checked.epoch} on are repeated with what model and loss are now"
        warnings.warn(f"{reason}; {repeated}", RuntimeWarning, stacklevel=4)
        again = self.checked.epoch == self.repeated_from  # it keeps changing
        self.repeated_from = self.checked.epoch
        self.snapshot = self.checked
        self.go_back()
        self.engine = EagerEngine(*self.make_engine.args) if again else self.make_engine()

    def run_epoch(self) -> None:
        """One pass over the points."""
        epoch = self.snapshot.epoch
        if self.schedule is not None:
            self.optimizer.lr = self.schedule(epoch)
        parts: list[float] = []
        stopped = ""
        for batch, size in self.batches(epoch):
            loss, gradient = self.engine.loss_and_gradient(self.numbers, batch)
            if not math.isfinite(loss):
                self.diverge(f"the loss became {loss}", epoch, first_step=epoch == 0 and not parts)
            if size == self.count and self.has_settled(loss):
                stopped = "tolerance"
            else:
                self.optimizer.update(self.numbers, gradient)
            parts.append(loss * size)
        if not np.isfinite(self.numbers).all():
            name = self.history.names[int(np.flatnonzero(~np.isfinite(self.numbers))[0])]
            self.diverge(f"the parameter {name} became infinite or nan", epoch)
        if len(parts) > 1:  # of one batch it is the loss itself, to the last bit
            loss = math.fsum(parts) / self.count
            stopped = "tolerance" if self.has_settled(loss) else ""
        self.end_epoch(epoch + 1, loss, stopped)

    def end_epoch(self, epoch: int, loss: float, stopped: str) -> None:
        """Note what an epoch brought, ask the callbacks, and keep it all for the case that the next one fails."""
        self.history.losses.append(loss)
        self.measure(epoch)
        if self.patience and epoch - (self.history.best_epoch or 0) >= self.patience:
            stopped = stopped or "patience"
        if self.callbacks:
            self.write_parameters()
            state = TrainingState(epoch, self.epochs, loss, self.model, self.optimizer, self.history)
            for callback in self.callbacks:
                if callback(state) is True:
                    stopped = stopped or "callback"
            self.numbers = numbers_of(self.optimizer.parameters)
        if self.keep_path:
            self.history.path.append(self.numbers.tolist())
        self.history.stopped = stopped
        self.snapshot = self.take_snapshot(epoch)  # from here on this epoch counts as done
        if self.checkpoint is not None and self.checkpoint.due(epoch):
            self.write_checkpoint()

    def has_settled(self, loss: float) -> bool:
        """Whether the loss is that of the epoch before, within the tolerance."""
        losses = self.history.losses
        return self.tolerance is not None and bool(losses) and abs(losses[-1] - loss) <= self.tolerance

    def diverge(self, what: str, epoch: int, first_step: bool = False) -> None:
        """Give up, with a hint."""
        hint = f"try a learning rate smaller than lr={self.optimizer.lr:g}, or scale the inputs"
        if first_step:
            hint = "it is so before the first step: scale the inputs and targets, or start from smaller weights"
        raise DivergenceError(f"{what} in epoch {epoch} (the first is 0); {hint}", epoch, self.history)

    def interruption(self) -> TrainingInterrupted:
        """What says where the end of the last whole epoch is kept."""
        done = f"the training was interrupted after {self.snapshot.epoch} of {self.epochs} epochs"
        path = None if self.checkpoint is None else self.checkpoint.path
        where = f"what was reached is in {str(path)!r}, to go on with resume=True"
        message = f"{done}; {where if path else 'the model has what was reached'}"
        return TrainingInterrupted(message, self.history, path)

    def take_snapshot(self, epoch: int) -> Snapshot:
        return Snapshot(epoch, self.numbers.copy(), self.best, self.optimizer.state_dict(), self.history.stopped)

    def go_back(self) -> None:
        """Return to the last snapshot, whatever has been done since."""
        self.numbers = self.snapshot.numbers.copy()
        self.best = self.snapshot.best
        self.optimizer.load_state_dict(self.snapshot.optimizer)
        self.history.keep_epochs(self.snapshot.epoch)
        self.history.stopped = self.snapshot.stopped
        self.write_parameters()

    def write_checkpoint(self) -> None:
        if self.checkpoint is not None:
            self.checkpoint.write(self.snapshot, self.history)

    def write_parameters(self) -> None:
        set_numbers(self.optimizer.parameters, self.numbers.tolist())


def _with_validation(
    inputs: Array, targets: Array, validation: float | tuple[Any, Any] | None
) -> tuple[Array, Array, int]:
    """The points to train on and after them those to look at, given or a share from the end; how many are the first."""
    if validation is None:
        return inputs, targets, len(inputs)
    if isinstance(validation, (tuple, list)) and len(validation) == 2:
        points, answers = as_points(*validation)
        if points.shape[1:] != inputs.shape[1:] or answers.shape[1:] != targets.shape[1:]:
            shapes = f"of shapes {inputs.shape} and {targets.shape}, but they have {points.shape} and {answers.shape}"
            raise ValueError(f"validation needs points and targets like those to train on, {shapes}")
        return np.concatenate([inputs, points]), np.concatenate([targets, answers]), len(inputs)
    share = as_float(validation, "validation")
    if not 0.0 < share < 1.0 or len(inputs) < 2:
        wanted = "a pair of points and targets, or a share between 0 and 1 of at least two points"
        raise ValueError(f"validation must be {wanted}, but got {validation!r} of {len(inputs)}")
    return inputs, targets, len(inputs) - min(max(round(share * len(inputs)), 1), len(inputs) - 1)


def _point_weights(
    weights: Any, class_weights: Mapping[float, float] | str | None, targets: Array, given: int
) -> Array | None:
    """How much each point to train on counts: its own weight times that of its class; None if all count alike.

    There is a weight for each of the points that were given; those that are held out are the last ones.
    """
    if weights is None and class_weights is None:
        return None
    found = np.ones(len(targets))
    if weights is not None:
        numbers = finite(weights, "weights")
        if len(numbers) != given:
            raise ValueError(f"there must be a weight for each point, but there are {len(numbers)} and {given} points")
        found = numbers[: len(targets)]
    if class_weights is not None:
        if targets.ndim != 1:
            raise ValueError(f"class_weights need targets that are numbers of classes, but they have {targets.shape}")
        classes, which, counts = np.unique(targets, return_inverse=True, return_counts=True)
        if class_weights == "balanced":
            class_weights = dict(zip(classes.tolist(), (len(targets) / (len(classes) * counts)).tolist(), strict=True))
        if isinstance(class_weights, str) or not set(classes.tolist()) <= set(class_weights):
            wanted = f"'balanced', or have a weight for each class of {classes.tolist()}"
            raise ValueError(f"class_weights must be {wanted}, but got {class_weights!r}")
        found = found * np.array([as_float(class_weights[each], "a weight") for each in classes.tolist()])[which]
    if found.ndim != 1 or not (np.isfinite(found).all() and (found >= 0).all() and found.any()):
        raise ValueError("weights must be 0 or positive numbers, one for each point, and not all 0")
    return found


def _make_optimizer(model: Model, optimizer: str | Optimizer, lr: float | None) -> Optimizer:
    if isinstance(optimizer, Optimizer):
        if lr is not None:
            kind = type(optimizer).__name__
            raise ValueError(f"lr={lr!r} is the optimiser's own; write {kind}(parameters, lr={lr!r})")
        return optimizer
    if not isinstance(optimizer, str):
        raise TypeError(f"optimizer must be a name or an optimiser such as SGD(...), but got {optimizer!r}")
    made = choose(optimizer, OPTIMIZERS, "optimizer")
    if not callable(getattr(model, "parameters", None)):
        raise TypeError(f"a model must have a method parameters(), but {model!r} has none; derive it from nn.Module")
    return made(model.parameters(), 0.01 if lr is None else lr)


def _names(model: Model, parameters: list[Value]) -> list[str]:
    """Names of the parameters: by their place in the model, else their labels, else their numbers."""
    named = model.named_parameters() if callable(getattr(model, "named_parameters", None)) else []
    by_id = {id(parameter): name for name, parameter in named}
    return [by_id.get(id(each), each.label or f"parameter {i}") for i, each in enumerate(parameters)]


def _progress_bar(progress: bool | None, epochs: int, done: int) -> Any:
    """A context with a tqdm bar, or with None where there should be none."""
    if progress is None:
        shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
        in_notebook = "IPKernelApp" in getattr(shell, "config", {})
        on_screen = in_notebook or (sys.stderr is not None and sys.stderr.isatty())
        progress = on_screen and find_spec("tqdm") is not None
    if not progress or done >= epochs:
        return nullcontext()
    try:
        with warnings.catch_warnings():  # that a notebook without ipywidgets gets a plain bar
            warnings.simplefilter("ignore")
            tqdm = import_module("tqdm.auto").tqdm
    except ImportError:
        raise ImportError("progress=True needs tqdm; install it with: pip install tqdm") from None
    return tqdm(total=epochs, initial=done, unit="epoch", dynamic_ncols=True)
