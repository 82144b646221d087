"""Every operation is right to 4 ulp, in its second partials to 64: on a small sample always, on a large one slowly."""

from __future__ import annotations

import pytest

from autograd.engine.primitive import TABLE

pytest.importorskip("mpmath")

from .measure import EXCEPTIONS, measure
from .references import REFERENCES
from .rivals import RIVALS


def faults(name: str, points: int, engines=()) -> list[str]:
    return [fault for figure in measure(name, points, seed=1, engines=engines) if (fault := figure.fault())]


def test_every_built_in_operation_has_a_reference():
    built_in = {name for name, primitive in TABLE.items() if primitive.value.__module__ == "autograd.engine.ops"}
    assert set(REFERENCES) == built_in


@pytest.mark.parametrize("name", REFERENCES)
def test_values_and_partials_are_right_to_the_last_places(name):
    assert faults(name, 250) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", REFERENCES)
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_values_and_partials_are_right_to_the_last_places_on_many_points(name):
    assert faults(name, 10_000, RIVALS if any(name == each for each, _ in EXCEPTIONS) else ()) == []


def test_a_wrong_derivative_would_be_noticed(monkeypatch):
    cosine = TABLE["cos"]
    monkeypatch.setattr(TABLE["sin"], "partials", (lambda x, y: cosine(x) * (1 + 1e-14),))
    assert any("sin: d/dx is off by" in fault for fault in faults("sin", 100))
