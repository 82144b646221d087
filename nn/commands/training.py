"""Train one model: one of the posts', a network on one of their data sets, or a network on a CSV file of the user's."""

from __future__ import annotations

import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from autograd.engine.choices import choose
from nn.commands.arguments import PROGRAM, names, share, sizes
from nn.commands.folder import leave_model, leave_pictures, writable_folder
from nn.datasets import DATASETS
from nn.datasets.table import hold_out, load_table
from nn.layers import MLP
from nn.losses import LOSSES
from nn.optim import OPTIMIZERS
from nn.plots import answers
from nn.posts import RECIPES, Recipe
from nn.training.fit import DivergenceError, TrainingInterrupted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from nn.datasets.dataset import Dataset
    from nn.posts import Run

CLASSIFIERS = ("binary_cross_entropy", "hinge", "cross_entropy")
PATH_LIMIT = 100
"""The path of a model with more parameters is not kept: over many epochs it would outgrow everything else."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are. What is left out is left to the recipe."""
    add = parser.add_argument
    add("name", metavar="NAME", help="a model, a data set, or a CSV file")
    add("--target", metavar="COLUMN", help="of a CSV file: the column to predict")
    add("--features", type=names, metavar="A,B", help="of a CSV file: the columns to predict it from")
    add("--test", type=share, default=0.2, metavar="SHARE", help="of a CSV file: held out to test on (0.2)")
    add("--hidden", type=sizes, metavar="16,16", help="train a network with so many hidden neurons")
    add("--activation", metavar="NAME", help="of the hidden neurons, such as relu or tanh")
    add("--loss", metavar="NAME", help=f"one of {', '.join(LOSSES)}")
    add("--optimizer", metavar="NAME", help=f"one of {', '.join(OPTIMIZERS)}")
    add("--lr", type=float, metavar="RATE", help="the learning rate")
    add("--epochs", type=int, metavar="N", help="how many times to go through the points")
    add("--batch-size", type=int, metavar="N", help="points a step; shuffles them, too")
    add("--seed", type=int, metavar="N", help="for initial weights, shuffling and what is held out")
    add("--out", metavar="DIR", help="where to leave everything (runs/NAME)")
    add("--resume", action="store_true", help="go on from where an interrupted training stopped")


def run(args: argparse.Namespace) -> int:
    """Train one model, or a network on a CSV file: print how it went, and leave the files in a folder.

    Returns:
        0; 1 if the loss diverged; 130 if the training was interrupted.

    Raises:
        ValueError, TypeError, OSError: if a wish cannot be met.
    """
    check_names(args)
    recipe, test = table_recipe(args) if is_table(args.name) else held_out(named_recipe(args), args)
    out = args.out or str(Path("runs") / recipe.name)
    training = recipe.prepare(args.seed)
    training.check()
    if args.resume and not Path(out, "checkpoint.json").exists():
        raise FileNotFoundError(f"there is nothing to resume in {out!r}; leave out --resume, or name --out")
    folder = writable_folder(out)
    print(f"{recipe.title}: {training.model!r}, {len(training.data)} points")
    try:
        training.train(
            checkpoint=folder / "checkpoint.json",
            checkpoint_seconds=5.0,
            resume=args.resume,
            keep_path=len(training.model.parameters()) <= PATH_LIMIT,
        )
    except DivergenceError as error:
        leave_model(training, folder)
        print(f"{error}\nThe model and the history of the epochs before that are in {folder}/.")
        return 1
    except TrainingInterrupted:
        leave_model(training, folder)
        print(f"\nInterrupted after {len(training.history):,} of {training.recipe.epochs:,} epochs.")
        print(f"What was reached is in {folder}/: model.json, history.csv and checkpoint.json.")
        print(f"Go on with: {going_on(args)}")
        return 130
    leave_model(training, folder)
    leave_pictures(training, folder)
    report(training, test)
    print(f"Model, history and pictures are in {folder}/.")
    return 0


def check_names(args: argparse.Namespace) -> None:
    """Refuse a loss, optimiser or activation that does not exist, and options that do not go together.

    Raises:
        ValueError: if something is wrong.
    """
    if args.loss is not None:
        choose(args.loss, LOSSES, "loss")
    if args.optimizer is not None:
        choose(args.optimizer, OPTIMIZERS, "optimizer")
    if is_table(args.name):
        if args.target is None:
            raise ValueError(f"{args.name!r} is a table; name the column to predict with --target")
    elif args.target is not None or args.features is not None:
        raise ValueError(f"--target and --features are for CSV files, and {args.name!r} is none")


def is_table(name: str) -> bool:
    """Whether a name is that of a file and not that of a model."""
    return name not in RECIPES and (Path(name).suffix.lower() in (".csv", ".tsv", ".txt") or Path(name).is_file())


def named_recipe(args: argparse.Namespace) -> Recipe:
    """The recipe of that name, changed as wished; with --hidden or --activation for a network instead of its model."""
    choose(args.name, {**DATASETS, **RECIPES}, "model or data set")
    known = args.name in RECIPES
    recipe = RECIPES[args.name] if known else Recipe(args.name, "", 0, DATASETS[args.name], network(1, (), None))
    if not known or args.hidden is not None or args.activation is not None:
        hidden = (8, 8) if args.hidden is None else args.hidden
        recipe = replace(
            recipe,
            title=f"a network on the data of {recipe.name}",
            model=network(len(recipe.data().input_names), hidden, args.activation, outputs(recipe)),
            optimizer="adam",
            lr=0.01,
            tolerance=None,
            trained=(),
            scaled=True,
            pictures={},
        )
    return adapted(recipe, args)


def held_out(recipe: Recipe, args: argparse.Namespace) -> tuple[Recipe, Dataset | None]:
    """The recipe with what it does not hold out of its data, and what it does."""
    if not recipe.held_out:
        return recipe, None
    data = recipe.data()
    trained_on, test = (select(data, rows) for rows in hold_out(len(data), recipe.held_out, args.seed or 0))
    return replace(recipe, data=lambda: trained_on), test


def outputs(recipe: Recipe) -> int:
    """How many outputs a network on a recipe's data needs: one, or one for each class."""
    return int(recipe.data().targets.max()) + 1 if recipe.loss == "cross_entropy" else 1


def table_recipe(args: argparse.Namespace) -> tuple[Recipe, Dataset]:
    """A recipe for a network on the training part of a CSV file, and the part that is held out."""
    data = load_table(args.name, str(args.target), args.features)
    trained_on, test = (select(data, rows) for rows in hold_out(len(data), args.test, args.seed or 0))
    recipe = Recipe(
        name=data.name,
        title=f"{data.target_name} from {data.inputs_in_words()}",
        post=0,
        data=lambda: trained_on,
        model=network(len(data.input_names), (16, 16) if args.hidden is None else args.hidden, args.activation),
        optimizer="adam",
        batch_size=32,
        shuffle=True,
        scaled=True,
    )
    recipe = adapted(recipe, args)
    return recipe, as_wished(test, recipe.loss)


def adapted(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe, with its settings as wished."""
    changes = {name: getattr(args, name) for name in ("epochs", "lr", "batch_size", "optimizer", "loss")}
    recipe = replace(recipe, **{name: wish for name, wish in changes.items() if wish is not None})
    data = recipe.data
    return replace(
        recipe,
        shuffle=recipe.shuffle or args.batch_size is not None,
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


def going_on(args: argparse.Namespace) -> str:
    """The command that continues this training."""
    return f"{PROGRAM} {shlex.join([word for word in args.words if word != '--resume'])} --resume"
