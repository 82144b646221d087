"""Pictures that several of the posts' models share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nn import plots
from nn.posts.recipe import least_squares

if TYPE_CHECKING:
    from pathlib import Path

    from nn.posts.recipe import Run


def draw_surface(run: Run, path: Path) -> None:
    """The loss over slope and intercept, and the way that training took across it."""
    page, (axes,) = plots.figure()
    slope, intercept = least_squares(run.data)
    plots.plot_surface(axes, run.loss_at, run.history.path, ("slope", "intercept"), best=(slope, intercept))
    axes.set_title(f"{run.recipe.loss_label} over all points", fontsize=10)
    plots.save_picture(page, path)
