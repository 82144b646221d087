"""The bell-shaped curve that a network with one hidden layer can follow and a line cannot."""

from __future__ import annotations

import numpy as np

from nn.datasets.dataset import Dataset


def curve(seed: int = 0, points: int = 60, noise: float = 0.03) -> Dataset:
    """Points about the bell y = exp(-x^2 / 2), from x = -3 to 3.

    Args:
        seed: the generator's seed.
        points: how many.
        noise: the standard deviation of the normal noise.

    Example:
        >>> data = curve(noise=0)
        >>> bool(data.targets.max() > 0.99), bool(data.targets[0] < 0.02)
        (True, True)
    """
    x = np.linspace(-3.0, 3.0, points)
    return Dataset(
        name="curve",
        inputs=x,
        targets=np.exp(-(x**2) / 2) + np.random.default_rng(seed).normal(0.0, noise, points),
        input_names=("x",),
        target_name="y",
        description=f"Points about the bell curve exp(-x^2 / 2), with normal noise of standard deviation {noise}.",
        source="computed, with a seeded generator",
    )
