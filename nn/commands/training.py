"""Train one model: one of the posts', a network on one of their data sets, or a network on a CSV file of the user's."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from nn.choices import choose
from nn.commands.folder import leave_model, leave_pictures, writable_folder
from nn.datasets.table import hold_out, load_table
from nn.layers import MLP
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS
from nn.plots import answers
from nn.posts import RECIPES, Recipe
from nn.training.fit import DivergenceError, TrainingInterrupted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from nn.datasets.dataset import Dataset
    from nn.posts import Run

CLASSIFIERS = ("binary_cross_entropy", "hinge", "cross_entropy")
PATH_LIMIT = 100
"""The path of a model with more parameters is not kept: over many epochs it would outgrow everything else."""


@dataclass(frozen=True)
class Wishes:
    """What the command line asks for; None where it leaves the choice to the recipe."""

    name: str
    epochs: int | None = None
    lr: float | None = None
    batch_size: int | None = None
    optimizer: str | None = None
    seed: int | None = None
    hidden: tuple[int, ...] | None = None
    activation: str | None = None
    loss: str | None = None
    out: str | None = None
    resume: bool = False
    target: str | None = None
    features: tuple[str, ...] | None = None
    test: float = 0.2
    command: tuple[str, ...] = ()


def train(wishes: Wishes) -> int:
    """Train as wished, print how it went, and leave the files in a folder.

    Returns:
        0; 1 if the loss diverged; 130 if the training was interrupted.

    Raises:
        ValueError, TypeError, OSError: if a wish cannot be met.
    """
    check_names(wishes)
    recipe, test = table_recipe(wishes) if is_table(wishes.name) else held_out(named_recipe(wishes), wishes)
    if wishes.out is None:
        wishes = replace(wishes, out=str(Path("runs") / recipe.name))
    run = recipe.prepare(wishes.seed)
    run.check()
    if wishes.resume and not Path(str(wishes.out), "checkpoint.json").exists():
        raise FileNotFoundError(f"there is nothing to resume in {wishes.out!r}; leave out --resume, or name --out")
    folder = writable_folder(str(wishes.out))
    print(f"{recipe.title}: {run.model!r}, {len(run.data)} points")
    try:
        run.train(
            checkpoint=folder / "checkpoint.json",
            checkpoint_seconds=5.0,
            resume=wishes.resume,
            keep_path=len(run.model.parameters()) <= PATH_LIMIT,
        )
    except DivergenceError as error:
        leave_model(run, folder)
        print(f"{error}\nThe model and the history of the epochs before that are in {folder}/.")
        return 1
    except TrainingInterrupted:
        leave_model(run, folder)
        print(f"\nInterrupted after {len(run.history):,} of {run.recipe.epochs:,} epochs.")
        print(f"What was reached is in {folder}/: model.json, history.csv and checkpoint.json.")
        print(f"Go on with: {going_on(wishes)}")
        return 130
    leave_model(run, folder)
    leave_pictures(run, folder)
    report(run, test)
    print(f"Model, history and pictures are in {folder}/.")
    return 0


def check_names(wishes: Wishes) -> None:
    """Refuse a loss, optimiser or activation that does not exist, and options that do not go together.

    Raises:
        ValueError: if something is wrong.
    """
    if wishes.loss is not None:
        choose(wishes.loss, LOSSES, "loss")
    if wishes.optimizer is not None:
        choose(wishes.optimizer, OPTIMIZERS, "optimizer")
    if is_table(wishes.name):
        if wishes.target is None:
            raise ValueError(f"{wishes.name!r} is a table; name the column to predict with --target")
    elif wishes.target is not None or wishes.features is not None:
        raise ValueError(f"--target and --features are for CSV files, and {wishes.name!r} is none")


def is_table(name: str) -> bool:
    """Whether a name is that of a file and not that of a model."""
    return name not in RECIPES and (Path(name).suffix.lower() in (".csv", ".tsv", ".txt") or Path(name).is_file())


def named_recipe(wishes: Wishes) -> Recipe:
    """The recipe of that name, changed as wished; with --hidden or --activation for a network instead of its model."""
    recipe = choose(wishes.name, RECIPES, "model or data set")
    if wishes.hidden is not None or wishes.activation is not None:
        hidden = (8, 8) if wishes.hidden is None else wishes.hidden
        recipe = replace(
            recipe,
            title=f"a network on the data of {recipe.name}",
            model=network(len(recipe.data().input_names), hidden, wishes.activation, outputs(recipe)),
            optimizer="adam",
            lr=0.01,
            tolerance=None,
            trained=(),
            scaled=True,
            pictures={},
            twin=None,
        )
    return adapted(recipe, wishes)


def held_out(recipe: Recipe, wishes: Wishes) -> tuple[Recipe, Dataset | None]:
    """The recipe with what it does not hold out of its data, and what it does."""
    if not recipe.held_out:
        return recipe, None
    data = recipe.data()
    trained_on, test = (select(data, rows) for rows in hold_out(len(data), recipe.held_out, wishes.seed or 0))
    return replace(recipe, data=lambda: trained_on), test


def outputs(recipe: Recipe) -> int:
    """How many outputs a network on a recipe's data needs: one, or one for each class."""
    return int(recipe.data().targets.max()) + 1 if recipe.loss == "cross_entropy" else 1


def table_recipe(wishes: Wishes) -> tuple[Recipe, Dataset]:
    """A recipe for a network on the training part of a CSV file, and the part that is held out."""
    data = load_table(wishes.name, str(wishes.target), wishes.features)
    trained_on, test = (select(data, rows) for rows in hold_out(len(data), wishes.test, wishes.seed or 0))
    recipe = Recipe(
        name=data.name,
        title=f"{data.target_name} from {data.inputs_in_words()}",
        post=0,
        data=lambda: trained_on,
        model=network(len(data.input_names), (16, 16) if wishes.hidden is None else wishes.hidden, wishes.activation),
        optimizer="adam",
        batch_size=32,
        shuffle=True,
        scaled=True,
    )
    recipe = adapted(recipe, wishes)
    return recipe, as_wished(test, recipe.loss)


def adapted(recipe: Recipe, wishes: Wishes) -> Recipe:
    """The recipe, with its settings as wished."""
    changes = {name: getattr(wishes, name) for name in ("epochs", "lr", "batch_size", "optimizer", "loss")}
    recipe = replace(recipe, **{name: wish for name, wish in changes.items() if wish is not None})
    data = recipe.data
    return replace(
        recipe,
        shuffle=recipe.shuffle or wishes.batch_size is not None,
        classes=recipe.classes or recipe.loss in CLASSIFIERS,
        data=lambda: as_wished(data(), recipe.loss),
    )


def as_wished(data: Dataset, loss: str) -> Dataset:
    """The data, with classes 0 and 1 turned into the -1 and 1 that the hinge loss needs."""
    if loss == "hinge" and set(data.targets.tolist()) <= {0.0, 1.0}:
        return replace(data, targets=2 * data.targets - 1)
    return data


def select(data: Dataset, rows: Sequence[int] | np.ndarray) -> Dataset:
    """Some of the points."""
    return replace(data, inputs=data.inputs[rows], targets=data.targets[rows])


def network(
    inputs: int, hidden: tuple[int, ...], activation: str | None, outputs: int = 1
) -> Callable[[int | None], MLP]:
    """What makes a network with so many hidden neurons and linear outputs."""
    return lambda seed: MLP(inputs, [*hidden, outputs], activation or "relu", seed=seed or 0)


def report(run: Run, test: Dataset | None) -> None:
    """Print the loss, of the part that was held out as well, and how often a classifier is right."""
    parts = [("all points" if test is None else "the training part", run.data)]
    if test is not None:
        parts.append(("the test part", test))
    print(f"stopped after {len(run.history):,} epochs: {run.history.stopped}")
    for name, data in parts:
        loss = run.loss_on(data)
        line = f"{run.recipe.loss} on {name} ({len(data)} points): {loss:.6g}"
        if run.recipe.loss in CLASSIFIERS:
            answer = answers(run.model, data.inputs)
            right = answer == data.targets if run.recipe.loss == "cross_entropy" else (answer > 0) == (data.targets > 0)
            line += f", {right.mean():.1%} of the answers right"
        print(line)


def going_on(wishes: Wishes) -> str:
    """The command that continues this training."""
    words = [word for word in wishes.command if word != "--resume"]
    return shlex.join(["python", "-m", "nn", *words, "--resume"])
