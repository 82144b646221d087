"""The data sets of the five posts, more that networks are shown on, and the user's own tables.

`load` finds a set by name: the function that computes it, or that reads the CSV file of the same name.
`nn.datasets.table` reads a CSV file of the user's.
"""

from collections.abc import Callable
from typing import Any

from autograd.engine.choices import choose
from nn.datasets.computed import curve, heights, line, moons, noisy_line
from nn.datasets.dataset import Dataset
from nn.datasets.measured import diabetes, digits, measurements

DATASETS: dict[str, Callable[..., Dataset]] = {
    made.__name__: made for made in (line, measurements, heights, noisy_line, diabetes, curve, moons, digits)
}
"""Every data set by name, as the function that makes it."""

__all__ = ["DATASETS", "Dataset", "load"]


def load(name: str, **options: Any) -> Dataset:
    """Load a data set by its name.

    Args:
        name: one of `DATASETS`.
        options: what that set's function takes, such as ``seed`` or ``points``.

    Raises:
        ValueError: if there is no such data set.
        TypeError: if it has no such option.

    Example:
        >>> from nn import datasets
        >>> data = datasets.load("line")
        >>> data.inputs.shape, data.targets[:3].tolist()
        ((10, 1), [1.0, 3.0, 5.0])
        >>> datasets.load("mons")  # doctest: +ELLIPSIS
        Traceback (most recent call last):
        ValueError: there is no data set called 'mons'; did you mean 'moons'? There are: curve, diabetes, ...
    """
    return choose(name, DATASETS, "data set")(**options)
