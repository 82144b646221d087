"""Handwritten digits, 8 x 8 pixels each, shipped with the package."""

from __future__ import annotations

import gzip
from pathlib import Path

import numpy as np

from nn.datasets.dataset import Dataset


def digits() -> Dataset:
    """1,797 handwritten digits as grey pixels, and which digit each one is.

    Pixels go row by row from the top left, scaled from the file's whole numbers 0 to 16 to numbers from 0 to 1.

    Example:
        >>> data = digits()
        >>> data.inputs.shape, data.targets[:5].tolist()
        ((1797, 64), [0.0, 1.0, 2.0, 3.0, 4.0])
    """
    with gzip.open(Path(__file__).with_name("digits.csv.gz"), "rt", encoding="ascii") as file:
        names = file.readline().strip().split(",")
        numbers = np.loadtxt(file, delimiter=",")
    return Dataset(
        name="digits",
        inputs=numbers[:, :-1] / 16,
        targets=numbers[:, -1],
        input_names=tuple(names[:-1]),
        target_name=names[-1],
        units=dict.fromkeys(names[:-1], "0 white to 1 black"),
        description="Digits written by 13 people, each scanned and reduced to 8 x 8 pixels, each of which says how much of "
        "its 4 x 4 block of the scan is ink.",
        source="scikit-learn's load_digits, which is the test part of the UCI repository's Optical Recognition of "
        "Handwritten Digits (E. Alpaydin and C. Kaynak, 1998)",
    )
