"""What a `Module` finds, how it names it, and how its numbers go out and in."""

from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import nn
from autograd import Value
from autograd.engine.choices import choose


class Everything(nn.Module):
    """Parameters in every place that is looked at."""

    def __init__(self) -> None:
        self.scale = Value(1.0)
        self.weights = [Value(2.0), Value(3.0)]
        self.pair = (Value(4.0), [Value(5.0)])
        self.table = {"a": Value(6.0), 7: Value(7.0)}
        self.neuron = nn.Neuron(2, "linear", seed=1)
        self.array = np.array([[Value(8.0)], [Value(9.0)]], dtype=object)
        self.name = "no parameter"
        self.count = 3
        self.floats = np.zeros(2)
        self.nothing = None


class Line(nn.Module):
    def __init__(self, m: float, c: float) -> None:
        self.m, self.c = Value(m), Value(c)

    def __call__(self, x: float) -> Value:
        return self.m * x + self.c


def names(model: nn.Module) -> list[str]:
    return [name for name, _ in model.named_parameters()]


class TestFinding:
    def test_parameters_are_found_in_attributes_lists_tuples_dicts_arrays_and_modules(self) -> None:
        assert names(Everything()) == [
            *("scale", "weights.0", "weights.1", "pair.0", "pair.1.0", "table.a", "table.7"),
            *("neuron.w.0", "neuron.w.1", "neuron.b", "array.0.0", "array.1.0"),
        ]

    def test_a_value_kept_in_two_places_counts_once(self) -> None:
        model = Line(1.0, 2.0)
        model.again = [model.m]  # type: ignore[attr-defined]
        assert names(model) == ["m", "c"]

    def test_a_module_kept_in_two_places_counts_once(self) -> None:
        class Twice(nn.Module):
            def __init__(self) -> None:
                self.first = self.second = Line(1.0, 2.0)

        assert names(Twice()) == ["first.m", "first.c"]

    def test_results_of_operations_are_no_parameters(self) -> None:
        model = Line(1.0, 2.0)
        model.last = model(3.0)  # type: ignore[attr-defined]
        assert names(model) == ["m", "c"]

    def test_constants_are_no_parameters(self) -> None:
        model = Line(1.0, 2.0)
        model.numbers = list((model.m * 5.0).parents)  # type: ignore[attr-defined]
        assert any(value.is_constant for value in model.numbers)  # type: ignore[attr-defined]
        assert names(model) == ["m", "c"]

    def test_modules_that_refer_to_each_other_are_no_trouble(self) -> None:
        child, parent = Line(1.0, 2.0), Line(3.0, 4.0)
        child.parent, parent.child = parent, child  # type: ignore[attr-defined]
        assert names(parent) == ["m", "c", "child.m", "child.c"]

    def test_a_module_without_parameters_has_none(self) -> None:
        assert nn.Module().parameters() == []

    def test_a_parameter_that_is_added_later_is_found(self) -> None:
        model = nn.MLP(1, [2, 1], seed=1)
        model.extra = Value(1.0)  # type: ignore[attr-defined]
        assert names(model)[-1] == "extra"


class TestNumbers:
    def test_parameters_and_named_parameters_agree(self) -> None:
        model = Everything()
        assert all(p is q for p, (_, q) in zip(model.parameters(), model.named_parameters(), strict=True))

    def test_zero_grad_clears_every_gradient(self) -> None:
        model = Line(2.0, 1.0)
        model(3.0).backward()
        assert [p.grad for p in model.parameters()] == [3.0, 1.0]
        model.zero_grad()
        assert [p.grad for p in model.parameters()] == [0.0, 0.0]

    def test_state_dict_goes_from_one_model_to_another(self) -> None:
        one, other = nn.MLP(2, [3, 1], seed=1), nn.MLP(2, [3, 1], seed=2)
        assert one.state_dict() != other.state_dict()
        other.load_state_dict(one.state_dict())
        assert one.state_dict() == other.state_dict()
        assert one([0.5, -1.0]).data == other([0.5, -1.0]).data

    def test_labels_are_names(self) -> None:
        model = Line(2.0, 1.0)
        model.label_parameters()
        assert [p.label for p in model.parameters()] == ["m", "c"]

    def test_a_missing_number_is_named(self) -> None:
        with pytest.raises(ValueError, match="do not fit this Line: c is missing"):
            Line(2.0, 1.0).load_state_dict({"m": 1.0})

    def test_a_number_too_many_is_named(self) -> None:
        with pytest.raises(ValueError, match="do not fit this Line: d and 1 more are no parameter"):
            Line(2.0, 1.0).load_state_dict({"m": 1.0, "c": 2.0, "d": 3.0, "e": 4.0})

    def test_nothing_is_set_if_something_is_wrong(self) -> None:
        model = Line(2.0, 1.0)
        with pytest.raises(TypeError, match="the parameter c must be a number"):
            model.load_state_dict({"m": 5.0, "c": "x"})  # type: ignore[dict-item]
        assert model.state_dict() == {"m": 2.0, "c": 1.0}

    def test_two_parameters_of_one_name_are_refused(self) -> None:
        model = nn.Module()
        model.table = {1: Value(1.0), "1": Value(2.0)}  # type: ignore[attr-defined]
        with pytest.raises(ValueError, match=r"two parameters are both called 'table\.1'"):
            model.state_dict()

    def test_models_can_be_copied_and_pickled(self) -> None:
        model = nn.MLP(2, [3, 1], "tanh", seed=1)
        for other in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
            assert other.state_dict() == model.state_dict()
            assert other([1.0, 2.0]).data == model([1.0, 2.0]).data
            assert not {id(p) for p in other.parameters()} & {id(p) for p in model.parameters()}


class TestChoosing:
    def test_the_nearest_name_is_suggested(self) -> None:
        with pytest.raises(ValueError, match=r"no fruit called 'aple'; did you mean 'apple'\? There are: apple, pear"):
            choose("aple", {"pear": 1, "apple": 2}, "fruit")

    def test_nothing_is_suggested_where_nothing_is_near(self) -> None:
        with pytest.raises(ValueError, match="no fruit called 'xyz'. There are"):
            choose("xyz", {"pear": 1, "apple": 2}, "fruit")

    def test_what_is_no_name_is_a_type_error(self) -> None:
        with pytest.raises(TypeError, match="the fruit must be given by its name, but got 3"):
            choose(3, {"pear": 1}, "fruit")  # type: ignore[arg-type]
