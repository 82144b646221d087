"""The figures that a post reports, held against what is obtained."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

PRINTED, COMPUTED, SEEN, OWN = ORIGINS = (
    "printed by the post",
    "computed by running the post's own program",
    "seen in its picture, or said in its words",
    "a check of our own",
)
"""Where what is reported comes from."""


@dataclass(frozen=True)
class Check:
    """One figure: what is reported, what was obtained, and whether they agree.

    Two texts agree if they are the same, so a figure is held to every digit that is reported.

    Example:
        >>> Check("slope", "11.2349", f"{11.23492:.4f}").passed
        True
    """

    what: str  # what it is
    reported: str
    obtained: str
    note: str = ""  # how it was obtained, or what is peculiar about it
    holds: bool | None = None  # whether they agree, where that is not a matter of the same text
    origin: str = PRINTED  # one of `ORIGINS`

    @property
    def passed(self) -> bool:
        """Whether what was obtained is what is reported."""
        return self.reported == self.obtained if self.holds is None else self.holds


def listed(numbers: Iterable[float], form: str = "g") -> str:
    """Numbers in a list, as posts print them.

    Example:
        >>> listed([1 / 3, 2.0], ".4f")
        '0.3333, 2.0000'
    """
    return ", ".join(f"{number:{form}}" for number in numbers)


def as_reported(obtained: Any, reported: Any) -> None:
    """Stop where a number is not the one that is reported, to every digit that is printed.

    Args:
        obtained: a number, or numbers in sequences, arrays or mappings.
        reported: the same, of the same shape. A text such as ``"11.2137"`` is met by what rounds to it; a number has to
            be the very same. If one differs, or the shapes do, a ValueError says so.

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
    elif isinstance(reported, (list, tuple, np.ndarray)):
        if len(obtained) != len(reported):
            raise ValueError(f"{len(reported)} numbers are reported, but {len(obtained)} obtained")
        for each, expected in zip(obtained, reported, strict=True):
            as_reported(each, expected)
    else:
        found = obtained
        if isinstance(reported, str):
            found = f"{float(obtained):.{len(reported.partition('.')[2])}f}"
        if found != reported:
            raise ValueError(f"{reported} is reported, but {found} obtained")
