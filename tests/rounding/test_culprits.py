"""`rounding` names the right operation, on expressions from the literature."""

from __future__ import annotations

import pytest

pytest.importorskip("flint")

from .culprits import cases


@pytest.fixture(scope="module")
def hard():
    return [case for case in cases(5) if case.is_hard]


def test_the_collection_is_large_and_loses_digits(hard):
    assert len({case.benchmark.name for case in hard}) >= 50
    assert len(hard) >= 200


def test_a_culprit_that_is_named_is_right(hard):
    named = [case for case in hard if case.named]
    assert len(named) >= 150
    assert sum(case.is_right for case in named) >= 0.95 * len(named)


def test_where_one_operation_is_to_blame_it_is_named(hard):
    known = [case for case in hard if case.has_culprit]
    assert sum(case.is_right for case in known) >= 0.97 * len(known)


def test_a_better_form_is_known_for_most(hard):
    assert sum(bool(case.suggestion) for case in hard) >= 0.65 * len(hard)
