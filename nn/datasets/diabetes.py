"""The diabetes patients of the fifth post: the last 20 of 442, shipped with the package."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from nn.datasets.dataset import Dataset
from nn.datasets.table import read

if TYPE_CHECKING:
    from collections.abc import Sequence


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
    table = read(Path(__file__).with_name("diabetes.csv"))
    return Dataset(
        name="diabetes",
        inputs=table.columns(features) * 100 + 10,
        targets=table.column("progression"),
        input_names=tuple(features),
        target_name="progression",
        units=dict.fromkeys(features, "standardised, × 100 + 10"),
        description="The last 20 of 442 diabetes patients: measurements at the start, standardised over all patients, and "
        "a score of how far the disease had progressed one year later.",
        source="the last 20 rows of scikit-learn's load_diabetes, at full precision; first published with Efron, Hastie, "
        "Johnstone and Tibshirani, Least Angle Regression, Annals of Statistics 32 (2004)",
    )
