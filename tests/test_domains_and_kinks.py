"""Where operations end, bend and tie: what their entries say of it is so, on a grid that has all their special points."""

from __future__ import annotations

import math
from itertools import product
from typing import Any

import pytest

import autograd
from autograd import Value, variables
from autograd.engine.primitive import TABLE, Primitive

GRID = (-2.5, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0)
STEP = 2.0**-20

# Here the value is a number, and only the derivative is none.
ENDS = {("pow", (0.0, 0.5)), ("atan2", (0.0, 0.0)), ("hypot", (0.0, 0.0))}
# They could be evaluated at more points than their rules ever ask for.
CAUTIOUS = ("scaled_power", "scaled_log_power")

WITH_DOMAIN = [op for op in TABLE.values() if op.domain and not op.sequences and op.name not in CAUTIOUS]
REWRITTEN = [(op, *rule) for op in TABLE.values() for rule in (*op.simpler, *op.cheaper)]
WITH_KINK = [op for op in TABLE.values() if op.kink and not op.sequences]


@pytest.mark.parametrize("operation", WITH_DOMAIN, ids=lambda op: op.name)
def test_an_operation_has_a_finite_value_just_where_its_entry_says(operation: Primitive) -> None:
    for point in product(GRID, repeat=operation.arity or 0):
        if (operation.name, point) not in ENDS:
            assert operation.is_defined(point) == math.isfinite(operation.evaluate(point)), point


@pytest.mark.parametrize(("operation", "holds", "rewritten"), REWRITTEN, ids=lambda each: getattr(each, "name", ""))
def test_what_an_entry_calls_simpler_or_cheaper_is_the_same(operation: Primitive, holds: Any, rewritten: Any) -> None:
    points = [point for point in product(GRID, repeat=operation.arity or 0) if holds(*point)]
    assert points
    for point in filter(operation.is_defined, points):
        assert rewritten(*point) == pytest.approx(operation.evaluate(point), rel=1e-14), point


@pytest.mark.parametrize("operation", WITH_KINK, ids=lambda op: op.name)
def test_an_operation_bends_or_jumps_just_where_its_kink_is_zero(operation: Primitive) -> None:
    for point in product(GRID, repeat=operation.arity or 0):
        if operation.is_defined(point):
            assert (operation.kink(*point) == 0) == any(bends(operation, point, i) for i in range(len(point))), point


def bends(operation: Primitive, point: tuple[float, ...], i: int) -> bool:
    """Whether slopes to the left and to the right differ, or the value jumps."""
    left, here, right = (operation.evaluate([*point[:i], point[i] + d, *point[i + 1 :]]) for d in (-STEP, 0.0, STEP))
    return abs(right - 2.0 * here + left) / STEP > 1e-3 or abs(right - left) > 0.1


@pytest.mark.parametrize("name", ["maximum", "minimum"])
@pytest.mark.parametrize("x, y", [(1.0, 1.0), (1.0, 2.0), (2.0, 1.0)])
def test_of_two_numbers_the_chosen_one_gets_all_and_equal_ones_half_each(name: str, x: float, y: float) -> None:
    a, b = variables(a=x, b=y)
    getattr(autograd, name)(a, b).backward()
    share = 0.5 if x == y else float((x > y) == (name == "maximum"))
    assert (a.grad, b.grad) == (share, 1.0 - share)
    assert [d.data for d in autograd.gradients(getattr(autograd, name)(a, b), [a, b])] == [share, 1.0 - share]


def test_where_passes_on_to_what_it_chose_alone() -> None:
    for condition in (0.0, 1.0):
        a, b = variables(a=2.0, b=3.0)
        autograd.where(condition, a, b).backward()
        assert (a.grad, b.grad) == (condition, 1.0 - condition)
        assert autograd.where(Value(condition), a, b).data == (2.0 if condition else 3.0)


def test_relu_takes_no_road_at_zero_either() -> None:
    x = Value(0.0)
    autograd.sqrt(x.relu()).backward()  # whose slope at 0 is inf
    assert x.grad == 0.0
    assert autograd.grad(lambda x: autograd.sqrt(autograd.relu(x)))(0.0) == 0.0
