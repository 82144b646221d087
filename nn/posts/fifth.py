"""The fifth post: a perceptron on measurements of patients, from one step too large to 10,000 small ones; and what it
leaves as exercises: a curve, a second unit and a second input."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

import autograd
from autograd.see.plotting import GREY
from nn import datasets, plots
from nn.layers import MLP
from nn.posts.pictures import draw_lines, draw_surface
from nn.posts.recipe import OWN, SEEN, Check, Recipe, bias_of, first_neurons, last_neurons, least_squares, line

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from nn.datasets.dataset import Dataset
    from nn.posts.recipe import Run


def first_row() -> Dataset:
    """The first of the 20 patients alone."""
    data = datasets.load("diabetes")
    return replace(data, inputs=data.inputs[:1], targets=data.targets[:1])


def check_first_row(run: Run) -> list[Check]:
    """One patient, once forward and once back, and a step that is far too long."""
    start, end = run.history.path
    losses, gradients = run.shares(start)
    prediction, y = run.answers_at(start)[0], run.data.targets[0]
    return [
        Check("prediction", "98.93169381", f"{prediction:.8f}"),
        Check("error", "-134.06830619", f"{prediction - y:.8f}"),
        Check("loss", "17974.3107", f"{losses[0]:.4f}"),
        Check("dL/dm, dL/db", "-4769.1686, -268.1366", f"{gradients[0, 0]:.4f}, {gradients[0, 1]:.4f}"),
        Check("m, b", "4774.1686, 278.1366", f"{end[0]:.4f}, {end[1]:.4f}"),
    ]


def check_all_rows(run: Run) -> list[Check]:
    """All patients, and a step that is still too long."""
    start, end = run.history.path
    m, b = run.shares(start)[1].mean(axis=0)
    return [
        Check("mean dL/dm, dL/db", "-1544.1194, -142.3783", f"{m:.4f}, {b:.4f}"),
        Check("m, b", "1549.1194, 152.3783", f"{end[0]:.4f}, {end[1]:.4f}"),
    ]


def closed_form(data: Dataset) -> tuple[float, float]:
    """Slope and intercept from sums, as the post writes them, with the sums of this engine."""
    x, y, n = data.inputs[:, 0].tolist(), data.targets.tolist(), len(data)
    sum_x, sum_y = autograd.sum(x), autograd.sum(y)
    sum_xx, sum_xy = autograd.dot(x, x), autograd.dot(x, y)
    divisor = n * sum_xx - sum_x**2
    return (n * sum_xy - sum_x * sum_y) / divisor, (sum_y * sum_xx - sum_x * sum_xy) / divisor


def check_perceptron(run: Run) -> list[Check]:
    """The closed form, scikit-learn's answer, the first step with a learning rate, and all 10,000."""
    path = run.history.path
    steps = run.shares(path[0])[1].mean(axis=0) * 0.001
    exact, best = closed_form(run.data), least_squares(run.data)
    return [
        Check("closed form m, b", "11.2137, 25.2528", f"{exact[0]:.4f}, {exact[1]:.4f}"),
        Check(
            "scikit-learn's m, b", "11.2137, 25.2528", f"{best[0]:.4f}, {best[1]:.4f}", "obtained from NumPy's lstsq"
        ),
        Check("rate × dL/dm, dL/db", "-1.5441, -0.1424", f"{steps[0]:.4f}, {steps[1]:.4f}"),
        Check("m, b after 1 epoch", "6.5441, 10.1424", f"{path[1][0]:.4f}, {path[1][1]:.4f}"),
        Check("m, b after 10,000", "11.2349, 25.0117", f"{path[-1][0]:.4f}, {path[-1][1]:.4f}"),
    ]


def check_other_start(run: Run) -> list[Check]:
    """From far away on the other side, the same line is found."""
    found, best = run.history.path[-1], least_squares(run.data)
    close = max(abs(f - b) for f, b in zip(found, best, strict=True)) < 0.5
    reported = f"near {best[0]:.4f}, {best[1]:.4f}"
    return [Check("m, b", reported, f"{found[0]:.4f}, {found[1]:.4f}", "an exercise of the post", close, OWN)]


def start_of_slow_descent() -> tuple[float, float]:
    """Where the fast descent ended: the post does not set m and b back between the two."""
    m, b = FAST.train(progress=False, engine="eager").history.path[-1]
    return m, b


def misses(run: Run) -> list[float]:
    """How far the prediction was from the target at each step."""
    return [float(run.answers_at(numbers)[0] - run.data.targets[0]) for numbers in run.history.path]


def check_fast_descent(run: Run) -> list[Check]:
    """The post's picture: the prediction jumps around its target, and comes nearer."""
    sides = np.sign(misses(run))
    jumps = int((sides[1:] != sides[:-1]).sum())
    return [
        Check("steps across the minimum", "10 of 10", f"{jumps} of {len(run.history)}", origin=SEEN),
        Check("comes nearer", "yes", "yes" if decreasing(run) else "no", origin=SEEN),
    ]


def check_slow_descent(run: Run) -> list[Check]:
    """The post's picture: the prediction slides down one side."""
    sides = np.sign(misses(run))
    jumps = int((sides[1:] != sides[:-1]).sum())
    return [
        Check("steps across the minimum", "0 of 10", f"{jumps} of {len(run.history)}", origin=SEEN),
        Check("comes nearer", "yes", "yes" if decreasing(run) else "no", origin=SEEN),
    ]


def decreasing(run: Run) -> bool:
    """Whether every step brought the prediction nearer to its target."""
    return bool((np.diff(np.abs(misses(run))) < 0).all())


def draw_closed_form(run: Run, path: Path) -> None:
    """The line of the closed form."""
    draw_lines(run, path, "the line of least squares", {"closed form": closed_form(run.data)})


def draw_descent(run: Run, path: Path) -> None:
    """The loss for every prediction, and the ones that training went through."""
    page, (axes,) = plots.figure()
    plot_path(axes, run)
    plots.save_picture(page, path)


def draw_both(run: Run, path: Path) -> None:
    """The fast descent and the slow one side by side."""
    page, panels = plots.figure(columns=2)
    for axes, each in zip(panels, (FAST.train(progress=False, engine="eager"), run), strict=True):
        plot_path(axes, each)
    plots.save_picture(page, path)


def plot_path(axes: Axes, run: Run) -> None:
    """Draw the loss for every prediction, and the ones that training went through."""
    (x,), y = run.data.inputs[0].tolist(), float(run.data.targets[0])
    predictions = [y + miss for miss in misses(run)]
    reach = 1.1 * max(abs(miss) for miss in misses(run))
    m = run.history.path[-1][0]
    label = run.data.axis_label(run.data.target_name)
    plots.plot_descent(
        axes,
        lambda p: run.loss_at(m, p - m * x),
        y - reach,
        y + reach,
        predictions,
        f"predicted {label}",
        "squared error",
    )
    axes.set_title(f"learning rate {run.recipe.lr:g}", fontsize=10)


def with_square() -> Dataset:
    """The patients with the square of their body-mass index as a second input, which makes of the line a parabola."""
    data = datasets.load("diabetes")
    unit = data.units["bmi"]
    return replace(
        data,
        inputs=np.column_stack([data.inputs, data.inputs**2]),
        input_names=("bmi", "bmi²"),
        units={"bmi": unit, "bmi²": "its square"},
    )


def check_least_squares(run: Run) -> list[Check]:
    """Gradient descent finds the very plane that the closed form gives, and its error is below that of the line."""
    best, found = least_squares(run.data), [parameter.data for parameter in run.model.parameters()]
    names = [*run.data.input_names, "intercept"]
    line_error = loss_of_line()
    error = float(np.mean(run.shares()[0]))
    return [
        *(
            Check(name, f"{b:.4f}", f"{f:.4f}", "against NumPy's lstsq", origin=OWN)
            for name, b, f in zip(names, best, found, strict=True)
        ),
        Check(
            "mean squared error",
            f"below the line's {line_error:.1f}",
            f"{error:.1f}",
            "an exercise of the post",
            error < line_error,
            OWN,
        ),
    ]


def loss_of_line() -> float:
    """The mean squared error of the best line."""
    data = datasets.load("diabetes")
    slope, intercept = least_squares(data)
    return float(np.mean((data.targets - slope * data.inputs[:, 0] - intercept) ** 2))


def check_two_units(run: Run) -> list[Check]:
    """Two linear units are a line again: slope and intercept are sums over the units, and no error is saved."""
    first, (second,) = first_neurons(run.model), last_neurons(run.model)
    slope = sum(v.data * unit.w[0].data for v, unit in zip(second.w, first, strict=True))
    biases = sum(v.data * bias_of(unit).data for v, unit in zip(second.w, first, strict=True))
    intercept = bias_of(second).data + biases
    error = float(np.mean(run.shares()[0]))
    return [
        Check("slope, summed over units", "11.2137", f"{slope:.4f}", "the line's", origin=OWN),
        Check("intercept, summed over units", "25.2528", f"{intercept:.4f}", "the line's", origin=OWN),
        Check("mean squared error", f"{loss_of_line():.4f}", f"{error:.4f}", "the line's", origin=OWN),
    ]


def draw_parabola(run: Run, path: Path) -> None:
    """The parabola over body-mass index, beside the line."""
    page, (axes,) = plots.figure(title="a parabola over body-mass index, beside the line")
    data = datasets.load("diabetes")
    slope, intercept = least_squares(data)
    plots.plot_data(axes, data)
    plots.plot_fit(axes, data, lambda x: run.model([x[0], x[0] ** 2]), "parabola")
    plots.plot_fit(axes, data, lambda x: slope * x[0] + intercept, "line", color=GREY, linestyle="--")
    axes.legend(frameon=False, fontsize=9)
    plots.save_picture(page, path)


ALL_ROWS = Recipe(
    name="all_rows",
    title="one step over all rows, still too long",
    post=5,
    data=lambda: datasets.load("diabetes"),
    model=line(5.0, 10.0),
    lr=1.0,
    epochs=1,
    checks=check_all_rows,
)
FIRST_ROW = replace(
    ALL_ROWS, name="first_row", title="one step on the first row, far too long", data=first_row, checks=check_first_row
)
FAST = replace(
    FIRST_ROW,
    name="fast_descent",
    title="ten steps on the first row that jump across the minimum",
    model=line(5.0, 5.0),
    lr=0.003,
    epochs=10,
    checks=check_fast_descent,
    pictures={"surface.png": draw_descent},
)
RECIPES = (
    FIRST_ROW,
    ALL_ROWS,
    replace(
        ALL_ROWS,
        name="diabetes",
        title="a line over 20 patients, in 10,000 small steps",
        lr=0.001,
        epochs=10_000,
        checks=check_perceptron,
        pictures={"surface.png": draw_surface, "closed_form.png": draw_closed_form},
    ),
    replace(
        ALL_ROWS,
        name="other_start",
        title="exercise: other initial weights, which lead to the same line",
        model=line(25.0, -20.0),
        lr=0.007,
        epochs=2000,
        checks=check_other_start,
        pictures={"surface.png": draw_surface},
    ),
    FAST,
    replace(
        FAST,
        name="slow_descent",
        title="ten more from where those ended, that slide down one side",
        model=lambda seed: line(*start_of_slow_descent())(seed),
        lr=0.001,
        checks=check_slow_descent,
        pictures={"surface.png": draw_both},
    ),
    Recipe(
        name="parabola",
        title="exercise: a curve, with the square as a second input",
        post=5,
        data=with_square,
        model=line(0.0, 0.0, inputs=2),
        lr=0.5,
        epochs=3000,
        scaled=True,
        checks=check_least_squares,
        pictures={"parabola.png": draw_parabola},
    ),
    Recipe(
        name="two_units",
        title="exercise: a second unit, which two linear ones do not need",
        post=5,
        data=lambda: datasets.load("diabetes"),
        model=lambda seed: MLP(1, [2, 1], "linear", seed=1 if seed is None else seed),
        lr=0.1,
        epochs=500,
        scaled=True,
        checks=check_two_units,
    ),
    Recipe(
        name="two_inputs",
        title="exercise: a second input, blood pressure",
        post=5,
        data=lambda: datasets.load("diabetes", features=("bmi", "bp")),
        model=line(0.0, 0.0, inputs=2),
        lr=0.1,
        epochs=1000,
        scaled=True,
        checks=check_least_squares,
    ),
)
