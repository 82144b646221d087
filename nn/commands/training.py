"""Train one model: one of the posts', a network on one of their data sets, or a network on a CSV file of the user's."""

import argparse
import shlex
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from autograd.engine.choices import choose
from nn.commands.arguments import OF_OPTIMIZERS, PROGRAM, names, share, sizes
from nn.commands.folder import CHECKPOINT, check_pictures, give_back, leave_model, leave_pictures, take_place, workplace
from nn.commands.index import write_index
from nn.datasets import DATASETS
from nn.datasets.dataset import Dataset
from nn.datasets.table import first, hold_out, load_table, read
from nn.layers import MLP
from nn.losses import CLASSIFIERS, LOSSES
from nn.metrics import accuracy, metric, r2
from nn.optim import OPTIMIZERS
from nn.posts import RECIPES, Recipe, Run, Settings
from nn.posts.recipe import linear_model, standardise
from nn.prediction import predict
from nn.training.fit import DivergenceError, TrainingInterrupted

PATH_LIMIT = 100  # of a model with more parameters no path is kept: over many epochs it would outgrow all else
LEAST_TO_WATCH = 8  # with fewer points to train on none are kept for validation, if nobody asks for it
LINE_LIMIT = 1000  # with more inputs no straight line is fitted: that takes longer than the training
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

    What an earlier run left there stays until the new one is whole. If a wish cannot be met, nothing is touched.

    Returns:
        0; 1 if the loss diverged; 130 if the training was interrupted.
    """
    training, parts = prepared(args)
    recipe = training.recipe
    if recipe.fit.epochs == 0:
        raise ValueError("epochs must be at least 1 for a training to leave something, but got 0")
    training.check()
    check_pictures()
    out = args.out or str(Path("runs") / recipe.name)
    folder = workplace(out, args.resume)
    print(f"{recipe.title}: {training.model!r}, {len(training.data):,} points")
    keep_path = len(training.model.parameters()) <= PATH_LIMIT
    try:
        training.train(checkpoint=folder / CHECKPOINT, checkpoint_seconds=5.0, resume=args.resume, keep_path=keep_path)
    except DivergenceError as error:
        leave_model(training, folder)
        print(f"{error}\nThe model and the history of the epochs before that are in {folder}/.")
        return 1
    except TrainingInterrupted:
        leave_model(training, folder)
        print(f"\nInterrupted after {len(training.history):,} of {recipe.fit.epochs:,} epochs.")
        print(f"What was reached is in {folder}/: model.json, history.csv and checkpoint.json.")
        command = shlex.join([word for word in args.words if word != "--resume"])
        print(f"Go on with: {PROGRAM} {command} --resume")
        return 130
    except (ValueError, TypeError):
        give_back(folder, out)
        raise
    leave_model(training, folder)
    leave_pictures(training, folder)
    take_place(folder, out)
    report(training, parts)
    if not args.out:
        write_index(Path(out).parent)
    print(f"Model, history, pictures and the page that plays the training are in {out}/.")
    return 0


def prepared(args: argparse.Namespace) -> tuple[Run, dict[str, Dataset]]:
    """The training that is wished for, and the parts of the data, of which it gets the first and watches the second."""
    recipe, data = table_recipe(args) if is_table(args.name) else named_recipe(args)
    recipe = adapted(recipe, args)
    parts = split(recipe, data, args)
    points, watched = next(iter(parts.values())), parts.get("the validation part")
    patience = None if watched is None else recipe.fit.patience or 20
    recipe = replace(recipe, fit=replace(recipe.fit, patience=patience))
    return Run(recipe, points, recipe.model(args.seed), args.seed or 0, watched=watched), parts


def is_table(name: str) -> bool:
    """Whether a name is that of a file and not that of a model."""
    return name not in RECIPES and (Path(name).suffix.lower() in (".csv", ".tsv", ".txt") or Path(name).is_file())


def named_recipe(args: argparse.Namespace) -> tuple[Recipe, Dataset]:
    """The recipe of that name and its data; with --hidden or --activation for a network instead of its model."""
    choose(args.name, {**DATASETS, **RECIPES}, "model or data set")
    if args.target or args.features or args.missing:
        raise ValueError(f"--target and --features are for CSV files, and {args.name!r} is none")
    recipe = RECIPES.get(args.name) or Recipe(args.name, "", network(1, (), None, 1))
    data = recipe.load()
    if args.name in RECIPES and args.hidden is None and args.activation is None:
        return recipe, data
    hidden = (8, 8) if args.hidden is None else args.hidden
    before = recipe.model(None)
    layers = before.layers if isinstance(before, MLP) else []
    activation = args.activation or (layers[0].neurons[0].activation if len(layers) > 1 else None)
    outputs = int(data.targets.max()) + 1 if recipe.fit.loss == "cross_entropy" else 1
    model = network(len(data.input_names), hidden, activation, outputs)
    fit = replace(recipe.fit, optimizer="adam", lr=0.01, tolerance=None)
    title = f"a network on the data of {recipe.name}"
    return replace(recipe, title=title, model=model, fit=fit, trained=(), scaled=True, pictures={}), data


def table_recipe(args: argparse.Namespace) -> tuple[Recipe, Dataset]:
    """A recipe for a network on a CSV file, and its data."""
    table = read(args.name)
    if args.target is None:
        raise ValueError(f"{args.name!r} is a table; name the column to predict with --target")
    if args.loss is not None:
        choose(args.loss, LOSSES, "loss")
    wanted = None if args.loss is None else args.loss in CLASSIFIERS
    data = load_table(table, args.target, args.features, args.missing, wanted)
    target, inputs, classes = data.target_name, len(data.input_names), len(data.classes)
    if dropped := len(table.rows) - len(data):
        print(f"{dropped} of {len(table.rows)} rows were left out, as cells in them are empty.")
    if classes:
        print(f"{target} is taken for a class, one of {classes}: {first(data.classes)}.")
        if wanted is None and all(name.lstrip("-").isdigit() for name in data.classes):
            print("If it is a number, say so with --loss mse.")
    elif len(set(data.targets.tolist())) <= 20 and (data.targets == np.floor(data.targets)).all() and not args.loss:
        print(f"{target} is taken for a number; if it is a class, say so with --loss cross_entropy.")
    loss = args.loss or ("cross_entropy" if classes else "mse")
    if classes == 1:
        raise ValueError(f"the target {target!r} is {data.classes[0]!r} in every row: there is nothing to learn")
    if loss == "cross_entropy" and not classes:
        raise ValueError(f"{loss} needs classes, but the target {target!r} is a number; leave out --loss")
    if classes and loss not in CLASSIFIERS:
        raise ValueError(f"the target {target!r} has classes, which {loss} cannot take; leave out --loss")
    if loss in ("binary_cross_entropy", "hinge") and classes > 2:
        raise ValueError(f"{loss} takes two classes, but {target!r} has {classes}; use cross_entropy")
    outputs = classes if loss == "cross_entropy" else 1
    hidden = (64 if inputs <= LINE_LIMIT else 16,) if args.hidden is None else args.hidden
    wide_enough = inputs <= LINE_LIMIT and min(hidden, default=0) >= 2 * outputs
    from_line = loss in ("mse", "cross_entropy") and wide_enough and args.activation in (None, "relu")
    lr = 0.001 if from_line else 0.01  # small steps from what is good, and large ones from anywhere
    settings = Settings(loss, "adam", lr, epochs=200, batch_size=32, shuffle=True, options={"weight_decay": 0.3})
    title, model = f"{target} from {data.inputs_in_words()}", network(inputs, hidden, args.activation, outputs)
    options = {"from_line": from_line, "scaled": True, "held_out": args.test}
    return Recipe(data.name, title, model, settings, **options), data


def adapted(recipe: Recipe, args: argparse.Namespace) -> Recipe:
    """The recipe, with its settings as wished."""
    wishes = {name: wish for name, wish in vars(args).items() if wish is not None}
    if "patience" in wishes and "validation" not in wishes and not is_table(args.name):
        raise ValueError("--patience needs points to watch; give --validation 0.2")
    told = {name: wishes[name] for name in vars(recipe.fit) if name in wishes}
    told["options"] = {**recipe.fit.options, **{name: wishes[name] for name in OF_OPTIMIZERS if name in wishes}}
    fit = replace(recipe.fit, shuffle=recipe.fit.shuffle or "batch_size" in wishes, **told)
    return replace(recipe, fit=fit, classes=recipe.classes or fit.loss in CLASSIFIERS)


def split(recipe: Recipe, data: Dataset, args: argparse.Namespace) -> dict[str, Dataset]:
    """The parts of the data, by name: to train on, to watch, and to test on. There is no part without a point."""
    if recipe.fit.loss == "hinge" and set(data.targets.tolist()) <= {0.0, 1.0}:
        data = replace(data, targets=2 * data.targets - 1)
    seed, rows = args.seed or 0, np.arange(len(data))
    watched, held_out = rows[:0], rows[:0]
    if recipe.held_out:
        rows, held_out = hold_out(len(data), recipe.held_out, seed)
    share = args.validation or (0.2 if data.columns and len(rows) >= LEAST_TO_WATCH else 0.0)
    if share and len(rows) > 1:
        rows, watched = (rows[each] for each in hold_out(len(rows), share, seed))
    name = "all points" if len(rows) == len(data) else "the training part"
    parts = {name: rows, "the validation part": watched, "the test part": held_out}
    return {name: data.rows(each) for name, each in parts.items() if len(each)}


def network(inputs: int, hidden: tuple[int, ...], activation: str | None, outputs: int) -> Callable[[int | None], MLP]:
    """What makes a network with so many hidden neurons and linear outputs."""
    return lambda seed: MLP(inputs, [*hidden, outputs], activation or "relu", seed=seed or 0)


def report(training: Run, parts: dict[str, Dataset]) -> None:
    """Print how good the model is on each part of the data, beside what can be had without a network."""
    loss, history = training.recipe.fit.loss, training.history
    why = STOPPED[history.stopped].format(best=history.best_epoch or 0)
    print(f"stopped after {len(history):,} epoch{'' if len(history) == 1 else 's'}, {why}")
    baselines = baselines_of(training)
    answers = predict(training.model, np.concatenate([data.inputs for data in parts.values()]))
    for name, data in parts.items():
        outputs, answers = answers[: len(data)], answers[len(data) :]
        count = f"{len(data):,} point{'' if len(data) == 1 else 's'}"
        line = f"{loss} on {name} ({count}): {metric(loss)(outputs, data.targets):.6g}, {quality(loss, outputs, data)}"
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
    """What answers without a network, by name, from the training part: the commonest class or the mean, and a line."""
    data, loss = training.data, training.recipe.fit.loss
    scale, inputs = standardise(data, classes=True), data.inputs.shape[1]
    if loss in CLASSIFIERS:
        classes, counts = np.unique(data.targets, return_counts=True)
        commonest = classes[np.argmax(counts)]
        several = loss == "cross_entropy"
        scores = np.eye(int(commonest) + 1)[int(commonest)] if several else float(commonest > 0) - 0.5
        name = data.classes[int(max(commonest, 0))] if data.classes else f"{commonest:g}"
        found: dict[str, Callable[[Any], Any]] = {f"always {name}": lambda inputs: np.array([scores] * len(inputs))}
        if several and inputs <= LINE_LIMIT:
            slopes, intercepts = linear_model(scale.scores(data), training.model.architecture()["nouts"][-1])
            found["a linear model"] = lambda inputs: scale.inputs.apply(inputs) @ slopes.T + intercepts
        return found
    mean = float(np.mean(data.targets))
    found = {"the mean": lambda inputs: np.full(len(inputs), mean)}
    if inputs <= min(len(data) - 2, LINE_LIMIT):
        line = np.linalg.lstsq(scale.inputs.apply(data.inputs), data.targets - mean, rcond=None)[0]
        found["a straight line"] = lambda inputs: scale.inputs.apply(inputs) @ line + mean
    return found
