"""How optimisers move parameters, and what they say to wrong input."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

import nn
from autograd import Value
from nn.optim import OPTIMIZERS, Optimizer


def valley(x: Value, y: Value) -> Value:
    """A function to go down, and no symmetric one."""
    return (x - 1) ** 2 + 3 * (y + x * x) ** 2


def descend(optimizer: Optimizer, x: Value, y: Value, steps: int) -> list[float]:
    for _ in range(steps):
        optimizer.zero_grad()
        valley(x, y).backward()
        optimizer.step()
    return [x.data, y.data]


MAKERS: list[tuple[Any, str, dict[str, Any]]] = [
    (lambda p: nn.SGD(p, lr=0.05), "SGD", {"lr": 0.05}),
    (lambda p: nn.SGD(p, lr=0.02, momentum=0.9), "SGD", {"lr": 0.02, "momentum": 0.9}),
    (lambda p: nn.Adam(p, lr=0.1), "Adam", {"lr": 0.1}),
    (
        lambda p: nn.Adam(p, lr=0.1, beta1=0.5, beta2=0.9, epsilon=1e-4),
        "Adam",
        {"lr": 0.1, "betas": (0.5, 0.9), "eps": 1e-4},
    ),
]


class TestSteps:
    def test_gradient_descent_moves_by_the_rate_times_the_gradient(self) -> None:
        x = Value(5.0)
        x.grad = 8.0
        nn.SGD([x], lr=0.25).step()
        assert x.data == 3.0

    def test_zero_grad_clears_gradients(self) -> None:
        x = Value(5.0)
        x.grad = 8.0
        nn.SGD([x], lr=0.25).zero_grad()
        assert x.grad == 0.0

    @pytest.mark.parametrize(("make", "name", "arguments"), MAKERS)
    def test_the_way_down_is_pytorchs(self, make: Any, name: str, arguments: dict[str, Any]) -> None:
        torch = pytest.importorskip("torch")
        x, y = Value(-0.5), Value(2.0)
        tensors = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in (-0.5, 2.0)]
        twin = getattr(torch.optim, name)(tensors, **arguments)
        for _ in range(30):
            twin.zero_grad()
            valley(*tensors).backward()
            twin.step()
        assert descend(make([x, y]), x, y, 30) == pytest.approx([t.item() for t in tensors], rel=1e-11)

    def test_momentum_makes_the_last_move_again_in_part(self) -> None:
        numbers = np.array([0.0])
        optimizer = nn.SGD([Value(0.0)], lr=0.5, momentum=0.25)
        optimizer.update(numbers, np.array([8.0]))
        optimizer.update(numbers, np.array([4.0]))
        assert numbers[0] == -0.5 * 8.0 - 0.5 * (4.0 + 0.25 * 8.0)

    def test_adams_first_step_is_the_rate_whatever_the_betas_and_the_epsilon_is_outside_of_the_root(self) -> None:
        numbers = np.array([0.0])
        nn.Adam([Value(0.0)], lr=0.5, beta1=0.5, beta2=0.25, epsilon=1.0).update(numbers, np.array([-3.0]))
        assert numbers[0] == pytest.approx(0.5 * 3.0 / (math.sqrt(3.0**2) + 1.0), rel=1e-15)  # and not / sqrt(9 + 1)

    def test_adams_second_step_follows_from_both_means_without_their_start_at_zero(self) -> None:
        numbers, first, second = np.array([0.0]), 3.0, 1.0
        optimizer = nn.Adam([Value(0.0)], lr=0.5, beta1=0.75, beta2=0.25, epsilon=1.0)
        optimizer.update(numbers, np.array([first]))
        before = numbers[0]
        optimizer.update(numbers, np.array([second]))
        mean = (0.75 * first + second) / (0.75 + 1)  # the gradients, weighted by powers of beta1
        square = (0.25 * first**2 + second**2) / (0.25 + 1)  # their squares, by powers of beta2
        assert numbers[0] - before == pytest.approx(-0.5 * mean / (math.sqrt(square) + 1.0), rel=1e-15)

    @pytest.mark.parametrize("optimizer", OPTIMIZERS.values())
    def test_decay_shrinks_the_number_before_it_moves_and_leaves_the_move_alone(self, optimizer: Any) -> None:
        plain, shrunk = np.array([6.0]), np.array([8.0])
        optimizer([Value(0.0)], lr=0.5).update(plain, np.array([3.0]))
        optimizer([Value(0.0)], lr=0.5, weight_decay=0.5).update(shrunk, np.array([3.0]))
        assert shrunk[0] == plain[0]  # 8 - 0.5 * 0.5 * 8 is 6

    def test_adam_is_set_as_its_paper_has_it(self) -> None:
        # Kingma and Ba 2015, arXiv:1412.6980, algorithm 1
        optimizer = nn.Adam([Value(0.0)])
        assert optimizer.lr == 0.001
        assert optimizer.settings() == {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8}

    def test_an_optimiser_of_ones_own_needs_its_move_alone(self) -> None:
        class Signs(Optimizer):
            def move(self, numbers: Any, gradient: Any) -> None:
                numbers -= self.lr * np.sign(gradient)

        x = Value(5.0)
        optimizer = Signs([x], 0.5)
        x.grad = -8.0
        optimizer.step()
        assert x.data == 5.5
        assert optimizer.settings() == {}

    def test_the_settings_are_what_an_optimiser_names_as_its_own_and_the_decay_unless_they_are_0(self) -> None:
        assert nn.SGD([Value(1.0)], momentum=0.5, weight_decay=0.1).settings() == {"momentum": 0.5, "weight_decay": 0.1}
        assert nn.SGD([Value(1.0)]).settings() == {}

    @pytest.mark.parametrize(("make", "name", "arguments"), MAKERS)
    def test_they_get_to_the_bottom(self, make: Any, name: str, arguments: dict[str, Any]) -> None:
        x, y = Value(-0.5), Value(2.0)
        assert descend(make([x, y]), x, y, 800) == pytest.approx([1.0, -1.0], abs=0.1)

    def test_the_rate_can_be_changed_on_the_way(self) -> None:
        x = Value(5.0)
        optimizer = nn.SGD([x], lr=0.25)
        optimizer.lr = 0.5
        x.grad = 8.0
        optimizer.step()
        assert x.data == 1.0

    def test_values_and_arrays_move_alike(self) -> None:
        x, y = Value(-0.5), Value(2.0)
        x.grad, y.grad = 3.0, -4.0
        numbers = np.array([-0.5, 2.0])
        nn.Adam([Value(0.0), Value(0.0)], lr=0.1).update(numbers, np.array([3.0, -4.0]))
        nn.Adam([x, y], lr=0.1).step()
        assert [x.data, y.data] == numbers.tolist()


class TestState:
    @pytest.mark.parametrize(("make", "name", "arguments"), MAKERS)
    def test_another_optimiser_goes_on_to_the_same_result(
        self, make: Any, name: str, arguments: dict[str, Any]
    ) -> None:
        x, y = Value(-0.5), Value(2.0)
        whole = descend(make([x, y]), x, y, 20)
        x, y = Value(-0.5), Value(2.0)
        first = make([x, y])
        descend(first, x, y, 8)
        second = make([x, y])
        second.load_state_dict(first.state_dict())
        assert descend(second, x, y, 12) == whole

    def test_a_state_is_a_copy(self) -> None:
        x, y = Value(-0.5), Value(2.0)
        optimizer = nn.Adam([x, y])
        state = optimizer.state_dict()
        descend(optimizer, x, y, 3)
        assert state["steps"] == 0
        assert state["mean"].tolist() == [0.0, 0.0]

    def test_a_state_of_another_kind_is_refused(self) -> None:
        with pytest.raises(ValueError, match="this is no state of SGD"):
            nn.SGD([Value(1.0)]).load_state_dict(nn.Adam([Value(1.0)]).state_dict())
        with pytest.raises(ValueError, match="this is no state of Adam"):
            nn.Adam([Value(1.0)]).load_state_dict(nn.SGD([Value(1.0)]).state_dict())

    @pytest.mark.parametrize(("held", "given"), [(1, 2), (2, 1)])
    def test_a_state_of_other_parameters_is_refused(self, held: int, given: int) -> None:
        with pytest.raises(ValueError, match=f"the state's mean is for {given} parameters, not {held}"):
            nn.Adam([Value(1.0) for _ in range(held)]).load_state_dict(
                nn.Adam([Value(1.0) for _ in range(given)]).state_dict()
            )


class TestBadInput:
    @pytest.mark.parametrize("optimizer", OPTIMIZERS.values())
    @pytest.mark.parametrize("lr", [0, -0.1, math.nan, math.inf])
    def test_a_rate_that_is_not_positive(self, optimizer: Any, lr: float) -> None:
        with pytest.raises(ValueError, match=f"the learning rate lr must be a positive number, but got {lr}"):
            optimizer([Value(1.0)], lr=lr)

    def test_a_rate_that_is_set_on_the_way(self) -> None:
        optimizer = nn.SGD([Value(1.0)])
        with pytest.raises(ValueError, match="the learning rate lr must be a positive number, but got -1"):
            optimizer.lr = -1
        assert optimizer.lr == 0.01

    def test_a_rate_that_is_no_number(self) -> None:
        with pytest.raises(TypeError, match="the learning rate lr must be a number, but got the text 'fast'"):
            nn.SGD([Value(1.0)], lr="fast")  # type: ignore[arg-type]

    @pytest.mark.parametrize("decay", [-0.1, math.nan, math.inf])
    def test_a_decay_that_is_negative_or_not_finite(self, decay: float) -> None:
        with pytest.raises(ValueError, match=f"weight_decay must be 0 or a positive number, but got {decay}"):
            nn.SGD([Value(1.0)], weight_decay=decay)

    @pytest.mark.parametrize("momentum", [-0.1, 1.0, 1.5, math.nan])
    def test_a_momentum_that_would_not_settle(self, momentum: float) -> None:
        with pytest.raises(ValueError, match="momentum must be from 0 up to"):
            nn.SGD([Value(1.0)], momentum=momentum)

    def test_a_parameter_given_twice_counts_once(self) -> None:
        x = Value(5.0)
        x.grad = 8.0
        optimizer = nn.SGD([x, x], lr=0.25)
        optimizer.step()
        assert (len(optimizer.parameters), x.data) == (1, 3.0)

    def test_the_result_of_an_operation_is_no_parameter(self) -> None:
        with pytest.raises(ValueError, match="a parameter must not be the result of an operation"):
            nn.SGD([Value(1.0) * 2])

    def test_no_parameters(self) -> None:
        with pytest.raises(ValueError, match="SGD needs parameters to train, but got none; give the model Values"):
            nn.SGD([])

    def test_a_model_in_place_of_its_parameters(self) -> None:
        with pytest.raises(TypeError, match=r"write model\.parameters\(\)"):
            nn.SGD(nn.Neuron(2))  # type: ignore[arg-type]

    def test_parameters_that_are_no_values(self) -> None:
        with pytest.raises(TypeError, match=r"a parameter must be a Value, but got 1\.0"):
            nn.SGD([1.0])  # type: ignore[list-item]
