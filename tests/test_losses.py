"""What the losses compute, that nothing in them overflows or cancels, and what they say to wrong input."""

from __future__ import annotations

import math
import random
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from autograd import Value
from nn.losses import LOSSES

PAIRS = st.lists(st.tuples(st.floats(-100, 100), st.floats(-100, 100)), min_size=1, max_size=8)


def values(numbers: list[float]) -> list[Value]:
    return [Value(number) for number in numbers]


class TestRegression:
    @given(PAIRS)
    def test_they_are_what_their_names_say(self, pairs: list[tuple[float, float]]) -> None:
        predictions, targets = [p for p, _ in pairs], [t for _, t in pairs]
        errors = np.array(predictions) - np.array(targets)
        for loss, expected in (
            (nn.mse, np.mean(errors**2)),
            (nn.mae, np.mean(abs(errors))),
            (nn.sse, np.sum(errors**2)),
            (nn.half_squared_error, 0.5 * np.sum(errors**2)),
        ):
            assert loss(values(predictions), targets).data == pytest.approx(float(expected), rel=1e-12, abs=1e-300)

    def test_the_gradient_of_half_the_squared_error_is_the_error(self) -> None:
        predictions = values([9.0, 14.0])
        nn.half_squared_error(predictions, [3.0, 5.0]).backward()
        assert [p.grad for p in predictions] == [6.0, 9.0]

    def test_models_of_several_outputs_count_every_output(self) -> None:
        predictions = [values([1.0, 2.0]), values([3.0, 4.0])]
        assert nn.mse(predictions, np.array([[1.0, 0.0], [3.0, 0.0]])).data == (4.0 + 16.0) / 4

    def test_one_prediction_and_one_target_need_no_lists(self) -> None:
        assert nn.mse(Value(3.0), 1.0).data == 4.0

    def test_plain_numbers_are_predictions_too(self) -> None:
        assert nn.mae(np.array([3.0, 1.0]), [1, 1]).data == 1.0

    def test_targets_can_be_values(self) -> None:
        target = Value(1.0)
        nn.mse([Value(3.0)], [target]).backward()
        assert target.grad == -4.0


class TestHinge:
    @pytest.mark.parametrize(
        ("score", "target", "loss"), [(2.0, 1, 0.0), (0.5, 1, 0.5), (-1.0, 1, 2.0), (0.5, -1, 1.5)]
    )
    def test_it_is_what_lacks_to_a_margin_of_one(self, score: float, target: int, loss: float) -> None:
        assert nn.hinge([Value(score)], [target]).data == loss

    def test_it_is_micrograds(self) -> None:
        scores, targets = [0.3, -2.0, 1.5], [1.0, 1.0, -1.0]
        assert nn.hinge(values(scores), targets).data == pytest.approx((0.7 + 3.0 + 2.5) / 3)

    def test_targets_of_zero_and_one_are_refused(self) -> None:
        with pytest.raises(ValueError, match="hinge needs targets -1 and 1, but got 0; from 0 and 1 make them"):
            nn.hinge(values([1.0, 2.0]), [1, 0])


class TestBinaryCrossEntropy:
    @pytest.mark.parametrize("score", [-800.0, -30.0, -1.0, 0.0, 1e-9, 2.0, 40.0, 750.0])
    @pytest.mark.parametrize("target", [0.0, 1.0, 0.25])
    def test_it_is_exact_for_any_score(self, score: float, target: float) -> None:
        mpmath = pytest.importorskip("mpmath")
        with mpmath.workdps(800):
            p = 1 / (1 + mpmath.exp(-mpmath.mpf(score)))
            expected = float(-target * mpmath.log(p) - (1 - target) * mpmath.log(1 - p))
            slope = float(p - target)
        prediction = Value(score)
        loss = nn.binary_cross_entropy([prediction], [target])
        loss.backward()
        assert loss.data == pytest.approx(expected, rel=1e-14, abs=1e-320)
        assert prediction.grad == pytest.approx(slope, rel=1e-14, abs=1e-16)

    def test_a_target_can_be_a_value(self) -> None:
        plain = nn.binary_cross_entropy(values([0.3]), [1.0]).data
        assert nn.binary_cross_entropy(values([0.3]), [Value(1.0)]).data == pytest.approx(plain, rel=1e-15)

    @pytest.mark.parametrize("target", [-1, 2, math.nan])
    def test_a_target_that_is_no_probability_is_refused(self, target: float) -> None:
        with pytest.raises(ValueError, match="binary_cross_entropy needs targets from 0 to 1"):
            nn.binary_cross_entropy([Value(1.0)], [target])


class TestCrossEntropy:
    def test_it_is_the_logarithm_of_the_right_class_probability(self) -> None:
        scores = [0.5, -1.0, 2.0]
        expected = -math.log(math.exp(2.0) / sum(map(math.exp, scores)))
        assert nn.cross_entropy([values(scores)], [2]).data == pytest.approx(expected, rel=1e-14)

    def test_scores_that_are_far_apart_neither_overflow_nor_give_the_logarithm_of_zero(self) -> None:
        assert nn.cross_entropy([values([1000.0, -1000.0])], [1]).data == 2000.0
        assert nn.cross_entropy([values([1000.0, -1000.0])], [0]).data == 0.0

    def test_a_class_and_its_certainty_are_the_same_target(self) -> None:
        rows = [[0.5, -1.0, 2.0], [0.1, 0.2, 0.3]]
        by_class = nn.cross_entropy([values(row) for row in rows], [2, 0]).data
        certain = nn.cross_entropy([values(row) for row in rows], np.eye(3)[[2, 0]]).data
        assert by_class == pytest.approx(certain, rel=1e-15)

    def test_a_class_may_be_a_whole_float(self) -> None:
        assert nn.cross_entropy([values([1.0, 2.0])], np.array([1.0])).data == pytest.approx(math.log1p(math.exp(-1.0)))

    @pytest.mark.parametrize("target", [-1, 3, 0.5])
    def test_a_target_that_is_no_class_is_refused(self, target: float) -> None:
        with pytest.raises(ValueError, match=f"a target must be a class from 0 to 2, but got {target}"):
            nn.cross_entropy([values([1.0, 2.0, 3.0])], [target])

    def test_too_few_probabilities_are_refused(self) -> None:
        with pytest.raises(ValueError, match="2 probabilities for 3 classes"):
            nn.cross_entropy([values([1.0, 2.0, 3.0])], [[0.5, 0.5]])

    def test_a_single_score_is_refused(self) -> None:
        with pytest.raises(ValueError, match="for a model of one output use binary_cross_entropy"):
            nn.cross_entropy([Value(1.0)], [0])


class TestAgainstPyTorch:
    @pytest.mark.parametrize(
        ("loss", "theirs", "choices"),
        [
            (nn.mse, "mse_loss", None),
            (nn.mae, "l1_loss", None),
            (nn.huber, "huber_loss", None),
            (nn.binary_cross_entropy, "binary_cross_entropy_with_logits", [0.0, 1.0, 0.3]),
        ],
    )
    def test_value_and_gradient(self, loss: Any, theirs: str, choices: list[float] | None) -> None:
        torch = pytest.importorskip("torch")
        rng = random.Random(1)
        numbers = [rng.gauss(0, 3) for _ in range(20)]
        targets = [rng.choice(choices) if choices else rng.gauss(0, 3) for _ in range(20)]
        predictions, tensor = values(numbers), torch.tensor(numbers, dtype=torch.float64, requires_grad=True)
        ours = loss(predictions, targets)
        expected = getattr(torch.nn.functional, theirs)(tensor, torch.tensor(targets, dtype=torch.float64))
        ours.backward()
        expected.backward()
        assert ours.data == pytest.approx(expected.item(), rel=1e-13)
        assert [p.grad for p in predictions] == pytest.approx(tensor.grad.tolist(), rel=1e-12)

    @pytest.mark.parametrize("soft", [False, True])
    def test_cross_entropy(self, soft: bool) -> None:
        torch = pytest.importorskip("torch")
        rng = np.random.default_rng(1)
        scores, classes = rng.normal(size=(7, 4)) * 3, rng.integers(0, 4, 7)
        targets = rng.dirichlet(np.ones(4), 7) if soft else classes
        predictions = [values(row) for row in scores.tolist()]
        tensor = torch.tensor(scores, requires_grad=True)
        ours = nn.cross_entropy(predictions, targets)
        expected = torch.nn.functional.cross_entropy(tensor, torch.tensor(targets))
        ours.backward()
        expected.backward()
        assert ours.data == pytest.approx(expected.item(), rel=1e-13)
        assert np.array([[p.grad for p in row] for row in predictions]) == pytest.approx(tensor.grad.numpy(), rel=1e-12)


class TestReductions:
    @pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
    def test_the_loss_of_a_batch_is_the_sum_or_mean_of_its_points(self, loss: Any) -> None:
        several = loss is nn.cross_entropy
        predictions: list[Any] = [values([0.5, -1.0]), values([2.0, 0.3])] if several else values([0.5, -1.0])
        points = [loss([p], [t]).data for p, t in zip(predictions, [1.0, 1.0], strict=True)]
        expected = sum(points) if loss.reduction == "sum" else sum(points) / 2
        assert loss(predictions, [1.0, 1.0]).data == pytest.approx(expected, rel=1e-15)


class TestBadInput:
    @pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
    def test_as_many_targets_as_predictions(self, loss: Any) -> None:
        with pytest.raises(ValueError, match="a target for each prediction, but got 2 and 3"):
            loss(values([1.0, 2.0]), [1.0, 1.0, 1.0])

    @pytest.mark.parametrize("loss", LOSSES.values(), ids=LOSSES)
    def test_no_predictions(self, loss: Any) -> None:
        with pytest.raises(ValueError, match="at least one prediction"):
            loss([], [])

    def test_as_many_targets_as_outputs(self) -> None:
        with pytest.raises(ValueError, match="point 0 has 2 predictions but 1 target"):
            nn.mse([values([1.0, 2.0])], [[1.0]])

    @pytest.mark.parametrize("target", ["a", None, 1j])
    def test_a_target_that_is_no_number(self, target: Any) -> None:
        with pytest.raises(TypeError, match="a target must be"):
            nn.mse([Value(1.0)], [target])
