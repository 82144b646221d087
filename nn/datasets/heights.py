"""The weights and heights of the third post, drawn just as it draws them."""

from __future__ import annotations

import numpy as np

from nn.datasets.dataset import Dataset

INTERCEPT, SLOPE = 0.4, 2.5


def heights(seed: int = 42, points: int = 50) -> Dataset:
    """People whose height is 0.4 + 2.5 x weight, give or take.

    NumPy's legacy generator makes them, the weights first and then the noise: another generator, or another order,
    would give other people.

    Args:
        seed: the generator's seed; the post's is 42.
        points: how many people.

    Example:
        >>> data = heights()
        >>> data.inputs[0].tolist(), data.targets[0].item()
        ([57.49080237694725], 147.8193388423452)
    """
    random = np.random.RandomState(seed)
    weights = 50 + 20 * random.rand(points)
    noise = 5 * random.randn(points)
    return Dataset(
        name="heights",
        inputs=weights,
        targets=INTERCEPT + SLOPE * weights + noise,
        input_names=("weight",),
        target_name="height",
        units={"weight": "kg", "height": "cm"},
        description="Weights spread evenly from 50 to 70 and heights of 0.4 + 2.5 x weight, with normal noise of standard "
        "deviation 5. The post that draws them gives no units; kilograms and centimetres fit the numbers.",
        source="computed, with NumPy's legacy generator",
    )
