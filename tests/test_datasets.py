"""The posts' data: the right numbers, the same every time, with what one must know to use them."""

from __future__ import annotations

import numpy as np
import pytest

from nn import datasets


@pytest.fixture(params=datasets.DATASETS)
def data(request: pytest.FixtureRequest) -> datasets.Dataset:
    return datasets.load(request.param)


def test_every_set_says_what_it_is_and_where_it_is_from(data):
    assert data.description and data.source and data.target_name
    assert set(data.units) <= {*data.input_names, data.target_name}


def test_every_set_has_one_row_of_finite_inputs_for_each_target(data):
    assert data.inputs.shape == (len(data), len(data.input_names))
    assert data.targets.shape == (len(data),)
    assert np.isfinite(data.inputs).all() and np.isfinite(data.targets).all()


def test_every_set_is_the_same_every_time(data):
    again = datasets.load(data.name)
    assert (again.inputs == data.inputs).all() and (again.targets == data.targets).all()


def test_a_set_unpacks_into_inputs_and_targets(data):
    inputs, targets = data
    assert inputs is data.inputs and targets is data.targets


def test_the_line_is_that_of_the_loop_and_of_the_hand_worked_table():
    x, y = datasets.load("line")
    assert x.ravel().tolist() == list(range(10))
    assert y.tolist() == list(range(1, 20, 2))
    assert datasets.load("line", first=1, points=5).targets.tolist() == [3, 5, 7, 9, 11]


def test_the_measurements_are_those_printed():
    x, z = datasets.load("measurements")
    assert len(z) == 30
    assert x[[0, 1, -1], 0].tolist() == [0.0, 0.34482759, 10.0]
    assert z[[0, 1, -1]].tolist() == [-0.16281253, 1.88707606, 19.41029831]


def test_the_heights_have_the_least_squares_line_of_the_post():
    weights, heights = datasets.load("heights")
    slope, intercept = np.polyfit(weights[:, 0], heights, 1)
    assert f"{intercept:.7f} {slope:.7f}" == "3.6763713 2.4441415"


def test_the_heights_are_drawn_weights_first_and_then_noise():
    state = np.random.RandomState(42)
    weights = 50 + 20 * state.rand(50)
    data = datasets.load("heights")
    assert (data.inputs[:, 0] == weights).all()
    assert (data.targets == 0.4 + 2.5 * weights + 5 * state.randn(50)).all()


def test_the_diabetes_rows_have_the_closed_form_of_the_post():
    x, y = datasets.load("diabetes")
    slope, intercept = np.polyfit(x[:, 0], y, 1)
    assert len(y) == 20
    assert f"{slope:.4f} {intercept:.4f}" == "11.2137 25.2528"


def test_the_diabetes_rows_are_those_of_scikit_learn():
    source = pytest.importorskip("sklearn.datasets").load_diabetes()
    features = ["bmi", "bp", "s5"]
    expected = source.data[-20:, [source.feature_names.index(name) for name in features]] * 100 + 10
    data = datasets.load("diabetes", features=features)
    np.testing.assert_allclose(data.inputs, expected, rtol=1e-12)
    assert (data.targets == source.target[-20:]).all()


def test_a_missing_diabetes_feature_is_named():
    with pytest.raises(ValueError, match="no column 'bmj'; did you mean 'bmi'"):
        datasets.load("diabetes", features=["bmj"])


def test_the_noisy_line_scatters_about_slope_3_and_intercept_0():
    x, y = datasets.load("noisy_line")
    assert len(y) == 200 and x.min() >= 0 and x.max() < 1
    slope, intercept = np.polyfit(x[:, 0], y, 1)
    assert abs(slope - 3) < 0.1 and abs(intercept) < 0.05
    assert 0.08 < np.std(y - 3 * x[:, 0]) < 0.12


def test_the_curve_is_a_bell():
    x, y = datasets.load("curve", noise=0)
    assert abs(x[y.argmax(), 0]) < 0.1
    np.testing.assert_allclose(y, y[::-1])


def test_the_moons_are_two_classes_on_half_circles():
    points, classes = datasets.load("moons", noise=0)
    centres = np.column_stack([classes, 0.5 * classes])
    np.testing.assert_allclose(np.hypot(*(points - centres).T), 1)
    assert (classes == 0).sum() == (classes == 1).sum() == 50


def test_an_odd_number_of_points_makes_two_moons_too():
    assert len(datasets.load("moons", points=7)) == 7


@pytest.mark.parametrize("name", ["heights", "noisy_line", "curve", "moons"])
def test_another_seed_draws_other_points(name):
    assert (datasets.load(name, seed=1).targets != datasets.load(name, seed=2).targets).any() or (
        datasets.load(name, seed=1).inputs != datasets.load(name, seed=2).inputs
    ).any()


def test_an_unknown_name_gets_the_nearest_one():
    with pytest.raises(ValueError, match="no data set called 'diabtes'; did you mean 'diabetes'"):
        datasets.load("diabtes")


def test_a_name_like_no_other_gets_them_all():
    with pytest.raises(ValueError, match=rf"'zzz'\. There are: {', '.join(sorted(datasets.DATASETS))}"):
        datasets.load("zzz")


def test_a_misspelt_option_is_refused():
    with pytest.raises(TypeError, match="sead"):
        datasets.load("curve", sead=3)


def test_arrays_that_do_not_fit_together_are_refused():
    with pytest.raises(ValueError, match=r"'broken' needs inputs of shape \(3, 1\).*shape \(2, 1\)"):
        datasets.Dataset("broken", np.ones(2), np.ones(3), ("x",), "y")


def test_an_axis_is_labelled_with_its_unit():
    data = datasets.load("heights")
    assert data.axis_label("weight") == "weight (kg)"
    assert datasets.load("line").axis_label("x") == "x"


def test_the_inputs_are_named_and_of_many_only_the_first_and_the_last():
    assert datasets.load("diabetes", features=("bmi", "bp")).inputs_in_words().count("standardised") == 2
    many = datasets.Dataset("many", np.ones((2, 20)), np.ones(2), tuple(f"x{i}" for i in range(20)), "y")
    assert many.inputs_in_words() == "20 inputs, x0 to x19"
