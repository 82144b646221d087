"""Pictures: what is on the axes is what was computed, and files are written whole."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("matplotlib")

from nn import datasets, plots
from nn.layers import MLP, Neuron
from nn.training.history import History


@pytest.fixture
def axes():
    return plots.figure()[1][0]


@pytest.fixture
def line():
    neuron = Neuron(1, "linear")
    neuron.load_state_dict({"w.0": 2.0, "b": 1.0})
    return neuron


def test_answers_are_numbers_and_leave_no_graph(line):
    assert plots.answers(line, [[0.0], [3.0]]).tolist() == [1.0, 7.0]


def test_a_fit_is_the_models_line_over_the_range_of_the_data(axes, line):
    plots.plot_fit(axes, datasets.load("line"), line)
    x, y = axes.lines[0].get_data()
    np.testing.assert_allclose(y, 2 * np.asarray(x) + 1)
    assert min(x) < 0 and max(x) > 9


def test_axes_are_labelled_with_names_and_units(axes):
    plots.plot_data(axes, datasets.load("heights"))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("weight (kg)", "height (cm)")


def test_one_input_is_shown_as_a_curve(axes, line):
    plots.plot_model(axes, datasets.load("line"), line)
    assert len(axes.lines) == 1 and axes.get_legend() is not None


def test_two_classes_in_the_plane_are_shown_with_the_border_between_them(axes):
    plots.plot_model(axes, datasets.load("moons"), MLP(2, [4, 1], "tanh", seed=1))
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("x1", "x2")
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["class 0", "class 1"]


@pytest.fixture
def people():
    """Two classes told apart by inputs of very different size."""
    inputs = np.array([[20.0, 9000.0], [30.0, 50000.0], [60.0, 20000.0], [70.0, 40000.0]])
    return datasets.Dataset("people", inputs, [0, 0, 1, 1], ("age", "income"), "smoker", classes=("no", "yes"))


def test_the_plane_fills_the_picture_where_its_axes_have_other_units(axes, people):
    plots.plot_decision(axes, people, Neuron(2, "linear", seed=1))
    assert axes.get_aspect() == "auto" and axes.get_ylim()[1] - axes.get_ylim()[0] < 60000
    moons = plots.figure()[1][0]
    plots.plot_decision(moons, datasets.load("moons"), Neuron(2, "linear", seed=1))
    assert moons.get_aspect() == 1.0


def test_classes_are_shown_by_their_names(axes, people):
    plots.plot_decision(axes, people, Neuron(2, "linear", seed=1))
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["smoker no", "smoker yes"]
    confusion = plots.figure()[1][0]
    plots.plot_confusion(confusion, people, MLP(2, [2], seed=1))
    assert [text.get_text() for text in confusion.get_yticklabels()] == ["no", "yes"]


def test_the_border_of_two_outputs_runs_where_they_are_equal(axes, people):
    plots.plot_decision(axes, people, lambda x: [1.0 - x[0] / 90, x[0] / 90])
    (border,) = [each for each in axes.collections if len(getattr(each, "levels", ())) == 1]
    assert np.allclose(border.get_paths()[0].vertices[:, 0], 45.0)


def test_more_inputs_are_shown_by_how_far_model_and_data_agree(axes):
    plots.plot_model(axes, datasets.load("diabetes", features=["bmi", "bp"]), Neuron(2, "linear", seed=1))
    assert axes.get_xlabel() == "progression, observed"


@pytest.mark.parametrize(
    ("losses", "scale"), [([4.0, 3.0, 2.0], "linear"), ([100.0, 1.0], "log"), ([1.0, 0.0], "linear")]
)
def test_losses_that_fall_far_are_shown_on_a_logarithmic_scale(axes, losses, scale):
    plots.plot_losses(axes, losses)
    assert axes.get_yscale() == scale
    assert list(axes.lines[0].get_ydata()) == losses


def test_tangents_touch_the_curve_with_its_slope(axes):
    plots.plot_tangents(axes, lambda a: (a**2, 2 * a), -2, 2, at=[1.5], name="a")
    x, y = axes.lines[1].get_data()
    assert (y[1] - y[0]) / (x[1] - x[0]) == pytest.approx(3.0)
    assert np.mean(y) == pytest.approx(1.5**2)


def test_a_descent_lies_on_the_curve(axes):
    plots.plot_descent(axes, lambda a: a**2, -2, 2, path=[2.0, 1.0, 0.5], name="a")
    assert list(axes.lines[1].get_ydata()) == [4.0, 1.0, 0.25]


def test_a_surface_shows_the_path_its_ends_and_the_least_loss(axes):
    path = [[3.0, 3.0], [1.0, 2.0], [0.5, 0.5]]
    plots.plot_surface(axes, lambda m, b: m**2 + b**2, path, ("m", "b"), best=(0.0, 0.0))
    assert np.column_stack(axes.lines[0].get_data()).tolist() == path
    labels = [text.get_text() for text in axes.get_legend().get_texts()]
    assert labels == ["path", "start", "end", "least loss"]
    assert axes.get_xlim()[0] < 0 and axes.get_xlim()[1] > 3


def test_the_animation_has_a_frame_for_every_step(tmp_path):
    image = pytest.importorskip("PIL.Image")
    path = tmp_path / "training.gif"
    plots.animate_slope(path, datasets.load("measurements"), [0.3, 1.0, 1.9], lambda a: ((a - 2) ** 2, 2 * (a - 2)))
    with image.open(path) as gif:
        assert gif.n_frames == 3


def test_a_picture_is_written_whole(tmp_path, line):
    page, (axes,) = plots.figure()
    plots.plot_model(axes, datasets.load("line"), line)
    plots.save_picture(page, tmp_path / "fit.png")
    assert (tmp_path / "fit.png").read_bytes().startswith(b"\x89PNG")
    assert [path.name for path in tmp_path.iterdir()] == ["fit.png"]


def test_drawing_does_not_touch_pyplot():
    code = "import sys; from nn import plots, datasets; page, (axes,) = plots.figure(); " + (
        "plots.plot_data(axes, datasets.load('line')); assert 'matplotlib.pyplot' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_history_is_drawn_in_the_style_of_all_plots_on_axes_of_its_own() -> None:
    axes = History([], losses=[3.0, 2.0, 1.0]).plot()
    (ours,) = plots.figure()[1]
    for side in ("top", "right", "bottom", "left"):
        assert axes.spines[side].get_visible() == ours.spines[side].get_visible()
        assert axes.spines[side].get_edgecolor() == ours.spines[side].get_edgecolor()
    assert tuple(axes.figure.get_size_inches()) == tuple(ours.figure.get_size_inches())
