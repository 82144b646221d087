"""What a post prints held against what is obtained, in one quiet line of a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np


def as_reported(obtained: Any, reported: Any) -> None:
    """Stop where a number is not the one that is reported, to every digit that is printed.

    Args:
        obtained: a number, or numbers in sequences, arrays or mappings.
        reported: the same, of the same shape. A text such as ``"11.2137"`` is met by what rounds to it; a number has to
            be the very same.

    Raises:
        ValueError: if one differs, or the shapes do.

    Example:
        >>> as_reported([1 / 3, 2], ["0.333", 2])
        >>> as_reported(1 / 3, "0.334")
        Traceback (most recent call last):
            ...
        ValueError: 0.334 is reported, but 0.333 obtained
    """
    if isinstance(reported, Mapping):
        as_reported(list(obtained), list(reported))
        as_reported(list(obtained.values()), list(reported.values()))
    elif isinstance(reported, str):
        decimals = len(reported.partition(".")[2])
        found = f"{float(obtained):.{decimals}f}"
        if found != reported:
            raise ValueError(f"{reported} is reported, but {found} obtained")
    elif isinstance(reported, (list, tuple, np.ndarray)):
        if len(obtained) != len(reported):
            raise ValueError(f"{len(reported)} numbers are reported, but {len(obtained)} obtained")
        for each, expected in zip(obtained, reported, strict=True):
            as_reported(each, expected)
    elif obtained != reported:
        raise ValueError(f"{reported!r} is reported, but {obtained!r} obtained")
