"""Choosing by name: the entry of a table, or an error that suggests the nearest name there is."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

T = TypeVar("T")


def nearest(name: str, names: Iterable[str], likeness: float = 0.6) -> str:
    """The name most like this one, first of all one with the same letters; empty if none is like it.

    Args:
        name: what was given.
        names: those there are.
        likeness: how alike two names must be, from 0 to 1, by `difflib`.

    Example:
        >>> nearest("tahn", ["atan", "tan", "tanh"]), nearest("colour", ["tanh"])
        ('tanh', '')
    """
    import difflib

    lower = {other.lower(): other for other in names if other}
    near = difflib.get_close_matches(name[:40].lower(), lower, n=5, cutoff=likeness)
    return lower.get(min(near, key=lambda other: sorted(other) != sorted(name.lower()), default=""), "")


def choose(name: str, table: Mapping[str, T], kind: str) -> T:
    """The entry of that name.

    Args:
        name: the name that the user gave.
        table: all there are, by name.
        kind: what they are, for the error message.

    Raises:
        ValueError: if there is none, with the nearest name and all others.
        TypeError: if it is no name.

    Example:
        >>> choose("two", {"one": 1, "two": 2}, "number")
        2
        >>> choose("tow", {"one": 1, "two": 2}, "number")
        Traceback (most recent call last):
        ValueError: there is no number called 'tow'; did you mean 'two'? There are: one, two
    """
    if not isinstance(name, str):
        raise TypeError(
            f"the {kind} must be given by its name, but got {name!r}; there are: {', '.join(sorted(table))}"
        )
    if name in table:
        return table[name]
    near = nearest(name, table, 0.4)
    hint = f"; did you mean {near!r}?" if near else "."
    raise ValueError(f"there is no {kind} called {name!r}{hint} There are: {', '.join(sorted(table))}")
