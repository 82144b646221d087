"""Pictures of data, of what a model makes of them, and of how it learned, in the style of `autograd.see.plotting`.

Every function draws on axes that it is given: `figure` makes them, and `save_picture` writes the file.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from autograd.engine.files import StrPath, write_whole
from autograd.see.plotting import ACCENT as ACCENT
from autograd.see.plotting import GREY as GREY
from autograd.see.plotting import INK as INK
from autograd.see.plotting import PALE as PALE
from autograd.see.plotting import figure as figure
from autograd.see.plotting import save_picture as save_picture
from nn.datasets.dataset import Dataset
from nn.module import Array
from nn.prediction import predict

if TYPE_CHECKING:
    from matplotlib.axes import Axes as Axes

Model = Callable[[Any], Any]
WithSlope = Callable[[float], tuple[float, float]]
"""A loss that gives its derivative, too."""
POINTS: dict[str, Any] = {"s": 26, "facecolors": "white", "edgecolors": INK, "linewidths": 1.0}
LEGEND: dict[str, Any] = {"frameon": False, "fontsize": 9}


def answers(model: Model, inputs: ArrayLike) -> Array:
    """What a model answers at many points, as numbers; of several outputs, which one is the largest.

    Example:
        >>> answers(lambda x: 2 * x[0] + 1, [[0.0], [1.0]]).tolist()
        [1.0, 3.0]
        >>> answers(lambda x: [x[0], 1 - x[0]], [[0.0], [1.0]]).tolist()
        [1.0, 0.0]
    """
    outputs = predict(model, np.asarray(inputs, dtype=float))
    return outputs if outputs.ndim == 1 else np.argmax(outputs, axis=1).astype(float)


# What the model makes of the data.


def plot_data(axes: Axes, data: Dataset, label: str = "data") -> None:
    """Scatter the targets of a data set of one input against that input."""
    axes.scatter(data.inputs[:, 0], data.targets, label=label, zorder=3, **POINTS)
    axes.set(xlabel=data.axis_label(data.input_names[0]), ylabel=data.axis_label(data.target_name))


def plot_fit(axes: Axes, data: Dataset, model: Model, label: str = "model", **style: Any) -> None:
    """Draw a model of one input as a line over the range of the data."""
    low, high = float(data.inputs[:, 0].min()), float(data.inputs[:, 0].max())
    margin = 0.05 * (high - low) or 1.0
    x = np.linspace(low - margin, high + margin, 121)
    style = {"label": label, "color": ACCENT, "linewidth": 1.8, "zorder": 4, **style}
    axes.plot(x, answers(model, x[:, np.newaxis]), **style)


def plot_agreement(axes: Axes, data: Dataset, model: Model) -> None:
    """Scatter what the model answers against the targets: on the diagonal, both agree."""
    predicted = answers(model, data.inputs)
    ends = [min(data.targets.min(), predicted.min()), max(data.targets.max(), predicted.max())]
    axes.plot(ends, ends, color=GREY, linewidth=1.0, linestyle="--", label="agreement")
    axes.scatter(data.targets, predicted, label="data", zorder=3, **POINTS)
    label = data.axis_label(data.target_name)
    axes.set(xlabel=f"{label}, observed", ylabel=f"{label}, predicted")
    axes.legend(**LEGEND)


def plot_decision(axes: Axes, data: Dataset, model: Model, threshold: float = 0.0, resolution: int = 60) -> None:
    """Show two classes of points in the plane, and where the model's score passes the threshold between them."""
    low, high = data.inputs.min(axis=0), data.inputs.max(axis=0)
    spread = np.where(high > low, high - low, 1.0)
    alike = spread.max() < 4 * spread.min()  # else a unit as long on one axis as on the other leaves a sliver
    margin = 0.1 * (spread.max() if alike else spread)
    x, y = np.meshgrid(*np.linspace(low - margin, high + margin, resolution).T)
    classes = np.unique(data.targets)[[0, -1]]
    outputs = predict(model, np.column_stack([x.ravel(), y.ravel()]))
    scores = (outputs if outputs.ndim == 1 else outputs[:, classes.astype(int)] @ [-1, 1]).reshape(x.shape)
    axes.contourf(x, y, scores > threshold, levels=[-0.5, 0.5, 1.5], colors=["white", "#e4e4e4"])
    axes.contour(x, y, scores, levels=[threshold], colors=[ACCENT], linewidths=1.8)
    names = data.classes if len(data.classes) == 2 else [f"{value:g}" for value in classes]
    for value, name, colour, marker in zip(classes, names, ("white", INK), "os", strict=True):
        style = {**POINTS, "facecolors": colour, "marker": marker, "label": f"{data.target_name} {name}"}
        axes.scatter(*data.inputs[data.targets == value].T, zorder=3, **style)
    axes.set(xlabel=data.axis_label(data.input_names[0]), ylabel=data.axis_label(data.input_names[1]))
    axes.set_aspect("equal" if alike else "auto")
    axes.legend(**LEGEND, loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=2)


def plot_confusion(axes: Axes, data: Dataset, model: Model) -> None:
    """Show how often each class is answered with each, as a square of counts that is dark where there are many."""
    classes = len(data.classes) or int(data.targets.max()) + 1
    counts = np.zeros((classes, classes), dtype=int)
    np.add.at(counts, (data.targets.astype(int), answers(model, data.inputs).astype(int)), 1)
    axes.imshow(np.sqrt(counts), cmap="Greys")
    for (row, column), count in np.ndenumerate(counts):
        if count:
            dark = count > counts.max() / 4
            axes.text(column, row, str(count), ha="center", va="center", fontsize=8, color="white" if dark else INK)
    names = data.classes or [str(i) for i in range(classes)]
    axes.set_xticks(range(classes), names, rotation=90 if len(" ".join(data.classes)) > 50 else 0)
    axes.set_yticks(range(classes), names)
    axes.set(xlabel="answer", ylabel=data.axis_label(data.target_name))


def plot_model(axes: Axes, data: Dataset, model: Model) -> None:
    """Show data and model in the way that suits them: as a curve, as a border of classes, or by their agreement."""
    features = data.inputs.shape[1]
    if features == 1:
        plot_data(axes, data)
        plot_fit(axes, data, model)
        axes.legend(**LEGEND)
    elif features == 2 and len(np.unique(data.targets)) == 2:
        plot_decision(axes, data, model)
    elif isinstance(model(data.inputs[0].tolist()), list):
        plot_confusion(axes, data, model)
    else:
        plot_agreement(axes, data, model)


# How it learned.


def plot_losses(
    axes: Axes, losses: ArrayLike, label: str = "loss", title: str = "", validation: Sequence[float] = ()
) -> None:
    """Draw the loss of every epoch, and beside it that on the validation points, if there are any.

    The scale of the loss is logarithmic where it falls by more than a factor of 20, and that of the epochs where there
    are more than 500, as most happens in the first.
    """
    losses = np.asarray(losses, dtype=float)
    few, many = len(losses) <= 20, len(losses) > 500
    style: dict[str, Any] = {"linewidth": 1.5, "markersize": 4, "marker": "o" if few else None}
    axes.plot(np.arange(len(losses)) + many, losses, color=INK, label="training", **style)
    if len(validation):  # measured after an epoch's steps, and so beside the next one's loss
        style = {"color": ACCENT, "linewidth": 1.5, "linestyle": "--", "label": "validation"}
        axes.plot(np.arange(len(validation)) + 1 + many, validation, **style)
        axes.legend(**LEGEND)
        losses = np.concatenate([losses, validation])
    if len(losses) > 1 and losses.min() > 0 and losses.max() > 20 * losses.min():
        axes.set_yscale("log")
    else:
        axes.set_ylim(0, 1.05 * losses.max() if losses.max() > 0 else 1.0)
    if few:
        axes.locator_params(axis="x", integer=True)
    if many:
        axes.set_xscale("log")
    axes.set(xlabel="epoch, from 1" if many else "epoch", ylabel=label)
    axes.set_title(title, fontsize=10)


def plot_metrics(axes: Axes, metrics: Mapping[str, Sequence[float]]) -> None:
    """Draw what was measured after every epoch, on a scale of its own at the right of the losses."""
    right = axes.twinx()
    right.spines[["top", "bottom", "left"]].set_visible(False)
    for (name, numbers), style in zip(metrics.items(), cycle((":", "-.", "--"))):
        epochs = np.arange(len(numbers)) + 1 + (axes.get_xscale() == "log")
        right.plot(epochs, numbers, color=GREY, linewidth=1.3, linestyle=style, label=name)
    right.set_ylabel(", ".join(metrics))
    if (legend := axes.get_legend()) is not None:
        legend.remove()
    right.legend(handles=[*axes.get_lines(), *right.get_lines()], **LEGEND, loc="center right")


def plot_tangents(
    axes: Axes, loss: WithSlope, low: float, high: float, at: Sequence[float], name: str, label: str = "loss"
) -> None:
    """Draw a loss over a range of one parameter, with its tangents at some places."""
    places = np.linspace(low, high, 81)
    axes.plot(places, [loss(place)[0] for place in places], color=INK, linewidth=1.8, label=label)
    reach = 0.175 * (high - low)
    for place, style in zip(at, ("-", "--", ":", "-."), strict=False):
        height, slope = loss(place)
        ends = np.array([place - reach, place + reach])
        tangent = f"slope {slope:.1f} at {name} = {place:.2f}".replace("-", "\N{MINUS SIGN}")
        axes.plot(ends, height + slope * (ends - place), color=ACCENT, linewidth=1.5, linestyle=style, label=tangent)
        axes.plot([place], [height], color=ACCENT, marker="o", markersize=5, linestyle="")
    axes.set(xlabel=name, ylabel=label)
    axes.legend(frameon=False, fontsize=8)


def plot_descent(
    axes: Axes, loss: Callable[[float], float], low: float, high: float, path: ArrayLike, name: str, label: str = "loss"
) -> None:
    """Draw the loss as a function of one number, and on it the places that training went through."""
    places, path = np.linspace(low, high, 81), np.asarray(path, dtype=float)
    axes.plot(places, [loss(place) for place in places], color=INK, linewidth=1.8)
    heights = [loss(place) for place in path]
    axes.plot(path, heights, color=ACCENT, linewidth=1.0, linestyle="--", marker="o", markersize=4)
    axes.annotate("start", (path[0], heights[0]), textcoords="offset points", xytext=(6, 4), fontsize=9)
    axes.set(xlabel=name, ylabel=label)


def plot_surface(
    axes: Axes,
    loss: Callable[[float, float], float],
    path: ArrayLike,
    names: tuple[str, str],
    best: tuple[float, float] | None = None,
    resolution: int = 33,
) -> None:
    """Draw the loss over two parameters as contours, and on it the path that training took.

    The lines are spaced evenly in the square root of the loss, so that a bowl gets as many near its bottom as far up.

    Args:
        loss: the loss at two parameters, which is evaluated at resolution x resolution places.
        path: the parameters at the start and after each epoch, epochs x 2.
        best: where the loss is least, if that is known.
    """
    path = np.asarray(path, dtype=float)
    shown = path if best is None else np.vstack([path, best])
    low, high = shown.min(axis=0), shown.max(axis=0)
    margin = np.maximum(0.25 * (high - low), 0.05 * (high - low).max() + 1e-12)
    x, y = (np.linspace(low[i] - margin[i], high[i] + margin[i], resolution) for i in (0, 1))
    heights = np.array([[loss(float(a), float(b)) for a in x] for b in y])
    spaced = np.linspace(np.sqrt(heights.min()), np.sqrt(heights.max()), 12)[1:-1] ** 2
    levels = np.unique([float(f"{level:.2g}") for level in spaced])  # round numbers, that can be read off a line
    lines = axes.contour(x, y, heights, levels=levels, colors=[GREY], linewidths=0.8)
    axes.clabel(lines, levels[::3], fmt=lambda level: f"{level:,.0f}" if level >= 100 else f"{level:.3g}", fontsize=8)
    axes.plot(*path.T, color=ACCENT, linewidth=1.3, marker="." if len(path) <= 60 else None, markersize=5, label="path")
    axes.scatter(*path[:1].T, zorder=3, label="start", **POINTS)
    axes.scatter(*path[-1:].T, zorder=3, label="end", **{**POINTS, "facecolors": INK})
    if best is not None:
        axes.plot(*best, color=INK, marker="x", markersize=8, markeredgewidth=1.8, linestyle="", label="least loss")
    axes.set(xlabel=names[0], ylabel=names[1])
    axes.legend(frameon=True, framealpha=0.9, edgecolor="none", fontsize=9)


def animate_slope(
    path: StrPath, data: Dataset, slopes: Sequence[float], loss: WithSlope, milliseconds: int = 100
) -> None:
    """Write an animated GIF of a line through the origin as it learns, beside the loss that it walks down.

    Args:
        path: the file to write.
        data: of one input.
        slopes: the line's slope in every frame.
        loss: gives the loss and its derivative at a slope.
        milliseconds: how long a frame stands; the last one stands for two seconds.
    """
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    page, (left, right) = figure(columns=2, width=4.2, height=3.4)
    plot_data(left, data)
    places = np.linspace(0.0, 4.0, 61)
    right.plot(places, [loss(place)[0] for place in places], color=INK, linewidth=1.8)
    right.set(xlabel="a", ylabel="loss")
    right.set_ylim(bottom=0)
    ends = np.array([0.0, float(data.inputs.max())])
    line = left.plot(ends, 2 * ends, color=ACCENT, linewidth=1.8, animated=True)[0]
    text = left.text(0.04, 0.96, "", transform=left.transAxes, verticalalignment="top", fontsize=10, animated=True)
    tangent = right.plot([0.0, 1.0], [0.0, 1.0], color=ACCENT, linewidth=1.5, animated=True)[0]
    point = right.plot([0.0], [0.0], color=ACCENT, marker="o", markersize=6, linestyle="", animated=True)[0]
    page.set_dpi(80)
    canvas: Any = FigureCanvasAgg(page)
    canvas.draw()  # what stands still, once: that is ten times as fast as drawing it all in every frame
    still = canvas.copy_from_bbox(page.bbox)
    frames = []
    for step, slope in enumerate(slopes):
        height, steepness = loss(slope)
        around = np.array([slope - 0.7, slope + 0.7])
        line.set_ydata(slope * ends)
        tangent.set_data(around, height + steepness * (around - slope))
        point.set_data([slope], [height])
        text.set_text(f"step {step}\na = {slope:.3f}\nloss = {height:.2f}")
        canvas.restore_region(still)
        for artist in (line, text, tangent, point):
            page.draw_artist(artist)
        frames.append(Image.fromarray(np.asarray(canvas.buffer_rgba())[..., :3].copy()).quantize(32))
    content = io.BytesIO()
    durations = [milliseconds] * (len(frames) - 1) + [2000]
    settings: dict[str, Any] = {"duration": durations, "loop": 0, "disposal": 1}
    frames[0].save(content, format="GIF", save_all=True, append_images=frames[1:], **settings)
    write_whole(path, content.getvalue())
