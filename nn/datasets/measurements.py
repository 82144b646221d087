"""The thirty measured points of the second post, as it prints them."""

from __future__ import annotations

from pathlib import Path

from nn.datasets.dataset import Dataset
from nn.datasets.table import read


def measurements() -> Dataset:
    """Thirty measurements of z, at x from 0 to 10, that scatter about a line through the origin.

    Example:
        >>> data = measurements()
        >>> len(data), data.targets[0].item()
        (30, -0.16281253)
    """
    table = read(Path(__file__).with_name("measurements.csv"))
    return Dataset(
        name="measurements",
        inputs=table.column("x"),
        targets=table.column("z"),
        input_names=("x",),
        target_name="z",
        description="Thirty measurements at evenly spaced x from 0 to 10; about z = 2x, with a lot of scatter.",
        source="the numbers printed in the second post, to eight decimals",
    )
