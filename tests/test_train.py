"""How `fit` trains, when it stops, what it keeps, and that a training goes on as if it had never stopped."""

from __future__ import annotations

import io
import math
import os
import random
import signal
import subprocess
import sys
import textwrap
import time
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value
from nn.files import read_document, write_document
from nn.training.fit import EagerEngine, TrainingState

X = [0.0, 1.0, 2.0, 3.0]
Y = [1.0, 3.0, 5.0, 7.0]


class Line(nn.Module):
    def __init__(self, m: float = 5.0, c: float = 4.0) -> None:
        self.m, self.c = Value(m), Value(c)

    def __call__(self, x: float) -> Value:
        return self.m * x + self.c


def cloud(count: int = 40, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Points in the plane, and on which side of a curve they lie."""
    points = np.random.default_rng(seed).uniform(-1, 1, (count, 2))
    return points, np.where(points[:, 1] > points[:, 0] ** 2, 1.0, -1.0)


def numbers(model: nn.Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


class TestLoop:
    def test_full_batch_descent_is_what_one_writes_by_hand(self) -> None:
        model, m, c = Line(), 5.0, 4.0
        losses, path = [], [[m, c]]
        x, y = np.array(X), np.array(Y)
        for _ in range(5):
            error = m * x + c - y
            losses.append(float(np.mean(error**2)))
            m, c = m - 0.05 * float(np.mean(2 * error * x)), c - 0.05 * float(np.mean(2 * error))
            path.append([m, c])
        history = nn.fit(model, X, Y, lr=0.05, epochs=5)
        assert history.losses == pytest.approx(losses, rel=1e-14)
        assert history.path == [pytest.approx(row, rel=1e-14) for row in path]
        assert history.names == ["m", "c"]
        assert numbers(model) == history.path[-1]

    def test_single_points_in_order_are_the_hand_worked_table(self) -> None:
        model = Line()
        history = nn.fit(model, [1.0, 2.0], [3.0, 5.0], loss="half_squared_error", lr=0.25, epochs=1, batch_size=1)
        assert history.losses == [(18.0 + 10.125) / 2]
        assert numbers(model) == [1.25, 1.375]

    def test_a_batch_of_all_points_is_no_batch(self) -> None:
        whole, batch = nn.fit(Line(), X, Y, epochs=3), nn.fit(Line(), X, Y, epochs=3, batch_size=4)
        larger = nn.fit(Line(), X, Y, epochs=3, batch_size=100)
        assert whole.path == batch.path == larger.path

    def test_an_epochs_loss_is_the_mean_over_its_points(self) -> None:
        standing = {"lr": 1e-300, "epochs": 1}
        losses = [nn.fit(Line(), X, Y, batch_size=size, **standing).losses[0] for size in (None, 1, 2, 3)]  # type: ignore[arg-type]
        assert losses == pytest.approx([losses[0]] * 4, rel=1e-14)

    def test_the_loss_can_be_a_function_and_the_optimiser_an_object(self) -> None:
        one, other = Line(), Line()
        nn.fit(one, X, Y, loss="mae", optimizer="adam", lr=0.1, epochs=4)
        nn.fit(other, X, Y, loss=lambda p, t: nn.mae(p, t), optimizer=nn.Adam(other.parameters(), lr=0.1), epochs=4)
        assert numbers(one) == numbers(other)

    def test_an_optimiser_of_some_parameters_leaves_the_others_alone(self) -> None:
        model = Line()
        history = nn.fit(model, X, Y, optimizer=nn.SGD([model.c], lr=0.1), epochs=3)
        assert model.m.data == 5.0
        assert history.names == ["c"]

    def test_points_of_several_numbers_come_as_lists_and_of_one_as_a_float(self) -> None:
        seen: list[Any] = []

        class Spy(Line):
            def __call__(self, x: Any) -> Value:
                seen.append(x)
                return self.m + self.c

        nn.fit(Spy(), [1, 2], [1, 2], epochs=1, engine="eager")
        assert seen[-2:] == [1.0, 2.0]
        assert type(seen[-1]) is float
        nn.fit(Spy(), [[1, 2], [3, 4]], [1, 2], epochs=1, engine="eager")
        assert seen[-2:] == [[1.0, 2.0], [3.0, 4.0]]

    def test_a_classifier_of_several_classes_learns(self) -> None:
        points, sides = cloud()
        model = nn.MLP(2, [8, 2], "tanh", seed=1)
        history = nn.fit(model, points, sides > 0, loss="cross_entropy", optimizer="adam", lr=0.05, epochs=60)
        right = [(model(x)[1] > model(x)[0]) == (side > 0) for x, side in zip(points, sides, strict=True)]
        assert sum(right) >= 38
        assert history.losses[-1] < 0.2

    @pytest.mark.filterwarnings("error")
    @pytest.mark.parametrize("seed", range(3))
    def test_a_classifier_that_is_sure_of_its_answers_stays_compiled(self, seed: int) -> None:
        """Where the terms of its gradient cancel, what is left is rounding, and no sign that the model has changed."""
        classes = np.repeat([0, 1, 2], 10)
        points = 0.3 * np.random.default_rng(seed).normal(size=(30, 6)) + 5 * np.eye(3, 6)[classes]
        model = nn.MLP(6, [12, 3], seed=seed)
        history = nn.fit(model, points, classes, loss="cross_entropy", optimizer="adam", lr=0.05, epochs=40)
        assert history.losses[-1] < 1e-4

    def test_a_column_of_targets_is_as_good_as_a_row(self) -> None:
        assert nn.fit(Line(), X, np.array(Y)[:, None], epochs=3).path == nn.fit(Line(), X, Y, epochs=3).path

    def test_no_epochs_change_nothing(self) -> None:
        history = nn.fit(Line(), X, Y, epochs=0)
        assert (history.losses, history.path) == ([], [[5.0, 4.0]])

    def test_the_path_can_be_left_out(self) -> None:
        assert nn.fit(Line(), X, Y, epochs=3, keep_path=False).path == []

    def test_another_engine_can_compute(self) -> None:
        calls = []

        class Counting(EagerEngine):
            def loss_and_gradient(self, numbers: Any, batch: Any) -> Any:
                calls.append(batch)
                return super().loss_and_gradient(numbers, batch)

        history = nn.fit(Line(), X, Y, epochs=2, batch_size=3, engine=Counting)
        assert calls == [slice(0, 3), slice(3, 4)] * 2
        assert history.path == nn.fit(Line(), X, Y, epochs=2, batch_size=3).path


class TestShuffling:
    def fit(self, **arguments: Any) -> list[list[float]]:
        points, sides = cloud()
        model = nn.MLP(2, [3, 1], seed=1)
        return nn.fit(model, points, sides, loss="hinge", epochs=3, batch_size=7, **arguments).path

    def test_the_same_seed_gives_the_same_order(self) -> None:
        assert self.fit(shuffle=True, seed=4) == self.fit(shuffle=True, seed=4)

    def test_other_seeds_give_other_orders(self) -> None:
        assert self.fit(shuffle=True, seed=4) != self.fit(shuffle=True, seed=5) != self.fit()

    def test_every_epoch_takes_every_point_once_in_another_order(self) -> None:
        orders: list[list[int]] = []

        class Spy(EagerEngine):
            def loss_and_gradient(self, numbers: Any, batch: Any) -> Any:
                orders.append(list(batch))
                return super().loss_and_gradient(numbers, batch)

        nn.fit(Line(), range(10), range(10), lr=1e-6, epochs=3, batch_size=4, shuffle=True, engine=Spy)
        epochs = [[i for order in orders[start : start + 3] for i in order] for start in (0, 3, 6)]
        assert [sorted(epoch) for epoch in epochs] == [list(range(10))] * 3
        assert len({tuple(epoch) for epoch in epochs}) == 3


class TestStopping:
    def test_the_tolerance_stops_a_full_batch_before_the_step(self) -> None:
        np.random.seed(42)
        weights = 50 + 20 * np.random.rand(50)
        heights = 0.4 + 2.5 * weights + 5 * np.random.randn(50)
        model = Line(0.01, 0.01)
        history = nn.fit(model, weights, heights, lr=1e-4, epochs=1000, tolerance=1e-6)
        assert len(history) - 1 == 12
        assert history.stopped == "tolerance"
        assert model.c.data == pytest.approx(0.05203397906837089, rel=1e-12)
        assert model.m.data == pytest.approx(2.5050805428051177, rel=1e-12)
        assert history.losses[-1] == pytest.approx(20.69941270576003, rel=1e-12)
        assert history.path[-1] == history.path[-2] == numbers(model)[:2]

    def test_the_tolerance_stops_batches_after_an_epoch(self) -> None:
        history = nn.fit(Line(), X, Y, lr=0.05, epochs=10_000, batch_size=2, tolerance=1e-6)
        assert history.stopped == "tolerance"
        assert abs(history.losses[-1] - history.losses[-2]) <= 1e-6 < abs(history.losses[-2] - history.losses[-3])

    def test_without_tolerance_it_goes_to_the_end(self) -> None:
        history = nn.fit(Line(2.0, 1.0), X, Y, epochs=5)
        assert (len(history), history.stopped) == (5, "epochs")

    def test_a_callback_that_returns_true_stops(self) -> None:
        history = nn.fit(Line(), X, Y, callbacks=[lambda state: state.epoch == 3])
        assert (len(history), history.stopped) == (3, "callback")


class TestCallbacks:
    def test_they_see_the_state_after_each_epoch(self) -> None:
        states: list[TrainingState] = []
        seen: list[list[float]] = []
        model = Line()
        history = nn.fit(
            model, X, Y, lr=0.05, epochs=3, callbacks=[states.append, lambda state: seen.append(numbers(state.model))]
        )
        assert [(state.epoch, state.epochs, state.loss) for state in states] == [
            (i + 1, 3, loss) for i, loss in enumerate(history.losses)
        ]
        assert seen == history.path[1:]
        assert states[0].history is history

    def test_all_are_called_even_if_the_first_stops(self) -> None:
        called = []
        nn.fit(Line(), X, Y, callbacks=[lambda state: True, lambda state: called.append(state.epoch)])
        assert called == [1]

    def test_they_may_change_the_rate_and_the_parameters(self) -> None:
        def change(state: TrainingState) -> None:
            state.optimizer.lr *= 0.5
            state.model.c.data = 0.0

        model = Line()
        history = nn.fit(model, X, Y, lr=0.05, epochs=4, callbacks=[change])
        assert [row[1] for row in history.path] == [4.0, 0.0, 0.0, 0.0, 0.0]
        assert model.c.data == 0.0


class TestDivergence:
    def test_the_epoch_the_rate_and_the_history_until_then_are_told(self) -> None:
        with pytest.raises(
            nn.DivergenceError, match=r"the loss became inf in epoch \d+ .*smaller than lr=50"
        ) as caught:
            nn.fit(Line(), X, Y, lr=50.0, epochs=1000)
        history = caught.value.history
        assert len(history) == caught.value.epoch > 10
        assert all(map(math.isfinite, history.losses))
        assert len(history.path) == len(history) + 1

    def test_the_model_keeps_the_last_finite_epoch(self) -> None:
        model = Line()
        with pytest.raises(nn.DivergenceError) as caught:
            nn.fit(model, X, Y, lr=50.0, epochs=1000)
        assert numbers(model) == caught.value.history.path[-1]
        assert all(map(math.isfinite, numbers(model)))

    def test_it_is_on_disk_too(self, tmp_path: Path) -> None:
        with pytest.raises(nn.DivergenceError) as caught:
            nn.fit(Line(), X, Y, lr=50.0, epochs=1000, checkpoint=tmp_path / "c.json", checkpoint_seconds=None)
        assert read_document(tmp_path / "c.json", "checkpoint", 1)["losses"] == caught.value.history.losses

    def test_a_loss_that_is_infinite_from_the_start_does_not_blame_the_rate(self) -> None:
        with pytest.raises(nn.DivergenceError, match=r"inf in epoch 0 .* before the first step: scale the inputs"):
            nn.fit(Line(), [1e300], [0.0])

    def test_a_parameter_that_becomes_infinite_in_the_last_step_is_noticed(self) -> None:
        with pytest.raises(nn.DivergenceError, match="the parameter m became infinite or nan in epoch 0"):
            nn.fit(Line(), [1e150], [0.0], lr=1e20, epochs=1)


TRAINING = """
    import sys, time
    import nn, numpy as np
    points = np.random.default_rng(1).uniform(-1, 1, (40, 2))
    sides = np.where(points[:, 1] > points[:, 0] ** 2, 1.0, -1.0)
    def show(state):
        print(state.epoch, flush=True)
        time.sleep({pause})
    nn.fit(nn.MLP(2, [4, 1], seed=1), points, sides, loss="hinge", optimizer="adam", epochs=40, batch_size=9,
           shuffle=True, seed=2, callbacks=[show], checkpoint={path!r}, checkpoint_epochs=4)
"""


def resumed(path: Path, **arguments: Any) -> tuple[nn.MLP, nn.History]:
    points, sides = cloud()
    model = nn.MLP(2, [4, 1], seed=99)  # its own numbers do not matter
    given = {"loss": "hinge", "optimizer": "adam", "epochs": 40, "batch_size": 9, "shuffle": True, "seed": 2}
    return model, nn.fit(model, points, sides, checkpoint=path, resume=True, **{**given, **arguments})  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def uninterrupted() -> tuple[list[float], nn.History]:
    points, sides = cloud()
    model = nn.MLP(2, [4, 1], seed=1)
    history = nn.fit(
        model, points, sides, loss="hinge", optimizer="adam", epochs=40, batch_size=9, shuffle=True, seed=2
    )
    return numbers(model), history


def run_until(epoch: int, path: Path, end: int) -> tuple[int, str]:
    """Train in another process, end it by a signal after an epoch, and say what it had reached and said."""
    code = textwrap.dedent(TRAINING.format(pause=0.01, path=str(path)))
    process = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # A shell that runs the tests in the background lets them ignore Ctrl-C.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (no thread is running)
    )
    assert process.stdout is not None
    reached = 0
    for line in process.stdout:
        reached = int(line)
        if reached == epoch:
            process.send_signal(end)
    _, errors = process.communicate(timeout=30)
    assert process.returncode != 0
    return reached, errors


@pytest.mark.parametrize("wrong", [..., None, 3.5, [0], {"a": 1}, "?"], ids=repr)
def test_a_checkpoint_that_no_training_wrote_is_refused_whatever_is_wrong(tmp_path: Path, wrong: Any) -> None:
    path = tmp_path / "c.json"
    nn.fit(nn.Linear(1, 1, seed=1), X, X, epochs=4, validation=0.5, metrics=["r2"], checkpoint=path)
    whole = read_document(path, "checkpoint", 1)
    for name in whole.keys() - {"best", "validation_losses", "metrics"} if wrong is ... else whole:  # 0.1.0 had none
        if type(whole[name]) is not type(wrong):
            content = {**whole, name: wrong}
            if wrong is ...:
                del content[name]
            write_document(path, "checkpoint", 1, content)
            with pytest.raises(ValueError, match=r"c\.json.* is none that a training wrote"):
                nn.fit(
                    nn.Linear(1, 1, seed=1),
                    X,
                    X,
                    epochs=9,
                    validation=0.5,
                    metrics=["r2"],
                    checkpoint=path,
                    resume=True,
                )


@pytest.mark.skipif(sys.platform == "win32", reason="signals are of another kind there")
class TestKilled:
    @pytest.mark.parametrize("epoch", [1, 13, 30])
    def test_kill_9_loses_at_most_the_work_since_the_last_checkpoint(
        self, epoch: int, tmp_path: Path, uninterrupted: Any
    ) -> None:
        path = tmp_path / "training.json"
        reached, _ = run_until(epoch, path, signal.SIGKILL)
        saved = read_document(path, "checkpoint", 1)["epoch"]
        assert saved >= reached - 4
        model, history = resumed(path)
        assert (numbers(model), history) == uninterrupted

    def test_kill_9_at_any_moment_leaves_a_whole_file(self, tmp_path: Path) -> None:
        path = tmp_path / "training.json"
        code = textwrap.dedent(TRAINING.format(pause=0, path=str(path))).replace(
            "checkpoint_epochs=4", "checkpoint_epochs=1"
        )
        rng = random.Random(1)
        for _ in range(6):
            process = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
            assert process.stdout is not None
            process.stdout.readline()
            time.sleep(rng.uniform(0, 0.05))
            process.kill()
            process.communicate()
            assert read_document(path, "checkpoint", 1)["epoch"] <= 40

    def test_control_c_saves_what_was_reached_and_says_where(self, tmp_path: Path, uninterrupted: Any) -> None:
        path = tmp_path / "training.json"
        reached, errors = run_until(13, path, signal.SIGINT)
        saved = read_document(path, "checkpoint", 1)["epoch"]
        assert saved in (reached - 1, reached)
        assert (
            f"the training was interrupted after {saved} of 40 epochs; what was reached is in {str(path)!r}" in errors
        )
        model, history = resumed(path)
        assert (numbers(model), history) == uninterrupted


class TestInterrupted:
    def test_the_model_is_as_it_was_after_the_last_whole_epoch(self) -> None:
        class Interrupting(EagerEngine):
            calls = 0

            def loss_and_gradient(self, numbers: Any, batch: Any) -> Any:
                self.calls += 1
                if self.calls == 6:
                    raise KeyboardInterrupt
                return super().loss_and_gradient(numbers, batch)

        model = Line()
        with pytest.raises(nn.TrainingInterrupted, match="interrupted after 2 of 100 epochs; the model has") as caught:
            nn.fit(model, X, Y, batch_size=2, engine=Interrupting)
        assert caught.value.history.path == nn.fit(Line(), X, Y, batch_size=2, epochs=2).path
        assert numbers(model) == caught.value.history.path[-1]
        assert caught.value.checkpoint is None
        assert isinstance(caught.value, KeyboardInterrupt)


class TestResuming:
    @pytest.mark.parametrize("optimizer", ["sgd", "adam"])
    @pytest.mark.parametrize("stop", [0, 1, 7, 20])
    def test_a_longer_training_goes_on_to_the_same_bits(self, optimizer: str, stop: int, tmp_path: Path) -> None:
        points, sides = cloud()
        arguments: dict[str, Any] = {
            "loss": "hinge",
            "optimizer": optimizer,
            "lr": 0.03,
            "batch_size": 16,
            "shuffle": True,
        }
        whole = nn.fit(nn.MLP(2, [3, 1], seed=1), points, sides, epochs=20, **arguments)
        arguments["checkpoint"] = tmp_path / "c.json"
        nn.fit(nn.MLP(2, [3, 1], seed=1), points, sides, epochs=stop, **arguments)
        assert nn.fit(nn.MLP(2, [3, 1], seed=7), points, sides, epochs=20, resume=True, **arguments) == whole

    def test_momentum_goes_on_too(self, tmp_path: Path) -> None:
        def fit(epochs: int, **arguments: Any) -> nn.History:
            model = Line()
            return nn.fit(model, X, Y, optimizer=nn.SGD(model.parameters(), 0.01, 0.9), epochs=epochs, **arguments)

        fit(5, checkpoint=tmp_path / "c.json")
        assert fit(12, checkpoint=tmp_path / "c.json", resume=True) == fit(12)

    def test_a_training_without_path_goes_on_too(self, tmp_path: Path) -> None:
        nn.fit(Line(), X, Y, epochs=3, keep_path=False, checkpoint=tmp_path / "c.json")
        history = nn.fit(Line(), X, Y, epochs=5, keep_path=False, checkpoint=tmp_path / "c.json", resume=True)
        assert history == nn.fit(Line(), X, Y, epochs=5, keep_path=False)

    def test_a_training_that_is_done_stays_done(self, tmp_path: Path) -> None:
        first = nn.fit(Line(), X, Y, epochs=3, checkpoint=tmp_path / "c.json")
        model = Line()
        assert nn.fit(model, X, Y, epochs=3, checkpoint=tmp_path / "c.json", resume=True) == first
        assert numbers(model) == first.path[-1]

    def test_a_training_that_the_tolerance_stopped_stays_stopped(self, tmp_path: Path) -> None:
        arguments: dict[str, Any] = {"lr": 0.05, "epochs": 500, "tolerance": 1e-4, "checkpoint": tmp_path / "c.json"}
        first = nn.fit(Line(), X, Y, **arguments)
        assert first.stopped == "tolerance"
        assert nn.fit(Line(), X, Y, resume=True, **arguments) == first

    def test_a_training_that_a_callback_stopped_goes_on(self, tmp_path: Path) -> None:
        history = nn.fit(
            Line(), X, Y, epochs=12, checkpoint=tmp_path / "c.json", callbacks=[lambda state: state.epoch == 5]
        )
        assert history.stopped == "callback"
        assert nn.fit(Line(), X, Y, epochs=12, checkpoint=tmp_path / "c.json", resume=True) == nn.fit(
            Line(), X, Y, epochs=12
        )

    def test_a_schedule_that_begins_elsewhere_is_another_training(self, tmp_path: Path) -> None:
        nn.fit(Line(), X, Y, lr=lambda epoch: 0.02, epochs=3, checkpoint=tmp_path / "c.json")
        with pytest.raises(ValueError, match=r"was made with lr=0\.02, and now it is 0\.01"):
            nn.fit(Line(), X, Y, lr=lambda epoch: 0.01, epochs=5, checkpoint=tmp_path / "c.json", resume=True)

    def test_a_rate_that_a_callback_set_is_kept(self, tmp_path: Path) -> None:
        def fit(epochs: int, **arguments: Any) -> nn.History:
            def decay(state: TrainingState) -> None:
                state.optimizer.lr *= 0.9

            return nn.fit(Line(), X, Y, lr=0.05, epochs=epochs, callbacks=[decay], **arguments)

        fit(5, checkpoint=tmp_path / "c.json")
        assert fit(12, checkpoint=tmp_path / "c.json", resume=True) == fit(12)

    @pytest.mark.parametrize(
        ("changed", "message"),
        [
            ({"lr": 0.2}, r"with lr=0\.01, and now it is 0\.2"),
            ({"batch_size": 2}, "with batch_size=4, and now it is 2"),
            ({"loss": "mae"}, "with loss='mse', and now it is 'mae'"),
            ({"optimizer": "adam"}, "with optimizer='SGD', and now it is 'Adam'"),
            ({"shuffle": True}, "with shuffle=False, and now it is True"),
        ],
    )
    def test_other_settings_are_refused(self, changed: dict[str, Any], message: str, tmp_path: Path) -> None:
        nn.fit(Line(), X, Y, epochs=2, checkpoint=tmp_path / "c.json")
        with pytest.raises(ValueError, match=message):
            nn.fit(Line(), X, Y, epochs=4, checkpoint=tmp_path / "c.json", resume=True, **changed)

    def test_other_points_are_refused(self, tmp_path: Path) -> None:
        nn.fit(Line(), X, Y, epochs=2, checkpoint=tmp_path / "c.json")
        with pytest.raises(ValueError, match="was made with points="):
            nn.fit(Line(), X, [1.0, 3.0, 5.0, 8.0], epochs=4, checkpoint=tmp_path / "c.json", resume=True)

    def test_another_model_is_refused(self, tmp_path: Path) -> None:
        nn.fit(Line(), X, Y, epochs=2, checkpoint=tmp_path / "c.json")
        with pytest.raises(ValueError, match="parameters"):
            nn.fit(nn.MLP(1, [3, 1]), X, Y, epochs=4, checkpoint=tmp_path / "c.json", resume=True)

    def test_no_checkpoint_to_resume_from(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="there is no checkpoint file"):
            nn.fit(Line(), X, Y, checkpoint=tmp_path / "c.json", resume=True)
        with pytest.raises(ValueError, match="resume=True needs a checkpoint to go on from"):
            nn.fit(Line(), X, Y, resume=True)

    def test_a_damaged_checkpoint_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "c.json"
        nn.fit(Line(), X, Y, epochs=2, checkpoint=path)
        path.write_text(path.read_text()[:-100])
        with pytest.raises(ValueError, match="the checkpoint file .* is truncated"):
            nn.fit(Line(), X, Y, epochs=4, checkpoint=path, resume=True)

    def test_checkpoints_are_written_as_often_as_asked(self, tmp_path: Path) -> None:
        path, seen = tmp_path / "c.json", []

        def look(state: TrainingState) -> None:
            seen.append(read_document(path, "checkpoint", 1)["epoch"])

        nn.fit(Line(), X, Y, epochs=7, callbacks=[look], checkpoint=path, checkpoint_epochs=3, checkpoint_seconds=None)
        assert seen == [0, 0, 0, 3, 3, 3, 6]
        assert read_document(path, "checkpoint", 1)["epoch"] == 7

    def test_time_that_goes_by_makes_a_checkpoint_due(self, tmp_path: Path) -> None:
        path, seen = tmp_path / "c.json", []

        def look(state: TrainingState) -> None:
            seen.append(read_document(path, "checkpoint", 1)["epoch"])

        nn.fit(Line(), X, Y, epochs=3, callbacks=[look], checkpoint=path, checkpoint_seconds=1e-9)
        assert seen == [0, 1, 2]


class TestHistory:
    def test_it_goes_to_csv_and_back(self, tmp_path: Path) -> None:
        history = nn.fit(Line(), X, Y, lr=0.05, epochs=3)
        history.write_csv(tmp_path / "history.csv")
        lines = (tmp_path / "history.csv").read_text().splitlines()
        assert lines[0] == "epoch,loss,m,c"
        assert lines[1] == f"0,{history.losses[0]!r},5.0,4.0"
        assert lines[-1] == f"3,,{history.path[-1][0]!r},{history.path[-1][1]!r}"
        back = nn.History.read_csv(tmp_path / "history.csv")
        assert (back.names, back.losses, back.path) == (history.names, history.losses, history.path)

    def test_a_history_without_path_has_losses_only(self, tmp_path: Path) -> None:
        history = nn.fit(Line(), X, Y, epochs=2, keep_path=False)
        history.write_csv(tmp_path / "history.csv")
        assert (tmp_path / "history.csv").read_text().splitlines()[0] == "epoch,loss"
        assert nn.History.read_csv(tmp_path / "history.csv").losses == history.losses

    @pytest.mark.parametrize(
        ("text", "message"),
        [
            ("", "is no history: its first line must begin with epoch,loss"),
            ("x,y\n1,2\n", "is no history"),
            ("epoch,loss\n0,abc\n", "damaged in line 2: could not convert string to float: 'abc'"),
            ("epoch,loss,m\n0,1.0\n", "damaged in line 2: it has 2 cells and not 3"),
        ],
    )
    def test_another_file_is_refused(self, text: str, message: str, tmp_path: Path) -> None:
        (tmp_path / "x.csv").write_text(text)
        with pytest.raises(ValueError, match=message):
            nn.History.read_csv(tmp_path / "x.csv")

    def test_it_shows_how_it_went(self) -> None:
        history = nn.History(["m"], [18.0, 10.125])
        assert repr(history) == "<History of 2 epochs, loss 18 -> 10.125>"
        assert len(history) == 2

    def test_it_plots_the_losses(self) -> None:
        pytest.importorskip("matplotlib")
        from matplotlib.figure import Figure

        history = nn.fit(Line(), X, Y, lr=0.05, epochs=4)
        axes = history.plot(Figure().subplots())
        assert axes.lines[0].get_ydata().tolist() == history.losses


class TestProgress:
    def test_it_is_silent_where_the_output_is_no_terminal(self, capfd: pytest.CaptureFixture[str]) -> None:
        nn.fit(Line(), X, Y, epochs=3)
        assert capfd.readouterr() == ("", "")

    def test_a_terminal_gets_a_bar_with_the_loss(self, monkeypatch: pytest.MonkeyPatch) -> None:
        pytest.importorskip("tqdm")

        class Terminal(io.StringIO):
            def isatty(self) -> bool:
                return True

        terminal = Terminal()
        monkeypatch.setattr(sys, "stderr", terminal)
        history = nn.fit(Line(), X, Y, lr=0.05, epochs=3)
        assert "3/3" in terminal.getvalue()
        assert f"loss={history.losses[-1]:.6g}" in terminal.getvalue()

    def test_it_can_be_forced_and_forbidden(self, capfd: pytest.CaptureFixture[str]) -> None:
        pytest.importorskip("tqdm")
        nn.fit(Line(), X, Y, epochs=3, progress=True)
        assert "3/3" in capfd.readouterr().err

    def test_where_there_is_nothing_to_do_there_is_no_bar(self, capfd: pytest.CaptureFixture[str]) -> None:
        nn.fit(Line(), X, Y, epochs=0, progress=True)
        assert capfd.readouterr().err == ""


class TestBadInput:
    @pytest.mark.parametrize(
        ("arguments", "message"),
        [
            ({"loss": "hing"}, "no loss called 'hing'; did you mean 'hinge'"),
            ({"optimizer": "adamm"}, "no optimizer called 'adamm'; did you mean 'adam'"),
            ({"engine": "eeger"}, "no engine called 'eeger'; did you mean 'eager'"),
            ({"lr": 0}, "the learning rate lr must be a positive number, but got 0"),
            ({"lr": -1.0}, r"the learning rate lr must be a positive number, but got -1\.0"),
            ({"lr": math.nan}, "the learning rate lr must be a positive number, but got nan"),
            ({"epochs": -1}, "epochs must be at least 0, but got -1"),
            ({"batch_size": 0}, "batch_size must be at least 1, but got 0"),
            ({"seed": -1}, "seed must be at least 0, but got -1"),
            ({"tolerance": -1.0}, r"tolerance must be 0 or more, or None, but got -1\.0"),
            (
                {"checkpoint": "c.json", "checkpoint_epochs": 0},
                "checkpoint_epochs must be positive, or None, but got 0",
            ),
        ],
    )
    def test_arguments(
        self, arguments: dict[str, Any], message: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        model = Line()
        with pytest.raises(ValueError, match=message):
            nn.fit(model, X, Y, **arguments)
        assert numbers(model) == [5.0, 4.0]
        assert os.listdir(tmp_path) == []

    def test_a_rate_beside_an_optimiser(self) -> None:
        model = Line()
        with pytest.raises(ValueError, match=r"lr=0\.1 is the optimiser's own; write SGD\(parameters, lr=0\.1\)"):
            nn.fit(model, X, Y, optimizer=nn.SGD(model.parameters()), lr=0.1)

    @pytest.mark.parametrize(
        ("inputs", "targets", "message"),
        [
            ([1.0, 2.0], [1.0], "there are 2 points and 1"),
            ([], [], r"inputs must have the shape \(n,\) or \(n, d\)"),
            ([[[1.0]]], [1.0], r"but have \(1, 1, 1\)"),
            ([1.0, math.nan], [1.0, 2.0], r"inputs\[1\] is not a finite number"),
            ([[1.0, 2.0], [3.0, math.inf]], [1.0, 2.0], r"inputs\[1, 1\] is not a finite number"),
            ([1.0, 2.0], [1.0, math.nan], r"targets\[1\] is not a finite number"),
        ],
    )
    def test_points(self, inputs: Any, targets: Any, message: str) -> None:
        with pytest.raises(ValueError, match=message):
            nn.fit(Line(), inputs, targets)

    @pytest.mark.parametrize("inputs", [["a", "b"], [[1.0], [1.0, 2.0]], [None, 1.0][:1] * 2 + ["x"]])
    def test_points_that_are_no_numbers(self, inputs: Any) -> None:
        with pytest.raises(TypeError, match="inputs must be numbers, in rows of one length"):
            nn.fit(Line(), inputs, [1.0, 2.0])

    def test_points_of_a_wrong_width_leave_no_file(self, tmp_path: Path) -> None:
        with pytest.raises(ValueError, match="takes 3 inputs, but got 2"):
            nn.fit(nn.MLP(3, [1]), [[1.0, 2.0]], [1.0], checkpoint=tmp_path / "c.json")
        assert os.listdir(tmp_path) == []

    def test_a_model_without_parameters(self) -> None:
        with pytest.raises(TypeError, match="a model must have a method parameters"):
            nn.fit(lambda x: x, X, Y)
        with pytest.raises(ValueError, match="SGD needs parameters to train, but got none"):
            nn.fit(nn.Module(), X, Y)

    def test_a_loss_that_returns_a_number(self) -> None:
        with pytest.raises(TypeError, match=r"a loss must return a Value, but got 1\.0"):
            nn.fit(Line(), X, Y, loss=lambda p, t: 1.0)  # type: ignore[arg-type,return-value]

    def test_a_target_that_the_loss_refuses_is_told_before_training(self, tmp_path: Path) -> None:
        model = Line()
        with pytest.raises(ValueError, match="hinge needs targets -1 and 1, but got 0"):
            nn.fit(model, X, [1, 1, 1, 0], loss="hinge", batch_size=1, checkpoint=tmp_path / "c.json")
        assert numbers(model) == [5.0, 4.0]
        assert os.listdir(tmp_path) == []

    def test_a_checkpoint_that_cannot_be_written_is_told_before_training(self, tmp_path: Path) -> None:
        called = []
        with pytest.raises(FileNotFoundError, match="cannot write .*: the folder .* does not exist"):
            nn.fit(Line(), X, Y, checkpoint=tmp_path / "nowhere" / "c.json", callbacks=[called.append])
        assert called == []
