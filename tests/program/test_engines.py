"""The compiled engine of `nn.fit`: the same training as scalar by scalar, and who it leaves to the other."""

from __future__ import annotations

import math
import random
import warnings

import numpy as np
import pytest

import autograd
import nn
from autograd import Value
from autograd.engine.detachment import DetachedError
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


def test_the_compiled_engine_is_taken_where_it_can_be():
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


def my_sum(predictions, targets):
    return 3.0 * sum(abs(p - t) for p, t in zip(predictions, targets, strict=True))


def my_worst(predictions, targets):
    worst = abs(predictions[0] - targets[0])
    for p, t in zip(predictions, targets, strict=True):
        worst = autograd.maximum(worst, abs(p - t))
    return worst


@pytest.mark.parametrize(("loss", "reduction"), [(my_loss, "mean"), (my_sum, "sum")])
def test_a_loss_of_ones_own_that_is_the_mean_or_the_sum_of_its_points_is_recognised(loss, reduction):
    model = nn.MLP(2, [3, 1], seed=1)
    assert made(model, loss).reduction == reduction
    compiled, eager = (trained(engine, loss, 1, SIGNS) for engine in ("compiled", "eager"))
    assert compiled[1] == pytest.approx(eager[1], rel=1e-9)


def test_a_loss_that_is_neither_is_followed_scalar_by_scalar_with_a_warning():
    model = nn.MLP(2, [3, 1], seed=1)
    with pytest.raises(NotCompilable, match="neither the mean nor the sum"):
        CompiledEngine(model, my_worst, model.parameters(), X, SIGNS)
    with pytest.warns(RuntimeWarning, match="neither the mean nor the sum"):
        assert isinstance(compiled_where_possible(model, my_worst, model.parameters(), X, SIGNS), EagerEngine)


def test_cross_entropy_within_a_loss_of_ones_own_takes_classes():
    def with_decay(predictions, targets):
        return nn.cross_entropy(predictions, targets) + 0.01 * autograd.sum([v**2 for v in model.parameters()])

    paths = []
    for engine in (CompiledEngine, "eager"):
        model = nn.MLP(2, [6, 3], activation="tanh", seed=1)
        history = nn.fit(model, X, CASES["cross_entropy"][1], loss=with_decay, epochs=10, engine=engine)
        paths.append([*history.losses, *(parameter.data for parameter in model.parameters())])
    assert paths[0] == pytest.approx(paths[1], rel=1e-10)


def test_training_the_first_layers_only_is_the_same_in_both_engines():
    paths = []
    for engine in (CompiledEngine, "eager"):
        model = nn.MLP(2, [6, 1], activation="tanh", seed=1)
        optimizer = nn.Adam(model.layers[0].parameters(), lr=0.05)
        nn.fit(model, X, SIGNS, optimizer=optimizer, epochs=10, engine=engine)
        paths.append([parameter.data for parameter in model.parameters()])
    assert paths[0] == pytest.approx(paths[1], rel=1e-10)


class TestFaithfulness:
    """What one recording does not show is noticed, and the training is as if every scalar had been followed."""

    class Scaled(nn.Module):
        """A network whose output is multiplied by what a function of it says."""

        def __init__(self, factor):
            self.network = nn.MLP(2, [6, 1], activation="tanh", seed=1)
            self.factor = factor

        def __call__(self, x):
            return self.network(x) * self.factor(self)

    def trained(self, factor, engine, **options):
        model = self.Scaled(factor)
        history = nn.fit(model, X, SIGNS, epochs=12, lr=0.05, engine=engine, **options)
        return [*history.losses, *(parameter.data for parameter in model.parameters())]

    def test_a_number_that_is_read_from_a_parameter(self):
        def factor(model):
            return 1.0 + model.network.parameters()[0].data

        with pytest.warns(RuntimeWarning, match="cannot be compiled"):
            compiled = self.trained(factor, "compiled")
        assert compiled == pytest.approx(self.trained(factor, "eager"), rel=1e-12)

    def test_a_branch_by_a_number_that_is_read_from_a_parameter(self):
        start = self.Scaled(None).network.parameters()[0].data

        def factor(model):
            return 1.0 if model.network.parameters()[0].data > start + 0.01 else -1.0

        with pytest.warns(RuntimeWarning, match="cannot be compiled"):
            compiled = self.trained(factor, "compiled")
        assert compiled == pytest.approx(self.trained(factor, "eager"), rel=1e-12)

    @pytest.mark.parametrize("engine", ["compiled", "eager"])
    def test_a_parameter_that_becomes_a_plain_number_is_an_error_with_either_engine(self, engine):
        with pytest.raises(DetachedError, match="stop_gradient"):
            self.trained(lambda model: math.exp(model.network.parameters()[0]), engine)

    def test_random_numbers_with_the_generators_put_back(self):
        def factor(model):
            return random.choice([0.0, 2.0])

        random.seed(3)
        with pytest.warns(RuntimeWarning, match="cannot be compiled"):
            compiled = self.trained(factor, "compiled")
        random.seed(3)
        assert compiled == pytest.approx(self.trained(factor, "eager"), rel=1e-12)

    def test_what_a_callback_changes_is_trained_with_from_the_last_check_on(self):
        settings = {"factor": 1.0}

        def change(state):
            if state.epoch == 6:
                settings["factor"] = 0.5

        with pytest.warns(RuntimeWarning, match="epochs from 4 on are repeated"):
            compiled = self.trained(lambda model: settings["factor"], "compiled", callbacks=[change])
        settings["factor"] = 1.0

        def change_earlier(state):
            if state.epoch == 4:
                settings["factor"] = 0.5

        eager = self.trained(lambda model: settings["factor"], "eager", callbacks=[change_earlier])
        assert compiled == pytest.approx(eager, rel=1e-10)

    def test_what_changes_in_every_epoch_ends_with_following_every_scalar(self):
        settings = {"factor": 1.0}

        def shrink(state):
            settings["factor"] = 0.9**state.epoch

        with pytest.warns(RuntimeWarning, match="are repeated"):
            self.trained(lambda model: settings["factor"], "compiled", callbacks=[shrink])

    def test_a_faithful_model_is_trained_without_a_word(self):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            self.trained(lambda model: 2.0, "compiled")
