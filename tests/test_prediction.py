"""`model.predict`: a model's outputs at many points, by array code, and never other than the model's own."""

from __future__ import annotations

import random

import numpy as np
import pytest

import nn
from autograd import Value

X = np.random.default_rng(0).normal(size=(50, 2))


def one_by_one(model, points):
    outputs = [model(point) for point in points.tolist()]
    return [[each.data for each in row] if isinstance(row, list) else row.data for row in outputs]


@pytest.mark.parametrize("sizes", [[1], [5, 1], [5, 3]])
@pytest.mark.parametrize("points", [X, X[:3], X[:0]], ids=len)
def test_outputs_are_those_of_the_model(sizes, points):
    model = nn.MLP(2, sizes, activation="tanh", seed=1)
    outputs = model.predict(points)
    assert len(outputs) == len(points)
    assert np.allclose(outputs, np.reshape(one_by_one(model, points), outputs.shape), rtol=1e-12)


def test_what_has_changed_since_the_last_time_counts():
    model = nn.MLP(2, [5, 1], activation="tanh", seed=1)
    model.predict(X)
    model.parameters()[0].data = 5.0
    assert np.allclose(model.predict(X), one_by_one(model, X), rtol=1e-12)
    model.layers[1] = nn.Linear(5, 1, seed=3)
    assert np.allclose(model.predict(X), one_by_one(model, X), rtol=1e-12)


class Above(nn.Module):
    """What is left of a number above a threshold, times a factor."""

    def __init__(self, threshold=0.5, factor=lambda: 1.0):
        self.w, self.threshold, self.factor = Value(2.0), threshold, factor

    def forward(self, x):
        return (self.w * x - self.threshold).relu() * self.factor()


FEW = np.zeros(50)
FEW[[3, 4]] = 1.0  # points that are none of the few at which a program is compared with its model


def test_what_has_changed_counts_at_points_that_are_not_compared_too():
    model = Above()
    assert model.predict(FEW)[3] == 1.5
    model.threshold = 0.25
    assert model.predict(FEW)[3] == 1.75


def test_a_model_that_draws_numbers_draws_them_for_every_point():
    outputs = Above(factor=random.random).predict(FEW)
    assert 0.0 != outputs[3] != outputs[4] != 0.0


def test_a_model_that_branches_answers_point_by_point():
    class Branching(nn.Module):
        def __init__(self):
            self.w = Value(3.0)

        def forward(self, x):
            return self.w * x[0] if x[0] > 0 else self.w * x[1]

    model = Branching()
    assert model.predict(X).tolist() == one_by_one(model, X)


def test_the_wrong_shape_is_refused():
    model = nn.MLP(2, [5, 1], seed=1)
    with pytest.raises(ValueError, match=r"shape \(n,\) or \(n, d\)"):
        model.predict(np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match="3"):
        model.predict(np.zeros((20, 3)))
    with pytest.raises(
        ValueError, match=r"takes 2 inputs, but got 1: 1.0; give each point as a list, as in \[\[1.0, 2.0\]\]"
    ):
        model.predict([1.0, 2.0])
