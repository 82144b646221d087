"""Every operation is proven right on its points: 4 ulp in values and first partials, 64 in second ones."""

from __future__ import annotations

import pytest

from autograd.engine.primitive import TABLE

pytest.importorskip("flint")
pytest.importorskip("mpmath")

from .certify import certify
from .references import REFERENCES


def remaining(name: str, points: int) -> list[str]:
    """What is not certified, but for ties: there no derivative is, and half of each operand's is a convention."""
    certified, faults = certify(name, points, seed=2)
    assert certified or name == "isnan"  # which is 0 everywhere
    return [fault for fault in faults if not fault.endswith("kink")]


@pytest.mark.parametrize("name", REFERENCES)
def test_an_operation_is_certified(name):
    assert remaining(name, 100) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCES)
def test_an_operation_is_certified_on_many_points(name):
    assert remaining(name, 10_000) == []


@pytest.mark.parametrize("error", [1e-12, 1e-13, 1e-14])
@pytest.mark.parametrize("name", ["sin", "exp", "tanh", "div", "gelu", "log1p", "atan2"])
def test_a_planted_error_is_refuted(name, error, monkeypatch):
    operation = TABLE[name]
    first, *others = operation.partials
    monkeypatch.setattr(operation, "partials", (lambda *args: first(*args) * (1 + error), *others))
    _, faults = certify(name, 40, seed=3)
    assert any("is refuted" in fault for fault in faults)
