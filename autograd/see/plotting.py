"""Axes to draw on, in the one style of all plots: of a function, of a training, of a comparison.

Nothing here touches the state of `matplotlib.pyplot`. Points, lines and areas are to differ in shape and lightness and
not only in colour, so that a picture reads as well in grey.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING

from autograd.engine.files import StrPath, write_whole

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

INK, ACCENT, GREY, PALE = "#222222", "#c8102e", "#767676", "#d0d0d0"
DPI = 120
SIZE = (5.2, 3.9)
"""Width and height of axes, in inches."""


def figure(
    columns: int = 1, width: float = SIZE[0], height: float = SIZE[1], title: str = ""
) -> tuple[Figure, list[Axes]]:
    """A figure with axes side by side.

    Args:
        columns: how many axes.
        width: of each, in inches.
        height: in inches.
        title: what stands above all of them.

    Raises:
        ImportError: if matplotlib is not installed.

    Example:
        >>> page, (left, right) = figure(columns=2)
        >>> len(page.axes)
        2
    """
    try:
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        raise ImportError("plots need matplotlib; install it with: pip install matplotlib") from None

    page = Figure(figsize=(width * columns, height), layout="constrained")
    panels: list[Axes] = list(page.subplots(1, columns, squeeze=False)[0])
    for axes in panels:
        dress(axes)
    if title:
        page.suptitle(title, fontsize=10)
    return page, panels


def save_picture(page: Figure, path: StrPath) -> None:
    """Write a figure as PNG (or whatever the ending says), whole or not at all."""
    content = io.BytesIO()
    page.savefig(content, format=Path(path).suffix[1:].lower() or "png", dpi=DPI)
    write_whole(path, content.getvalue())


def dress(axes: Axes) -> None:
    """Leave nothing on new axes but two spines and a few numbers.

    Large and small numbers are written with a common power of ten, so that they do not run into each other.
    """
    axes.spines[["top", "right"]].set_visible(False)
    axes.spines[["bottom", "left"]].set_color(GREY)
    axes.tick_params(color=GREY, labelsize=9)
    axes.ticklabel_format(scilimits=(-4, 5), useOffset=False)
    axes.locator_params(axis="x", nbins=7)
