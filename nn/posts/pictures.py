"""Pictures that several of the posts' models share."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd.program import compile
from nn import plots
from nn.losses import LOSSES
from nn.posts.recipe import least_squares

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from nn.posts.recipe import Run


def draw_surface(run: Run, path: Path) -> None:
    """The loss over slope and intercept, and the way that training took across it."""
    page, (axes,) = plots.figure()
    best_slope, best_intercept = least_squares(run.data)
    inputs, targets = run.data.inputs[:, 0].tolist(), run.data.targets.tolist()

    def loss_of_line(slope: Any, intercept: Any) -> Any:
        return LOSSES[run.recipe.loss]([slope * x + intercept for x in inputs], targets)

    loss, best = compile(loss_of_line), (best_slope, best_intercept)
    plots.plot_surface(axes, loss, run.history.path, ("slope", "intercept"), best=best, resolution=101)
    axes.set_title(f"{run.recipe.loss_label} over all points", fontsize=10)
    plots.save_picture(page, path)


def draw_lines(run: Run, path: Path, title: str, lines: Mapping[str, tuple[float, float]]) -> None:
    """The data, and lines of some slope and intercept, by their labels."""
    page, (axes,) = plots.figure(title=title)
    plots.plot_data(axes, run.data)
    ends = np.array([run.data.inputs.min(), run.data.inputs.max()])
    for (label, (slope, intercept)), style in zip(lines.items(), cycle(("-", "--", ":", "-."))):
        axes.plot(ends, slope * ends + intercept, color=plots.ACCENT, linestyle=style, linewidth=1.8, label=label)
    axes.legend(frameon=False, fontsize=9)
    plots.save_picture(page, path)


def draw_costs(run: Run, path: Path) -> None:
    """The loss against the slope and against the intercept, at the places that training went through."""
    page, panels = plots.figure(columns=2, title=f"{run.recipe.loss_label}, epoch by epoch")
    losses = [run.loss_at(*numbers) for numbers in run.history.path]
    for axes, name, numbers in zip(panels, ("slope", "intercept"), zip(*run.history.path, strict=True), strict=True):
        axes.plot(numbers, losses, color=plots.INK, marker="o", markersize=4, linewidth=1.2)
        axes.annotate("start", (numbers[0], losses[0]), textcoords="offset points", xytext=(6, -4), fontsize=9)
        axes.set_xlabel(name)
        axes.set_ylabel(run.recipe.loss_label)
    plots.save_picture(page, path)
