"""Numbers as they are shown: short, and no digit of them wrong."""

from __future__ import annotations

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from autograd.see.numbers import format_number


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_no_digit_that_is_shown_is_wrong(x: float, digits: int) -> None:
    shown = Decimal(format_number(x, digits))
    last = Decimal(1).scaleb(int(shown.as_tuple().exponent))
    rounded = abs(shown - Decimal(repr(x))) <= last / 2
    assert rounded or float(shown) == x


@given(st.floats(allow_nan=False, allow_infinity=False), st.integers(1, 17))
def test_what_is_shown_is_as_near_as_its_digits_allow(x: float, digits: int) -> None:
    shown, exact = Decimal(format_number(x, digits)), Decimal(x)
    is_near = abs(shown - exact) <= Decimal("0.5000001") * abs(exact).scaleb(1 - digits) + Decimal("5e-324")
    assert is_near or float(shown) == x  # which may need fewer digits than were asked for


@given(st.floats())
def test_a_number_in_full_reads_back(x: float) -> None:
    assert float(format_number(x)) == x or math.isnan(x)


def test_what_is_rounded_in_front_of_the_point_says_so() -> None:
    assert format_number(17974.31, 6) == "17974.3"
    assert format_number(17974.31, 4) == "1.797e+04"
    assert format_number(1234567.0, 6) == "1.23457e+06"
    assert format_number(20000.0, 4) == "20000"
