"""That models come back from files as they were, and that files that are not whole are refused."""

from __future__ import annotations

import json
import math
import os
import sys
from pathlib import Path
from typing import Any

import pytest

import nn
from autograd import Value
from autograd.engine.files import write_whole
from nn.files import read_document, write_document
from nn.serialization import load_metadata


class Parabola(nn.Module):
    """A module of the user's own."""

    def __init__(self) -> None:
        self.a, self.b, self.c = Value(1.0), Value(2.0), Value(3.0)

    def __call__(self, x: float) -> Value:
        return self.a * x * x + self.b * x + self.c


MODELS: list[Any] = [
    lambda: nn.MLP(2, [3, 1], seed=1),
    lambda: nn.MLP(3, [4, 4, 2], "tanh", bias=False, output="sigmoid", seed=1),
    lambda: nn.Layer(2, 3, "gelu", seed=1),
    lambda: nn.Layer(2, 3, nonlin=False, bias=False, seed=1),
    lambda: nn.Neuron(4, "linear", seed=1),
    lambda: nn.Neuron(1, "sigmoid", bias=False, seed=1),
    lambda: nn.Linear(2, 3, seed=1),
    lambda: nn.MLP(2, [3, 3, 1], ["tanh", "relu", "sigmoid"], seed=1),
    lambda: nn.Sequential(nn.Linear(2, 3), nn.ReLU(), nn.Sequential(nn.MLP(3, [2, 1]))),
]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.json"


class TestRoundTrip:
    @pytest.mark.parametrize("make", MODELS)
    def test_a_model_comes_back_with_its_architecture_and_every_bit_of_its_numbers(self, make: Any, path: Path) -> None:
        model = make()
        nn.save(model, path)
        loaded: Any = nn.load(path)
        assert repr(loaded) == repr(model)
        assert loaded.state_dict() == model.state_dict()
        assert type(loaded) is type(model)

    @pytest.mark.parametrize("number", [0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0, math.inf, -math.inf, math.pi])
    def test_floats_are_kept_exactly(self, number: float, path: Path) -> None:
        neuron = nn.Neuron(1, bias=False)
        neuron.w[0].data = number
        nn.save(neuron, path)
        assert repr(nn.load(path).state_dict()["w.0"]) == repr(number)

    def test_nan_is_kept(self, path: Path) -> None:
        neuron = nn.Neuron(1, bias=False)
        neuron.w[0].data = math.nan
        nn.save(neuron, path)
        assert math.isnan(nn.load(path).state_dict()["w.0"])

    def test_a_module_of_ones_own_is_loaded_into_one(self, path: Path) -> None:
        model = Parabola()
        model.a.data = 0.5
        nn.save(model, path)
        other = Parabola()
        assert nn.load(path, into=other) is other
        assert other.state_dict() == {"a": 0.5, "b": 2.0, "c": 3.0}

    def test_the_model_may_come_first_as_it_is_saved(self, path: Path) -> None:
        nn.save(nn.Neuron(2, seed=1), path)
        other = nn.Neuron(2, seed=2)
        assert nn.load(other, path) is other
        assert other.state_dict() == nn.Neuron(2, seed=1).state_dict()

    def test_metadata_is_kept_with_the_model(self, path: Path) -> None:
        nn.save(nn.Neuron(1), path, metadata={"mean": [1.5], "target": "größe"})
        assert load_metadata(path) == {"mean": [1.5], "target": "größe"}

    def test_a_file_is_plain_json(self, path: Path) -> None:
        nn.save(nn.Neuron(2, seed=1), path)
        document = json.loads(path.read_text(encoding="utf-8"))
        assert document["format"] == "scalar-autograd model"
        assert document["version"] == 1
        assert document["content"]["arguments"] == {"nin": 2, "activation": "relu", "bias": True}

    def test_loading_leaves_pythons_generator_alone(self, path: Path) -> None:
        import random

        nn.save(nn.Neuron(2, seed=1), path)
        before = random.getstate()
        nn.load(path)
        assert random.getstate() == before


class TestWhole:
    def test_nothing_else_is_left_in_the_folder(self, path: Path) -> None:
        nn.save(nn.Neuron(2), path)
        nn.save(nn.Neuron(3), path)
        assert os.listdir(path.parent) == ["model.json"]

    def test_a_file_that_cannot_be_written_leaves_the_old_one(self, path: Path) -> None:
        model = nn.Neuron(2, seed=1)
        nn.save(model, path)
        with pytest.raises(TypeError, match="a file can hold numbers"):
            nn.save(nn.Neuron(2, seed=2), path, metadata={"x": object()})
        assert nn.load(path).state_dict() == model.state_dict()
        assert os.listdir(path.parent) == ["model.json"]

    @pytest.mark.skipif(sys.platform == "win32", reason="symbolic links need rights there")
    def test_a_link_stays_a_link(self, path: Path, tmp_path: Path) -> None:
        link = tmp_path / "link.json"
        write_whole(path, "old")
        link.symlink_to(path)
        write_whole(link, "new")
        assert link.is_symlink()
        assert path.read_text() == "new"

    def test_a_folder_that_does_not_exist(self, tmp_path: Path) -> None:
        with pytest.raises(
            FileNotFoundError, match=r"cannot write '.*m\.json': the folder .*nowhere does not exist; give"
        ):
            nn.save(nn.Neuron(2), tmp_path / "nowhere" / "m.json")

    def test_a_folder_that_is_a_file(self, path: Path) -> None:
        path.write_text("x")
        with pytest.raises(NotADirectoryError, match="cannot write .*: Not a directory"):
            nn.save(nn.Neuron(2), path / "m.json")

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
    def test_a_folder_that_cannot_be_written(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)
        with pytest.raises(
            PermissionError, match="cannot write .*: Permission denied; give a path in a folder that you can"
        ):
            nn.save(nn.Neuron(2), tmp_path / "m.json")


class TestRefused:
    def test_a_file_that_is_not_there(self, path: Path) -> None:
        with pytest.raises(FileNotFoundError, match="there is no model file '.*'; check the path"):
            nn.load(path)

    @pytest.mark.parametrize("content", [b"", b"{}", b"PK\x03\x04\xff\xfe", b"w,b\n1,2\n", b"[1, 2]"])
    def test_a_file_that_is_no_model(self, content: bytes, path: Path) -> None:
        path.write_bytes(content)
        with pytest.raises(ValueError, match="is not a model file"):
            nn.load(path)

    def test_another_file_of_this_package(self, path: Path) -> None:
        write_document(path, "checkpoint", 1, {})
        with pytest.raises(ValueError, match="is not a model file"):
            nn.load(path)

    def test_another_format_version(self, path: Path) -> None:
        write_document(path, "model", 2, {})
        with pytest.raises(ValueError, match="is in format version 2, but this release reads version 1"):
            nn.load(path)

    def test_a_file_cut_off_anywhere(self, path: Path) -> None:
        nn.save(nn.Neuron(2, seed=1), path)
        whole = path.read_text()
        for length in range(1, len(whole) - 1):
            path.write_text(whole[:length])
            with pytest.raises(ValueError, match=r"truncated|damaged"):
                nn.load(path)

    def test_a_file_with_any_character_changed(self, path: Path) -> None:
        nn.save(nn.Neuron(2, seed=1), path)
        whole = path.read_text()
        for i, character in enumerate(whole):
            path.write_text(whole[:i] + ("7" if character != "7" else "8") + whole[i + 1 :])
            with pytest.raises(ValueError, match=r"damaged|truncated|not a model file|format version"):
                nn.load(path)

    def test_a_module_of_ones_own_needs_one_to_be_loaded_into(self, path: Path) -> None:
        nn.save(Parabola(), path)
        with pytest.raises(
            ValueError, match=r"parameters of a Parabola, .* not how to make one; make one and write load\(path, into="
        ):
            nn.load(path)

    @pytest.mark.parametrize("layer", [nn.Linear(1, 1, seed=1), lambda x: x], ids=["used twice", "a function"])
    def test_a_sequence_that_a_file_cannot_describe_is_loaded_into_one(self, path: Path, layer: Any) -> None:
        model = nn.Sequential(nn.Linear(1, 1, seed=2), layer, layer)
        nn.save(model, path)
        with pytest.raises(ValueError, match=r"parameters of a Sequential, of which some part .* or is in it twice"):
            nn.load(path)
        assert nn.load(path, into=model) is model

    def test_a_class_of_ones_own_that_is_called_like_one_of_the_library(self, path: Path) -> None:
        impostor = type("MLP", (Parabola,), {})()
        nn.save(impostor, path)
        with pytest.raises(ValueError, match="parameters of a MLP"):
            nn.load(path)

    def test_a_model_that_the_parameters_do_not_fit(self, path: Path) -> None:
        nn.save(nn.Neuron(2), path)
        with pytest.raises(ValueError, match=r"do not fit this Neuron: w\.2 is missing"):
            nn.load(path, into=nn.Neuron(3))

    def test_what_is_no_module(self, path: Path) -> None:
        with pytest.raises(TypeError, match="save takes a Module, but got 3 of type int"):
            nn.save(3, path)  # type: ignore[arg-type]


JUNK = [None, True, -1, 10**9, 1e308, math.nan, 10**400, "MLP", [], {}, [[]], {"a": 1}, ["relu"] * 3, [10**9] * 3]


class TestCrafted:
    """Files with a right checksum that no release wrote: ValueError, soon, and nothing else."""

    def good(self) -> dict[str, Any]:
        return {"class": "MLP", "arguments": nn.MLP(2, [3, 1]).architecture(), "parameters": {"a": 1.0}, "metadata": {}}

    def refuse(self, content: Any, path: Path) -> None:
        write_document(path, "model", 1, content)
        for read in (nn.load, lambda path: nn.load(path, into=nn.Neuron(2))):
            with pytest.raises(ValueError, match=r"model\.json|do not fit"):
                read(path)

    @pytest.mark.parametrize("key", ["class", "arguments", "parameters"])
    def test_a_part_that_is_missing_or_something_else(self, key: str, path: Path) -> None:
        for junk in JUNK:
            self.refuse({**self.good(), key: junk}, path)
        self.refuse({name: part for name, part in self.good().items() if name != key}, path)

    @pytest.mark.parametrize("name", ["Neuron", "Layer", "Linear", "MLP", "Activation", "Sequential"])
    def test_arguments_that_are_something_else(self, name: str, path: Path) -> None:
        for key in ("nin", "nouts", "nout", "activation", "bias", "output", "modules", "rng", "seed", "self"):
            for junk in JUNK:
                self.refuse({**self.good(), "class": name, "arguments": {**self.good()["arguments"], key: junk}}, path)

    def test_metadata_that_are_none(self, path: Path) -> None:
        write_document(path, "model", 1, {**self.good(), "metadata": 3})
        with pytest.raises(ValueError, match="it has no metadata"):
            load_metadata(path)

    def test_a_file_of_brackets(self, path: Path) -> None:
        nn.save(nn.Neuron(1), path)
        start = path.read_text().partition('"content": ')[0]
        for brackets in ("[" * 100_000, "[" * 100_000 + "]" * 100_000):
            path.write_text(f'{start}"content": {brackets}\n}}\n')
            with pytest.raises(ValueError, match="is damaged: it is nested too deep"):
                nn.load(path)

    def test_a_model_within_models_within_models(self, path: Path) -> None:
        nested: dict[str, Any] = {"class": "Linear", "arguments": {}}
        for _ in range(200):
            nested = {"class": "Sequential", "arguments": {"modules": [nested]}}
        self.refuse({**self.good(), **nested}, path)


class TestDocuments:
    def test_any_json_comes_back(self, path: Path) -> None:
        content = {"text": 'a "quoted"\nline', "list": [1, 2.5, None, True], "nested": {"content": {"x": []}}}
        write_document(path, "thing", 3, content)
        assert read_document(path, "thing", 3) == content
