"""The compiled engine of `nn.fit`: the same training as scalar by scalar, and who it leaves to the other."""

from __future__ import annotations

import random
import warnings

import numpy as np
import pytest

import nn
from autograd import Value
from nn.training.engines import CompiledEngine, EagerEngine, NotCompilable, compiled_where_possible

RNG = np.random.default_rng(0)
X = RNG.normal(size=(23, 2))
SIGNS = np.sign(X[:, 0] * X[:, 1])
CASES = {
    "mse": (1, SIGNS),
    "mae": (1, SIGNS),
    "sse": (1, SIGNS),
    "half_squared_error": (1, SIGNS),
    "hinge": (1, SIGNS),
    "binary_cross_entropy": (1, (SIGNS + 1) / 2),
    "cross_entropy": (3, RNG.integers(0, 3, 23).astype(float)),
}


def trained(engine, loss, outputs, targets, **options):
    model = nn.MLP(2, [6, outputs], activation="tanh", seed=1)
    history = nn.fit(model, X, targets, loss=loss, epochs=15, lr=0.02, engine=engine, **options)
    return history.losses, [parameter.data for parameter in model.parameters()]


@pytest.mark.parametrize("loss", CASES)
@pytest.mark.parametrize("options", [{}, {"batch_size": 5, "shuffle": True}, {"batch_size": 1}], ids=repr)
def test_both_engines_train_to_the_same_parameters(loss, options):
    for compiled, eager in zip(
        trained("compiled", loss, *CASES[loss], **options), trained("eager", loss, *CASES[loss], **options), strict=True
    ):
        assert compiled == pytest.approx(eager, rel=1e-12, abs=1e-15)


def test_several_outputs_and_probabilities_for_targets():
    for loss, targets in (("mse", RNG.normal(size=(23, 3))), ("cross_entropy", np.eye(3)[[0] * 10 + [2] * 13])):
        compiled, eager = (trained(engine, loss, 3, targets)[1] for engine in ("compiled", "eager"))
        assert compiled == pytest.approx(eager, rel=1e-12)


def test_parameters_that_are_not_trained_stay():
    model = nn.MLP(2, [3, 1], seed=1)
    frozen, trained_ones = model.parameters()[:5], model.parameters()[5:]
    before = [parameter.data for parameter in frozen]
    nn.fit(model, X, SIGNS, optimizer=nn.SGD(trained_ones, lr=0.01), epochs=3)
    assert [parameter.data for parameter in frozen] == before


def made(model, loss=nn.mse):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        return compiled_where_possible(model, loss, model.parameters(), X, SIGNS)


def test_it_is_taken_where_it_can_be():
    assert isinstance(made(nn.MLP(2, [3, 1])), CompiledEngine)


class Branching(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def __call__(self, x):
        return self.w * x[0] if x[0] > 0 else self.w * x[1]


class Drawing(nn.Module):
    def __init__(self):
        self.w = Value(1.0)

    def __call__(self, x):
        return self.w * x[0] * random.random()


@pytest.mark.parametrize("model", [Branching(), Drawing()])
def test_a_model_that_one_run_does_not_show_is_followed_scalar_by_scalar_with_a_warning(model):
    with pytest.warns(RuntimeWarning, match="cannot be compiled"):
        assert isinstance(compiled_where_possible(model, nn.mse, model.parameters(), X, SIGNS), EagerEngine)


def my_loss(predictions, targets):
    return sum((p - t) ** 2 for p, t in zip(predictions, targets, strict=True)) / len(targets)


def test_a_loss_of_ones_own_is_compiled_once_it_says_how_it_reduces():
    model = nn.MLP(2, [3, 1], seed=1)
    assert isinstance(made(model, my_loss), EagerEngine)
    with pytest.raises(NotCompilable, match="my_loss.*reduction"):
        CompiledEngine(model, my_loss, model.parameters(), X, SIGNS)

    def mine(predictions, targets):
        return my_loss(predictions, targets)

    mine.reduction = "mean"
    assert isinstance(made(model, mine), CompiledEngine)
