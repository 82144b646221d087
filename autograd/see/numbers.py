"""A float as text, wherever one is shown: as short as it can be written, or rounded to some digits."""

from __future__ import annotations


def format_number(x: float, digits: int | None = None) -> str:
    """A float as short as it can be written: ``2`` rather than ``2.0``.

    Args:
        x: the number.
        digits: significant digits to round to; None writes all that tell it from other floats.

    Example:
        >>> format_number(2.0), format_number(1 / 3), format_number(1 / 3, 4), format_number(-0.0)
        ('2', '0.3333333333333333', '0.3333', '-0.0')
        >>> format_number(17974.31, 6), format_number(17974.31, 4), format_number(20000.0, 4)
        ('17974.3', '1.797e+04', '20000')
    """
    if digits is None:
        return shorten(repr(x))
    text = f"{x:.{digits}g}"
    rounded = float(text)
    # Rounded in front of the point, a number is written with its exponent: 17970 would claim a digit that is wrong.
    return shorten(repr(rounded) if rounded == x or abs(rounded) < 10.0**digits or "e" not in text else text)


def shorten(text: str) -> str:
    """A float's ``repr`` without a fraction that says nothing."""
    return text[:-2] if text.endswith(".0") and text != "-0.0" else text
