"""The models of the five posts: how each is trained, and what its post reports of it.

A `Recipe` names the data, the model and the settings of a training; trained, it is a `Run`, whose checks hold every
reported figure beside the one obtained. One file for each post. `moons` and `digits` are not of the posts.

The digits are those of the eager engine, which adds up in the order of the points: train with ``engine="eager"`` to
get the very same.
"""

from collections.abc import Callable
from dataclasses import replace

from autograd.engine.value import Value
from nn.layers import MLP
from nn.posts import fifth, first, fourth, second, third
from nn.posts.figures import Check, as_reported
from nn.posts.recipe import Recipe, Run, Settings

MOONS = Recipe(
    name="moons",
    title="two interlocking half circles told apart by a 2-8-8-1 network",
    model=lambda seed: MLP(2, [8, 8, 1], "tanh", seed=seed or 0),
    fit=Settings(loss="binary_cross_entropy", optimizer="adam", lr=0.05, epochs=100),
    classes=True,
)
DIGITS = Recipe(
    name="digits",
    title="handwritten digits, told apart by a 64-32-10 network",
    model=lambda seed: MLP(64, [32, 10], seed=seed or 0),
    fit=Settings(loss="cross_entropy", optimizer="adam", lr=0.01, epochs=20, batch_size=64, shuffle=True),
    classes=True,
    held_out=0.2,
)
RECIPES: dict[str, Recipe] = {
    recipe.name: replace(recipe, post=number)
    for number, post in enumerate((first, second, third, fourth, fifth), start=1)
    for recipe in post.RECIPES
}
RECIPES |= {recipe.name: recipe for recipe in (MOONS, DIGITS)}
"""Every model that can be trained by its name. Each data set has one of the same name."""

EXPRESSIONS: dict[int, tuple[Callable[[], tuple[Value, list[Check]]], ...]] = {3: third.EXPRESSIONS}
"""What each post differentiates without training anything: functions that give the result, with its gradients, and the
checks. Name and first line of the docstring say what it is."""

POSTS: dict[int, str] = {
    1: "a line learned from scratch (our copy has neither title nor author)",
    2: "one neuron, one weight (How Neural Networks Work: Linear Regression and Gradient Descent Step by Step)",
    3: "the chain rule, and networks (Understanding neural network)",
    4: "regression by one neuron (by MLDawn; our copy has no title)",
    5: "the perceptron (A Basic Neural Network from Scratch, 2022)",
}
"""The five posts: what they build, and title, author and year where they say so."""

__all__ = ["EXPRESSIONS", "POSTS", "RECIPES", "Check", "Recipe", "Run", "Settings", "as_reported"]
