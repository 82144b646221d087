# ruff: noqa: PYI042 (these are the names that Cython has)
"""A stand-in for the module `cython` where that is not installed: its names mean something to the compiler only."""

from __future__ import annotations

import builtins

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias, TypeVar

    T = TypeVar("T")

compiled: bool = False
double: TypeAlias = builtins.float
int: TypeAlias = builtins.int
longlong: TypeAlias = builtins.int
uchar: TypeAlias = builtins.int
Py_ssize_t: TypeAlias = builtins.int


def cclass(thing: T) -> T:
    """Leave the class, or whatever it is, as it is."""
    return thing


cfunc = ccall = final = no_gc = cclass


def auto_pickle(wanted: bool) -> Callable[[T], T]:
    """Leave the class as it is."""
    return cclass


def cast(kind: Any, value: Any) -> Any:
    """Leave the value as it is."""
    return value


def declare(kind: Any, value: Any = None, visibility: str = "private") -> Any:
    """Leave the variable's value as it is."""
    return value
