"""The noisy line of the fourth post. The post draws it unseeded; here a seed makes it the same every time."""

from __future__ import annotations

import numpy as np

from nn.datasets.dataset import Dataset


def noisy_line(seed: int = 0, points: int = 200, noise: float = 0.1) -> Dataset:
    """Points scattered about y = 3x, with x spread evenly over [0, 1).

    Args:
        seed: the generator's seed.
        points: how many.
        noise: the standard deviation of the normal noise.

    Example:
        >>> data = noisy_line()
        >>> len(data), bool(0 <= data.inputs.min() <= data.inputs.max() < 1)
        (200, True)
    """
    random = np.random.default_rng(seed)
    x = random.random(points)
    return Dataset(
        name="noisy_line",
        inputs=x,
        targets=3 * x + random.normal(0.0, noise, points),
        input_names=("x",),
        target_name="y",
        description=f"Points about the line y = 3x, x uniform on [0, 1), with normal noise of standard deviation {noise}.",
        source="computed, with a seeded generator",
    )
