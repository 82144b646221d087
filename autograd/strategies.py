"""Strategies for Hypothesis: the public face of `autograd.check.strategies`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.check.strategies import Expression, expressions, values

__all__ = ["Expression", "expressions", "networks", "values"]  # noqa: F822 (networks is found when asked for)


def __getattr__(name: str) -> Any:
    """Find `networks` where it lives: in `nn`, which is above this package, so it is loaded only when asked for."""
    if name == "networks":
        return import_module("nn.strategies").networks
    raise AttributeError(f"module 'autograd.strategies' has no attribute {name!r}")
