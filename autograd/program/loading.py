"""Turning generated text into functions, and making what it takes without pauses."""

from __future__ import annotations

import builtins
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


def parse(source: str) -> CodeType:
    """Get a backend's text ready to run."""
    return builtins.compile(source, "<autograd.program>", "exec")


def run(code: CodeType, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run a backend's text, which defines functions, in a namespace.

    Running text is safe here because no text of a user enters it: a backend makes up every name, and hands numbers,
    index arrays, parameters and users' operations over as objects in the namespace.
    """
    exec(code, namespace)  # noqa: S102
    return namespace


def load(source: str, namespace: dict[str, Any]) -> None:
    """Run a text that is needed once."""
    run(parse(source), namespace)


@contextmanager
def collector_paused() -> Iterator[None]:
    """Make many nodes without the garbage collector looking at all of them again and again; a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
