"""The second post: one neuron with one weight, which walks down the parabola of its mean squared error."""

import random
from pathlib import Path

import numpy as np

from nn import plots
from nn.layers import Neuron
from nn.posts.figures import Check
from nn.posts.pictures import draw_lines, picture
from nn.posts.recipe import Recipe, Run, Settings

STEPS = {
    10: ("28.075728775043547", "-61.98100236918255", "1.1394358551489718"),
    20: ("9.50524503591466", "-30.709631939506394", "1.569284692740735"),
    30: ("4.946395605365449", "-15.215654116766258", "1.7822612353503635"),
    40: ("3.8272482302958437", "-7.5388767490642445", "1.887784395436304"),
    50: ("3.552509863476323", "-3.7352756707945205", "1.9400677933076504"),
    60: ("3.4850646173147437", "-1.8507112931062708", "1.9659725680580205"),
    70: ("3.4685075514689503", "-0.9169690786711168", "1.978807566971417"),
    80: ("3.464442973977972", "-0.4543292594425819", "1.9851669041474533"),
    90: ("3.4634451649256888", "-0.22510581958202128", "1.9883177551597053"),
    100: ("3.463200213782052", "-0.111532834297016", "1.989878902465877"),
}


def slope(seed: int | None) -> Neuron:
    """One weight and no bias; the post draws the weight with Python's generator, seeded with 45."""
    neuron = Neuron(1, "linear", bias=False)
    neuron.w[0].data = random.Random(45 if seed is None else seed).random()
    return neuron


def loss_and_slope(run: Run, a: float) -> tuple[float, float]:
    """The mean squared error at a weight, and its derivative."""
    losses, gradients = run.shares([a])
    return float(np.mean(losses)), float(np.mean(gradients[:, 0]))


def check_training(run: Run) -> list[Check]:
    """Every tenth step: its error, the gradient that led to it, and the weight that it reached."""
    path = [numbers[0] for numbers in run.history.path]
    mean = "each point's by the engine, their mean by NumPy, as the post"
    checks = [
        Check("a at the start", "0.2718754143840908", repr(path[0])),
        Check("error at the start", "103.72263739946467", repr(loss_and_slope(run, path[0])[0]), mean),
    ]
    for step, (error, gradient, a) in STEPS.items():
        checks.append(Check(f"step {step}: error", error, repr(loss_and_slope(run, path[step])[0]), mean))
        checks.append(Check(f"step {step}: gradient", gradient, repr(loss_and_slope(run, path[step - 1])[1]), mean))
        checks.append(Check(f"step {step}: a", a, repr(path[step])))
    return checks


@picture(columns=2)
def draw_parabola(run: Run, left: "plots.Axes", right: "plots.Axes") -> None:
    """The loss for every weight: with tangents far from its minimum and near it, and with the way training took."""
    tangents, label = np.linspace(0.0, 4.0, 30)[[3, 14, -3]].tolist(), "mean squared error"
    plots.plot_tangents(left, lambda a: loss_and_slope(run, a), 0.0, 4.0, tangents, "a", label)
    weights = [numbers[0] for numbers in run.history.path[::5]]
    plots.plot_descent(right, run.loss_at, 0.0, 4.0, weights, "a", label)
    left.set_title("three tangents", fontsize=10)
    right.set_title("every fifth step of the training", fontsize=10)


def animate(run: Run, path: Path) -> None:
    """The line as it turns, beside the loss as it falls."""
    weights = [numbers[0] for numbers in run.history.path]
    plots.animate_slope(path, run.data, weights, lambda a: loss_and_slope(run, a))


RECIPES = (
    Recipe(
        name="measurements",
        title="z = ax: one weight, mean squared error over all points",
        model=slope,
        fit=Settings(lr=1e-3, epochs=100),
        checks=check_training,
        pictures={
            "untrained.png": draw_lines("before training", lambda run: {"untrained": (run.history.path[0][0], 0.0)}),
            "surface.png": draw_parabola,
            "training.gif": animate,
        },
    ),
)
