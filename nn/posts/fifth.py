"""The fifth post: a perceptron on measurements of patients, from one step too large to 10,000 small ones; and what it
leaves as exercises: a curve, a second unit and a second input."""

from dataclasses import replace
from functools import partial

import numpy as np

import autograd
from autograd.see.plotting import GREY
from nn import datasets, plots
from nn.datasets.dataset import Dataset
from nn.layers import MLP
from nn.module import Array
from nn.posts.figures import OWN, SEEN, Check, listed
from nn.posts.pictures import draw_lines, draw_surface, picture
from nn.posts.recipe import Recipe, Run, Settings, bias_of, error_of_line, least_squares, line


def check_first_row(run: Run) -> list[Check]:
    """One patient, once forward and once back, and a step that is far too long."""
    start, end = run.history.path
    losses, gradients = run.shares(start)
    prediction, y = run.answers_at(start)[0], run.data.targets[0]
    return [
        Check("prediction", "98.93169381", f"{prediction:.8f}"),
        Check("error", "-134.06830619", f"{prediction - y:.8f}"),
        Check("loss", "17974.3107", f"{losses[0]:.4f}"),
        Check("dL/dm, dL/db", "-4769.1686, -268.1366", listed(gradients[0], ".4f")),
        Check("m, b", "4774.1686, 278.1366", listed(end, ".4f")),
    ]


def check_all_rows(run: Run) -> list[Check]:
    """All patients, and a step that is still too long."""
    start, end = run.history.path
    return [
        Check("mean dL/dm, dL/db", "-1544.1194, -142.3783", listed(run.shares(start)[1].mean(axis=0), ".4f")),
        Check("m, b", "1549.1194, 152.3783", listed(end, ".4f")),
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
    best, note = listed(least_squares(run.data), ".4f"), "obtained from NumPy's lstsq"
    return [
        Check("closed form m, b", "11.2137, 25.2528", listed(closed_form(run.data), ".4f")),
        Check("scikit-learn's m, b", "11.2137, 25.2528", best, note),
        Check("rate × dL/dm, dL/db", "-1.5441, -0.1424", listed(steps, ".4f")),
        Check("m, b after 1 epoch", "6.5441, 10.1424", listed(path[1], ".4f")),
        Check("m, b after 10,000", "11.2349, 25.0117", listed(path[-1], ".4f")),
    ]


def check_other_start(run: Run) -> list[Check]:
    """From far away on the other side, the same line is found."""
    found, best = run.history.path[-1], least_squares(run.data)
    close = max(abs(f - b) for f, b in zip(found, best, strict=True)) < 0.5
    reported = f"near {listed(best, '.4f')}"
    return [Check("m, b", reported, listed(found, ".4f"), "an exercise of the post", close, OWN)]


def fast_descent() -> Run:
    """The first of the post's two descents."""
    return FAST.train(progress=False, engine="eager")


def misses(run: Run) -> Array:
    """How far the prediction was from the target at each step."""
    answers: Array = np.array([run.answers_at(numbers)[0] for numbers in run.history.path])
    answers -= run.data.targets[0]
    return answers


def check_descent(crossings: str, run: Run) -> list[Check]:
    """The post's picture: so often the prediction jumps across its target, and every step brings it nearer."""
    off = misses(run)
    jumps = np.count_nonzero(np.diff(np.sign(off)))
    nearer = (np.diff(np.abs(off)) < 0).all()
    return [
        Check("steps across the minimum", crossings, f"{jumps} of {len(run.history)}", origin=SEEN),
        Check("comes nearer", "yes", "yes" if nearer else "no", origin=SEEN),
    ]


draw_closed_form = draw_lines("the line of least squares", lambda run: {"closed form": closed_form(run.data)})


def plot_path(run: Run, axes: "plots.Axes") -> None:
    """Draw the loss for every prediction, and the ones that training went through."""
    (x,), y, off = run.data.inputs[0].tolist(), float(run.data.targets[0]), misses(run)
    reach, m = 1.1 * float(np.abs(off).max()), run.history.path[-1][0]
    label = f"predicted {run.data.axis_label(run.data.target_name)}"
    plots.plot_descent(axes, lambda p: run.loss_at(m, p - m * x), y - reach, y + reach, y + off, label, "squared error")
    axes.set_title(f"learning rate {run.recipe.fit.lr:g}", fontsize=10)


@picture(columns=2)
def draw_both(run: Run, left: "plots.Axes", right: "plots.Axes") -> None:
    """The fast descent and the slow one side by side."""
    plot_path(fast_descent(), left)
    plot_path(run, right)


def with_square() -> Dataset:
    """The patients with the square of their body-mass index as a second input, which makes of the line a parabola."""
    data = datasets.load("diabetes")
    inputs, units = np.column_stack([data.inputs, data.inputs**2]), {**data.units, "bmi²": "its square"}
    return replace(data, inputs=inputs, input_names=("bmi", "bmi²"), units=units)


def check_least_squares(run: Run) -> list[Check]:
    """Gradient descent finds the very plane that the closed form gives, and its error is below that of the line."""
    best, found = least_squares(run.data), [parameter.data for parameter in run.model.parameters()]
    rows = zip([*run.data.input_names, "intercept"], best, found, strict=True)
    checks = [Check(name, f"{b:.4f}", f"{f:.4f}", "against NumPy's lstsq", origin=OWN) for name, b, f in rows]
    of_line, error = error_of_line(datasets.load("diabetes")), float(np.mean(run.shares()[0]))
    words, note = f"below the line's {of_line:.1f}", "an exercise of the post"
    return [*checks, Check("mean squared error", words, f"{error:.1f}", note, error < of_line, OWN)]


def check_two_units(run: Run) -> list[Check]:
    """Two linear units are a line again: slope and intercept are sums over the units, and no error is saved."""
    first, last = run.model.layers  # type: ignore[union-attr]
    (second,) = last.neurons
    slope = sum(v.data * unit.w[0].data for v, unit in zip(second.w, first.neurons, strict=True))
    biases = sum(v.data * bias_of(unit).data for v, unit in zip(second.w, first.neurons, strict=True))
    error = float(np.mean(run.shares()[0]))
    figures = {
        "slope, summed over units": ("11.2137", slope),
        "intercept, summed over units": ("25.2528", bias_of(second).data + biases),
        "mean squared error": (f"{error_of_line(run.data):.4f}", error),
    }
    return [Check(what, line, f"{found:.4f}", "the line's", origin=OWN) for what, (line, found) in figures.items()]


@picture("a parabola over body-mass index, beside the line")
def draw_parabola(run: Run, axes: "plots.Axes") -> None:
    """The parabola over body-mass index, beside the line."""
    data = datasets.load("diabetes")
    slope, intercept = least_squares(data)
    plots.plot_data(axes, data)
    plots.plot_fit(axes, data, lambda x: run.model([x[0], x[0] ** 2]), "parabola")
    plots.plot_fit(axes, data, lambda x: slope * x[0] + intercept, "line", color=GREY, linestyle="--")
    axes.legend(**plots.LEGEND)


ALL_ROWS = Recipe(
    name="all_rows",
    title="one step over all rows, still too long",
    data=lambda: datasets.load("diabetes"),
    model=line(5.0, 10.0),
    fit=Settings(lr=1.0, epochs=1),
    checks=check_all_rows,
)
FIRST_ROW = replace(
    ALL_ROWS,
    name="first_row",
    title="one step on the first row, far too long",
    data=lambda: datasets.load("diabetes").rows(slice(1)),
    checks=check_first_row,
)
FAST = replace(
    FIRST_ROW,
    name="fast_descent",
    title="ten steps on the first row that jump across the minimum",
    model=line(5.0, 5.0),
    fit=Settings(lr=0.003, epochs=10),
    checks=partial(check_descent, "10 of 10"),
    pictures={"surface.png": picture()(plot_path)},
)
EXERCISE = replace(ALL_ROWS, model=line(0.0, 0.0, inputs=2), scaled=True, checks=check_least_squares)
RECIPES = (
    FIRST_ROW,
    ALL_ROWS,
    replace(
        ALL_ROWS,
        name="diabetes",
        title="a line over 20 patients, in 10,000 small steps",
        fit=Settings(lr=0.001, epochs=10_000),
        checks=check_perceptron,
        pictures={"surface.png": draw_surface, "closed_form.png": draw_closed_form},
    ),
    replace(
        ALL_ROWS,
        name="other_start",
        title="exercise: other initial weights, which lead to the same line",
        model=line(25.0, -20.0),
        fit=Settings(lr=0.007, epochs=2000),
        checks=check_other_start,
        pictures={"surface.png": draw_surface},
    ),
    FAST,
    replace(
        FAST,
        name="slow_descent",
        title="ten more from where those ended, that slide down one side",
        model=lambda seed: line(*fast_descent().history.path[-1])(seed),  # as the post does not set m and b back
        fit=Settings(lr=0.001, epochs=10),
        checks=partial(check_descent, "0 of 10"),
        pictures={"surface.png": draw_both},
    ),
    replace(
        EXERCISE,
        name="parabola",
        title="exercise: a curve, with the square as a second input",
        data=with_square,
        fit=Settings(lr=0.5, epochs=3000),
        pictures={"parabola.png": draw_parabola},
    ),
    replace(
        EXERCISE,
        name="two_units",
        title="exercise: a second unit, which two linear ones do not need",
        model=lambda seed: MLP(1, [2, 1], "linear", seed=1 if seed is None else seed),
        fit=Settings(lr=0.1, epochs=500),
        checks=check_two_units,
    ),
    replace(
        EXERCISE,
        name="two_inputs",
        title="exercise: a second input, blood pressure",
        data=lambda: datasets.load("diabetes", features=("bmi", "bp")),
        fit=Settings(lr=0.1, epochs=1000),
    ),
)
