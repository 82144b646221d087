"""Two half circles that interlock: two classes that no straight line separates."""

from __future__ import annotations

import numpy as np

from nn.datasets.dataset import Dataset


def moons(seed: int = 0, points: int = 100, noise: float = 0.1) -> Dataset:
    """Points on two interlocking half circles, of class 0 above and class 1 below.

    Args:
        seed: the generator's seed.
        points: how many, in both moons together.
        noise: the standard deviation of the normal noise on both coordinates.

    Example:
        >>> data = moons()
        >>> data.inputs.shape, sorted(set(data.targets.tolist()))
        ((100, 2), [0.0, 1.0])
    """
    below = points // 2
    angles = np.concatenate([np.linspace(0, np.pi, points - below), np.linspace(np.pi, 2 * np.pi, below)])
    classes = np.repeat([0.0, 1.0], [points - below, below])
    circles = np.column_stack([np.cos(angles) + classes, np.sin(angles) + 0.5 * classes])
    return Dataset(
        name="moons",
        inputs=circles + np.random.default_rng(seed).normal(0.0, noise, circles.shape),
        targets=classes,
        input_names=("x1", "x2"),
        target_name="class",
        description="Two half circles of radius 1 that reach into each other, the lower one moved by (1, 0.5), with "
        f"normal noise of standard deviation {noise} on both coordinates. The upper is class 0, the lower class 1.",
        source="computed, with a seeded generator",
    )
