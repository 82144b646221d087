"""What is needed to train one model of the posts, and to hold the result against what its post reports."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from inspect import signature
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from autograd.engine.choices import choose
from autograd.engine.modes import no_grad
from autograd.engine.value import Value
from nn.datasets.dataset import Dataset
from nn.datasets.table import Scaling
from nn.layers import MLP, Layer, Neuron
from nn.losses import LOSSES
from nn.metrics import metric
from nn.optim import OPTIMIZERS
from nn.prediction import predict
from nn.training.fit import DivergenceError, TrainingInterrupted, fit
from nn.training.history import History

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    Array = NDArray[np.float64]


PRINTED, COMPUTED, SEEN, OWN = ORIGINS = (
    "printed by the post",
    "computed by running the post's own program",
    "seen in its picture, or said in its words",
    "a check of our own",
)
"""Where what is reported comes from."""


@dataclass(frozen=True)
class Check:
    """One figure: what it is, what is reported and where, what was obtained and how, and whether they agree.

    Two texts agree if they are the same, so a figure is held to every digit that is reported.

    Args:
        what: what it is.
        reported, obtained: the figure, as text.
        note: how it was obtained, or what is peculiar about it.
        holds: whether they agree, where that is not a matter of the same text.
        origin: one of `ORIGINS`.

    Example:
        >>> Check("slope", "11.2349", f"{11.23492:.4f}").passed
        True
    """

    what: str
    reported: str
    obtained: str
    note: str = ""
    holds: bool | None = None
    origin: str = PRINTED

    @property
    def passed(self) -> bool:
        """Whether what was obtained is what is reported."""
        return self.reported == self.obtained if self.holds is None else self.holds


@dataclass(frozen=True)
class Recipe:
    """A model, its data, and how to train it.

    Args:
        name: what the command line calls it.
        title: what it is, in a line.
        post: which of the five posts builds it, or 0.
        data: loads its data set.
        model: makes the model; called with a seed, or with None for the post's own start.
        loss, optimizer, lr, epochs, batch_size, shuffle, tolerance, patience: as for `nn.fit`.
        options: of the optimiser, such as its momentum.
        watched: loads the points to validate on, if any.
        from_line: let a network of rectifiers start as a linear model, so that it ends hardly worse on what it watches.
        trained: which parameters are trained, by name; by default all.
        scaled: train on standard scores, and then let the model take and give the data's own units.
        classes: the targets are classes, which are not scaled.
        held_out: the part of the points that the command line keeps for a test.
        checks: holds the result against what is reported.
        pictures: what draws further pictures of the result, by file name.

    Example:
        >>> from nn import datasets
        >>> recipe = Recipe("line", "a line", 0, lambda: datasets.load("line"), line(0.0, 0.0), lr=0.02, epochs=500)
        >>> run = recipe.train(progress=False)
        >>> [round(number, 2) for number in run.model.state_dict().values()]
        [2.0, 1.0]
    """

    name: str
    title: str
    post: int
    data: Callable[[], Dataset]
    model: Callable[[int | None], Neuron | Layer | MLP]
    loss: str = "mse"
    optimizer: str = "sgd"
    lr: float = 0.01
    epochs: int = 100
    batch_size: int | None = None
    shuffle: bool = False
    tolerance: float | None = None
    patience: int | None = None
    options: Mapping[str, float] = field(default_factory=dict)
    watched: Callable[[], Dataset] | None = None
    from_line: bool = False
    trained: tuple[str, ...] = ()
    scaled: bool = False
    classes: bool = False
    held_out: float = 0.0
    checks: Callable[[Run], Sequence[Check]] = lambda run: ()
    pictures: Mapping[str, Callable[[Run, Path], None]] = field(default_factory=dict)

    @property
    def loss_label(self) -> str:
        """The loss in words."""
        short = {"mse": "mean squared error", "sse": "sum of squared errors", "mae": "mean absolute error"}
        return short.get(self.loss, self.loss.replace("_", " "))

    def prepare(self, seed: int | None = None) -> Run:
        """Load the data and make the model.

        Args:
            seed: for the initial weights and the order of the points; None for the post's own start.
        """
        return Run(self, self.data(), self.model(seed), seed or 0, watched=self.watched() if self.watched else None)

    def train(self, seed: int | None = None, **options: Any) -> Run:
        """Prepare and train: the model, its data and what happened.

        Args:
            seed: as for `prepare`.
            options: further arguments of `nn.fit`.

        Raises:
            ValueError, DivergenceError, TrainingInterrupted: as `nn.fit`.
        """
        run = self.prepare(seed)
        run.train(**options)
        return run


@dataclass
class Run:
    """A model that is trained by a recipe; `history` says what happened until now."""

    recipe: Recipe
    data: Dataset
    model: Neuron | Layer | MLP
    seed: int = 0
    history: History = field(default_factory=lambda: History([]))
    watched: Dataset | None = None

    def check(self) -> None:
        """Refuse what cannot be trained, before anything is written: train on a few points for no epochs at all.

        Raises:
            ValueError, TypeError: as `nn.fit`.
        """
        few = (
            each and replace(each, inputs=each.inputs[:100], targets=each.targets[:100])
            for each in (self.data, self.watched)
        )
        self._fit(*few, epochs=min(self.recipe.epochs, 0), progress=False, engine="eager")  # type: ignore[arg-type]

    def train(self, **options: Any) -> None:
        """Train the model. If that ends early, the model and the history hold what was reached.

        Args:
            options: further arguments of `nn.fit`.

        Raises:
            ValueError, DivergenceError, TrainingInterrupted: as `nn.fit`.
        """
        recipe = self.recipe
        scale = standardise(self.data, recipe.classes) if recipe.scaled else None
        points = [scale.scores(each) if scale and each else each for each in (self.data, self.watched)]
        if recipe.from_line and isinstance(self.model, MLP) and points[0] is not None:
            start_from_line(self.model, points[0], recipe.classes)
        try:
            self.history = self._fit(*points, epochs=recipe.epochs, **options)  # type: ignore[arg-type]
        except (TrainingInterrupted, DivergenceError) as stop:
            self.history = stop.history
            raise
        finally:
            if scale:
                scale.fold_into(self.model)

    def _fit(self, points: Dataset, watched: Dataset | None, **options: Any) -> History:
        recipe, parameters = self.recipe, dict(self.model.named_parameters())
        trained = [parameters[name] for name in recipe.trained or parameters]
        make = choose(recipe.optimizer, OPTIMIZERS, "optimizer")
        for name in recipe.options:
            if name not in signature(make).parameters:
                raise ValueError(f"the optimizer {recipe.optimizer} has no {name}; leave it out, or choose another")
        return fit(
            self.model,
            points.inputs,
            points.targets,
            loss=recipe.loss,
            optimizer=make(trained, recipe.lr, **recipe.options),
            batch_size=recipe.batch_size,
            shuffle=recipe.shuffle,
            seed=self.seed,
            tolerance=recipe.tolerance,
            validation=None if watched is None else (watched.inputs, watched.targets),
            patience=recipe.patience,
            **options,
        )

    def answers_at(self, numbers: Sequence[float]) -> Array:
        """What the model answers at every point if these are its parameters."""
        with self._set_to(numbers), no_grad():
            return np.array([cast("Value", self.model(x)).data for x in self.data.inputs.tolist()])

    def loss_at(self, *numbers: float) -> float:
        """The loss over all points if these are the parameters."""
        with self._set_to(numbers):
            return self.loss_on(self.data)

    def loss_on(self, data: Dataset) -> float:
        """The loss over other points."""
        return metric(self.recipe.loss)(predict(self.model, data.inputs), data.targets)

    def shares(self, numbers: Sequence[float] | None = None) -> tuple[Array, Array]:
        """Every point's own loss, and its gradient: their means are those of a loss that is a mean.

        NumPy adds up in another order than a loop does, so a mean that it takes of these is the one that a post
        computed with NumPy, to the last digit.

        Args:
            numbers: the parameters; by default those that the model has.

        Returns:
            The losses, and points x parameters of partial derivatives.
        """
        parameters = self.model.parameters()
        losses, gradients = [], []
        with self._set_to([parameter.data for parameter in parameters] if numbers is None else numbers):
            for x, y in zip(self.data.inputs.tolist(), self.data.targets.tolist(), strict=True):
                self.model.zero_grad()
                loss = LOSSES[self.recipe.loss]([self.model(x)], [y])
                loss.backward()
                losses.append(loss.data)
                gradients.append([parameter.grad for parameter in parameters])
        return np.array(losses), np.array(gradients)

    @contextmanager
    def _set_to(self, numbers: Sequence[float]) -> Iterator[None]:
        """A context in which the parameters have other numbers."""
        parameters = self.model.parameters()
        kept = [parameter.data for parameter in parameters]
        try:
            for parameter, number in zip(parameters, numbers, strict=True):
                parameter.data = float(number)
            yield
        finally:
            for parameter, number in zip(parameters, kept, strict=True):
                parameter.data = number

    def graph(self) -> Value:
        """The loss on the first point, with every number of it labelled and differentiated."""
        self.model.label_parameters()
        self.model.zero_grad()
        names, data = self.data.input_names, self.data
        inputs = [Value(number, name) for number, name in zip(data.inputs[0].tolist(), names, strict=True)]
        prediction = self.model(inputs)
        for output in prediction if isinstance(prediction, list) else [prediction]:
            output.label = "prediction"
        target = float(data.targets[0])
        loss = LOSSES[self.recipe.loss](
            [prediction], [target if self.recipe.classes else Value(target, data.target_name)]
        )
        loss.label = "loss"
        loss.backward()
        return loss


@dataclass(frozen=True)
class Standardisation:
    """The standard scores of a data set's inputs and targets, and the way back for a model that was trained on them."""

    inputs: Scaling
    target: Scaling

    def scores(self, data: Dataset) -> Dataset:
        """The data in standard scores."""
        scores = self.target.apply(data.targets[:, np.newaxis])[:, 0]
        return replace(data, inputs=self.inputs.apply(data.inputs), targets=scores)

    def fold_into(self, model: Neuron | Layer | MLP) -> None:
        """Change a model's weights so that it takes and gives the data's own units, and answers the same.

        A neuron that gets (x - mean) / deviation for an input answers as one whose weight is divided by the deviation
        and whose bias makes up for the mean; and a last neuron that is linear can do the inverse for its output.
        """
        for neuron in first_neurons(model):
            for weight, mean, deviation in zip(neuron.w, self.inputs.mean, self.inputs.deviation, strict=True):
                weight.data /= float(deviation)
                bias_of(neuron).data -= weight.data * float(mean)
        mean, deviation = float(self.target.mean[0]), float(self.target.deviation[0])
        for neuron in last_neurons(model):
            for parameter in neuron.parameters():
                parameter.data *= deviation
            bias_of(neuron).data += mean


def standardise(data: Dataset, classes: bool = False) -> Standardisation:
    """The standardisation that data call for; classes, which are not measured, keep their numbers."""
    target = Scaling(np.zeros(1), np.ones(1)) if classes else Scaling.of(data.targets[:, np.newaxis])
    return Standardisation(Scaling.of(data.inputs), target)


def start_from_line(model: MLP, data: Dataset, classes: bool) -> None:
    """Set the weights of a network of rectifiers so that it answers as a linear model of the data does.

    In each hidden layer two neurons pass an output on, as z = relu(z) - relu(-z); the others are not listened to yet.

    Args:
        model: with two neurons for each output in every hidden layer.
        data: in standard scores.
        classes: whether the targets are classes.
    """
    slopes, intercepts = linear_model(data, len(model.layers[-1].neurons) if classes else 0)
    both_signs = np.array([[1.0], [-1.0]])
    first, last = np.kron(slopes, both_signs), np.kron(np.eye(len(slopes)), both_signs.T)
    for layer, numbers in zip(model.layers, [first, *(last.T @ last for _ in model.layers[2:]), last], strict=True):
        for row, neuron in zip(numbers.tolist(), layer.neurons, strict=False):
            for weight, number in zip(neuron.w, row + [0.0] * (neuron.nin - len(row)), strict=True):
                weight.data = number
            bias_of(neuron).data = 0.0
    for neuron, intercept in zip(model.layers[-1].neurons, intercepts.tolist(), strict=True):
        bias_of(neuron).data = intercept


def linear_model(data: Dataset, classes: int = 0) -> tuple[Array, Array]:
    """The slopes, outputs x inputs, and the intercepts of a linear model of data in standard scores.

    Of what is measured it is the straight line. Of classes it is the linear discriminant (Fisher 1936; Rao 1948), whose
    scores are right where each class is normal and all spread alike. A little ridge keeps it finite where inputs depend
    on one another, and one point more in each class where there is none.
    """
    x, ridge = data.inputs, 0.01 * np.eye(data.inputs.shape[1])
    if not classes:
        slopes = np.linalg.solve(x.T @ x / len(x) + ridge, (x.T @ data.targets / len(x))[:, np.newaxis]).T
        return np.asarray(slopes, dtype=float), np.zeros(1)
    members = np.eye(classes)[data.targets.astype(int)]
    counts = members.sum(axis=0)
    means = members.T @ x / np.maximum(counts, 1.0)[:, np.newaxis]
    apart = x - members @ means
    slopes = np.linalg.solve(apart.T @ apart / len(x) + ridge, means.T).T
    intercepts: Array = np.log((counts + 1.0) / (len(x) + classes)) - np.sum(means * slopes, axis=1) / 2
    return np.asarray(slopes, dtype=float), intercepts


def first_neurons(model: Neuron | Layer | MLP) -> list[Neuron]:
    """The neurons that get the inputs."""
    if isinstance(model, Neuron):
        return [model]
    return model.neurons if isinstance(model, Layer) else model.layers[0].neurons


def last_neurons(model: Neuron | Layer | MLP) -> list[Neuron]:
    """The neurons that give the outputs."""
    if isinstance(model, Neuron):
        return [model]
    return model.neurons if isinstance(model, Layer) else model.layers[-1].neurons


def bias_of(neuron: Neuron) -> Value:
    """A neuron's bias, which it must have.

    Raises:
        ValueError: if it has none.
    """
    if neuron.b is None:
        raise ValueError(f"{neuron!r} has no bias to hold the mean of what was standardised; give it one")
    return neuron.b


def line(slope: float, intercept: float, inputs: int = 1) -> Callable[[int | None], Neuron]:
    """What makes a linear neuron that starts at some slope and intercept, or at random if it gets a seed.

    Example:
        >>> make = line(5.0, 4.0)
        >>> make(None).state_dict()
        {'w.0': 5.0, 'b': 4.0}
        >>> make(1).state_dict() == make(None).state_dict()
        False
    """

    def make(seed: int | None) -> Neuron:
        neuron = Neuron(inputs, "linear", seed=seed or 0)
        if seed is None:
            neuron.load_state_dict({**{f"w.{i}": slope for i in range(inputs)}, "b": intercept})
        return neuron

    return make


def least_squares(data: Dataset) -> list[float]:
    """The weights and the intercept of the plane that fits best, from NumPy and not from this engine.

    Example:
        >>> from nn import datasets
        >>> [round(number, 9) for number in least_squares(datasets.load("line"))]
        [2.0, 1.0]
    """
    columns = np.column_stack([data.inputs, np.ones(len(data))])
    solution: list[float] = np.linalg.lstsq(columns, data.targets, rcond=None)[0].tolist()
    return solution


def near(what: str, reported: float, obtained: float, within: float, note: str = "") -> Check:
    """A check of what is reported in words.

    Example:
        >>> near("slope", 3.0, 2.9, within=0.2).passed, near("slope", 3.0, 2.5, within=0.2).passed
        (True, False)
    """
    return Check(what, f"near {reported:g}", f"{obtained:.4f}", note, abs(obtained - reported) <= within, SEEN)
