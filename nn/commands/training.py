"""Train one model: one of the posts', a network on one of their data sets, or a network on a CSV file of the user's."""

from __future__ import annotations

import shlex
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.engine.choices import choose
from nn.commands.arguments import PROGRAM, names, share, sizes
from nn.commands.folder import CHECKPOINT, check_pictures, give_back, leave_model, leave_pictures, take_place, workplace
from nn.commands.index import write_index
from nn.datasets import DATASETS
from nn.datasets.table import coded, hold_out, read
from nn.layers import MLP
from nn.losses import CLASSIFIERS, LOSSES
from nn.metrics import accuracy, metric, r2
from nn.optim import OPTIMIZERS
from nn.posts import RECIPES, Recipe
from nn.posts.recipe import first_neurons, last_neurons, linear_model, standardise
from nn.prediction import predict
from nn.training.fit import DivergenceError, TrainingInterrupted

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Sequence

    from nn.datasets.dataset import Dataset
    from nn.posts import Run

PATH_LIMIT = 100
"""The path of a model with more parameters is not kept: over many epochs it would outgrow everything else."""
LEAST_TO_WATCH = 8
"""With fewer points to train on none are kept for validation, if nobody asks for it."""
LINE_LIMIT = 1000
"""With more inputs no straight line is fitted: that takes longer than the training."""
STOPPED = {
    "epochs": "as many as there were to be",
    "tolerance": "as the loss hardly changed any more",
    "patience": "as the validation loss had long not become less; the model is that of the best epoch, {best:,}",
}
"""What ended a training, in words."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Say which arguments there are. What is left out is left to the recipe."""
    add = parser.add_argument
    add("name", metavar="NAME", help="a model, a data set, or a CSV file")
    add("--target", metavar="COLUMN", help="of a CSV file: the column to predict; texts are classes")
    add("--features", type=names, metavar="A,B", help="of a CSV file: the columns to predict it from")
    add("--missing", choices=("drop", "mean"), help="of a CSV file: what to do about rows with empty cells")
    add("--test", type=share, default=0.2, metavar="SHARE", help="of a CSV file: held out to test on (0.2)")
    add("--validation", type=share, metavar="SHARE", help="of the others: watched while training (0.2 of a CSV file's)")
    add("--patience", type=int, metavar="N", help="epochs to wait for a smaller validation loss (20)")
    add("--hidden", type=sizes, metavar="16,16", help="train a network with so many hidden neurons")
    add("--activation", metavar="NAME", help="of the hidden neurons, such as relu or tanh")
    add("--loss", metavar="NAME", help=f"one of {', '.join(LOSSES)}")
    add("--optimizer", metavar="NAME", help=f"one of {', '.join(OPTIMIZERS)}")
    add("--lr", type=float, metavar="RATE", help="the learning rate")
    add("--momentum", type=float, metavar="SHARE", help="how much of its last move sgd makes again")
    add("--weight-decay", type=float, metavar="RATE", help="how fast parameters shrink")
    add("--epochs", type=int, metavar="N", help="how many times to go through the points, at most")
    add("--batch-size", type=int, metavar="N", help="points a step; shuffles them, too")
    add("--seed", type=int, metavar="N", help="for initial weights, shuffling and what is held out")
    add("--out", metavar="DIR", help="where to leave everything (runs/NAME)")
    add("--resume", action="store_true", help="go on from where an interrupted training stopped")


def run(args: argparse.Namespace) -> int:
    """Train one model, or a network on a CSV file: print how it went, and leave the files in a folder.

    What an earlier run left there stays until the new one is whole.

    Returns:
        0; 1 if the loss diverged; 130 if the training was interrupted.

    Raises:
        ValueError, TypeError, OSError: if a wish cannot be met; nothing has been touched then.
    """
    recipe, parts, metadata = table_recipe(args) if is_table(args.name) else named_recipe(args)
    out = args.out or str(Path("runs") / recipe.name)
    training = recipe.prepare(args.seed)
    if recipe.epochs == 0:
        raise ValueError("epochs must be at least 1 for a training to leave something, but got 0")
    training.check()
    check_pictures()
    folder = workplace(out, args.resume)
    print(f"{recipe.title}: {training.model!r}, {len(training.data):,} points")
    try:
        training.train(
            checkpoint=folder / CHECKPOINT,
            checkpoint_seconds=5.0,
            resume=args.resume,
            keep_path=len(training.model.parameters()) <= PATH_LIMIT,
        )
    except DivergenceError as error:
        leave_model(training, folder, **metadata)
        print(f"{error}\nThe model and the history of the epochs before that are in {folder}/.")
        return 1
    except TrainingInterrupted:
        leave_model(training, folder, **metadata)
        print(f"\nInterrupted after {len(training.history):,} of {training.recipe.epochs:,} epochs.")
        print(f"What was reached is in {folder}/: model.json, history.csv and checkpoint.json.")
        print(f"Go on with: {going_on(args)}")
        return 130
    except (ValueError, TypeError):
        give_back(folder, out)
        raise
    leave_model(training, folder, **metadata)
    leave_pictures(training, folder)
    take_place(folder, out)
    report(training, parts)
    if not args.out:
        write_index(Path(out).parent)
    print(f"Model, history, pictures and the page that plays the training are in {out}/.")
    return 0


def is_table(name: str) -> bool:
    """Whether a name is that of a file and not that of a model."""
    return name not in RECIPES and (Path(name).suffix.lower() in (".csv", ".tsv", ".txt") or Path(name).is_file())


Parts = dict[str, "Dataset"]


def named_recipe(args: argparse.Namespace) -> tuple[Recipe, Parts, dict[str, Any]]:
    """The recipe of that name, changed as wished; with --hidden or --activation for a network instead of its model."""
    choose(args.name, {**DATASETS, **RECIPES}, "model or data set")
    if args.target or args.features or args.missing:
        raise ValueError(f"--target and --features are for CSV files, and {args.name!r} is none")
    known = args.name in RECIPES
    recipe = RECIPES[args.name] if known else Recipe(args.name, "", 0, DATASETS[args.name], network(1, (), None))
    data = recipe.data()
    if not known or args.hidden is not None or args.activation is not None:
        hidden = (8, 8) if args.hidden is None else args.hidden
        before = recipe.model(None)
        deep = isinstance(before, MLP) and len(before.layers) > 1
        activation = first_neurons(before)[0].activation if deep else None
        outputs = int(data.targets.max()) + 1 if recipe.loss == "cross_entropy" else 1
        recipe = replace(
            recipe,
            title=f"a network on the data of {recipe.name}",
            model=network(len(data.input_names), hidden, args.activation or activation, outputs),
            optimizer="adam",
            lr=0.01,
            tolerance=None,
            trained=(),
            scaled=True,
            pictures={},
        )
    recipe = adapted(recipe, args)
    test = recipe.held_out
    seed = args.seed or 0
    if not test and not args.validation:
        return with_parts(recipe, {"all points": data})
    order = np.arange(len(data))
    trained_on, held_out = hold_out(len(data), test, seed) if test else (order, order[:0])
    return with_parts(recipe, split(data, trained_on, held_out, args.validation or 0.0, seed))


def table_recipe(args: argparse.Namespace) -> tuple[Recipe, Parts, dict[str, Any]]:
    """A recipe for a network on the training part of a CSV file."""
    table = read(args.name)
    if args.target is None:
        raise ValueError(f"{args.name!r} is a table; name the column to predict with --target")
    if args.loss is not None:
        choose(args.loss, LOSSES, "loss")
    wanted = None if args.loss is None else args.loss in CLASSIFIERS
    data, columns = coded(table, args.target, args.features, args.missing, wanted)
    dropped = len(table.rows) - len(data)
    if dropped:
        print(f"{dropped} of {len(table.rows)} rows were left out, as cells in them are empty.")
    if data.classes:
        print(f"{data.target_name} is taken for a class, one of {len(data.classes)}: {shortened(data.classes)}.")
        if wanted is None and all(name.lstrip("-").isdigit() for name in data.classes):
            print("If it is a number, say so with --loss mse.")
    elif len(set(data.targets.tolist())) <= 20 and (data.targets == np.floor(data.targets)).all() and not args.loss:
        print(f"{data.target_name} is taken for a number; if it is a class, say so with --loss cross_entropy.")
    loss = args.loss or ("cross_entropy" if data.classes else "mse")
    if len(data.classes) == 1:
        raise ValueError(
            f"the target {data.target_name!r} is {data.classes[0]!r} in every row: there is nothing to learn"
        )
    if loss == "cross_entropy" and not data.classes:
        raise ValueError(f"{loss} needs classes, but the target {data.target_name!r} is a number; leave out --loss")
    if data.classes and loss not in CLASSIFIERS:
        raise ValueError(f"the target {data.target_name!r} has classes, which {loss} cannot take; leave out --loss")
    if loss in ("binary_cross_entropy", "hinge") and len(data.classes) > 2:
        raise ValueError(
            f"{loss} takes two classes, but {data.target_name!r} has {len(data.classes)}; use cross_entropy"
        )
    outputs = len(data.classes) if loss == "cross_entropy" else 1
    hidden = (64 if len(data.input_names) <= LINE_LIMIT else 16,) if args.hidden is None else args.hidden
    from_line = (
        loss in ("mse", "cross_entropy")
        and min(hidden, default=0) >= 2 * outputs
        and args.activation in (None, "relu")
        and len(data.input_names) <= LINE_LIMIT
    )
    recipe = Recipe(
        name=data.name,
        title=f"{data.target_name} from {data.inputs_in_words()}",
        post=0,
        data=lambda: data,
        model=network(len(data.input_names), hidden, args.activation, outputs),
        loss=loss,
        optimizer="adam",
        lr=0.001 if from_line else 0.01,  # small steps from what is good, and large ones from anywhere
        options={"weight_decay": 0.3},
        epochs=200,
        from_line=from_line,
        batch_size=32,
        shuffle=True,
        scaled=True,
    )
    seed = args.seed or 0
    trained_on, held_out = hold_out(len(data), args.test, seed)
    watched = args.validation or (0.2 if len(trained_on) >= LEAST_TO_WATCH else 0.0)
    parts = split(data, trained_on, held_out, watched, seed)
    metadata = {"columns": [asdict(column) for column in columns], "features": [column.name for column in columns]}
    return with_parts(adapted(recipe, args), parts, metadata)


def split(data: Dataset, rows: Any, held_out: Any, watched: float, seed: int) -> Parts:
    """The parts of the data: to train on, to watch, and to test on."""
    validation = rows[:0]
    if watched and len(rows) > 1:
        trained_on, validation = (rows[each] for each in hold_out(len(rows), watched, seed))
        rows = trained_on
    parts = {"the training part": rows, "the validation part": validation, "the test part": held_out}
    return {
        name: replace(data, inputs=data.inputs[each], targets=data.targets[each])
        for name, each in parts.items()
        if len(each)
    }


def with_parts(
    recipe: Recipe, parts: Parts, metadata: dict[str, Any] | None = None
) -> tuple[Recipe, Parts, dict[str, Any]]:
    """The recipe that trains on the first of the parts and watches the second; and the parts as its loss needs them."""
    parts = {name: as_wished(data, recipe.loss) for name, data in parts.items()}
    trained_on, watched = next(iter(parts.values())), parts.get("the validation part")
    patience = None if watched is None else recipe.patience or 20
    recipe = replace(
        recipe, data=lambda: trained_on, watched=None if watched is None else lambda: watched, patience=patience
    )
    return recipe, parts, metadata or {}


def adapted(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe, with its settings as wished."""
    wishes = {name: getattr(args, name) for name in ("epochs", "lr", "batch_size", "optimizer", "loss", "patience")}
    options = {name: getattr(args, name) for name in ("momentum", "weight_decay") if getattr(args, name) is not None}
    for name, table in (("loss", LOSSES), ("optimizer", OPTIMIZERS)):
        if wishes[name] is not None:
            choose(wishes[name], table, name)
    if args.patience is not None and args.validation is None and not is_table(args.name):
        raise ValueError("--patience needs points to watch; give --validation 0.2")
    recipe = replace(recipe, **{name: wish for name, wish in wishes.items() if wish is not None})
    return replace(
        recipe,
        options={**recipe.options, **options},
        shuffle=recipe.shuffle or args.batch_size is not None,
        classes=recipe.classes or recipe.loss in CLASSIFIERS,
    )


def as_wished(data: Dataset, loss: str) -> Dataset:
    """The data, with classes 0 and 1 turned into the -1 and 1 that the hinge loss needs."""
    if loss == "hinge" and set(data.targets.tolist()) <= {0.0, 1.0}:
        return replace(data, targets=2 * data.targets - 1)
    return data


def network(
    inputs: int, hidden: tuple[int, ...], activation: str | None, outputs: int = 1
) -> Callable[[int | None], MLP]:
    """What makes a network with so many hidden neurons and linear outputs."""
    return lambda seed: MLP(inputs, [*hidden, outputs], activation or "relu", seed=seed or 0)


def report(training: Run, parts: Parts) -> None:
    """Print how good the model is on each part of the data, beside what can be had without a network."""
    loss, history = training.recipe.loss, training.history
    why = STOPPED[history.stopped].format(best=history.best_epoch or 0)
    print(f"stopped after {len(history):,} epoch{'' if len(history) == 1 else 's'}, {why}")
    baselines = baselines_of(training)
    for name, data in parts.items():
        outputs = predict(training.model, data.inputs)
        line = f"{loss} on {name} ({len(data):,} point{'' if len(data) == 1 else 's'}): {metric(loss)(outputs, data.targets):.6g}"
        line += f", {quality(loss, outputs, data)}"
        for baseline, answer in baselines.items():
            line += f"; {baseline}: {quality(loss, answer(data.inputs), data, True)}"
        print(line)


def quality(loss: str, outputs: Any, data: Dataset, with_loss: bool = False) -> str:
    """How good answers are, in what people read: the share of right classes, or R²."""
    if loss in CLASSIFIERS:
        return f"{accuracy(outputs, data.targets):.1%}{'' if with_loss else ' of the answers right'}"
    shown = f"{metric(loss)(outputs, data.targets):.6g}, " if with_loss else ""
    return f"{shown}R² {r2(outputs, data.targets):.3f}"


def baselines_of(training: Run) -> dict[str, Callable[[Any], Any]]:
    """What answers without a network, by name, from the training part: the commonest class or the mean, and a straight line."""
    data = training.data
    if training.recipe.loss in CLASSIFIERS:
        classes, counts = np.unique(data.targets, return_counts=True)
        commonest = classes[np.argmax(counts)]
        several = training.recipe.loss == "cross_entropy"
        scores = np.eye(int(commonest) + 1)[int(commonest)] if several else float(commonest > 0) - 0.5
        name = data.classes[int(max(commonest, 0))] if data.classes else f"{commonest:g}"
        found: dict[str, Callable[[Any], Any]] = {f"always {name}": lambda inputs: np.array([scores] * len(inputs))}
        if several and data.inputs.shape[1] <= LINE_LIMIT:
            scale = standardise(data, classes=True)
            slopes, intercepts = linear_model(scale.scores(data), len(last_neurons(training.model)))
            found["a linear model"] = lambda inputs: scale.inputs.apply(inputs) @ slopes.T + intercepts
        return found
    mean = float(np.mean(data.targets))
    baselines: dict[str, Callable[[Any], Any]] = {"the mean": lambda inputs: np.full(len(inputs), mean)}
    if data.inputs.shape[1] <= min(len(data) - 2, LINE_LIMIT):
        low = data.inputs.mean(axis=0)
        size = np.abs(data.inputs - low).max(axis=0)
        size[size == 0] = 1.0
        line = np.linalg.lstsq((data.inputs - low) / size, data.targets - mean, rcond=None)[0]
        baselines["a straight line"] = lambda inputs: (inputs - low) / size @ line + mean
    return baselines


def shortened(words: Sequence[str]) -> str:
    """Words in a list; of many the first."""
    return ", ".join(words[:10]) + (", ..." if len(words) > 10 else "")


def going_on(args: argparse.Namespace) -> str:
    """The command that continues this training."""
    return f"{PROGRAM} {shlex.join([word for word in args.words if word != '--resume'])} --resume"
