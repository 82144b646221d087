"""What neurons, layers and networks compute, how they start, and what they say to wrong input."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd
import nn
from autograd import Value
from autograd.engine.primitive import TABLE
from autograd.engine.value import topological_order

POINTS = st.lists(st.floats(-10, 10), min_size=3, max_size=3)


def numbers(model: nn.Module) -> list[float]:
    return [parameter.data for parameter in model.parameters()]


def forward(model: nn.MLP, x: list[float], activation: Any) -> list[float]:
    """The network's output, in NumPy."""
    signals = np.array(x)
    for layer in model.layers:
        weights = np.array([[w.data for w in neuron.w] for neuron in layer.neurons])
        biases = np.array([neuron.b.data if neuron.b is not None else 0.0 for neuron in layer.neurons])
        signals = weights @ signals + biases
        if layer is not model.layers[-1]:
            signals = activation(signals)
    return list(signals)


class TestForward:
    @given(POINTS)
    def test_a_neuron_is_its_activation_of_weights_times_inputs_plus_bias(self, x: list[float]) -> None:
        neuron = nn.Neuron(3, "tanh", seed=1)
        assert neuron.b is not None
        total = sum(w.data * each for w, each in zip(neuron.w, x, strict=True)) + neuron.b.data
        assert neuron(x).data == pytest.approx(math.tanh(total), rel=1e-12, abs=1e-12)

    @pytest.mark.parametrize("activation", ["linear", "relu", "tanh", "sigmoid", "gelu", "silu", "leaky_relu", "sin"])
    def test_activations_are_operations_by_name(self, activation: str) -> None:
        neuron = nn.Neuron(2, activation, seed=3)
        plain = nn.Neuron(2, "linear", seed=3)
        plain.load_state_dict(neuron.state_dict())
        total = plain([0.5, -2.0]).data
        expected = total if activation == "linear" else getattr(autograd, activation)(total)
        assert neuron([0.5, -2.0]).data == expected

    @given(POINTS)
    def test_a_network_is_its_layers_one_after_the_other_the_last_one_linear(self, x: list[float]) -> None:
        model = nn.MLP(3, [4, 5, 2], "tanh", seed=1)
        outputs = [output.data for output in model(x)]
        assert outputs == pytest.approx(forward(model, x, np.tanh), rel=1e-12, abs=1e-12)

    def test_values_and_gradients_are_pytorchs(self) -> None:
        torch = pytest.importorskip("torch")
        model = nn.MLP(2, [16, 16, 1], seed=1)
        twin = torch.nn.Sequential(
            *(torch.nn.Linear(2, 16), torch.nn.ReLU(), torch.nn.Linear(16, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
        ).double()
        with torch.no_grad():
            for layer, linear in zip(model.layers, [twin[0], twin[2], twin[4]], strict=True):
                linear.weight[:] = torch.tensor(np.array([[w.data for w in neuron.w] for neuron in layer.neurons]))
                linear.bias[:] = torch.tensor(np.array([neuron.b.data for neuron in layer.neurons]))
        output, expected = model([0.3, -0.7]), twin(torch.tensor([0.3, -0.7], dtype=torch.float64))
        output.backward()
        expected.backward()
        assert output.data == pytest.approx(expected.item(), rel=1e-12)
        for layer, linear in zip(model.layers, [twin[0], twin[2], twin[4]], strict=True):
            for neuron, weights, bias in zip(
                layer.neurons, linear.weight.grad.tolist(), linear.bias.grad.tolist(), strict=True
            ):
                assert [w.grad for w in neuron.w] == pytest.approx(weights, rel=1e-12, abs=1e-15)
                assert neuron.b.grad == pytest.approx(bias, rel=1e-12, abs=1e-15)

    def test_a_neuron_without_bias_has_weights_only(self) -> None:
        neuron = nn.Neuron(1, "linear", bias=False, seed=1)
        assert len(neuron.parameters()) == 1
        assert neuron(3.0).data == 3.0 * neuron.w[0].data

    def test_one_output_comes_as_a_value_and_several_as_a_list(self) -> None:
        assert isinstance(nn.MLP(2, [3, 1], seed=1)([1.0, 2.0]), Value)
        assert [type(output) for output in nn.MLP(2, [3, 2], seed=1)([1.0, 2.0])] == [Value, Value]
        assert isinstance(nn.Layer(2, 1, seed=1)([1.0, 2.0]), Value)

    @pytest.mark.parametrize(
        "x", [[1, 2.0], (1.0, 2.0), np.array([1.0, 2.0]), iter([1.0, 2.0]), [Value(1.0), 2.0], np.array([[1.0], [2.0]])]
    )
    def test_a_point_is_any_sequence_of_numbers_and_values(self, x: Any) -> None:
        model = nn.MLP(2, [3, 1], seed=1)
        assert model(x).data == model([1.0, 2.0]).data

    @pytest.mark.parametrize("x", [3, 3.0, np.float64(3.0), np.array(3.0), Value(3.0), [3.0]])
    def test_a_model_of_one_input_takes_a_plain_number_too(self, x: Any) -> None:
        model = nn.MLP(1, [3, 1], seed=1)
        assert model(x).data == model([3.0]).data

    def test_values_that_are_inputs_get_gradients(self) -> None:
        x = [Value(0.5), Value(-0.5)]
        nn.MLP(2, [3, 1], "tanh", seed=1)(x).backward()
        assert all(each.grad != 0.0 for each in x)

    def test_values_in_arrays_of_shape_0_get_gradients_too(self) -> None:
        x = [Value(0.5), Value(-0.5)]
        nn.MLP(2, [3, 1], "tanh", seed=1)([np.array(each) for each in x]).backward()
        assert all(each.grad != 0.0 for each in x)

    def test_each_input_is_one_node_however_many_neurons_read_it(self) -> None:
        output = nn.MLP(2, [16, 16, 1], seed=1)([0.5, 1.0])
        inputs = [node for node in topological_order(output) if node.is_constant]
        assert [node.data for node in inputs] == [0.5, 1.0]

    def test_the_last_layers_activation_can_be_chosen(self) -> None:
        model = nn.MLP(2, [2, 1], "sigmoid", output="sigmoid", seed=1)
        assert 0.0 < model([50.0, 50.0]).data < 1.0
        assert model([1.0, 2.0]).op == "sigmoid"


class TestStart:
    def test_the_same_seed_gives_the_same_weights(self) -> None:
        assert numbers(nn.MLP(2, [4, 1], seed=5)) == numbers(nn.MLP(2, [4, 1], seed=5))
        assert numbers(nn.MLP(2, [4, 1], seed=5)) != numbers(nn.MLP(2, [4, 1], seed=6))

    @pytest.mark.parametrize("make", [random.Random, np.random.default_rng, np.random.RandomState])
    def test_weights_come_from_the_callers_generator(self, make: Any) -> None:
        rng = make(5)
        first, second = nn.MLP(2, [4, 1], rng=rng), nn.MLP(2, [4, 1], rng=rng)
        assert numbers(first) == numbers(nn.MLP(2, [4, 1], rng=make(5)))
        assert numbers(first) != numbers(second)

    def test_without_seed_or_generator_pythons_own_decides_as_in_micrograd(self) -> None:
        random.seed(7)
        first = numbers(nn.MLP(2, [4, 1]))
        random.seed(7)
        assert numbers(nn.MLP(2, [4, 1])) == first

    @pytest.mark.parametrize(("activation", "gain"), [("relu", 6.0), ("tanh", 3.0), ("linear", 3.0)])
    def test_weights_and_biases_are_uniform_within_documented_limits(self, activation: str, gain: float) -> None:
        layer = nn.Layer(12, 400, activation, seed=1)
        weights = [w.data for neuron in layer.neurons for w in neuron.w]
        biases = [neuron.b.data for neuron in layer.neurons if neuron.b is not None]
        for drawn, limit in ((weights, math.sqrt(gain / 12)), (biases, 1 / math.sqrt(12))):
            assert 0.95 * limit < max(drawn) <= limit
            assert -limit <= min(drawn) < -0.95 * limit
            assert abs(np.mean(drawn)) < 0.1 * limit

    def test_the_size_of_signals_lasts_through_many_layers(self) -> None:
        model = nn.MLP(64, [64] * 6, seed=1)
        rng = random.Random(1)
        outputs = [output.data for output in model([rng.gauss(0, 1) for _ in range(64)])]
        assert 0.2 < np.std(outputs) < 5.0

    def test_seed_and_generator_together_are_refused(self) -> None:
        with pytest.raises(ValueError, match="a seed or a generator rng, not both"):
            nn.Neuron(2, seed=1, rng=random.Random(1))

    def test_a_generator_must_be_one(self) -> None:
        with pytest.raises(TypeError, match=r"rng must be a random\.Random or a NumPy generator, but got 5"):
            nn.Neuron(2, rng=5)


class TestNames:
    def test_parameters_are_named_and_labelled_by_their_place(self) -> None:
        model = nn.MLP(2, [4, 1], seed=1)
        named = dict(model.named_parameters())
        assert named["layers.0.neurons.3.w.1"] is model.layers[0].neurons[3].w[1]
        assert named["layers.1.neurons.0.b"] is model.layers[1].neurons[0].b
        assert all(parameter.label == name for name, parameter in named.items())

    def test_models_show_how_they_were_made(self) -> None:
        assert repr(nn.Neuron(2, "tanh", bias=False)) == "Neuron(2, 'tanh', bias=False)"
        assert repr(nn.Layer(2, 3)) == "Layer(2, 3, 'relu')"
        assert repr(nn.MLP(2, [3, 1], output="tanh")) == "MLP(2, [3, 1], 'relu', output='tanh')"


class TestMicrograd:
    def test_its_networks_have_the_same_shape_and_order_of_parameters(self) -> None:
        micrograd = pytest.importorskip("micrograd.nn")
        ours, theirs = nn.MLP(2, [16, 16, 1]), micrograd.MLP(2, [16, 16, 1])
        assert len(ours.parameters()) == len(theirs.parameters())
        for parameter, twin in zip(ours.parameters(), theirs.parameters(), strict=True):
            parameter.data = twin.data
        assert ours([0.3, -0.8]).data == pytest.approx(theirs([0.3, -0.8]).data, rel=1e-12)

    @pytest.mark.parametrize(
        ("neuron", "activation"),
        [
            (nn.Neuron(2), "relu"),
            (nn.Neuron(2, nonlin=True), "relu"),
            (nn.Neuron(2, nonlin=False), "linear"),
            (nn.Neuron(2, False), "linear"),
            (nn.Layer(2, 1, nonlin=False).neurons[0], "linear"),
        ],
    )
    def test_nonlin_means_relu(self, neuron: nn.Neuron, activation: str) -> None:
        assert neuron.activation == activation

    def test_its_training_loop_runs(self) -> None:
        model = nn.MLP(2, [4, 1], seed=1)
        losses = []
        for _ in range(20):
            loss = sum((model(x) - y) ** 2 for x, y in [([1.0, 0.0], 1.0), ([0.0, 1.0], -1.0)])
            model.zero_grad()
            loss.backward()
            for p in model.parameters():
                p.data -= 0.05 * p.grad
            losses.append(loss.data)
        assert losses[-1] < 0.1 * losses[0]


@pytest.fixture
def bump() -> Iterator[Any]:
    """An operation of the user's own."""

    @autograd.primitive(lambda x, y: -2.0 * x * y, name="bump_for_layers")
    def bump(x: float) -> float:
        return math.exp(-x * x)

    yield bump
    del TABLE[bump.name]


class TestOwnActivation:
    def test_an_operation_of_ones_own_is_an_activation_by_name_and_as_itself(self, bump: Any) -> None:
        by_name, as_itself = nn.Neuron(1, "bump_for_layers", seed=1), nn.Neuron(1, bump, seed=1)
        assert by_name(0.3).data == as_itself(0.3).data
        assert by_name.activation == "bump_for_layers"


class TestBadInput:
    def test_a_wrong_number_of_inputs_to_a_neuron(self) -> None:
        with pytest.raises(ValueError, match=r"Neuron\(3, 'relu'\) takes 3 inputs, but got 2: \[1, 2\]"):
            nn.Neuron(3)([1, 2])

    def test_a_wrong_number_of_inputs_to_a_network(self) -> None:
        with pytest.raises(ValueError, match=r"MLP\(1, \[2, 1\], 'relu'\) takes 1 input, but got 2: \[1, 2\]"):
            nn.MLP(1, [2, 1])([1, 2])

    def test_several_points_at_once(self) -> None:
        with pytest.raises(ValueError, match="call it with one point at a time"):
            nn.MLP(2, [2, 1])(np.zeros((5, 2)))

    @pytest.mark.parametrize("x", [["a", "b"], [None, 1.0], [1j, 1.0], [[1.0, 2.0], [3.0, 4.0]]])
    def test_inputs_that_are_no_numbers(self, x: Any) -> None:
        with pytest.raises(TypeError, match="an input must be"):
            nn.MLP(2, [2, 1])(x)

    def test_an_activation_that_does_not_exist(self) -> None:
        with pytest.raises(ValueError, match="no activation called 'rellu'; did you mean 'relu'"):
            nn.MLP(2, [2, 1], "rellu")

    def test_an_activation_that_does_not_exist_in_a_network_that_would_not_use_it(self) -> None:
        with pytest.raises(ValueError, match="no activation called 'sigmoyd'; did you mean 'sigmoid'"):
            nn.MLP(2, [1], "sigmoyd")

    def test_an_operation_on_two_numbers_is_no_activation(self) -> None:
        with pytest.raises(ValueError, match="no activation called 'maximum'"):
            nn.Neuron(2, "maximum")

    @pytest.mark.parametrize("size", [0, -1])
    def test_no_inputs(self, size: int) -> None:
        with pytest.raises(ValueError, match=f"nin must be at least 1, but got {size}"):
            nn.Neuron(size)

    def test_sizes_that_are_no_whole_numbers(self) -> None:
        with pytest.raises(TypeError, match=r"nin must be a whole number, but got 2\.0"):
            nn.Neuron(2.0)  # type: ignore[arg-type]
        with pytest.raises(TypeError, match="nouts must be whole numbers, one for each layer, but got 3"):
            nn.MLP(2, 3)  # type: ignore[arg-type]

    def test_a_network_of_no_layers(self) -> None:
        with pytest.raises(ValueError, match="nouts must have a number for each layer"):
            nn.MLP(2, [])


class Bell(nn.Module):
    """A class as PyTorch's users write it."""

    def __init__(self) -> None:
        self.hidden = nn.Linear(1, 5, seed=1)
        self.output = nn.Linear(5, 1, seed=2)
        self.relu = nn.ReLU()

    def forward(self, x: Any) -> Any:
        return self.output(self.relu(self.hidden(x)))


class TestBuildingBlocks:
    @pytest.mark.parametrize("x", [0.5, [0.5], (0.5,), np.array([0.5]), np.array(0.5), np.float32(0.5), Value(0.5)])
    def test_a_class_with_forward_computes_what_the_same_layers_in_a_network_do(self, x: Any) -> None:
        model, network = Bell(), nn.MLP(1, [5, 1])
        network.load_state_dict(dict(zip(network.state_dict(), model.state_dict().values(), strict=True)))
        assert model(x).data == network([0.5]).data

    def test_parameters_are_called_alike_in_state_dict_and_in_pictures(self) -> None:
        model = Bell()
        assert list(model.state_dict()) == [p.label for p in model.parameters()]
        assert list(model.state_dict())[:2] == ["hidden.neurons.0.w.0", "hidden.neurons.0.b"]

    def test_a_label_of_the_users_own_stays(self) -> None:
        model = nn.Module()
        model.m, model.c = Value(1.0, "slope"), Value(2.0)  # type: ignore[attr-defined]
        assert [p.label for p in model.parameters()] == ["slope", "c"]

    def test_a_module_without_forward_says_what_is_missing(self) -> None:
        with pytest.raises(NotImplementedError, match=r"Module does not say what it computes; give it .* forward"):
            nn.Module()(1.0)

    def test_a_linear_layer_only_adds_up(self) -> None:
        layer = nn.Linear(2, 2, seed=1)
        assert isinstance(layer, nn.Layer)
        for neuron, output in zip(layer.neurons, layer([3.0, -2.0]), strict=True):
            w, b = [w.data for w in neuron.w], neuron.b
            assert b is not None and output.data == pytest.approx(3 * w[0] - 2 * w[1] + b.data)
        assert nn.Linear(2, 2, "tanh", bias=False, seed=1).architecture() == {
            "nin": 2,
            "activation": "tanh",
            "bias": False,
            "nout": 2,
        }

    def test_sequential_passes_on_what_each_module_answers(self) -> None:
        first, last = nn.Linear(2, 3, seed=1), nn.Linear(3, 2, seed=2)
        model = nn.Sequential(first, nn.Tanh(), last, nn.Sigmoid())
        expected = last([value.tanh() for value in first([1.0, 2.0])])
        assert [v.data for v in model([1.0, 2.0])] == [autograd.sigmoid(v.data) for v in expected]
        assert len(model.parameters()) == 9 + 8

    def test_sequential_takes_modules_and_not_a_list_of_them(self) -> None:
        with pytest.raises(TypeError, match="each as an argument of its own, but got"):
            nn.Sequential([nn.Linear(1, 1)])
        with pytest.raises(ValueError, match="needs modules"):
            nn.Sequential()

    def test_a_network_may_have_an_activation_for_each_layer(self) -> None:
        model = nn.MLP(2, [3, 3, 1], ["tanh", "relu", "sigmoid"], seed=1)
        assert [layer.neurons[0].activation for layer in model.layers] == ["tanh", "relu", "sigmoid"]
        assert repr(nn.MLP(**model.architecture())) == repr(model) == "MLP(2, [3, 3, 1], ['tanh', 'relu', 'sigmoid'])"

    def test_activations_must_be_as_many_as_layers(self) -> None:
        with pytest.raises(ValueError, match="one for each of the 2 layers, the last included"):
            nn.MLP(2, [3, 1], ["tanh"])
        with pytest.raises(ValueError, match="leaves output= out"):
            nn.MLP(2, [3, 1], ["tanh", "relu"], output="tanh")

    @given(st.lists(st.floats(-800, 800), min_size=1, max_size=6))
    def test_softmax_is_a_probability_for_each_class_in_the_order_of_the_scores(self, scores: list[float]) -> None:
        found = [p.data for p in nn.softmax(scores)]
        shifted = np.exp(np.array(scores) - max(scores))
        assert found == pytest.approx((shifted / shifted.sum()).tolist(), rel=1e-12, abs=1e-300)
        assert math.fsum(found) == pytest.approx(1.0, rel=1e-12)

    def test_softmax_can_be_differentiated(self) -> None:
        scores = [Value(1.0), Value(-0.5), Value(2.0)]
        first, *_ = nn.softmax(scores)
        first.backward()
        p = [each.data for each in nn.softmax(scores)]
        expected = [p[0] * (1 - p[0]), -p[0] * p[1], -p[0] * p[2]]
        assert [score.grad for score in scores] == pytest.approx(expected, rel=1e-12)

    @pytest.mark.parametrize("engine", ["compiled", "eager"])
    def test_what_is_built_of_blocks_can_be_trained(self, engine: str) -> None:
        x = np.linspace(-1, 1, 20)
        model = Bell()
        history = nn.fit(model, x, np.exp(-(x**2)), optimizer="adam", lr=0.05, epochs=200, engine=engine)
        assert history.losses[-1] < 0.005
