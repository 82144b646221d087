"""Data that are computed: the points of lines, of a curve and of two classes, drawn by a generator with a seed."""

import numpy as np

from nn.datasets.dataset import Dataset

SEEDED = "computed, with a seeded generator"


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
    about = "Points of the line y = 2x + 1 at whole x, without noise: both parameters can be found exactly."
    return Dataset("line", x, 2 * x + 1, ("x",), "y", description=about, source="computed")


def heights(seed: int = 42, points: int = 50) -> Dataset:
    """People whose height is 0.4 + 2.5 x weight, give or take.

    NumPy's legacy generator makes them, the weights first and then the noise: another generator, or another order,
    would give other people.

    Args:
        seed, points: of the generator, the post's is 42; and how many people.

    Example:
        >>> data = heights()
        >>> data.inputs[0].tolist(), data.targets[0].item()
        ([57.49080237694725], 147.8193388423452)
    """
    random = np.random.RandomState(seed)
    weights = 50 + 20 * random.rand(points)
    noise = 5 * random.randn(points)
    units, source = {"weight": "kg", "height": "cm"}, "computed, with NumPy's legacy generator"
    about = (
        "Weights spread evenly from 50 to 70 and heights of 0.4 + 2.5 x weight, with normal noise of standard "
        "deviation 5. The post that draws them gives no units; kilograms and centimetres fit the numbers."
    )
    return Dataset("heights", weights, 0.4 + 2.5 * weights + noise, ("weight",), "height", units, about, source)


def noisy_line(seed: int = 0, points: int = 200, noise: float = 0.1) -> Dataset:
    """Points scattered about y = 3x, with x spread evenly over [0, 1).

    Args:
        seed, points: of the generator, and how many there are.
        noise: the standard deviation of the normal noise.

    Example:
        >>> data = noisy_line()
        >>> len(data), bool(0 <= data.inputs.min() <= data.inputs.max() < 1)
        (200, True)
    """
    random = np.random.default_rng(seed)
    x = random.random(points)
    y = 3 * x + random.normal(0.0, noise, points)
    about = f"Points about the line y = 3x, x uniform on [0, 1), with normal noise of standard deviation {noise}."
    return Dataset("noisy_line", x, y, ("x",), "y", description=about, source=SEEDED)


def curve(seed: int = 0, points: int = 60, noise: float = 0.03) -> Dataset:
    """Points about the bell y = exp(-x^2 / 2), from x = -3 to 3.

    Args:
        seed, points, noise: as for `noisy_line`.

    Example:
        >>> data = curve(noise=0)
        >>> bool(data.targets.max() > 0.99), bool(data.targets[0] < 0.02)
        (True, True)
    """
    x = np.linspace(-3.0, 3.0, points)
    y = np.exp(-(x**2) / 2) + np.random.default_rng(seed).normal(0.0, noise, points)
    about = f"Points about the bell curve exp(-x^2 / 2), with normal noise of standard deviation {noise}."
    return Dataset("curve", x, y, ("x",), "y", description=about, source=SEEDED)


def moons(seed: int = 0, points: int = 100, noise: float = 0.1) -> Dataset:
    """Points on two interlocking half circles, of class 0 above and class 1 below.

    Args:
        seed, points: of the generator, and how many there are, in both moons together.
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
    x = circles + np.random.default_rng(seed).normal(0.0, noise, circles.shape)
    about = (
        "Two half circles of radius 1 that reach into each other, the lower one moved by (1, 0.5), with normal noise "
        f"of standard deviation {noise} on both coordinates. The upper is class 0, the lower class 1."
    )
    return Dataset("moons", x, classes, ("x1", "x2"), "class", description=about, source=SEEDED)
