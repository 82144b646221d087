"""Data that people measured, shipped with the package as tables."""

import gzip
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from nn.datasets.dataset import Dataset
from nn.datasets.table import read

HERE = Path(__file__).parent


def measurements() -> Dataset:
    """Thirty measurements of z, at x from 0 to 10, that scatter about a line through the origin.

    Example:
        >>> data = measurements()
        >>> len(data), data.targets[0].item()
        (30, -0.16281253)
    """
    table = read(HERE / "measurements.csv")
    about = "Thirty measurements at evenly spaced x from 0 to 10; about z = 2x, with a lot of scatter."
    source = "the numbers printed in the second post, to eight decimals"
    x, z = table.columns(["x"]), table.numbers("z")
    return Dataset("measurements", x, z, ("x",), "z", description=about, source=source)


def diabetes(features: Sequence[str] = ("bmi",)) -> Dataset:
    """How far diabetes progressed within a year, against body-mass index, blood pressure or a blood test.

    The features are scikit-learn's, which have mean 0 and sum of squares 1 over all 442 patients; like the post, this
    multiplies them by 100 and adds 10.

    Args:
        features: one or more of ``bmi``, ``bp`` (average blood pressure) and ``s5`` (a blood serum measurement,
            possibly the logarithm of triglycerides). The post uses the first, and leaves a second as an exercise.

    Raises:
        ValueError: if there is no such feature.

    Example:
        >>> data = diabetes()
        >>> data.inputs[0].tolist(), data.targets[0].item()
        ([17.786338762689528], 233.0)
    """
    table = read(HERE / "diabetes.csv")
    return Dataset(
        name="diabetes",
        inputs=table.columns(features) * 100 + 10,
        targets=table.numbers("progression"),
        input_names=tuple(features),
        target_name="progression",
        units=dict.fromkeys(features, "standardised, × 100 + 10"),
        description="The last 20 of 442 diabetes patients: measurements at the start, standardised over all patients, "
        "and a score of how far the disease had progressed one year later.",
        source="the last 20 rows of scikit-learn's load_diabetes, at full precision; first published with Efron, "
        "Hastie, Johnstone and Tibshirani, Least Angle Regression, Annals of Statistics 32 (2004)",
    )


def digits() -> Dataset:
    """1,797 handwritten digits as grey pixels, and which digit each one is.

    Pixels go row by row from the top left, scaled from the file's whole numbers 0 to 16 to numbers from 0 to 1.

    Example:
        >>> data = digits()
        >>> data.inputs.shape, data.targets[:5].tolist()
        ((1797, 64), [0.0, 1.0, 2.0, 3.0, 4.0])
    """
    with gzip.open(HERE / "digits.csv.gz", "rt", encoding="ascii") as file:
        names = file.readline().strip().split(",")
        numbers = np.loadtxt(file, delimiter=",")
    return Dataset(
        name="digits",
        inputs=numbers[:, :-1] / 16,
        targets=numbers[:, -1],
        input_names=tuple(names[:-1]),
        target_name=names[-1],
        units=dict.fromkeys(names[:-1], "0 white to 1 black"),
        description="Digits written by 13 people, each scanned and reduced to 8 x 8 pixels, each saying how much "
        "of its 4 x 4 block of the scan is ink.",
        source="scikit-learn's load_digits, which is the test part of the UCI repository's Optical Recognition of "
        "Handwritten Digits (E. Alpaydin and C. Kaynak, 1998)",
    )
