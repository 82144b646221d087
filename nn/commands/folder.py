"""What a training leaves in its folder: the saved model, the history, pictures of both, and the graph of the loss.

A new run never touches what an earlier one left: it works in a folder inside, and its files move up once all are there.
"""

import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from importlib.util import find_spec
from itertools import count
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import autograd
from autograd.engine.files import StrPath
from autograd.engine.value import Value
from autograd.see.rendering import render
from nn import plots
from nn.commands.arguments import OF_OPTIMIZERS
from nn.datasets.dataset import Dataset
from nn.playing import play
from nn.posts import RECIPES, Run
from nn.prediction import spread
from nn.serialization import save
from nn.training.history import History

MODEL, CHECKPOINT, PAGE = "model.json", "checkpoint.json", "play.html"
LEFT = {"fit.png", "loss.png", "graph.svg", PAGE, "history.csv", CHECKPOINT}
LEFT |= {name for recipe in RECIPES.values() for name in recipe.pictures}
"""The names of all that a run may leave beside its model."""
PAGE_LIMIT = 5000  # a model of more parameters gets no page: it would be larger than what a browser likes to open
POINT_LIMIT = 2000  # of more points pictures and pages show so many, spread over all: more would only hide one another
GRAPH_LIMIT = 200  # the graph of a network with more inputs is not drawn: nobody could read it


def writable_folder(path: StrPath) -> Path:
    """Make a folder, and try that it can be written to, before hours go into what should be kept there."""
    folder = Path(path)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryFile(dir=folder):
            return folder
    except OSError as error:
        what = f"the output folder {str(folder)!r} cannot be written ({error.strerror or error})"
        raise OSError(f"{what}; choose another with --out") from None


def check_pictures() -> None:
    """Refuse to start if pictures could not be drawn in the end: matplotlib, Pillow or what draws graphs is missing."""
    if find_spec("matplotlib") is None or find_spec("PIL") is None:
        raise ImportError("pictures need matplotlib; install it with: pip install matplotlib pillow")
    render("digraph {}")


def workplace(out: str, resume: bool) -> Path:
    """The folder to work in: the one to leave everything in, or one inside it where an earlier run left something.

    Args:
        out: the folder to leave everything in.
        resume: whether to go on from the checkpoint that was written last; a FileNotFoundError if there is none.
    """
    final = Path(out)
    if resume:
        found = [*final.glob(CHECKPOINT), *final.glob(f"unfinished*/{CHECKPOINT}")]
        if not found:
            raise FileNotFoundError(f"there is nothing to resume in {out!r}; leave out --resume, or name --out")
        latest = max(found, key=lambda path: path.stat().st_mtime)
        if latest.parent != final:
            return writable_folder(latest.parent)
    writable_folder(final)
    if not (final / MODEL).exists() and (resume or not (final / CHECKPOINT).exists()):
        return final
    names = ("unfinished" if i == 1 else f"unfinished-{i}" for i in count(1))
    beside = writable_folder(final / next(name for name in names if not (final / name).exists()))
    if resume:
        shutil.copy2(final / CHECKPOINT, beside)
    return beside


def give_back(folder: Path, out: str) -> None:
    """Remove the folder of a run that never began: it holds nothing, or a copy of the checkpoint before it."""
    ours, before = folder / CHECKPOINT, Path(out, CHECKPOINT)
    if folder != Path(out) and (not ours.exists() or ours.read_bytes() == before.read_bytes()):
        shutil.rmtree(folder)


def take_place(folder: Path, out: str) -> None:
    """Let a run that is whole take the place of what an earlier one left."""
    final = Path(out)
    if folder == final:
        return
    whole = sorted(os.listdir(folder), key=lambda name: name == MODEL)  # the model last: it says that a run is whole
    for name in LEFT - set(whole):
        (final / name).unlink(missing_ok=True)
    for name in whole:
        os.replace(folder / name, final / name)
    folder.rmdir()


def leave_model(run: Run, folder: Path) -> None:
    """Save the model, with the names of what goes in and comes out, and the history."""
    data, columns = run.data, [asdict(column) for column in run.data.columns]
    features = [column["name"] for column in columns] or list(data.input_names)
    answers = {"target": data.target_name, "loss": run.recipe.fit.loss, "classes": list(data.classes)}
    run.history.write_csv(folder / "history.csv")
    save(run.model, folder / MODEL, metadata={"features": features, "columns": columns, **answers})


def leave_pictures(run: Run, folder: Path) -> None:
    """Draw the fit, the loss curve, the graph of the loss on one point and what else the recipe calls for; play it."""
    points = shown(run.data)
    some = f" ({len(points):,} of {len(run.data):,} points)" if points is not run.data else ""
    page, (axes,) = plots.figure(title=run.recipe.title + some)
    plots.plot_model(axes, points, run.model)
    plots.save_picture(page, folder / "fit.png")
    page, (axes,) = plots.figure()
    losses = list(run.history.losses)
    if len(losses) == 1:  # a single epoch: show where it led
        losses.append(run.loss_at(*(parameter.data for parameter in run.model.parameters())))
    standardised = run.recipe.scaled and not run.recipe.classes
    label = run.recipe.loss_label + (", in standard scores" if standardised else "")
    plots.plot_losses(axes, losses, label, run.recipe.title, validation=run.history.validation_losses)
    plots.save_picture(page, folder / "loss.png")
    if len(run.data.input_names) <= GRAPH_LIMIT:
        leave_graph(run.graph(), folder, run.model.parameters())
    for name, draw in run.recipe.pictures.items():
        draw(run, folder / name)
    leave_page(run, folder)


def shown(data: Dataset) -> Dataset:
    """The points that pictures and pages show."""
    return data if len(data) <= POINT_LIMIT else data.rows(spread(len(data), POINT_LIMIT))


def leave_page(run: Run, folder: Path) -> None:
    """Write the page that plays the training, of a model that a page can hold."""
    recipe, history, points = run.recipe, run.history, shown(run.data)
    if len(run.model.parameters()) > PAGE_LIMIT:
        return
    if recipe.scaled:  # the way was one of standard scores, and the model takes the data's own units now
        history = History([], losses=history.losses)
    options: dict[str, Any] = {name: getattr(recipe.fit, name) for name in ("loss", "optimizer", "lr", "batch_size")}
    options |= {name: recipe.fit.options[name] for name in OF_OPTIMIZERS if name in recipe.fit.options}
    trains = not recipe.scaled and points is run.data
    play(run.model, *points, history=history, trains=trains, path=folder / PAGE, **options)


def leave_graph(root: Value, folder: Path, parameters: Sequence[Value] = ()) -> None:
    """Draw the graph that a value was computed by; of a large network each neuron, or each layer, as one box."""
    collapse = () if len(parameters) <= 30 else "neurons" if len(parameters) <= 1000 else "layers"
    autograd.draw(root, folder / "graph.svg", parameters=parameters, collapse=collapse)
