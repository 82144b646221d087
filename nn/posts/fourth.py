"""The fourth post: linear regression as a network of one neuron, from a start that is bad on purpose."""

import numpy as np

from nn import plots
from nn.posts.figures import OWN, SEEN, Check
from nn.posts.pictures import draw_lines, draw_surface, picture
from nn.posts.recipe import Recipe, Run, Settings, least_squares, line

START = (-2.5, 1.0)
"""Slope and intercept at the start: the middle of the ranges that the post draws them from, -3 to -2 and 0 to 2.
Its copy lost all minus signs; a slope from 2 to 3 would be no bad start."""


def check_line(run: Run) -> list[Check]:
    """The post prints nothing, for it is not seeded; it says, and shows, that slope and intercept come out well."""
    slope, intercept = run.history.path[-1]
    best = least_squares(run.data)
    error, least, note = run.loss_at(slope, intercept), run.loss_at(*best), "of the line that the points are drawn from"
    return [
        Check("slope", "near 3", f"{slope:.4f}", note, abs(slope - 3.0) <= 0.2, SEEN),
        Check("intercept", "near 0", f"{intercept:.4f}", note, abs(intercept) <= 0.1, SEEN),
        Check("error", f"near the least, {least:.4f}", f"{error:.4f}", "NumPy's lstsq", error < 1.2 * least, OWN),
    ]


def start(run: Run) -> dict[str, list[float]]:
    """The line at the start, with its error."""
    return {f"initial line, SSE = {run.loss_at(*run.history.path[0]):.2f}": run.history.path[0]}


@picture("the line, every 20 epochs")
def draw_course(run: Run, axes: "plots.Axes") -> None:
    """The line every 20 epochs, from light to dark."""
    plots.plot_data(axes, run.data)
    ends = np.array([run.data.inputs.min(), run.data.inputs.max()])
    epochs = range(0, len(run.history), 20)
    for epoch in epochs:
        slope, intercept = run.history.path[epoch]
        shade = 0.85 * (1 - epoch / epochs[-1]) ** 2
        label = f"epoch {epoch}" if epoch in (0, 20, 60, epochs[-1]) else None
        axes.plot(ends, slope * ends + intercept, color=str(shade), linewidth=1.5, zorder=4, label=label)
    axes.legend(**plots.LEGEND)


RECIPES = (
    Recipe(
        name="noisy_line",
        title="linear regression by one neuron, half the sum of squared errors",
        model=line(*START),
        fit=Settings(loss="half_squared_error", lr=0.001, epochs=300),
        checks=check_line,
        pictures={
            "start.png": draw_lines("before training", start),
            "lines.png": draw_course,
            "surface.png": draw_surface,
        },
    ),
)
