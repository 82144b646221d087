"""Strategies for Hypothesis: the public face of `autograd.check.strategies`."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from autograd.check.strategies import (
    Expression as Expression,
)
from autograd.check.strategies import (
    expressions as expressions,
)
from autograd.check.strategies import (
    register as register,
)
from autograd.check.strategies import (
    values as values,
)


def __getattr__(name: str) -> Any:
    """Find `networks` where it lives: in `nn`, which is above this package, so it is loaded only when asked for."""
    if name == "networks":
        return import_module("nn.strategies").networks
    raise AttributeError(f"module 'autograd.strategies' has no attribute {name!r}")
