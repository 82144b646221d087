"""The five posts: every figure that they report, to the digits that they print."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from autograd import Value
from nn import datasets, plots
from nn.datasets.dataset import Dataset
from nn.layers import MLP, Neuron
from nn.posts import EXPRESSIONS, POSTS, RECIPES, Check
from nn.posts.figures import ORIGINS, PRINTED, SEEN
from nn.posts.recipe import Recipe, Run, Settings, line, standardise, start_from_line
from nn.posts.third import network, written_out

if TYPE_CHECKING:
    from pathlib import Path

_runs: dict[str, Run] = {}


def trained(name: str) -> Run:
    """A run of a recipe, made once for all tests."""
    if name not in _runs:
        _runs[name] = RECIPES[name].train(progress=False, engine="eager")
    return _runs[name]


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.post])
def test_every_reported_figure_is_obtained(name):
    checks = RECIPES[name].checks(trained(name))
    assert checks
    assert [check for check in checks if not check.passed] == []
    for check in checks:
        assert check.origin in ORIGINS
        assert check.note or check.origin in (PRINTED, SEEN)  # what no post shows says how it came about


@pytest.mark.parametrize("expression", sum(EXPRESSIONS.values(), ()), ids=lambda expression: expression.__name__)
def test_every_derivative_without_training_is_obtained(expression):
    root, checks = expression()
    assert root.grad == 1.0
    assert [check for check in checks if not check.passed] == []


def test_all_five_posts_are_there():
    assert {recipe.post for recipe in RECIPES.values()} - {0} == set(POSTS) == {1, 2, 3, 4, 5}


# The figures once more, spelt out, so that a slip in the tables of the posts cannot hide.


def test_the_first_post_moves_its_line_in_two_steps():
    run = trained("line_by_hand")
    assert run.history.path == [[5.0, 4.0], [1.25, 1.375]]
    assert [run.model(x).data for x in (1, 2, 3)] == [2.625, 3.875, 5.125]


@pytest.mark.parametrize(
    ("epoch", "loss", "slope", "intercept"),
    [
        (0, "31.27642", "0.79", "5.87"),
        (1, "2.18066", "1.67", "5.60"),
        (2, "2.53907", "1.60", "5.06"),
        (47, "0.00007", "2.00", "1.02"),
        (48, "0.00005", "2.00", "1.02"),
        (49, "0.00004", "2.00", "1.02"),
    ],
)
def test_the_first_posts_loop_prints_the_losses_met_and_the_line_after_the_epoch(epoch, loss, slope, intercept):
    history = trained("line").history
    w, c = history.path[epoch + 1]
    assert (f"{history.losses[epoch]:.5f}", f"{w:.2f}", f"{c:.2f}") == (loss, slope, intercept)


def test_the_second_posts_weight_is_the_same_to_the_last_bit():
    run = trained("measurements")
    path = [a for (a,) in run.history.path]
    assert (path[0], path[10], path[100]) == (0.2718754143840908, 1.1394358551489718, 1.989878902465877)


def test_the_second_posts_error_follows_the_step_and_its_gradient_leads_to_it():
    run = trained("measurements")
    errors = [np.mean(run.shares(run.history.path[step])[0]) for step in (0, 10, 100)]
    assert errors == [103.72263739946467, 28.075728775043547, 3.463200213782052]
    assert np.mean(run.shares(run.history.path[99])[1]) == -0.111532834297016


def test_the_third_posts_fit_stops_by_its_tolerance():
    history = trained("heights").history
    assert history.stopped == "tolerance"
    assert len(history) == 13  # iterations 0 to 12
    assert history.path[-1] == [2.5050805428051177, 0.05203397906837089]


def test_the_third_posts_network_updates_to_the_last_bit_if_the_sigmoid_is_written_out():
    model = network(None)
    loss = (written_out(model, [0.5, 0.1]) - 1) ** 2
    loss.backward()
    numbers = [p.data - 0.1 * p.grad for name, p in model.named_parameters() if ".w." in name]
    assert numbers[:4] == [0.4959090502974488, -0.13842532171394142, 0.6469169368416101, 1.522875536156209]
    assert numbers[4:] == [-0.21858233006544409, -0.21693530426706437]
    assert loss.data == 0.32303435128304775


def test_the_fifth_posts_perceptron_is_near_the_closed_form_after_10_000_epochs():
    history = trained("diabetes").history
    assert len(history) == 10_000
    assert [f"{number:.4f}" for number in history.path[1]] == ["6.5441", "10.1424"]
    assert [f"{number:.4f}" for number in history.path[-1]] == ["11.2349", "25.0117"]


def test_the_slow_descent_goes_on_where_the_fast_one_ended():
    assert trained("slow_descent").history.path[0] == trained("fast_descent").history.path[-1]


# How the checks work.


def test_a_figure_agrees_if_it_is_the_same_text():
    assert Check("m", "1.25", "1.25").passed
    assert not Check("m", "1.25", "1.250").passed


def test_what_is_reported_in_words_agrees_if_it_says_so():
    assert Check("slope", "near 3", "2.9", holds=True).passed
    assert not Check("slope", "near 3", "2.0", holds=False).passed


# How recipes work.


def test_a_seed_replaces_the_posts_own_start():
    assert line(5.0, 4.0)(None).state_dict() == {"w.0": 5.0, "b": 4.0}
    assert line(5.0, 4.0)(1).state_dict() != line(5.0, 4.0)(2).state_dict()


def test_only_the_parameters_named_are_trained():
    run = trained("intercept")
    assert run.history.names == ["b"]
    assert run.model.w[0].data == 2.0


@pytest.mark.parametrize("make", [lambda: Neuron(2, "linear", seed=3), lambda: MLP(2, [4, 1], "tanh", seed=3)])
def test_a_model_trained_on_standard_scores_then_takes_and_gives_the_datas_own_units(make):
    data = datasets.load("diabetes", features=("bmi", "bp"))
    scale, model, folded = standardise(data), make(), make()
    scale.fold_into(folded)
    for x, score in zip(data.inputs.tolist(), scale.scores(data).inputs.tolist(), strict=True):
        expected = model(score).data * scale.target.deviation + scale.target.mean
        assert folded(x).data == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("sizes", [[8, 1], [8, 5, 1]])
def test_a_network_of_rectifiers_can_start_as_the_straight_line(sizes):
    data = datasets.load("diabetes", features=("bmi", "bp"))
    scores = standardise(data).scores(data)
    model = MLP(2, sizes, "relu", seed=1)
    start_from_line(model, scores, classes=False)
    slopes = np.linalg.lstsq(scores.inputs, scores.targets, rcond=None)[0]
    answers = [model(x).data for x in scores.inputs.tolist()]
    np.testing.assert_allclose(answers, scores.inputs @ slopes, atol=0.02)
    model.zero_grad()
    sum(model(x) for x in scores.inputs.tolist()).backward()
    assert sum(p.grad != 0 for p in model.layers[-1].neurons[0].w) > 2  # and the others can still be listened to


@pytest.mark.parametrize("sizes", [[8, 3], [9, 6, 3]])
def test_a_network_of_rectifiers_can_start_as_the_linear_discriminant(sizes):
    discriminant = pytest.importorskip("sklearn.discriminant_analysis").LinearDiscriminantAnalysis()
    generator = np.random.default_rng(0)
    classes = np.repeat([0, 1, 2], [40, 30, 20])
    inputs = generator.normal(size=(90, 2)) + 2.0 * np.array([[0, 0], [1, 0], [1, 1]])[classes]
    data = Dataset("blobs", inputs, classes, ("x", "y"), "class", classes=("a", "b", "c"))
    scores = standardise(data, classes=True).scores(data)
    model = MLP(2, sizes, "relu", seed=1)
    start_from_line(model, scores, classes=True)
    expected = discriminant.fit(scores.inputs, classes).predict_proba(scores.inputs)
    powers = np.exp(model.predict(scores.inputs))
    np.testing.assert_allclose(powers / powers.sum(axis=1, keepdims=True), expected, atol=0.05)


def test_a_class_without_a_point_does_not_spoil_the_start():
    data = Dataset("two of three", np.array([[-1.0], [1.0], [1.0], [-1.0]]), [0, 2, 2, 0], ("x",), "class")
    model = MLP(1, [6, 3], "relu", seed=1)
    start_from_line(model, data, classes=True)
    np.testing.assert_array_equal(model.predict(data.inputs).argmax(axis=1), [0, 2, 2, 0])


def test_classes_are_not_scaled():
    data = datasets.load("moons")
    assert (standardise(data, classes=True).scores(data).targets == data.targets).all()


def test_a_neuron_without_a_bias_cannot_take_up_a_mean():
    with pytest.raises(ValueError, match="has no bias to hold the mean"):
        standardise(datasets.load("line")).fold_into(Neuron(1, bias=False))


def test_looking_at_other_parameters_leaves_the_model_as_it_is():
    run = trained("heights")
    before = run.model.state_dict()
    assert run.loss_at(0.0, 0.0) == pytest.approx(np.mean(run.data.targets**2))
    run.shares([1.0, 1.0])
    run.answers_at([1.0, 1.0])
    assert run.model.state_dict() == before


def test_the_shares_of_the_points_add_up_to_loss_and_gradient():
    run = trained("heights")
    losses, gradients = run.shares()
    numbers = [parameter.data for parameter in run.model.parameters()]
    assert losses.mean() == pytest.approx(run.loss_at(*numbers))
    step = 1e-6
    slope = (run.loss_at(numbers[0], numbers[1] + step) - run.loss_at(numbers[0], numbers[1] - step)) / (2 * step)
    assert gradients.mean(axis=0)[1] == pytest.approx(slope, rel=1e-5)


def test_the_graph_of_the_loss_names_inputs_parameters_and_results():
    root = trained("heights").graph()
    labels, stack = set(), [root]
    while stack:
        node = stack.pop()
        labels.add(node.label)
        stack.extend(node.parents)
    assert {"weight", "height", "w.0", "b", "prediction", "loss"} <= labels


def test_settings_that_cannot_be_trained_are_refused_before_anything_starts():
    recipe = Recipe("line", "", line(0.0, 0.0), Settings(lr=-1.0))
    with pytest.raises(ValueError, match="learning rate lr must be a positive number"):
        Run(recipe, recipe.load(), recipe.model(None)).check()


def test_values_go_through_a_recipes_model():
    assert isinstance(trained("line").model(Value(2.0)), Value)


@pytest.mark.parametrize("name", [name for name, recipe in RECIPES.items() if recipe.post and recipe.pictures])
def test_every_picture_of_a_post_has_a_title(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("matplotlib")
    drawn = []
    monkeypatch.setattr(plots, "save_picture", lambda page, path: drawn.append((path.name, page)))
    for file, picture in RECIPES[name].pictures.items():
        if file.endswith(".png"):
            picture(trained(name), tmp_path / file)
    assert drawn
    for file, page in drawn:
        assert page.get_suptitle() or all(axes.get_title() for axes in page.axes), file
