"""The third post: the chain rule, a fit that stops by itself, a curve that takes a network, and one backward pass."""

from typing import Any

import numpy as np

import autograd
from autograd.engine.value import Value
from nn import plots
from nn.datasets.dataset import Dataset
from nn.layers import MLP
from nn.losses import mse
from nn.optim import SGD
from nn.posts.figures import COMPUTED, OWN, SEEN, Check
from nn.posts.pictures import draw_costs, draw_lines, draw_surface, picture
from nn.posts.recipe import Recipe, Run, Settings, bias_of, error_of_line, least_squares, line


def shoe_size() -> tuple[Value, list[Check]]:
    """Weight sets height, height sets shoe size: the derivative of the whole is the product of the two.

    The post's equations say 3 and 1/4. Its prose goes on with 2 and 1/4, and so with 1/2: a slip.
    """
    (weight,) = autograd.variables(weight=60.0)
    height = 3 * weight
    height.label = "height"
    size = 0.25 * height
    size.label = "shoe size"
    size.backward()
    factors = f"{weight.grad / height.grad:g} × {height.grad:g}"
    return size, [
        Check("d height / d weight × d size / d height", "3 × 0.25", factors),
        Check("d size / d weight", "0.75", f"{weight.grad:g}", "by its equations; its prose slips, to 0.5", origin=OWN),
    ]


def shoe_size_by_age() -> tuple[Value, list[Check]]:
    """The post's example of a root: with a name for what is under it, the chain rule takes it apart."""
    (age,) = autograd.variables(age=1.5)
    under_root = age**2 + 0.5
    under_root.label = "under the root"
    size = autograd.sqrt(under_root)
    size.label = "shoe size"
    size.backward()
    expected, note = 1.5 / (1.5**2 + 0.5) ** 0.5, "age / √(age² + ½)"
    return size, [Check("d size / d age at age 1.5", f"{expected:.12f}", f"{age.grad:.12f}", note, origin=OWN)]


def ten_people() -> Dataset:
    """Ten people for the post's example of a sum of squares with slope -1000 at intercept 0, and minimum at 50.

    The post does not show its points. But n residuals about the intercept a have the slope -2 n (mean - a), so ten
    points at 50 on average above the line are the ones.
    """
    weights = np.linspace(50.0, 68.0, 10)
    heights = 50 + 2 * weights + np.tile([-3.0, 3.0], 5)
    return Dataset("ten_people", weights, heights, ("weight",), "height", {"weight": "kg", "height": "cm"})


def check_intercept(run: Run) -> list[Check]:
    """The slope of the sum of squares at the start, the step that it makes, and where the steps lead.

    The post subtracts a step of -10 from 0 and gets -10: a slip, for it is on its way to 50.
    """
    gradient = run.shares([2.0, 0.0])[1].sum(axis=0)[1]
    return [
        Check("slope of the sum of squares at 0", "-1000", f"{gradient:g}"),
        Check("step", "-10", f"{0.01 * gradient:g}"),
        Check("next intercept", "10", f"{run.history.path[1][0]:g}", "0 − (−10); the post writes −10", origin=OWN),
        Check("best intercept", "50", f"{run.history.path[-1][0]:.6g}", "the lowest point of its curve", origin=SEEN),
    ]


@picture("every step of the training")
def draw_intercepts(run: Run, axes: "plots.Axes") -> None:
    """The sum of squares for every intercept, and the steps down to its minimum, which get smaller and smaller."""
    steps = [numbers[0] for numbers in run.history.path]
    plots.plot_descent(axes, lambda a: run.loss_at(2.0, a), -5.0, 105.0, steps, "intercept", "sum of squares")


SEVERAL = {f"intercept {a}": (2.0, float(a)) for a in (0, 20, 35, 50)}
"""Lines at several intercepts, one of which comes closest to the points."""


def check_heights(run: Run) -> list[Check]:
    """Where the tolerance stopped the fit. The post prints no figures; these are its own program's."""
    (slope, intercept), best = run.history.path[-1], least_squares(run.data)
    return [
        computed("stops at iteration", "12", len(run.history) - 1),
        computed("intercept", "0.05203397906837089", intercept),
        computed("slope", "2.5050805428051177", slope),
        computed("mean squared error", "20.69941270576003", float(np.mean(run.shares()[0]))),
        Check("least squares", "2.4441415, 3.67637132", f"{best[0]:.7f}, {best[1]:.8f}", "NumPy's lstsq", origin=OWN),
    ]


def computed(what: str, reported: str, obtained: Any) -> Check:
    """A figure that the post's own program prints when it is run."""
    return Check(what, reported, str(obtained), "run in NumPy", origin=COMPUTED)


def network(seed: int | None) -> MLP:
    """Two inputs, two hidden neurons and one output; NumPy's legacy generator draws the weights, and biases are 0."""
    model = MLP(2, [2, 1], "sigmoid", output="sigmoid", seed=0)
    weights = iter(np.random.RandomState(42 if seed is None else seed).randn(6).tolist())
    for name, parameter in model.named_parameters():
        parameter.data = 0.0 if name.endswith(".b") else next(weights)
    return model


def written_out(model: MLP, point: list[float]) -> Value:
    """The network's answer with 1 / (1 + e^-z) in place of the library's own sigmoid.

    It is the same, but the derivative that comes of these steps is rounded as the post's is, where that of the
    library's sigmoid is a little more accurate: that can be seen in the 17th digit.
    """
    x: list[Value] = [Value(number) for number in point]
    for layer in model.layers:
        x = [1 / (1 + (-(autograd.dot(neuron.w, x) + bias_of(neuron))).exp()) for neuron in layer.neurons]
    return x[0]


def check_network(run: Run) -> list[Check]:
    """What the post's program prints, with the name mended that it does not define; and what `nn.fit` makes of it."""
    model, point, target = network(None), run.data.inputs[0].tolist(), run.data.targets[0].item()
    prediction = written_out(model, point)
    cost = mse([prediction], [target])
    cost.backward()
    SGD(model.parameters(), lr=0.1).step()
    after, trained = model.state_dict(), run.model.state_dict()
    first, second, last = ([w.data for w in neuron.w] for layer in model.layers for neuron in layer.neurons)
    off = max(abs(trained[name] - number) for name, number in after.items())
    return [
        computed("cost", "0.32303435128304775", cost.data),
        computed("prediction", "0.43163889", f"{prediction.data:.8f}"),
        computed("W1[0]", "[0.4959090502974488, -0.13842532171394142]", first),
        computed("W1[1]", "[0.6469169368416101, 1.522875536156209]", second),
        computed("W2[0]", "[-0.21858233006544409, -0.21693530426706437]", last),
        Check("the library's own sigmoid", "within 1e-15", f"{off:.1e} off", "nn.fit", off < 1e-15, OWN),
    ]


def check_curve(run: Run) -> list[Check]:
    """The post shows that the network follows the bell, where a line cannot."""
    of_line, of_network = error_of_line(run.data), float(np.mean(run.shares()[0]))
    better = of_network < of_line / 20
    return [Check("mean squared error", f"far below a line's {of_line:.4f}", f"{of_network:.4f}", "", better, SEEN)]


EXPRESSIONS = (shoe_size, shoe_size_by_age)
RECIPES = (
    Recipe(
        name="intercept",
        title="an intercept alone, by the sum of squared residuals",
        data=ten_people,
        model=line(2.0, 0.0),
        fit=Settings(loss="sse", lr=0.01, epochs=100),
        trained=("b",),
        checks=check_intercept,
        pictures={"surface.png": draw_intercepts, "lines.png": draw_lines("lines of slope 2", lambda run: SEVERAL)},
    ),
    Recipe(
        name="heights",
        title="intercept and slope, until the loss changes by less than 1e-6",
        model=line(0.01, 0.01),
        fit=Settings(lr=1e-4, epochs=1000, tolerance=1e-6),
        checks=check_heights,
        pictures={"surface.png": draw_surface, "costs.png": draw_costs},
    ),
    Recipe(
        name="curve",
        title="a bell-shaped curve by a 1-20-1 network of rectifiers",
        model=lambda seed: MLP(1, [20, 1], "relu", seed=3 if seed is None else seed),
        fit=Settings(optimizer="adam", lr=0.05, epochs=200),
        checks=check_curve,
    ),
    Recipe(
        name="network",
        title="one backward pass and one update of a 2-2-1 network of sigmoids",
        data=lambda: Dataset("one_point", np.array([[0.5, 0.1]]), np.array([1.0]), ("x1", "x2"), "y"),
        model=network,
        fit=Settings(lr=0.1, epochs=1),
        checks=check_network,
    ),
)
