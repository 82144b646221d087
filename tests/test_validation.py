"""Training that watches points it does not train on, weighs those it does, and measures what people read."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value
from nn.metrics import METRICS, accuracy, metric, r2
from nn.prediction import predict
from nn.training.history import History

ENGINES = ["compiled", "eager"]
generator = np.random.default_rng(0)
X = generator.normal(size=(60, 3))
Y = X @ [1.0, -2.0, 0.5] + generator.normal(size=60)
CLASSES = (Y > 0).astype(float) + (Y > 2)


def network(outputs: int = 1) -> nn.MLP:
    return nn.MLP(3, [4, outputs], "tanh", seed=1)


def mean_squared_error(model: Any, inputs: Any, targets: Any) -> float:
    return float(np.mean((predict(model, np.asarray(inputs)) - targets) ** 2))


# Validation.


@pytest.mark.parametrize("engine", ENGINES)
def test_the_validation_loss_is_that_after_each_epochs_steps(engine: str) -> None:
    model, seen = network(), []
    history = nn.fit(
        model,
        X[:40],
        Y[:40],
        validation=(X[40:], Y[40:]),
        epochs=4,
        batch_size=16,
        engine=engine,
        callbacks=[lambda state: seen.append(mean_squared_error(state.model, X[40:], Y[40:]))],  # type: ignore[func-returns-value]
    )
    assert history.validation_losses == pytest.approx(seen, rel=1e-12)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_share_takes_the_last_points_before_shuffling(engine: str) -> None:
    share, pair = network(), network()
    settings: dict[str, Any] = {"epochs": 3, "batch_size": 7, "shuffle": True, "engine": engine}
    one = nn.fit(share, X, Y, validation=0.25, **settings)
    other = nn.fit(pair, X[:45], Y[:45], validation=(X[45:], Y[45:]), **settings)
    assert share.state_dict() == pair.state_dict()
    assert one.validation_losses == other.validation_losses


def test_points_that_are_watched_are_never_trained_on() -> None:
    watched, alone = network(), network()
    nn.fit(watched, X, Y, validation=0.5, epochs=5)
    nn.fit(alone, X[:30], Y[:30], epochs=5)
    assert watched.state_dict() == alone.state_dict()


@pytest.mark.parametrize("engine", ENGINES)
def test_patience_stops_and_the_model_has_the_parameters_of_the_best_epoch(engine: str) -> None:
    model = network()
    history = nn.fit(
        model, X, Y, validation=0.3, patience=4, optimizer="adam", lr=0.1, epochs=1000, batch_size=10, engine=engine
    )
    assert history.stopped == "patience"
    assert len(history) == history.best_epoch + 4  # type: ignore[operator]
    assert mean_squared_error(model, X[42:], Y[42:]) == pytest.approx(min(history.validation_losses), rel=1e-12)
    assert [p.data for p in model.parameters()] == history.path[history.best_epoch]  # type: ignore[index]


def test_without_patience_the_model_ends_with_its_last_parameters() -> None:
    model = network()
    history = nn.fit(model, X, Y, validation=0.3, optimizer="adam", lr=0.3, epochs=60)
    assert history.best_epoch != len(history) and history.stopped == "epochs"
    assert [p.data for p in model.parameters()] == history.path[-1]


def test_the_best_parameters_are_kept_however_the_training_ends() -> None:
    model = network()

    def spoil(state: Any) -> None:
        if state.epoch == 30:
            state.optimizer.lr = 1e200

    with pytest.raises(nn.DivergenceError) as stop:
        nn.fit(model, X, Y, validation=0.3, patience=500, epochs=100, callbacks=[spoil])
    assert mean_squared_error(model, X[42:], Y[42:]) == pytest.approx(min(stop.value.history.validation_losses))


def test_a_training_that_is_resumed_ends_as_one_that_never_stopped(tmp_path: Any) -> None:
    settings: dict[str, Any] = {"validation": 0.3, "patience": 6, "optimizer": "adam", "lr": 0.1, "batch_size": 10}
    settings |= {"shuffle": True, "metrics": ("r2",), "weights": np.arange(60) % 3}
    whole, parts, path = network(), network(), tmp_path / "checkpoint.json"
    expected = nn.fit(whole, X, Y, epochs=1000, **settings)
    assert expected.stopped == "patience"
    nn.fit(parts, X, Y, epochs=len(expected) - 3, checkpoint=path, **settings)  # three epochs past its best
    history = nn.fit(parts, X, Y, epochs=1000, checkpoint=path, resume=True, **settings)
    assert history == expected
    assert parts.state_dict() == whole.state_dict()


def test_a_training_that_is_resumed_must_watch_the_same_points(tmp_path: Any) -> None:
    path = tmp_path / "checkpoint.json"
    nn.fit(network(), X, Y, epochs=2, validation=0.5, batch_size=4, checkpoint=path)
    with pytest.raises(ValueError, match=r"made with validation=30, and now it is 12"):
        nn.fit(network(), X, Y, epochs=4, validation=0.2, batch_size=4, checkpoint=path, resume=True)


def test_a_history_with_validation_and_metrics_comes_back_from_its_table(tmp_path: Any) -> None:
    history = nn.fit(network(), X, Y, validation=0.3, metrics=("r2", "mae"), epochs=3)
    history.write_csv(tmp_path / "history.csv")
    again = History.read_csv(tmp_path / "history.csv")
    history.stopped = ""
    assert again == history
    header = (tmp_path / "history.csv").read_text().partition("\n")[0]
    assert header.startswith("epoch,loss,validation loss,metric r2,metric mae,layers.0.neurons.0.w.0,")


def test_the_plot_shows_both_losses() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    axes = nn.fit(network(), X, Y, validation=0.3, epochs=3).plot(figure.subplots())
    assert [line.get_label() for line in axes.get_lines()] == ["training", "validation"]
    assert list(axes.get_lines()[1].get_xdata()) == [1, 2, 3]


def test_the_plot_shows_metrics_on_a_scale_of_their_own() -> None:
    figure = pytest.importorskip("matplotlib.figure").Figure()
    nn.fit(network(), X, Y, validation=0.3, metrics=("r2", "mae"), epochs=3).plot(figure.subplots())
    _, right = figure.axes
    assert [line.get_label() for line in right.get_lines()] == ["r2", "mae"]
    assert [len(line.get_ydata()) for line in right.get_lines()] == [3, 3]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"patience": 3}, "patience=3 needs points to watch; give validation=0.2"),
        ({"validation": 1.0}, "a share between 0 and 1 of at least two points, but got 1.0 of 60"),
        ({"validation": 0.2, "patience": 0}, "patience must be at least 1, but got 0"),
        (
            {"validation": (X[:, :2], Y)},
            r"like those to train on, of shapes \(60, 3\) and \(60,\), but they have \(60, 2\)",
        ),
        ({"validation": (X, np.full(60, math.nan))}, r"targets\[0\] is not a finite number"),
        ({"metrics": ["accurracy"]}, "no metric called 'accurracy'; did you mean 'accuracy'"),
        ({"weights": -np.ones(60)}, "weights must be 0 or positive"),
        ({"weights": np.zeros(60)}, "not all 0"),
        ({"weights": np.ones(59)}, "a weight for each point, but there are 59 and 60 points"),
        ({"weights": np.ones(61)}, "a weight for each point, but there are 61 and 60 points"),
        ({"weights": np.ones(61), "validation": 0.25}, "a weight for each point, but there are 61 and 60 points"),
        ({"weights": [math.nan, *range(59)]}, r"weights\[0\] is not a finite number"),
        ({"class_weights": "even"}, "class_weights must be 'balanced', or have a weight for each class"),
        ({"weights": np.ones(60), "loss": lambda p, t: nn.mse(p, t)}, "takes weights if it has an attribute reduction"),
    ],
)
def test_what_cannot_be_watched_or_weighed_is_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        nn.fit(network(), X, Y, epochs=1, **options)


# Weights.


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize(("loss", "targets"), [("mse", Y), ("sse", Y), ("huber", Y), ("cross_entropy", CLASSES)])
def test_a_weight_is_how_often_a_point_is_there(engine: str, loss: str, targets: Any) -> None:
    counts = np.arange(60) % 3
    outputs = 3 if loss == "cross_entropy" else 1
    weighted, repeated = network(outputs), network(outputs)
    nn.fit(weighted, X, targets, loss=loss, weights=counts, epochs=5, lr=0.001, engine=engine)
    often = np.repeat(np.arange(60), counts)
    nn.fit(repeated, X[often], targets[often], loss=loss, epochs=5, lr=0.001, engine=engine)
    assert [p.data for p in weighted.parameters()] == pytest.approx([p.data for p in repeated.parameters()], rel=1e-12)


def test_points_that_are_watched_count_as_ever_whatever_the_weights_of_the_others() -> None:
    model = network()
    history = nn.fit(model, X, Y, weights=1.0 + np.arange(60), validation=0.25, epochs=2)
    assert history.validation_losses[-1] == pytest.approx(mean_squared_error(model, X[45:], Y[45:]), rel=1e-12)


def test_class_weights_are_weights_of_the_points_of_a_class() -> None:
    by_class, by_point = network(3), network(3)
    nn.fit(by_class, X, CLASSES, loss="cross_entropy", class_weights={0: 1.0, 1: 2.0, 2: 5.0}, epochs=3)
    nn.fit(by_point, X, CLASSES, loss="cross_entropy", weights=np.array([1.0, 2.0, 5.0])[CLASSES.astype(int)], epochs=3)
    assert by_class.state_dict() == by_point.state_dict()


def test_balanced_classes_count_alike() -> None:
    counts = np.array([(CLASSES == each).sum() for each in range(3)])
    balanced, by_hand = network(3), network(3)
    nn.fit(balanced, X, CLASSES, loss="cross_entropy", class_weights="balanced", epochs=3)
    nn.fit(by_hand, X, CLASSES, loss="cross_entropy", weights=(1 / counts)[CLASSES.astype(int)], epochs=3)
    assert [p.data for p in balanced.parameters()] == pytest.approx([p.data for p in by_hand.parameters()], rel=1e-12)


# Schedules, decay and rates.


@pytest.mark.parametrize("optimizer", ["sgd", nn.SGD])
def test_a_schedule_gives_the_rate_of_each_epochs_steps(optimizer: Any) -> None:
    x = Value(1.0)
    model = type("Point", (nn.Module,), {"forward": lambda self, point: self.x * point})()
    model.x = x
    chosen = optimizer if isinstance(optimizer, str) else optimizer([x], lr=5.0)
    history = nn.fit(model, [1.0], [0.0], optimizer=chosen, lr=lambda epoch: 0.5 / 2 ** (epoch + 1), epochs=2)
    assert history.path == [[1.0], [1.0 - 0.25 * 2.0], [0.5 - 0.125 * 1.0]]


def test_a_callback_may_set_the_rate_to_0_which_stops_all_movement() -> None:
    model = network()

    def freeze(state: Any) -> None:
        state.optimizer.lr = 0

    history = nn.fit(model, X, Y, epochs=4, callbacks=[freeze])
    assert history.path[1] == history.path[2] == history.path[4] != history.path[0]


@pytest.mark.parametrize("optimizer", [nn.SGD, nn.Adam])
def test_decay_shrinks_parameters_by_rate_times_decay_whatever_the_gradient(optimizer: Any) -> None:
    numbers, plain = np.array([8.0, -2.0]), np.array([8.0, -2.0])
    gradient = np.array([0.5, 0.25])
    optimizer([Value(0.0), Value(0.0)], lr=0.125, weight_decay=2.0).update(numbers, gradient)
    optimizer([Value(0.0), Value(0.0)], lr=0.125).update(plain, gradient)
    assert numbers - plain == pytest.approx(-0.125 * 2.0 * np.array([8.0, -2.0]))


def test_decay_is_pytorchs() -> None:
    torch = pytest.importorskip("torch")
    x, tensor = Value(3.0), torch.tensor(3.0, dtype=torch.float64, requires_grad=True)
    ours, theirs = nn.Adam([x], lr=0.1, weight_decay=0.3), torch.optim.AdamW([tensor], lr=0.1, weight_decay=0.3)
    for _ in range(20):
        for optimizer, number in ((ours, x), (theirs, tensor)):
            optimizer.zero_grad()
            ((number - 1) ** 2).backward()
            optimizer.step()
    assert x.data == pytest.approx(tensor.item(), rel=1e-12)


@pytest.mark.parametrize("decay", [-0.1, math.nan, math.inf])
def test_a_decay_that_makes_no_sense(decay: float) -> None:
    with pytest.raises(ValueError, match="weight_decay must be 0 or a positive number"):
        nn.SGD([Value(1.0)], weight_decay=decay)


# Metrics, and points.


def test_metrics_are_measured_on_the_training_points_if_there_are_no_others() -> None:
    model = network(3)
    history = nn.fit(model, X, CLASSES, loss="cross_entropy", metrics=("accuracy",), epochs=2)
    assert history.metrics["accuracy"][-1] == accuracy(predict(model, X), CLASSES)


def test_the_metrics_are_scikit_learns() -> None:
    theirs = pytest.importorskip("sklearn.metrics")
    scores = generator.normal(size=(60, 3))
    assert accuracy(scores, CLASSES) == theirs.accuracy_score(CLASSES, scores.argmax(axis=1))
    assert accuracy(scores[:, 0], 2 * (Y > 0) - 1.0) == theirs.accuracy_score(Y > 0, scores[:, 0] > 0)
    assert r2(scores[:, 0], Y) == pytest.approx(theirs.r2_score(Y, scores[:, 0]))
    assert metric("mae")(scores[:, 0], Y) == pytest.approx(theirs.mean_absolute_error(Y, scores[:, 0]))


def test_r2_of_huge_numbers_and_of_targets_that_do_not_vary() -> None:
    assert r2(1e200 * Y, 1e200 * Y) == 1.0
    assert r2(np.array([2.0, 2.0]), np.array([2.0, 2.0])) == 1.0
    assert r2(np.array([2.0, 3.0]), np.array([2.0, 2.0])) == 0.0
    assert set(METRICS) == {"accuracy", "r2"}


@pytest.mark.parametrize("what", ["inputs", "targets", "weights"])
def test_masked_entries_are_refused_and_never_unmasked(what: str) -> None:
    given = {"inputs": np.ma.array(X), "targets": np.ma.array(Y), "weights": np.ma.array(np.ones(60))}
    nn.fit(network(), **given, epochs=1)  # type: ignore[arg-type]
    given[what][3] = np.ma.masked
    with pytest.raises(ValueError, match=r"have [13] entries that are masked; leave those points out, or fill them"):
        nn.fit(network(), **given, epochs=1)  # type: ignore[arg-type]


# Checking a model.


@pytest.mark.parametrize("reference", ["exact", "finite"])
def test_the_derivatives_of_a_models_loss_are_checked_by_the_parameters_names(reference: str) -> None:
    model = network(3)
    before = model.state_dict()
    report = nn.check_gradients(model, "cross_entropy", X[:3], [0, 1, 2], reference=reference)
    assert report.passed and len(report) == len(before)
    assert [each.input for each in report] == list(before)
    assert model.state_dict() == before and all(p.grad == 0 for p in model.parameters())


def test_a_parameter_that_is_used_twice_is_checked_once() -> None:
    class Tied(nn.Module):
        def __init__(self) -> None:
            self.w = Value(0.5)
            self.again = [self.w]

        def forward(self, x: float) -> Value:
            return self.w * x + self.again[0] ** 2

    report = nn.check_gradients(Tied(), "mse", [2.0], [3.0])
    assert report.passed and report["w"].derivative == 2 * (0.5 * 2 + 0.25 - 3) * (2 + 2 * 0.5)
