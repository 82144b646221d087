"""Turning generated text into functions."""

from __future__ import annotations

from typing import Any


def load(source: str, namespace: dict[str, Any]) -> None:
    """Run a backend's text, which defines functions, in a namespace.

    Running text is safe here because no text of a user enters it: a backend makes up every name, and hands numbers,
    index arrays, parameters and users' operations over as objects in the namespace.
    """
    exec(compile(source, "<autograd.program>", "exec"), namespace)  # noqa: S102
