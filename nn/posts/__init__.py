"""The models of the five posts: how each is trained, and what its post reports of it.

A `Recipe` names the data, the model and the settings of a training; trained, it is a `Run`, whose checks hold every
reported figure beside the one obtained. One file for each post. `moons` is not of the posts; it is there to be trained.
"""

from __future__ import annotations

from nn import datasets
from nn.layers import MLP
from nn.posts import fifth, first, fourth, second, third
from nn.posts.recipe import Check, Expression, Recipe, Run

MOONS = Recipe(
    name="moons",
    title="two interlocking half circles told apart by a 2-8-8-1 network",
    post=0,
    data=lambda: datasets.load("moons"),
    model=lambda seed: MLP(2, [8, 8, 1], "tanh", seed=seed or 0),
    loss="binary_cross_entropy",
    optimizer="adam",
    lr=0.05,
    epochs=100,
    classes=True,
)
RECIPES: dict[str, Recipe] = {
    recipe.name: recipe
    for recipe in (*first.RECIPES, *second.RECIPES, *third.RECIPES, *fourth.RECIPES, *fifth.RECIPES, MOONS)
}
"""Every model that can be trained by its name. Each data set has one of the same name."""

EXPRESSIONS: tuple[Expression, ...] = third.EXPRESSIONS
"""What the posts differentiate without training anything."""

POSTS: dict[int, str] = {
    1: "a line learned from scratch",
    2: "one neuron, one weight",
    3: "the chain rule, and networks",
    4: "regression by one neuron",
    5: "the perceptron",
}
"""The five posts, and what they build."""

__all__ = ["EXPRESSIONS", "POSTS", "RECIPES", "Check", "Expression", "Recipe", "Run"]
