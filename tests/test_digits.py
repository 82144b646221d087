"""The handwritten digits: they are scikit-learn's, and a network written scalar by scalar learns to read them."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.__main__ import main


def test_the_digits_are_scikit_learns() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    inputs, targets = datasets.load_digits(return_X_y=True)
    digits = nn.datasets.load("digits")
    np.testing.assert_array_equal(digits.inputs * 16, inputs)
    np.testing.assert_array_equal(digits.targets, targets)


def test_there_are_1797_digits_of_all_ten_kinds_with_a_source() -> None:
    digits = nn.datasets.load("digits")
    assert digits.inputs.shape == (1797, 64)
    assert (digits.inputs.min(), digits.inputs.max()) == (0.0, 1.0)
    assert np.bincount(digits.targets.astype(int)).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert "scikit-learn" in digits.source


def test_the_command_learns_to_read_them_and_tries_it_on_a_held_out_fifth(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "digits", "--out", str(tmp_path / "digits")]) == 0
    printed = capsys.readouterr().out
    assert "on the training part (1,438 points)" in printed
    right = re.search(r"on the test part \(359 points\): .*, ([\d.]+)% of the answers right", printed)
    assert right is not None and float(right[1]) >= 95.0
    assert {file.name for file in (tmp_path / "digits").iterdir()} >= {"fit.png", "graph.svg", "model.json"}


def test_another_network_gets_as_many_outputs_as_there_are_digits(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "digits", "--hidden", "8", "--epochs", "2", "--out", str(tmp_path)]) == 0
    assert "MLP(64, [8, 10], 'relu')" in capsys.readouterr().out


def test_a_saved_network_answers_for_a_table_and_says_how_often_it_is_right(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["train", "digits", "--epochs", "5", "--out", str(tmp_path)]) == 0
    digits = nn.datasets.load("digits")
    rows = [",".join([*digits.input_names, "digit"])]
    rows += [",".join(map(str, [*x, int(y)])) for x, y in zip(*digits, strict=True)][:40]
    (tmp_path / "more.csv").write_text("\n".join(rows))
    capsys.readouterr()
    assert main(["predict", str(tmp_path / "model.json"), str(tmp_path / "more.csv")]) == 0
    printed = capsys.readouterr()
    assert printed.out.splitlines()[0].endswith(",digit,predicted digit")
    assert re.search(r"\d+\.\d% of the answers are those of the column 'digit'", printed.err)
