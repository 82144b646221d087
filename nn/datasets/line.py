"""The line of the first post: points of y = 2x + 1, without noise."""

from __future__ import annotations

import numpy as np

from nn.datasets.dataset import Dataset


def line(first: int = 0, points: int = 10) -> Dataset:
    """Points of y = 2x + 1 at consecutive whole x.

    Args:
        first: the first x. The post works its table by hand from x = 1 to 5, and lets its loop run over 0 to 9.
        points: how many.

    Example:
        >>> line(first=1, points=5).targets.tolist()
        [3.0, 5.0, 7.0, 9.0, 11.0]
    """
    x = np.arange(first, first + points, dtype=float)
    return Dataset(
        name="line",
        inputs=x,
        targets=2 * x + 1,
        input_names=("x",),
        target_name="y",
        description="Points of the line y = 2x + 1 at whole x, without noise: both parameters can be found exactly.",
        source="computed",
    )
