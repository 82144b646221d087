"""What is needed to train one model of the posts, and to hold the result against what its post reports."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from inspect import signature
from pathlib import Path
from typing import Any

import numpy as np

from autograd.engine.choices import choose
from autograd.engine.value import Value
from nn import datasets
from nn.datasets.dataset import Dataset
from nn.datasets.table import Scaling
from nn.layers import MLP, Layer, Neuron, as_list
from nn.losses import LOSSES
from nn.metrics import metric
from nn.module import Array, numbers_of, put_back, set_numbers
from nn.network import layers_of, neurons_of
from nn.optim import OPTIMIZERS
from nn.posts.figures import Check
from nn.prediction import predict
from nn.training.engines import EagerEngine
from nn.training.fit import DivergenceError, TrainingInterrupted, fit
from nn.training.history import History


@dataclass(frozen=True)
class Settings:
    """What `nn.fit` is told."""

    loss: str = "mse"
    optimizer: str = "sgd"
    lr: float = 0.01
    epochs: int = 100
    batch_size: int | None = None
    shuffle: bool = False
    tolerance: float | None = None
    patience: int | None = None
    options: Mapping[str, float] = field(default_factory=dict)  # of the optimiser, such as its momentum


@dataclass(frozen=True)
class Recipe:
    """A model, its data, and how to train it.

    Example:
        >>> recipe = Recipe("line", "a line", line(0.0, 0.0), Settings(lr=0.02, epochs=500))
        >>> run = recipe.train(progress=False)
        >>> [round(number, 2) for number in run.model.state_dict().values()]
        [2.0, 1.0]
    """

    name: str  # what the command line calls it
    title: str  # what it is, in a line
    model: Callable[[int | None], Neuron | Layer | MLP]  # makes it by a seed, or None for the post's own start
    fit: Settings = Settings()
    post: int = 0  # which of the five posts builds it, if one does
    data: Callable[[], Dataset] | None = None  # loads its data, which else are the data set of its name
    from_line: bool = False  # let rectifiers start as a linear model, to end hardly worse on what is watched
    trained: tuple[str, ...] = ()  # which parameters are trained, by name; by default all
    scaled: bool = False  # train on standard scores, and then let the model take and give the data's own units
    classes: bool = False  # the targets are classes, which are not scaled
    held_out: float = 0.0  # the part of the points that the command line keeps for a test
    checks: Callable[["Run"], Sequence[Check]] = lambda run: ()  # holds the result against what is reported
    pictures: Mapping[str, Callable[["Run", Path], None]] = field(default_factory=dict)  # further ones, by file name

    @property
    def loss_label(self) -> str:
        """The loss in words."""
        short = {"mse": "mean squared error", "sse": "sum of squared errors", "mae": "mean absolute error"}
        return short.get(self.fit.loss, self.fit.loss.replace("_", " "))

    def load(self) -> Dataset:
        """The data to train on."""
        return self.data() if self.data is not None else datasets.load(self.name)

    def train(self, seed: int | None = None, **options: Any) -> "Run":
        """Load the data, make the model and train it, with further arguments of `nn.fit` and its errors.

        The seed is for weights and order, None for the post's own start.
        """
        return Run(self, self.load(), self.model(seed), seed or 0).train(**options)


@dataclass
class Run:
    """A model that is trained by a recipe; `history` says what happened until now, `watched` is to validate on."""

    recipe: Recipe
    data: Dataset
    model: Neuron | Layer | MLP
    seed: int = 0
    history: History = field(default_factory=lambda: History([]))
    watched: Dataset | None = None

    def check(self) -> None:
        """Refuse what cannot be trained, before anything is written: train on a few points for no epochs at all."""
        few, watched = self.data.rows(slice(100)), self.watched and self.watched.rows(slice(100))
        self._fit(few, watched, epochs=min(self.recipe.fit.epochs, 0), progress=False, engine="eager")

    def train(self, **options: Any) -> "Run":
        """Train the model, with further arguments of `nn.fit`, and return this.

        If that ends early, by an error of `fit`, the model and the history hold what was reached.
        """
        recipe, points, watched = self.recipe, self.data, self.watched
        scale = standardise(points, recipe.classes) if recipe.scaled else None
        if scale:
            points, watched = scale.scores(points), watched and scale.scores(watched)
        if recipe.from_line and isinstance(self.model, MLP):
            start_from_line(self.model, points, recipe.classes)
        try:
            self.history = self._fit(points, watched, epochs=recipe.fit.epochs, **options)
        except (TrainingInterrupted, DivergenceError) as stop:
            self.history = stop.history
            raise
        finally:
            if scale:
                scale.fold_into(self.model)
        return self

    def _fit(self, points: Dataset, watched: Dataset | None, **options: Any) -> History:
        settings, parameters = self.recipe.fit, dict(self.model.named_parameters())
        trained = [parameters[name] for name in self.recipe.trained or parameters]
        make = choose(settings.optimizer, OPTIMIZERS, "optimizer")
        for name in settings.options:
            if name not in signature(make).parameters:
                raise ValueError(f"the optimizer {settings.optimizer} has no {name}; leave it out, or choose another")
        told = {name: getattr(settings, name) for name in ("loss", "batch_size", "shuffle", "tolerance", "patience")}
        options["optimizer"] = make(trained, settings.lr, **settings.options)
        options["validation"] = None if watched is None else tuple(watched)
        return fit(self.model, points.inputs, points.targets, seed=self.seed, **told, **options)

    def answers_at(self, numbers: Sequence[float]) -> Array:
        """What the model answers at every point if these are its parameters."""
        with put_back(self.model.parameters(), numbers):
            return predict(self.model, self.data.inputs)

    def loss_at(self, *numbers: float) -> float:
        """The loss over all points if these are the parameters."""
        return metric(self.recipe.fit.loss)(self.answers_at(numbers), self.data.targets)

    def shares(self, numbers: Sequence[float] | None = None) -> tuple[Array, Array]:
        """Every point's own loss, and its gradient, points x parameters; of a loss that is a mean their means are its.

        NumPy adds up in another order than a loop does, so a mean that it takes of these is the one that a post
        computed with NumPy, to the last digit. The parameters are those that the model has, if none are given.
        """
        parameters = self.model.parameters()
        engine = EagerEngine(self.model, LOSSES[self.recipe.fit.loss], parameters, *self.data)
        with put_back(parameters, numbers):
            here = numbers_of(parameters)
            found = [engine.loss_and_gradient(here, slice(i, i + 1)) for i in range(len(self.data))]
        return np.array([loss for loss, _ in found]), np.array([gradient for _, gradient in found])

    def graph(self) -> Value:
        """The loss on the first point, with every number of it labelled and differentiated."""
        self.model.label_parameters()
        self.model.zero_grad()
        names, data = self.data.input_names, self.data
        inputs = [Value(number, name) for number, name in zip(data.inputs[0].tolist(), names, strict=True)]
        prediction = self.model(inputs)
        for output in as_list(prediction):
            output.label = "prediction"
        target = float(data.targets[0])
        asked = target if self.recipe.classes else Value(target, data.target_name)
        loss = LOSSES[self.recipe.fit.loss]([prediction], [asked])
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
        return replace(data, inputs=self.inputs.apply(data.inputs), targets=self.target.apply(data.targets))

    def fold_into(self, model: Neuron | Layer | MLP) -> None:
        """Change a model's weights so that it takes and gives the data's own units, and answers the same.

        A neuron that gets (x - mean) / deviation for an input answers as one whose weight is divided by the deviation
        and whose bias makes up for the mean; and a last neuron that is linear can do the inverse for its output.
        """
        layers = layers_of(model)
        for neuron in neurons_of(layers[0]):
            for weight, mean, deviation in zip(neuron.w, self.inputs.mean, self.inputs.deviation, strict=True):
                weight.data /= float(deviation)
                bias_of(neuron).data -= weight.data * float(mean)
        for neuron in neurons_of(layers[-1]):
            for parameter in neuron.parameters():
                parameter.data *= float(self.target.deviation)
            bias_of(neuron).data += float(self.target.mean)


def standardise(data: Dataset, classes: bool = False) -> Standardisation:
    """The standardisation that data call for; classes, which are not measured, keep their numbers."""
    target = Scaling(np.zeros(()), np.ones(())) if classes else Scaling.of(data.targets)
    return Standardisation(Scaling.of(data.inputs), target)


def start_from_line(model: MLP, data: Dataset, classes: bool) -> None:
    """Set the weights of a network of rectifiers so that it answers as a linear model of the data does.

    In each hidden layer two neurons pass an output on, as z = relu(z) - relu(-z), so there must be as many; the others
    are not listened to yet. The data are in standard scores.
    """
    slopes, intercepts = linear_model(data, len(model.layers[-1].neurons) if classes else 0)
    both_signs = np.array([[1.0], [-1.0]])
    first, last = np.kron(slopes, both_signs), np.kron(np.eye(len(slopes)), both_signs.T)
    for layer, numbers in zip(model.layers, [first, *(last.T @ last for _ in model.layers[2:]), last], strict=True):
        for row, neuron in zip(numbers.tolist(), layer.neurons, strict=False):
            set_numbers(neuron.w, row + [0.0] * (neuron.nin - len(row)))
            bias_of(neuron).data = 0.0
    set_numbers(map(bias_of, model.layers[-1].neurons), intercepts.tolist())


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


def error_of_line(data: Dataset) -> float:
    """The mean squared error of the straight line that fits best, through points of one input."""
    slope, intercept = least_squares(data)
    return float(np.mean((data.targets - slope * data.inputs[:, 0] - intercept) ** 2))


def bias_of(neuron: Neuron) -> Value:
    """A neuron's bias, which it must have; else a ValueError."""
    if neuron.b is None:
        raise ValueError(f"{neuron!r} has no bias to hold the mean of what was standardised; give it one")
    return neuron.b


def line(slope: float, intercept: float, *, inputs: int = 1) -> Callable[[int | None], Neuron]:
    """What makes a linear neuron that starts at some slope and intercept, or at random if it gets a seed.

    Example:
        >>> line(5.0, 4.0)(None).state_dict()
        {'w.0': 5.0, 'b': 4.0}
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
    return [float(number) for number in np.linalg.lstsq(columns, data.targets, rcond=None)[0]]
