"""Pictures that several of the posts' models share."""

from collections.abc import Callable, Mapping, Sequence
from itertools import cycle
from pathlib import Path
from typing import Any

import numpy as np

from autograd.program import compile
from nn import plots
from nn.losses import LOSSES
from nn.posts.recipe import Run, least_squares


def picture(title: str = "", columns: int = 1) -> Callable[[Callable[..., None]], Callable[[Run, Path], None]]:
    """Make of what plots a run on so many panels, side by side, what writes that picture to a file.

    The title may name what belongs to the run, as in "{run.recipe.loss_label}".
    """

    def decorate(plot: Callable[..., None]) -> Callable[[Run, Path], None]:
        def draw(run: Run, path: Path) -> None:
            page, panels = plots.figure(columns, title=title.format(run=run))
            plot(run, *panels)
            plots.save_picture(page, path)

        return draw

    return decorate


@picture()
def draw_surface(run: Run, axes: "plots.Axes") -> None:
    """The loss over slope and intercept, and the way that training took across it."""
    slope, intercept = least_squares(run.data)
    inputs, targets = run.data.inputs[:, 0].tolist(), run.data.targets.tolist()

    def loss_of_line(slope: Any, intercept: Any) -> Any:
        return LOSSES[run.recipe.fit.loss]([slope * x + intercept for x in inputs], targets)

    names, best = ("slope", "intercept"), (slope, intercept)
    plots.plot_surface(axes, compile(loss_of_line), run.history.path, names, best=best, resolution=101)
    axes.set_title(f"{run.recipe.loss_label} over all points", fontsize=10)


def draw_lines(title: str, lines: Callable[[Run], Mapping[str, Sequence[float]]]) -> Callable[[Run, Path], None]:
    """A picture of the data and of a run's lines: their slopes and intercepts, by their labels."""

    @picture(title)
    def draw(run: Run, axes: "plots.Axes") -> None:
        plots.plot_data(axes, run.data)
        ends = np.array([run.data.inputs.min(), run.data.inputs.max()])
        for (label, (slope, intercept)), style in zip(lines(run).items(), cycle(("-", "--", ":", "-."))):
            axes.plot(ends, slope * ends + intercept, color=plots.ACCENT, linestyle=style, linewidth=1.8, label=label)
        axes.legend(**plots.LEGEND)

    return draw


@picture("{run.recipe.loss_label}, epoch by epoch", columns=2)
def draw_costs(run: Run, *panels: "plots.Axes") -> None:
    """The loss against the slope and against the intercept, at the places that training went through."""
    losses = [run.loss_at(*numbers) for numbers in run.history.path]
    for axes, name, numbers in zip(panels, ("slope", "intercept"), zip(*run.history.path, strict=True), strict=True):
        axes.plot(numbers, losses, color=plots.INK, marker="o", markersize=4, linewidth=1.2)
        axes.annotate("start", (numbers[0], losses[0]), textcoords="offset points", xytext=(6, -4), fontsize=9)
        axes.set(xlabel=name, ylabel=run.recipe.loss_label)
