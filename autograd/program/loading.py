"""Running the code that backends generate, and making many nodes without pauses of the garbage collector."""

from __future__ import annotations

import builtins
import gc
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import CodeType


def parse(source: str) -> CodeType:
    """Compile the code of a backend to bytecode."""
    return builtins.compile(source, "<autograd.program>", "exec")


def run(code: CodeType, namespace: dict[str, Any]) -> dict[str, Any]:
    """Run the code of a backend, which defines functions, in a namespace.

    This is safe because no text of a user gets into the code: backends make up every name themselves, and hand over
    numbers, index arrays, parameters and users' operations as objects in the namespace.
    """
    exec(code, namespace)  # noqa: S102
    return namespace


def load(source: str, namespace: dict[str, Any]) -> None:
    """Compile and run code that is needed once."""
    run(parse(source), namespace)


@contextmanager
def collector_paused() -> Iterator[None]:
    """A context without garbage collection: the collector would visit all nodes again and again, for a third of the time."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
