"""The handwritten digits: they are scikit-learn's, and a network written scalar by scalar learns to read them."""

from __future__ import annotations

import numpy as np
import pytest

import nn


def test_they_are_scikit_learns() -> None:
    datasets = pytest.importorskip("sklearn.datasets")
    inputs, targets = datasets.load_digits(return_X_y=True)
    digits = nn.datasets.load("digits")
    np.testing.assert_array_equal(digits.inputs * 16, inputs)
    np.testing.assert_array_equal(digits.targets, targets)


def test_there_are_1797_of_all_ten_kinds_with_a_source() -> None:
    digits = nn.datasets.load("digits")
    assert digits.inputs.shape == (1797, 64)
    assert (digits.inputs.min(), digits.inputs.max()) == (0.0, 1.0)
    assert np.bincount(digits.targets.astype(int)).tolist() == [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]
    assert "scikit-learn" in digits.source
